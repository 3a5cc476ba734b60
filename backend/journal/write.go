package journal

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Draft is what a new entry is made of.
type Draft struct {
	Conversation uuid.UUID
	Log          Log
	Previous     Head   // of Log; zero for its first entry
	Parents      []Hash // heads of the other logs, in any order; the first 16 by hash are named
	Claimed      time.Time
	Kind         wire.EntryKind
	Body         []byte // 1 byte or more
	Salt         [saltSize]byte
}

// Write makes and signs an entry. A claimed time outside the years 1970 to
// 9999 is moved to the nearest of them. Error: [ErrEntry].
func Write(draft Draft, sign func(context identity.Context, message []byte) []byte) (Entry, error) {
	if len(draft.Body) == 0 {
		return Entry{}, fmt.Errorf("%w: no body", ErrEntry)
	}
	commitment := commit(draft.Salt[:], draft.Body)
	header := &wire.EntryHeader{
		Conversation: draft.Conversation[:],
		Device:       draft.Log.Device[:],
		Epoch:        draft.Log.Epoch,
		Sequence:     draft.Previous.Sequence + 1,
		Parents:      sortParents(draft.Parents, draft.Previous.Hash),
		ClaimedMs:    min(max(draft.Claimed.UnixMilli(), 0), maxClaimed),
		Kind:         draft.Kind,
		Commitment:   commitment[:],
	}
	if draft.Previous.Sequence > 0 {
		header.Previous = draft.Previous.Hash[:]
	}
	data, err := wire.Encode(header)
	if err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	// What is written passes the same checks as what is read.
	return Restore(&wire.Entry{
		Header:    data,
		Signature: sign(identity.ContextEntry, data),
		Salt:      bytes.Clone(draft.Salt[:]),
		Body:      bytes.Clone(draft.Body),
	})
}

// sortParents returns distinct parents in ascending order, without previous.
// More than MaxParents are cut: parents only help to order, and the logs left
// out are named by later entries.
func sortParents(parents []Hash, previous Hash) [][]byte {
	sorted := make([][]byte, 0, len(parents))
	for _, parent := range parents {
		if parent != previous {
			sorted = append(sorted, bytes.Clone(parent[:]))
		}
	}
	slices.SortFunc(sorted, bytes.Compare)
	sorted = slices.CompactFunc(sorted, bytes.Equal)
	return sorted[:min(len(sorted), MaxParents)]
}
