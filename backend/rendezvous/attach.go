package rendezvous

import (
	"context"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// attachReady carries out a login that the engine need not think about.
func (c *connection) attachReady(effects []effect) bool {
	ready, ok := c.server.options.Engine.(engine.Ready)
	if !ok || len(effects) != 1 {
		return false
	}
	login, ok := effects[0].(attach)
	if !ok {
		return false
	}
	if !c.mayAttach(login) {
		return true
	}
	attachment, done, err := ready.AttachReady(login.peer, login.device, login.record, c)
	if done {
		c.attached(login, attachment, err)
	}
	return done
}

// mayAttach looks at a login once; what is refused is told.
func (c *connection) mayAttach(e attach) bool {
	if c.counted {
		return true
	}
	if refusal := c.mayLogin(e); refusal != nil {
		c.carryOut(refusal)
		return false
	}
	if !c.server.countDevice(e.device) {
		c.carryOut(c.session.Refuse(wire.ErrorCode_ERROR_CODE_LIMIT, "This device has too many connections.", 5*time.Second))
		return false
	}
	c.device, c.counted = e.device, true
	if effects := c.turnAway(e.peer); effects != nil {
		c.carryOut(effects)
		return false
	}
	return true
}

func (c *connection) attach(ctx context.Context, e attach) {
	if !c.mayAttach(e) { //nolint:contextcheck // a name is looked up for as long as the server lives
		return
	}
	attachment, err := c.server.options.Engine.Attach(ctx, e.peer, e.device, e.record, c)
	c.attached(e, attachment, err)
}

// attached lets a device in, or tells it why not.
func (c *connection) attached(e attach, attachment engine.Attachment, err error) {
	if err != nil {
		c.refuse(err)
		return
	}
	c.attachment, c.known = attachment, true
	c.place.prove()
	c.carryOut(c.session.Admit(c.server.relayFor(e.peer, c.host), c.place.observed(), c.server.options.Now()))
	c.out.open(c)
	c.welcomed()
}
