package switchboard

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// Options of a board. Zero means the default. With an Uplink nothing is kept of
// those who left: other nodes may know better.
type Options struct {
	Now      func() time.Time // time.Now
	Life     time.Duration    // how long records of those who left are kept; 14 days
	MaxAway  int              // how many of those who left are kept; 20,000, the oldest go first
	MaxBytes int              // how much those who left may take; 64 MiB
	Uplink   Uplink           // nil: every device is here or nowhere
}

// Board connects the devices of this process. Methods are safe for concurrent use.
type Board struct {
	options Options

	mu       sync.Mutex
	closed   bool
	peers    map[identity.PeerID]*peer
	sessions int
	away     *list.List // *peer without attachments, who left first is in front
	bytes    int        // of those away
}

// peer is everything known about one identity.
type peer struct {
	id      identity.PeerID
	record  engine.Record
	here    []*Attachment
	ghosts  []*Attachment                // ended here and replaced on another node
	remote  map[identity.PeerID]mask     // mutually watched peers, and the nodes where they are
	lost    map[identity.PeerID]struct{} // mutually watched peers whose node is gone, until they are seen again
	left    Watched                      // what the last device watched when it left
	away    *list.Element                // nil while a device is here
	size    int                          // counted in Board.bytes while away
	expires time.Time                    // while away
}

// New makes a board.
func New(options Options) *Board {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Life == 0 {
		options.Life = 14 * 24 * time.Hour
	}
	if options.MaxAway == 0 {
		options.MaxAway = 20_000
	}
	if options.MaxBytes == 0 {
		options.MaxBytes = 64 << 20
	}
	return &Board{options: options, peers: make(map[identity.PeerID]*peer), away: list.New()}
}

// Attach adds a device. Errors: engine.ErrOlder when a newer record than this one
// is here, ErrRevoked, ErrClosed.
func (b *Board) Attach(id identity.PeerID, device identity.DeviceID, record engine.Record, sink engine.Sink) (*Attachment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, engine.ErrClosed
	}
	b.expire()
	p := b.peers[id]
	if p == nil {
		p = &peer{id: id}
	}
	next, err := p.record.Succeed(record)
	if err != nil {
		return nil, err
	}
	if !next.Has(device) {
		return nil, engine.ErrRevoked
	}
	b.peers[id] = p
	b.comeBack(p)
	a := &Attachment{board: b, peer: p, device: device, sink: sink}
	if at := index(p.here, device); at >= 0 {
		older := p.here[at]
		a.watched, a.holders = older.watched, older.holders
		older.watched, older.holders = nil, 0
		older.ended = true
		p.here[at] = a
		older.sink.Ended(engine.EndReplaced)
	} else {
		b.inherit(a)
		b.sessions++
		if p.here = append(p.here, a); len(p.here) == 1 && b.options.Uplink != nil {
			b.options.Uplink.Came(id)
		}
	}
	if b.options.Uplink != nil {
		b.options.Uplink.Attached(a)
	}
	b.replace(p, next)
	return a, nil
}

// Record returns a peer's record and whether one is here. With an uplink it is
// here while a device is.
func (b *Board) Record(id identity.PeerID) (engine.Record, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return engine.Record{}, false, engine.ErrClosed
	}
	b.expire()
	p := b.peers[id]
	if p == nil || (len(p.here) == 0 && b.options.Uplink != nil) {
		return engine.Record{}, false, nil
	}
	return p.record, true, nil
}

// Refresh replaces the record of a peer that is known here, if it succeeds the held one.
func (b *Board) Refresh(id identity.PeerID, record engine.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.peers[id]
	if p == nil {
		return
	}
	if next, err := p.record.Succeed(record); err == nil {
		b.replace(p, next)
	}
}

// Hint tells the devices of a peer that there is mail.
func (b *Board) Hint(owner identity.PeerID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.peers[owner]; p != nil {
		for _, a := range p.here {
			a.sink.MailArrived()
		}
	}
}

// Sessions returns how many attachments there are.
func (b *Board) Sessions() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sessions
}

// Close forgets everything; nobody is told. It is idempotent.
func (b *Board) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.peers = nil
	b.away.Init()
	b.bytes, b.sessions = 0, 0
}

// Closed says whether Close was called.
func (b *Board) Closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// replace publishes a record and ends the attachments of devices that its list no longer names.
func (b *Board) replace(p *peer, record engine.Record) {
	p.record = record
	for _, a := range slices.Clone(p.here) {
		if !record.Has(a.device) {
			b.leave(a)
			a.sink.Ended(engine.EndRevoked)
		}
	}
}

// leave takes an attachment away and tells those who may know.
func (b *Board) leave(a *Attachment) {
	if a.ended {
		return
	}
	a.ended = true
	p := a.peer
	p.here = without(p.here, a)
	b.sessions--
	b.unwatch(p, a.watched)
	b.release(a)
	if len(p.here) > 0 {
		return
	}
	if up := b.options.Uplink; up != nil {
		if a.declared {
			up.Remember(p.id, a.watched)
		}
		up.Left(p.id)
		b.forget(p)
		return
	}
	p.left = a.watched
	p.size = p.record.Size() + len(p.left)*len(p.id)
	p.expires = b.options.Now().Add(b.options.Life)
	p.away = b.away.PushBack(p)
	b.bytes += p.size
	b.expire()
}

// unwatch tells those whom no device of p watches any more.
func (b *Board) unwatch(p *peer, gone Watched) {
	for _, other := range gone {
		if p.watches(other) {
			continue
		}
		if q := b.peers[other]; q != nil && q.remote[p.id] == 0 {
			q.tell(p.id, false)
		}
		for node := range p.remote[other].all() {
			b.options.Uplink.Unwatch(node, p.id, other)
		}
		delete(p.remote, other)
		delete(p.lost, other)
	}
}

func (b *Board) comeBack(p *peer) {
	if p.away == nil {
		return
	}
	b.away.Remove(p.away)
	b.bytes -= p.size
	p.away, p.left, p.size = nil, nil, 0
}

// expire forgets those who left too long ago, and the oldest when they are too many.
func (b *Board) expire() {
	now := b.options.Now()
	for front := b.away.Front(); front != nil; front = b.away.Front() {
		p, ok := front.Value.(*peer)
		if ok && now.Before(p.expires) && b.away.Len() <= b.options.MaxAway && b.bytes <= b.options.MaxBytes {
			return
		}
		b.comeBack(p)
		delete(b.peers, p.id)
	}
}

// online says whether p may know that other is somewhere: a device of other watches p.
func (b *Board) online(p *peer, other identity.PeerID) bool {
	if p.remote[other] != 0 {
		return true
	}
	q := b.peers[other]
	return q != nil && q.watches(p.id)
}

// tell says to the devices that watch about that it came or went.
func (p *peer) tell(about identity.PeerID, online bool) {
	for _, a := range p.here {
		if a.declared && a.watched.Has(about) {
			a.sink.Presence(about, online)
		}
	}
}

// watches says whether any device of p watches other, a replaced one included
// whose heir did not say yet what it watches.
func (p *peer) watches(other identity.PeerID) bool {
	watches := func(a *Attachment) bool { return a.watched.Has(other) }
	return slices.ContainsFunc(p.here, watches) || slices.ContainsFunc(p.ghosts, watches)
}

func index(all []*Attachment, device identity.DeviceID) int {
	return slices.IndexFunc(all, func(a *Attachment) bool { return a.device == device })
}

func without(all []*Attachment, gone *Attachment) []*Attachment {
	return slices.DeleteFunc(all, func(a *Attachment) bool { return a == gone })
}
