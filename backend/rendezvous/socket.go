package rendezvous

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"github.com/tincan-chat/tincan/backend/rendezvous/eventloop"
)

// socket carries the bytes of one connection: by the event loop, or by a
// goroutine that reads where there is no loop.
type socket struct {
	connection *connection
	carrier    *carrier        // nil without a loop
	loop       *eventloop.Conn // likewise
	conn       net.Conn        // nil with one
	room       chan struct{}   // without a loop: what was read last is consumed

	// With a loop: what it took and could not write yet, in bytes, and whether
	// the outbox waits for it.
	unwritten atomic.Int64
	blocked   atomic.Bool
	isEnding  atomic.Bool // the other side said its last: all of it is read, and the end
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
	n, err := s.loop.Read(buffer[:])
	if c.unread = s.took(n, len(buffer), err); n > 0 {
		c.arrive(buffer[:n])
	}
}

// took says whether there may be more after a read of n bytes into room for
// most; when the other side ended, it closes the socket.
func (s *socket) took(n, most int, err error) bool {
	if n <= 0 && !errors.Is(err, eventloop.ErrAgain) {
		s.close()
	}
	return n > 0 && (n == most || s.isEnding.Load()) // what is left in the kernel is not told again
}

// Readable implements eventloop.Handler.
func (s *socket) Readable(ended bool) {
	if ended {
		s.isEnding.Store(true)
	}
	s.connection.onReadable(s)
}

// Written implements eventloop.Handler.
func (s *socket) Written(size int) {
	if s.unwritten.Add(-int64(size)) <= 0 && s.blocked.CompareAndSwap(true, false) {
		s.connection.server.drainers.add(s.connection, (*connection).drain)
	}
}

// Closed implements eventloop.Handler. It may be called under the connection's mu.
func (s *socket) Closed() { s.connection.server.handlers.add(s.connection, (*connection).onClosed) }

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
	written, err := s.loop.Write(data)
	if err != nil {
		return written, err
	}
	if written < len(data) {
		s.unwritten.Add(int64(len(data) - written))
	}
	return len(data), nil
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
		s.loop.Close()
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
