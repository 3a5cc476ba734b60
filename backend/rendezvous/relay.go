package rendezvous

import (
	"context"
	"errors"
	"fmt"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/relay"
	"github.com/tincan-chat/tincan/backend/wire"
)

// RelayCounts returns the relay's counts; zeros without one.
func (s *Server) RelayCounts() relay.Counts {
	if s.relay == nil {
		return relay.Counts{}
	}
	return s.relay.Counts()
}

// openRelay opens STUN and TURN if they are wanted.
func (s *Server) openRelay(ctx context.Context) error {
	if s.options.Relay == nil {
		return nil
	}
	beside := relay.Beside{
		Listen: s.listening.String(),
		Refuse: s.options.Refuse, Logger: s.options.Logger, Now: s.options.Now, Random: s.options.Random,
	}
	if s.source != nil {
		// An authority's certificate is for names.
		beside.TLS, beside.TLSNamesOnly = s.source.TLS(), s.source.IsWeb()
	}
	opened, err := s.options.Relay(ctx, beside)
	if listening, ok := errors.AsType[*relay.ListenError](err); ok {
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
