package memory

import (
	"context"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/switchboard"
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
	now     func() time.Time
	board   *switchboard.Board
	mail    *mailbox
	started time.Time

	mu     sync.Mutex
	closed bool
	tables map[engine.TableName]*table
	notice engine.Notice
}

// New makes an engine.
func New(options Options) *Engine {
	if options.Now == nil {
		options.Now = time.Now
	}
	e := &Engine{
		now: options.Now, started: options.Now(), tables: make(map[engine.TableName]*table),
		board: switchboard.New(switchboard.Options{
			Now: options.Now, Life: options.Life, MaxAway: options.MaxAway, MaxBytes: options.MaxBytes,
		}),
	}
	e.mail = newMailbox(options.Now, e.board.Hint)
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
	return []engine.Node{{ID: "memory", Self: true, Seen: e.now(), Started: e.started, Sessions: e.board.Sessions(), Notice: e.notice}}
}

// Healthy implements engine.Engine.
func (e *Engine) Healthy(context.Context) error {
	if e.board.Closed() {
		return engine.ErrClosed
	}
	return nil
}

// Attach implements engine.Engine.
func (e *Engine) Attach(_ context.Context, peer identity.PeerID, device identity.DeviceID, record engine.Record, sink engine.Sink) (engine.Attachment, error) {
	attached, err := e.board.Attach(peer, device, record, sink)
	if err != nil {
		return nil, err
	}
	return attachment{attached}, nil
}

// Lookup implements engine.Engine.
func (e *Engine) Lookup(_ context.Context, peer identity.PeerID) (engine.Record, bool, error) {
	return e.board.Record(peer)
}

// Close implements engine.Engine.
func (e *Engine) Close() error {
	e.board.Close()
	e.mail.close()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for _, one := range e.tables {
		one.close()
	}
	return nil
}

// attachment implements engine.Attachment.
type attachment struct{ board *switchboard.Attachment }

// Publish implements engine.Attachment.
func (a attachment) Publish(_ context.Context, record engine.Record) error {
	return a.board.Publish(record)
}

// Watch implements engine.Attachment.
func (a attachment) Watch(_ context.Context, add, remove []identity.PeerID) error {
	return a.board.Watch(add, remove)
}

// Send implements engine.Attachment.
func (a attachment) Send(_ context.Context, to identity.PeerID, envelope []byte) (engine.Outcome, error) {
	relayed, err := a.board.Send(to, envelope)
	if err != nil {
		return 0, err
	}
	return relayed.Alone(), nil
}

// WatchNear implements engine.Near.
func (a attachment) WatchNear(add, remove []identity.PeerID) (bool, error) {
	return true, a.board.Watch(add, remove)
}

// SendNear implements engine.Near.
func (a attachment) SendNear(to identity.PeerID, envelope []byte, deliver func(engine.Sink, []byte) bool) (engine.Outcome, bool) {
	return a.board.SendNear(to, envelope, deliver)
}

// Refuse implements engine.Attachment.
func (a attachment) Refuse(peers []identity.PeerID) { a.board.Refuse(peers) }

// Detach implements engine.Attachment.
func (a attachment) Detach() { a.board.Detach() }
