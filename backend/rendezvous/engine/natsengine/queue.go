package natsengine

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/switchboard"
)

const (
	maxBatch = 4 << 10   // orders between two syncs
	maxQueue = 256 << 10 // orders, beyond which those who watch wait
	// A node that does not answer a sync for this long is waited for no more, until
	// it is heard of again and mended.
	syncWait = 500 * time.Millisecond
)

// orderKind says what to do for the board.
type orderKind uint8

const (
	orderCame orderKind = iota
	orderLeft
	orderClaim
	orderAsk
	orderMend
	orderUnwatch
	orderClear
	orderRelease
	orderForward
	orderHeld
	orderRefuse
	orderFact
	orderWake
)

type order struct {
	kind       orderKind
	node       switchboard.Node
	claimant   switchboard.Node
	peer       identity.PeerID
	other      identity.PeerID
	device     identity.DeviceID
	stamp      uint64
	attachment *switchboard.Attachment
	told       chan struct{}
}

// needsSync says whether other nodes must have done what was sent to them before:
// a claim gets its stamp when all older claims have been heard of.
func (o order) needsSync() bool {
	return o.kind == orderCame || o.kind == orderClaim || o.kind == orderRelease
}

// queue carries out what the board orders, one at a time and in order, in
// batches: subscriptions first, then a sync with every node, then what is told.
type queue struct {
	uplink *uplink

	mu      sync.Mutex
	orders  []order
	wake    chan struct{}
	shorter *sync.Cond // the queue went under maxQueue, or ended
	ended   bool

	subscriptions map[identity.PeerID]*nats.Subscription // of run alone
}

func newQueue(u *uplink) *queue {
	q := &queue{uplink: u, wake: make(chan struct{}, 1), subscriptions: make(map[identity.PeerID]*nats.Subscription)}
	q.shorter = sync.NewCond(&q.mu)
	return q
}

func (q *queue) add(one order) {
	q.uplink.busy.Add(1)
	q.mu.Lock()
	q.orders = append(q.orders, one)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// room waits while the queue is long.
func (q *queue) room() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.orders) > maxQueue && !q.ended {
		q.shorter.Wait()
	}
}

// take returns the next batch. A release waits for a sync after what it must
// follow, so that it begins a batch of its own.
func (q *queue) take() []order {
	q.mu.Lock()
	defer q.mu.Unlock()
	size := min(len(q.orders), maxBatch)
	for i := 1; i < size; i++ {
		if q.orders[i].kind == orderRelease && q.orders[i-1].kind != orderRelease {
			size = i
		}
	}
	batch := q.orders[:size:size]
	q.orders = q.orders[size:]
	if len(q.orders) == 0 {
		q.orders = nil
	}
	if len(q.orders) <= maxQueue {
		q.shorter.Broadcast()
	}
	return batch
}

func (q *queue) run(ctx context.Context) {
	defer func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.ended = true
		q.shorter.Broadcast()
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		}
		for batch := q.take(); len(batch) > 0 && ctx.Err() == nil; batch = q.take() {
			q.subscribe(batch)
			if slices.ContainsFunc(batch, order.needsSync) {
				q.sync(ctx)
			}
			for _, one := range batch {
				q.tell(one)
			}
			q.uplink.busy.Add(-int64(len(batch)))
		}
	}
}

func (q *queue) subscribe(batch []order) {
	u := q.uplink
	for _, one := range batch {
		switch one.kind {
		case orderCame:
			subscription, err := u.connection.ChanSubscribe(peerSubject(one.peer), u.inbound)
			if err != nil {
				if u.engine.background.Err() == nil {
					u.engine.options.Logger.Error("a peer cannot be reached from other nodes", "error", err)
				}
				continue
			}
			q.subscriptions[one.peer] = subscription
		case orderLeft:
			if held := q.subscriptions[one.peer]; held != nil {
				_ = held.Unsubscribe() // fails only when the connection is closed
				delete(q.subscriptions, one.peer)
			}
		default:
		}
	}
}

// sync returns when every node that answers has done what was sent to it before.
func (q *queue) sync(ctx context.Context) {
	u := q.uplink
	var group sync.WaitGroup
	waiting := make(map[uint64]syncKey)
	for _, incarnation := range u.links.answering() {
		group.Add(1)
		waiting[incarnation] = u.sync(incarnation, group.Done)
	}
	if len(waiting) == 0 {
		return
	}
	all := make(chan struct{})
	go func() { group.Wait(); close(all) }()
	timeout := time.NewTimer(syncWait)
	defer timeout.Stop()
	select {
	case <-all:
		return
	case <-timeout.C:
	case <-ctx.Done():
	}
	for incarnation, key := range maps.All(waiting) {
		if done := u.synced(key); done != nil {
			u.links.silent(incarnation)
			done()
		}
	}
	<-all
}

func (q *queue) tell(one order) {
	u := q.uplink
	switch one.kind {
	case orderClaim:
		if stamp, ok := one.attachment.Stamp(u.clock.stamp()); ok {
			peer := one.attachment.Peer()
			u.publish(peerSubject(peer), "", message{
				kind: kindClaim, peer: peer, device: one.attachment.Device(), claimant: u.incarnation, stamp: stamp,
			})
		}
	case orderAsk:
		reply := back{word: wordAsk, from: one.peer, to: one.other}.subject(u.incarnation)
		u.publish(peerSubject(one.other), reply, message{kind: kindAsk, peer: one.peer, other: one.other})
	case orderMend:
		u.tellNode(one.node, message{kind: kindMend, peer: one.peer, other: one.other})
	case orderUnwatch:
		u.tellNode(one.node, message{kind: kindUnwatch, peer: one.peer, other: one.other})
	case orderClear:
		u.tellNode(one.node, message{kind: kindClear, peer: one.peer, other: one.other})
	case orderFact:
		u.tellNode(one.node, message{kind: kindFact, peer: one.peer, other: one.other})
	case orderRelease:
		u.tellNode(one.node, message{kind: kindRelease, peer: one.peer, device: one.device})
	case orderHeld:
		u.tellNode(one.node, message{kind: kindHeld, peer: one.peer, device: one.device})
	case orderForward:
		if claimant, ok := u.links.incarnation(one.claimant); ok {
			u.tellNode(one.node, message{kind: kindClaim, peer: one.peer, device: one.device, claimant: claimant, stamp: one.stamp})
		}
	case orderRefuse:
		u.tellNode(one.node, message{kind: kindClaim, peer: one.peer, device: one.device, claimant: u.incarnation, stamp: one.stamp})
	case orderWake:
		close(one.told)
	case orderCame, orderLeft:
	}
}

// tellNode sends a message to a node, if it is still there.
func (u *uplink) tellNode(node switchboard.Node, m message) {
	if incarnation, ok := u.links.incarnation(node); ok {
		u.publish(nodeSubject(incarnation), "", m)
	}
}
