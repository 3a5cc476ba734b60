package store

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
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
