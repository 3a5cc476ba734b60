package app

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

var errNotMine = refuse("not-mine", "Only your own messages can be changed, or deleted for everyone. You can still hide this one here.")

// SendReply is SendText for a message that answers another one of the
// conversation, by its id. Errors: as SendText, no-message.
func (a *API) SendReply(conversation, text, message string) (Message, error) {
	return ask(a, "SendReply", func(ctx context.Context, app *App, running Running) (Message, error) {
		answered, err := app.messageIn(ctx, conversation, message)
		if err != nil {
			return Message{}, err
		}
		sent, err := running.SendReply(ctx, answered.Conversation, text, answered.Hash)
		if err != nil {
			return Message{}, err
		}
		return app.messageNow(ctx, sent.Hash)
	})
}

// EditMessage gives a message of mine another text, for everyone. Errors: as
// SendText, no-message, not-mine.
func (a *API) EditMessage(conversation, message, text string) (Message, error) {
	return ask(a, "EditMessage", func(ctx context.Context, app *App, running Running) (Message, error) {
		found, err := app.mineIn(ctx, conversation, message)
		if err != nil {
			return Message{}, err
		}
		if err = running.EditMessage(ctx, found.Conversation, found.Hash, text); err != nil {
			return Message{}, err
		}
		return app.messageNow(ctx, found.Hash)
	})
}

// DeleteMessage takes a message of mine back for everyone, or hides any message
// on this computer alone. Either way its text is erased from this disk. Errors:
// no-conversation, no-message, not-mine, banned, disk-full, read-only.
func (a *API) DeleteMessage(conversation, message string, forEveryone bool) error {
	_, err := ask(a, "DeleteMessage", func(ctx context.Context, app *App, running Running) (nothing, error) {
		find := app.messageIn
		if forEveryone {
			find = app.mineIn
		}
		found, err := find(ctx, conversation, message)
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, running.DeleteMessage(ctx, found, forEveryone)
	})
	return err
}

// React puts an emoji (one, of at most 40 bytes) on a message, or takes mine
// away. Errors: no-conversation, no-message, emoji, reactions-many, banned,
// disk-full, read-only.
func (a *API) React(conversation, message, emoji string, remove bool) (Message, error) {
	return ask(a, "React", func(ctx context.Context, app *App, running Running) (Message, error) {
		found, err := app.messageIn(ctx, conversation, message)
		switch {
		case err != nil:
			return Message{}, err
		case found.Deleted:
			return Message{}, errNoMessage
		}
		mine := 0
		for _, reaction := range found.Reactions {
			if reaction.Mine {
				mine++
			}
		}
		if !remove && mine >= timeline.MostReactions/2 {
			return Message{}, refuse("reactions-many", "You put very many emoji on this message already. Take one away first.")
		}
		reaction := journal.Reaction{Target: found.Hash, Emoji: valid(emoji, journal.MaxEmoji+1), Remove: remove}
		if err = running.React(ctx, found.Conversation, reaction); err != nil {
			return Message{}, err
		}
		return app.messageNow(ctx, found.Hash)
	})
}

// SetTimer says how many seconds (up to 7,776,000, which is 90 days) messages
// that are written from now on stay once they were read; 0: for good. It counts
// for both sides. Errors: no-conversation, timer, banned, disk-full, read-only.
func (a *API) SetTimer(conversation string, seconds int) error {
	_, err := ask(a, "SetTimer", func(ctx context.Context, _ *App, running Running) (nothing, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		// What is out of range must stay so as a duration.
		seconds = min(max(seconds, -1), int(journal.MaxTimer/time.Second)+1)
		return nothing{}, running.SetTimer(ctx, id, time.Duration(seconds)*time.Second)
	})
	return err
}

// messageIn finds a message of a conversation.
func (a *App) messageIn(ctx context.Context, conversation, message string) (node.Message, error) {
	id, err := parseConversation(conversation)
	if err != nil {
		return node.Message{}, err
	}
	hash, err := parseHash(message)
	if err != nil {
		return node.Message{}, err
	}
	found, err := a.config.Store.Message(ctx, hash)
	if err != nil {
		return node.Message{}, notFound(err, errNoMessage)
	}
	if found.Conversation != id {
		return node.Message{}, errNoMessage
	}
	return found, nil
}

// mineIn finds a message of mine that is not deleted.
func (a *App) mineIn(ctx context.Context, conversation, message string) (node.Message, error) {
	found, err := a.messageIn(ctx, conversation, message)
	switch {
	case err != nil:
		return found, err
	case !found.Mine:
		return found, errNotMine
	case found.Deleted:
		return found, errNoMessage
	}
	return found, nil
}

// messageNow reads a message as it stands.
func (a *App) messageNow(ctx context.Context, hash journal.Hash) (Message, error) {
	found, err := a.config.Store.Message(ctx, hash)
	if err != nil {
		return Message{}, notFound(err, errNoMessage)
	}
	return a.plain([]node.Message{found})[0], nil
}

// flushTouched reads messages that came, or look different now, and returns
// also the ids of those that are gone.
func (a *App) flushTouched(ctx context.Context, hashes []journal.Hash) (told []Message, gone []string) {
	found := make([]node.Message, 0, len(hashes))
	seen := make(map[journal.Hash]bool, len(hashes))
	for _, hash := range hashes {
		if seen[hash] {
			continue
		}
		seen[hash] = true
		message, err := a.config.Store.Message(ctx, hash)
		switch {
		case errors.Is(err, node.ErrNotFound):
			gone = append(gone, hash.String())
		case err != nil:
			a.complain(ctx, "a message cannot be read", err)
		default:
			found = append(found, message)
		}
	}
	if len(found) == 0 {
		return nil, gone
	}
	return a.plain(found), gone
}

// veil takes away what they read, while receipts are off.
func (a *App) veil(m node.Message) node.Message {
	if m.Mine && a.hidesReads.Load() {
		m.Read = false
	}
	return m
}

func replyOf(m node.Message) *Reply {
	if m.Reply == nil {
		return nil
	}
	reply := &Reply{ID: m.Reply.Message.String(), Here: m.Reply.Here, Deleted: m.Reply.Deleted, Mine: m.Reply.Mine, Text: m.Reply.Text}
	if reply.Here {
		reply.Author = m.Reply.Author.String()
	}
	return reply
}

func reactionsOf(m node.Message) []Reaction {
	var reactions []Reaction
	for _, one := range m.Reactions {
		reaction := Reaction{Emoji: one.Emoji, Count: len(one.Authors), Mine: one.Mine, Authors: make([]string, 0, len(one.Authors))}
		for _, author := range one.Authors {
			reaction.Authors = append(reaction.Authors, author.String())
		}
		reactions = append(reactions, reaction)
	}
	return reactions
}

// seconds of a timer.
func seconds(stay time.Duration) int { return int(stay / time.Second) }

// notPicture says that a file cannot be shown as a picture.
func notPicture(err error) error {
	if errors.Is(err, chat.ErrPicture) {
		return refuse("picture", "This picture cannot be used. Choose a JPEG, PNG or GIF image of up to "+strconv.Itoa(maxPictureFile>>20)+" MiB.",
			"limit", strconv.Itoa(maxPictureFile>>20))
	}
	return err
}

// conversationOrMe reads the id of a conversation; uuid.Nil stands for this person.
func conversationOrMe(conversation string) (uuid.UUID, error) {
	if conversation == "" {
		return uuid.Nil, nil
	}
	return parseConversation(conversation)
}
