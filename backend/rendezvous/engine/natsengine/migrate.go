package natsengine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Errors of Migrate. Their sentences are meant for the operator.
var (
	// ErrNoSolo says that there is nothing to move.
	ErrNoSolo = errors.New("this data folder holds nothing that a server alone (--engine solo) has stored")
	// ErrMigrated says that there is nothing left to move.
	ErrMigrated = errors.New("this data folder was moved already")
	// ErrMoving says that a migration of the folder was begun and did not end.
	ErrMoving = errors.New("a migration of this data folder is not finished")
)

// movingPrefix stands before the new mode in the marker of a folder that is being moved.
const movingPrefix = "moving to "

const (
	copiedRecords = 32   // records under way
	recordsNoted  = 1000 // records between two reports
)

// CopyStore copies mail and tables; a run after one that ended early goes on with it.
type CopyStore func(ctx context.Context, from, to *nats.Conn, options StoreOptions) error

// Migrate moves the folder of a lone server to the mode of the options, Cluster
// or External, in place: what was stored alone stays where it is, and the
// folder is marked so that nobody opens it as before. For Cluster it is a node
// until it returns, the one that will use the folder; the other nodes must be
// running. Nobody may use the cluster meanwhile. After an error it is called
// again with the same options, and goes on; after ErrMigrated it need not.
//
// records, unless nil, is told now and then how many published records were
// looked at. Errors: ErrOptions, ErrInUse, ErrNoSolo, ErrMigrated, ErrMoving
// (to another mode), ErrSecret, ErrNoQuorum, those of copyStore, or the system's.
func Migrate(ctx context.Context, options Options, copyStore CopyStore, records func(count int)) (err error) {
	if err = options.complete(); err != nil {
		return err
	}
	if options.Mode == Solo || options.Folder == "" {
		return fmt.Errorf("%w: a folder is moved to a cluster or to another NATS", ErrOptions)
	}
	f, err := openMoving(options.Folder, options.Mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if options.Node == "" {
		if options.Node, err = f.node(); err != nil {
			return err
		}
	}
	if err = copyAll(ctx, options, f, copyStore, records); err != nil {
		return err
	}
	return writeWhole(filepath.Join(f.Path(), modeFile), options.Mode.String()+"\n")
}

// copyAll runs both servers until everything is copied.
func copyAll(ctx context.Context, options Options, f *folder, copyStore CopyStore, records func(int)) error {
	alone := Options{
		Mode: Solo, Node: options.Node, Folder: options.Folder, Logger: options.Logger, Now: options.Now,
		MaxMemory: options.MaxMemory, MaxDisk: options.MaxDisk, RecordLife: options.RecordLife,
	}
	from, fromStream, err := dialStore(ctx, alone, filepath.Join(f.Path(), Solo.String()))
	if err != nil {
		return err
	}
	defer from.close()
	to, toStream, err := dialStore(ctx, options, f.store)
	if err != nil {
		return err
	}
	defer to.close()
	// The other nodes need all of them to make these, and this one ends when it is done.
	if _, err = openAway(ctx, toStream, options); err != nil {
		return err
	}
	// The store first: it refuses a cluster that is somebody else's.
	if err = copyStore(ctx, from.connection, to.connection, StoreOptions{Replicas: options.replicas(), Now: options.Now}); err != nil {
		return err
	}
	return copyRecords(ctx, fromStream, toStream, options, records)
}

// dialStore starts the server of a mode, or connects to it, and waits until it stores.
func dialStore(ctx context.Context, options Options, store string) (*embedded, jetstream.JetStream, error) {
	opened, err := embed(ctx, options, store)
	if err != nil {
		return nil, nil, err
	}
	stream, err := jetstream.New(opened.connection)
	if err == nil {
		err = opened.storing(ctx, options, stream)
	}
	if err != nil {
		opened.close()
		return nil, nil, fmt.Errorf("natsengine: %w", err)
	}
	return opened, stream, nil
}

// openMoving locks the folder of a lone server, and marks it as being moved.
func openMoving(path string, to Mode) (_ *folder, err error) {
	if _, err = os.Stat(filepath.Join(path, modeFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoSolo, path)
	}
	locked, err := lockFolder(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, locked.Close())
		}
	}()
	marker := filepath.Join(locked.Path(), modeFile)
	held, err := readMode(marker)
	if err != nil {
		return nil, err
	}
	alone := filepath.Join(locked.Path(), Solo.String())
	_, aloneErr := os.Stat(alone)
	switch goal, moving := strings.CutPrefix(held, movingPrefix); {
	case aloneErr != nil:
		return nil, fmt.Errorf("%w: %s", ErrNoSolo, path)
	case held == to.String():
		return nil, fmt.Errorf("%w: start it with --engine %s; what it stored alone is still in %s and can be removed", ErrMigrated, to, alone)
	case moving && goal != to.String():
		return nil, fmt.Errorf("%w: it was begun to --engine %s; go on with that, or give it up first with: %s --give-up", ErrMoving, goal, MigrateCommand)
	case !moving && held != Solo.String():
		return nil, fmt.Errorf("%w: %s holds a %q store", ErrNoSolo, path, held)
	}
	if err = writeWhole(marker, movingPrefix+to.String()+"\n"); err != nil {
		return nil, err
	}
	store := filepath.Join(locked.Path(), to.String())
	if to != External {
		if err = os.MkdirAll(store, folderMode); err != nil {
			return nil, fmt.Errorf("natsengine: %w", err)
		}
	}
	return &folder{Folder: locked, store: store}, nil
}

