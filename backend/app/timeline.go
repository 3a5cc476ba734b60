package app

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// Open returns the page of a conversation around its first unread message, or
// its last page, and gives a reason for a line to it. Errors: no-conversation.
func (a *API) Open(conversation string) (Page, error) {
	return do(a, "Open", func(ctx context.Context, app *App) (Page, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return Page{}, err
		}
		page, err := app.firstPage(ctx, id)
		if err != nil {
			return Page{}, err
		}
		return page, app.focusOn(ctx, id)
	})
}

// PageBefore returns up to limit (at most 200) messages before an order key.
func (a *API) PageBefore(conversation, order string, limit int) (Page, error) {
	return a.page("PageBefore", conversation, order, limit, true)
}

// PageAfter returns up to limit (at most 200) messages after an order key; with "" the first ones.
func (a *API) PageAfter(conversation, order string, limit int) (Page, error) {
	return a.page("PageAfter", conversation, order, limit, false)
}

// PageLast returns the last up to limit (at most 200) messages.
func (a *API) PageLast(conversation string, limit int) (Page, error) {
	return a.page("PageLast", conversation, "", limit, true)
}

// PageAround returns up to limit (at most 200) messages around one of them,
// given by its id, which is among them. Errors: no-conversation, no-message.
func (a *API) PageAround(conversation, message string, limit int) (Page, error) {
	return do(a, "PageAround", func(ctx context.Context, app *App) (Page, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return Page{}, err
		}
		hash, err := parseHash(message)
		if err != nil {
			return Page{}, err
		}
		found, err := app.config.Store.Message(ctx, hash)
		if err != nil {
			return Page{}, notFound(err, errNoMessage)
		}
		if found.Conversation != id {
			return Page{}, errNoMessage
		}
		limit = min(max(limit, 1), mostPage)
		messages, hasBefore, hasAfter, err := app.readAround(ctx, id, found.Order, limit/2, limit)
		if err != nil {
			return Page{}, err
		}
		if !slices.ContainsFunc(messages, func(m node.Message) bool { return m.Hash == hash }) {
			return Page{}, errNoMessage // it disappeared between the two reads
		}
		return app.pageOf(ctx, id, messages, hasBefore, hasAfter)
	})
}

func (a *API) page(call, conversation, order string, limit int, backward bool) (Page, error) {
	return do(a, call, func(ctx context.Context, app *App) (Page, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return Page{}, err
		}
		var at journal.Order
		if order != "" {
			if at, err = journal.ParseOrder(order); err != nil {
				return Page{}, refuse("order", "This place in the conversation does not exist.")
			}
		}
		limit = min(max(limit, 1), mostPage)
		read := app.readAfter
		if backward {
			read = app.readBefore
		}
		messages, more, err := read(ctx, id, at, limit)
		if err != nil {
			return Page{}, err
		}
		if backward {
			return app.pageOf(ctx, id, messages, more, !at.IsZero())
		}
		return app.pageOf(ctx, id, messages, !at.IsZero(), more)
	})
}

// readBefore and readAfter read one message more than asked for, to know
// whether there are more.
func (a *App) readBefore(ctx context.Context, id uuid.UUID, at journal.Order, limit int) (page []node.Message, more bool, err error) {
	page, err = a.config.Store.PageBefore(ctx, id, at, limit+1)
	if len(page) > limit {
		return page[len(page)-limit:], true, err
	}
	return page, false, err
}

func (a *App) readAfter(ctx context.Context, id uuid.UUID, at journal.Order, limit int) (page []node.Message, more bool, err error) {
	page, err = a.config.Store.PageAfter(ctx, id, at, limit+1)
	if len(page) > limit {
		return page[:limit], true, err
	}
	return page, false, err
}

// readAround reads up to most messages without a hole, at most earlierMost of
// them before an order.
func (a *App) readAround(ctx context.Context, id uuid.UUID, at journal.Order, earlierMost, most int) (page []node.Message, hasBefore, hasAfter bool, err error) {
	earlier, hasBefore, err := a.readBefore(ctx, id, at, earlierMost)
	if err != nil {
		return nil, false, false, err
	}
	var from journal.Order // zero: from the first one on
	switch {
	case len(earlier) > 0:
		from = earlier[len(earlier)-1].Order
	case hasBefore:
		from = before(at)
	}
	later, hasAfter, err := a.readAfter(ctx, id, from, most-len(earlier))
	return slices.Concat(earlier, later), hasBefore, hasAfter, err
}

// firstPage is what a conversation shows when it is opened.
func (a *App) firstPage(ctx context.Context, id uuid.UUID) (Page, error) {
	first, unread, err := a.config.Store.FirstUnread(ctx, id)
	if err != nil {
		return Page{}, notFound(err, errNoConversation)
	}
	if unread == 0 {
		return a.lastPage(ctx, id)
	}
	unreadFrom := unreadPart{first: first, count: unread}
	messages, hasBefore, hasAfter, err := a.readAround(ctx, id, first, readPart, firstPage)
	if err != nil {
		return Page{}, err
	}
	return a.pageWith(ctx, id, messages, hasBefore, hasAfter, unreadFrom)
}

func (a *App) lastPage(ctx context.Context, id uuid.UUID) (Page, error) {
	messages, more, err := a.readBefore(ctx, id, journal.Order{}, firstPage)
	if err != nil {
		return Page{}, err
	}
	return a.pageWith(ctx, id, messages, more, false, unreadPart{})
}

