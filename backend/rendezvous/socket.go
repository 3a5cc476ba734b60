package rendezvous

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/lesismal/nbio"
)

// socket carries the bytes of one connection: by the event loop, or by a
// goroutine that reads where there is no loop.
type socket struct {
	connection *connection
	loop       *nbio.Conn    // nil without a loop
	conn       net.Conn      // nil with one
	room       chan struct{} // without a loop: what was read last is consumed

	// With a loop: what it took and could not write yet, in bytes, and whether
	// the outbox waits for it.
	unwritten atomic.Int64
	blocked   atomic.Bool
}

// readSize is the most that is read ahead of a connection with work under way.
const readSize = 16 << 10

var readBuffers = sync.Pool{New: func() any { return new([readSize]byte) }}

// isEvented says whether the event loop carries it: nothing of it may block.
func (s *socket) isEvented() bool { return s.loop != nil }

// pull reads once into the connection, without blocking. It runs under the
// connection's mu, and with an event loop only.
func (s *socket) pull() {
	c := s.connection
	buffer, ok := readBuffers.Get().(*[readSize]byte)
	if !ok {
		return
	}
	defer readBuffers.Put(buffer)
	for {
		n, err := s.loop.Read(buffer[:])
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			c.unread = false
		case err != nil || n <= 0:
			c.unread = false
			s.close()
		default:
			// Edge-triggered: what is left in the kernel is not told again.
			c.unread = n == len(buffer)
			c.arrive(buffer[:n])
		}
		return
	}
}

// readAll is the goroutine of a socket without a loop.
func (s *socket) readAll() {
	c := s.connection
	buffer := make([]byte, firstRead)
	for {
		n, err := s.conn.Read(buffer)
		if n > 0 {
			c.mu.Lock()
			c.arrive(buffer[:n])
			waiting := c.arrived != nil
			c.mu.Unlock()
			for waiting {
				<-s.room
				c.mu.Lock()
				waiting = c.arrived != nil && !c.closed
				c.mu.Unlock()
			}
		}
		if err != nil {
			s.close()
			c.onClosed()
			return
		}
	}
}

// consumed says that there is room to read on.
func (s *socket) consumed() {
	if s.isEvented() {
		return
	}
	select {
	case s.room <- struct{}{}:
	default:
	}
}

// write hands data over. With a loop it never blocks and takes everything, see
// congested; without one it returns when the other side took it.
func (s *socket) write(data []byte) (int, error) {
	if !s.isEvented() {
		if err := s.conn.SetWriteDeadline(s.connection.out.until(s.connection.server)); err != nil {
			return 0, err
		}
		return s.conn.Write(data)
	}
	s.unwritten.Add(int64(len(data)))
	return s.loop.Write(data)
}

// written is called by the loop, with its lock of the connection held.
func (s *socket) written(size int) {
	if s.unwritten.Add(-int64(size)) <= 0 && s.blocked.CompareAndSwap(true, false) {
		s.connection.server.handlers.add(s.connection, (*connection).drain)
	}
}

// congested says whether something that was handed over is not written; then
// the outbox is drained on as soon as it is.
func (s *socket) congested() bool {
	if s.unwritten.Load() <= 0 {
		return false
	}
	s.blocked.Store(true)
	return s.unwritten.Load() > 0 || !s.blocked.CompareAndSwap(true, false)
}

// close ends it without a word; onClosed of the connection follows.
func (s *socket) close() {
	if s.isEvented() {
		_ = s.loop.Close()
		return
	}
	_ = s.conn.Close()
}

// onClosed is called once the socket is closed, by whichever side.
func (c *connection) onClosed() {
	c.place.leave()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if s := c.socket.Load(); s != nil {
		s.consumed()
	}
	c.wake()
}
