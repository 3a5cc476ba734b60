package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/tincan-chat/tincan/backend/node"
)

// Rescue is a new database that waits beside a damaged one, which is open and is
// read until the new one takes its place.
type Rescue struct {
	store *Store
	aside string
	found Salvaged
}

// ErrSound says that a database is not damaged, as far as is known.
var ErrSound = errors.New("store: the database is not damaged")

// Rescue does what Salvage does for a database that is open, up to putting the
// new one in place; Take or Drop ends it. told, which may be nil, hears how many
// entries are saved already, and of how many; 0 if that is not known. Errors:
// ErrSound, and those of Salvage.
func (s *Store) Rescue(ctx context.Context, owner Owner, told func(saved, of int)) (*Rescue, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	s.writing.Lock()
	problem := s.problem
	s.writing.Unlock()
	if !errors.Is(problem, node.ErrDamaged) {
		return nil, ErrSound
	}
	// A reader of its own: this store may have been opened for writing, and then
	// it does not leave out what cannot be read.
	aside, found, err := saveAside(ctx, s.folder, owner, s.options, told)
	if err != nil {
		return nil, err
	}
	return &Rescue{store: s, aside: aside, found: found}, nil
}

// Drop throws the new database away.
func (r *Rescue) Drop() error { return os.RemoveAll(r.aside) }

// Take puts the new database in place; the store goes on with it, and calls wait
// meanwhile. Whoever holds what Load returned must load again. When it fails, the
// store goes on with the damaged one, or, if that cannot be opened any more, is
// closed.
func (r *Rescue) Take(ctx context.Context) (Salvaged, error) {
	s := r.store
	s.stopIndexing()
	s.running.Lock()
	defer s.running.Unlock()
	if s.closed {
		return Salvaged{}, errors.Join(ErrClosed, r.Drop())
	}
	if err := s.shut(); err != nil { // the damage may be where its log would go
		s.logger.WarnContext(ctx, "closing a damaged database", slog.Any("error", err))
	}
	err := errors.Join(replace(s.folder, filepath.Join(r.aside, fileName), r.found.Kept), r.Drop())
	opened, openErr := openEither(context.WithoutCancel(ctx), s.folder, s.options)
	if openErr != nil {
		s.closed = true
		return Salvaged{}, errors.Join(err, openErr)
	}
	s.pool, s.file, s.aside = opened.pool, opened.file, opened.aside
	s.rescue.Store(opened.rescue.Load())
	s.writing.Lock()
	s.transaction, s.problem = opened.transaction, opened.problem
	s.writing.Unlock()
	s.indexer = nil
	s.begin() //nolint:contextcheck // it works until Close, longer than this call
	if err == nil {
		err = opened.problem
	}
	return r.found, err
}

// saveAside makes the new database in a folder of its own inside the profile's,
// where no other file system can be in between. told, which may be nil, hears how
// many entries there are already, and of how many; 0 if that is not known.
func saveAside(ctx context.Context, folder string, owner Owner, options Options, told func(saved, of int)) (aside string, found Salvaged, err error) {
	if err = writable(folder); err != nil {
		return "", found, err
	}
	damaged, err := openForReading(folder, options, node.ErrDamaged)
	if err != nil {
		return "", found, err
	}
	defer func() { err = errors.Join(err, damaged.Close()) }()
	place, err := os.MkdirTemp(folder, unfinished)
	if err != nil {
		return "", found, translate(fmt.Errorf("store: a folder for the new database: %w", err))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(place))
		}
	}()
	made, err := openForWriting(ctx, place, options)
	if err != nil {
		return "", found, err
	}
	if told == nil {
		told = func(int, int) {}
	}
	err = (&salvage{from: damaged, to: made, owner: owner, found: &found, told: told}).run(ctx)
	if err = errors.Join(err, made.Close()); err != nil {
		return "", found, err
	}
	found.Kept = fmt.Sprintf("tincan-damaged-%s.db", options.Now().UTC().Format("20060102-150405"))
	return place, found, nil
}

// unfinished is how folders are named in which a database is being salvaged.
const unfinished = ".salvage-*"

// dropUnfinished deletes what a process that died left of a salvage: nobody
// would erase from it what is erased.
func dropUnfinished(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return translate(fmt.Errorf("store: the folder: %w", err))
	}
	var failures []error
	for _, entry := range entries {
		if is, _ := filepath.Match(unfinished, entry.Name()); is { // the pattern is good
			failures = append(failures, os.RemoveAll(filepath.Join(folder, entry.Name())))
		}
	}
	return translate(errors.Join(failures...))
}

// replace puts a new database in place of the damaged one. At every moment there
// is a database, and the damaged one is whole under its new name before its log
// is taken away from the old one.
func replace(folder, made, kept string) error {
	old := filepath.Join(folder, fileName)
	for _, end := range []string{"", "-wal"} {
		if size(old+end) == 0 {
			continue
		}
		target := filepath.Join(folder, kept+end)
		if os.Link(old+end, target) == nil {
			continue
		}
		// Not every file system has hard links.
		if err := copyFile(old+end, target); err != nil {
			return err
		}
		if err := syncFile(target); err != nil {
			return err
		}
	}
	if err := syncFolder(folder); err != nil {
		return err
	}
	// The new database must not find the log of another one beside it.
	if err := errors.Join(ignoreMissing(os.Remove(old+"-wal")), ignoreMissing(os.Remove(old+"-shm"))); err != nil {
		return translate(fmt.Errorf("store: the damaged database: %w", err))
	}
	if err := os.Rename(made, old); err != nil {
		return translate(fmt.Errorf("store: the new database: %w", err))
	}
	return syncFolder(folder)
}
