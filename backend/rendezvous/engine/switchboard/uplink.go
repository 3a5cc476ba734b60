package switchboard

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// MaxNodes is how many other nodes a board keeps apart.
const MaxNodes = 64

// Node is another node: a number below MaxNodes that its owner gives out, and
// again to another node after NodeGone.
type Node uint8

// mask is a set of nodes.
type mask uint64

func (n Node) bit() mask { return 1 << n }

func (m mask) all() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for rest := uint64(m); rest != 0; rest &= rest - 1 {
			if !yield(Node(bits.TrailingZeros64(rest))) {
				return
			}
		}
	}
}

// one returns the only node.
func (m mask) one() (Node, bool) {
	return Node(bits.TrailingZeros64(uint64(m))), bits.OnesCount64(uint64(m)) == 1
}

// Uplink tells other nodes. Its methods are called with the board's lock held and
// in the order in which things happened: they must not block or call the board.
type Uplink interface {
	// Came and Left say that the first device of a peer is here, and that the last one left.
	Came(peer identity.PeerID)
	Left(peer identity.PeerID)
	// Attached says that an attachment is new: older ones elsewhere must end.
	Attached(attachment *Attachment)
	// Ask tells whoever has to that from is here and watches it, and asks whether it
	// watches from.
	Ask(from, to identity.PeerID)
	// Mend is Ask of one node that answers either way.
	Mend(node Node, from, to identity.PeerID)
	// Unwatch tells a node that has to that from is no longer here, or no longer watches it.
	Unwatch(node Node, from, to identity.PeerID)
	// Remember says what a peer's devices here watch, for when they are away.
	Remember(peer identity.PeerID, watched Watched)
	// Clear answers an Unwatch: what the node was told of from before is void. What
	// it heard while its word was under way would otherwise stay.
	Clear(node Node, from, to identity.PeerID)
	// Fact tells a node that from is here and watches to, who is there.
	Fact(node Node, from, to identity.PeerID)
	// Release tells a node that a device declared what it watches, or ended: the
	// node's attachment that stood in for it is over. What was asked before must
	// have arrived everywhere first.
	Release(node Node, peer identity.PeerID, device identity.DeviceID)
	// Hold tells a node that the attachment here that it replaced counts as
	// watching what it watched until Release.
	Hold(node Node, peer identity.PeerID, device identity.DeviceID)
	// Refuse tells a node that the attachment here is newer than the one it claimed.
	Refuse(node Node, claim Claim)
	// Forward hands another node's claim to a node that stands in for the device.
	Forward(to Node, claim Claim)
}

// Claim says that a device attached on another node.
type Claim struct {
	Node   Node
	Peer   identity.PeerID
	Device identity.DeviceID
	Stamp  uint64 // of the attachment: never 0, never that of another, higher when it is newer
}

// Stamp notes that an attachment's claim goes out. It returns the stamp of an
// earlier claim if there was one, and false when the attachment ended.
func (a *Attachment) Stamp(stamp uint64) (uint64, bool) {
	a.board.mu.Lock()
	defer a.board.mu.Unlock()
	if a.stamp == 0 {
		a.stamp = stamp
	}
	return a.stamp, !a.ended && !a.board.closed
}

// Claimed takes another node's claim: an older attachment of the device ends here.
// One whose own claim did not go out yet is the newer one.
func (b *Board) Claimed(claim Claim) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.peers[claim.Peer]
	if p == nil {
		return
	}
	up := b.options.Uplink
	if at := index(p.ghosts, claim.Device); at >= 0 {
		if ghost := p.ghosts[at]; ghost.stamp <= claim.Stamp {
			ghost.heir, ghost.stamp = claim.Node, claim.Stamp
			up.Hold(claim.Node, claim.Peer, claim.Device)
		}
		return
	}
	at := index(p.here, claim.Device)
	if at < 0 || p.here[at].stamp == 0 {
		return
	}
	a := p.here[at]
	if a.stamp > claim.Stamp {
		claim.Stamp = a.stamp
		up.Refuse(claim.Node, claim)
		return
	}
	for node := range a.holders.all() {
		if node != claim.Node {
			up.Forward(node, claim)
		}
	}
	a.ended, a.holders = true, 0
	p.here = without(p.here, a)
	b.sessions--
	if len(a.watched) > 0 {
		a.heir, a.stamp = claim.Node, claim.Stamp
		p.ghosts = append(p.ghosts, a)
		up.Hold(claim.Node, claim.Peer, claim.Device)
	}
	if len(p.here) == 0 {
		up.Left(p.id)
		b.forget(p)
	}
	a.sink.Ended(engine.EndReplaced)
}

// inherit takes over from a ghost of the same device: it came back.
func (b *Board) inherit(a *Attachment) {
	at := index(a.peer.ghosts, a.device)
	if at < 0 {
		return
	}
	ghost := a.peer.ghosts[at]
	a.watched, ghost.watched = ghost.watched, nil
	a.peer.ghosts = without(a.peer.ghosts, ghost)
}

// Held says that a node stands in for a device that is here.
func (b *Board) Held(node Node, id identity.PeerID, device identity.DeviceID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	if p := b.peers[id]; p != nil {
		if at := index(p.here, device); at >= 0 && !p.here[at].declared {
			p.here[at].holders |= node.bit()
			return
		}
	}
	b.options.Uplink.Release(node, id, device)
}

