package timeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
)

// Message is one message as it stands.
type Message struct {
	Hash   journal.Hash
	Order  journal.Order
	Author identity.PeerID
	Times  Times
	Timer  time.Duration // how long it stays once it was read; 0: for good

	// Deleted tells that the author took it back, Erased that its body is gone
	// without that. All that follows is zero in both cases.
	Deleted, Erased bool

	Text      string
	Reply     journal.Hash // the message it answers, which may not be here; zero for none
	Edits     int          // how many times it was edited
	Edited    Times        // of the edit that stands; zero without one
	Reactions []Reaction   // by the order of the first author of each
}

// Reaction is an emoji with those who put it on a message.
type Reaction struct {
	Emoji   string
	Authors []identity.PeerID // by order of their reactions
}

// place is where an entry stands. Hashes settle what equivocation leaves open:
// two entries of one log with one sequence.
type place struct {
	order journal.Order
	hash  journal.Hash
}

func (p place) compare(other place) int {
	return cmp.Or(p.order.Compare(other.order), slices.Compare(p.hash[:], other.hash[:]))
}

// after tells whether p stands after other.
func (p place) after(other place) bool { return p.compare(other) > 0 }

// vote is the last word of an author about an emoji.
type vote struct {
	place
	emoji   string
	removed bool
}

// voter says whose vote about what.
type voter struct {
	author identity.PeerID
	plain  string
}

// message is what the fold knows about a text entry.
type message struct {
	place
	author  identity.PeerID
	times   Times
	timer   time.Duration
	text    string
	reply   journal.Hash
	edited  place // zero without an edit
	editAt  Times
	edits   []journal.Hash
	votes   map[voter]vote
	deleted bool
	erased  bool
	hidden  bool // its body cannot be read
	held    bool // a body of it came
	named   bool // that was named in Changes.Erase

	told  bool // it was in a Changes before
	dirty bool // it is looked at for the next
}

// shown tells whether there is anything to show, if only where it stood.
func (m *message) shown() bool { return !m.hidden || m.deleted || m.erased }

// blank tells whether its content is gone.
func (m *message) blank() bool { return m.deleted || m.erased }

// render returns what is shown of it.
func (m *message) render() Message {
	rendered := Message{
		Hash:    m.hash,
		Order:   m.order,
		Author:  m.author,
		Times:   m.times,
		Timer:   m.timer,
		Deleted: m.deleted,
		Erased:  m.erased && !m.deleted,
	}
	if m.blank() {
		return rendered
	}
	rendered.Text, rendered.Reply = m.text, m.reply
	rendered.Edits, rendered.Edited = len(m.edits), m.editAt
	rendered.Reactions = m.reactions()
	return rendered
}

// reactions groups the votes that stand.
func (m *message) reactions() []Reaction {
	type standing struct {
		voter
		vote
	}
	votes := make([]standing, 0, len(m.votes))
	for who, one := range m.votes {
		if !one.removed {
			votes = append(votes, standing{who, one})
		}
	}
	if len(votes) == 0 {
		return nil
	}
	slices.SortFunc(votes, func(a, b standing) int { return a.compare(b.place) })
	groups := make([]Reaction, 0, 1)
	index := make(map[string]int, 1)
	for _, one := range votes {
		at, there := index[one.plain]
		if !there {
			at = len(groups)
			index[one.plain] = at
			groups = append(groups, Reaction{Emoji: one.emoji})
		}
		groups[at].Authors = append(groups[at].Authors, one.author)
	}
	return groups
}

// edit takes an edit of the author.
func (m *message) edit(at place, text string, times Times) {
	m.edits = append(m.edits, at.hash)
	if at.after(m.edited) {
		m.edited, m.text, m.editAt = at, text, times
	}
}

// react takes a vote and tells whether what is shown may have changed.
func (m *message) react(who voter, cast vote) bool {
	old, there := m.votes[who]
	if there && !cast.after(old.place) {
		return false
	}
	if m.votes == nil {
		m.votes = make(map[voter]vote, 1)
	}
	m.votes[who] = cast
	return !cast.removed || there && !old.removed
}
