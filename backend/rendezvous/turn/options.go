package turn

import (
	"crypto/rand"
	"crypto/tls"
	"io"
	"log/slog"
	"net/netip"
	"time"
)

// Options of a server. Zero values are the defaults that are named.
type Options struct {
	// Listen is the UDP address and port; required.
	Listen string
	// ListenTCP and ListenTLS are addresses and ports for clients on networks
	// that let no UDP pass; "" for none. With the same text in both, one port
	// takes both.
	ListenTCP, ListenTLS string
	// TLS is the server's side; required for ListenTLS.
	TLS *tls.Config
	// TLSNamesOnly says that its certificate is for host names: devices that
	// know this machine by an address are not told of TLS.
	TLSNamesOnly bool
	// Host is what devices are told to use; "" for the one by which they came.
	Host string
	// Address is where relayed packets come from as others see it, IPv4. Zero:
	// the address of the UDP socket, or this machine's first one.
	Address netip.Addr
	// AllowPrivate lets packets go to private and link-local addresses, for a
	// server whose peers are on its own network. Never on a public server: it
	// would open the network behind it.
	AllowPrivate bool
	// AllowLoopback lets packets go to this machine itself, for tests.
	AllowLoopback bool
	// Lifetime of credentials; an hour.
	Lifetime time.Duration
	// PerPeer is how many allocations one peer may hold; 32: a device has one
	// for each line, whatever way that line takes in the end.
	PerPeer int
	// Allocations is how many there may be in all; 2,000. Each is a UDP socket.
	Allocations int
	// BytesPerSecond is what one peer may move each way, with a second's worth at once; 4 MiB.
	BytesPerSecond int
	// TotalBytesPerSecond is what all of them may move, both ways together; 100 MiB.
	TotalBytesPerSecond int
	// BytesPerDay is what one peer may move in a day (UTC), both ways together;
	// 5 GiB. It is counted in memory: a server that starts again has forgotten.
	BytesPerDay int64
	// Peers is how many peers' use of today is remembered; 20,000. Past it those
	// without an allocation who moved least are forgotten.
	Peers int
	// Connections is how many TCP and TLS connections there may be; 1,000.
	Connections int
	// ConnectionsPerPrefix is how many of them from an IPv4 address or IPv6 /64; 100.
	ConnectionsPerPrefix int
	// Limits bound how long and how much a client may keep the server busy.
	Limits Limits
	// Refuse says whether an address is banned; nil bans nobody. It is asked at
	// accept and for every packet, and must answer fast.
	Refuse func(netip.Addr) bool
	// Logger: nil logs nothing. Addresses are not logged, nor are peers.
	Logger *slog.Logger
	// Now is the clock of credentials, quotas and rates, nil for time.Now.
	Now func() time.Time
	// Random makes the secret, nil for crypto/rand.
	Random io.Reader
}

// Limits are promises that are changed in tests only. Zero means the default.
type Limits struct {
	First       time.Duration // from accept to the first frame, a TLS handshake included; 5 s
	Unused      time.Duration // of a connection without an allocation; 10 s
	Idle        time.Duration // of a connection that says nothing; 11 min: an allocation that is not refreshed is over after 10
	Frame       time.Duration // for the rest of a frame that began; 10 s
	Write       time.Duration // for a frame to be taken by the other side; 10 s
	Queue       int           // bytes of a connection that the system may hold each way; 256 KiB
	Requests    int           // STUN requests a second without an allocation, and new connections, of an IPv4 address or IPv6 /64; 50, 250 at once
	RequestsAll int           // of all together; 2,000, 4,000 at once
	Permissions int           // addresses that one allocation may reach at a time; 128
	Channels    int           // channels of one allocation; 128
}

func (o Options) withDefaults() Options {
	standard(&o.Lifetime, time.Hour)
	standard(&o.PerPeer, 32)
	standard(&o.Allocations, 2000)
	standard(&o.BytesPerSecond, 4<<20)
	standard(&o.TotalBytesPerSecond, 100<<20)
	standard(&o.BytesPerDay, 5<<30)
	standard(&o.Peers, 20_000)
	standard(&o.Connections, 1000)
	standard(&o.ConnectionsPerPrefix, 100)
	limits := &o.Limits
	standard(&limits.First, 5*time.Second)
	standard(&limits.Unused, 10*time.Second)
	standard(&limits.Idle, 11*time.Minute)
	standard(&limits.Frame, 10*time.Second)
	standard(&limits.Write, 10*time.Second)
	standard(&limits.Queue, 256<<10)
	standard(&limits.Requests, 50)
	standard(&limits.RequestsAll, 2000)
	standard(&limits.Permissions, 128)
	standard(&limits.Channels, 128)
	if o.Refuse == nil {
		o.Refuse = func(netip.Addr) bool { return false }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	return o
}

func standard[T comparable](value *T, to T) {
	var zero T
	if *value == zero {
		*value = to
	}
}
