package memstore

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/wire"
)

// standing is where a message stands.
type standing int

const (
	notShown standing = iota
	whole
	deleted // by its author: in the timeline, counted nowhere
	gone    // from this device alone
)

// timer makes a message disappear.
type timer struct {
	entry   *entry
	stay    time.Duration
	expires time.Time // zero until it counts
}

// takeIn brings what an entry says into the timeline and the projections.
func (d *Disk) takeIn(v *conversation, one *entry) {
	hash := one.Entry.Hash()
	switch one.Entry.Kind {
	case wire.EntryKind_ENTRY_KIND_TEXT:
		if one.shown == whole && one.content.Timer > 0 {
			put(d, d.content.timers, hash, timer{entry: one, stay: one.content.Timer})
		}
		if slices.ContainsFunc(d.content.changes[hash], func(other *entry) bool {
			return other.Entry.Kind == wire.EntryKind_ENTRY_KIND_DELETE && other.Author == one.Author && other.Entry.Conversation == v.id
		}) {
			d.wipe(v, one, deleted)
		} else if one.Entry.Erased() {
			d.wipe(v, one, notShown)
		}
	case wire.EntryKind_ENTRY_KIND_TIMER:
		if stay, err := one.Entry.Timer(); err == nil && one.Order.Compare(v.timer.Order) > 0 {
			set(d, &v.timer, node.Timer{Stay: stay, Order: one.Order})
		}
	default:
		if part, readable := partOf(one); readable {
			d.takePart(v, one, part)
		}
	}
}

func partOf(one *entry) (timeline.Part, bool) {
	return timeline.PartOf(one.Entry, one.Order, one.Author, one.Arrived)
}

func (d *Disk) takePart(v *conversation, one *entry, part timeline.Part) {
	if target := d.content.entries[part.Target]; target != nil {
		own := target.Author == part.Author
		switch {
		case target.Entry.Conversation != v.id || target.Entry.Kind != wire.EntryKind_ENTRY_KIND_TEXT || !own && part.Kind != wire.EntryKind_ENTRY_KIND_REACTION:
			return
		case part.Kind == wire.EntryKind_ENTRY_KIND_DELETE:
			d.wipe(v, target, deleted)
			return
		case target.shown == gone && target.Mine && part.Kind == wire.EntryKind_ENTRY_KIND_EDIT:
			d.noteChange(v, one, part)
			d.leave(v, target)
			return
		case target.Entry.Erased() || target.shown == gone && !target.Mine:
			if part.Kind == wire.EntryKind_ENTRY_KIND_EDIT {
				d.erase(one)
			}
			return
		}
	}
	d.noteChange(v, one, part)
}

// noteChange puts a part into the index of what is about a message, and erases
// the edits that do not count any more.
func (d *Disk) noteChange(v *conversation, one *entry, part timeline.Part) {
	kept := append(slices.Clone(d.content.changes[part.Target]), one)
	var same []timeline.Part
	for _, other := range kept {
		if read, readable := partOf(other); readable && read.Author == part.Author && read.Kind == part.Kind && other.Entry.Conversation == v.id {
			same = append(same, read)
		}
	}
	_, over := timeline.Trim(same)
	for _, late := range over {
		kept = slices.DeleteFunc(kept, func(other *entry) bool { return other.Entry.Hash() == late.Hash })
		if late.Kind == wire.EntryKind_ENTRY_KIND_EDIT {
			d.erase(d.content.entries[late.Hash])
		}
	}
	put(d, d.content.changes, part.Target, kept)
}

// erase takes body and salt from an entry.
func (d *Disk) erase(one *entry) {
	bare := one.Entry
	bare.Body, bare.Salt = nil, nil
	set(d, &one.Entry, bare)
	set(d, &one.content, journal.Message{})
}

// wipe erases what is left of a message with its author's edits.
func (d *Disk) wipe(v *conversation, target *entry, shown standing) {
	hash := target.Entry.Hash()
	d.erase(target)
	for _, other := range d.content.changes[hash] {
		if other.Entry.Kind == wire.EntryKind_ENTRY_KIND_EDIT && other.Author == target.Author && other.Entry.Conversation == v.id {
			d.erase(other)
		}
	}
	drop(d, d.content.changes, hash)
	drop(d, d.content.timers, hash)
	d.setShown(v, target, shown)
}

func (d *Disk) setShown(v *conversation, target *entry, shown standing) {
	if target.shown == shown || target.shown == gone {
		return
	}
	before := target.shown
	set(d, &target.shown, shown)
	switch {
	case shown == gone:
		set(d, &v.timeline, slices.DeleteFunc(slices.Clone(v.timeline), func(one *entry) bool { return one == target }))
	case before == notShown:
		d.show(v, target)
	}
}

// show puts a message into the timeline.
func (d *Disk) show(v *conversation, one *entry) {
	at, _ := slices.BinarySearchFunc(v.timeline, one.Order, func(e *entry, order journal.Order) int { return e.Order.Compare(order) })
	d.undo = append(d.undo, func() { v.timeline = slices.Delete(v.timeline, at, at+1) })
	v.timeline = slices.Insert(v.timeline, at, one)
}

