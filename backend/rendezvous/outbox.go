package rendezvous

import (
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/rendezvous/framing"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	// frameOverhead is what a waiting frame takes beside its content, roughly.
	frameOverhead = 256
	// handshakeTime is how long the other side may take to close.
	handshakeTime = time.Second
	// batchSize is how much is written at once, more or less.
	batchSize = 16 << 10
)

// outbox is what waits to be written to one device. Whoever sets writing
// drains it: the worker of the connection, another handler, or a goroutine
// where there is no event loop.
type outbox struct {
	mu       sync.Mutex
	frames   []queued
	raw      []byte   // goes before them: an answer of HTTP, a pong
	bytes    int      // of frames, of what is held and of what is flying
	flying   int      // was handed to the socket
	held     []queued // came from the engine before the welcome was queued; they follow it
	isOpen   bool     // the welcome is queued: nothing is held any more
	writing  bool
	finished bool // nothing more is taken; the socket closes after the last frame
	isSaid   bool // the close frame is written
	hangup   bool // the other side needs no time to close
	status   framing.Status
	reason   string
	// As of Server.elapsed, 0 for none: of what is flying, and of everything once finished.
	stalled, deadline int64
}

type queued struct {
	frame *wire.ServerFrame
	size  int
}

var writeBuffers = sync.Pool{New: func() any { return new([]byte) }}

// open queues what was held, right behind the welcome. Whoever works for the
// connection writes it.
func (o *outbox) open() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.isOpen = true
	if !o.finished {
		o.frames = append(o.frames, o.held...)
		o.held = nil
	}
}

// putBehind is put for what the engine hands over: it does not overtake the
// welcome, because a device takes anything else in its place for a foreign
// server, and it is not lost either, because the peer is reachable for others
// from the moment the engine attached it.
func (o *outbox) putBehind(c *connection, frame *wire.ServerFrame) bool {
	return o.add(c, frame, true, true)
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
	return o.add(c, frame, kick, false)
}

func (o *outbox) add(c *connection, frame *wire.ServerFrame, kick, behind bool) bool {
	size := proto.Size(frame) + frameOverhead
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.finished {
		return true // nobody listens any more
	}
	if o.bytes+size > c.server.options.Limits.Queue || !c.server.Reserve(size) {
		return false
	}
	o.bytes += size
	if behind && !o.isOpen {
		o.held = append(o.held, queued{frame, size})
		return true
	}
	o.frames = append(o.frames, queued{frame, size})
	if kick && !o.writing {
		o.writing = true
		c.goDrain()
	}
	return true
}

// putBytes queues bytes as they are, at most one answer and one pong at a time.
func (o *outbox) putBytes(data []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.finished {
		o.raw = append(o.raw, data...)
	}
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
	o.finished, o.status, o.reason = true, status, reason
	o.deadline = c.server.elapsed() + int64(c.server.options.Limits.Write)
}

// flush writes what waits. With an event loop it is done when flush returns,
// as far as the socket takes it.
func (o *outbox) flush(c *connection) {
	o.mu.Lock()
	if o.writing || (len(o.frames) == 0 && o.raw == nil && (!o.finished || o.isSaid)) {
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
		c.server.handlers.add(c, (*connection).drain)
		return
	}
	c.server.running.Go(c.drain)
}

// drain writes until nothing waits, or until the socket takes no more: then
// the socket has it called again.
func (c *connection) drain() {
	buffer, ok := writeBuffers.Get().(*[]byte)
	if !ok {
		return
	}
	defer func() {
		if cap(*buffer) <= 2*batchSize {
			writeBuffers.Put(buffer)
		}
	}()
	carried := c.socket.Load()
	for {
		raw, frames, proceed := c.out.take(c)
		if !proceed {
			return
		}
		data, err := c.encode(append((*buffer)[:0], raw...), frames)
		*buffer = data[:0]
		if err == nil && len(data) > 0 {
			err = c.writeOut(carried, data)
		}
		if err != nil {
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

func (c *connection) encode(to []byte, frames []queued) ([]byte, error) {
	opcode := framing.Binary
	if c.encoding == protocol.JSON {
		opcode = framing.Text
	}
	for _, one := range frames {
		data, err := c.encoding.Encode(one.frame)
		if err != nil {
			return to, err
		}
		to = framing.AppendFrame(to, opcode, data)
	}
	return to, nil
}

// take returns what is to be written next; false when the writer's work is done.
func (o *outbox) take(c *connection) (raw []byte, frames []queued, proceed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bytes -= o.flying
	c.server.Release(o.flying)
	o.flying = 0
	raw, o.raw = o.raw, nil
	count := 0
	for count < len(o.frames) && o.flying < batchSize {
		o.flying += o.frames[count].size
		count++
	}
	frames = o.frames[:count]
	if o.frames = o.frames[count:]; len(o.frames) == 0 {
		o.frames = nil
	}
	switch {
	case count > 0 || raw != nil:
	case o.finished && !o.isSaid:
		o.isSaid = true
		if o.status != 0 {
			raw = framing.AppendClose(nil, o.status, o.reason)
		}
	default:
		o.writing, o.stalled = false, 0
		if o.isSaid {
			c.closeGently(o)
		}
		return nil, nil, false
	}
	o.stalled = c.server.elapsed() + int64(c.server.options.Limits.Write)
	return raw, frames, true
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
	c.server.Release(o.bytes)
	o.frames, o.held, o.raw, o.bytes, o.flying = nil, nil, nil, 0, 0
	o.finished, o.isSaid, o.writing = true, true, true
	o.stalled, o.deadline = 0, 0
}