// GiveUp makes the folder of a migration that did not end a lone server's
// again, with everything that it had. What the other nodes got stays there:
// their folders must be removed before another migration. Errors: ErrInUse,
// ErrNoSolo when no migration of the folder was begun, ErrMigrated when it ended.
func GiveUp(path string) (err error) {
	held, err := readMode(filepath.Join(path, modeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNoSolo, path)
	}
	if err != nil {
		return err
	}
	locked, err := lockFolder(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, locked.Close()) }()
	goal, moving := strings.CutPrefix(held, movingPrefix)
	switch {
	case held == Solo.String():
		return fmt.Errorf("%w: no migration was begun", ErrNoSolo)
	case !moving:
		return fmt.Errorf("%w: it is a %q store", ErrMigrated, held)
	}
	if goal == Cluster.String() {
		if err = os.RemoveAll(filepath.Join(locked.Path(), goal)); err != nil {
			return fmt.Errorf("natsengine: %w", err)
		}
	}
	return writeWhole(filepath.Join(locked.Path(), modeFile), Solo.String()+"\n")
}

// copyRecords copies what peers published, unless the other side has it already.
func copyRecords(ctx context.Context, from, to jetstream.JetStream, options Options, told func(int)) error {
	target, err := openRecords(ctx, to, options)
	if err != nil {
		return err
	}
	values, err := from.KeyValue(ctx, recordBucket)
	if err != nil {
		return fmt.Errorf("natsengine: records: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watcher, err := values.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return fmt.Errorf("natsengine: records: %w", err)
	}
	defer func() { _ = watcher.Stop() }() // the connection is closed soon
	entries := make(chan jetstream.KeyValueEntry)
	var group sync.WaitGroup
	for range copiedRecords {
		group.Go(func() {
			for entry := range entries {
				if copyErr := copyRecord(ctx, target.values, entry); copyErr != nil {
					cancel(fmt.Errorf("natsengine: records: %w", copyErr))
				}
			}
		})
	}
	for count := 1; ; count++ {
		var entry jetstream.KeyValueEntry
		select {
		case entry = <-watcher.Updates():
		case <-ctx.Done():
		}
		if entry == nil { // all were told, or the end came
			break
		}
		select {
		case entries <- entry:
		case <-ctx.Done():
		}
		if told != nil && count%recordsNoted == 0 {
			told(count)
		}
	}
	close(entries)
	group.Wait()
	return context.Cause(ctx)
}

// copyRecord tries for a while, because a leader may be lost on the way.
func copyRecord(ctx context.Context, to jetstream.KeyValue, entry jetstream.KeyValueEntry) error {
	return insist(ctx, func(ctx context.Context) error {
		_, err := to.Create(ctx, entry.Key(), entry.Value())
		if errors.Is(err, jetstream.ErrKeyExists) {
			return nil
		}
		return err
	})
}