// message finds a message of any standing, with its conversation.
func (d *Disk) message(hash journal.Hash) (*conversation, *entry) {
	one := d.content.entries[hash]
	if one == nil || one.Entry.Kind != wire.EntryKind_ENTRY_KIND_TEXT {
		return nil, nil
	}
	return d.content.conversations[one.Entry.Conversation], one
}

func (d *Disk) hide(hash journal.Hash) {
	v, one := d.message(hash)
	if one == nil {
		return
	}
	if !one.Mine || (one.Entry.Erased() || v.holds(one)) && !d.editsWait(v, one) {
		d.wipe(v, one, gone)
		return
	}
	d.leave(v, one)
}

// leave takes a message of mine out of the timeline of which something has to
// arrive first. It is due when a position moves.
func (d *Disk) leave(v *conversation, one *entry) {
	put(d, d.content.timers, one.Entry.Hash(), timer{entry: one})
	d.setShown(v, one, gone)
}

// holds tells whether a device of theirs does.
func (v *conversation) holds(one *entry) bool {
	for _, remote := range v.remote {
		if remote.Held.Get(one.Entry.Log) >= one.Entry.Sequence {
			return true
		}
	}
	return false
}

// editsWait tells whether somebody has to get edits of a message of mine first.
func (d *Disk) editsWait(v *conversation, target *entry) bool {
	return slices.ContainsFunc(d.content.changes[target.Entry.Hash()], func(other *entry) bool {
		return other.Entry.Kind == wire.EntryKind_ENTRY_KIND_EDIT && other.Author == target.Author && other.Entry.Conversation == v.id && !v.holds(other)
	})
}

func (d *Disk) expire(messages []journal.Hash) {
	for _, hash := range messages {
		switch v, one := d.message(hash); {
		case one == nil:
		case one.Mine && v.holds(one) && d.editsWait(v, one):
			d.leave(v, one)
			d.erase(one)
		default:
			d.wipe(v, one, gone)
		}
	}
}

// count starts the timers of messages up to places in their logs.
func (d *Disk) count(id uuid.UUID, places journal.Vector, mine bool, at time.Time) {
	if at.IsZero() {
		return
	}
	for hash, one := range d.content.timers {
		entry := one.entry
		if one.expires.IsZero() && entry.Entry.Conversation == id && entry.Mine == mine && places.Get(entry.Entry.Log) >= entry.Entry.Sequence {
			one.expires = milliseconds(at).Add(one.stay)
			put(d, d.content.timers, hash, one)
		}
	}
}

// Expiring implements node.Store.
func (s *Store) Expiring(ctx context.Context, now time.Time, limit int) (due []node.Expired, next time.Time, err error) {
	err = s.read(ctx, func(c *content) error {
		var counting []timer
		for _, one := range c.timers {
			if !one.expires.IsZero() {
				counting = append(counting, one)
			}
		}
		slices.SortFunc(counting, func(a, b timer) int {
			if order := a.expires.Compare(b.expires); order != 0 {
				return order
			}
			return a.entry.Order.Compare(b.entry.Order)
		})
		for _, one := range counting {
			if one.expires.After(now) || len(due) == limit {
				next = one.expires
				return nil
			}
			due = append(due, node.Expired{Conversation: one.entry.Entry.Conversation, Message: one.entry.Entry.Hash()})
		}
		return nil
	})
	return due, next, err
}

// Picture implements node.Reader.
func (s *Store) Picture(ctx context.Context, conversation uuid.UUID) (picture []byte, err error) {
	err = s.read(ctx, func(c *content) error {
		if v := c.conversations[conversation]; v != nil {
			if one := c.entries[c.contacts[v.peer].Profile]; one != nil {
				if profile, unreadable := one.Entry.Profile(); unreadable == nil {
					picture = clone(profile.Picture)
				}
			}
		}
		return nil
	})
	return picture, err
}

// fold returns a message as it stands.
func (c *content) fold(v *conversation, one *entry) node.Message {
	message := c.stands(v, one)
	if message.Reply != nil {
		if answered := c.entries[message.Reply.Message]; answered != nil && (answered.shown == whole || answered.shown == deleted) {
			quoted := c.stands(c.conversations[answered.Entry.Conversation], answered)
			store.Quote(message.Reply, &quoted, v.id)
		}
	}
	return message
}

// stands is fold without what is shown of the message that it answers.
func (c *content) stands(v *conversation, one *entry) node.Message {
	message := c.message(v, one)
	if message.Deleted = one.shown == deleted; message.Deleted {
		return message
	}
	message.Text, message.Timer = one.content.Text, one.content.Timer
	message.Expires = c.timers[message.Hash].expires
	if !one.content.Reply.IsZero() {
		message.Reply = &node.Reply{Message: one.content.Reply}
	}
	var about []timeline.Part
	mine := make(map[identity.PeerID]bool)
	for _, other := range c.changes[message.Hash] {
		if part, readable := partOf(other); readable && other.Entry.Conversation == v.id {
			about = append(about, part)
			mine[part.Author] = other.Mine
		}
	}
	store.Fold(&message, about, mine)
	return message
}
