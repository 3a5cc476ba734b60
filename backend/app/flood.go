package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// flooded says that a contact sends more than anybody can read, so that nothing
// is told of it.
func flooded(name string) *node.Refusal {
	return &node.Refusal{
		Code: "flood", Params: map[string]string{"name": name},
		Message: name + " sends more than anybody can read. You are not told of it until you unmute them. Nothing that they send is lost.",
	}
}

// mutedSince tells since when a contact is muted; zero: they are not. a.mutex is held.
func (a *App) mutedSince(conversation uuid.UUID) time.Time {
	if live, known := a.live[conversation]; known {
		return live.Muted
	}
	return a.notices.Muted[conversation]
}

// tellMute puts into a row that its contact is muted: what they sent is not
// counted then.
func (a *App) tellMute(plain *Conversation, conversation uuid.UUID) {
	a.mutex.Lock()
	since := a.mutedSince(conversation)
	a.mutex.Unlock()
	if !since.IsZero() {
		plain.Muted, plain.Unread = moment(since), 0
	}
}

// keepMutes remembers who is muted, and tells whether that is news.
func (n *notices) keepMutes(muted map[uuid.UUID]time.Time) bool {
	news := false
	for conversation, since := range muted {
		if _, known := n.Muted[conversation]; !known {
			n.Muted[conversation], news = since, true
		}
	}
	return news
}

// muteAgain has those kept quiet who were when this ran last.
func (a *App) muteAgain(ctx context.Context, running Running) {
	a.mutex.Lock()
	muted := a.notices.clone().Muted
	a.mutex.Unlock()
	for conversation, since := range muted {
		if err := running.Mute(ctx, conversation, since); err != nil {
			a.logger.InfoContext(ctx, "somebody who was muted is not known any more", slog.Any("error", err))
		}
	}
}

// Unmute has everything told again that a contact sends who was muted because it
// was too much. What was not kept meanwhile is asked for. Errors: no-conversation,
// disk-full, read-only.
func (a *API) Unmute(conversation string) error {
	_, err := ask(a, "Unmute", func(ctx context.Context, app *App, running Running) (nothing, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		if _, err = app.changeNotices(ctx, func(n *notices) bool {
			_, kept := n.Muted[id]
			delete(n.Muted, id)
			return kept
		}); err != nil {
			return nothing{}, err
		}
		if err = running.Unmute(ctx, id); err != nil {
			return nothing{}, err
		}
		// What was not told has to be read.
		app.changes.publish(Changes{Reset: true})
		return nothing{}, nil
	})
	return err
}
