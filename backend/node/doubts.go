package node

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of what may wait for entries before it, for each link.
const (
	maxWaiting      = 1024             // entries
	maxWaitingBytes = 2 << 20          // of them
	maxDropped      = 4 << 10          // there was no room for
	maxUnwritten    = 8 << 20          // bytes received and not on disk yet: more than any window
	gapPatience     = 10 * time.Second // without progress, before what is missing is asked for; doubling
	gapQuestions    = 3                // before it is said that it cannot be had
)

// Doubt is something that is not as it should be with the logs of a contact.
type Doubt struct {
	What *Refusal
	// Which tells one occurrence from another of the same code, also after a
	// restart: the log with two histories; the device of which there are copies,
	// and the day (UTC) on which they were seen; the first entry after a gap.
	Which string
}

// doubts are to be said until they are over, or for as long as this runs.
type doubts struct {
	forks  []Doubt // one for each log
	copies *Doubt
	gap    *Doubt
}

// all returns them, the gravest first.
func (d *doubts) all() []Doubt {
	sorted := slices.Clone(d.forks)
	slices.SortFunc(sorted, func(a, b Doubt) int {
		// "fork-own" is after "fork" in the alphabet.
		return cmp.Or(strings.Compare(b.What.Code, a.What.Code), strings.Compare(a.Which, b.Which))
	})
	for _, one := range []*Doubt{d.copies, d.gap} {
		if one != nil {
			sorted = append(sorted, *one)
		}
	}
	return sorted
}

// Copies says that copies of one install are writing: of this person's, or of a contact's.
func Copies(own bool, name string) *Refusal {
	params := map[string]string{"name": name}
	if own {
		return &Refusal{Code: "copies-own", Message: "Another copy of your Tincan is writing to " + name + " with the same keys. Use one copy only. Every message is kept.", Params: params}
	}
	return &Refusal{Code: "copies", Message: "Two copies of " + name + "'s Tincan are writing at the same time. Every message is kept; ask them to use one copy only.", Params: params}
}

// firstOf names the entry that comes first among those that wait.
func firstOf(waiting []waitingEntry) string {
	first := slices.MinFunc(waiting, func(a, b waitingEntry) int {
		return cmp.Or(a.entry.Log.Compare(b.entry.Log), cmp.Compare(a.entry.Sequence, b.entry.Sequence))
	})
	return first.entry.Hash().String()
}

// waitingEntry came before its parents.
type waitingEntry struct {
	entry  journal.Entry
	orders map[journal.Hash]journal.Order
}

// wait keeps what came too early, within limits, and sees to it that what is
// missing is asked for.
func (c *Core) wait(session *session, one *contact, left []waitingEntry, progress bool) {
	bytes, kept := 0, 0
	seen := make(map[journal.Hash]bool, len(left))
	left = slices.DeleteFunc(left, func(waiting waitingEntry) bool {
		hash := waiting.entry.Hash()
		if seen[hash] {
			return true
		}
		seen[hash] = true
		if kept == maxWaiting || bytes+waiting.entry.Size() > maxWaitingBytes {
			session.dropped++
			return true
		}
		kept++
		bytes += waiting.entry.Size()
		return false
	})
	session.waiting = left
	if session.dropped > maxDropped {
		c.refuse(session, one, "entries that follow nothing, without end")
		return
	}
	switch {
	case len(left) == 0:
		session.gapAt, session.gapAsked = time.Time{}, 0
	case progress || session.gapAt.IsZero():
		session.gapAt, session.gapAsked = c.now.Add(gapPatience), 0
	}
}

// dueGaps asks for what is missing, and says so when it does not come.
func (c *Core) dueGaps(session *session) {
	one := c.contacts[session.remote.Peer]
	if one == nil || !session.greeted || session.gapAt.IsZero() {
		return
	}
	if c.now.Before(session.gapAt) {
		c.at(session.gapAt)
		return
	}
	if session.gapAsked > 0 {
		if c.admitOrphans(session, one); session.gapAt.IsZero() || session.gapAt.After(c.now) {
			c.at(session.gapAt)
			return
		}
	}
	if session.gapAsked == gapQuestions {
		session.gapAt = time.Time{}
		one.doubts.gap = &Doubt{Which: firstOf(session.waiting), What: &Refusal{
			Code:    "gap",
			Message: fmt.Sprintf("Some messages of %s cannot be shown yet: %d came, and what stands before them is missing. It is asked for again on every line.", one.Name, len(session.waiting)),
			Params:  map[string]string{"name": one.Name, "count": number(len(session.waiting))},
		}}
		c.report(one, "a gap that cannot be filled")
		c.dirty(one.Peer)
		return
	}
	session.gapAsked++
	session.gapAt = c.now.Add(gapPatience << session.gapAsked)
	c.at(session.gapAt)
	for _, id := range session.waitsIn() {
		if conversation := c.conversations[id]; conversation != nil {
			c.askAgain(session, conversation, conversation.held)
		}
	}
}

// waitsIn returns the conversations in which something waits, in a fixed order.
func (s *session) waitsIn() []uuid.UUID {
	var ids []uuid.UUID
	for _, waiting := range s.waiting {
		if id := waiting.entry.Conversation; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// askAgain says from where entries are to be sent again.
func (c *Core) askAgain(session *session, conversation *conversation, held journal.Vector) {
	for _, position := range replica.Positions(conversation.id, held, c.readToTell(conversation)) {
		position.Again = true
		c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Position{Position: position}})
	}
}

// filled ends a gap once this side holds all that the other one has.
func (c *Core) filled(one *contact, conversation *conversation, theirs journal.Vector) {
	if one.doubts.gap != nil && conversation.held.Covers(theirs) {
		one.doubts.gap = nil
		c.dirty(one.Peer)
	}
}

// fresh leaves out the entries that are held already: those that the disk or
// the tip knows, and those that lead to one of these by their chain. Without
// this each of them would have to be looked up.
func (v *conversation) fresh(arrived []waitingEntry) []waitingEntry {
	type successor struct {
		known    bool
		previous journal.Hash
	}
	after := map[journal.Log]successor{}
	known := make([]bool, len(arrived))
	for i := len(arrived) - 1; i >= 0; i-- {
		entry := arrived[i].entry
		hash := entry.Hash()
		_, onDisk := arrived[i].orders[hash]
		_, recent := v.recent.orders[hash]
		next := after[entry.Log]
		continues := next.previous == hash && (next.known || v.tip[entry.Log].Hash == hash)
		known[i] = onDisk || recent || v.tip[entry.Log].Hash == hash || continues
		after[entry.Log] = successor{known: known[i], previous: entry.Previous}
	}
	left := make([]waitingEntry, 0, len(arrived))
	for i, one := range arrived {
		if !known[i] {
			left = append(left, one)
		}
	}
	return left
}
