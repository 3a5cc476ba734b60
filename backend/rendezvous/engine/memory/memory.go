package memory

import (
	"container/list"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Options of an engine. Zero means the default.
type Options struct {
	Now      func() time.Time // time.Now
	Life     time.Duration    // how long records of those who left are kept; 14 days
	MaxAway  int              // how many of those who left are kept; 20,000, the oldest go first
	MaxBytes int              // how much those who left may take; 64 MiB
}

// Engine implements engine.Engine.
type Engine struct {
	options Options

	mu     sync.Mutex
	closed bool
	peers  map[identity.PeerID]*peer
	away   *list.List // *peer without attachments, who left first is in front
	bytes  int        // of those away

	mail    *mailbox
	tables  map[engine.TableName]*table
	notice  engine.Notice
	started time.Time
}

// peer is everything known about one identity.
type peer struct {
	id      identity.PeerID
	record  engine.Record
	here    []*attachment
	left    watched       // what the last device watched when it left
	away    *list.Element // nil while a device is here
	size    int           // counted in Engine.bytes while away
	expires time.Time     // while away
}

// New makes an engine.
func New(options Options) *Engine {
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
	e := &Engine{
		options: options, peers: make(map[identity.PeerID]*peer), away: list.New(),
		tables: make(map[engine.TableName]*table), started: options.Now(),
	}
	e.mail = newMailbox(options.Now, e.hint)
	return e
}

// Mailbox implements engine.Engine.
func (e *Engine) Mailbox() engine.Mailbox { return e.mail }

// Table implements engine.Engine.
func (e *Engine) Table(name engine.TableName) engine.Table {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := e.tables[name]
	if found == nil {
		found = newTable()
		if e.closed {
			found.close()
		}
		e.tables[name] = found
	}
	return found
}

// Announce implements engine.Engine.
func (e *Engine) Announce(notice engine.Notice) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.notice = notice
}

// Nodes implements engine.Engine: there is only this one.
func (e *Engine) Nodes() []engine.Node {
	e.mu.Lock()
	defer e.mu.Unlock()
	sessions := 0
	for _, p := range e.peers {
		sessions += len(p.here)
	}
	return []engine.Node{{ID: "memory", Self: true, Seen: e.options.Now(), Started: e.started, Sessions: sessions, Notice: e.notice}}
}

// Healthy implements engine.Engine.
func (e *Engine) Healthy(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return engine.ErrClosed
	}
	return nil
}

// hint tells the devices of a peer that are here that there is mail.
func (e *Engine) hint(owner identity.PeerID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.peers[owner]; p != nil {
		for _, a := range p.here {
			a.sink.MailArrived()
		}
	}
}

// Attach implements engine.Engine.
func (e *Engine) Attach(_ context.Context, id identity.PeerID, device identity.DeviceID, record engine.Record, sink engine.Sink) (engine.Attachment, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, engine.ErrClosed
	}
	e.expire()
	p := e.peers[id]
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
	e.peers[id] = p
	e.comeBack(p)
	a := &attachment{engine: e, peer: p, device: device, sink: sink}
	if at := p.index(device); at >= 0 {
		older := p.here[at]
		a.watched, older.watched = older.watched, nil
		older.ended = true
		p.here[at] = a
		older.sink.Ended(engine.EndReplaced)
	} else {
		p.here = append(p.here, a)
	}
	e.replace(p, next)
	return a, nil
}

// Lookup implements engine.Engine.
func (e *Engine) Lookup(_ context.Context, id identity.PeerID) (engine.Record, bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return engine.Record{}, false, engine.ErrClosed
	}
	e.expire()
	p := e.peers[id]
	if p == nil {
		return engine.Record{}, false, nil
	}
	return p.record, true, nil
}

// Close implements engine.Engine.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	e.mail.close()
	for _, one := range e.tables {
		one.close()
	}
	e.peers = nil
	e.away.Init()
	e.bytes = 0
	return nil
}

// replace publishes a record and ends the attachments of devices that its list no longer names.
func (e *Engine) replace(p *peer, record engine.Record) {
	p.record = record
	for _, a := range slices.Clone(p.here) {
		if !record.Has(a.device) {
			e.leave(a)
			a.sink.Ended(engine.EndRevoked)
		}
	}
}

