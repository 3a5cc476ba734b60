package rendezvous

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/framing"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// wake finds a worker; it runs under mu.
func (c *connection) wake() {
	if c.busy || c.isGone {
		return
	}
	c.busy = true
	c.server.handlers.add(c, (*connection).run)
}

// onReadable is told by the event loop.
func (c *connection) onReadable(s *socket) {
	c.mu.Lock()
	switch {
	case c.arrived != nil || c.busy || c.closed:
		c.unread = true
	case c.secure == nil && (c.known || c.stage == stageHeader): // what is between them is a signature to check
		c.busy = true
		c.mu.Unlock()
		c.runOn(s)
		return
	default:
		s.pull()
	}
	c.mu.Unlock()
}

// arrive takes a copy of what was read; it runs under mu.
func (c *connection) arrive(data []byte) {
	chunk := c.server.newChunk(len(data))
	if chunk == nil {
		c.steps = append(c.steps, func(s *session) []effect {
			return s.Refuse(wire.ErrorCode_ERROR_CODE_LIMIT, "The server is too busy.", 10*time.Second)
		})
		c.wake()
		return
	}
	copy(chunk, data)
	c.arrived = chunk
	c.wake()
}

// run is a handler's work: everything that there is to do, until it is done or the engine is needed.
func (c *connection) run() {
	for {
		if c.rest != nil {
			if !c.consume() {
				return
			}
			continue
		}
		if step, ended, ok := c.next(); ended {
			return
		} else if ok && c.session == nil {
			c.cut() // it has not said anything yet
		} else if ok && !c.perform(step(c.session)) {
			return
		}
	}
}

// next finds out what to do next: a step, or c.rest is filled, or it ended:
// nothing is left, or somebody else goes on.
func (c *connection) next() (step func(*session) []effect, ended, ok bool) {
	c.mu.Lock()
	switch {
	case len(c.steps) > 0:
		step = c.steps[0]
		if c.steps = c.steps[1:]; len(c.steps) == 0 {
			c.steps = nil
		}
		c.mu.Unlock()
		return step, false, true
	case c.secure != nil && (c.arrived != nil || c.undecoded):
		c.mu.Unlock()
		c.decode()
		return nil, false, false
	case c.arrived != nil:
		c.chunk, c.rest = c.arrived, c.arrived
		c.arrived = nil
		c.mu.Unlock()
		c.socket.Load().consumed()
		return nil, false, false
	case c.unread && !c.closed:
		c.socket.Load().pull()
		c.mu.Unlock()
		return nil, false, false
	case c.closed && !c.isGone:
		c.isGone = true
		c.mu.Unlock()
		c.server.callers.add(c, (*connection).depart)
		return nil, true, false
	}
	c.mu.Unlock()
	c.out.flush(c)
	return nil, c.rested(), false
}

// rested lets the connection be idle, if there is nothing to do.
func (c *connection) rested() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.steps) > 0 || c.arrived != nil || c.unread || c.closed || (c.secure != nil && c.undecoded) {
		return false
	}
	c.busy = false
	return true
}

// decode takes what TLS has.
func (c *connection) decode() {
	buffer, ok := readBuffers.Get().(*[readSize]byte)
	if !ok {
		return
	}
	defer readBuffers.Put(buffer)
	n, err := c.secure.Read(buffer[:])
	c.undecoded = err == nil
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		c.deafen()
		c.mu.Lock()
		c.dropArrived()
		c.mu.Unlock()
		c.cut()
		return
	}
	if n == 0 {
		return
	}
	if c.chunk = c.server.newChunk(n); c.chunk == nil {
		c.cut()
		return
	}
	c.rest = c.chunk[:copy(c.chunk, buffer[:n])]
}

// consume takes c.rest; false when somebody else goes on.
func (c *connection) consume() bool {
	proceed := true
	for proceed && len(c.rest) > 0 {
		switch c.stage {
		case stageHeader:
			c.takeHeader()
		case stageOpen:
			proceed = c.takeFrames()
		case stageDeaf:
			c.rest = c.rest[:0]
		}
	}
	// A caller may be at work by now: nothing of the connection is ours then.
	if proceed {
		c.release()
		c.watchFrame()
	}
	return proceed
}

// release gives the consumed chunk back.
func (c *connection) release() {
	c.server.freeChunk(c.chunk)
	c.chunk, c.rest = nil, nil
}

// watchFrame sets the time by which a frame that began must be complete.
func (c *connection) watchFrame() {
	if c.stage != stageOpen {
		return
	}
	inside := c.reader.InMessage()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !inside:
		c.by = 0
	case c.by == 0:
		c.by = c.server.elapsed() + int64(c.server.options.Limits.Frame)
	}
}

// frameLimit is smaller before the login.
func (c *connection) frameLimit() int {
	if c.known {
		return c.encoding.Limit(wire.MaxServerFrame)
	}
	return c.encoding.Limit(protocol.MaxLogin)
}

