package natsengine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/switchboard"
)

// Engine implements engine.Engine.
type Engine struct {
	options  Options
	folder   *folder // nil: external
	embedded *embedded
	stream   jetstream.JetStream
	board    *switchboard.Board
	records  *records
	store    Store
	uplink   *uplink // nil: solo
	started  time.Time

	background context.Context //nolint:containedctx // ends what runs beside the calls
	stop       context.CancelFunc
	tasks      sync.WaitGroup
	closing    sync.Once
	closed     error // of Close

	mu     sync.Mutex
	notice engine.Notice
}

// Open starts an engine; in a cluster it waits for a majority. Errors:
// ErrOptions, ErrInUse, ErrOtherMode, ErrSecret, ErrNoQuorum, or the system's.
func Open(ctx context.Context, options Options) (_ *Engine, err error) {
	if err = options.complete(); err != nil {
		return nil, err
	}
	e := &Engine{options: options, started: options.Now()}
	e.background, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	defer func() { //nolint:contextcheck // what was opened is closed even when the context is over
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	var store string
	if options.Mode != External {
		if e.folder, err = openFolder(options.Folder, options.Mode); err != nil {
			return nil, err
		}
		store = e.folder.store
	} else if err = notMoving(options.Folder, options.Mode); err != nil {
		return nil, err
	}
	if err = e.nameNode(); err != nil {
		return nil, err
	}
	if e.embedded, err = embed(ctx, e.options, store); err != nil {
		return nil, err
	}
	if e.stream, err = jetstream.New(e.embedded.connection); err != nil {
		return nil, fmt.Errorf("natsengine: %w", err)
	}
	if err = e.embedded.storing(ctx, e.options, e.stream); err != nil {
		return nil, err
	}
	return e, e.begin(ctx)
}

func (e *Engine) nameNode() (err error) {
	switch {
	case e.options.Node != "":
	case e.folder != nil:
		e.options.Node, err = e.folder.node()
	default:
		e.options.Node = newNodeName()
	}
	return err
}

// begin opens what is stored and joins the other nodes.
func (e *Engine) begin(ctx context.Context) (err error) {
	if e.records, err = openRecords(ctx, e.stream, e.options); err != nil {
		return err
	}
	settings := switchboard.Options{Now: e.options.Now, Life: e.options.RecordLife}
	if e.options.Mode != Solo {
		if e.uplink, err = newUplink(ctx, e); err != nil {
			return err
		}
		settings.Uplink = e.uplink
	}
	e.board = switchboard.New(settings)
	store, err := e.options.OpenStore(ctx, e.embedded.connection, StoreOptions{
		Replicas: e.options.replicas(), Now: e.options.Now, Hint: e.hint,
	})
	if err != nil {
		return fmt.Errorf("natsengine: store: %w", err)
	}
	e.store = store // not before: a nil one in an interface would be closed
	e.tasks.Go(e.touch)
	if e.uplink != nil {
		return e.uplink.join()
	}
	return nil
}

// Mailbox implements engine.Engine.
func (e *Engine) Mailbox() engine.Mailbox { return e.store.Mailbox() }

// Table implements engine.Engine.
func (e *Engine) Table(name engine.TableName) engine.Table { return e.store.Table(name) }

// Healthy implements engine.Engine.
func (e *Engine) Healthy(ctx context.Context) error {
	if e.background.Err() != nil {
		return engine.ErrClosed
	}
	if err := e.embedded.answers(ctx, e.stream); err != nil {
		return fmt.Errorf("%w: %w", engine.ErrUnavailable, err)
	}
	return nil
}

// Attach implements engine.Engine.
func (e *Engine) Attach(ctx context.Context, peer identity.PeerID, device identity.DeviceID, record engine.Record, sink engine.Sink) (engine.Attachment, error) {
	for range attempts {
		if e.background.Err() != nil {
			return nil, engine.ErrClosed
		}
		next, news, err := e.records.publish(ctx, peer, &device, record)
		if err != nil {
			return nil, e.unlessClosed(err)
		}
		attached, err := e.board.Attach(peer, device, next.Slim(), sink) // its bytes are in the store
		if errors.Is(err, engine.ErrOlder) {
			e.records.known.forget(peer)
			continue // somebody published between the two
		}
		if err != nil {
			return nil, err
		}
		a := &attachment{Attachment: attached, engine: e}
		if e.uplink == nil {
			return a, nil
		}
		if news {
			e.uplink.published(peer)
		}
		if err = e.uplink.reachable(ctx); err != nil {
			attached.Detach()
			return nil, e.unlessClosed(err)
		}
		return a, nil
	}
	return nil, engine.ErrOlder
}

// AttachReady implements engine.Ready: alone, for whoever comes back with the record that is held.
func (e *Engine) AttachReady(peer identity.PeerID, device identity.DeviceID, record engine.Record, sink engine.Sink) (engine.Attachment, bool, error) {
	isOpen := e.background.Err() == nil
	if e.uplink != nil || !isOpen || !e.records.holds(peer, device, record) {
		return nil, false, nil
	}
	attached, err := e.board.Attach(peer, device, record.Slim(), sink)
	if err != nil {
		return nil, !errors.Is(err, engine.ErrOlder), err // older: somebody published between the two
	}
	return &attachment{Attachment: attached, engine: e}, true, nil
}

// unlessClosed hides what is only a sign of the engine having been closed.
func (e *Engine) unlessClosed(err error) error {
	if e.background.Err() != nil {
		return engine.ErrClosed
	}
	return err
}

// Lookup implements engine.Engine.
func (e *Engine) Lookup(ctx context.Context, peer identity.PeerID) (engine.Record, bool, error) {
	if e.board.Closed() {
		return engine.Record{}, false, engine.ErrClosed
	}
	record, err := e.records.lookup(ctx, peer)
	if err != nil {
		return engine.Record{}, false, e.unlessClosed(err)
	}
	return record, !record.IsZero(), nil
}

// hint tells the devices of a peer on every node that there is mail.
func (e *Engine) hint(owner identity.PeerID) {
	e.board.Hint(owner)
	if e.uplink != nil {
		e.uplink.hint(owner)
	}
}

// touch keeps the records of those who stay here for long from expiring.
func (e *Engine) touch() {
	ticker := time.NewTicker(e.options.RecordLife / touchPart)
	defer ticker.Stop()
	for {
		select {
		case <-e.background.Done():
			return
		case <-ticker.C:
		}
		for _, peer := range e.board.Roll() {
			if err := e.records.touch(e.background, peer); err != nil && e.background.Err() == nil {
				e.options.Logger.Warn("a record was not renewed", "error", err)
			}
		}
	}
}

// Close implements engine.Engine.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.stop()
		if e.board != nil {
			e.board.Close()
		}
		e.tasks.Wait()
		if e.uplink != nil {
			e.uplink.leave()
		}
		if e.store != nil {
			e.closed = e.store.Close()
		}
		if e.embedded != nil {
			e.embedded.close()
		}
		if e.folder != nil {
			e.closed = errors.Join(e.closed, e.folder.Close())
		}
	})
	return e.closed
}

