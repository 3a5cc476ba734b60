package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/node"
)

// Open opens or makes the database in a profile's folder, which this process
// must have locked. What is damaged or cannot be written to is opened for
// reading, and the snapshot that Load returns says why. Errors are a sentence
// (*node.Refusal) for a database of a newer version, node.ErrDiskFull when there
// is no room for a new one, and others.
func Open(ctx context.Context, folder string, options Options) (*Store, error) {
	options, err := options.complete()
	if err != nil {
		return nil, err
	}
	folder, err = filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("store: the folder: %w", err)
	}
	opened, err := openEither(ctx, folder, options)
	if err != nil {
		return nil, err
	}
	opened.begin() //nolint:contextcheck // it works until Close, longer than this call
	return opened, nil
}

// begin starts what works beside the calls.
func (s *Store) begin() {
	if s.transaction != nil && s.options.version >= searchVersion {
		s.startIndexer()
	}
}

// openEither opens for writing or, with a reason, for reading.
func openEither(ctx context.Context, folder string, options Options) (*Store, error) {
	opened, err := openForWriting(ctx, folder, options)
	if err == nil {
		return opened, nil
	}
	reason := onlyReadable(err)
	if reason == nil || ctx.Err() != nil {
		return nil, err
	}
	if size(filepath.Join(folder, fileName)) == 0 && errors.Is(reason, node.ErrDiskFull) {
		return nil, err // nothing to read, and nothing can be made
	}
	options.Logger.WarnContext(ctx, "the database is opened for reading only", slog.Any("error", err))
	return openForReading(folder, options, reason)
}

// complete fills in what is not set.
func (options Options) complete() (Options, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.KeepSnapshots == 0 {
		options.KeepSnapshots = 3
	}
	if options.CheckTime == 0 {
		options.CheckTime = 30 * time.Millisecond
	}
	if options.version == 0 {
		steps, err := loadMigrations()
		if err != nil {
			return options, err
		}
		options.version = steps[len(steps)-1].number
	}
	return options, nil
}

// onlyReadable returns why a database can at most be read, nil for other errors.
func onlyReadable(err error) error {
	for _, reason := range []error{node.ErrDamaged, node.ErrReadOnly, node.ErrDiskFull} {
		if errors.Is(err, reason) {
			return reason
		}
	}
	return nil
}

func openForWriting(ctx context.Context, folder string, options Options) (_ *Store, err error) {
	path := filepath.Join(folder, fileName)
	if err = writable(folder); err != nil {
		return nil, err
	}
	if err = errors.Join(dropPartial(folder), dropUnfinished(folder)); err != nil {
		return nil, err
	}
	version, err := prepare(ctx, folder, path, options)
	if err != nil {
		return nil, err
	}
	connection, err := connect(path, forWriting)
	if err != nil {
		return nil, err
	}
	if version > 0 && version < options.version {
		err = takeSnapshot(connection, folder, version, options.Now(), options.KeepSnapshots)
	}
	if err == nil {
		err = migrate(connection, options.version)
	}
	if err != nil {
		return nil, errors.Join(err, connection.Close())
	}
	fault.Point("store.open.migrated")
	file := whichFile(path)
	writer := newWriter(connection, folder, options.Logger)
	writer.file = file
	opened := &Store{
		options:     options,
		folder:      folder,
		logger:      options.Logger,
		pool:        newPool(path, forReading),
		transaction: newTransaction(writer),
		file:        file,
	}
	writer.makeWay = opened.makeWay
	if options.version >= placeVersion {
		// A file that was never told where it is begins here.
		if err = opened.write(func(t *transaction) error { //nolint:contextcheck // a transaction is not stopped half way
			_, failure := t.exec(`INSERT OR IGNORE INTO place (id, file) VALUES (1, ?)`, t.file)
			return failure
		}); err != nil {
			return nil, errors.Join(err, opened.Close())
		}
	}
	if options.version >= foldedSince {
		if err = opened.catchUp(); err != nil { //nolint:contextcheck // a transaction is not stopped half way
			return nil, errors.Join(err, opened.Close())
		}
	}
	opened.wrapper, writer.wrapper = options.Wrapper, options.Wrapper
	if err = opened.wrapOld(); err != nil { //nolint:contextcheck // a transaction is not stopped half way
		return nil, errors.Join(err, opened.Close())
	}
	fault.Point("store.open.ready")
	return opened, nil
}

