package rendezvous

import (
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/framing"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	// handshakeTime is how long the other side may take to close.
	handshakeTime = time.Second
	// batchSize is the most that is written at once.
	batchSize = 16 << 10
	// headSize is more than what stands before an envelope, or a whole answer of numbers.
	headSize = 48
)

// outbox is what waits to be written to one device, as it is written. Whoever
// sets writing drains it: the worker of the connection, an event loop, another
// handler, or a goroutine where there is no event loop.
type outbox struct {
	mu       sync.Mutex
	queue    buffer // frames, from sent on
	held     buffer // frames that came from the engine before the welcome was queued; they follow it
	sent     int    // of queue: is written
	flying   int    // of queue, behind sent: was handed to the socket
	isOpen   bool   // the welcome is queued: nothing is held any more
	writing  bool
	finished bool // nothing more is taken; the socket closes after the last frame
	isSaid   bool // everything is written since
	hangup   bool // the other side needs no time to close
	// As of Server.elapsed, 0 for none: of what is flying, and of everything once finished.
	stalled, deadline int64
}

// buffer is counted memory.
type buffer []byte

// room makes room for more bytes; false when there is none.
func (b *buffer) room(s *Server, more int) bool {
	need := len(*b) + more
	if need <= cap(*b) {
		return true
	}
	if cap(*b) == 0 {
		chunk := s.newChunk(more)
		*b = chunk[:0]
		return chunk != nil
	}
	size := max(need, 2*cap(*b))
	if !s.Reserve(size) {
		return false
	}
	// What is written now may lie in the smaller one: it is not used again.
	s.Release(cap(*b))
	*b = append(make([]byte, 0, size), *b...)
	return true
}

// free gives it back.
func (b *buffer) free(s *Server) {
	s.freeChunk(*b)
	*b = nil
}

// open queues what was held, right behind the welcome. Whoever works for the
// connection writes it.
func (o *outbox) open(c *connection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.isOpen = true
	if !o.finished && len(o.held) > 0 {
		if !o.queue.room(c.server, len(o.held)) {
			c.cut()
			return
		}
		o.queue = append(o.queue, o.held...)
	}
	o.held.free(c.server)
}

// putBehind is put for what the engine hands over: it does not overtake the
// welcome, because a device takes anything else in its place for a foreign
// server, and it is not lost either, because the peer is reachable for others
// from the moment the engine attached it.
func (o *outbox) putBehind(c *connection, frame *wire.ServerFrame) bool {
	return o.putFrame(c, frame, true, true)
}

// putOpen is put for a device that was welcomed.
func (o *outbox) putOpen(c *connection, frame *wire.ServerFrame) {
	o.mu.Lock()
	isOpen := o.isOpen
	o.mu.Unlock()
	if isOpen {
		o.put(c, frame, true)
	}
}

// put queues a frame, and has it written unless the caller does; false when
// the device is too slow or the server too full.
func (o *outbox) put(c *connection, frame *wire.ServerFrame, kick bool) bool {
	return o.putFrame(c, frame, kick, false)
}

func (o *outbox) putFrame(c *connection, frame *wire.ServerFrame, kick, behind bool) bool {
	data, err := c.encoding.Encode(frame)
	if err != nil {
		return false
	}
	opcode := framing.Binary
	if c.encoding == protocol.JSON {
		opcode = framing.Text
	}
	var head [headSize]byte
	return o.add(c, framing.AppendHeader(head[:0], opcode, len(data)), data, kick, behind)
}

// putEnvelope is putBehind for a relayed envelope, of which it makes a copy.
func (o *outbox) putEnvelope(c *connection, envelope []byte, kick bool) bool {
	if c.encoding != protocol.Protobuf {
		return o.putFrame(c, &wire.ServerFrame{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: envelope}}}, kick, true)
	}
	var inner, head [headSize]byte
	before := protocol.AppendDeliver(inner[:0], len(envelope))
	return o.add(c, append(framing.AppendHeader(head[:0], framing.Binary, len(before)+len(envelope)), before...), envelope, kick, true)
}

// putPlain is put for an encoded frame of less than headSize bytes, in the protobuf encoding.
func (o *outbox) putPlain(c *connection, data []byte, kick bool) bool {
	var head [headSize]byte
	return o.add(c, framing.AppendHeader(head[:0], framing.Binary, len(data)), data, kick, false)
}

