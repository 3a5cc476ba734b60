package rendezvous

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// connection is the shell of one session: it feeds the session with what the
// socket brings and carries out its effects. One goroutine reads; another one
// writes only while there is something to write.
type connection struct {
	server   *Server
	socket   *websocket.Conn
	raw      *admitted
	encoding protocol.Encoding
	host     string // by which the device reached us, for relay URLs

	turn       sync.Mutex // guards session and attachment; taken before the engine's locks
	session    *session
	attachment engine.Attachment
	known      bool // the login was good: larger frames are read

	out     outbox
	asked   requests
	hinted  atomic.Bool       // that there is mail, and it fetched none since
	device  identity.DeviceID // counted in server.devices when counted
	counted bool
	pinged  time.Time // of the last ping that was answered; only the reader touches it
}

// start begins the session; read continues it.
func (c *connection) start(nonce protocol.Nonce) {
	c.turn.Lock()
	defer c.turn.Unlock()
	var effects []effect
	c.session, effects = newSession(&c.server.terms, nonce, c.server.options.Now())
	c.carryOut(effects)
}

// read takes frames until the session or the socket ends.
func (c *connection) read() {
	for c.readOne() {
	}
	c.gone()
}

// readOne reports whether to go on.
func (c *connection) readOne() bool {
	// No deadline here: the lease ends a silent session.
	kind, reader, err := c.socket.Reader(c.server.endless)
	if err != nil {
		c.cut()
		return false
	}
	if err = c.raw.SetReadDeadline(time.Now().Add(c.server.options.Limits.Frame)); err != nil {
		c.cut()
		return false
	}
	data, release, err := c.server.readFrame(reader, c.frameLimit())
	defer release()
	switch {
	case errors.Is(err, errNoMemory):
		c.do(func(s *session) []effect {
			return s.Refuse(wire.ErrorCode_ERROR_CODE_LIMIT, "The server is too busy.", 10*time.Second)
		})
	case errors.Is(err, wire.ErrTooLarge):
		c.do((*session).HandleGarbage)
	case err != nil:
		c.cut()
		return false
	default:
		c.take(kind, data)
	}
	return !c.ended() && c.raw.SetReadDeadline(time.Time{}) == nil
}

func (c *connection) ended() bool {
	c.turn.Lock()
	defer c.turn.Unlock()
	return c.session.phase == phaseEnded
}

// frameLimit is smaller before the login.
func (c *connection) frameLimit() int {
	c.turn.Lock()
	defer c.turn.Unlock()
	if c.known {
		return c.encoding.Limit(wire.MaxServerFrame)
	}
	return c.encoding.Limit(protocol.MaxLogin)
}

func (c *connection) take(kind websocket.MessageType, data []byte) {
	// Decoding may take many times a frame's size for a moment: few at once.
	c.server.handling <- struct{}{}
	defer func() { <-c.server.handling }()
	var frame wire.ClientFrame
	if (kind == websocket.MessageText) != (c.encoding == protocol.JSON) || c.encoding.Decode(data, &frame) != nil {
		c.do((*session).HandleGarbage)
		return
	}
	c.do(func(s *session) []effect { return s.Handle(&frame, c.server.options.Now()) })
}

// do runs one step of the session and its effects.
func (c *connection) do(step func(*session) []effect) {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.carryOut(step(c.session))
}

// carryOut runs under turn.
func (c *connection) carryOut(effects []effect) {
	ctx := c.server.context
	for _, one := range effects {
		switch e := one.(type) {
		case write:
			c.send(e.frame)
		case attach:
			c.attach(ctx, e)
		case publish:
			if c.attachment == nil {
				continue
			}
			if err := c.attachment.Publish(ctx, e.record); err != nil {
				c.refuse(err)
			}
		case watch:
			if c.attachment == nil {
				continue
			}
			if err := c.attachment.Watch(ctx, e.add, e.remove); err != nil {
				c.refuse(err)
			}
		case relay:
			c.relay(ctx, e)
		case lookup:
			c.lookup(ctx, e)
		case issueRelay:
			c.send(&wire.ServerFrame{Kind: &wire.ServerFrame_RelayCredentials{RelayCredentials: c.server.relayFor(c.session.peer, c.host)}})
		case request:
			c.queue(e)
		case leave:
			c.detach()
			c.out.finish(c)
		}
	}
}

func (c *connection) attach(ctx context.Context, e attach) {
	if !c.server.countDevice(e.device) {
		c.carryOut(c.session.Refuse(wire.ErrorCode_ERROR_CODE_LIMIT, "This device has too many connections.", 5*time.Second))
		return
	}
	c.device, c.counted = e.device, true
	if effects := c.turnAway(e.peer); effects != nil { //nolint:contextcheck // a name is looked up for as long as the server lives
		c.carryOut(effects)
		return
	}
	attachment, err := c.server.options.Engine.Attach(ctx, e.peer, e.device, e.record, c)
	if err != nil {
		c.refuse(err)
		return
	}
	c.attachment, c.known = attachment, true
	c.raw.prove()
	c.carryOut(c.session.Admit(c.server.relayFor(e.peer, c.host), c.raw.address.String(), c.server.options.Now()))
	c.out.open()
	c.welcomed()
}

func (c *connection) relay(ctx context.Context, e relay) {
	if c.attachment == nil {
		return
	}
	outcome, err := c.attachment.Send(ctx, e.to, e.envelope)
	if err != nil {
		c.refuse(err)
		return
	}
	said := wire.SignalOutcome_SIGNAL_OUTCOME_ACCEPTED
	if outcome == engine.Absent {
		said = wire.SignalOutcome_SIGNAL_OUTCOME_ABSENT
	}
	c.send(&wire.ServerFrame{Kind: &wire.ServerFrame_SignalResult{SignalResult: &wire.SignalResult{Id: e.id, Outcome: said}}})
}

