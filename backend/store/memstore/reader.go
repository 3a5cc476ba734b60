package memstore

import (
	"context"
	"slices"
	"sort"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
)

// message returns a message without what its body, and others, say.
func (c *content) message(v *conversation, one *entry) node.Message {
	name := one.Entry.Log
	kept := v.logs[name]
	message := node.Message{
		Hash:         one.Entry.Hash(),
		Conversation: v.id,
		Log:          name,
		Sequence:     one.Entry.Sequence,
		Order:        one.Order,
		Mine:         kept.mine,
		Author:       kept.author,
		Claimed:      one.Entry.Claimed,
		Arrived:      one.Arrived,
	}
	if !kept.mine {
		message.Read = v.read.Get(name) >= one.Entry.Sequence
		return message
	}
	for _, remote := range v.remote {
		message.Delivered = message.Delivered || remote.Held.Get(name) >= one.Entry.Sequence
		message.Read = message.Read || remote.Read.Get(name) >= one.Entry.Sequence
	}
	for _, letter := range c.outgoing {
		covers := letter.Conversation == v.id && letter.Log == name && letter.After < one.Entry.Sequence && letter.Through >= one.Entry.Sequence
		message.Stored = message.Stored || covers && !letter.Until.IsZero() && !message.Delivered
	}
	return message
}

// shownAfter returns the texts of a log after a sequence.
func (l *log) shownAfter(sequence uint64) []*entry {
	var shown []*entry
	for _, one := range l.entries[min(sequence, uint64(len(l.entries))):] {
		if one.shown == whole {
			shown = append(shown, one)
		}
	}
	return shown
}

func (c *content) row(contact node.Contact, v *conversation) node.Row {
	former := contact.Conversation != v.id
	contact.Servers, contact.Conversation = cloneServers(contact.Servers), v.id
	row := node.Row{Conversation: v.id, Contact: contact, Draft: v.draft, Timer: v.timer, Former: former, Standing: v.standing}
	if len(v.timeline) > 0 {
		last := c.fold(v, v.timeline[len(v.timeline)-1])
		row.Last = &last
	}
	for name, kept := range v.logs {
		if !kept.mine {
			row.Unread += len(kept.shownAfter(v.read.Get(name)))
			continue
		}
		held := uint64(0)
		for _, remote := range v.remote {
			held = max(held, remote.Held.Get(name))
		}
		row.Queued += len(kept.shownAfter(held))
	}
	return row
}

// Row implements node.Reader.
func (s *Store) Row(ctx context.Context, conversation uuid.UUID) (row node.Row, err error) {
	err = s.read(ctx, func(c *content) error {
		if v := c.conversations[conversation]; v != nil {
			if contact, known := c.contacts[v.peer]; known {
				row = c.row(contact, v)
				return nil
			}
		}
		return node.ErrNotFound
	})
	return row, err
}

// Rows implements node.Reader.
func (s *Store) Rows(ctx context.Context) (rows []node.Row, err error) {
	err = s.read(ctx, func(c *content) error {
		for _, v := range c.conversations {
			if contact, known := c.contacts[v.peer]; known {
				rows = append(rows, c.row(contact, v))
			}
		}
		store.SortRows(rows)
		return nil
	})
	return rows, err
}

// Examine implements node.Reader: memory is sound.
func (s *Store) Examine(ctx context.Context) (examined node.Examined, err error) {
	err = s.read(ctx, func(c *content) error {
		examined.Whole = true
		for _, v := range c.conversations {
			examined.Messages += len(v.timeline)
		}
		return nil
	})
	return examined, err
}

// PageBefore implements node.Reader.
func (s *Store) PageBefore(ctx context.Context, conversation uuid.UUID, before journal.Order, limit int) ([]node.Message, error) {
	return s.page(ctx, conversation, func(timeline []*entry) []*entry {
		end := len(timeline)
		if !before.IsZero() {
			end = sort.Search(end, func(i int) bool { return timeline[i].Order.Compare(before) >= 0 })
		}
		return timeline[max(end-limit, 0):end]
	})
}

