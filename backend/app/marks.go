package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// marks are where the marks of my messages may still change in what was shown
// of one conversation. They only move forward along my log, so that a scan
// from here stops at the first message that did not change.
type marks struct {
	queued journal.Order // of the first message shown as queued, zero: none
	stored journal.Order // of the first one shown as not delivered
	unread journal.Order // of the first one shown as not read
}

// shown remembers which messages the interface has got. a.mutex is held.
func (a *App) shown(messages []node.Message) {
	for _, m := range messages {
		if !m.Mine || m.Read {
			continue
		}
		at := a.marks[m.Conversation]
		if at.unread.IsZero() || m.Order.Compare(at.unread) < 0 {
			at.unread = m.Order
		}
		if !m.Delivered && (at.stored.IsZero() || m.Order.Compare(at.stored) < 0) {
			at.stored = m.Order
		}
		if !m.Delivered && !m.Stored && (at.queued.IsZero() || m.Order.Compare(at.queued) < 0) {
			at.queued = m.Order
		}
		a.marks[m.Conversation] = at
	}
}

// plain makes messages plain for the interface and remembers that it has them.
func (a *App) plain(messages []node.Message) []Message {
	a.mutex.Lock()
	a.shown(messages)
	a.mutex.Unlock()
	list := make([]Message, 0, len(messages))
	for _, m := range messages {
		list = append(list, messageOf(a.veil(m)))
	}
	return list
}

// flushMessages tells new messages, those that look different, and those whose
// marks moved, and the ids of those that are gone.
func (a *App) flushMessages(ctx context.Context, due waiting) (told []Message, gone []string) {
	// What was said about a message may have been here before it.
	told, gone = a.flushTouched(ctx, due.messages)
	for id := range due.positions {
		moved, err := a.moved(ctx, id)
		if err != nil {
			a.complain(ctx, "marks cannot be read", err)
			continue
		}
		told = mergeByID(told, moved, func(m Message) string { return m.ID })
	}
	return told, gone
}

// moved returns my messages whose marks moved since they were shown.
func (a *App) moved(ctx context.Context, conversation uuid.UUID) ([]Message, error) {
	a.mutex.Lock()
	from := a.marks[conversation]
	a.mutex.Unlock()
	left, queued, err := a.scan(ctx, conversation, from.queued, func(m node.Message) bool { return m.Stored || m.Delivered })
	if err != nil {
		return nil, err
	}
	delivered, stored, err := a.scan(ctx, conversation, from.stored, func(m node.Message) bool { return m.Delivered })
	if err != nil {
		return nil, err
	}
	read, unread, err := a.scan(ctx, conversation, from.unread, func(m node.Message) bool { return m.Read })
	if err != nil {
		return nil, err
	}
	a.mutex.Lock()
	// What was shown meanwhile counts too.
	if now := a.marks[conversation]; now == from {
		a.marks[conversation] = marks{queued: queued, stored: stored, unread: unread}
	}
	a.mutex.Unlock()
	id := func(m Message) string { return m.ID }
	return mergeByID(mergeByID(left, delivered, id), read, id), nil
}

// scan returns my messages from an order on that passed a mark, and the order
// of the first that did not (zero: there is none).
func (a *App) scan(ctx context.Context, conversation uuid.UUID, from journal.Order, passed func(node.Message) bool) ([]Message, journal.Order, error) {
	if from.IsZero() {
		return nil, from, nil
	}
	var found []Message
	after := before(from)
	for {
		page, err := a.config.Store.PageAfter(ctx, conversation, after, mostPage)
		if err != nil {
			return nil, from, err
		}
		for _, m := range page {
			if !m.Mine {
				continue
			}
			if !passed(m) {
				return found, m.Order, nil
			}
			found = append(found, messageOf(a.veil(m)))
		}
		if len(page) < mostPage {
			return found, journal.Order{}, nil
		}
		after = page[len(page)-1].Order
		if len(found) >= mostMessages {
			// The rest comes with the next change.
			a.changes.mark(func(w *waiting) { w.positions[conversation] = true })
			return found, after, nil
		}
	}
}

// before returns the order just before another.
func before(order journal.Order) journal.Order {
	for i := len(order) - 1; i >= 0; i-- {
		order[i]--
		if order[i] != 0xff {
			break
		}
	}
	return order
}