// attachment implements engine.Attachment.
type attachment struct {
	*switchboard.Attachment

	engine *Engine
}

// Publish implements engine.Attachment.
func (a *attachment) Publish(ctx context.Context, record engine.Record) error {
	if err := a.Open(); err != nil {
		return err
	}
	next, news, err := a.engine.records.publish(ctx, a.Peer(), nil, record)
	if err != nil {
		return a.engine.unlessClosed(err)
	}
	a.engine.board.Refresh(a.Peer(), next.Slim())
	if news && a.engine.uplink != nil {
		a.engine.uplink.published(a.Peer())
	}
	return nil
}

// Watch implements engine.Attachment.
func (a *attachment) Watch(_ context.Context, add, remove []identity.PeerID) error {
	if a.engine.uplink != nil {
		a.engine.uplink.queue.room()
	}
	return a.Attachment.Watch(add, remove)
}

// WatchNear implements engine.Near: with other nodes there may have to be room to tell them.
func (a *attachment) WatchNear(add, remove []identity.PeerID) (bool, error) {
	if a.engine.uplink != nil {
		return false, nil
	}
	return true, a.Attachment.Watch(add, remove)
}

// SendFar implements engine.Far: what has to be looked up first takes its time.
func (a *attachment) SendFar(to identity.PeerID, envelope []byte, told func(engine.Outcome)) (engine.Outcome, bool) {
	if a.engine.uplink == nil {
		return 0, false
	}
	relayed, ok := a.Elsewhere(to)
	if !ok || (relayed.Watched && !relayed.Known) {
		return 0, false
	}
	return a.engine.uplink.relay(a.Peer(), to, envelope, relayed, told), true
}

// Send implements engine.Attachment.
func (a *attachment) Send(ctx context.Context, to identity.PeerID, envelope []byte) (engine.Outcome, error) {
	relayed, err := a.Attachment.Send(to, envelope)
	if err != nil {
		return 0, err
	}
	if a.engine.uplink == nil {
		return relayed.Alone(), nil
	}
	return a.engine.uplink.send(ctx, a.Peer(), to, envelope, relayed)
}