// PageAfter implements node.Reader.
func (s *Store) PageAfter(ctx context.Context, conversation uuid.UUID, after journal.Order, limit int) ([]node.Message, error) {
	return s.page(ctx, conversation, func(timeline []*entry) []*entry {
		start := sort.Search(len(timeline), func(i int) bool { return timeline[i].Order.Compare(after) > 0 })
		return timeline[start:min(start+limit, len(timeline))]
	})
}

func (s *Store) page(ctx context.Context, conversation uuid.UUID, part func([]*entry) []*entry) (messages []node.Message, err error) {
	err = s.read(ctx, func(c *content) error {
		v := c.conversations[conversation]
		if v == nil {
			return nil
		}
		for _, one := range part(v.timeline) {
			messages = append(messages, c.fold(v, one))
		}
		return nil
	})
	return messages, err
}

// Message implements node.Reader.
func (s *Store) Message(ctx context.Context, hash journal.Hash) (message node.Message, err error) {
	err = s.read(ctx, func(c *content) error {
		one := c.entries[hash]
		if one == nil || one.shown != whole && one.shown != deleted {
			return node.ErrNotFound
		}
		message = c.fold(c.conversations[one.Entry.Conversation], one)
		return nil
	})
	return message, err
}

// Steps implements node.Reader.
func (s *Store) Steps(ctx context.Context, hash journal.Hash) (steps []node.Step, err error) {
	err = s.read(ctx, func(c *content) error {
		one := c.entries[hash]
		if one == nil || !one.Mine {
			return nil
		}
		kept := c.conversations[one.Entry.Conversation].steps
		for _, step := range kept[max(0, len(kept)-node.KeptSteps):] {
			if step.Log == one.Entry.Log && step.After < one.Entry.Sequence && step.Through >= one.Entry.Sequence {
				steps = append(steps, step)
			}
		}
		return nil
	})
	return steps, err
}

// FirstUnread implements node.Reader.
func (s *Store) FirstUnread(ctx context.Context, conversation uuid.UUID) (first journal.Order, count int, err error) {
	err = s.read(ctx, func(c *content) error {
		v := c.conversations[conversation]
		if v == nil {
			return nil
		}
		for name, kept := range v.logs {
			if kept.mine {
				continue
			}
			unread := kept.shownAfter(v.read.Get(name))
			count += len(unread)
			if len(unread) > 0 && (first.IsZero() || unread[0].Order.Compare(first) < 0) {
				first = unread[0].Order
			}
		}
		return nil
	})
	return first, count, err
}

// ReadVectorAt implements node.Reader.
func (s *Store) ReadVectorAt(ctx context.Context, conversation uuid.UUID, order journal.Order) (vector journal.Vector, err error) {
	err = s.read(ctx, func(c *content) error {
		vector = journal.Vector{}
		v := c.conversations[conversation]
		if v == nil {
			return nil
		}
		for name, kept := range v.logs {
			after := slices.IndexFunc(kept.entries, func(one *entry) bool { return one.Order.Compare(order) > 0 })
			if after < 0 {
				after = len(kept.entries)
			}
			if !kept.mine && after > 0 {
				vector[name] = journal.Head{Sequence: uint64(after)}
			}
		}
		return nil
	})
	return vector, err
}

// Draft implements node.Reader.
func (s *Store) Draft(ctx context.Context, conversation uuid.UUID) (draft string, err error) {
	err = s.read(ctx, func(c *content) error {
		if v := c.conversations[conversation]; v != nil {
			draft = v.draft
		}
		return nil
	})
	return draft, err
}

// SaveDraft implements node.Reader.
func (s *Store) SaveDraft(_ context.Context, conversation uuid.UUID, text string) error {
	return s.use(func() error {
		return s.disk.transact(func() error {
			v := s.disk.content.conversations[conversation]
			if v == nil {
				return node.ErrNotFound
			}
			v.draft = text
			return nil
		})
	})
}

// Setting implements node.Reader.
func (s *Store) Setting(ctx context.Context, name string) (value string, err error) {
	err = s.read(ctx, func(c *content) error {
		value = c.settings[name]
		return nil
	})
	return value, err
}

// SaveSetting implements node.Reader.
func (s *Store) SaveSetting(_ context.Context, name, value string) error {
	return s.use(func() error {
		return s.disk.transact(func() error {
			s.disk.content.settings[name] = value
			return nil
		})
	})
}
