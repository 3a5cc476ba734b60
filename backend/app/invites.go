package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/node"
)

const day = 24 * time.Hour

// hostPatience is how long a new invite waits for the server in this app to start.
const hostPatience = 5 * time.Second

// CreateInvite makes a new link. Errors: invite-options, no-server (nowhere to be found: hosting is off and no server is set).
func (a *API) CreateInvite(options InviteOptions) (Invite, error) {
	return ask(a, "CreateInvite", func(ctx context.Context, app *App, running Running) (Invite, error) {
		if options.Days == 0 {
			options.Days = 7
		}
		if options.Uses == 0 {
			options.Uses = 1
		}
		if !slices.Contains([]int{1, 7, 30}, options.Days) || options.Uses < 1 || options.Uses > 100 || len(options.Label) > maxTarget {
			return Invite{}, refuse("invite-options", "A link works for 1, 7 or 30 days and brings 1 to 100 people; its label has at most 64 characters.")
		}
		life := time.Duration(options.Days) * day
		made, err := running.CreateInvite(ctx, valid(options.Label, maxTarget), life, options.Uses)
		if errors.Is(AsError(err), errNoServer) && app.waitForHost(ctx) {
			made, err = running.CreateInvite(ctx, valid(options.Label, maxTarget), life, options.Uses)
		}
		if err != nil {
			return Invite{}, err
		}
		return app.inviteOf(made, nil)
	})
}

// errNoServer is how the device says that nobody could find it.
var errNoServer = refuse("no-server", "")

// waitForHost waits until the server in this app says where it is, if it was
// turned on a moment ago. It answers whether it does.
func (a *App) waitForHost(ctx context.Context) bool {
	limited, cancel := context.WithTimeout(ctx, hostPatience)
	defer cancel()
	changes := a.Subscribe(-1)
	for {
		a.mutex.Lock()
		wanted, around := a.hosting, a.surroundings
		a.mutex.Unlock()
		if !wanted || around.HostAddress != "" || around.HostError != nil {
			return around.HostAddress != ""
		}
		if _, err := changes.Next(limited); err != nil {
			return false
		}
	}
}

// Invites lists my own links, newest first.
func (a *API) Invites() ([]Invite, error) {
	return ask(a, "Invites", func(ctx context.Context, app *App, running Running) ([]Invite, error) {
		made, err := running.Invites(ctx)
		if err != nil {
			return nil, err
		}
		live, err := running.Live(ctx)
		if err != nil {
			return nil, err
		}
		names := make(map[identity.PeerID]string, len(live.Contacts))
		for _, one := range live.Contacts {
			names[one.Contact.Peer] = one.Contact.Name
		}
		plain := make([]Invite, 0, len(made))
		for _, one := range made {
			shown, err := app.inviteOf(one, names)
			if err != nil {
				return nil, err
			}
			plain = append(plain, shown)
		}
		return plain, nil
	})
}

func (a *App) inviteOf(made node.Invite, names map[identity.PeerID]string) (Invite, error) {
	shown := Invite{
		ID:      made.ID.String(),
		Label:   made.Label,
		Link:    made.Link,
		Short:   invite.Short(made.Link),
		Created: moment(made.Created),
		Expires: moment(made.Expires),
		Uses:    made.Uses,
		Used:    len(made.Used),
		Active:  !made.Revoked && a.now().Before(made.Expires) && len(made.Used) < made.Uses,
		People:  []string{},
	}
	for _, peer := range made.Used {
		if name, known := names[peer]; known {
			shown.People = append(shown.People, name)
		}
	}
	if !shown.Active {
		return shown, nil // nobody shows a code that brings nobody
	}
	var err error
	shown.QR, shown.QRSize, err = invite.QR(made.Link)
	return shown, err
}

// RevokeInvite ends one of them.
func (a *API) RevokeInvite(id string) error {
	_, err := ask(a, "RevokeInvite", func(ctx context.Context, _ *App, running Running) (nothing, error) {
		which, ok := parseID(id)
		if !ok {
			return nothing{}, refuse("no-invite", "This link is not here any more.")
		}
		return nothing{}, running.RevokeInvite(ctx, which)
	})
	return err
}

// ReadInvite tells whom a link leads to; nothing is sent. Errors: invite-empty, invite-not
// (not an invite), invite-truncated, invite-damaged (signature), invite-expired (params date, name),
// invite-own, invite-newer (made by a newer version), invite-banned.
func (a *API) ReadInvite(link string) (InvitePreview, error) {
	return ask(a, "ReadInvite", func(ctx context.Context, app *App, running Running) (InvitePreview, error) {
		live, err := running.Live(ctx)
		if err != nil {
			return InvitePreview{}, err
		}
		opened, err := app.readInvite(link, running, live)
		if err != nil {
			return InvitePreview{}, err
		}
		preview := InvitePreview{
			PeerID:       opened.Peer.String(),
			Name:         chat.TheirName(opened.Name, "?"),
			Color:        opened.Color,
			Servers:      make([]string, 0, len(opened.Servers)),
			Expires:      moment(opened.Expires),
			SafetyNumber: app.safetyNumber(opened.Peer),
		}
		for _, server := range opened.Servers {
			preview.Servers = append(preview.Servers, server.Address())
		}
		for _, one := range live.Contacts {
			if one.Contact.Peer == opened.Peer {
				preview.Conversation = one.Contact.Conversation.String()
			}
		}
		return preview, nil
	})
}

