package natsengine

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/switchboard"
)

const (
	maxLookups   = 64 << 10 // pairs that wait; more are not told that somebody is away
	statusHeader = "Status"
	noResponders = "503"
	retryStore   = time.Second
)

// dispatch takes what other nodes say, one message at a time.
func (u *uplink) dispatch(ctx context.Context) {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	u.links.tick()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			u.links.tick()
			u.giveUp(func(one unanswered) bool { return now.After(one.until) })
		case msg := <-u.inbound:
			u.take(msg)
		}
	}
}

func (u *uplink) take(msg *nats.Msg) {
	about, isBack := parseBack(msg.Subject, u.incarnation)
	if isBack && len(msg.Data) == 0 {
		if msg.Header.Get(statusHeader) == noResponders {
			u.nobody(about)
		}
		return
	}
	m, err := parseMessage(msg.Data)
	if err != nil {
		u.engine.options.Logger.Warn("a message between nodes is refused", "size", len(msg.Data))
		return
	}
	if m.node == u.incarnation {
		return
	}
	m.sender = senderOf(msg.Header)
	u.clock.observe(m.clock)
	if m.kind == kindBeacon {
		u.links.heard(m.node)
		u.links.beaconFrom(m.node, m.rest)
		return
	}
	// A node that is not known yet will be asked for its roll: what it says now is in there.
	node, known := u.links.heard(m.node)
	if !known {
		return
	}
	if isBack {
		u.answer(m, about)
		return
	}
	if m.kind != kindSync {
		u.handled.Add(1)
	}
	u.obey(node, m, msg.Reply)
}

// nobody takes the server's word that nobody subscribed to what was asked.
func (u *uplink) nobody(about back) {
	switch about.word {
	case wordPing, wordSync:
		u.links.gone(about.incarnation)
	case wordSignal:
		u.answered(about.number, engine.Absent)
	case wordAsk:
		if u.engine.board.Knows(about.from, about.to) {
			return
		}
		u.handled.Add(1)
		u.busy.Add(1)
		u.lookUp(pair{from: about.from, about: about.to})
	}
}

// lookUp queues a pair, counted as busy, if there is room.
func (u *uplink) lookUp(one pair) {
	select {
	case u.lookups <- one:
	default:
		u.busy.Add(-1)
	}
}

func (u *uplink) answer(m message, about back) {
	switch {
	case m.kind == kindSynced && about.word == wordSync:
		if done := u.synced(syncKey{incarnation: about.incarnation, number: about.number}); done != nil {
			done()
		}
	case m.kind == kindTaken && about.word == wordSignal:
		u.answered(about.number, engine.Accepted)
	case m.kind == kindNobody && about.word == wordSignal:
		u.answered(about.number, engine.Absent)
	}
}

func (u *uplink) obey(node switchboard.Node, m message, reply string) {
	board := u.engine.board
	switch m.kind {
	case kindAsk:
		board.Watching(node, m.peer, m.other, switchboard.Yes)
	case kindMend:
		board.Watching(node, m.peer, m.other, switchboard.Either)
	case kindFact:
		board.Watching(node, m.peer, m.other, switchboard.No)
	case kindUnwatch:
		board.Unwatching(node, m.peer, m.other)
	case kindClear:
		board.Cleared(node, m.peer, m.other)
	case kindClaim:
		u.claimed(m)
	case kindHeld:
		board.Held(node, m.peer, m.device)
	case kindRelease:
		board.Released(node, m.peer, m.device)
	case kindPublished:
		u.refreshes.add(m.peer)
	case kindHint:
		board.Hint(m.peer)
	case kindSignal:
		taken := message{kind: kindNobody}
		if here, _ := board.Deliver(m.sender, m.peer, m.rest); here {
			taken.kind = kindTaken
		}
		if reply != "" {
			u.publish(reply, "", taken)
		}
	case kindSync:
		u.publish(reply, "", message{kind: kindSynced})
	case kindBundle:
		u.unpack(m.node, m.rest)
	case kindRoll:
		u.links.rollFrom(m.node, m.rest)
	case kindBye:
		u.links.gone(m.node)
	default:
	}
}

