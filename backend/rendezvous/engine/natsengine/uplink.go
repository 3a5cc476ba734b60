package natsengine

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/switchboard"
)

const (
	inboundSize = 8 << 10 // messages that wait for the dispatcher; what comes beyond is lost, and mended
	signalWait  = 2 * time.Second
)

// uplink connects the board with the other nodes. It implements
// switchboard.Uplink by a queue; queue.go empties it, inbound.go takes what comes.
type uplink struct {
	engine      *Engine
	connection  *nats.Conn
	incarnation uint64 // this process; another one after a restart
	clock       *clock
	away        *away
	inbound     chan *nats.Msg
	queue       *queue
	links       *links
	lookups     chan pair // who turned out to be nowhere
	refreshes   *refreshes
	bursts      *bursts

	busy    atomic.Int64  // work that waits or is done; tests wait for 0
	lost    atomic.Bool   // something that other nodes said, or were told
	handled atomic.Uint64 // messages that changed or asked something, for tests

	mu      sync.Mutex
	signals map[uint64]unanswered
	syncs   map[syncKey]func()
	next    uint64
}

type pair struct {
	from, about identity.PeerID
	attempt     int
}

// unanswered is a signal that waits for an answer.
type unanswered struct {
	told  func(engine.Outcome)
	until time.Time
	node  uint64 // that has it, by incarnation; 0 for whichever has the recipient
}

// syncKey is one node's answer that is waited for.
type syncKey struct{ incarnation, number uint64 }

func newUplink(ctx context.Context, e *Engine) (*uplink, error) {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	u := &uplink{
		engine: e, incarnation: binary.BigEndian.Uint64(random[:]) | 1,
		inbound: make(chan *nats.Msg, inboundSize), lookups: make(chan pair, maxLookups),
		signals: make(map[uint64]unanswered), syncs: make(map[syncKey]func()),
	}
	u.clock = &clock{now: time.Now, node: u.incarnation}
	u.queue = newQueue(u)
	u.links = newLinks(u)
	u.refreshes = newRefreshes(u)
	u.bursts = newBursts(u.publishNow, func(node uint64, bundle []byte) {
		message{kind: kindBundle, node: u.incarnation, clock: u.clock.read()}.appendHeader(bundle[:0])
		u.publishNow(&nats.Msg{Subject: nodeSubject(node), Data: bundle})
	})
	var err error
	if e.embedded.presence, err = u.connect(); err != nil {
		return nil, err
	}
	u.connection = e.embedded.presence
	if u.away, err = openAway(ctx, e.stream, e.options); err != nil {
		return nil, err
	}
	u.away.busy = &u.busy
	return u, nil
}

// connect opens the connection for what nodes tell each other.
func (u *uplink) connect() (*nats.Conn, error) {
	logger := u.engine.options.Logger
	return u.engine.embedded.connect(nats.NoEcho(),
		nats.ReconnectHandler(func(*nats.Conn) { u.missed() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			logger.Warn("connection to NATS", "error", err)
			if errors.Is(err, nats.ErrSlowConsumer) {
				u.missed()
			}
		}))
}

// join starts what runs until the engine closes, and tells the other nodes.
func (u *uplink) join() error {
	for _, subject := range []string{nodeSubject(u.incarnation), backPrefix + number(u.incarnation) + ".>", allNodes} {
		if _, err := u.connection.ChanSubscribe(subject, u.inbound); err != nil {
			return fmt.Errorf("natsengine: %w", err)
		}
	}
	e := u.engine
	e.tasks.Go(func() { u.dispatch(e.background) })
	e.tasks.Go(func() { u.queue.run(e.background) })
	e.tasks.Go(func() { u.bursts.run(e.background) })
	e.tasks.Go(func() { u.away.write(e.background) })
	for range awayWriters {
		e.tasks.Go(func() { u.look(e.background) })
	}
	e.tasks.Go(func() { u.refreshes.run(e.background) })
	return nil
}

// leave tells the other nodes that this one stops, so that they need not find out.
func (u *uplink) leave() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(u.engine.background), answerWait)
	defer cancel()
	if err := u.away.writeRound(ctx); err != nil {
		u.away.logged(err)
	}
	u.bursts.flush()
	u.publish(allNodes, "", message{kind: kindBye})
	_ = u.connection.FlushTimeout(time.Second) // they find out otherwise
}

