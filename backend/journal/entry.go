package journal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Sizes, in bytes unless they say otherwise.
const (
	MaxParents    = 16      // parents of one entry
	MaxHeader     = 1 << 10 // an encoded header: 16 parents and the rest need 750
	signatureSize = 64
	saltSize      = 32
)

// maxClaimed is the end of the year 9999 in Unix milliseconds: the latest time
// that an entry may claim, so that effective times can grow from it without
// an overflow.
const maxClaimed = 253402300799999

// Errors of entries. They never hold what was read.
var (
	ErrEntry      = errors.New("journal: not a valid entry")
	ErrCommitment = errors.New("journal: the body is not the one that was signed")
	ErrSignature  = errors.New("journal: the entry's signature does not hold")
)

// Entry is one entry of a log. Its slices must not be changed.
type Entry struct {
	Conversation uuid.UUID
	Log          Log
	Sequence     uint64
	Previous     Hash   // zero for sequence 1
	Parents      []Hash // heads of other logs, ascending
	Claimed      time.Time
	Kind         wire.EntryKind
	Commitment   [32]byte
	HeaderBytes  []byte // verbatim, what the signature is over
	Signature    []byte
	Salt         []byte // nil when erased
	Body         []byte // nil when erased

	hash Hash
}

// Hash returns the entry's name.
func (e Entry) Hash() Hash {
	if e.hash.IsZero() {
		return sha256.Sum256(e.HeaderBytes)
	}
	return e.hash
}

// Head returns the entry's place in its log.
func (e Entry) Head() Head { return Head{Sequence: e.Sequence, Hash: e.Hash()} }

// Erased tells whether the body is gone.
func (e Entry) Erased() bool { return len(e.Body) == 0 }

// Wire returns the form that is sent. It shares the entry's bytes.
func (e Entry) Wire() *wire.Entry {
	return &wire.Entry{Header: e.HeaderBytes, Signature: e.Signature, Salt: e.Salt, Body: e.Body}
}

// Size returns the length of the serialised wire form.
func (e Entry) Size() int {
	return wireSize(e.HeaderBytes, e.Signature, e.Salt, e.Body)
}

// wireSize is the length of a message whose fields, numbered from 1 to 15, are
// these bytes.
func wireSize(fields ...[]byte) int {
	size := 0
	for _, field := range fields {
		if len(field) > 0 {
			size += 1 + protowire.SizeBytes(len(field))
		}
	}
	return size
}

// Verify checks the signature of the log's device. It takes about 50 µs.
func (e Entry) Verify() error {
	if !identity.Verify(e.Log.Device, identity.ContextEntry, e.HeaderBytes, e.Signature) {
		return ErrSignature
	}
	return nil
}

// Parse reads an entry from outside. It refuses headers that are not in
// canonical form, wrong sizes, and bodies that do not match their commitment.
// It does not verify the signature. Kinds it does not know are accepted:
// a newer device's entries are kept and passed on even if they cannot be shown.
func Parse(from *wire.Entry) (Entry, error) {
	entry, err := Restore(from)
	if err != nil {
		return Entry{}, err
	}
	if _, err = identity.DeviceIDFromBytes(entry.Log.Device[:]); err != nil {
		return Entry{}, fmt.Errorf("%w: device: %w", ErrEntry, err)
	}
	return entry, nil
}

// Restore is [Parse] for entries that passed Parse before and come from this
// device's own disk: it leaves out only the costly check of the device's key.
func Restore(from *wire.Entry) (Entry, error) {
	entry := Entry{
		HeaderBytes: from.GetHeader(),
		Signature:   from.GetSignature(),
		Salt:        from.GetSalt(),
		Body:        from.GetBody(),
	}
	if entry.Size() > wire.MaxEntry {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, wire.ErrTooLarge)
	}
	if len(entry.Signature) != signatureSize {
		return Entry{}, fmt.Errorf("%w: the signature has %d bytes", ErrEntry, len(entry.Signature))
	}
	if err := entry.readHeader(); err != nil {
		return Entry{}, err
	}
	switch {
	case len(entry.Salt) == 0 && len(entry.Body) == 0:
		entry.Salt, entry.Body = nil, nil
	case len(entry.Salt) != saltSize || len(entry.Body) == 0:
		return Entry{}, fmt.Errorf("%w: salt and body do not belong together", ErrEntry)
	case commit(entry.Salt, entry.Body) != entry.Commitment:
		return Entry{}, ErrCommitment
	}
	entry.hash = sha256.Sum256(entry.HeaderBytes)
	return entry, nil
}

