package switchboard

import (
	"bytes"
	"slices"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Attachment is a device that is here. After it ended its methods return engine.ErrClosed.
type Attachment struct {
	board    *Board
	peer     *peer
	device   identity.DeviceID
	sink     engine.Sink
	watched  Watched
	declared bool // Watch was called; until then watched is what an older attachment left
	ended    bool
	stamp    uint64            // of its claim, 0 while none went out
	holders  mask              // nodes that stand in for it until it declares
	heir     Node              // of a ghost: where the newer attachment is
	refused  []identity.PeerID // sorted
}

// Peer returns whose device it is.
func (a *Attachment) Peer() identity.PeerID { return a.peer.id }

// Device returns which it is.
func (a *Attachment) Device() identity.DeviceID { return a.device }

// Publish replaces the peer's record. Errors: engine.ErrOlder, ErrClosed.
func (a *Attachment) Publish(record engine.Record) error {
	b := a.board
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.ended || b.closed {
		return engine.ErrClosed
	}
	next, err := a.peer.record.Succeed(record)
	if err != nil {
		return err
	}
	b.replace(a.peer, next)
	return nil
}

// Open returns engine.ErrClosed after the attachment ended.
func (a *Attachment) Open() error {
	a.board.mu.Lock()
	defer a.board.mu.Unlock()
	if a.ended || a.board.closed {
		return engine.ErrClosed
	}
	return nil
}

// Watch implements engine.Attachment. Errors: engine.ErrTooMany, ErrClosed.
func (a *Attachment) Watch(add, remove []identity.PeerID) error {
	b, p := a.board, a.peer
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.ended || b.closed {
		return engine.ErrClosed
	}
	// Until an attachment declared itself others may have asked in vain.
	first := !a.declared
	before, told := a.watched, a.watched
	if first {
		told = nil // this attachment was told of nobody yet
	}
	next := told.change(add, remove, p.id)
	if len(next) > wire.MaxWatched {
		return engine.ErrTooMany
	}
	a.watched = nil
	var fresh, gone Watched
	for _, other := range before {
		if !next.Has(other) {
			gone = append(gone, other)
		}
	}
	for _, other := range next {
		if !before.Has(other) && !p.watches(other) {
			fresh = append(fresh, other)
		}
	}
	a.watched, a.declared = next, true
	b.unwatch(p, gone)
	for _, other := range fresh {
		if q := b.peers[other]; q != nil && q.remote[p.id] == 0 {
			q.tell(p.id, true)
		}
	}
	for _, other := range next {
		if !told.Has(other) {
			b.introduce(a, other, first || fresh.Has(other))
		}
	}
	if b.options.Uplink != nil {
		b.options.Uplink.Remember(p.id, p.union())
	}
	b.release(a)
	return nil
}

// introduce tells an attachment what it may know of a peer that it began to watch.
func (b *Board) introduce(a *Attachment, other identity.PeerID, ask bool) {
	online := b.online(a.peer, other)
	if online {
		a.sink.Presence(other, true)
	}
	if up := b.options.Uplink; up != nil {
		if ask || !online {
			up.Ask(a.peer.id, other)
		}
		return
	}
	if q := b.peers[other]; !online && q != nil && len(q.here) == 0 && q.left.Has(a.peer.id) {
		a.sink.Presence(other, false)
	}
}

// Relayed is what became of an envelope on this board.
type Relayed struct {
	Here     bool // some device of the recipient is here
	Complete bool // every device that the recipient's record names is here, the sender apart
	Watched  bool // the sender watches the recipient
	Known    bool // and knows that the recipient is somewhere
	Left     bool // the recipient watched the sender when it left here, or when its node was lost
	On       Node // where the recipient is, if OnOne
	OnOne    bool // one node alone is known where the recipient is
}

// Alone is the outcome where this board is the only one.
func (r Relayed) Alone() engine.Outcome {
	if r.Watched && r.Left {
		return engine.Absent
	}
	return engine.Accepted
}

// Send gives an envelope to the recipient's devices that are here.
func (a *Attachment) Send(to identity.PeerID, envelope []byte) (Relayed, error) {
	b := a.board
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.ended || b.closed {
		return Relayed{}, engine.ErrClosed
	}
	relayed := Relayed{Watched: a.peer.watches(to)}
	relayed.Known = relayed.Watched && b.online(a.peer, to)
	p := b.peers[to]
	if p == nil {
		_, relayed.Left = a.peer.lost[to]
		return relayed, nil
	}
	p.deliver(envelope, a, a.peer.id)
	relayed.Here = len(p.here) > 0
	relayed.Complete = relayed.Here && len(p.here) >= p.record.Devices()
	relayed.Left = !relayed.Here && p.left.Has(a.peer.id)
	return relayed, nil
}

// Elsewhere is what becomes of an envelope for a peer of which no device is
// here; false if one is, or the attachment ended.
func (a *Attachment) Elsewhere(to identity.PeerID) (Relayed, bool) {
	b := a.board
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.peers[to]; a.ended || b.closed || (p != nil && len(p.here) > 0) {
		return Relayed{}, false
	}
	relayed := Relayed{Watched: a.peer.watches(to)}
	relayed.Known = relayed.Watched && b.online(a.peer, to)
	if relayed.Known {
		relayed.On, relayed.OnOne = a.peer.remote[to].one()
	}
	return relayed, true
}

// SendNear implements engine.Near.
func (a *Attachment) SendNear(to identity.PeerID, envelope []byte, deliver func(engine.Sink, []byte) bool) (engine.Outcome, bool) {
	b := a.board
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.ended || b.closed {
		return 0, false
	}
	p := b.peers[to]
	if p == nil || len(p.here) == 0 || (b.options.Uplink != nil && len(p.here) < p.record.Devices()) {
		return 0, false
	}
	for _, there := range p.here {
		if there != a && !there.refuses(a.peer.id) {
			_ = deliver(there.sink, envelope) // no room there means lost, as in Send
		}
	}
	return engine.Accepted, true
}

// Refuse implements engine.Attachment.
func (a *Attachment) Refuse(peers []identity.PeerID) {
	a.board.mu.Lock()
	defer a.board.mu.Unlock()
	a.refused = peers
}

// refuses tells whether a device wants nothing of a peer.
func (a *Attachment) refuses(peer identity.PeerID) bool {
	if len(a.refused) == 0 {
		return false
	}
	_, refused := slices.BinarySearchFunc(a.refused, peer, func(one, other identity.PeerID) int { return bytes.Compare(one[:], other[:]) })
	return refused
}

// deliver hands an envelope to every device but the sender, and those that
// refuse the sender's peer.
func (p *peer) deliver(envelope []byte, from *Attachment, sender identity.PeerID) {
	for _, there := range p.here {
		if there != from && !there.refuses(sender) {
			// No room there means lost, as on any network: the sender tries again.
			_ = there.sink.Deliver(envelope)
		}
	}
}

// Detach ends the attachment. It is idempotent.
func (a *Attachment) Detach() {
	b := a.board
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.leave(a)
	}
}

// union is what all devices of p that are here watch.
func (p *peer) union() Watched {
	if len(p.here) == 1 {
		return p.here[0].watched
	}
	var all Watched
	for _, a := range p.here {
		all = all.change(a.watched, nil, p.id)
	}
	return all
}
