package rendezvous

import (
	"net"

	"github.com/lesismal/nbio"
)

// carry starts to read a connection's socket, from its first byte or after the
// TLS handshake. When it fails the socket is closed.
func (s *Server) carry(c *connection, conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok && s.loop != nil {
		moved, err := nbio.NBConn(tcp)
		if err != nil {
			s.options.Logger.Debug("a socket could not be moved", "error", unaddressed(err))
			_ = conn.Close()
			c.onClosed()
			return
		}
		carried := &socket{connection: c, loop: moved}
		moved.SetSession(carried)
		c.socket.Store(carried)
		s.carried.Add(1)
		if _, err = s.loop.AddConn(moved); err != nil {
			s.options.Logger.Debug("a socket could not be watched", "error", unaddressed(err))
			_ = moved.Close()
			c.onClosed() // it may have been told already: once more does no harm
		}
		if c.isCut.Load() {
			carried.close()
		}
		return
	}
	carried := &socket{connection: c, conn: conn, room: make(chan struct{}, 1)}
	c.socket.Store(carried)
	if c.isCut.Load() {
		carried.close()
	}
	s.running.Go(carried.readAll)
}
