package rendezvous

import (
	"io"
	"net"
	"os"
	"time"
)

// secured is what the standard library's TLS reads from and writes to. During
// the handshake it is the socket itself. Afterwards a read takes what arrived,
// and looks like a deadline that has passed when there is nothing: crypto/tls
// promises that reading goes on after that (tls.Conn.SetReadDeadline).
type secured struct {
	net.Conn // during the handshake; afterwards for addresses only

	connection *connection
	isShaken   bool // set between the handshake and the first read
}

// Read implements net.Conn.
func (s *secured) Read(into []byte) (int, error) {
	if !s.isShaken {
		return s.Conn.Read(into)
	}
	c := s.connection
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.arrived == nil {
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(into, c.arrived[c.taken:])
	if c.taken += n; c.taken == len(c.arrived) {
		c.dropArrived()
		c.socket.Load().consumed()
	}
	return n, nil
}

// Write implements net.Conn.
func (s *secured) Write(data []byte) (int, error) {
	if !s.isShaken {
		return s.Conn.Write(data)
	}
	carried := s.connection.socket.Load()
	if carried == nil {
		return 0, io.ErrClosedPipe
	}
	return carried.write(data)
}

// SetWriteDeadline implements net.Conn. The outbox has its own.
func (s *secured) SetWriteDeadline(at time.Time) error {
	if !s.isShaken {
		return s.Conn.SetWriteDeadline(at)
	}
	return nil
}
