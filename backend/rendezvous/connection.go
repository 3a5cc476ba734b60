package rendezvous

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/framing"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// connection is the shell of one session: it feeds the session with what the
// socket brings and carries out its effects. It has no goroutine. What there is
// to do for it is done by one worker at a time: the one that made it busy.
// Handlers read, decode, check signatures and write, as many as there are
// cores; callers ask the engine, which may take its time.
type connection struct {
	server *Server
	place  place
	socket atomic.Pointer[socket] // nil until carry
	isCut  atomic.Bool
	secure *tls.Conn // nil without TLS

	mu      sync.Mutex // taken before the socket's and the workers' locks, never while the engine is asked
	busy    bool       // somebody works for it, or will soon
	unread  bool       // the socket has more than arrived
	closed  bool       // the socket is
	isGone  bool       // nothing happens any more
	arrived []byte     // what the socket brought and nobody took; the socket is not read meanwhile
	taken   int        // of arrived, by TLS
	steps   []func(*session) []effect
	by      int64 // when the header or a frame that began must be complete, as of Server.elapsed; 0 for never

	// The rest is the worker's.
	stage      stage
	encoding   protocol.Encoding
	undecoded  bool     // TLS may hold more
	known      bool     // the login was good: larger frames are read
	counted    bool     // in server.devices
	carrier    *carrier // whose goroutine is at work, and in whose buffer rest is; nil for a worker
	chunk      []byte
	rest       []byte // of chunk or of the carrier's buffer, not consumed
	header     []byte // of HTTP, while it is not complete
	reader     framing.Reader
	host       string // by which the device reached us, for relay URLs
	session    *session
	attachment engine.Attachment
	calling    []effect // what a caller carries out
	device     identity.DeviceID
	pinged     time.Time // of the last ping that was answered
	controls   int       // control frames since then

	out    outbox
	asked  requests
	hinted atomic.Bool // that there is mail, and it fetched none since
}

// stage of a connection.
type stage uint8

const (
	stageHeader stage = iota // HTTP
	stageOpen                // there is a session
	stageDeaf                // what comes is not looked at
)

// start begins the session.
func (c *connection) start() error {
	var nonce protocol.Nonce
	if _, err := io.ReadFull(c.server.options.Random, nonce[:]); err != nil {
		return err
	}
	var effects []effect
	c.session, effects = newSession(&c.server.terms, nonce, c.server.options.Now())
	c.stage = stageOpen
	c.server.sessions.Add(1)
	c.carryOut(effects)
	return nil
}

// do asks for a step of the session. It does not wait, and may be called with
// the engine's locks held.
func (c *connection) do(step func(*session) []effect) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.isGone {
		c.steps = append(c.steps, step)
		c.wake()
	}
}

// perform carries effects out, here or by a caller; then it returns false, and
// the connection is the caller's.
func (c *connection) perform(effects []effect) bool {
	if !needsEngine(effects) {
		c.carryOut(effects)
		return true
	}
	if c.watchNear(effects) || c.attachReady(effects) {
		return true
	}
	c.flush() // what is said already does not wait for the engine
	c.keep()
	c.calling = effects
	c.server.callers.add(c, (*connection).call)
	return false
}

// watchNear carries out what is only a change of the watched set that nobody
// else has to hear of.
func (c *connection) watchNear(effects []effect) bool {
	near, ok := c.attachment.(engine.Near)
	if !ok || len(effects) != 1 {
		return false
	}
	change, ok := effects[0].(watch)
	if !ok {
		return false
	}
	done, err := near.WatchNear(change.add, change.remove)
	if done && err != nil {
		c.refuse(err)
	}
	return done
}

// call is a caller's work. Frames that came meanwhile are a handler's again.
func (c *connection) call() {
	effects := c.calling
	c.calling = nil
	began := c.server.options.Now()
	c.carryOut(effects)
	// Heartbeats that wait behind a slow engine are not late.
	if took := c.server.options.Now().Sub(began); took > slowCall && c.session.phase == phaseOpen {
		c.session.heard = c.session.heard.Add(took)
	}
	c.out.flush(c)
	if len(c.rest) == 0 {
		c.release()
		c.watchFrame()
	}
	if c.rest != nil || !c.rested() {
		c.server.handlers.add(c, (*connection).run)
	}
}

