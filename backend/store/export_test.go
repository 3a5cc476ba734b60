package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"

	"github.com/mattn/go-sqlite3"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// FileName is the database's name in its folder.
const FileName = fileName

// AtVersion returns options that stop at an older schema.
func AtVersion(options Options, version int64) Options {
	options.version = version
	return options
}

// LimitPages makes a store's disk look full at a size; 0 ends that.
func LimitPages(s *Store, pages int) error {
	if pages == 0 {
		pages = 1 << 30
	}
	_, err := s.transaction.connection.Exec(fmt.Sprintf("PRAGMA max_page_count=%d", pages), nil)
	return err
}

// FailIndexing makes a step of the indexer fail while what was erased is not off
// the disk yet, and tells whether that is still known.
func FailIndexing(ctx context.Context, s *Store) (known bool, err error) {
	if _, err = s.transaction.connection.Exec("DROP TABLE search", nil); err != nil {
		return false, err
	}
	s.transaction.forgot = true
	_, err = s.indexSome(ctx)
	return s.transaction.forgot, err
}

// Run runs SQL on a database file that no store has open.
func Run(path, text string) (err error) {
	connection, err := connect(path, forWriting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	_, err = connection.Exec(text, nil)
	return err
}

// Ask reads a number from a database file without changing it.
func Ask(path, query string) (value int64, err error) {
	connection, err := connect(path, frozen)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	return number(connection, query)
}

// RunMigration runs one made-up step on a database file.
func RunMigration(path, text string, version int64) (err error) {
	connection, err := connect(path, forWriting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	return migration{number: version, name: "test", text: text}.run(connection)
}

// Connection gives the writing connection to a test.
func Connection(s *Store) *sqlite3.SQLiteConn { return s.transaction.connection }

// StopIndexer ends a store's indexer.
func StopIndexer(s *Store) { s.indexer.stop() }

// StartIndexer begins with it again, after StopIndexer.
func StartIndexer(s *Store) { s.startIndexer() }

// EmptyIndex has the indexer begin again.
func EmptyIndex(s *Store) error {
	return s.save(func(t *transaction) error { return t.emptyIndex() })
}

// Unindex takes a message out of the index and, with erase, then erases its body.
func Unindex(s *Store, hash journal.Hash, erase bool) error {
	return s.save(func(t *transaction) error {
		entry, err := t.entryNamed(hash)
		if err == nil {
			err = t.unindex(entry)
		}
		if err == nil && erase {
			_, err = t.exec(`UPDATE entries SET body = NULL, salt = NULL, shown = 0 WHERE id = ?`, entry)
		}
		return err
	})
}

func (t *transaction) entryNamed(hash journal.Hash) (int64, error) {
	values := make([]driver.Value, 1)
	found, err := t.row(`SELECT id FROM entries WHERE hash = ?`, values, hash[:])
	if err == nil && !found {
		err = node.ErrNotFound
	}
	entry, _ := values[0].(int64)
	return entry, err
}

// Damage makes a store behave as after a write that met damaged pages.
func Damage(s *Store) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.problem = node.ErrDamaged
}

// PlantCopies writes copies of a text into the gaps of so many pages of the closed
// or resting database at a path, as a split would leave them.
func PlantCopies(path string, text []byte, copies int) (planted int, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	page := make([]byte, 4096)
	for at := int64(len(page)); planted < copies; at += int64(len(page)) {
		if _, err = file.ReadAt(page, at); err != nil {
			return planted, err
		}
		free := freeOf(page, len(page))
		if len(free) == 0 || free[0].to-free[0].from < int64(len(text))+9 {
			continue
		}
		if _, err = file.WriteAt(text, at+free[0].from+9); err != nil {
			return planted, err
		}
		planted++
	}
	return planted, nil
}

// FreePages returns how many pages of a database belong to nothing: none after
// it was written anew.
func FreePages(s *Store) (int64, error) {
	return number(s.transaction.connection, "PRAGMA freelist_count")
}

// FreeOf returns the stretches of a page that hold nothing.
func FreeOf(page []byte) (free [][2]int) {
	for _, one := range freeOf(page, len(page)) {
		free = append(free, [2]int{int(one.from), int(one.to)})
	}
	return free
}
