package engine

import (
	"context"
	"errors"
)

// Errors of a table.
var (
	ErrNoKey    = errors.New("engine: no such key")
	ErrConflict = errors.New("engine: somebody changed it meanwhile")
	// ErrOutOfRange says that a key or a value is not one that a table takes.
	ErrOutOfRange = errors.New("engine: the key or the value is out of range")
)

// Limits of a table.
const (
	MaxKey   = 128      // bytes: a-z A-Z 0-9 - _ = /
	MaxValue = 64 << 10 // bytes
)

// TableName names one of the tables.
type TableName string

// The tables.
const (
	TableHandles      TableName = "handles"
	TableDirectory    TableName = "directory"
	TableBans         TableName = "bans"
	TableReports      TableName = "reports"
	TableCertificates TableName = "certificates"
	TableSettings     TableName = "settings"
)

// Change is what became of a key: Data is nil when it was deleted. Data must not be changed.
type Change struct {
	Key      string
	Data     []byte
	Revision uint64
}

// Table is a replicated map with compare-and-set: of two who change the same
// revision anywhere in the cluster, one gets ErrConflict. Every method may
// also return ErrUnavailable.
type Table interface {
	// Get returns a key's value. Error: ErrNoKey.
	Get(ctx context.Context, key string) (Change, error)
	// Put sets a key whose revision is known, 0 for one that does not exist,
	// and returns the new revision. Errors: ErrConflict, ErrOutOfRange.
	Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error)
	// Delete removes a key whose revision is known. Errors: ErrConflict.
	Delete(ctx context.Context, key string, revision uint64) error
	// Follow calls each with every key that there is, then settled once, then
	// each with every change in order, until ctx ends. A change may be left out
	// when its key was changed again before it was told. It returns ctx's error,
	// or what stopped it earlier: then it may be called again.
	Follow(ctx context.Context, each func(Change), settled func()) error
}

// GoodKey says whether a table takes a key.
func GoodKey(key string) bool {
	if key == "" || len(key) > MaxKey || key[0] == '/' || key[len(key)-1] == '/' {
		return false
	}
	for _, c := range []byte(key) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '=', c == '/':
		default:
			return false
		}
	}
	return true
}
