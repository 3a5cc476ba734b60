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
// latest record, watches the latest set, refuses the latest peers and registers the tags again by itself.
//
// A server of a cluster hands out a list of all of them. When it is gone, or
// asks to leave, the session goes on at another one that the list names, under
// the same token: Down is followed by Up.
type Client interface {
	// Connect begins to keep a session with a server, known by its address
	// until it told its key (server.Key zero: trust on first use). token names it in events.
	Connect(token string, server identity.Server)
	// ConnectCluster is Connect with the latest Servers.List of this server, so
	// that the others of its cluster are known before the first login. A list
	// that cannot be read counts as none.
	ConnectCluster(token string, server identity.Server, list []byte)
	// Disconnect says goodbye and forgets the server.
	Disconnect(token string)
	// Retry tries a server that is down now.
	Retry(token string)
	// Publish replaces the record that servers hand out.
	Publish(record *wire.PeerRecord)
	// Watch replaces the set of watched peers at one server (at most wire.MaxWatched).
	Watch(token string, peers []identity.PeerID)
	// Refuse has a server route nothing of these peers to this device, instead of
	// those named before (at most wire.MaxRefused). The client says it again after
	// each login.
	Refuse(token string, peers []identity.PeerID)
	// Send relays a sealed envelope; its Event.Sent carries id.
	Send(token string, id uint64, to identity.PeerID, envelope []byte)
	// Lookup asks for a peer's record; its Event.Found carries id.
	Lookup(token string, id uint64, peer identity.PeerID)
	// Mail, handles and the directory; each ends with the event that carries its id.
	Mail
	Directory
	// Report tells the operator that a peer misuses the server. Answers:
	// done, unavailable, no-session, not-offered (it has neither mailbox nor directory).
	Report(token string, id uint64, peer identity.PeerID, reason wire.ReportReason)
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
	Servers  *Servers
	Arrived  *Arrived
	Answered *Answered
	Stored   *Stored
	Fetched  *Fetched
	Handle   *Handle
	Matches  *Matches
	RTT      time.Duration // after each heartbeat; 0 otherwise
}

// Up says that the login succeeded.
type Up struct {
	Key         identity.ServerKey // of the server that Connect named
	At          identity.Server    // where the session is: that server or another of its list
	Mailbox     bool               // it keeps mail
	Directory   bool               // it has handles and a directory
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
	CodeUnreachable Code = "server-down"        // nothing answers
	CodeNotServer   Code = "server-not"         // something else answers
	CodeVersion     Code = "server-version"     // it speaks another version
	CodeKey         Code = "server-key"         // not the key that was pinned
	CodeRefused     Code = "server-refused"     // login refused
	CodeReplaced    Code = "server-replaced"    // a newer session of this device took over: not retried for 2 min
	CodeLimit       Code = "server-limit"       // too much; retried when the server said
	CodeShutdown    Code = "server-stopped"     // it said it stops, or sent us to another one
	CodeBanned      Code = "server-banned"      // by the operator: retried when the server said, or not by itself
	CodeCertificate Code = "server-certificate" // of the web, and not valid there: expired, for another name, or of an unknown issuer
	CodeProxy       Code = "server-proxy"       // the proxy that it is reached through cannot be used
)

// Servers is a newer list of the cluster, signed by the server that sent it.
type Servers struct {
	List    []byte // to be kept for ConnectCluster
	Servers []Listed
}

// Listed is a server of a cluster.
type Listed struct {
	Server identity.Server
	Weight uint32 // 0 to 1000: how much it can carry; 0 takes no new sessions
	Load   uint32 // 0 to 1000: how full it is
}

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
