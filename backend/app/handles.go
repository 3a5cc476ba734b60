package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// ClaimHandle takes a handle for this person: name@host, or the name alone where
// one server of theirs has handles. Nothing is claimed unless this is called.
// Errors: those of FindHandle that are about the text and the server,
// handle-taken, handle-many (3 held, 5 taken a day), handle-not-here (the server
// has another name), disk-full, read-only.
func (a *API) ClaimHandle(handle string) (Profile, error) {
	return ask(a, "ClaimHandle", func(ctx context.Context, app *App, running Running) (Profile, error) {
		if _, err := running.ClaimHandle(ctx, valid(handle, maxAddress)); err != nil {
			return Profile{}, err
		}
		return app.profileNow(ctx, running)
	})
}

// ReleaseHandle gives a handle back; its server keeps it from others for a while.
// Errors: handle-not-own, handle-server-down, handle-later, disk-full, read-only.
func (a *API) ReleaseHandle(handle string) (Profile, error) {
	return ask(a, "ReleaseHandle", func(ctx context.Context, app *App, running Running) (Profile, error) {
		if err := running.ReleaseHandle(ctx, valid(handle, maxAddress)); err != nil {
			return Profile{}, err
		}
		return app.profileNow(ctx, running)
	})
}

func (a *App) profileNow(ctx context.Context, running Running) (Profile, error) {
	live, err := running.Live(ctx)
	if err != nil {
		return Profile{}, err
	}
	return a.profileOf(live), nil
}

// FindHandle tells who has a handle; they hear nothing of it. Errors (params
// handle, host): handle-empty, handle-name, handle-host (not a server's name),
// handle-no-server (none of mine has handles), handle-which (several have),
// handle-server-unknown (not one of mine), handle-server-down,
// handle-server-banned, handle-not-offered, handle-not-found, handle-own,
// handle-elsewhere (claimed under another host; param other), handle-forged, handle-later, handle-changed (a contact's handle, and now
// another person; params name, conversation), invite-banned (param name).
func (a *API) FindHandle(handle string) (FoundPerson, error) {
	return ask(a, "FindHandle", func(ctx context.Context, app *App, running Running) (FoundPerson, error) {
		found, err := running.FindHandle(ctx, valid(handle, maxAddress))
		if err != nil {
			return FoundPerson{}, err
		}
		live, err := running.Live(ctx)
		if err != nil {
			return FoundPerson{}, err
		}
		person := FoundPerson{
			Handle: found.Handle, PeerID: found.Peer.String(), Name: found.Name, Color: found.Color, SafetyNumber: app.safetyNumber(found.Peer),
		}
		if found.Conversation != uuid.Nil {
			person.Conversation = found.Conversation.String()
		}
		for _, request := range live.Requests {
			person.Asking = person.Asking || request.Peer == found.Peer
		}
		return person, nil
	})
}

// AskHandle sends the first message to whom FindHandle found, by their handle and
// identity; this is the request. Errors: those of FindHandle, peer, text-empty,
// request-long (1 KiB), handle-moved (somebody else has it by now),
// contact-already (params name, conversation), contact-pending.
func (a *API) AskHandle(handle, peer, text string) (Conversation, error) {
	return ask(a, "AskHandle", func(ctx context.Context, app *App, running Running) (Conversation, error) {
		id, err := parsePeer(peer)
		if err != nil {
			return Conversation{}, err
		}
		contact, err := running.AskHandle(ctx, valid(handle, maxAddress), id, text)
		if err != nil {
			return Conversation{}, err
		}
		return app.row(ctx, contact.Conversation)
	})
}

func ownHandlesOf(handles []node.LiveHandle) []OwnHandle {
	own := make([]OwnHandle, 0, len(handles))
	for _, one := range handles {
		own = append(own, OwnHandle{Handle: one.Handle.String(), Host: one.Handle.Host, Lost: one.Lost})
	}
	return own
}

// handlesBefore are the handles before any server was asked.
func handlesBefore(kept []node.Handle) []node.LiveHandle {
	handles := make([]node.LiveHandle, 0, len(kept))
	for _, one := range kept {
		handles = append(handles, node.LiveHandle{Handle: one})
	}
	return handles
}
