package timeline

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Entry is an entry of the conversation, verified, with what the device that
// reads it knows about it.
type Entry struct {
	journal.Entry

	Order   journal.Order   // as [journal.NewOrder] gave it
	Author  identity.PeerID // whose device wrote it
	Arrived time.Time       // by this device's clock; zero when not known
}

// Timeline is the fold over the entries of one conversation.
type Timeline struct {
	conversation uuid.UUID

	messages map[journal.Hash]*message
	ordered  []*message // by place, without fresh
	fresh    []*message // not yet in ordered
	dirty    []*message // what the next Changes looks at

	others  map[journal.Hash]struct{} // entries of other kinds that were read
	waiting map[journal.Hash][]Part   // by the message that they are about

	timer timer // the last one

	profiles      map[identity.PeerID]profile
	freshProfiles map[identity.PeerID]struct{}
	erase         []journal.Hash
}

// New returns the timeline of a conversation without entries.
func New(conversation uuid.UUID) *Timeline {
	return &Timeline{
		conversation:  conversation,
		messages:      make(map[journal.Hash]*message),
		others:        make(map[journal.Hash]struct{}),
		waiting:       make(map[journal.Hash][]Part),
		profiles:      make(map[identity.PeerID]profile),
		freshProfiles: make(map[identity.PeerID]struct{}),
	}
}

// Apply takes entries in any order. Those that it had before change nothing,
// unless a text comes without its body now: that erases the message. It keeps
// none of the entries' slices.
func (t *Timeline) Apply(entries ...Entry) {
	for i := range entries {
		t.apply(&entries[i])
	}
}

func (t *Timeline) apply(entry *Entry) {
	if entry.Conversation != t.conversation {
		return
	}
	at := place{order: entry.Order, hash: entry.Hash()}
	if entry.Kind == wire.EntryKind_ENTRY_KIND_TEXT {
		t.applyText(entry, at)
		return
	}
	if _, had := t.others[at.hash]; had || entry.Erased() {
		return
	}
	if t.applyOther(entry, at) {
		t.others[at.hash] = struct{}{}
		delete(t.waiting, at.hash) // what waited for it is not about a message
	}
}

// applyText takes a message, or another copy of one.
func (t *Timeline) applyText(entry *Entry, at place) {
	had := t.messages[at.hash]
	if had != nil {
		had.held = had.held || !entry.Erased()
		if entry.Erased() && !had.erased {
			had.erased = true
			t.mark(had)
		}
		t.wipe(had)
		return
	}
	arrived := &message{
		place:  at,
		author: entry.Author,
		times:  TimesOf(entry.Claimed, entry.Arrived),
		erased: entry.Erased(),
		held:   !entry.Erased(),
	}
	if arrived.held {
		content, err := entry.Message()
		arrived.hidden = err != nil
		arrived.text, arrived.reply, arrived.timer = content.Text, content.Reply, content.Timer
	}
	t.messages[at.hash] = arrived
	t.fresh = append(t.fresh, arrived)
	t.mark(arrived)
	for _, waited := range t.waiting[at.hash] {
		t.act(arrived, &waited)
	}
	delete(t.waiting, at.hash)
}

// applyOther takes an entry of another kind, and tells whether it could be read.
func (t *Timeline) applyOther(entry *Entry, at place) bool {
	switch entry.Kind {
	case wire.EntryKind_ENTRY_KIND_PROFILE:
		return t.applyProfile(entry, at)
	case wire.EntryKind_ENTRY_KIND_TIMER:
		stay, err := entry.Timer()
		if err == nil && at.after(t.timer.place) {
			t.timer = timer{place: at, stay: stay}
		}
		return err == nil
	default:
	}
	part, readable := PartOf(entry.Entry, entry.Order, entry.Author, entry.Arrived)
	if !readable {
		return false
	}
	if target := t.messages[part.Target]; target != nil {
		t.act(target, &part)
	} else if _, other := t.others[part.Target]; !other {
		waiting, over := Trim(append(t.waiting[part.Target], part))
		t.waiting[part.Target] = waiting
		for _, one := range over {
			t.over(&one)
		}
	}
	return true
}

// act does to a message what a part says.
func (t *Timeline) act(target *message, part *Part) {
	if target.blank() && part.Kind == wire.EntryKind_ENTRY_KIND_EDIT && part.Author == target.author {
		t.erase = append(t.erase, part.Hash)
		return
	}
	deleted := target.deleted
	changed, over := target.act(part)
	for i := range over {
		t.over(&over[i])
	}
	if target.deleted && !deleted {
		t.wipe(target)
	}
	if changed {
		t.mark(target)
	}
}

// over names the body of an edit that later ones took the place of.
func (t *Timeline) over(part *Part) {
	if part.Kind == wire.EntryKind_ENTRY_KIND_EDIT {
		t.erase = append(t.erase, part.Hash)
	}
}

// wipe drops the content of a message that is deleted or erased, and names
// every body that held some of it.
func (t *Timeline) wipe(target *message) {
	if !target.blank() {
		return
	}
	if target.held && !target.named {
		target.named = true
		t.erase = append(t.erase, target.hash)
	}
	for _, edit := range target.edits {
		t.erase = append(t.erase, edit.Hash)
	}
	target.text, target.reply, target.timer = "", journal.Hash{}, 0
	target.edits, target.votes = nil, nil
}

// applyProfile takes a profile, and tells whether it could be read.
func (t *Timeline) applyProfile(entry *Entry, at place) bool {
	read, err := entry.Profile()
	name := chat.TheirName(read.Name, "")
	if err != nil || name == "" {
		return false
	}
	if !at.after(t.profiles[entry.Author].place) {
		return true
	}
	t.profiles[entry.Author] = profile{place: at, Profile: Profile{
		Author: entry.Author,
		Name:   name,
		Color:  chat.TheirColor(read.Color),
		About:  chat.CleanName(read.About),
		Entry:  at.hash,
	}}
	t.freshProfiles[entry.Author] = struct{}{}
	return true
}

// mark has the next Changes look at a message.
func (t *Timeline) mark(changed *message) {
	if !changed.dirty {
		changed.dirty = true
		t.dirty = append(t.dirty, changed)
	}
}

// Messages returns all messages by order.
func (t *Timeline) Messages() []Message {
	t.settle()
	all := make([]Message, 0, len(t.ordered))
	for _, one := range t.ordered {
		if one.shown() {
			all = append(all, one.render())
		}
	}
	return all
}

// Message returns one message.
func (t *Timeline) Message(hash journal.Hash) (Message, bool) {
	t.settle()
	one := t.messages[hash]
	if one == nil || !one.shown() {
		return Message{}, false
	}
	return one.render(), true
}

// Timer returns how long messages that are written now stay once they were
// read; 0: for good.
func (t *Timeline) Timer() time.Duration { return t.timer.stay }

// Profiles returns the profiles of all who have one, in the order of their
// authors' keys.
func (t *Timeline) Profiles() []Profile {
	all := make([]Profile, 0, len(t.profiles))
	for _, one := range t.profiles {
		all = append(all, one.Profile)
	}
	slices.SortFunc(all, byAuthor)
	return all
}
