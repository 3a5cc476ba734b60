package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/tincan-chat/tincan/backend/node"
)

// check looks at a database before anything may write to it: whose it is, which
// version, whether its pages are sound as far as time allows, and whether each
// log ends where its row says. It returns the schema's version, and
// node.ErrDamaged for what is not sound.
func check(ctx context.Context, path string, known int64, patience time.Duration) (version int64, err error) {
	connection, err := connect(path, forReading)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, translate(connection.Close())) }()
	application, err := number(connection, "PRAGMA application_id")
	if err != nil {
		return 0, err
	}
	version, err = number(connection, "PRAGMA user_version")
	if err != nil {
		return 0, err
	}
	switch {
	case version == 0 && application == 0:
		return 0, checkEmpty(connection, size(path))
	case application != applicationID:
		return version, fmt.Errorf("%w: it belongs to another program", node.ErrDamaged)
	case version > known:
		return version, errNewer()
	}
	if err = quickCheck(ctx, connection, patience); err != nil {
		return version, err
	}
	return version, checkHeads(connection)
}

// checkEmpty accepts a file in which the first migration did not happen yet:
// no bytes, or whole pages (of 512 bytes at least) without tables.
func checkEmpty(connection *sqlite3.SQLiteConn, length int64) error {
	if length%512 != 0 {
		return fmt.Errorf("%w: it is no database", node.ErrDamaged)
	}
	tables, err := number(connection, "SELECT count(*) FROM sqlite_schema")
	if err == nil && tables > 0 {
		err = fmt.Errorf("%w: it belongs to another program", node.ErrDamaged)
	}
	return err
}

// quickCheck runs SQLite's own check and stops it when the time is over.
func quickCheck(ctx context.Context, connection *sqlite3.SQLiteConn, patience time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := connection.QueryContext(limited, "PRAGMA quick_check(1)", nil)
	if err == nil {
		answer := make([]driver.Value, 1)
		err = rows.Next(answer)
		if text, _ := answer[0].(string); err == nil && text != "ok" {
			err = fmt.Errorf("%w: %s", node.ErrDamaged, text)
		}
		err = firstError(err, rows.Close())
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil && !errors.Is(err, node.ErrDamaged):
		return nil // sound as far as it was looked at
	}
	return translate(err)
}

// firstError returns the first of two errors: the second follows from it.
func firstError(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// checkHeads compares the rows of logs with the last entries of those logs.
func checkHeads(connection *sqlite3.SQLiteConn) (err error) {
	rows, err := connection.Query(`SELECT l.sequence, l.hash, e.id & `+sequenceDigits+`, e.header FROM logs l
		LEFT JOIN entries e ON e.id = (SELECT max(x.id) FROM entries x WHERE x.id > l.number << 36 AND x.id < (l.number + 1) << 36)`, nil)
	if err != nil {
		return asDamage(err)
	}
	defer func() { err = firstError(err, asDamage(rows.Close())) }()
	row := make([]driver.Value, 4)
	for {
		switch err = rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return asDamage(err)
		}
		hash, _ := row[1].([]byte)
		header, _ := row[3].([]byte)
		if found := sha256.Sum256(header); row[0] != row[2] || !bytes.Equal(found[:], hash) {
			return fmt.Errorf("%w: a log does not end where its head is", node.ErrDamaged)
		}
	}
}

// asDamage marks a failure to read what must be there.
func asDamage(err error) error {
	err = translate(err)
	if err != nil && unreadable(err) && !errors.Is(err, node.ErrDamaged) {
		return damaged(err)
	}
	return err
}