// readInvite reads a link and refuses what leads nowhere.
func (a *App) readInvite(link string, running Running, live node.Live) (invite.Invite, error) {
	opened, err := invite.Parse(link)
	if err != nil {
		return invite.Invite{}, inviteError(err)
	}
	name := chat.TheirName(opened.Name, "?")
	switch {
	case opened.Peer == a.config.Keys.Peer():
		return opened, refuse("invite-own", "This is your own link. Send it to somebody else.")
	case !a.now().Add(live.Clock).Before(opened.Expires):
		return opened, refuse("invite-expired",
			"This link expired on "+opened.Expires.UTC().Format("2 January 2006")+". Ask "+name+" for a new one.",
			"date", moment(opened.Expires), "name", name)
	case running.BannedPeer(opened.Peer):
		return opened, refuse("invite-banned", "You banned "+name+". Undo the ban first.", "name", name)
	}
	return opened, nil
}

// isInviteLink tells whether an argument of the program wants to be an invite.
func isInviteLink(argument string) bool {
	return len(argument) <= maxLink && len(argument) > len("tincan:") && strings.EqualFold(argument[:len("tincan:")], "tincan:")
}

// SendRequest sends the first message to whoever made the link; this is the
// request. Errors: those of ReadInvite, text-empty, request-long (1 KiB).
func (a *API) SendRequest(link, text string) (Conversation, error) {
	return ask(a, "SendRequest", func(ctx context.Context, app *App, running Running) (Conversation, error) {
		live, err := running.Live(ctx)
		if err != nil {
			return Conversation{}, err
		}
		opened, err := app.readInvite(link, running, live)
		if err != nil {
			return Conversation{}, err
		}
		contact, err := running.Ask(ctx, opened, text)
		if err != nil {
			return Conversation{}, err
		}
		return app.row(ctx, contact.Conversation)
	})
}

// AcceptRequest makes the asking person a contact.
func (a *API) AcceptRequest(id string) (Conversation, error) {
	return ask(a, "AcceptRequest", func(ctx context.Context, app *App, running Running) (Conversation, error) {
		peer, err := app.asking(ctx, running, id)
		if err != nil {
			return Conversation{}, err
		}
		contact, err := running.Accept(ctx, peer)
		if err != nil {
			return Conversation{}, err
		}
		return app.row(ctx, contact.Conversation)
	})
}

// DeclineRequest forgets the request; its sender is not told.
func (a *API) DeclineRequest(id string) error {
	_, err := ask(a, "DeclineRequest", func(ctx context.Context, app *App, running Running) (nothing, error) {
		peer, err := app.asking(ctx, running, id)
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, running.Decline(ctx, peer)
	})
	return err
}

// BanRequest bans the asking person, who is not told. Errors: no-request,
// ban-ended, reason-long.
func (a *API) BanRequest(id string, how BanEdit) (Ban, error) {
	return ask(a, "BanRequest", func(ctx context.Context, app *App, running Running) (Ban, error) {
		peer, err := app.asking(ctx, running, id)
		if err != nil {
			return Ban{}, err
		}
		ends, err := readEnds(how.Ends)
		if err != nil {
			return Ban{}, err
		}
		ban, err := running.AddBan(ctx, node.Ban{Kind: node.BanPeer, Peer: peer, Reason: valid(how.Reason, maxReasonBytes), Expires: ends, Tell: how.Tell})
		if err != nil {
			return Ban{}, err
		}
		return app.banOf(ban), nil
	})
}

// asking returns who sent a request.
func (a *App) asking(ctx context.Context, running Running, id string) (identity.PeerID, error) {
	conversation, ok := parseID(id)
	if !ok {
		return identity.PeerID{}, errNoRequest
	}
	live, err := running.Live(ctx)
	if err != nil {
		return identity.PeerID{}, err
	}
	for _, request := range live.Requests {
		if a.conversationWith(request.Peer) == conversation {
			return request.Peer, nil
		}
	}
	return identity.PeerID{}, errNoRequest
}

// SafetyNumber returns 12 groups of five digits for a contact.
func (a *API) SafetyNumber(peer string) (string, error) {
	return do(a, "SafetyNumber", func(_ context.Context, app *App) (string, error) {
		id, err := parsePeer(peer)
		if err != nil {
			return "", err
		}
		return app.safetyNumber(id), nil
	})
}

// parsePeer reads the id of a person.
func parsePeer(text string) (identity.PeerID, error) {
	if len(text) > maxTarget {
		return identity.PeerID{}, refuse("peer", "This is not a Tincan identity. It begins with tc1.")
	}
	id, err := identity.ParsePeerID(text)
	if err != nil {
		return identity.PeerID{}, refuse("peer", "This is not a Tincan identity. It begins with tc1.")
	}
	return id, nil
}
