package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"github.com/tincan-chat/tincan/backend/node"
)

// Errors beside those of the port.
var (
	// ErrClosed answers every call after Close.
	ErrClosed = errors.New("store: closed")
	// ErrChain says that an entry does not follow its log's head.
	ErrChain = errors.New("store: the entry does not follow its log's head")
	// ErrNoConversation says that an entry's conversation is not kept.
	ErrNoConversation = errors.New("store: the conversation is not kept")
)

// errNewer is returned by Open. It is a sentence for a person.
func errNewer() error {
	return &node.Refusal{
		Code:    "database-newer",
		Message: "This folder was used by a newer version of Tincan. Update Tincan, then open it again. Nothing was changed.",
	}
}

// translate turns SQLite's and the system's errors into the port's.
func translate(err error) error {
	if err == nil || errors.Is(err, node.ErrDiskFull) || errors.Is(err, node.ErrReadOnly) || errors.Is(err, node.ErrDamaged) {
		return err
	}
	if failure, ok := errors.AsType[sqlite3.Error](err); ok {
		switch failure.Code {
		case sqlite3.ErrFull:
			return fmt.Errorf("%w: %w", node.ErrDiskFull, err)
		case sqlite3.ErrReadonly, sqlite3.ErrPerm:
			return fmt.Errorf("%w: %w", node.ErrReadOnly, err)
		case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
			return fmt.Errorf("%w: %w", node.ErrDamaged, err)
		}
		if failure.SystemErrno != 0 {
			return translateErrno(err, failure.SystemErrno)
		}
		return err
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return translateErrno(err, errno)
	}
	return err
}

func translateErrno(err error, errno syscall.Errno) error {
	switch {
	case diskFull(errno):
		return fmt.Errorf("%w: %w", node.ErrDiskFull, err)
	case errors.Is(errno, fs.ErrPermission), readOnlyVolume(errno):
		return fmt.Errorf("%w: %w", node.ErrReadOnly, err)
	}
	return err
}

// unreadable tells whether an error comes from damaged content, as opposed to
// a closed store or a cancelled call: a missing table or column counts, since
// the schema is stored like everything else.
func unreadable(err error) bool {
	if errors.Is(err, node.ErrDamaged) {
		return true
	}
	failure, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		return false
	}
	switch failure.Code {
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrError, sqlite3.ErrIoErr, sqlite3.ErrMismatch:
		return true
	}
	return false
}