// publish sends one message, a signal or its answer perhaps with others in a
// moment. While the connection is down it is lost, and mended later.
func (u *uplink) publish(subject, reply string, m message) {
	m.node, m.clock = u.incarnation, u.clock.read()
	msg := &nats.Msg{Subject: subject, Reply: reply, Data: m.encode()}
	if m.kind == kindSignal {
		msg.Header = nats.Header{senderHeader: []string{hex.EncodeToString(m.sender[:])}}
	}
	if m.kind == kindSignal || m.kind == kindTaken || m.kind == kindNobody {
		u.bursts.add(msg) // without room it is lost
		return
	}
	u.publishNow(msg)
}

func (u *uplink) publishNow(msg *nats.Msg) {
	err := u.connection.PublishMsg(msg)
	if err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
		u.missed()
	}
}

// missed has everything told anew: something was lost.
func (u *uplink) missed() { u.lost.Store(true) }

// Came implements switchboard.Uplink.
func (u *uplink) Came(peer identity.PeerID) { u.queue.add(order{kind: orderCame, peer: peer}) }

// Left implements switchboard.Uplink.
func (u *uplink) Left(peer identity.PeerID) { u.queue.add(order{kind: orderLeft, peer: peer}) }

// Attached implements switchboard.Uplink.
func (u *uplink) Attached(attachment *switchboard.Attachment) {
	u.queue.add(order{kind: orderClaim, attachment: attachment})
}

// Ask implements switchboard.Uplink.
func (u *uplink) Ask(from, to identity.PeerID) {
	u.queue.add(order{kind: orderAsk, peer: from, other: to})
}

// Mend implements switchboard.Uplink.
func (u *uplink) Mend(node switchboard.Node, from, to identity.PeerID) {
	u.queue.add(order{kind: orderMend, node: node, peer: from, other: to})
}

// Unwatch implements switchboard.Uplink.
func (u *uplink) Unwatch(node switchboard.Node, from, to identity.PeerID) {
	u.queue.add(order{kind: orderUnwatch, node: node, peer: from, other: to})
}

// Clear implements switchboard.Uplink.
func (u *uplink) Clear(node switchboard.Node, from, to identity.PeerID) {
	u.queue.add(order{kind: orderClear, node: node, peer: from, other: to})
}

// Remember implements switchboard.Uplink.
func (u *uplink) Remember(peer identity.PeerID, watched switchboard.Watched) {
	u.away.remember(peer, watched)
}

// Fact implements switchboard.Uplink.
func (u *uplink) Fact(node switchboard.Node, from, to identity.PeerID) {
	u.queue.add(order{kind: orderFact, node: node, peer: from, other: to})
}

// Hold implements switchboard.Uplink.
func (u *uplink) Hold(node switchboard.Node, peer identity.PeerID, device identity.DeviceID) {
	u.queue.add(order{kind: orderHeld, node: node, peer: peer, device: device})
}

// Refuse implements switchboard.Uplink.
func (u *uplink) Refuse(node switchboard.Node, claim switchboard.Claim) {
	u.queue.add(order{kind: orderRefuse, node: node, peer: claim.Peer, device: claim.Device, stamp: claim.Stamp})
}

// Release implements switchboard.Uplink.
func (u *uplink) Release(node switchboard.Node, peer identity.PeerID, device identity.DeviceID) {
	u.queue.add(order{kind: orderRelease, node: node, peer: peer, device: device})
}

// Forward implements switchboard.Uplink.
func (u *uplink) Forward(to switchboard.Node, claim switchboard.Claim) {
	u.queue.add(order{kind: orderForward, node: to, peer: claim.Peer, device: claim.Device, stamp: claim.Stamp, claimant: claim.Node})
}

// reachable waits until what was queued so far is told, so that a device that
// attached is found from every live node.
func (u *uplink) reachable(ctx context.Context) error {
	told := make(chan struct{})
	u.queue.add(order{kind: orderWake, told: told})
	select {
	case <-told:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-u.engine.background.Done():
		return engine.ErrClosed
	}
}

// published tells the nodes where a peer is that there is a newer record.
func (u *uplink) published(peer identity.PeerID) {
	u.publish(peerSubject(peer), "", message{kind: kindPublished, peer: peer})
}

