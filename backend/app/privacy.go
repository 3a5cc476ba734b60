package app

import (
	"cmp"
	"context"

	"github.com/tincan-chat/tincan/backend/node"
)

// SetPrivacy says what contacts learn of this person, and which ways lines
// take. Lines that go another way close at once. Errors: route, no-profile,
// disk-full, read-only.
func (a *API) SetPrivacy(privacy Privacy) (Profile, error) {
	return ask(a, "SetPrivacy", func(ctx context.Context, app *App, running Running) (Profile, error) {
		live, err := running.Live(ctx)
		if err != nil {
			return Profile{}, err
		}
		marks := live.Self.HideReads == privacy.ReadReceipts // they are shown otherwise than before
		err = running.SetPrivacy(ctx, node.Privacy{
			HideReads: !privacy.ReadReceipts, HidePresence: !privacy.Presence, HideTyping: !privacy.Typing, Route: routeFrom(cmp.Or(privacy.Route, "none")),
		})
		if err != nil {
			return Profile{}, err
		}
		if live, err = running.Live(ctx); err != nil {
			return Profile{}, err
		}
		profile := app.profileOf(live)
		if marks {
			app.changes.publish(Changes{Reset: true})
		}
		return profile, nil
	})
}

// SetRoute says which ways lines to one contact take; RouteInherited is as to
// everybody. Errors: route, no-conversation, disk-full, read-only.
func (a *API) SetRoute(conversation string, route Route) error {
	_, err := ask(a, "SetRoute", func(ctx context.Context, _ *App, running Running) (nothing, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, running.SetRoute(ctx, id, routeFrom(route))
	})
	return err
}

var routes = map[node.Route]Route{
	node.RouteInherited: RouteInherited, node.RouteAny: RouteAny, node.RouteRelayed: RouteRelayed, node.RouteNetwork: RouteNetwork,
}

// routeFrom reads a route; one that does not exist is -1, which the device refuses.
func routeFrom(route Route) node.Route {
	for from, to := range routes {
		if to == route {
			return from
		}
	}
	return -1
}

func privacyOf(self node.Self) Privacy {
	return Privacy{
		ReadReceipts: !self.HideReads, Presence: !self.HidePresence, Typing: !self.HideTyping, Route: routes[cmp.Or(self.Route, node.RouteAny)],
	}
}
