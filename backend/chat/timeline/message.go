package timeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Message is one message as it stands.
type Message struct {
	Hash   journal.Hash
	Order  journal.Order
	Author identity.PeerID
	Times  Times

	// Deleted tells that the author took it back, Erased that its body is gone
	// without that. All that follows is zero in both cases.
	Deleted, Erased bool

	Text      string
	Reply     journal.Hash  // the message it answers, which may not be here; zero for none
	Timer     time.Duration // how long it stays once it was read; 0: for good
	Edits     int           // how many times it was edited, up to [MostEdits]
	Edited    Times         // of the edit that stands; zero without one
	Reactions []Reaction    // by the order of the first author of each
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

// message is what the fold knows about a text entry.
type message struct {
	place
	author  identity.PeerID
	times   Times
	timer   time.Duration
	text    string
	reply   journal.Hash
	edits   []Part // of the author, the last by order, in order
	votes   []Part // the last reactions of each author, in order
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
		Deleted: m.deleted,
		Erased:  m.erased && !m.deleted,
	}
	if m.blank() {
		return rendered
	}
	rendered.Text, rendered.Reply, rendered.Timer = m.text, m.reply, m.timer
	if rendered.Edits = len(m.edits); rendered.Edits > 0 {
		last := &m.edits[rendered.Edits-1]
		rendered.Text, rendered.Edited = last.Text, TimesOf(last.Claimed, last.Arrived)
	}
	rendered.Reactions = group(m.votes)
	return rendered
}

// act does what a part says, and tells whether that may have changed what is
// shown, and which parts later ones took the place of.
func (m *message) act(part *Part) (changed bool, over []Part) {
	switch {
	case part.Target != m.hash || m.blank() && part.Kind != wire.EntryKind_ENTRY_KIND_DELETE:
	case part.Kind == wire.EntryKind_ENTRY_KIND_EDIT && part.Author == m.author:
		m.edits, over = keepLast(m.edits, part)
		return len(over) == 0 || over[0].Hash != part.Hash, over
	case part.Kind == wire.EntryKind_ENTRY_KIND_DELETE && part.Author == m.author && !m.deleted:
		m.deleted = true
		return true, nil
	case part.Kind == wire.EntryKind_ENTRY_KIND_REACTION:
		before := group(m.votes)
		m.votes, over = keepLast(m.votes, part)
		same := slices.EqualFunc(before, group(m.votes), func(a, b Reaction) bool {
			return a.Emoji == b.Emoji && slices.Equal(a.Authors, b.Authors)
		})
		return !same, over
	}
	return false, nil
}

// group says what reactions, given by order, come to.
func group(votes []Part) []Reaction {
	type voter struct {
		author identity.PeerID
		plain  string
	}
	last := make(map[voter]int, len(votes))
	for i := range votes {
		last[voter{votes[i].Author, journal.PlainEmoji(votes[i].Emoji)}] = i
	}
	var groups []Reaction
	index := make(map[string]int, 1)
	for i := range votes {
		plain := journal.PlainEmoji(votes[i].Emoji)
		if votes[i].Remove || last[voter{votes[i].Author, plain}] != i {
			continue
		}
		at, there := index[plain]
		if !there {
			at = len(groups)
			index[plain] = at
			groups = append(groups, Reaction{Emoji: votes[i].Emoji})
		}
		groups[at].Authors = append(groups[at].Authors, votes[i].Author)
	}
	return groups
}
