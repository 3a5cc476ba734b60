package rendezvous

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/turn"
	"github.com/tincan-chat/tincan/backend/wire"
)

// RelayCounts are of STUN and TURN.
type RelayCounts struct {
	Allocations int    // now
	Connections int    // over TCP and TLS, now
	Bytes       uint64 // relayed since the start, both ways
	Refused     uint64 // requests, credentials and connections
	Dropped     uint64 // packets over a rate or quota
}

// RelayCounts returns them; zeros without a relay.
func (s *Server) RelayCounts() RelayCounts {
	if s.relay == nil {
		return RelayCounts{}
	}
	return RelayCounts(s.relay.Counts())
}

// openRelay opens STUN and TURN if they are wanted.
func (s *Server) openRelay(ctx context.Context) error {
	relay := &s.options.Relay
	if !relay.Enabled {
		return nil
	}
	listen := relay.Listen
	if listen == "" {
		listen = s.listening.String()
	}
	var secure *tls.Config
	if s.source != nil {
		secure = s.source.TLS()
	}
	opened, err := turn.New(ctx, turn.Options{
		Listen: listen, ListenTCP: relay.ListenTCP, ListenTLS: relay.ListenTLS, TLS: secure,
		// An authority's certificate is for names.
		TLSNamesOnly: s.source != nil && s.source.IsWeb(),
		Host:         relay.Host, Address: relay.Address,
		AllowPrivate: relay.AllowPrivate, AllowLoopback: relay.AllowLoopback,
		Lifetime: relay.Lifetime, PerPeer: relay.PerPeer, Allocations: relay.Allocations,
		BytesPerSecond: relay.BytesPerSecond, TotalBytesPerSecond: relay.TotalBytesPerSecond, BytesPerDay: relay.BytesPerDay,
		Refuse: s.options.Refuse, Logger: s.options.Logger, Now: s.options.Now, Random: s.options.Random,
	})
	if listening, ok := errors.AsType[*turn.ListenError](err); ok {
		return describe(listening.Err, listening.Address)
	}
	if err != nil {
		return fmt.Errorf("rendezvous: the relay: %w", err)
	}
	s.relay = opened
	return nil
}

// relayFor makes credentials for a peer; nil when there is no relay.
func (s *Server) relayFor(peer identity.PeerID, host string) *wire.RelayCredentials {
	if s.relay == nil {
		return nil
	}
	return s.relay.Credentials(peer, host)
}

// recheckRelay ends what those have at the relay who are banned by now.
func (s *Server) recheckRelay() {
	if s.relay != nil {
		s.relay.Ban(s.moderation.BannedPeers())
	}
}