// slowCall is what an engine may take without the lease being longer for it.
const slowCall = time.Second

// needsEngine says whether an effect may block. What is not known here may.
func needsEngine(effects []effect) bool {
	return slices.ContainsFunc(effects, func(one effect) bool {
		switch one.(type) {
		case write, issueRelay:
			return false
		}
		return true
	})
}

// carryOut is the one place where effects become deeds. It runs on the worker that has the connection.
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
		case refusePeers:
			if c.attachment != nil {
				c.attachment.Refuse(e.peers)
			}
		case handOn:
			c.handOn(ctx, e)
		case lookup:
			c.lookup(ctx, e)
		case issueRelay:
			c.send(&wire.ServerFrame{Kind: &wire.ServerFrame_RelayCredentials{RelayCredentials: c.server.relayFor(c.session.peer, c.host)}})
		case request:
			c.queue(e)
		case leave:
			c.detach()
			c.out.finish(c, framing.StatusNormal, "", false)
		}
	}
}

func (c *connection) handOn(ctx context.Context, e handOn) {
	if c.attachment == nil {
		return
	}
	outcome, err := c.attachment.Send(ctx, e.to, e.envelope)
	if err != nil {
		c.refuse(err)
		return
	}
	c.countSignal(outcome, e.came)
	c.send(&wire.ServerFrame{Kind: &wire.ServerFrame_SignalResult{SignalResult: &wire.SignalResult{Id: e.id, Outcome: outcomeOf(outcome)}}})
}

// countSignal is for the operator; came is when it was read.
func (c *connection) countSignal(outcome engine.Outcome, came time.Time) {
	if outcome != engine.Absent {
		c.server.figures.signal(came, c.server.options.Now)
	}
}

func outcomeOf(outcome engine.Outcome) wire.SignalOutcome {
	if outcome == engine.Absent {
		return wire.SignalOutcome_SIGNAL_OUTCOME_ABSENT
	}
	return wire.SignalOutcome_SIGNAL_OUTCOME_ACCEPTED
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

// send queues an answer; whoever works for the connection writes it afterwards.
// A device that doesn't take its answers is cut off.
func (c *connection) send(frame *wire.ServerFrame) {
	if !c.out.put(c, frame, false) {
		c.cut()
	}
}

// cut closes the socket without a word; depart then cleans up.
func (c *connection) cut() {
	c.isCut.Store(true)
	if s := c.socket.Load(); s != nil {
		s.close()
	}
}

// detach may ask the engine.
func (c *connection) detach() {
	if c.attachment != nil {
		c.attachment.Detach()
		c.attachment = nil
	}
}

// tick looks at the time.
func (c *connection) tick(now time.Time, elapsed int64) {
	if c.out.isLate(elapsed) {
		c.late()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.by != 0 && elapsed > c.by:
		if !c.busy && c.session == nil {
			c.strike(strikeSilence)
		}
		c.late()
	case c.busy || c.isGone || c.session == nil:
		// Whoever is heard needs no look.
	default:
		wasLogin := c.session.phase == phaseLogin
		if effects := c.session.Tick(now); len(effects) > 0 {
			if wasLogin {
				c.strike(strikeSilence)
			}
			c.steps = append(c.steps, func(*session) []effect { return effects })
			c.wake()
		}
	}
}

// late cuts a device that takes too long, and is no end that was agreed on.
func (c *connection) late() {
	c.server.late.Add(1)
	c.cut()
}

// depart is the last thing that is done, by a caller, after the socket closed.
func (c *connection) depart() {
	if c.session != nil {
		c.session.phase = phaseEnded
		c.server.sessions.Add(-1)
	}
	c.detach()
	c.out.drop(c)
	c.dropInput()
	c.server.forget(c)
}

// Deliver implements engine.Sink.
func (c *connection) Deliver(envelope []byte) bool {
	return c.out.putEnvelope(c, envelope, true)
}

// Presence implements engine.Sink.
func (c *connection) Presence(peer identity.PeerID, online bool) {
	// A lost presence would stay wrong for good: better a new session.
	if !c.out.putBehind(c, &wire.ServerFrame{Kind: &wire.ServerFrame_Presence{Presence: &wire.Presence{Identity: peer[:], Online: online}}}) {
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
	c.do(func(s *session) []effect { return s.Refuse(code, sentence, 0) })
}
