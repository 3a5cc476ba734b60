package app

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/node"
)

// maxReasonBytes bounds what is looked at; the limit in characters is the device's.
const maxReasonBytes = 4 << 10

// CheckBan reads a target and tells what banning it would do. Kind "" means: find out.
func (a *API) CheckBan(kind BanKind, target string) (BanCheck, error) {
	return ask(a, "CheckBan", func(ctx context.Context, app *App, running Running) (BanCheck, error) {
		checked, _, err := app.checkBan(ctx, running, kind, target)
		return checked, err
	})
}

// AddBan adds it; open lines through it close at once. Errors: ban-target (params what),
// ban-prefix (params prefix, most, suggestion), ban-domain (params what), ban-self,
// ban-server, ban-exists, ban-ended, no-invite, reason-long (200 characters).
func (a *API) AddBan(options BanOptions) (Ban, error) {
	return ask(a, "AddBan", func(ctx context.Context, app *App, running Running) (Ban, error) {
		checked, added, err := app.checkBan(ctx, running, options.Kind, options.Target)
		if err != nil {
			return Ban{}, err
		}
		if checked.Error != nil {
			return Ban{}, checked.Error
		}
		if added.Expires, err = readEnds(options.Ends); err != nil {
			return Ban{}, err
		}
		added.Reason, added.Tell = valid(options.Reason, maxReasonBytes), options.Tell && ofPeople(added.Kind)
		if added, err = running.AddBan(ctx, added); err != nil {
			return Ban{}, err
		}
		return app.banOf(added), nil
	})
}

// EditBan changes why, how long, and whether servers are told. Errors: no-ban,
// ban-ended, reason-long.
func (a *API) EditBan(id string, changed BanEdit) (Ban, error) {
	return ask(a, "EditBan", func(ctx context.Context, app *App, running Running) (Ban, error) {
		which, ok := parseID(id)
		if !ok {
			return Ban{}, errNoBan
		}
		ends, err := readEnds(changed.Ends)
		if err != nil {
			return Ban{}, err
		}
		edited, err := running.EditBan(ctx, node.Ban{ID: which, Reason: valid(changed.Reason, maxReasonBytes), Expires: ends, Tell: changed.Tell})
		if err != nil {
			return Ban{}, err
		}
		return app.banOf(edited), nil
	})
}

var errNoBan = refuse("no-ban", "This ban is not on the list any more.")

// readEnds reads the end of a ban.
func readEnds(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	ends, err := time.Parse(time.RFC3339, text)
	if err != nil || ends.Year() > 9999 || ends.Year() < 1970 {
		return time.Time{}, refuse("ban-ended", "This is not a day on which a ban could end. Choose one, or none.")
	}
	return ends.UTC().Truncate(time.Millisecond), nil
}

// ofPeople tells whether a server can be told of such a ban.
func ofPeople(kind node.BanKind) bool { return kind == node.BanPeer || kind == node.BanInvite }

// checkBan reads a target and compares it with what must not be banned.
func (a *App) checkBan(ctx context.Context, running Running, kind BanKind, target string) (BanCheck, node.Ban, error) {
	read := readBan(kind, target)
	checked := BanCheck{
		Kind: read.kind, Target: read.target, Touches: []string{}, Known: []string{}, Came: []string{},
		Suggestion: read.suggestion, Error: read.refused,
	}
	if read.target == "" {
		return checked, node.Ban{}, nil
	}
	guarded, err := a.guards(ctx, running)
	if err != nil {
		return BanCheck{}, node.Ban{}, err
	}
	touch, err := running.Touched(ctx, read.ban)
	if err != nil {
		return BanCheck{}, node.Ban{}, err
	}
	checked.Touches = append(checked.Touches, touch.Through...)
	checked.Known = append(checked.Known, touch.Known...)
	checked.Came = append(checked.Came, touch.Came...)
	checked.Asking, checked.Count = touch.Asking, touch.Count
	if touch.Exists {
		checked.Error = refuse("ban-exists", "This is on the ban list already.")
	} else {
		checked.Error = guarded.forbids(read.ban)
	}
	return checked, read.ban, nil
}