// takeFrames takes messages out of c.rest; false when somebody else goes on.
func (c *connection) takeFrames() bool {
	for len(c.rest) > 0 && c.stage == stageOpen {
		message, rest, complete, err := c.reader.Next(c.rest, c.frameLimit(), c.server)
		c.rest = rest
		switch {
		case errors.Is(err, framing.ErrTooLarge):
			c.strike(strikeGarbage)
			c.deafen()
			return c.perform(c.session.HandleGarbage())
		case errors.Is(err, framing.ErrNoMemory):
			c.deafen()
			return c.perform(c.session.Refuse(wire.ErrorCode_ERROR_CODE_LIMIT, "The server is too busy.", 10*time.Second))
		case err != nil:
			c.strike(strikeGarbage)
			c.deafen()
			c.out.finish(c, framing.StatusProtocolError, "", true)
			return true
		case complete && !c.take(message):
			return false
		}
	}
	if c.rest == nil {
		c.rest = c.chunk[:0]
	}
	return true
}

// take takes one message; false when somebody else goes on.
func (c *connection) take(message framing.Message) bool {
	switch message.Opcode {
	case framing.Ping, framing.Pong:
		c.takeControl(message)
		return true
	case framing.Close:
		c.deafen()
		c.session.phase = phaseEnded
		c.out.finish(c, framing.StatusNormal, "", true)
		return c.perform([]effect{leave{}})
	case framing.Text, framing.Binary, framing.Continuation:
	}
	c.mu.Lock()
	c.by = 0
	c.mu.Unlock()
	if c.session.phase == phaseEnded {
		return true
	}
	if taken, proceed := c.takePlain(message); taken {
		return proceed
	}
	var frame wire.ClientFrame
	if (message.Opcode == framing.Text) != (c.encoding == protocol.JSON) || c.encoding.Decode(message.Payload, &frame) != nil {
		c.strike(strikeGarbage)
		return c.perform(c.session.HandleGarbage())
	}
	now := c.server.options.Now()
	if refusal := c.mayFrame(now); refusal != nil {
		return c.perform(refusal)
	}
	before, refused := c.session.phase, c.session.refused
	effects := c.session.Handle(&frame, now)
	c.judge(before, refused)
	return c.perform(effects)
}

// maxControls is how many control frames a second are borne.
const maxControls = 100

// takeControl answers one ping of the WebSocket layer a second.
func (c *connection) takeControl(message framing.Message) {
	now := time.Now()
	if now.Sub(c.pinged) < time.Second {
		if c.controls++; c.controls > maxControls {
			c.cut()
		}
		return
	}
	c.pinged, c.controls = now, 0
	if message.Opcode == framing.Ping {
		c.out.putBytes(c, framing.AppendFrame(nil, framing.Pong, message.Payload))
	}
}

// deafen lets nothing be looked at any more. What comes is still read and
// thrown away, so that the last words are not lost to a reset.
func (c *connection) deafen() {
	c.stage = stageDeaf
	c.reader.Discard(c.server)
	c.rest = c.rest[:0]
	c.freeHeader()
	c.mu.Lock()
	c.by = 0
	c.mu.Unlock()
}

// dropInput gives back what a connection held that is gone.
func (c *connection) dropInput() {
	c.reader.Discard(c.server)
	c.release()
	c.freeHeader()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropArrived()
	c.steps = nil
}

// dropArrived runs under mu.
func (c *connection) dropArrived() {
	c.server.freeChunk(c.arrived)
	c.arrived, c.taken = nil, 0
}

// firstRead is the size of the chunks that are used again; most of what comes fits.
const firstRead = 2 << 10

var chunks = sync.Pool{New: func() any { return new([firstRead]byte) }}

// newChunk returns counted memory; nil when there is none.
func (s *Server) newChunk(size int) []byte {
	if size > firstRead {
		if !s.Reserve(size) {
			return nil
		}
		return make([]byte, size)
	}
	if !s.Reserve(firstRead) {
		return nil
	}
	if chunk, ok := chunks.Get().(*[firstRead]byte); ok {
		return chunk[:size]
	}
	return make([]byte, size, firstRead)
}

func (s *Server) freeChunk(chunk []byte) {
	if chunk == nil {
		return
	}
	s.Release(cap(chunk))
	if cap(chunk) == firstRead {
		chunks.Put((*[firstRead]byte)(chunk[:firstRead]))
	}
}

// Reserve counts memory that an outsider makes us use; false when Limits.Memory is used up.
func (s *Server) Reserve(size int) bool {
	if s.memory.Add(int64(size)) > int64(s.options.Limits.Memory) {
		s.memory.Add(-int64(size))
		return false
	}
	return true
}

// Release gives back what Reserve gave.
func (s *Server) Release(size int) { s.memory.Add(-int64(size)) }
