package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tincan-chat/tincan/backend/node"
)

// Examine implements node.Reader: SQLite's own check of the whole file, on a
// connection of its own. It reads only, beside the writer, and ends early where
// that one wants the write-ahead log for itself. What it finds damaged is not
// written to any more, and what cannot be read of it is left out.
func (s *Store) Examine(ctx context.Context) (node.Examined, error) {
	if err := s.enter(); err != nil {
		return node.Examined{}, err
	}
	defer s.leave()
	s.writing.Lock()
	problem := s.problem
	s.writing.Unlock()
	if errors.Is(problem, node.ErrDamaged) {
		return node.Examined{Damaged: true}, nil
	}
	examined, err := s.examine(ctx)
	if err != nil && !errors.Is(err, node.ErrDamaged) {
		return node.Examined{}, err
	}
	if err != nil {
		s.writing.Lock()
		s.problem = node.ErrDamaged
		s.writing.Unlock()
		// It relies on whole answers. Whoever waits to let no calls in stopped it before.
		if s.indexer != nil {
			s.indexer.stop()
		}
		s.rescue.Store(true)
		return node.Examined{Damaged: true}, nil
	}
	return examined, nil
}

// examine does it; an examination that ended early is no error.
func (s *Store) examine(ctx context.Context) (examined node.Examined, err error) {
	how := forReading
	if s.transaction == nil && size(s.pool.path+"-wal") == 0 {
		how = frozen
	}
	connection, err := connect(s.pool.path, how)
	if err != nil {
		return examined, err
	}
	defer func() { err = errors.Join(err, translate(connection.Close())) }()
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	way := func() { stop(errMadeWay) }
	s.examining.Store(&way)
	defer s.examining.CompareAndSwap(&way, nil)
	if err = quickCheck(reading, connection, longest); err == nil {
		examined.Messages, err = s.countMessages(reading)
	}
	switch {
	case errors.Is(err, node.ErrDamaged):
		return examined, err
	case reading.Err() != nil:
		return node.Examined{Disturbed: errors.Is(context.Cause(reading), errMadeWay)}, nil
	case err != nil:
		return examined, err
	}
	examined.Whole = true
	return examined, nil
}

// longest is how long an examination may take that nobody ends.
const longest = time.Hour

// errMadeWay ends an examination.
var errMadeWay = errors.New("store: the writer needs the log for itself")

// makeWay ends the examination that is under way: what it reads keeps the
// write-ahead log from being emptied, and the writer would wait for it.
func (s *Store) makeWay() {
	if stop := s.examining.Load(); stop != nil {
		(*stop)()
	}
}

// countMessages counts what conversations show.
func (s *Store) countMessages(ctx context.Context) (int, error) {
	count, err := collect(ctx, s, func(rows *sql.Rows) (count int, err error) {
		err = rows.Scan(&count)
		return count, err
	}, `SELECT count(*) FROM timeline`)
	if err != nil || len(count) == 0 {
		return 0, asDamage(err)
	}
	return count[0], nil
}