// leave takes an attachment away and tells those who may know.
func (e *Engine) leave(a *attachment) {
	if a.ended {
		return
	}
	a.ended = true
	p := a.peer
	p.here = slices.DeleteFunc(p.here, func(other *attachment) bool { return other == a })
	for _, other := range a.watched {
		if !p.watches(other) {
			e.tell(other, p.id, false)
		}
	}
	if len(p.here) > 0 {
		return
	}
	p.left = a.watched
	p.size = p.record.Size() + len(p.left)*len(p.id)
	p.expires = e.options.Now().Add(e.options.Life)
	p.away = e.away.PushBack(p)
	e.bytes += p.size
	e.expire()
}

func (e *Engine) comeBack(p *peer) {
	if p.away == nil {
		return
	}
	e.away.Remove(p.away)
	e.bytes -= p.size
	p.away, p.left, p.size = nil, nil, 0
}

// expire forgets those who left too long ago, and the oldest when they are too many.
func (e *Engine) expire() {
	now := e.options.Now()
	for front := e.away.Front(); front != nil; front = e.away.Front() {
		p, ok := front.Value.(*peer)
		if ok && now.Before(p.expires) && e.away.Len() <= e.options.MaxAway && e.bytes <= e.options.MaxBytes {
			return
		}
		e.comeBack(p)
		delete(e.peers, p.id)
	}
}

// tell says to the devices of listener that watch about that it came or went.
func (e *Engine) tell(listener, about identity.PeerID, online bool) {
	p := e.peers[listener]
	if p == nil {
		return
	}
	for _, a := range p.here {
		if a.declared && a.watched.has(about) {
			a.sink.Presence(about, online)
		}
	}
}

func (p *peer) index(device identity.DeviceID) int {
	return slices.IndexFunc(p.here, func(a *attachment) bool { return a.device == device })
}

// watches says whether any device of p that is here watches other.
func (p *peer) watches(other identity.PeerID) bool {
	for _, a := range p.here {
		if a.watched.has(other) {
			return true
		}
	}
	return false
}

// remembers says whether p watches other, or did when it left.
func (p *peer) remembers(other identity.PeerID) bool {
	if len(p.here) > 0 {
		return p.watches(other)
	}
	return p.left.has(other)
}

// attachment implements engine.Attachment.
type attachment struct {
	engine   *Engine
	peer     *peer
	device   identity.DeviceID
	sink     engine.Sink
	watched  watched
	declared bool // Watch was called; until then watched is what an older attachment left
	ended    bool
}

// Publish implements engine.Attachment.
func (a *attachment) Publish(_ context.Context, record engine.Record) error {
	e := a.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if a.ended || e.closed {
		return engine.ErrClosed
	}
	next, err := a.peer.record.Succeed(record)
	if err != nil {
		return err
	}
	e.replace(a.peer, next)
	return nil
}

// Watch implements engine.Attachment.
func (a *attachment) Watch(_ context.Context, add, remove []identity.PeerID) error {
	e := a.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if a.ended || e.closed {
		return engine.ErrClosed
	}
	before, told := a.watched, a.watched
	if !a.declared {
		told = nil // this attachment was told of nobody yet
	}
	next := told.change(add, remove, a.peer.id)
	if len(next) > wire.MaxWatched {
		return engine.ErrTooMany
	}
	for _, other := range before {
		if next.has(other) {
			continue
		}
		a.watched = next
		if !a.peer.watches(other) {
			e.tell(other, a.peer.id, false)
		}
		a.watched = before
	}
	for _, other := range next {
		if !before.has(other) && !a.peer.watches(other) {
			e.tell(other, a.peer.id, true)
		}
	}
	a.watched, a.declared = next, true
	for _, other := range next {
		if told.has(other) {
			continue
		}
		if p := e.peers[other]; p != nil && p.remembers(a.peer.id) {
			a.sink.Presence(other, len(p.here) > 0)
		}
	}
	return nil
}

// Send implements engine.Attachment.
func (a *attachment) Send(_ context.Context, to identity.PeerID, envelope []byte) (engine.Outcome, error) {
	e := a.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if a.ended || e.closed {
		return 0, engine.ErrClosed
	}
	p := e.peers[to]
	if p == nil {
		return engine.Accepted, nil
	}
	for _, there := range p.here {
		if there != a {
			// No room there means lost, as on any network: the sender tries again.
			_ = there.sink.Deliver(envelope)
		}
	}
	if len(p.here) == 0 && p.left.has(a.peer.id) && a.peer.watches(to) {
		return engine.Absent, nil
	}
	return engine.Accepted, nil
}

// Detach implements engine.Attachment.
func (a *attachment) Detach() {
	e := a.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		e.leave(a)
	}
}