// guards are what must not be banned.
type guards struct {
	self    node.Ban
	invites map[string]bool
	own     []netip.Addr
	servers []guardedServer
}

type guardedServer struct {
	address   string
	name      string // in the form in which domains are compared, "" for none
	addresses []netip.Addr
}

func (a *App) guards(ctx context.Context, running Running) (guards, error) {
	live, err := running.Live(ctx)
	if err != nil {
		return guards{}, err
	}
	invites, err := running.Invites(ctx)
	if err != nil {
		return guards{}, err
	}
	guarded := guards{self: node.Ban{Kind: node.BanPeer, Peer: a.config.Keys.Peer()}, invites: make(map[string]bool, len(invites))}
	for _, one := range invites {
		guarded.invites[one.ID.String()] = true
	}
	for _, own := range a.config.Addresses() {
		guarded.own = append(guarded.own, own.Unmap().WithZone(""))
	}
	for _, server := range live.Servers {
		if server.Guest {
			continue
		}
		guarded.servers = append(guarded.servers, a.guardedServers(ctx, server)...)
	}
	return guarded, nil
}

// guardedServers are the places of a server.
func (a *App) guardedServers(ctx context.Context, server node.LiveServer) []guardedServer {
	var places []guardedServer
	for _, host := range hosts(server) {
		place := guardedServer{address: server.Server.Address()}
		if address, err := netip.ParseAddr(host); err == nil {
			place.addresses = []netip.Addr{address.Unmap().WithZone("")}
		} else if name, good := ban.NormalizeHost(host); good {
			place.name = name
			if a.config.Resolve != nil {
				place.addresses = a.config.Resolve(ctx, name)
			}
		}
		places = append(places, place)
	}
	return places
}

// forbids refuses what would cut this device off, and invites that are not there.
func (g guards) forbids(meant node.Ban) *Error {
	switch meant.Kind {
	case node.BanPeer:
		if meant.Peer == g.self.Peer {
			return refuse("ban-self", "This is you. Nobody can ban themselves.")
		}
		return nil
	case node.BanInvite:
		if !g.invites[meant.Invite.String()] {
			return refuse("no-invite", "This link is not here any more.")
		}
		return nil
	case node.BanAddress, node.BanRange, node.BanDomain:
	}
	if meant.Kind != node.BanDomain && slices.ContainsFunc(g.own, meant.Range.Contains) {
		return refuse("ban-self", "This is an address of this computer. Banning it would cut you off.")
	}
	for _, server := range g.servers {
		if meant.Kind == node.BanDomain {
			if server.name != "" && ban.Covers(meant.Domain, server.name) {
				return refuse("ban-server", "Your introduction server "+server.address+" is there. Remove the server first, or ban less.", "server", server.address)
			}
		} else if slices.ContainsFunc(server.addresses, meant.Range.Contains) {
			return refuse("ban-server", "Your introduction server "+server.address+" is there. Remove the server first, or ban a smaller range.", "server", server.address)
		}
	}
	return nil
}

// RemoveBan ends a ban and returns what it was, so that undo can add it again.
func (a *API) RemoveBan(id string) (Ban, error) {
	return ask(a, "RemoveBan", func(ctx context.Context, app *App, running Running) (Ban, error) {
		which, ok := parseID(id)
		if !ok {
			return Ban{}, errNoBan
		}
		gone, err := running.RemoveBan(ctx, which)
		if err != nil {
			return Ban{}, err
		}
		return app.banOf(gone), nil
	})
}

// ClearBans ends all bans and returns how many there were.
func (a *API) ClearBans() (int, error) {
	return ask(a, "ClearBans", func(ctx context.Context, _ *App, running Running) (int, error) {
		return running.ClearBans(ctx)
	})
}

