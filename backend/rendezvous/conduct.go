package rendezvous

import (
	"net/netip"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/guard"
	"github.com/tincan-chat/tincan/backend/wire"
)

// offence is a broken limit.
type offence int

// The offences.
const (
	strikeRate    offence = iota // a frame over the rate
	strikeCrowd                  // a connection over the number
	strikeSilence                // no header or no login in time
	strikeLogin                  // a login that is refused
	strikeGarbage                // what is no frame
)

// weight is in strikes of [guard.Limits].
func (o offence) weight() float64 {
	switch o {
	case strikeRate, strikeCrowd, strikeSilence:
		return 1
	case strikeLogin:
		return 5
	case strikeGarbage:
		return 10
	}
	return 0
}

// reason is what the operator is told of it.
func (o offence) reason() Reason {
	switch o {
	case strikeCrowd:
		return ReasonConnections
	case strikeSilence, strikeLogin:
		return ReasonLogin
	case strikeGarbage:
		return ReasonFrame
	case strikeRate:
	}
	return ReasonRate
}

const (
	// neighbourly is the part of an identity's strikes that its address bears:
	// others may be behind it, and identities cost nothing.
	neighbourly = 0.25
)

// isGuarded says whether an address is counted.
func (s *Server) isGuarded(addr netip.Addr) bool {
	return s.options.Limits.GuardLoopback || !addr.IsLoopback()
}

// strike tells the guard of a broken limit; it runs on the connection's worker.
func (c *connection) strike(broken offence) {
	addr, now, weight := c.place.from().Addr(), c.server.options.Now(), broken.weight()
	c.server.refuse(addr, broken.reason())
	if !c.server.isGuarded(addr) {
		return
	}
	if c.known {
		c.server.guard.StrikePeer(c.session.peer, weight, now)
		weight *= neighbourly
	}
	c.server.guard.Strike(addr, weight, now)
}

// mayFrame counts a frame of a device that is logged in; nil when it may.
func (c *connection) mayFrame(now time.Time) []effect {
	addr := c.place.from().Addr()
	if !c.known || !c.server.isGuarded(addr) {
		return nil
	}
	until, allowed := c.server.guard.Frame(addr, c.session.peer, now)
	if allowed {
		return nil
	}
	c.server.refuse(addr, ReasonRate)
	return c.session.Refuse(wire.ErrorCode_ERROR_CODE_LIMIT, "Too many messages from this identity or address.", until.Sub(now))
}

// mayLogin refuses an identity that has to wait; nil when it may.
func (c *connection) mayLogin(e attach) []effect {
	now := c.server.options.Now()
	until, refused := c.server.guard.RefusePeer(e.peer, now)
	if !refused {
		return nil
	}
	c.server.refuse(c.place.from().Addr(), ReasonBanned)
	return c.session.Refuse(wire.ErrorCode_ERROR_CODE_BANNED, "This identity broke the server's limits too often and has to wait.", until.Sub(now))
}

// refuse counts a refusal for the operator.
func (s *Server) refuse(addr netip.Addr, reason Reason) {
	s.figures.refuse(addr, reason, s.options.Now())
}

// judge looks at what a frame did to the session.
func (c *connection) judge(before phase, refused int) {
	switch {
	case c.session.refused > refused:
		c.strike(strikeRate)
	case before == phaseLogin && c.session.phase == phaseEnded:
		c.strike(strikeLogin)
	}
}

// Refuse says whether an address is banned for a time because it kept breaking limits, and until when.
func (s *Server) Refuse(addr netip.Addr) (until time.Time, refused bool) {
	return s.guard.Refuse(addr.Unmap().WithZone(""), s.options.Now())
}

// Forgive ends the ban of an address and forgets what it did.
func (s *Server) Forgive(addr netip.Addr) { s.guard.Forgive(addr.Unmap().WithZone("")) }

// Bans returns at most limit temporary bans that hold now.
func (s *Server) Bans(limit int) []guard.Ban { return s.guard.Bans(limit, s.options.Now()) }

// Counts are for the operator.
type Counts struct {
	guard.Counts

	Connections int   // now, without a login too
	Sessions    int   // of them
	Accepted    int64 // connections since the start
	Refused     int64 // of those that came: banned, too many, too fast
	Cut         int64 // because they took too long
	Held        int64 // bytes of half-read frames and queues
}

// Counts returns them.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	connections := len(s.connections)
	s.mu.Unlock()
	return Counts{
		Counts: s.guard.Counts(), Connections: connections, Sessions: s.Sessions(),
		Accepted: s.accepted.Load(), Refused: s.refused.Load(), Cut: s.late.Load(), Held: s.Held(),
	}
}