// readHeader fills the fields that the header names.
func (e *Entry) readHeader() error {
	header := &wire.EntryHeader{}
	if err := wire.DecodeCanonical(e.HeaderBytes, MaxHeader, header); err != nil {
		return fmt.Errorf("%w: header: %w", ErrEntry, err)
	}
	first := header.GetSequence() == 1
	switch {
	case len(header.GetConversation()) != len(e.Conversation):
		return fmt.Errorf("%w: conversation of %d bytes", ErrEntry, len(header.GetConversation()))
	case len(header.GetDevice()) != len(e.Log.Device):
		return fmt.Errorf("%w: device of %d bytes", ErrEntry, len(header.GetDevice()))
	case header.GetEpoch() == 0:
		return fmt.Errorf("%w: no epoch", ErrEntry)
	case header.GetSequence() == 0 || header.GetSequence() > math.MaxInt64:
		return fmt.Errorf("%w: sequence out of range", ErrEntry)
	case first && len(header.GetPrevious()) != 0, !first && len(header.GetPrevious()) != len(e.Previous):
		return fmt.Errorf("%w: previous of %d bytes", ErrEntry, len(header.GetPrevious()))
	case len(header.GetParents()) > MaxParents:
		return fmt.Errorf("%w: %d parents", ErrEntry, len(header.GetParents()))
	case header.GetClaimedMs() < 0 || header.GetClaimedMs() > maxClaimed:
		return fmt.Errorf("%w: claimed time out of range", ErrEntry)
	case header.GetKind() <= wire.EntryKind_ENTRY_KIND_UNSPECIFIED:
		return fmt.Errorf("%w: no kind", ErrEntry)
	case len(header.GetCommitment()) != len(e.Commitment):
		return fmt.Errorf("%w: commitment of %d bytes", ErrEntry, len(header.GetCommitment()))
	}
	copy(e.Conversation[:], header.GetConversation())
	copy(e.Log.Device[:], header.GetDevice())
	copy(e.Previous[:], header.GetPrevious())
	copy(e.Commitment[:], header.GetCommitment())
	if !first && e.Previous.IsZero() {
		return fmt.Errorf("%w: previous is zero", ErrEntry)
	}
	e.Log.Epoch = header.GetEpoch()
	e.Sequence = header.GetSequence()
	e.Claimed = time.UnixMilli(header.GetClaimedMs()).UTC()
	e.Kind = header.GetKind()
	return e.readParents(header.GetParents())
}

func (e *Entry) readParents(parents [][]byte) error {
	if len(parents) == 0 {
		return nil
	}
	e.Parents = make([]Hash, len(parents))
	for i, parent := range parents {
		if len(parent) != len(Hash{}) {
			return fmt.Errorf("%w: parent of %d bytes", ErrEntry, len(parent))
		}
		if i > 0 && bytes.Compare(parents[i-1], parent) >= 0 {
			return fmt.Errorf("%w: parents are not in ascending order", ErrEntry)
		}
		e.Parents[i] = Hash(parent)
		if e.Parents[i] == e.Previous {
			return fmt.Errorf("%w: previous among the parents", ErrEntry)
		}
	}
	return nil
}

// commit is what a header says about its body.
func commit(salt, body []byte) [32]byte {
	hash := sha256.New()
	hash.Write(salt)
	hash.Write(body)
	return [32]byte(hash.Sum(nil))
}
