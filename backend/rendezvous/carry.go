package rendezvous

import (
	"fmt"
	"net"
	"runtime"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/eventloop"
)

// carrier is an event loop, and what its goroutine does for connections
// itself: relayed signals and whatever else needs no waiting and no
// signatures. What that leaves in outboxes is written at the end of a pass, so
// that what several events brought for one device is one write.
type carrier struct {
	server  *Server
	loop    *eventloop.Loop
	buffer  [readSize]byte
	unsent  []*connection // something waits in their outboxes
	waiting int           // bytes of envelopes there
	deliver func(engine.Sink, []byte) bool
}

// perTwo is one for every two processors: enough for what takes little time each.
func perTwo() int { return (runtime.GOMAXPROCS(0) + 1) / 2 }

// newCarriers starts the event loops; none where there are none.
func newCarriers(s *Server) ([]*carrier, error) {
	var all []*carrier
	for range perTwo() {
		one := &carrier{server: s}
		one.deliver = func(sink engine.Sink, envelope []byte) bool {
			c, ok := sink.(*connection)
			if !ok {
				return sink.Deliver(envelope)
			}
			one.later(c)
			one.waiting += len(envelope)
			return c.out.putEnvelope(c, envelope, false)
		}
		loop, err := eventloop.New(one.passed)
		if err != nil {
			return all, fmt.Errorf("rendezvous: %w", err)
		}
		if loop == nil {
			return nil, nil
		}
		one.loop = loop
		all = append(all, one)
	}
	return all, nil
}

// later has an outbox flushed at the end of the pass.
func (r *carrier) later(c *connection) { r.unsent = append(r.unsent, c) }

// maxWaiting bounds what a pass may gather, so that no outbox is full before it was looked at.
const maxWaiting = 128 << 10

// passed ends a pass.
func (r *carrier) passed() {
	for i, c := range r.unsent {
		c.out.flush(c)
		r.unsent[i] = nil
	}
	r.unsent, r.waiting = r.unsent[:0], 0
}

// stopCarriers ends the event loops.
func (s *Server) stopCarriers() {
	for _, one := range s.carriers {
		if err := one.loop.Stop(); err != nil {
			s.options.Logger.Warn("an event loop did not end well", "error", err)
		}
	}
}

// carry starts to read a connection's socket, from its first byte or after the
// TLS handshake. When it fails the socket is closed.
func (s *Server) carry(c *connection, conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok && len(s.carriers) > 0 {
		carried := s.carriedBy(c)
		var err error
		if carried.loop, err = carried.carrier.loop.Take(tcp, carried); err != nil {
			s.options.Logger.Debug("a socket could not be moved", "error", unaddressed(err))
			c.onClosed()
			return
		}
		s.startOn(carried)
		return
	}
	carried := &socket{connection: c, conn: conn, room: make(chan struct{}, 1)}
	c.socket.Store(carried)
	if c.isCut.Load() {
		carried.close()
	}
	s.running.Go(carried.readAll)
}

// carryBare is carry for a socket that an event loop's listener accepted.
func (s *Server) carryBare(c *connection, accepted *eventloop.Socket) {
	carried := s.carriedBy(c)
	carried.loop = carried.carrier.loop.Adopt(accepted, carried)
	s.startOn(carried)
}

// carriedBy chooses an event loop.
func (s *Server) carriedBy(c *connection) *socket {
	return &socket{connection: c, carrier: s.carriers[int(s.next.Add(1))%len(s.carriers)]}
}

// startOn has a socket watched by its event loop.
func (s *Server) startOn(carried *socket) {
	carried.connection.socket.Store(carried)
	if err := carried.loop.Start(); err != nil {
		s.options.Logger.Debug("a socket could not be watched", "error", unaddressed(err))
		carried.loop.Close()
	}
	if carried.connection.isCut.Load() {
		carried.close()
	}
}

// runOn is the event loop's work for a connection that is logged in and that
// nobody works for: what is there is taken without a copy, and without
// another goroutine unless the engine is needed.
func (c *connection) runOn(s *socket) {
	buffer := s.carrier.buffer[:]
	n, err := s.loop.Read(buffer)
	c.mu.Lock()
	c.unread = s.took(n, len(buffer), err)
	c.mu.Unlock()
	if n > 0 {
		c.carrier, c.rest = s.carrier, buffer[:n]
		if !c.consume() {
			return
		}
		c.carrier = nil
		if s.carrier.later(c); s.carrier.waiting > maxWaiting {
			s.carrier.passed()
		}
	}
	if !c.rested() {
		c.server.handlers.add(c, (*connection).run)
	}
}

// keep makes the event loop's buffer free before a caller goes on.
func (c *connection) keep() {
	if c.carrier == nil {
		return
	}
	rest := c.rest
	if c.carrier, c.rest = nil, nil; len(rest) == 0 {
		return
	}
	if c.chunk = c.server.newChunk(len(rest)); c.chunk == nil {
		c.cut()
		return
	}
	c.rest = c.chunk[:copy(c.chunk, rest)]
}

// flush writes what is said; on an event loop at the end of the pass.
func (c *connection) flush() {
	if c.carrier != nil {
		c.carrier.later(c)
		return
	}
	c.out.flush(c)
}