// unreadPart is where the unread messages begin, and how many there are.
type unreadPart struct {
	first journal.Order
	count int
}

// pageOf adds to messages what stands around them.
func (a *App) pageOf(ctx context.Context, id uuid.UUID, messages []node.Message, before, after bool) (Page, error) {
	first, count, err := a.config.Store.FirstUnread(ctx, id)
	if err != nil {
		return Page{}, notFound(err, errNoConversation)
	}
	return a.pageWith(ctx, id, messages, before, after, unreadPart{first: first, count: count})
}

func (a *App) pageWith(ctx context.Context, id uuid.UUID, messages []node.Message, before, after bool, unread unreadPart) (Page, error) {
	conversation, err := a.row(ctx, id)
	if err != nil {
		return Page{}, err
	}
	page := Page{
		Conversation: conversation, Messages: a.plain(messages), HasBefore: before, HasAfter: after, UnreadCount: unread.count,
	}
	if unread.count > 0 {
		page.FirstUnread, err = a.idAt(ctx, id, unread.first, messages)
	}
	return page, err
}

// idAt returns the id of the message at an order, which is often on the page.
func (a *App) idAt(ctx context.Context, id uuid.UUID, order journal.Order, messages []node.Message) (string, error) {
	for _, m := range messages {
		if m.Order == order {
			return m.Hash.String(), nil
		}
	}
	found, err := a.config.Store.PageAfter(ctx, id, before(order), 1)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].Hash.String(), nil
}

// SendText appends a text to the log. When it returns, the message is on disk.
// Errors: text-empty, text-long (32 KiB; params size, limit), banned, disk-full, read-only.
func (a *API) SendText(conversation, text string) (Message, error) {
	return ask(a, "SendText", func(ctx context.Context, app *App, running Running) (Message, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return Message{}, err
		}
		sent, err := running.SendText(ctx, id, text)
		if err != nil {
			return Message{}, err
		}
		return app.plain([]node.Message{sent})[0], nil
	})
}

// SaveDraft keeps what is in the composer; "" clears it.
func (a *API) SaveDraft(conversation, text string) error {
	_, err := do(a, "SaveDraft", func(ctx context.Context, app *App) (nothing, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		if len(text) > maxDraft {
			return nothing{}, refuse("draft-long", "This draft is too long to be kept. Shorten it.", "limit", strconv.Itoa(maxDraft))
		}
		if _, err := app.config.Store.Row(ctx, id); err != nil {
			return nothing{}, notFound(err, errNoConversation)
		}
		if err := app.config.Store.SaveDraft(ctx, id, valid(text, maxDraft)); err != nil {
			return nothing{}, err
		}
		app.changes.mark(func(w *waiting) { w.rows[id] = true })
		return nothing{}, nil
	})
	return err
}

// Typing tells the other side, at most every 3 s; it ends by itself after 6 s.
func (a *API) Typing(conversation string) error {
	_, err := do(a, "Typing", func(ctx context.Context, app *App) (nothing, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		if running := app.started(); running != nil {
			return nothing{}, running.Typing(ctx, id)
		}
		return nothing{}, nil
	})
	return err
}

// MarkRead moves the read position up to a message (its id).
func (a *API) MarkRead(conversation, message string) error {
	_, err := ask(a, "MarkRead", func(ctx context.Context, app *App, running Running) (nothing, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		hash, err := parseHash(message)
		if err != nil {
			return nothing{}, err
		}
		found, err := app.config.Store.Message(ctx, hash)
		if err != nil {
			return nothing{}, notFound(err, errNoMessage)
		}
		if found.Conversation != id {
			return nothing{}, errNoMessage
		}
		read, err := app.config.Store.ReadVectorAt(ctx, id, found.Order)
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, running.MarkRead(ctx, id, read)
	})
	return err
}

// Focus tells what is on screen: the conversation shown ("" for none) and
// whether the window has the focus.
func (a *API) Focus(conversation string, focused bool) error {
	_, err := do(a, "Focus", func(ctx context.Context, app *App) (nothing, error) {
		id := uuid.Nil
		if conversation != "" {
			var err error
			if id, err = parseConversation(conversation); err != nil {
				return nothing{}, err
			}
		}
		app.mutex.Lock()
		app.focused = focused
		app.mutex.Unlock()
		app.outside.look(conversation, focused)
		return nothing{}, app.focusOn(ctx, id)
	})
	return err
}

// focusOn gives a reason for a line to the conversation on screen.
func (a *App) focusOn(ctx context.Context, id uuid.UUID) error {
	a.mutex.Lock()
	same := a.focus == id
	a.focus = id
	running := a.running
	a.mutex.Unlock()
	if running == nil || same {
		return nil // the device asks when it starts
	}
	return running.Focus(ctx, id)
}

// parseHash reads the id of a message.
func parseHash(text string) (journal.Hash, error) {
	var hash journal.Hash
	if len(text) != hex.EncodedLen(len(hash)) {
		return hash, errNoMessage
	}
	if _, err := hex.Decode(hash[:], []byte(text)); err != nil {
		return journal.Hash{}, errNoMessage
	}
	return hash, nil
}

// notFound answers with a sentence for what is not there.
func notFound(err error, sentence *Error) error {
	if errors.Is(err, node.ErrNotFound) {
		return sentence
	}
	return err
}
