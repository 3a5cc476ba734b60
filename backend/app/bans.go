package app

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/node"
)

// maxReasonBytes bounds what is looked at; the limit in characters is the device's.
const maxReasonBytes = 4 << 10

// Bans returns the ban list, newest first.
func (a *API) Bans() ([]Ban, error) {
	return ask(a, "Bans", func(ctx context.Context, _ *App, running Running) ([]Ban, error) {
		live, err := running.Live(ctx)
		if err != nil {
			return nil, err
		}
		return bansOf(live.Bans), nil
	})
}

// CheckBan reads a target and tells what banning it would do. Kind "" means: find out.
func (a *API) CheckBan(kind BanKind, target string) (BanCheck, error) {
	return ask(a, "CheckBan", func(ctx context.Context, app *App, running Running) (BanCheck, error) {
		checked, _, err := app.checkBan(ctx, running, kind, target)
		return checked, err
	})
}

// AddBan adds it; open lines through it close at once. Errors: ban-target (params what),
// ban-prefix (params prefix, most, suggestion), ban-self, ban-server, ban-exists, reason-long (200 characters).
func (a *API) AddBan(kind BanKind, target, reason string) (Ban, error) {
	return ask(a, "AddBan", func(ctx context.Context, app *App, running Running) (Ban, error) {
		checked, ban, err := app.checkBan(ctx, running, kind, target)
		if err != nil {
			return Ban{}, err
		}
		if checked.Error != nil {
			return Ban{}, checked.Error
		}
		ban.Reason = valid(reason, maxReasonBytes)
		if ban, err = running.AddBan(ctx, ban); err != nil {
			return Ban{}, err
		}
		return banOf(ban), nil
	})
}

// checkBan reads a target and compares it with what must not be banned.
func (a *App) checkBan(ctx context.Context, running Running, kind BanKind, target string) (BanCheck, node.Ban, error) {
	read := readBan(kind, target)
	checked := BanCheck{Kind: read.kind, Target: read.target, Touches: []string{}, Suggestion: read.suggestion, Error: read.refused}
	if read.target == "" {
		return checked, node.Ban{}, nil
	}
	live, err := running.Live(ctx)
	if err != nil {
		return BanCheck{}, node.Ban{}, err
	}
	if read.kind == BanPeer {
		for _, one := range live.Contacts {
			if one.Contact.Peer == read.ban.Peer && one.Line.State == node.LineOpen {
				checked.Touches = append(checked.Touches, one.Contact.Name)
			}
		}
	}
	checked.Error = a.forbidden(read.ban, live)
	return checked, read.ban, nil
}

// forbidden refuses what would cut this device off, and what is banned already.
func (a *App) forbidden(ban node.Ban, live node.Live) *Error {
	for _, other := range live.Bans {
		if ban.Kind == node.BanPeer && other.Kind == node.BanPeer && other.Peer == ban.Peer ||
			ban.Kind != node.BanPeer && other.Kind != node.BanPeer && other.Range == ban.Range {
			return refuse("ban-exists", "This is on the ban list already.")
		}
	}
	if ban.Kind == node.BanPeer {
		if ban.Peer == a.config.Keys.Peer() {
			return refuse("ban-self", "This is you. Nobody can ban themselves.")
		}
		return nil
	}
	for _, own := range a.config.Addresses() {
		if ban.Range.Contains(own.Unmap().WithZone("")) {
			return refuse("ban-self", "This is an address of this computer. Banning it would cut you off.")
		}
	}
	for _, server := range live.Servers {
		if server.Guest {
			continue
		}
		if slices.ContainsFunc(hosts(server), ban.Range.Contains) {
			address := server.Server.Address()
			return refuse("ban-server", "Your introduction server "+address+" is there. Remove the server first, or ban a smaller range.", "server", address)
		}
	}
	return nil
}

// RemoveBan ends a ban and returns what it was, so that undo can add it again.
func (a *API) RemoveBan(id string) (Ban, error) {
	return ask(a, "RemoveBan", func(ctx context.Context, _ *App, running Running) (Ban, error) {
		which, ok := parseID(id)
		if !ok {
			return Ban{}, refuse("no-ban", "This ban is not on the list any more.")
		}
		ban, err := running.RemoveBan(ctx, which)
		if err != nil {
			return Ban{}, err
		}
		return banOf(ban), nil
	})
}

// RestoreBan undoes RemoveBan: the same line, its date and its counter.
func (a *API) RestoreBan(ban Ban) (Ban, error) {
	return ask(a, "RestoreBan", func(ctx context.Context, app *App, running Running) (Ban, error) {
		checked, restored, err := app.checkBan(ctx, running, ban.Kind, ban.Target)
		if err != nil {
			return Ban{}, err
		}
		if checked.Error != nil {
			return Ban{}, checked.Error
		}
		if id, ok := parseID(ban.ID); ok {
			restored.ID = id
		}
		if added, parseErr := time.Parse(time.RFC3339, ban.Added); parseErr == nil && !added.After(app.now()) {
			restored.Added = added
		}
		restored.Name = chat.CleanName(valid(ban.Name, maxTarget))
		restored.Color = min(max(ban.Color, 0), chat.Colors)
		restored.Reason = valid(ban.Reason, maxReasonBytes)
		restored.Blocked = max(ban.Blocked, 0)
		if restored, err = running.RestoreBan(ctx, restored); err != nil {
			return Ban{}, err
		}
		return banOf(restored), nil
	})
}

// single is the range of one address.
func single(address netip.Addr) netip.Prefix { return netip.PrefixFrom(address, address.BitLen()) }
