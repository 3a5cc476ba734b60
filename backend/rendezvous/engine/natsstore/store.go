package natsstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// Options of a store. Zero means the default.
type Options struct {
	Replicas int                         // of every stream; 1
	Shards   int                         // streams for the mail of contacts, at most 64; alone 8, replicated 1. What a store was made with stays
	Now      func() time.Time            // time.Now
	Hint     func(owner identity.PeerID) // called after a Put, by its goroutine; nobody is hinted
	Logger   *slog.Logger                // nothing is logged
	MaxBytes int64                       // of all streams together, on each node; 8 GiB. The server's own limit must not be smaller
	Timeout  time.Duration               // after which ErrUnavailable is returned; 10 s, twice what choosing a new leader takes
}

func (o Options) filled() Options {
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.Shards == 0 {
		o.Shards = 1
		if o.Replicas == 1 {
			o.Shards = 8
		}
	}
	o.Shards = min(o.Shards, mostShards)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Hint == nil {
		o.Hint = func(identity.PeerID) {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 8 << 30
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	return o
}

// Store is the mailbox and the tables. Its methods are safe for concurrent use.
type Store struct {
	options    Options
	connection *nats.Conn
	js         jetstream.JetStream
	classes    [len(classes)]class
	streams    map[string]jetstream.Stream
	buckets    map[engine.TableName]*table
	cache      *cache
	changes    *nats.Subscription // of tags, on any node
	batches    chan struct{}      // as many as may be under way at once
	ended      context.Context    //nolint:containedctx // ends what is under way when the store is closed
	end        context.CancelFunc
	closing    sync.Once
	totals     totals
}

// parallel is how many requests one call has under way.
const parallel = 8

// Open makes or checks the streams, and waits until each of them has a leader,
// at most until ctx ends. It may be called on several nodes at once. The
// connection stays the caller's.
func Open(ctx context.Context, connection *nats.Conn, options Options) (*Store, error) {
	options = options.filled()
	js, err := jetstream.New(connection)
	if err != nil {
		return nil, fmt.Errorf("natsstore: %w", err)
	}
	s := &Store{
		options: options, connection: connection, js: js,
		streams: make(map[string]jetstream.Stream), buckets: make(map[engine.TableName]*table),
		cache: newCache(cachedTags), batches: make(chan struct{}, mostBatches),
	}
	s.ended, s.end = context.WithCancel(context.Background())
	if err = s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	shards, err := s.shards(ctx)
	if err != nil {
		return err
	}
	s.options.Shards, s.classes = shards, sharded(shards)
	all := configs(s.options)
	streams := make([]jetstream.Stream, len(all))
	if err = each(ctx, len(all), func(ctx context.Context, i int) (err error) {
		streams[i], err = s.ensure(ctx, all[i])
		return err
	}); err != nil {
		return err
	}
	for i, config := range all {
		s.streams[config.Name] = streams[i]
	}
	for _, name := range tables {
		var values jetstream.KeyValue
		if err = retry(ctx, func(ctx context.Context) (bindErr error) {
			values, bindErr = s.js.KeyValue(ctx, bucketStart+string(name))
			if errors.Is(bindErr, jetstream.ErrBucketNotFound) {
				return errNotSeenYet // it was just made, or found by another name
			}
			return bindErr
		}); err != nil {
			return fmt.Errorf("natsstore: table %s: %w", name, err)
		}
		s.buckets[name] = &table{store: s, values: values, stream: s.streams["KV_"+bucketStart+string(name)]}
	}
	changes, err := s.connection.Subscribe(tagNotice, func(notice *nats.Msg) { s.cache.forget(noticed(notice.Data)) })
	if err != nil {
		return fmt.Errorf("natsstore: %w", err)
	}
	s.changes = changes
	return nil
}

// Mailbox returns the mailbox.
func (s *Store) Mailbox() engine.Mailbox { return mailbox{s} }

// Table returns a table, one of those that engine names; nil for another name.
func (s *Store) Table(name engine.TableName) engine.Table {
	if found := s.buckets[name]; found != nil {
		return found
	}
	return nil
}

// Close ends what is under way with ErrClosed. It is idempotent, and leaves
// the connection alone.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		s.end()
		if s.changes != nil {
			if err = s.changes.Unsubscribe(); errors.Is(err, nats.ErrConnectionClosed) {
				err = nil
			}
		}
	})
	return err
}

// each calls do for every number below count, some at once, and returns the
// first error, after which no more are begun.
func each(ctx context.Context, count int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var group sync.WaitGroup
	for range min(parallel, count) {
		group.Go(func() {
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range count {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
	return context.Cause(ctx)
}
