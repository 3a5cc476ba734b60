package link

import (
	"net/netip"
	"time"
)

// Reach is what a check found of the ways out of this network.
type Reach struct {
	// Asked is how many servers were asked over UDP for our address; Answered of them did.
	Asked, Answered int
	// Router is what stands between this machine and those servers.
	Router Router
	// Public is our address as a server sees it; invalid when none answered.
	Public netip.Addr
	Relays []RelayReach // one a URL that relays
}

// Router is what address translation on the way does with a socket.
type Router int

// The kinds of routers.
const (
	RouterUnknown  Router = iota // too few answers to tell
	RouterNone                   // no translation: servers see an address of this machine
	RouterSteady                 // one outer port for one socket, whoever is talked to (RFC 4787, section 4.1)
	RouterChanging               // another outer port for every other side: two such routers cannot be opened directly
	RouterSome                   // there is one, but only one server answered, so its kind is not known
)

// RelayReach is how one URL of a relay did.
type RelayReach struct {
	Host string // without port
	// Stream: over TCP or TLS, not UDP.
	Stream bool
	// Took is how long an allocation took; it is 0 when there was none.
	Took time.Duration
	// Refused: the relay answered and did not want to; otherwise there was no answer.
	Refused bool
}
