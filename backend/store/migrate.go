package store

import (
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"

	"github.com/tincan-chat/tincan/backend/internal/fault"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one step of the schema. Its number is the user_version after it.
type migration struct {
	number int64
	name   string
	text   string
}

// loadMigrations returns the embedded steps, numbered from 1 without gaps.
func loadMigrations() ([]migration, error) {
	entries, err := fs.ReadDir(migrationFiles, "migrations")
	if err != nil {
		return nil, fmt.Errorf("store: migrations: %w", err)
	}
	steps := make([]migration, 0, len(entries))
	for i, entry := range entries {
		digits, _, _ := strings.Cut(entry.Name(), "_")
		number, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || number != int64(i+1) {
			return nil, fmt.Errorf("store: migration %s is out of sequence", entry.Name())
		}
		text, err := fs.ReadFile(migrationFiles, path.Join("migrations", entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("store: migrations: %w", err)
		}
		steps = append(steps, migration{number: number, name: entry.Name(), text: string(text)})
	}
	return steps, nil
}

// number reads a pragma or query that answers with one integer.
func number(connection *sqlite3.SQLiteConn, query string) (value int64, err error) {
	rows, err := connection.Query(query, nil)
	if err != nil {
		return 0, translate(err)
	}
	defer func() { err = errors.Join(err, translate(rows.Close())) }()
	values := make([]driver.Value, 1)
	if err = rows.Next(values); err != nil {
		return 0, translate(err)
	}
	value, ok := values[0].(int64)
	if !ok {
		return 0, fmt.Errorf("store: %s is not a number", query)
	}
	return value, nil
}

// migrate brings the schema to a version, one transaction for each step.
func migrate(connection *sqlite3.SQLiteConn, to int64) error {
	steps, err := loadMigrations()
	if err != nil {
		return err
	}
	from, err := number(connection, "PRAGMA user_version")
	if err != nil {
		return err
	}
	if from >= to {
		return nil
	}
	// A step may rebuild a table that others refer to; it is checked before commit.
	if _, err = connection.Exec("PRAGMA foreign_keys=off", nil); err != nil {
		return translate(err)
	}
	for _, step := range steps {
		if step.number <= from || step.number > to {
			continue
		}
		if err = step.run(connection); err != nil {
			return fmt.Errorf("store: migration %s: %w", step.name, err)
		}
	}
	_, err = connection.Exec("PRAGMA foreign_keys=on", nil)
	return translate(err)
}

func (m migration) run(connection *sqlite3.SQLiteConn) error {
	whole := fmt.Sprintf("BEGIN IMMEDIATE; %s; PRAGMA application_id=%d; PRAGMA user_version=%d;", m.text, applicationID, m.number)
	err := m.apply(connection, whole)
	if err != nil {
		_, undo := connection.Exec("ROLLBACK", nil)
		if undo != nil && connection.AutoCommit() {
			undo = nil // SQLite had rolled back by itself
		}
		return errors.Join(err, undo)
	}
	return nil
}

func (m migration) apply(connection *sqlite3.SQLiteConn, whole string) error {
	if _, err := connection.Exec(whole, nil); err != nil {
		return translate(err)
	}
	broken, err := number(connection, "SELECT count(*) FROM pragma_foreign_key_check")
	if err != nil {
		return err
	}
	if broken > 0 {
		return fmt.Errorf("it leaves %d rows that refer to nothing", broken)
	}
	fault.Point("store.migrate.written." + m.name)
	_, err = connection.Exec("COMMIT", nil)
	fault.Point("store.migrate.committed." + m.name)
	return translate(err)
}