// hint tells the nodes where a peer is that there is mail. Nearly all mail is
// for peers who are nowhere.
func (u *uplink) hint(owner identity.PeerID) {
	if !u.engine.embedded.interested(peerSubject(owner)) {
		return
	}
	u.publish(peerSubject(owner), "", message{kind: kindHint, peer: owner})
}

// send relays an envelope to the nodes where the recipient is, and waits for
// what they say.
func (u *uplink) send(ctx context.Context, from, to identity.PeerID, envelope []byte, relayed switchboard.Relayed) (engine.Outcome, error) {
	if relayed.Complete {
		return engine.Accepted, nil
	}
	if relayed.Watched && !relayed.Here && !relayed.Known {
		relayed.Known = u.mutual(ctx, from, to, relayed)
	}
	answer := make(chan engine.Outcome, 1)
	if outcome := u.relay(from, to, envelope, relayed, func(outcome engine.Outcome) { answer <- outcome }); outcome != 0 {
		return outcome, nil
	}
	select {
	case outcome := <-answer:
		return outcome, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-u.engine.background.Done():
		return 0, engine.ErrClosed
	}
}

// relay hands an envelope to the nodes where the recipient is. Only between peers
// that watch each other does their answer matter: for others the time it takes
// would say what the outcome does not. When it does, the outcome is 0, and told
// is called once with it, unless the engine closes before.
func (u *uplink) relay(from, to identity.PeerID, envelope []byte, relayed switchboard.Relayed, told func(engine.Outcome)) engine.Outcome {
	signal := message{kind: kindSignal, peer: to, sender: from, rest: envelope}
	if relayed.Here || !relayed.Watched || !relayed.Known {
		u.publish(peerSubject(to), "", signal)
		return engine.Accepted
	}
	waiting := unanswered{told: told, until: time.Now().Add(signalWait)}
	if relayed.OnOne {
		waiting.node, _ = u.links.incarnation(relayed.On)
	}
	u.mu.Lock()
	u.next++
	name := u.next
	u.signals[name] = waiting
	u.mu.Unlock()
	if waiting.node != 0 {
		u.bursts.tell(waiting.node, entry{what: entrySignal, number: name, to: to, from: from, envelope: envelope})
	} else {
		u.publish(peerSubject(to), back{word: wordSignal, number: name}.subject(u.incarnation), signal)
	}
	return 0
}

// mutual says whether the recipient of a signal watches its sender, or did when it left.
func (u *uplink) mutual(ctx context.Context, from, to identity.PeerID, relayed switchboard.Relayed) bool {
	watched, err := u.away.has(ctx, to, from)
	if err != nil {
		return relayed.Left
	}
	return watched
}

// answered tells a signal's outcome to who waits for it.
func (u *uplink) answered(name uint64, outcome engine.Outcome) {
	u.mu.Lock()
	one, waits := u.signals[name]
	delete(u.signals, name)
	u.mu.Unlock()
	if waits {
		one.told(outcome)
	}
}

// giveUp ends the waits for answers that do not come: nobody is there.
func (u *uplink) giveUp(lost func(unanswered) bool) {
	u.mu.Lock()
	var all []unanswered
	for name, one := range u.signals {
		if lost(one) {
			all = append(all, one)
			delete(u.signals, name)
		}
	}
	u.mu.Unlock()
	for _, one := range all {
		one.told(engine.Absent)
	}
}

// sync asks a node to answer once it has done all that was sent to it before;
// done is called once, unless forgotten.
func (u *uplink) sync(incarnation uint64, done func()) syncKey {
	u.mu.Lock()
	u.next++
	key := syncKey{incarnation: incarnation, number: u.next}
	u.syncs[key] = done
	u.mu.Unlock()
	reply := back{word: wordSync, incarnation: incarnation, number: key.number}.subject(u.incarnation)
	u.publish(nodeSubject(incarnation), reply, message{kind: kindSync})
	return key
}

// synced takes the answer, or forgets the question.
func (u *uplink) synced(key syncKey) func() {
	u.mu.Lock()
	defer u.mu.Unlock()
	done := u.syncs[key]
	delete(u.syncs, key)
	return done
}
