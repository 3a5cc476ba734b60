package rendezvous

import (
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/certificates"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/moderation"
	"github.com/tincan-chat/tincan/backend/rendezvous/relay"
)

// Options of a server.
type Options struct {
	// Key is the server's own; required. Clients pin it.
	Key ed25519.PrivateKey
	// Listen is the TCP address, "" for every address at port 7117. Not used
	// when Listener is given, which the server then owns.
	Listen   string
	Listener net.Listener
	// TLS makes a certificate from Key, unless Certificates has another one.
	// Without it everybody on the path sees who talks to whom: only on loopback
	// and behind a proxy.
	TLS bool
	// Certificates is where the certificate is from when TLS is set; nil for
	// one that is made from Key.
	Certificates *certificates.Source
	// TrustedProxies are reverse proxies whose word is believed about who
	// connects through them (Forwarded, X-Forwarded-For). Limits and bans then
	// hold for the client. Nobody else's word is.
	TrustedProxies []netip.Prefix
	// URLs are given to clients before the machine's own addresses, such as
	// wss://chat.example.org. With web certificates and behind a proxy they are
	// the only ones.
	URLs []string
	// Engine knows who is where; the server owns it. Nil: the memory engine.
	Engine engine.Engine
	// Refuse says whether an address is banned; nil bans nobody. It is asked at
	// accept and for every packet that is relayed, and must answer fast.
	Refuse func(netip.Addr) bool
	// Resolver finds the names of addresses for bans by domain; nil: the system's.
	Resolver moderation.Resolver
	// ReportThreshold is how many peers have to report somebody until the operator sees it; 3.
	ReportThreshold int
	// Announce is what the other servers and the devices are told of this one.
	Announce AnnounceOptions
	// Relay opens STUN and TURN in the same process ([turn.Options.Open]); nil: there is none.
	Relay relay.Open
	// Mailbox lets devices leave mail for others and fetch their own. Only with
	// an engine that keeps what it was given: what "stored" means is a promise.
	Mailbox bool
	// Directory is for handles and for searching; likewise.
	Directory DirectoryOptions
	// Logger: nil logs nothing. Addresses are truncated, peers never named.
	Logger *slog.Logger
	// Now is the clock, nil for time.Now.
	Now func() time.Time
	// Random makes nonces and secrets, nil for crypto/rand.
	Random io.Reader
	// Limits bound what outsiders can do.
	Limits Limits
}

// DirectoryOptions are of handles and the public directory. There are none without a host.
type DirectoryOptions struct {
	// Hosts are what may stand after the @ of a handle: the names of the server or its cluster.
	Hosts []string
	// Reserved are handles that nobody gets, beside the usual ones (admin, support, …).
	Reserved []string
}

// AnnounceOptions are of a server that devices may be sent to.
type AnnounceOptions struct {
	// URL is wss://host:port, as devices reach the server from anywhere; "" keeps it out of the list.
	URL string
	// Weight is how much the server can carry beside the others, 1 to 1000; 100.
	Weight uint32
	// Version is of the program.
	Version string
}

func (o Options) withDefaults() Options {
	if o.Engine == nil {
		o.Engine = memory.New(memory.Options{Now: o.Now})
	}
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
	if o.Announce.Weight == 0 {
		o.Announce.Weight = standardWeight
	}
	o.Limits = o.Limits.withDefaults()
	return o
}