func (c *connection) lookup(ctx context.Context, e lookup) {
	result := &wire.LookupResult{Id: e.id}
	record, found, err := c.server.options.Engine.Lookup(ctx, e.peer)
	if err == nil && found {
		result.Record, err = record.Message()
	}
	if err != nil {
		c.refuse(err)
		return
	}
	c.send(&wire.ServerFrame{Kind: &wire.ServerFrame_LookupResult{LookupResult: result}})
}

// refuse ends the session with the sentence for an engine's error.
func (c *connection) refuse(err error) {
	code, sentence, retry := wire.ErrorCode_ERROR_CODE_LIMIT, "The server is too busy.", 10*time.Second
	switch {
	case errors.Is(err, engine.ErrOlder):
		code, sentence, retry = wire.ErrorCode_ERROR_CODE_LOGIN, "A newer record of this identity is published already.", 0
	case errors.Is(err, engine.ErrRevoked):
		code, sentence, retry = wire.ErrorCode_ERROR_CODE_LOGIN, "The identity's device list does not name this device.", 0
	case errors.Is(err, engine.ErrTooMany):
		sentence = "More than 1000 peers are watched."
	case errors.Is(err, engine.ErrClosed):
		code, sentence = wire.ErrorCode_ERROR_CODE_SHUTDOWN, shutdownSentence
	}
	c.carryOut(c.session.Refuse(code, sentence, retry))
}

// send queues an answer. A device that doesn't take its answers is cut off.
func (c *connection) send(frame *wire.ServerFrame) {
	if !c.out.put(c, frame) {
		c.cut()
	}
}

// cut closes the socket without a word; the reader then cleans up.
func (c *connection) cut() {
	// Closing the socket beneath makes every call on it return at once.
	_ = c.raw.Close()
}

// detach runs under turn.
func (c *connection) detach() {
	if c.attachment != nil {
		c.attachment.Detach()
		c.attachment = nil
	}
}

// gone is the reader's last act.
func (c *connection) gone() {
	c.turn.Lock()
	c.session.phase = phaseEnded
	c.detach()
	c.turn.Unlock()
	// The last words first; on a socket that broke they fail at once.
	c.out.wait()
	_ = c.socket.CloseNow()
	_ = c.raw.Close()
	c.server.forget(c)
}

// allowPing answers one ping of the WebSocket layer a second.
func (c *connection) allowPing(context.Context, []byte) bool {
	now := time.Now()
	if now.Sub(c.pinged) < time.Second {
		return false
	}
	c.pinged = now
	return true
}

// Deliver implements engine.Sink.
func (c *connection) Deliver(envelope []byte) bool {
	return c.out.putOpen(c, &wire.ServerFrame{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: envelope}}})
}

// Presence implements engine.Sink.
func (c *connection) Presence(peer identity.PeerID, online bool) {
	// A lost presence would stay wrong for good: better a new session.
	if !c.out.put(c, &wire.ServerFrame{Kind: &wire.ServerFrame_Presence{Presence: &wire.Presence{Identity: peer[:], Online: online}}}) {
		c.cut()
	}
}

// MailArrived implements engine.Sink.
func (c *connection) MailArrived() { c.hint() }

// Ended implements engine.Sink. The session is told apart from the engine's locks.
func (c *connection) Ended(reason engine.End) {
	code, sentence := wire.ErrorCode_ERROR_CODE_REPLACED, "A newer session of this device took over."
	if reason == engine.EndRevoked {
		code, sentence = wire.ErrorCode_ERROR_CODE_LOGIN, "The identity's device list does not name this device any more."
	}
	c.server.goRun(func() {
		c.do(func(s *session) []effect { return s.Refuse(code, sentence, 0) })
	})
}

// errNoMemory says that Limits.Memory is used up.
var errNoMemory = errors.New("rendezvous: too much is being read and written")

// firstRead is what a frame is given to begin with; most fit.
const firstRead = 2 << 10

// readFrame reads a message of at most limit bytes into memory that is counted
// while it grows. release must be called, errors or not. Errors: errNoMemory,
// wire.ErrTooLarge, or the socket's.
func (s *Server) readFrame(reader io.Reader, limit int) (data []byte, release func(), err error) {
	buffer, ok := s.buffers.Get().(*[]byte)
	if !ok {
		fresh := make([]byte, firstRead)
		buffer = &fresh
	}
	counted := 0
	release = func() {
		s.memory.Add(-int64(counted))
		if cap(*buffer) == firstRead {
			s.buffers.Put(buffer)
		}
	}
	space := (*buffer)[:firstRead]
	length := 0
	for {
		if length == len(space) {
			if length > limit {
				return nil, release, wire.ErrTooLarge
			}
			size := min(2*len(space), limit+1)
			if !s.reserve(size) {
				return nil, release, errNoMemory
			}
			counted += size
			larger := make([]byte, size)
			copy(larger, space)
			space = larger
		}
		n, readErr := reader.Read(space[length:])
		length += n
		switch {
		case length > limit:
			return nil, release, wire.ErrTooLarge
		case errors.Is(readErr, io.EOF):
			return space[:length], release, nil
		case readErr != nil:
			return nil, release, readErr
		}
	}
}

// reserve counts memory that an outsider makes us use.
func (s *Server) reserve(size int) bool {
	if s.memory.Add(int64(size)) > int64(s.options.Limits.Memory) {
		s.memory.Add(-int64(size))
		return false
	}
	return true
}
