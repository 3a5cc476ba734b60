package engine

import (
	"context"
	"errors"
	"time"
)

// ErrNothingKept says that an engine keeps nothing that could be copied.
var ErrNothingKept = errors.New("engine: nothing is kept")

// MaxPiece is the most that one piece of a copy has, in bytes.
const MaxPiece = 1 << 20

// Put takes a piece of a copy. Names are relative paths of letters, digits, dots, - and _.
// The data is the caller's again when it returns.
type Put func(name string, data []byte) error

// Next returns the pieces of a copy in the order in which they were put, and io.EOF after the last.
type Next func() (name string, data []byte, err error)

// Archive is what an engine also is that can copy what it keeps.
type Archive interface {
	// Backup copies all that was acknowledged before it was called, and perhaps
	// some of what came later. The engine goes on working.
	Backup(ctx context.Context, put Put) error
}

// MailTotals is what lies in all boxes of the cluster.
type MailTotals struct {
	Envelopes uint64
	Bytes     uint64    // of the disk on one node, headers included
	Oldest    time.Time // when the oldest was put; zero: none
	Ages      []MailAge // youngest first
}

// MailAge counts envelopes up to an age, older than the one before. It may be an estimate.
type MailAge struct {
	UpTo      time.Duration
	Envelopes uint64
}

// MailCounter is what a mailbox also is that knows its totals.
type MailCounter interface {
	// MailTotals may be some seconds old. Error: ErrUnavailable.
	MailTotals(ctx context.Context) (MailTotals, error)
}
