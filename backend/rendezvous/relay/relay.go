package relay

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Server is STUN and TURN.
type Server interface {
	// Credentials are for one peer, whose device reaches this machine by host.
	Credentials(peer identity.PeerID, host string) *wire.RelayCredentials
	// Ban ends what these peers have, and gives them nothing until the time
	// beside them; the zero time is forever. The list replaces the former one.
	Ban(list map[identity.PeerID]time.Time)
	// Counts are since the start, but for Allocations and Connections.
	Counts() Counts
	// Close ends every allocation and connection, and waits. It is called once.
	Close() error
}

// Open opens the sockets and serves until Close. Error: *ListenError, or of the options.
type Open func(ctx context.Context, beside Beside) (Server, error)

// Beside is what the rendezvous server shares with its relay.
type Beside struct {
	// Listen is the server's own address, for UDP when nothing else was said.
	Listen string
	// TLS is the server's side, nil without a certificate.
	TLS *tls.Config
	// TLSNamesOnly says that the certificate is for host names.
	TLSNamesOnly bool
	// Refuse says whether an address is banned. It is asked at accept and for
	// every packet, and must answer fast.
	Refuse func(netip.Addr) bool
	Logger *slog.Logger
	Now    func() time.Time
	Random io.Reader
}

// Counts are of a relay.
type Counts struct {
	Allocations int    // now
	Connections int    // TCP and TLS, now
	Bytes       uint64 // relayed, both ways
	Refused     uint64 // requests, credentials and connections
	Dropped     uint64 // packets over a rate or quota
}

// ListenError says what cannot be listened at.
type ListenError struct {
	Address string // with the transport
	Err     error
}

// Error implements error.
func (e *ListenError) Error() string {
	return fmt.Sprintf("relay: cannot listen at %s: %v", e.Address, e.Err)
}

// Unwrap returns the system's error.
func (e *ListenError) Unwrap() error { return e.Err }
