package rendezvous

import (
	"context"
	"net/netip"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/moderation"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	bannedSentence   = "The operator of this server does not let you in."
	drainingSentence = "The server stops soon and takes no new devices."
	drainingRetry    = 30 * time.Second
)

// openModeration makes the moderation, which the listeners and the relay ask too.
func (s *Server) openModeration() {
	s.moderation = moderation.New(moderation.Options{
		Bans: s.options.Engine.Table(engine.TableBans), Reports: s.options.Engine.Table(engine.TableReports),
		Resolver: s.options.Resolver, Threshold: s.options.ReportThreshold, Now: s.options.Now, Logger: s.options.Logger,
	})
	s.refuseToo = s.options.Refuse
	s.options.Refuse = func(address netip.Addr) bool {
		_, banned := s.moderation.Refuse(identity.PeerID{}, address)
		return banned || s.refuseToo(address)
	}
}

// Moderation is for the operator: bans, and what was reported.
func (s *Server) Moderation() *moderation.Moderation { return s.moderation }

// followModeration keeps the bans; it ends with the server.
func (s *Server) followModeration() {
	_ = s.moderation.Follow(s.context) // the context's error
}

// enforce closes the sessions of those who were banned, whenever there are new bans.
func (s *Server) enforce() {
	for {
		select {
		case <-s.context.Done():
			return
		case <-s.moderation.Changes():
			s.Recheck()
		}
	}
}

// metBan counts for a ban, if there is one, that it refused a connection.
func (s *Server) metBan(address netip.Addr) {
	if ban, banned := s.moderation.Refuse(identity.PeerID{}, address); banned {
		s.moderation.Met(ban)
	}
}

// Recheck ends the sessions of everybody who is banned by now, and cuts the
// connections whose address Options.Refuse refuses: call it after that changed.
func (s *Server) Recheck() {
	s.recheckRelay()
	for _, c := range s.all() {
		address := c.place.from().Addr()
		if s.refuseToo(address) {
			c.cut()
			continue
		}
		c.do(func(session *session) []effect {
			ban, banned := s.moderation.Refuse(session.peer, address)
			if !banned {
				return nil
			}
			s.moderation.Met(ban)
			return session.Refuse(wire.ErrorCode_ERROR_CODE_BANNED, bannedSentence, ban.Left(s.options.Now()))
		})
	}
}

// turnAway says why a device with a good login may not come in, nil when it may.
func (c *connection) turnAway(peer identity.PeerID) []effect {
	s := c.server
	if ban, banned := s.moderation.Refuse(peer, c.place.from().Addr()); banned {
		s.moderation.Met(ban)
		s.refuse(c.place.from().Addr(), ReasonBanned)
		return c.session.Refuse(wire.ErrorCode_ERROR_CODE_BANNED, bannedSentence, ban.Left(s.options.Now()))
	}
	if s.draining.Load() != 0 {
		return c.session.Refuse(wire.ErrorCode_ERROR_CODE_SHUTDOWN, drainingSentence, drainingRetry)
	}
	s.moderation.Consider(c.place.from().Addr())
	return nil
}

func (e report) size() int { return 0 }

func (e report) unavailable() *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_ReportResult{ReportResult: &wire.ReportResult{Id: e.id}}}
}

// run counts reports of those who were here only: keys that nobody has would fill the table.
func (e report) run(ctx context.Context, server *Server) *wire.ServerFrame {
	_, known, err := server.options.Engine.Lookup(ctx, e.about)
	if err == nil && known {
		err = server.moderation.Report(ctx, e.from, e.about, e.reason)
	}
	if err != nil {
		server.unanswered("report", err)
	}
	return e.unavailable()
}
