package signaling

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Client keeps sessions with any number of rendezvous servers. Methods return
// at once; what comes of them arrives as events. A server that is down is
// tried again with exponential backoff and jitter (1 s to 2 min), and at once
// after NetworkChanged or Retry. After each login the client publishes the
// latest record and watches the latest set again by itself.
type Client interface {
	// Connect begins to keep a session with a server, known by its address
	// until it told its key (server.Key zero: trust on first use). token names it in events.
	Connect(token string, server identity.Server)
	// Disconnect says goodbye and forgets the server.
	Disconnect(token string)
	// Retry tries a server that is down now.
	Retry(token string)
	// Publish replaces the record that servers hand out.
	Publish(record *wire.PeerRecord)
	// Watch replaces the set of watched peers at one server (at most wire.MaxWatched).
	Watch(token string, peers []identity.PeerID)
	// Send relays a sealed envelope; its Event.Sent carries id.
	Send(token string, id uint64, to identity.PeerID, envelope []byte)
	// Lookup asks for a peer's record; its Event.Found carries id.
	Lookup(token string, id uint64, peer identity.PeerID)
	// NetworkChanged makes every session check itself and retry now.
	NetworkChanged()
	// Close says goodbye everywhere and waits. It is idempotent.
	Close() error
}

// Event is what a client tells its owner. Exactly one of the pointers is set.
// Events of one server arrive in order; the handler must return soon.
type Event struct {
	Token    string
	Up       *Up
	Down     *Down
	Presence *Presence
	Received []byte // a sealed envelope
	Sent     *Sent
	Found    *Found
	Relays   *Relays
	RTT      time.Duration // after each heartbeat; 0 otherwise
}

// Up says that the login succeeded.
type Up struct {
	Key         identity.ServerKey
	RoundTrip   time.Duration
	ClockOffset time.Duration // server's time minus ours
}

// Down says that there is no session now.
type Down struct {
	Code    Code
	Err     error     // detail for the log
	RetryAt time.Time // zero: not again by itself
}

// Code says why a server cannot be used; each has a sentence in the interface.
type Code string

// The codes.
const (
	CodeUnreachable Code = "server-down"     // nothing answers
	CodeNotServer   Code = "server-not"      // something else answers
	CodeVersion     Code = "server-version"  // it speaks another version
	CodeKey         Code = "server-key"      // not the key that was pinned
	CodeRefused     Code = "server-refused"  // login refused
	CodeReplaced    Code = "server-replaced" // a newer session of this device took over: not retried for 2 min
	CodeLimit       Code = "server-limit"    // too much; retried when the server said
	CodeShutdown    Code = "server-stopped"  // it said it stops
)

// Presence of a watched peer that watches us too.
type Presence struct {
	Peer   identity.PeerID
	Online bool
}

// Sent is the outcome of Send.
type Sent struct {
	ID      uint64
	Outcome Outcome
}

// Outcome of a relayed envelope.
type Outcome int

// The outcomes.
const (
	OutcomeAccepted Outcome = iota + 1 // relayed, or the server does not say
	OutcomeAbsent                      // watched peer is not here
	OutcomeFailed                      // no session with that server, or it did not answer in 5 s
)

// Found is the outcome of Lookup; Record is nil when the server knows none or did not answer.
type Found struct {
	ID     uint64
	Peer   identity.PeerID
	Record *wire.PeerRecord
}

// Relays are fresh STUN and TURN credentials from a server.
type Relays struct {
	Relay   link.Relay
	Expires time.Time
}
