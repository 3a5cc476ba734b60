package node

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
)

// Store keeps everything that must survive. The SQLite store and memstore pass
// storetest. Methods are safe for concurrent use; reads see the last commit.
type Store interface {
	// Load returns what the core keeps in memory, once at the start.
	Load(ctx context.Context) (Snapshot, error)
	// Commit applies the writes of all batches in one transaction, in order, and
	// returns when they are on disk (fsync). All or nothing. Errors are
	// ErrDiskFull, ErrReadOnly, ErrDamaged, or others.
	Commit(ctx context.Context, batches ...[]Write) error
	// Entries returns entries of one log with sequences after, in sequence,
	// up to about maxBytes (at least one if there is one).
	Entries(ctx context.Context, conversation uuid.UUID, log journal.Log, after uint64, maxBytes int) ([]journal.Entry, error)
	// Beyond returns the entries of a conversation that a vector (of sequences)
	// does not cover, in the order of the conversation, which puts parents first:
	// up to about maxBytes and maxEntries (at least one if there is one).
	Beyond(ctx context.Context, conversation uuid.UUID, vector journal.Vector, maxBytes, maxEntries int) ([]journal.Entry, error)
	// Orders returns the orders of those entries that are held.
	Orders(ctx context.Context, entries []journal.Hash) (map[journal.Hash]journal.Order, error)
	// Expiring returns up to limit messages whose time was over at a moment, and
	// when the next one's will be; zero: none's that is known.
	Expiring(ctx context.Context, now time.Time, limit int) (due []Expired, next time.Time, err error)
	// Close waits for running calls and closes the files. It is idempotent.
	Close() error
}

// Reader answers the interface's questions; implemented by the stores.
type Reader interface {
	// Row returns the list row of a conversation.
	Row(ctx context.Context, conversation uuid.UUID) (Row, error)
	// Rows returns the rows of all conversations, newest activity first.
	Rows(ctx context.Context) ([]Row, error)
	// Messages come as they stand, after everything that was said about them; those
	// that disappeared or were hidden do not come.
	//
	// PageBefore returns up to limit messages before an order (zero Order: the last ones), oldest first.
	PageBefore(ctx context.Context, conversation uuid.UUID, before journal.Order, limit int) ([]Message, error)
	// PageAfter returns up to limit messages after an order (zero Order: the first ones), oldest first.
	PageAfter(ctx context.Context, conversation uuid.UUID, after journal.Order, limit int) ([]Message, error)
	// Message returns one message. Error: ErrNotFound.
	Message(ctx context.Context, hash journal.Hash) (Message, error)
	// Steps returns what happened to an entry of mine, in the order in which it did; nothing for others.
	Steps(ctx context.Context, hash journal.Hash) ([]Step, error)
	// FirstUnread returns the order of the first unread message and how many there are.
	FirstUnread(ctx context.Context, conversation uuid.UUID) (journal.Order, int, error)
	// ReadVectorAt returns, for each log of others, the highest sequence at or before an order.
	ReadVectorAt(ctx context.Context, conversation uuid.UUID, order journal.Order) (journal.Vector, error)
	// Search returns up to limit messages in which a query is found, newest first by order, before an order (zero Order:
	// the newest), of one conversation or (uuid.Nil) of all. Messages of several conversations at the very order of the
	// last one are all returned, above the limit. Nothing is found for a query without letters.
	Search(ctx context.Context, query search.Query, conversation uuid.UUID, before journal.Order, limit int) (Finding, error)
	// Words returns words of the texts that Search looks through, folded, that begin with a string; in no order.
	Words(ctx context.Context, beginning string) ([]search.Word, error)
	// Picture returns the picture that a contact sent of themselves, nil if none:
	// bytes of somebody else's choice.
	Picture(ctx context.Context, conversation uuid.UUID) ([]byte, error)
	// Draft returns the composer's content, "" if none.
	Draft(ctx context.Context, conversation uuid.UUID) (string, error)
	// SaveDraft keeps it; "" clears it. It does not pass the core: nothing else depends on it.
	SaveDraft(ctx context.Context, conversation uuid.UUID, text string) error
	// Setting returns a value by name, "" if none; SaveSetting keeps it. For the interface's own choices.
	Setting(ctx context.Context, name string) (string, error)
	SaveSetting(ctx context.Context, name, value string) error
	// Examine reads all that is kept and tells whether it is sound, beside whoever
	// writes. What it finds damaged is not written to any more: tell the device
	// ([Commands.Damaged]). It takes as long as ctx allows.
	Examine(ctx context.Context) (Examined, error)
}

// Examined is what was found of all that is kept.
type Examined struct {
	Damaged   bool
	Whole     bool // all was looked at, and is sound
	Disturbed bool // it ended early because something had to be erased
	Messages  int  // that conversations show; known when it is whole
}
