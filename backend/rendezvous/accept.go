package rendezvous

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"time"

	"golang.org/x/crypto/acme"
)

// maxHandshakes is how many handshakes of TLS are under way at once: each has a
// goroutine and about 20 KiB.
const maxHandshakes = 2048

// accept takes connections until the listener is closed.
func (s *Server) accept() error {
	s.mu.Lock()
	isRunning := s.isRunning
	s.mu.Unlock()
	if !isRunning {
		<-s.done
		return nil
	}
	defer s.running.Done()
	pause := time.Duration(0)
	for {
		err := s.acceptOne()
		if err == nil {
			pause = 0
			continue
		}
		if s.context.Err() != nil || errors.Is(err, net.ErrClosed) {
			return nil
		}
		// No file descriptors, most likely: some will be free soon.
		pause = min(max(2*pause, 5*time.Millisecond), time.Second)
		s.options.Logger.Warn("cannot accept a connection", "error", err, "pause", pause)
		select {
		case <-time.After(pause):
		case <-s.context.Done():
			return nil
		}
	}
}

// acceptOne waits for the next connection and lets it in, or closes it.
func (s *Server) acceptOne() error {
	if s.bare == nil {
		conn, err := s.listener.Accept()
		if err == nil {
			s.admit(conn)
		}
		return err
	}
	socket, err := s.bare.Accept()
	if err != nil {
		return err
	}
	from := socket.From()
	if c := s.enter(netip.AddrPortFrom(from.Addr().Unmap(), from.Port())); c != nil {
		s.carryBare(c, socket)
	} else {
		socket.Close()
	}
	return nil
}

// enter finds a place for a connection; nil when there is none for it.
func (s *Server) enter(from netip.AddrPort) *connection {
	held, ok := s.admission.enter(from)
	s.accepted.Add(1)
	if !ok {
		s.refused.Add(1)
		return nil
	}
	c := &connection{server: s, place: held, by: s.elapsed() + int64(s.options.Limits.Header)}
	if !s.remember(c) {
		held.leave()
		return nil
	}
	return c
}

// admit lets a connection in, or closes it.
func (s *Server) admit(conn net.Conn) {
	c := s.enter(addressOf(conn.RemoteAddr()))
	if c == nil {
		_ = conn.Close()
		return
	}
	if s.secure == nil {
		s.carry(c, conn)
		return
	}
	if s.shaking.Add(1) > maxHandshakes {
		s.shaking.Add(-1)
		s.refused.Add(1)
		s.refuse(c.place.from().Addr(), ReasonConnections)
		_ = conn.Close()
		c.onClosed()
		return
	}
	s.running.Go(func() {
		defer s.shaking.Add(-1)
		s.shake(c, conn)
	})
}

// shake does the TLS handshake, in a goroutine of its own. Afterwards the
// event loop carries what is encrypted.
func (s *Server) shake(c *connection, conn net.Conn) {
	below := &secured{Conn: conn, connection: c}
	ctx, cancel := context.WithTimeout(s.context, s.options.Limits.Header)
	defer cancel()
	secure := tls.Server(below, s.secure)
	if err := secure.HandshakeContext(ctx); err != nil {
		s.options.Logger.Debug("no TLS", "from", truncated(c.place.from().Addr()), "error", unaddressed(err))
		c.strike(strikeSilence)
		_ = conn.Close()
		c.onClosed()
		return
	}
	if secure.ConnectionState().NegotiatedProtocol == acme.ALPNProto {
		_ = conn.Close() // an authority's challenge (RFC 8737) is answered by the handshake alone
		c.onClosed()
		return
	}
	below.isShaken, below.Conn = true, nil
	c.mu.Lock()
	c.secure, c.undecoded = secure, true
	c.mu.Unlock()
	s.carry(c, conn)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wake() // TLS may have read more than the handshake
}
