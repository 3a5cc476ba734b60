package replica

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of a comparison, in conversations.
const (
	MaxCompared   = 4096 // that two devices may have in common
	digestsOnPage = 512  // in one Digests frame
	vectorsOnPage = 32   // in one Vectors frame
	// fewEnough of both sides need no digest each: their vectors are sent at once.
	fewEnough = 16
)

const digestSize = 16 // of one conversation

// ErrComparison is wrapped by what is wrong with a comparison's frames.
var ErrComparison = errors.New("replica: the comparison is refused")

// State is a conversation as it is compared. Both sides put the same things
// first: Reads begins with that of the device with the smaller key.
type State struct {
	Held  journal.Vector
	Reads [2]journal.Vector
}

// digest sums up a state. Every number is written with its length fixed, so
// that no two states have the same text.
func (s State) digest() [digestSize]byte {
	sum := sha256.New()
	writeVector(sum, s.Held, true)
	for _, read := range s.Reads {
		writeVector(sum, read, false)
	}
	return [digestSize]byte(sum.Sum(nil))
}

func writeVector(sum hash.Hash, vector journal.Vector, hashes bool) {
	var number [8]byte
	write := func(n uint64) {
		binary.BigEndian.PutUint64(number[:], n)
		sum.Write(number[:])
	}
	logs := slices.DeleteFunc(vector.Logs(), func(log journal.Log) bool { return vector.Get(log) == 0 })
	write(uint64(len(logs)))
	for _, log := range logs {
		sum.Write(log.Device[:])
		write(uint64(log.Epoch))
		write(vector.Get(log))
		if hashes {
			head := vector[log].Hash
			sum.Write(head[:])
		}
	}
}

// Comparison finds out which of the conversations that two devices have in
// common differ, with one frame each way when none does. It belongs to one link.
//
// Each side sends [Comparison.Open]. When the two are equal, everything is.
// Otherwise, if there are more than a few conversations, each side sends a
// digest of each, in pages; then each sends the vectors of those that differ,
// and the exchanges begin.
type Comparison struct {
	ids     []uuid.UUID // ascending
	digests map[uuid.UUID][digestSize]byte
	own     *wire.Digest
	stage   stage
	theirs  map[uuid.UUID][digestSize]byte
	last    uuid.UUID // of theirs
}

type stage int

const (
	opened  stage = iota // their digest has not come
	listing              // their pages of digests come
	compared
)

// Outcome is what follows from a frame.
type Outcome struct {
	Done    bool
	Same    []uuid.UUID     // both sides hold and read the same
	Differ  []uuid.UUID     // whose vectors are to be sent
	Digests []*wire.Digests // to be sent first
}

