package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// Parameters of the database's connections.
const (
	readers        = 4
	busyTimeout    = "5000" // ms; only a checkpoint can make anybody wait
	checkpointAt   = 2000   // pages in the write-ahead log, 8 MiB
	walLimit       = 32 << 20
	writerCache    = 16 << 10 // KiB
	readerCache    = 4 << 10  // KiB, each
	fileName       = "tincan.db"
	applicationID  = 0x546e436e // "TnCn"
	sequenceBits   = 36
	sequenceMask   = 1<<sequenceBits - 1
	sequenceDigits = "68719476735" // sequenceMask, for SQL
)

// mode is how a file is opened.
type mode int

const (
	forWriting   mode = iota
	forReading        // beside a writer, or of a file that must not be written to
	frozen            // nobody writes: the file may lie in a folder that cannot be written to
	snapshotting      // writing without a log beside the file: it is thrown away on failure
)

// dataSource returns the name that the driver opens.
func dataSource(path string, how mode) string {
	slashed := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" && slashed[0] != '/' {
		slashed = "/" + slashed
	}
	values := url.Values{
		"_foreign_keys":  {"1"},
		"_busy_timeout":  {busyTimeout},
		"_synchronous":   {"FULL"},
		"_secure_delete": {"on"},
	}
	switch how {
	case forWriting:
		values.Set("mode", "rw")
		values.Set("_journal_mode", "WAL")
		values.Set("_txlock", "immediate")
	case snapshotting:
		values.Set("mode", "rw")
		values.Set("_journal_mode", "MEMORY")
	case forReading:
		values.Set("mode", "ro")
		values.Set("_query_only", "1")
	case frozen:
		values.Set("mode", "ro")
		values.Set("immutable", "1")
		values.Set("_query_only", "1")
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: slashed, RawQuery: values.Encode()}).String()
}

// connect opens one connection.
func connect(path string, how mode) (*sqlite3.SQLiteConn, error) {
	opened, err := (&sqlite3.SQLiteDriver{}).Open(dataSource(path, how))
	if err != nil {
		return nil, translate(err)
	}
	connection, ok := opened.(*sqlite3.SQLiteConn)
	if !ok {
		return nil, errors.Join(errors.New("store: an unknown driver"), opened.Close())
	}
	cache := readerCache
	if how == forWriting {
		cache = writerCache
	}
	pragmas := fmt.Sprintf(`PRAGMA trusted_schema=off; PRAGMA cell_size_check=on; PRAGMA temp_store=memory;
		PRAGMA cache_size=-%d; PRAGMA wal_autocheckpoint=%d; PRAGMA journal_size_limit=%d`, cache, checkpointAt, walLimit)
	if _, err = connection.Exec(pragmas, nil); err != nil {
		return nil, errors.Join(translate(err), connection.Close())
	}
	return connection, nil
}

// connector opens the connections of a pool.
type connector struct {
	path string
	how  mode
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return connect(c.path, c.how) }
func (c connector) Driver() driver.Driver                        { return &sqlite3.SQLiteDriver{} }

// pool is the connections that read. Statements are prepared once for each
// query text.
type pool struct {
	path       string
	database   *sql.DB
	mutex      sync.RWMutex
	statements map[string]*sql.Stmt
}

func newPool(path string, how mode) *pool {
	database := sql.OpenDB(connector{path: path, how: how})
	database.SetMaxOpenConns(readers)
	database.SetMaxIdleConns(readers)
	return &pool{path: path, database: database, statements: map[string]*sql.Stmt{}}
}

// statement returns the prepared form of a query.
func (p *pool) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mutex.RLock()
	prepared := p.statements[query]
	p.mutex.RUnlock()
	if prepared != nil {
		return prepared, nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if prepared = p.statements[query]; prepared != nil {
		return prepared, nil
	}
	prepared, err := p.database.PrepareContext(ctx, query) //nolint:sqlclosecheck // kept until the pool is closed
	if err != nil {
		return nil, translate(err)
	}
	p.statements[query] = prepared
	return prepared, nil
}

