package node

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// HappenedKind is what kind of thing happened.
type HappenedKind int

// The kinds, and what is known of each.
const (
	LineOpened     HappenedKind = iota + 1 // Path, RoundTrip, and the Server of a relay; also when an open one takes another path
	LineClosed                             // somebody wanted it
	LineLost                               // nobody did
	LineFailed                             // it did not open
	ServerUp                               // Server, RoundTrip
	ServerDown                             // Server, Code
	BanMatched                             // Ban, Count, and the Address of one of these, if it is known
	LetterKept                             // Server
	LetterRefused                          // Server
	LettersFetched                         // Server, Count
)

// mostMatched is how many bans are told of at a time.
const mostMatched = 8

// Happened is something that a log tells. There is nothing in it of what people wrote.
type Happened struct {
	Kind         HappenedKind
	Conversation uuid.UUID // uuid.Nil: it is about nobody
	Server       identity.ServerKey
	Ban          uuid.UUID
	Address      netip.Addr
	Path         link.Path
	RoundTrip    time.Duration
	Code         signaling.Code
	Count        int
}

func (c *Core) happened(what Happened) { c.tell(Change{Happened: &what}) }

// lineHappened tells of a line; one that is not a contact's any more is nobody's.
func (c *Core) lineHappened(kind HappenedKind, session *session) {
	one := c.contacts[session.remote.Peer]
	if one == nil {
		return
	}
	what := Happened{Kind: kind, Conversation: one.Conversation}
	if kind == LineOpened {
		what.Path, what.RoundTrip, what.Server = session.path, session.roundTrip, c.serverOfRelay(session.relayHost)
	}
	c.happened(what)
}

// serverOfRelay finds the server that offered a relay; zero if none does now.
func (c *Core) serverOfRelay(host string) identity.ServerKey {
	if host == "" {
		return identity.ServerKey{}
	}
	for _, token := range sortedTokens(c.network.servers) {
		server := c.network.servers[token]
		if server.relay != nil && slices.ContainsFunc(server.relay.URLs, func(url string) bool { return strings.Contains(url, host) }) {
			return server.address.Key
		}
	}
	return identity.ServerKey{}
}

type bansByCall struct{ ids []uuid.UUID }

// bansBy returns those of these bans that are still on the list.
func (c *Core) bansBy(ids []uuid.UUID) []Ban {
	found := make([]Ban, 0, len(ids))
	for _, id := range ids {
		if one := c.bans.all[id]; one != nil {
			found = append(found, *one)
		}
	}
	return found
}
