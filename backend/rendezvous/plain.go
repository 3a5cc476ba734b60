package rendezvous

import (
	"bytes"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/framing"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
)

// takePlain takes what nearly all frames are, signals and heartbeats, without
// making anything of it; not taken is what has to be looked at more closely.
func (c *connection) takePlain(message framing.Message) (taken, proceed bool) {
	if c.session.phase != phaseOpen || message.Opcode != framing.Binary || c.encoding != protocol.Protobuf {
		return false, false
	}
	if id, ok := protocol.PeekHeartbeat(message.Payload); ok {
		now := c.server.options.Now()
		if refused, more := c.refused(now); refused {
			return true, more
		}
		c.session.heard = now
		c.say(protocol.AppendHeartbeatReply(make([]byte, 0, headSize), id, now.UnixMilli()), false)
		return true, true
	}
	near, ok := c.attachment.(engine.Near)
	if !ok {
		return false, false
	}
	id, to, envelope, ok := protocol.PeekSignal(message.Payload)
	if !ok || len(envelope) == 0 || len(envelope) > maxEnvelope {
		return false, false
	}
	now := c.server.options.Now()
	if refused, more := c.refused(now); refused {
		return true, more
	}
	deliver := kicked
	if c.carrier != nil {
		deliver = c.carrier.deliver
	}
	outcome, ok := near.SendNear(to, envelope, deliver)
	if far, isFar := c.attachment.(engine.Far); !ok && isFar {
		outcome, ok = far.SendFar(to, envelope, func(outcome engine.Outcome) { c.sayOutcome(id, outcome, now, true) })
	}
	if !ok {
		return true, c.perform([]effect{handOn{id: id, to: to, envelope: bytes.Clone(envelope), came: now}})
	}
	if outcome != 0 {
		c.sayOutcome(id, outcome, now, false)
	}
	return true, true
}

// refused counts a plain frame; proceed as for take.
func (c *connection) refused(now time.Time) (refused, proceed bool) {
	if refusal := c.mayFrame(now); refusal != nil {
		return true, c.perform(refusal)
	}
	before, over := c.session.phase, c.session.refused
	good, complaint := c.session.count(protocol.PlainCost, now)
	c.judge(before, over)
	if good {
		return false, true
	}
	return true, c.perform(complaint)
}

// sayOutcome answers a signal that came at a time; kick as for outbox.put.
func (c *connection) sayOutcome(id uint64, outcome engine.Outcome, came time.Time, kick bool) {
	c.countSignal(outcome, came)
	c.say(protocol.AppendSignalResult(make([]byte, 0, headSize), id, outcomeOf(outcome)), kick)
}

// say is send for a frame of a few bytes that is encoded already.
func (c *connection) say(data []byte, kick bool) {
	if !c.out.putPlain(c, data, kick) {
		c.cut()
	}
}

// kicked hands an envelope over to be written by whoever has time.
func kicked(sink engine.Sink, envelope []byte) bool { return sink.Deliver(envelope) }