// foldedSince is the first version of the schema that knows what is about messages.
const foldedSince = 7

// catchUp does what an earlier version, or a crash, left undone.
func (s *Store) catchUp() error {
	old, err := number(s.transaction.connection, `SELECT (SELECT count(*) FROM unfolded) + (SELECT count(*) FROM erasing)`)
	if err != nil || old == 0 {
		return err
	}
	s.transaction.forgot, s.transaction.unknown = true, true
	return s.write(func(t *transaction) error { return t.foldOld() })
}

// prepare makes the file when there is none, or checks the one that is there,
// and returns its schema's version.
func prepare(ctx context.Context, folder, path string, options Options) (int64, error) {
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// A log without its database belongs to nothing.
		if err = errors.Join(ignoreMissing(os.Remove(path+"-wal")), ignoreMissing(os.Remove(path+"-shm")), createFile(path)); err != nil {
			return 0, err
		}
		fault.Point("store.open.made")
		return 0, syncFolder(folder)
	case err != nil:
		return 0, translate(fmt.Errorf("store: %w", err))
	}
	if err = onlyMine(path, path+"-wal", path+"-shm"); err != nil {
		return 0, err
	}
	return check(ctx, path, options.version, options.CheckTime)
}

// openForReading opens what can be read without writing to the file.
func openForReading(folder string, options Options, problem error) (*Store, error) {
	path := filepath.Join(folder, fileName)
	opened := &Store{options: options, folder: folder, logger: options.Logger, problem: problem, wrapper: options.Wrapper}
	opened.rescue.Store(true)
	how := forReading
	if size(path+"-wal") == 0 {
		how = frozen
	}
	if version, err := readableVersion(path, how); err == nil && version == options.version {
		opened.pool = newPool(path, how)
		return opened, nil
	}
	// The write-ahead log cannot be read where it lies, or the schema is an
	// older one: both need a copy that may be written to.
	aside, err := os.MkdirTemp("", "tincan-read-*")
	if err != nil {
		return nil, translate(fmt.Errorf("store: a folder for a copy: %w", err))
	}
	copied := filepath.Join(aside, fileName)
	if err = errors.Join(copyFile(path, copied), copyFile(path+"-wal", copied+"-wal"), upgradeCopy(copied, options.version)); err != nil {
		options.Logger.Warn("the database cannot be read at all", slog.Any("error", err))
		// Nothing can be shown; an empty database answers every question.
		copied = filepath.Join(aside, "empty.db")
		if err = errors.Join(createFile(copied), upgradeCopy(copied, options.version)); err != nil {
			return nil, errors.Join(err, removeAside(aside))
		}
	}
	opened.aside = aside
	opened.pool = newPool(copied, forReading)
	return opened, nil
}

// readableVersion returns the schema's version of a file that can be read.
func readableVersion(path string, how mode) (version int64, err error) {
	if size(path) == 0 {
		return 0, fs.ErrNotExist
	}
	connection, err := connect(path, how)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	if _, err = number(connection, "SELECT count(*) FROM sqlite_schema"); err != nil {
		return 0, err
	}
	return number(connection, "PRAGMA user_version")
}

// upgradeCopy brings a copy to a version and its log into it.
func upgradeCopy(path string, version int64) (err error) {
	if size(path) == 0 {
		if err = ignoreExisting(createFile(path)); err != nil {
			return err
		}
	}
	connection, err := connect(path, forWriting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, translate(connection.Close())) }()
	return migrate(connection, version)
}

func ignoreExisting(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

func removeAside(folder string) error {
	if folder == "" {
		return nil
	}
	return os.RemoveAll(folder)
}
