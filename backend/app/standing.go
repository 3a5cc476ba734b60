package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// Folder is where the list has a conversation.
type Folder string

// The folders.
const (
	FolderList     Folder = ""
	FolderArchived Folder = "archived" // out of the list until they write, unless it is quiet
	FolderHidden   Folder = "hidden"   // deleted: out of it until somebody writes
)

var folders = map[node.Folder]Folder{node.FolderList: FolderList, node.FolderArchived: FolderArchived, node.FolderHidden: FolderHidden}

// tellStanding puts into a row how it is kept.
func tellStanding(plain *Conversation, row node.Row) {
	plain.Pinned, plain.Folder, plain.Quiet, plain.Marked = row.Standing.Pinned, folders[row.Standing.Folder], row.Standing.Quiet, row.Standing.Marked
	plain.Cleared = moment(row.Standing.Cleared)
	if plain.Cleared > plain.LastTime {
		plain.LastTime = plain.Cleared
	}
}

// PinConversations has exactly these conversations, by id, stand at the top of the
// list, in this order. Errors: pins (more than 50), no-conversation, disk-full, read-only.
func (a *API) PinConversations(conversations []string) error {
	_, err := ask(a, "PinConversations", func(ctx context.Context, _ *App, running Running) (nothing, error) {
		// One more than may be is refused; what is beyond is not looked at.
		var ids []uuid.UUID
		for _, text := range conversations[:min(len(conversations), node.MaxPins+1)] {
			id, err := parseConversation(text)
			if err != nil {
				return nothing{}, err
			}
			ids = append(ids, id)
		}
		return nothing{}, running.PinConversations(ctx, ids)
	})
	return err
}

// ArchiveConversation takes a conversation out of the list until they write, or for
// good while it is quiet; false puts one that is archived or deleted back. Errors:
// no-conversation, disk-full, read-only.
func (a *API) ArchiveConversation(conversation string, archived bool) error {
	return a.about("ArchiveConversation", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		folder := node.FolderList
		if archived {
			folder = node.FolderArchived
		}
		return running.SetFolder(ctx, id, folder)
	})
}

// QuietConversation says whether what they send makes no noise: no notification, and
// no part in what the window counts. Errors: no-conversation, disk-full, read-only.
func (a *API) QuietConversation(conversation string, quiet bool) error {
	return a.about("QuietConversation", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.SetQuiet(ctx, id, quiet)
	})
}

// MarkUnread marks a conversation as unread, or takes that mark away; what was read
// stays read, and nobody is told. Errors: no-conversation, disk-full, read-only.
func (a *API) MarkUnread(conversation string, unread bool) error {
	return a.about("MarkUnread", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.SetMarked(ctx, id, unread)
	})
}

// ReadConversation says that all of a conversation is read, as MarkRead does of its
// last message. Errors: no-conversation, disk-full, read-only.
func (a *API) ReadConversation(conversation string) error {
	_, err := ask(a, "ReadConversation", func(ctx context.Context, app *App, running Running) (nothing, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		row, err := app.config.Store.Row(ctx, id)
		if err != nil {
			return nothing{}, notFound(err, errNoConversation)
		}
		if row.Last != nil && row.Unread > 0 {
			read, err := app.config.Store.ReadVectorAt(ctx, id, row.Last.Order)
			if err != nil {
				return nothing{}, err
			}
			if err = running.MarkRead(ctx, id, read); err != nil {
				return nothing{}, err
			}
		}
		return nothing{}, running.SetMarked(ctx, id, false)
	})
	return err
}

// ClearConversation erases the messages of a conversation on this computer for good,
// in snapshots and the search index too. My messages that wait for them still go, and
// are erased then. The other side keeps theirs; nothing of it comes back from there.
// Errors: no-conversation, disk-full, read-only.
func (a *API) ClearConversation(conversation string) error {
	return a.about("ClearConversation", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.ClearConversation(ctx, id)
	})
}

// DeleteConversation does that, drops the draft, and takes the conversation out of the
// list until somebody writes. The contact stays; somebody who is forgotten goes as
// well. Errors: as ClearConversation.
func (a *API) DeleteConversation(conversation string) error {
	return a.about("DeleteConversation", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.DeleteConversation(ctx, id)
	})
}

// ForgetContact makes a contact, or somebody who was asked, a stranger: no line, no
// presence, nothing of theirs is taken, nothing waiting goes out, what servers keep for
// them is taken back as far as that can be, and how they were verified is forgotten.
// They are not told. With erase the conversation goes too, else it stays to be read.
// Errors: no-conversation, disk-full, read-only.
func (a *API) ForgetContact(conversation string, erase bool) error {
	return a.about("ForgetContact", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.ForgetContact(ctx, id, erase)
	})
}

// about makes a call about a conversation.
func (a *API) about(call, conversation string, body func(context.Context, Running, uuid.UUID) error) error {
	_, err := ask(a, call, func(ctx context.Context, _ *App, running Running) (nothing, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, body(ctx, running, id)
	})
	return err
}
