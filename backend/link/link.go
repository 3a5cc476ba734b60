package link

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Limits of a link. Sizes in bytes.
const (
	MaxBacklog     = 4 << 20 // messages queued for sending; beyond it Send answers ErrBacklog
	OpenTimeout    = 20 * time.Second
	ConfirmTimeout = 10 * time.Second
	PingInterval   = 10 * time.Second
	SilenceTimeout = 30 * time.Second
	MaxLabel       = 64 // a stream's label
	MaxStreams     = 16 // streams that one side may have open at once
)

// Timing is the clockwork of a transport. Zero fields mean the constants
// above, which are the promise; tests shorten them.
type Timing struct {
	Open    time.Duration
	Confirm time.Duration
	Ping    time.Duration
	Silence time.Duration
}

// WithDefaults fills the zero fields.
func (t Timing) WithDefaults() Timing {
	return Timing{
		Open:    cmp.Or(t.Open, OpenTimeout),
		Confirm: cmp.Or(t.Confirm, ConfirmTimeout),
		Ping:    cmp.Or(t.Ping, PingInterval),
		Silence: cmp.Or(t.Silence, SilenceTimeout),
	}
}

// Errors of a Transport.
var (
	ErrUnknownSession = errors.New("link: no such session")
	ErrNotOpen        = errors.New("link: the session is not open")
	ErrBacklog        = errors.New("link: too much is waiting to be sent")
	ErrTooLarge       = errors.New("link: the message is larger than the protocol allows")
	ErrSignal         = errors.New("link: the signal is refused") // wrapped by what is wrong with it
	ErrClosed         = errors.New("link: the transport is closed")
	ErrRole           = errors.New("link: the smaller device key offers, the other asks")
	ErrKnownSession   = errors.New("link: the session id was used before")
	ErrStreams        = errors.New("link: too many streams, or a label that is too long")
	ErrReset          = errors.New("link: the stream was ended before all of it went through")
)

// Session names one attempt at a link; chosen by the offerer, UUID v7.
type Session = uuid.UUID

// Remote is the device at the other end.
type Remote struct {
	Peer   identity.PeerID
	Device identity.DeviceID
}

// Route is which ways the packets of a link may take.
type Route int

// The routes. RouteRelayed tells the other side no address, RouteNetwork only
// those that are valid on this network.
const (
	RouteAny     Route = iota
	RouteRelayed       // through relays only
	RouteNetwork       // private, link-local and loopback addresses only, no servers
)

// Options of one link.
type Options struct {
	Route Route
}

// Signal is one step of setting up a session. Body is a serialised
// wire.SignalBody. It travels inside a sealed envelope; whoever calls has
// checked that Remote sealed it.
type Signal struct {
	Session Session
	Kind    SignalKind
	Body    []byte
	// Sealed is when it was sealed, on this device's clock: whoever opened the
	// envelope knows it from the carrier's time. It stands in for the body's own
	// time when the two devices' clocks differ. Zero: only the body's time counts.
	Sealed time.Time
}

// SignalKind is which step it is.
type SignalKind int

// The steps.
const (
	SignalOffer SignalKind = iota + 1
	SignalAnswer
	SignalCandidate
	SignalDial   // the side with the larger device key asks the other to offer
	SignalHangup // the session is given up before it opened
)

// Relay is a STUN or TURN server (RFC 7064, RFC 7065).
type Relay struct {
	URLs     []string
	Username string
	Password string
	// Key is good as the certificate of a relay over TLS, beside those that an
	// authority signed; zero for none.
	Key       identity.ServerKey
	RoundTrip time.Duration // to its server, 0 when not known
}

// Path is how a link's packets go.
type Path int

// The paths.
const (
	PathUnknown Path = iota
	PathLAN          // both ends in private or loopback ranges, host candidates
	PathDirect
	PathRelayed
)