func (p *pool) close() error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var failures []error
	for _, prepared := range p.statements {
		failures = append(failures, prepared.Close())
	}
	p.statements = nil
	return errors.Join(append(failures, p.database.Close())...)
}

// writer is the one connection that writes. It uses the driver without
// database/sql, which would cost as much for each entry as SQLite does. It is
// not safe for concurrent use.
type writer struct {
	connection *sqlite3.SQLiteConn
	statements map[string]*sqlite3.SQLiteStmt
	arguments  []driver.NamedValue // reused
	file       string              // which file it is: see whichFile
	folder     string              // of the profile, "" for a database that stands alone
	logger     *slog.Logger
	raw        *os.File  // the database, for reading its bytes; nil until needed
	erased     []remains // since the file was last found free of what was erased
	unknown    bool      // there is more, of another process
	wrapper    Wrapper   // nil for none
	makeWay    func()    // asks those who read for long to end; nil: nobody does
}

func newWriter(connection *sqlite3.SQLiteConn, folder string, logger *slog.Logger) *writer {
	return &writer{connection: connection, statements: map[string]*sqlite3.SQLiteStmt{}, folder: folder, logger: logger}
}

func (w *writer) statement(query string) (*sqlite3.SQLiteStmt, error) {
	if prepared := w.statements[query]; prepared != nil {
		return prepared, nil
	}
	made, err := w.connection.Prepare(query)
	if err != nil {
		return nil, translate(err)
	}
	prepared, ok := made.(*sqlite3.SQLiteStmt)
	if !ok {
		return nil, errors.Join(errors.New("store: an unknown driver"), made.Close())
	}
	w.statements[query] = prepared
	return prepared, nil
}

func (w *writer) bind(arguments []any) []driver.NamedValue {
	w.arguments = w.arguments[:0]
	for i, value := range arguments {
		w.arguments = append(w.arguments, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	return w.arguments
}

// exec runs a statement and returns how many rows it changed. Arguments are
// int64, string, []byte or nil.
func (w *writer) exec(query string, arguments ...any) (int64, error) {
	prepared, err := w.statement(query)
	if err != nil {
		return 0, err
	}
	// A transaction is not stopped half way: the context is not the caller's.
	result, err := prepared.ExecContext(context.Background(), w.bind(arguments))
	if err != nil {
		return 0, translate(err)
	}
	changed, err := result.RowsAffected()
	return changed, translate(err)
}

// row reads the first row of a query into values; false when there is none.
func (w *writer) row(query string, values []driver.Value, arguments ...any) (found bool, err error) {
	prepared, err := w.statement(query)
	if err != nil {
		return false, err
	}
	rows, err := prepared.QueryContext(context.Background(), w.bind(arguments))
	if err != nil {
		return false, translate(err)
	}
	defer func() { err = errors.Join(err, translate(rows.Close())) }()
	switch err = rows.Next(values); {
	case errors.Is(err, io.EOF):
		return false, nil
	case err != nil:
		return false, translate(err)
	}
	return true, nil
}

// rows reads the rows of a query, each into the same values of so many columns.
func (w *writer) rows(query string, columns int, each func([]driver.Value) error, arguments ...any) (err error) {
	prepared, err := w.statement(query)
	if err != nil {
		return err
	}
	rows, err := prepared.QueryContext(context.Background(), w.bind(arguments))
	if err != nil {
		return translate(err)
	}
	defer func() { err = errors.Join(err, translate(rows.Close())) }()
	values := make([]driver.Value, columns)
	for {
		switch err = rows.Next(values); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return translate(err)
		}
		if err = each(values); err != nil {
			return err
		}
	}
}

func (w *writer) close() error {
	var failures []error
	for _, prepared := range w.statements {
		failures = append(failures, prepared.Close())
	}
	w.statements = map[string]*sqlite3.SQLiteStmt{}
	failures = append(failures, w.connection.Close())
	if w.raw != nil {
		failures = append(failures, w.raw.Close())
	}
	return errors.Join(failures...)
}
