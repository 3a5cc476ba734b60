package node

import (
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
)

// Route is which ways lines take.
type Route int

// The routes.
const (
	RouteInherited Route = iota // to a contact: as to everybody
	RouteAny
	RouteRelayed // through relays only: the other side learns no address
	RouteNetwork // on this network only
)

// Privacy is what others learn of this person. Who hides something does not
// learn it of others either.
type Privacy struct {
	HideReads    bool
	HidePresence bool
	HideTyping   bool
	Route        Route // not RouteInherited
}

type (
	setPrivacyCall struct{ Privacy }
	setRouteCall   struct {
		conversation uuid.UUID
		route        Route
	}
)

var errRoute = &Refusal{Code: "route", Message: "Lines can go any way, through relays only, or on this network only. Choose one of these."}

// setPrivacy keeps what others may learn, and makes it hold at once.
func (c *Core) setPrivacy(id uint64, wanted Privacy) {
	if wanted.Route < RouteAny || wanted.Route > RouteNetwork {
		c.answer(id, nil, errRoute)
		return
	}
	before := c.self
	c.self.HideReads, c.self.HidePresence, c.self.HideTyping, c.self.Route = wanted.HideReads, wanted.HidePresence, wanted.HideTyping, wanted.Route
	writes := []Write{PutSelf{Self: c.self}}
	showsReads := before.HideReads && !wanted.HideReads
	if showsReads { // what came meanwhile was not kept
		writes = append(writes, c.allPositions()...)
	}
	c.commit(func(err error) {
		if err != nil {
			c.self.HideReads, c.self.HidePresence, c.self.HideTyping, c.self.Route = before.HideReads, before.HidePresence, before.HideTyping, before.Route
			c.answer(id, nil, refusal(err))
			return
		}
		c.tell(Change{Self: true})
		for _, peer := range c.peersSorted() {
			one := c.contacts[peer]
			if before.HideReads != wanted.HideReads {
				c.tellReads(one, showsReads)
			}
			if wanted.HideTyping {
				one.typingUntil = time.Time{}
			}
			if wanted.HidePresence {
				clear(one.presence)
			}
			c.reroute(one)
		}
		c.watch()
		c.answer(id, nil, nil)
	}, writes...)
}

// allPositions are what others have read, as it is known.
func (c *Core) allPositions() []Write {
	var writes []Write
	for _, peer := range c.peersSorted() {
		conversation := c.conversationOf(c.contacts[peer])
		for _, remote := range conversation.remotesSorted() {
			writes = append(writes, PutRemotePosition{Conversation: conversation.id, Position: RemotePosition{
				Device: remote.Device, Held: remote.Held.Clone(), Read: remote.Read.Clone(),
			}})
		}
	}
	return writes
}

// tellReads has the marks of a conversation shown again, and the other side
// told what was read if it may know.
func (c *Core) tellReads(one *contact, shows bool) {
	c.tell(Change{Position: one.Conversation})
	for _, session := range c.sessionsTo(one.Peer) {
		if session.greeted && shows {
			c.sendPosition(session, c.conversationOf(one))
		}
	}
}

// setRoute keeps which ways lines to one contact take.
func (c *Core) setRoute(id uint64, call setRouteCall) {
	one := c.byConversation(call.conversation)
	switch {
	case one == nil:
		c.answer(id, nil, errNoConversation)
		return
	case call.route < RouteInherited || call.route > RouteNetwork:
		c.answer(id, nil, errRoute)
		return
	}
	before := one.Route
	one.Route = call.route
	c.commit(func(err error) {
		if err != nil {
			one.Route = before
		} else {
			c.reroute(one)
		}
		c.answer(id, nil, refusal(err))
	}, PutContact{Contact: one.Contact})
}

// reroute ends a line that goes, or is being made, by other rules than now.
func (c *Core) reroute(one *contact) {
	if current := c.sessions[one.session]; current != nil && current.route != c.optionsOf(one).Route {
		c.hangUp(current.id, "another route is wanted")
		one.attempts, one.nextDial = 0, time.Time{}
	}
	c.dirty(one.Peer)
}

// optionsOf are those of a line to a contact.
func (c *Core) optionsOf(one *contact) link.Options {
	route := one.Route
	if route == RouteInherited {
		route = c.self.Route
	}
	switch route {
	case RouteRelayed:
		return link.Options{Route: link.RouteRelayed}
	case RouteNetwork:
		return link.Options{Route: link.RouteNetwork}
	case RouteInherited, RouteAny:
	}
	return link.Options{}
}

// mayBeThere tells whether it is worth trying to reach a contact. Who hides
// when they are there is not told who is, and tries.
func (c *Core) mayBeThere(one *contact) bool {
	if one.online() == PresenceUnknown && c.now.Sub(one.called) < signalLife {
		return true // whoever asks is there, though they may hide it
	}
	if c.self.HidePresence {
		return one.State == ContactMutual && len(c.serversOf(one)) > 0
	}
	return one.online() == PresenceOnline
}

// readToTell is what others learn of what this person has read.
func (c *Core) readToTell(one *conversation) journal.Vector {
	if c.self.HideReads {
		return journal.Vector{}
	}
	return one.read
}