// Released ends what stood in for a device, if node is still its heir.
func (b *Board) Released(node Node, id identity.PeerID, device identity.DeviceID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.peers[id]; p != nil {
		if at := index(p.ghosts, device); at >= 0 && p.ghosts[at].heir == node {
			b.lay(p.ghosts[at])
		}
	}
}

// lay ends a ghost.
func (b *Board) lay(ghost *Attachment) {
	p := ghost.peer
	p.ghosts = without(p.ghosts, ghost)
	b.unwatch(p, ghost.watched)
	b.forget(p)
}

// release tells the nodes that stand in for an attachment.
func (b *Board) release(a *Attachment) {
	for node := range a.holders.all() {
		b.options.Uplink.Release(node, a.peer.id, a.device)
	}
	a.holders = 0
}

// forget drops a peer of whom nothing is here. Only with an uplink.
func (b *Board) forget(p *peer) {
	if len(p.here) == 0 && len(p.ghosts) == 0 {
		delete(b.peers, p.id)
	}
}

// Answer says which answer a node waits for.
type Answer int

// The answers.
const (
	Yes    Answer = iota // that to watches from
	Either               // that, or that it does not
	No                   // that it does not
)

// Watching takes a node's word that from is there and watches to. It is noted
// when to is here and watches from.
func (b *Board) Watching(node Node, from, to identity.PeerID, wants Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	p := b.peers[to]
	if p == nil || !p.watches(from) {
		if wants != Yes {
			b.options.Uplink.Unwatch(node, to, from)
		}
		return
	}
	known := b.online(p, from)
	if p.remote == nil {
		p.remote = make(map[identity.PeerID]mask)
	}
	p.remote[from] |= node.bit()
	delete(p.lost, from)
	if !known {
		p.tell(from, true)
	}
	if wants != No {
		b.options.Uplink.Fact(node, to, from)
	}
}

// Unwatching takes a node's word that from is no longer there, or no longer watches to.
func (b *Board) Unwatching(node Node, from, to identity.PeerID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.peers[to]; p != nil && b.drop(p, from, node) {
		b.options.Uplink.Clear(node, to, from)
	}
}

// Cleared takes a node's answer to Unwatch.
func (b *Board) Cleared(node Node, from, to identity.PeerID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.peers[to]; p != nil {
		b.drop(p, from, node)
	}
}

// drop forgets that other is at a node, and says whether that was noted.
func (b *Board) drop(p *peer, other identity.PeerID, node Node) bool {
	held := p.remote[other]
	if held&node.bit() == 0 {
		return false
	}
	if p.remote[other] = held &^ node.bit(); p.remote[other] == 0 {
		delete(p.remote, other)
	}
	if !b.online(p, other) {
		p.tell(other, false)
	}
	return true
}

// Knows says whether from, who is here, knows that about is somewhere.
func (b *Board) Knows(from, about identity.PeerID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.peers[from]
	return p != nil && b.online(p, about)
}

// Away tells from's devices that about, whom they watch and who watched from, is nowhere.
func (b *Board) Away(from, about identity.PeerID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.peers[from]; p != nil && !b.online(p, about) {
		p.tell(about, false)
	}
}

// Deliver gives an envelope from another node to a peer's devices. It says whether
// there is one here, and whether all are that the peer's record names.
func (b *Board) Deliver(from, to identity.PeerID, envelope []byte) (here, complete bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.peers[to]
	if p == nil {
		return false, false
	}
	p.deliver(envelope, nil, from)
	return len(p.here) > 0, len(p.here) >= p.record.Devices()
}

// NodeGone forgets what a node said, and tells who watched its peers.
func (b *Board) NodeGone(node Node) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.peers {
		for other, nodes := range p.remote {
			if nodes == node.bit() && b.peers[other] == nil {
				if p.lost == nil {
					p.lost = make(map[identity.PeerID]struct{})
				}
				p.lost[other] = struct{}{}
			}
			b.drop(p, other, node)
		}
		for _, a := range p.here {
			a.holders &^= node.bit()
		}
		for _, ghost := range slices.Clone(p.ghosts) {
			if ghost.heir == node {
				b.lay(ghost)
			}
		}
	}
}

// Has says whether a device of a peer is here.
func (b *Board) Has(id identity.PeerID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.peers[id]
	return p != nil && len(p.here) > 0
}

// Roll returns the peers that are here.
func (b *Board) Roll() []identity.PeerID {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]identity.PeerID, 0, len(b.peers))
	for id, p := range b.peers {
		if len(p.here) > 0 || len(p.ghosts) > 0 {
			all = append(all, id)
		}
	}
	return all
}

// Recall has the uplink remember anew what everybody here watches.
func (b *Board) Recall() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, p := range b.peers {
		if slices.ContainsFunc(p.here, func(a *Attachment) bool { return a.declared }) {
			b.options.Uplink.Remember(id, p.union())
		}
	}
}

// Mend compares what is noted for a node with its roll: pairs with peers that are
// not there are dropped, the others asked about again. Devices here of peers that
// are there too are claimed anew.
func (b *Board) Mend(node Node, there func(identity.PeerID) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.peers {
		for other := range p.remote {
			if !there(other) {
				b.drop(p, other, node)
			}
		}
		for _, other := range p.union() {
			if there(other) {
				b.options.Uplink.Mend(node, p.id, other)
			}
		}
		if there(p.id) {
			for _, a := range p.here {
				b.options.Uplink.Attached(a)
			}
		}
	}
}
