package natsstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// headerOperation marks a deletion in a bucket.
const headerOperation = "KV-Operation"

// table implements engine.Table. Its keys are such as a bucket takes.
type table struct {
	store  *Store
	values jetstream.KeyValue
	stream jetstream.Stream
}

// Get implements engine.Table.
func (t *table) Get(ctx context.Context, key string) (engine.Change, error) {
	if !engine.GoodKey(key) {
		return engine.Change{}, engine.ErrNoKey
	}
	var found engine.Change
	err := t.store.call(ctx, func(ctx context.Context) (err error) {
		found, err = t.get(ctx, key)
		if err == nil && found.Data == nil {
			return engine.ErrNoKey
		}
		return err
	})
	if err != nil {
		return engine.Change{}, err
	}
	return found, nil
}

// get returns the last change of a key: without data when it was deleted, with
// revision 0 when nothing is known of it.
func (t *table) get(ctx context.Context, key string) (engine.Change, error) {
	found := engine.Change{Key: key}
	err := retry(ctx, func(ctx context.Context) error {
		held, err := t.stream.GetLastMsgForSubject(ctx, t.subject(key))
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			return nil
		case err != nil:
			return err
		}
		found.Revision = held.Sequence
		if !isMarker(held.Header) {
			found.Data = append([]byte{}, held.Data...)
		}
		return nil
	})
	return found, err
}

// isMarker says that a message tells of a deletion, ours or the server's.
func isMarker(header nats.Header) bool {
	return header.Get(headerOperation) != "" || header.Get(jetstream.MarkerReasonHeader) != ""
}

func (t *table) subject(key string) string { return "$KV." + t.values.Bucket() + "." + key }

// Put implements engine.Table.
func (t *table) Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	if !engine.GoodKey(key) || len(data) > engine.MaxValue {
		return 0, engine.ErrOutOfRange
	}
	message := nats.NewMsg(t.subject(key))
	message.Data = data
	var next uint64
	err := t.store.call(ctx, func(ctx context.Context) error {
		var err error
		next, err = t.change(ctx, message, revision)
		if revision != 0 || !errors.Is(err, engine.ErrConflict) {
			return err
		}
		// What was deleted has a revision too as long as that is remembered.
		held, readErr := t.get(ctx, key)
		if readErr != nil {
			return readErr
		}
		if held.Data != nil || held.Revision == 0 {
			return err
		}
		next, err = t.change(ctx, message, held.Revision)
		return err
	})
	if err != nil {
		return 0, err
	}
	return next, nil
}

// change stores a message if its subject has a revision. It has a name, so that
// it can be sent again when nobody answered, and is stored once.
func (t *table) change(ctx context.Context, message *nats.Msg, revision uint64) (uint64, error) {
	message.Header.Set(headerID, rand.Text())
	message.Header.Set(jetstream.ExpectedLastSubjSeqHeader, decimal(revision))
	var next uint64
	err := retry(ctx, func(ctx context.Context) error {
		kept, err := t.store.js.PublishMsg(ctx, message)
		if changedMeanwhile(err) {
			return engine.ErrConflict
		}
		if err == nil {
			next = kept.Sequence
		}
		return err
	})
	return next, err
}

// Delete implements engine.Table.
func (t *table) Delete(ctx context.Context, key string, revision uint64) error {
	if !engine.GoodKey(key) || revision == 0 {
		return engine.ErrConflict
	}
	return t.store.call(ctx, func(ctx context.Context) error {
		held, err := t.get(ctx, key)
		if err != nil {
			return err
		}
		if held.Data == nil || held.Revision != revision {
			return engine.ErrConflict
		}
		message := nats.NewMsg(t.subject(key))
		message.Header.Set(headerOperation, "PURGE")
		message.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
		message.Header.Set(headerTTL, decimal(uint64(markerLife.Seconds())))
		_, err = t.change(ctx, message, revision)
		return err
	})
}

// Follow implements engine.Table. The client finds its way back when a
// connection or a leader is lost, for as long as deletions are remembered, a day.
func (t *table) Follow(ctx context.Context, each func(engine.Change), settled func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(t.store.ended, cancel) //nolint:contextcheck // the store's end ends every call
	defer stop()
	err := t.follow(ctx, each, settled)
	switch {
	case t.store.ended.Err() != nil:
		return engine.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", engine.ErrUnavailable, err)
}

func (t *table) follow(ctx context.Context, each func(engine.Change), settled func()) error {
	var last uint64
	var watcher jetstream.KeyWatcher
	// A watcher whose context ends while it is made never says that it ended
	// (nats.go v1.55): this one's ends after it was stopped.
	watching, release := context.WithCancel(context.WithoutCancel(ctx))
	defer release()
	if err := retry(ctx, func(attempt context.Context) error {
		info, err := t.stream.Info(attempt)
		if err != nil {
			return err
		}
		last = info.State.LastSeq
		if err = ctx.Err(); err != nil {
			return err
		}
		watcher, err = t.values.WatchAll(watching)
		return err
	}); err != nil {
		return err
	}
	defer stopWatching(watcher)
	all := false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case entry, ok := <-watcher.Updates():
			switch {
			case !ok:
				return errors.New("natsstore: the watch ended")
			case entry == nil:
				all = true
				settled()
			case entry.Operation() == jetstream.KeyValuePut:
				each(engine.Change{Key: entry.Key(), Data: append([]byte{}, entry.Value()...), Revision: entry.Revision()})
			case all || entry.Revision() > last:
				each(engine.Change{Key: entry.Key(), Revision: entry.Revision()})
			}
		}
	}
}

// stopWatching also takes what the watcher still wants to say, until it has
// nothing more, so that nothing of it stays.
func stopWatching(watcher jetstream.KeyWatcher) {
	_ = watcher.Stop() // otherwise the end of the connection stopped it
	for range watcher.Updates() {
	}
}