// unpack takes what another node told in one message.
func (u *uplink) unpack(node uint64, bundle []byte) {
	for len(bundle) > 0 {
		one, rest, err := nextEntry(bundle)
		if err != nil {
			u.engine.options.Logger.Warn("a message between nodes is refused", "size", len(bundle))
			return
		}
		bundle = rest
		switch one.what {
		case entryTaken:
			u.answered(one.number, engine.Accepted)
		case entryNobody:
			u.answered(one.number, engine.Absent)
		default:
			u.deliver(node, one)
		}
	}
}

// deliver takes a signal from a node that knew of nobody but this one who has its
// recipient. Devices that are elsewhere as well get it, too, and if all are by
// now, whoever has them answers the sender.
func (u *uplink) deliver(node uint64, one entry) {
	here, complete := u.engine.board.Deliver(one.from, one.to, one.envelope)
	answer := entry{what: entryTaken, number: one.number}
	if !complete {
		reply, subject := "", peerSubject(one.to)
		if !here {
			reply = back{word: wordSignal, number: one.number}.subject(node)
		}
		elsewhere := u.engine.embedded.interested(subject)
		if elsewhere {
			u.publish(subject, reply, message{kind: kindSignal, peer: one.to, sender: one.from, rest: one.envelope})
		}
		if !here && elsewhere {
			return
		}
		if !here {
			answer.what = entryNobody
		}
	}
	u.bursts.tell(node, answer)
}

// claimed takes a claim, which may be a third node's.
func (u *uplink) claimed(m message) {
	u.clock.observe(m.stamp)
	node, known := u.links.node(m.claimant)
	if !known {
		return
	}
	board := u.engine.board
	if board.Has(m.peer) {
		// A record that was published while the device attached may have passed it by.
		u.publish(nodeSubject(m.claimant), "", message{kind: kindPublished, peer: m.peer})
	}
	board.Claimed(switchboard.Claim{Node: node, Peer: m.peer, Device: m.device, Stamp: m.stamp})
}

// forgetSyncs ends the waits for a node that is gone.
func (u *uplink) forgetSyncs(incarnation uint64) {
	u.mu.Lock()
	var all []func()
	for key, done := range u.syncs {
		if key.incarnation == incarnation {
			all = append(all, done)
			delete(u.syncs, key)
		}
	}
	u.mu.Unlock()
	for _, done := range all {
		done()
	}
}

// look finds out whether those who are nowhere are away for who asked.
func (u *uplink) look(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case one := <-u.lookups:
			watched, err := u.away.has(ctx, one.about, one.from)
			if one.attempt++; err != nil && one.attempt < attempts {
				time.AfterFunc(retryStore, func() { u.lookUp(one) })
				continue
			}
			if watched {
				u.engine.board.Away(one.from, one.about)
			}
			u.busy.Add(-1)
		}
	}
}

// refreshes reads records again that were published on other nodes.
type refreshes struct {
	uplink *uplink

	mu    sync.Mutex
	peers map[identity.PeerID]struct{} // only those that are here
	wake  chan struct{}
}

func newRefreshes(u *uplink) *refreshes {
	return &refreshes{uplink: u, peers: make(map[identity.PeerID]struct{}), wake: make(chan struct{}, 1)}
}

func (r *refreshes) add(peer identity.PeerID) {
	if !r.uplink.engine.board.Has(peer) {
		return
	}
	r.mu.Lock()
	if _, waits := r.peers[peer]; !waits {
		r.uplink.busy.Add(1)
		r.peers[peer] = struct{}{}
	}
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *refreshes) take() map[identity.PeerID]struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	round := r.peers
	r.peers = make(map[identity.PeerID]struct{})
	return round
}

func (r *refreshes) run(ctx context.Context) {
	e := r.uplink.engine
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		}
		for peer := range r.take() {
			record, err := e.records.lookup(ctx, peer)
			if err != nil && ctx.Err() == nil {
				e.options.Logger.Warn("a newer record cannot be read yet", "error", err)
				time.AfterFunc(retryStore, func() { r.add(peer) })
			}
			if err == nil && !record.IsZero() {
				e.board.Refresh(peer, record.Slim())
			}
			r.uplink.busy.Add(-1)
		}
	}
}
