package timeline

import (
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// How many entries of one author about one message count: the last by order.
// What is not among them cannot come back, however many more arrive, so
// everybody ends with the same ones and nobody has to keep the others.
const (
	MostEdits     = 16
	MostReactions = 32
)

// Part is an entry that is about a message: an edit, deletion or reaction.
type Part struct {
	Hash    journal.Hash
	Order   journal.Order
	Author  identity.PeerID
	Claimed time.Time
	Arrived time.Time // zero when not known
	Kind    wire.EntryKind
	Target  journal.Hash // the message
	Text    string       // of an edit
	Emoji   string       // of a reaction
	Remove  bool         // of a reaction
}

func (p *Part) place() place { return place{order: p.Order, hash: p.Hash} }

// PartOf reads an entry; false when it is about no message, erased, or cannot
// be read.
func PartOf(entry journal.Entry, order journal.Order, author identity.PeerID, arrived time.Time) (Part, bool) {
	part, readable := ReadPart(entry.Kind, entry.Body)
	if readable {
		part.Hash, part.Order, part.Author, part.Claimed, part.Arrived = entry.Hash(), order, author, entry.Claimed, arrived
	}
	return part, readable
}

// ReadPart reads what a body says, without what its header does.
func ReadPart(kind wire.EntryKind, body []byte) (Part, bool) {
	part := Part{Kind: kind}
	entry := journal.Entry{Kind: kind, Body: body}
	var err error
	switch {
	case len(body) == 0:
		return part, false
	case kind == wire.EntryKind_ENTRY_KIND_EDIT:
		var edit journal.Edit
		edit, err = entry.Edit()
		part.Target, part.Text = edit.Target, edit.Text
	case kind == wire.EntryKind_ENTRY_KIND_DELETE:
		part.Target, err = entry.Delete()
	case kind == wire.EntryKind_ENTRY_KIND_REACTION:
		var reaction journal.Reaction
		reaction, err = entry.Reaction()
		part.Target, part.Emoji, part.Remove = reaction.Target, reaction.Emoji, reaction.Remove
	default:
		return part, false
	}
	return part, err == nil
}

// Target returns the message that an entry is about: what an index over the
// entries holds, so that the parts of a message are found. False for what is
// about none.
func Target(entry journal.Entry) (journal.Hash, bool) {
	part, readable := ReadPart(entry.Kind, entry.Body)
	return part.Target, readable
}

// Base is a message's own entry, for [Fold].
type Base struct {
	Hash    journal.Hash
	Order   journal.Order
	Author  identity.PeerID
	Claimed time.Time
	Arrived time.Time // zero when not known
	Content journal.Message
	Erased  bool // its body is gone, and Content is not looked at
}

// Fold returns one message as it stands, from its own entry and those that are
// about it, in any order: the same as a [Timeline] of the whole conversation
// has, as long as about holds at least what [Trim] leaves of all of them.
func Fold(base Base, about []Part) Message {
	one := message{
		place: place{order: base.Order, hash: base.Hash}, author: base.Author, times: TimesOf(base.Claimed, base.Arrived),
		erased: base.Erased, held: !base.Erased,
	}
	if one.held {
		one.text, one.reply, one.timer = base.Content.Text, base.Content.Reply, base.Content.Timer
	}
	for i := range about {
		one.act(&about[i])
	}
	return one.render()
}

// Trim parts what is about one message, as far as is known, into what counts
// and what does not, because later entries of the same author took its place.
func Trim(about []Part) (kept, over []Part) {
	type stack struct {
		author identity.PeerID
		kind   wire.EntryKind
	}
	count := make(map[stack]int, 1)
	slices.SortFunc(about, func(a, b Part) int { return a.place().compare(b.place()) })
	for _, part := range slices.Backward(about) {
		of := stack{part.Author, part.Kind}
		count[of]++
		if count[of] > Most(part.Kind) {
			over = append(over, part)
		} else {
			kept = append(kept, part)
		}
	}
	slices.Reverse(kept)
	return kept, over
}

// Most is how many entries of a kind, one author and one message count. One
// deletion says all.
func Most(kind wire.EntryKind) int {
	switch kind {
	case wire.EntryKind_ENTRY_KIND_EDIT:
		return MostEdits
	case wire.EntryKind_ENTRY_KIND_REACTION:
		return MostReactions
	default:
		return 1
	}
}

// keepLast puts a part among others of its kind, which are in order, and
// returns those that do not count any more.
func keepLast(parts []Part, part *Part) (kept, over []Part) {
	at, there := slices.BinarySearchFunc(parts, part.place(), func(one Part, at place) int { return one.place().compare(at) })
	if there {
		return parts, nil
	}
	parts = slices.Insert(parts, at, *part)
	count := 0
	for i := range parts {
		if parts[i].Author == part.Author {
			count++
		}
	}
	if count <= Most(part.Kind) {
		return parts, nil
	}
	first := slices.IndexFunc(parts, func(one Part) bool { return one.Author == part.Author })
	over = []Part{parts[first]}
	return slices.Delete(parts, first, first+1), over
}
