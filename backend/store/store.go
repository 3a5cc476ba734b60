package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/node"
)

// Options of Open. The zero value is good.
type Options struct {
	// Now names and dates snapshots. nil: time.Now.
	Now func() time.Time
	// Logger is told of repairs and damage. nil: nothing is logged.
	Logger *slog.Logger
	// KeepSnapshots is how many copies from before migrations stay. 0: three.
	KeepSnapshots int
	// CheckTime bounds the look at the whole file when it is opened; what is
	// not looked at by then is checked when it is read. 0: 30 ms.
	CheckTime time.Duration
	// Wrapper keeps private sealing keys from whoever reads the file. nil: they
	// are kept as they are.
	Wrapper Wrapper

	version int64 // of the schema, for tests; 0: the newest
}

// Store is a database that is open.
type Store struct {
	options Options
	folder  string // of the profile
	logger  *slog.Logger

	wrapper Wrapper // of private sealing keys, nil for none

	running sync.RWMutex // held for reading by each call, for writing by Close and Rescue.Take
	closed  bool

	// Guarded by running: another database may take the place of a damaged one.
	pool    *pool
	file    string   // which file it is: see whichFile
	aside   string   // folder with a private copy, "" if none
	indexer *indexer // nil when only reading

	rescue      atomic.Bool            // the file is, or may be, damaged: what cannot be read is left out
	wanted      atomic.Int32           // how many wait for writing
	examining   atomic.Pointer[func()] // ends the examination that is under way, nil for none
	writing     sync.Mutex
	transaction *transaction // nil when only reading
	problem     error        // why nothing is written, nil if it is
}

var (
	_ node.Store  = (*Store)(nil)
	_ node.Reader = (*Store)(nil)
)

// enter begins a call; leave ends it.
func (s *Store) enter() error {
	s.running.RLock()
	if s.closed {
		s.running.RUnlock()
		return ErrClosed
	}
	return nil
}

func (s *Store) leave() { s.running.RUnlock() }

// Load implements node.Store.
func (s *Store) Load(ctx context.Context) (node.Snapshot, error) {
	if err := s.enter(); err != nil {
		return node.Snapshot{}, err
	}
	defer s.leave()
	s.writing.Lock()
	snapshot := node.Snapshot{ReadOnly: s.problem != nil, Problem: s.problem}
	s.writing.Unlock()
	for _, load := range []func() error{
		func() (err error) { snapshot.Self, err = s.loadSelf(ctx); return err },
		func() (err error) { snapshot.Contacts, err = s.loadContacts(ctx); return err },
		func() (err error) { snapshot.Conversations, err = s.loadConversations(ctx); return err },
		func() (err error) { snapshot.Requests, err = s.loadRequests(ctx); return err },
		func() (err error) { snapshot.Declined, err = s.loadDeclined(ctx); return err },
		func() (err error) { snapshot.Invites, err = s.loadInvites(ctx); return err },
		func() (err error) { snapshot.Servers, err = s.loadServers(ctx); return err },
		func() (err error) { snapshot.Handles, err = s.loadHandles(ctx); return err },
		func() (err error) { snapshot.Bans, err = s.loadBans(ctx); return err },
		func() (err error) { snapshot.SealingKeys, err = s.loadSealingKeys(ctx); return err },
		func() (err error) { snapshot.Seen, err = s.loadSeen(ctx); return err },
		func() (err error) { snapshot.Outgoing, err = s.loadOutgoing(ctx); return err },
		func() (err error) { snapshot.Epochs, err = s.loadEpochs(ctx); return err },
		func() (err error) { snapshot.Forks, err = s.loadForks(ctx); return err },
		func() (err error) { snapshot.Verifications, err = s.loadVerifications(ctx); return err },
		func() (err error) { snapshot.Retirements, err = s.loadRetirements(ctx); return err },
		func() (err error) { snapshot.Copied, err = s.copied(ctx); return err },
		func() (err error) { snapshot.Timed, err = s.loadTimed(ctx); return err },
	} {
		if err := load(); err != nil {
			return node.Snapshot{}, fmt.Errorf("store: loading: %w", err)
		}
	}
	return snapshot, nil
}

// Close implements node.Store.
func (s *Store) Close() error {
	s.stopIndexing()
	s.running.Lock()
	defer s.running.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.shut()
}

// stopIndexing ends the indexer, which must be done while calls are let in.
func (s *Store) stopIndexing() {
	s.running.RLock()
	working := s.indexer
	s.running.RUnlock()
	if working != nil {
		working.stop()
	}
}

// shut closes all connections. The caller holds running.
func (s *Store) shut() error {
	failures := []error{s.pool.close()}
	if s.transaction != nil {
		fault.Point("store.close")
		// The last connection brings the write-ahead log into the database.
		failures = append(failures, s.transaction.close())
	}
	failures = append(failures, removeAside(s.aside))
	return translate(errors.Join(failures...))
}

// errEnough ends a collection early.
var errEnough = errors.New("store: enough")

// damaged marks an error as one of the file's content.
func damaged(err error) error { return fmt.Errorf("%w: %w", node.ErrDamaged, err) }

// collect runs a query and turns its rows into values. Where a damaged database
// is read, rows that cannot be read end or are left out of the answer.
func collect[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), query string, arguments ...any) ([]T, error) {
	collected, err := collectRows(ctx, s, scan, query, arguments)
	if err == nil || errors.Is(err, errEnough) {
		return collected, nil
	}
	err = translate(err)
	if s.rescue.Load() && ctx.Err() == nil && unreadable(err) {
		s.logger.WarnContext(ctx, "some of a damaged database cannot be read", slog.Any("error", err))
		return collected, nil
	}
	return nil, err
}

func collectRows[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), query string, arguments []any) (collected []T, err error) {
	statement, err := s.pool.statement(ctx, query) //nolint:sqlclosecheck // the pool keeps it
	if err != nil {
		return nil, err
	}
	rows, err := statement.QueryContext(ctx, arguments...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			if s.rescue.Load() && errors.Is(err, node.ErrDamaged) {
				continue
			}
			return collected, err
		}
		collected = append(collected, one)
	}
	return collected, rows.Err()
}
