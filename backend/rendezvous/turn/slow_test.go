package turn

import (
	"net"
	"sync/atomic"
)

// slowConn is a client's socket that stops to read when it is told to.
type slowConn struct {
	net.PacketConn

	stopped atomic.Bool
	gate    chan struct{} // closed at the end
}

func (c *slowConn) stop() { c.stopped.Store(true) }

// ReadFrom implements net.PacketConn.
func (c *slowConn) ReadFrom(into []byte) (int, net.Addr, error) {
	if c.stopped.Load() {
		<-c.gate
	}
	return c.PacketConn.ReadFrom(into)
}
