package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/tincan-chat/tincan/backend/node"
)

// Copy writes a consistent copy of the database to a new file, for a backup:
// without private sealing keys, which must not outlive their day, and without
// letters that wait, which another device cannot go on with. Writing goes on
// meanwhile. Errors: node.ErrDiskFull, and why nothing is written where a
// database is only read.
func (s *Store) Copy(ctx context.Context, path string) (err error) {
	if err = s.enter(); err != nil {
		return err
	}
	defer s.leave()
	if s.problem != nil || s.transaction == nil {
		return s.problem
	}
	if err = createFile(path); err != nil {
		return err
	}
	if err = s.vacuumInto(ctx, path); err != nil {
		return err
	}
	connection, err := connect(path, snapshotting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, translate(connection.Close())) }()
	if _, err = connection.Exec(`DELETE FROM sealing_keys; DELETE FROM outgoing; DELETE FROM place; DELETE FROM erasing`, nil); err != nil {
		return translate(err)
	}
	return nil
}

// vacuumInto copies with a connection of its own, whose long read is in nobody's way.
func (s *Store) vacuumInto(ctx context.Context, path string) (err error) {
	connection, err := connect(s.pool.path, forWriting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, translate(connection.Close())) }()
	if _, err = connection.ExecContext(ctx, "VACUUM INTO ?", []driver.NamedValue{{Ordinal: 1, Value: path}}); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return translate(err)
	}
	return nil
}

// Sizes are how many bytes of a database are for what.
type Sizes struct {
	Search   int64 // the index that messages are found by
	Pictures int64 // of people
}

// Sizes measures.
func (s *Store) Sizes(ctx context.Context) (Sizes, error) {
	if err := s.enter(); err != nil {
		return Sizes{}, err
	}
	defer s.leave()
	measured, err := collect(ctx, s, func(rows *sql.Rows) (sizes Sizes, err error) {
		err = rows.Scan(&sizes.Search, &sizes.Pictures)
		return sizes, err
	}, `SELECT (SELECT coalesce(sum(length(block)), 0) FROM search_data),
		(SELECT coalesce(sum(length(picture)), 0) FROM self) + (SELECT coalesce(sum(length(e.body)), 0) FROM contacts c
			JOIN entries e ON substr(e.hash, 1, 8) = substr(c.profile, 1, 8) AND e.hash = c.profile)`)
	if err != nil || len(measured) != 1 {
		return Sizes{}, fmt.Errorf("store: measuring: %w", errors.Join(err, noneOf(len(measured))))
	}
	return measured[0], nil
}

func noneOf(count int) error {
	if count == 1 {
		return nil
	}
	return node.ErrNotFound
}