// add queues a frame that is in two parts.
func (o *outbox) add(c *connection, head, body []byte, kick, behind bool) bool {
	size := len(head) + len(body)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.finished {
		return true // nobody listens any more
	}
	if len(o.queue)-o.sent+len(o.held)+size > c.server.options.Limits.Queue {
		return false
	}
	into := &o.queue
	if behind && !o.isOpen {
		into, kick = &o.held, false
	}
	if !into.room(c.server, size) {
		return false
	}
	*into = append(append(*into, head...), body...)
	if kick && !o.writing {
		o.writing = true
		c.goDrain()
	}
	return true
}

// putBytes queues bytes as they are, at most one answer and one pong at a
// time. When there is no room for them they are dropped.
func (o *outbox) putBytes(c *connection, data []byte) {
	o.add(c, data, nil, false, false)
}

// finish closes the socket after everything is written: with a close frame
// unless status is 0, and at once if hangup.
func (o *outbox) finish(c *connection, status framing.Status, reason string, hangup bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hangup = o.hangup || hangup
	if o.finished {
		return
	}
	if status != 0 && o.queue.room(c.server, framing.MaxClose) {
		o.queue = framing.AppendClose(o.queue, status, reason)
	}
	o.finished = true
	o.deadline = c.server.elapsed() + int64(c.server.options.Limits.Write)
}

// flush writes what waits. With an event loop it is done when flush returns,
// as far as the socket takes it.
func (o *outbox) flush(c *connection) {
	o.mu.Lock()
	if o.writing || (len(o.queue) == 0 && (!o.finished || o.isSaid)) {
		o.mu.Unlock()
		return
	}
	o.writing = true
	o.mu.Unlock()
	if s := c.socket.Load(); s != nil && s.isEvented() {
		c.drain()
		return
	}
	c.goDrain()
}

// goDrain has the outbox drained by somebody else.
func (c *connection) goDrain() {
	if s := c.socket.Load(); s != nil && s.isEvented() {
		c.server.drainers.add(c, (*connection).drain)
		return
	}
	c.server.running.Go(c.drain)
}

// drain writes until nothing waits, or until the socket takes no more: then
// the socket has it called again.
func (c *connection) drain() {
	carried := c.socket.Load()
	for {
		data, proceed := c.out.take(c)
		if !proceed {
			return
		}
		if c.writeOut(carried, data) != nil {
			c.cut() // and drop follows
			return
		}
		if carried.isEvented() && carried.congested() {
			return
		}
	}
}

func (c *connection) writeOut(carried *socket, data []byte) (err error) {
	if c.secure != nil {
		_, err = c.secure.Write(data)
		return err
	}
	_, err = carried.write(data)
	return err
}

// take returns what is to be written next; false when the writer's work is done.
func (o *outbox) take(c *connection) (data []byte, proceed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent += o.flying
	o.flying = 0
	waiting := len(o.queue) - o.sent
	switch {
	case waiting <= 0:
		o.queue.free(c.server)
		o.sent, o.writing, o.stalled = 0, false, 0
		if o.finished && !o.isSaid {
			o.isSaid = true
			c.closeGently(o)
		}
		return nil, false
	case o.sent > waiting: // nobody reads what is moved, or from where
		o.queue = o.queue[:copy(o.queue, o.queue[o.sent:])]
		o.sent = 0
	}
	o.flying = min(waiting, batchSize)
	o.stalled = c.server.elapsed() + int64(c.server.options.Limits.Write)
	return o.queue[o.sent : o.sent+o.flying], true
}

// closeGently gives the other side a moment for its half of the closing
// handshake. It runs under the outbox's mu.
func (c *connection) closeGently(o *outbox) {
	if o.hangup {
		c.cut()
		return
	}
	o.deadline = c.server.elapsed() + int64(handshakeTime)
}

// isLate says whether the device does not take what it is sent.
func (o *outbox) isLate(now int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return (o.stalled != 0 && now > o.stalled) || (o.deadline != 0 && now > o.deadline)
}

// until is the deadline of what is written now, where writing blocks.
func (o *outbox) until(s *Server) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := s.elapsed() + int64(s.options.Limits.Write)
	if o.deadline != 0 {
		at = min(at, o.deadline)
	}
	return s.began.Add(time.Duration(at))
}

// drop forgets everything.
func (o *outbox) drop(c *connection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.flying > 0 { // somebody may read it yet: it is not used again
		c.server.Release(cap(o.queue))
		o.queue = nil
	}
	o.queue.free(c.server)
	o.held.free(c.server)
	o.sent, o.flying = 0, 0
	o.finished, o.isSaid, o.writing = true, true, true
	o.stalled, o.deadline = 0, 0
}