// BanOn returns the ban that keeps somebody out: on them, or on the invite by
// which they came. Errors: no-conversation, no-ban.
func (a *API) BanOn(conversation string) (Ban, error) {
	return ask(a, "BanOn", func(ctx context.Context, app *App, running Running) (Ban, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return Ban{}, err
		}
		row, err := app.config.Store.Row(ctx, id)
		if err != nil {
			return Ban{}, notFound(err, errNoConversation)
		}
		held, err := running.BanOn(ctx, row.Contact.Peer)
		if err != nil {
			return Ban{}, err
		}
		return app.banOf(held), nil
	})
}

// RestoreBan undoes RemoveBan: the same line, its date and its counter.
func (a *API) RestoreBan(gone Ban) (Ban, error) {
	return ask(a, "RestoreBan", func(ctx context.Context, app *App, running Running) (Ban, error) {
		checked, restored, err := app.checkBan(ctx, running, gone.Kind, gone.Target)
		if err != nil {
			return Ban{}, err
		}
		if checked.Error != nil {
			return Ban{}, checked.Error
		}
		if restored.Expires, err = readEnds(gone.Ends); err != nil {
			return Ban{}, err
		}
		if id, ok := parseID(gone.ID); ok {
			restored.ID = id
		}
		if added, parseErr := time.Parse(time.RFC3339, gone.Added); parseErr == nil && !added.After(app.now()) {
			restored.Added = added
		}
		restored.Name = chat.CleanName(valid(gone.Name, maxTarget))
		restored.Color = min(max(gone.Color, 0), chat.Colors)
		restored.Reason = valid(gone.Reason, maxReasonBytes)
		restored.Tell = gone.Tell && ofPeople(restored.Kind)
		restored.Blocked = max(gone.Blocked, 0)
		if restored, err = running.RestoreBan(ctx, restored); err != nil {
			return Ban{}, err
		}
		return app.banOf(restored), nil
	})
}

// single is the range of one address.
func single(address netip.Addr) netip.Prefix { return netip.PrefixFrom(address, address.BitLen()) }

// bans returns the list, oldest first, which is asked for only when it changed.
// Nobody changes what it returns.
func (a *App) bans(ctx context.Context, running Running) ([]node.Ban, error) {
	a.mutex.Lock()
	held := a.banList
	a.mutex.Unlock()
	list, err := running.Bans(ctx, held.Revision)
	if err != nil {
		return nil, err
	}
	if list.Revision == held.Revision {
		return held.Bans, nil
	}
	a.mutex.Lock()
	a.banList = list
	a.mutex.Unlock()
	return list.Bans, nil
}

func (a *App) banOf(one node.Ban) Ban {
	return Ban{
		ID: one.ID.String(), Kind: banKindOf(one.Kind), Target: banTarget(one), Name: one.Name, Color: one.Color, Reason: one.Reason,
		Added: moment(one.Added), Ends: moment(one.Expires), Ended: one.Ended(a.now()), Tell: one.Tell, Blocked: one.Blocked,
	}
}

func banKindOf(kind node.BanKind) BanKind {
	switch kind {
	case node.BanPeer:
		return BanPeer
	case node.BanInvite:
		return BanInvite
	case node.BanDomain:
		return BanDomain
	case node.BanRange:
		return BanRange
	case node.BanAddress:
	}
	return BanAddress
}

// banTarget is a text that readBan reads as the same.
func banTarget(one node.Ban) string {
	switch one.Kind {
	case node.BanPeer:
		return one.Peer.String()
	case node.BanInvite:
		return invitePrefix + one.Invite.String()
	case node.BanDomain:
		return one.Domain
	case node.BanAddress:
		return one.Range.Addr().String()
	case node.BanRange:
	}
	return one.Range.String()
}

// hosts returns the names and addresses of a server.
func hosts(server node.LiveServer) []string {
	var found []string
	for _, text := range server.Server.URLs {
		if host := hostOf(text); host != "" {
			found = append(found, host)
		}
	}
	return found
}

// oneLine is a text without line breaks and other controls.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, text))
}