// Event is what a transport tells its owner. Exactly one of the fields is set.
// Events of one session arrive in order, from one goroutine at a time; the
// handler must return soon and may call the transport.
type Event struct {
	Session Session
	Remote  Remote
	Signal  *Signal // to be sealed and carried to Remote
	Opened  *Opened
	Message []byte // owned by the receiver
	Path    *PathChanged
	Stream  Stream // the other side opened one
	Closed  *Closed
	Drained bool       // the backlog fell under half of MaxBacklog after ErrBacklog
	Blocked netip.Addr // valid: a packet, candidate or pair of a banned address was dropped (at most once a minute for each address)
}

// Opened says that both sides are confirmed.
type Opened struct {
	Path      Path
	RoundTrip time.Duration // 0 when not known yet
	RelayHost string        // when relayed
	Address   netip.Addr    // of the other end; zero when it is a relay's, or not known
	// Binding names the session, the same at both ends: [Binding.Digest].
	Binding [sha256.Size]byte
}

// PathChanged says where packets go now; also every PingInterval for the round trip.
type PathChanged struct {
	Path      Path
	RoundTrip time.Duration
	RelayHost string
	Address   netip.Addr // as in Opened
}

// Closed is the last event of a session.
type Closed struct {
	Reason Reason
	Err    error // detail for the log, may be nil
}

// Reason says why a session ended.
type Reason int

// The reasons.
const (
	ReasonLocal    Reason = iota + 1 // Hangup was called here
	ReasonRemote                     // the other side closed
	ReasonTimeout                    // never opened
	ReasonSilence                    // opened, then nothing was heard
	ReasonFailed                     // ICE or DTLS failed
	ReasonIdentity                   // confirmation or binding refused: somebody is in between, or a bug
	ReasonBanned                     // the selected pair is a banned address
	ReasonProtocol                   // the other side broke the protocol
)

// Transport sets up links and moves their messages. Methods return at once.
type Transport interface {
	// Dial begins a session as the offerer. The caller's device key is the smaller one.
	Dial(session Session, remote Remote, options Options) error
	// Accept begins a session from the other side's offer. Errors wrap ErrSignal.
	Accept(remote Remote, offer Signal, options Options) error
	// Deliver hands over an answer, candidate or hangup. A signal that breaks a
	// rule closes the session; one for a session that is not known is ignored,
	// and so is one whose time is off (an error is returned), so that nobody
	// ends a session by replaying old signals. A second copy changes nothing.
	Deliver(remote Remote, signal Signal) error
	// AskDial returns the signal that asks remote to offer.
	AskDial(remote Remote) (Signal, error)
	// Send queues a message of at most wire.MaxLinkFrame bytes.
	Send(session Session, message []byte) error
	// OpenStream opens a byte stream beside the message channel.
	OpenStream(ctx context.Context, session Session, label string) (Stream, error)
	// Hangup closes a session and says so to the other side if it can, behind what
	// was sent before.
	Hangup(session Session)
	// Cut is Hangup without what was sent and has not left yet, which is dropped.
	Cut(session Session)
	// SetRelays replaces the STUN and TURN servers for later sessions.
	SetRelays(relays []Relay)
	// NetworkChanged makes open sessions check their path now.
	NetworkChanged()
	// RecheckBans closes, within 100 ms, every session whose path the Filter bans now.
	RecheckBans()
	// Close ends every session and waits. It is idempotent; afterwards there are
	// no more events. It must not be called from the event handler.
	Close() error
}

// Stream is a reliable byte stream with backpressure. Label is at most 64 bytes.
type Stream interface {
	io.ReadWriteCloser
	Label() string
	CloseWrite() error
}

// Filter tells whether an address is banned; it is called for every packet's
// address and must answer in well under a microsecond. Nil bans nothing.
type Filter func(netip.Addr) bool

// Identity is the device that a transport speaks for.
type Identity struct {
	Peer   identity.PeerID
	Device identity.DeviceID
	Sign   func(identity.Context, []byte) []byte // by the device key
}
