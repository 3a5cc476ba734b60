package rendezvous

import (
	"sync"
	"time"

	"github.com/coder/websocket"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// frameOverhead is what a waiting frame takes beside its content, roughly.
const frameOverhead = 256

// handshakeTime is how long the other side may take to close.
const handshakeTime = time.Second

// outbox is what waits to be written to one device. It has a goroutine only
// while something waits, so that an idle device costs none.
type outbox struct {
	mu       sync.Mutex
	frames   []*wire.ServerFrame
	bytes    int
	held     []*wire.ServerFrame // came from the engine before the welcome was queued; they follow it
	heldSize int
	open     bool // the welcome is queued: nothing is held any more
	writing  bool
	finished bool          // nothing more is taken; the socket closes after the last frame
	deadline time.Time     // for all of it, once finished
	idle     chan struct{} // closed when the writer ends; made by wait
}

// release queues what was held, right behind the welcome.
func (o *outbox) release(c *connection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = true
	if o.finished || len(o.held) == 0 {
		return
	}
	o.frames = append(o.frames, o.held...)
	o.bytes += o.heldSize
	o.held, o.heldSize = nil, 0
	o.kick(c)
}

// putBehind is put for what the engine hands over: it does not overtake the
// welcome, because a device takes anything else in its place for a foreign
// server, and it is not lost either, because the peer is reachable for others
// from the moment the engine attached it.
func (o *outbox) putBehind(c *connection, frame *wire.ServerFrame) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.add(c, frame, !o.open)
}

// put queues a frame; false when the device is too slow or the server too full.
func (o *outbox) put(c *connection, frame *wire.ServerFrame) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.add(c, frame, false)
}

// add runs under mu.
func (o *outbox) add(c *connection, frame *wire.ServerFrame, hold bool) bool {
	size := proto.Size(frame) + frameOverhead
	if o.finished {
		return true // nobody listens any more
	}
	if o.bytes+o.heldSize+size > c.server.options.Limits.Queue || !c.server.reserve(size) {
		return false
	}
	if hold {
		o.held = append(o.held, frame)
		o.heldSize += size
		return true
	}
	o.frames = append(o.frames, frame)
	o.bytes += size
	o.kick(c)
	return true
}

// finish closes the socket after everything is written.
func (o *outbox) finish(c *connection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.finished {
		return
	}
	o.finished = true
	o.deadline = time.Now().Add(c.server.options.Limits.Write)
	o.kick(c)
}

// wait returns when the writer has ended; nothing is taken any more.
func (o *outbox) wait() {
	o.mu.Lock()
	o.finished = true
	if !o.writing {
		o.mu.Unlock()
		return
	}
	o.idle = make(chan struct{})
	idle := o.idle
	o.mu.Unlock()
	<-idle
}

// stop ends the writer; it runs under mu.
func (o *outbox) stop() {
	o.writing = false
	if o.idle != nil {
		close(o.idle)
		o.idle = nil
	}
}

// until is the deadline of the next write.
func (o *outbox) until(limit time.Duration) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.deadline.IsZero() {
		return o.deadline
	}
	return time.Now().Add(limit)
}

// kick runs under mu.
func (o *outbox) kick(c *connection) {
	if o.writing {
		return
	}
	o.writing = true
	if !c.server.goRun(func() { o.drain(c) }) {
		o.stop()
		c.cut()
	}
}

// drain writes until nothing waits.
func (o *outbox) drain(c *connection) {
	for {
		o.mu.Lock()
		frames, size := o.frames, o.bytes
		o.frames = nil
		if len(frames) == 0 && !o.finished {
			o.stop()
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		if len(frames) == 0 {
			break
		}
		err := c.writeAll(frames)
		c.server.memory.Add(-int64(size))
		o.mu.Lock()
		o.bytes -= size
		o.mu.Unlock()
		if err != nil {
			c.cut()
			break
		}
	}
	// The other side gets a moment for its half of the closing handshake.
	timer := time.AfterFunc(handshakeTime, c.cut)
	_ = c.socket.Close(websocket.StatusNormalClosure, "")
	timer.Stop()
	c.cut()
	o.mu.Lock()
	defer o.mu.Unlock()
	c.server.memory.Add(-int64(o.bytes + o.heldSize))
	o.frames, o.bytes, o.finished = nil, 0, true
	o.held, o.heldSize = nil, 0
	o.stop()
}

func (c *connection) writeAll(frames []*wire.ServerFrame) error {
	kind := websocket.MessageBinary
	if c.encoding == protocol.JSON {
		kind = websocket.MessageText
	}
	for _, frame := range frames {
		data, err := c.encoding.Encode(frame)
		if err != nil {
			return err
		}
		if err = c.raw.SetWriteDeadline(c.out.until(c.server.options.Limits.Write)); err != nil {
			return err
		}
		if err = c.socket.Write(c.server.endless, kind, data); err != nil {
			return err
		}
	}
	return nil
}