// NewComparison begins with the states of this side. They may change later:
// what is compared is what they are now.
func NewComparison(states map[uuid.UUID]State) *Comparison {
	c := &Comparison{digests: make(map[uuid.UUID][digestSize]byte, len(states)), theirs: map[uuid.UUID][digestSize]byte{}}
	for id, state := range states {
		c.ids = append(c.ids, id)
		c.digests[id] = state.digest()
	}
	slices.SortFunc(c.ids, compareIDs)
	sum := sha256.New()
	for _, id := range c.ids {
		digest := c.digests[id]
		sum.Write(id[:])
		sum.Write(digest[:])
	}
	c.own = &wire.Digest{Conversations: uint32(len(c.ids)), Digest: sum.Sum(nil)}
	return c
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// Open returns the frame that each side sends first.
func (c *Comparison) Open() *wire.Digest { return c.own }

// Digest takes the other side's first frame. Error: [ErrComparison].
func (c *Comparison) Digest(theirs *wire.Digest) (Outcome, error) {
	switch {
	case c.stage != opened:
		return Outcome{}, fmt.Errorf("%w: a second digest", ErrComparison)
	case len(theirs.GetDigest()) != sha256.Size:
		return Outcome{}, fmt.Errorf("%w: a digest of %d bytes", ErrComparison, len(theirs.GetDigest()))
	case theirs.GetConversations() > MaxCompared:
		return Outcome{}, fmt.Errorf("%w: %d conversations, the most is %d", ErrComparison, theirs.GetConversations(), MaxCompared)
	case theirs.GetConversations() == c.own.GetConversations() && bytes.Equal(theirs.GetDigest(), c.own.GetDigest()):
		c.stage = compared
		return Outcome{Done: true, Same: c.ids}, nil
	case max(theirs.GetConversations(), c.own.GetConversations()) <= fewEnough:
		c.stage = compared
		return Outcome{Done: true, Differ: c.ids}, nil
	}
	c.stage = listing
	return Outcome{Digests: c.pages()}, nil
}

func (c *Comparison) pages() []*wire.Digests {
	pages := []*wire.Digests{{}}
	for _, id := range c.ids {
		page := pages[len(pages)-1]
		if len(page.GetDigests()) == digestsOnPage {
			page.More = true
			page = &wire.Digests{}
			pages = append(pages, page)
		}
		digest := c.digests[id]
		page.Digests = append(page.Digests, &wire.ConversationDigest{Conversation: id[:], Digest: digest[:]})
	}
	return pages
}

// Digests takes a page. Error: [ErrComparison].
func (c *Comparison) Digests(page *wire.Digests) (Outcome, error) {
	if c.stage != listing || len(page.GetDigests()) > digestsOnPage || len(c.theirs)+len(page.GetDigests()) > MaxCompared {
		return Outcome{}, fmt.Errorf("%w: too many digests, or out of turn", ErrComparison)
	}
	if page.GetMore() && len(page.GetDigests()) == 0 {
		return Outcome{}, fmt.Errorf("%w: an empty page and more to follow", ErrComparison)
	}
	for _, one := range page.GetDigests() {
		id, err := uuid.FromBytes(one.GetConversation())
		if err != nil || len(one.GetDigest()) != digestSize || len(c.theirs) > 0 && compareIDs(id, c.last) <= 0 {
			return Outcome{}, fmt.Errorf("%w: digests that are not ascending", ErrComparison)
		}
		c.theirs[id], c.last = [digestSize]byte(one.GetDigest()), id
	}
	if page.GetMore() {
		return Outcome{}, nil
	}
	c.stage = compared
	outcome := Outcome{Done: true}
	for _, id := range c.ids {
		theirs, known := c.theirs[id]
		switch {
		case !known: // nothing of it is theirs to know
		case theirs == c.digests[id]:
			outcome.Same = append(outcome.Same, id)
		default:
			outcome.Differ = append(outcome.Differ, id)
		}
	}
	c.theirs = nil
	return outcome, nil
}

// Positions are the frames of what is held and read of a conversation: one,
// unless it has more logs than a frame names.
func Positions(conversation uuid.UUID, held, read journal.Vector) []*wire.Position {
	holds, reads := held.Pages(), read.Pages()
	positions := make([]*wire.Position, max(len(holds), len(reads), 1))
	for i := range positions {
		positions[i] = &wire.Position{Conversation: conversation[:]}
		if i < len(holds) {
			positions[i].Held = holds[i]
		}
		if i < len(reads) {
			positions[i].Read = reads[i]
		}
	}
	return positions
}

// Pages puts positions into frames of at most 32.
func Pages(positions []*wire.Position) []*wire.Vectors {
	var pages []*wire.Vectors
	for page := range slices.Chunk(positions, vectorsOnPage) {
		pages = append(pages, &wire.Vectors{Positions: page})
	}
	return pages
}

// CheckVectors refuses a page with more than it may hold. Error: [ErrComparison].
func CheckVectors(page *wire.Vectors) error {
	if len(page.GetPositions()) > vectorsOnPage {
		return fmt.Errorf("%w: %d vectors, the most is %d", ErrComparison, len(page.GetPositions()), vectorsOnPage)
	}
	return nil
}
