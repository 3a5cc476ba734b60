package node

import (
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
)

type (
	comparedCall struct {
		conversation uuid.UUID
		same         bool
	}
	forgetComparedCall struct{ conversation uuid.UUID }
)

// verificationCall does what a person says about who a contact is, and who they
// are themselves; false: it is another call.
func (c *Core) verificationCall(id uint64, call any) bool {
	switch call := call.(type) {
	case comparedCall:
		c.comparedNumber(id, call)
	case forgetComparedCall:
		c.forgetCompared(id, call.conversation)
	case startCheckCall:
		c.startCheck(id, call.conversation)
	case answerCheckCall:
		c.answerCheck(id, call)
	case finishCheckCall:
		c.finishCheck(id, call)
	case retireCall:
		c.retire(id)
	default:
		return false
	}
	return true
}

// loadVerifications takes what the store kept. A number that was compared under
// another key of mine says nothing any more.
func (c *Core) loadVerifications(kept []Verification) {
	for _, one := range kept {
		known := c.contacts[one.Peer]
		if known == nil {
			continue
		}
		if one.Compared != NotCompared && one.Mine != c.keys.Peer() {
			one = Verification{Peer: one.Peer, Link: one.Link}
		}
		known.verification = one
	}
}

// held tells whether nothing is sent to a contact: what was compared differed, or
// their key changed since it was, or nobody knows which of two follows.
func (k *contact) held() bool { return k.verification.Compared.holds() }

func (c Comparison) holds() bool { return c != NotCompared && c != ComparedSame }

func errHeld(one *contact) error {
	if one.verification.Compared != ComparedDiffered {
		return &Refusal{
			Code: "held-changed", Params: map[string]string{"name": one.Name},
			Message: one.Name + " has a new key that you did not compare, so nothing is sent. Compare, or say that it shall be sent anyway.",
		}
	}
	return &Refusal{
		Code: "held", Params: map[string]string{"name": one.Name},
		Message: "Your numbers differed, so nothing is sent to " + one.Name + ". Compare again first.",
	}
}

// comparedNumber keeps what came of comparing safety numbers.
func (c *Core) comparedNumber(id uint64, call comparedCall) {
	one := c.byConversation(call.conversation)
	if one == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	c.keepCompared(one, call.same, MethodNumber, func(err error) { c.answer(id, nil, refusal(err)) })
}

// keepCompared keeps a result. One that is bad holds at once, whatever the disk
// says, a good one when it is kept.
func (c *Core) keepCompared(one *contact, same bool, how Method, then func(error)) {
	next := Verification{Peer: one.Peer, Link: one.verification.Link, Compared: ComparedSame, How: how, At: c.now, Mine: c.keys.Peer()}
	if !same {
		next.Compared = ComparedDiffered
		c.holdBack(one, next, then)
		return
	}
	c.commit(func(err error) {
		if err == nil {
			c.setVerification(one, next)
		}
		then(err)
	}, PutVerification{Verification: next})
}

// holdBack sends nothing more to a contact, and takes back what servers keep for
// them and they have not fetched: it is sealed to a key that may be somebody
// else's. What the letters carry waits here; it is sealed anew if the person says
// that it may go after all.
func (c *Core) holdBack(one *contact, next Verification, then func(error)) {
	c.setVerification(one, next)
	var taken withdrawal
	withdraws := one.State == ContactMutual // a request waits for an answer, in a box of its own
	if withdraws {
		taken = c.withdraw(one, slices.DeleteFunc(slices.Clone(one.outbox.letters), func(letter *Outgoing) bool { return letter.Through == 0 }))
	}
	c.commit(func(err error) {
		if err == nil {
			c.setVerification(one, next)
		}
		if withdraws {
			c.withdrawn(one, taken, err)
			c.resealing(one)
		}
		then(err)
	}, append([]Write{PutVerification{Verification: next}}, taken.writes...)...)
}

// forgetCompared takes back what came of comparing: messages that were held back go.
func (c *Core) forgetCompared(id uint64, conversation uuid.UUID) {
	one := c.byConversation(conversation)
	if one == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	next := Verification{Peer: one.Peer, Link: one.verification.Link}
	c.commit(func(err error) {
		if err == nil {
			c.setVerification(one, next)
		}
		c.answer(id, nil, refusal(err))
	}, PutVerification{Verification: next})
}

// setVerification makes it hold: the line of a contact who is held back is cut,
// and they do not see this person.
func (c *Core) setVerification(one *contact, next Verification) {
	before := one.held()
	one.verification = next
	if one.held() != before {
		if one.held() {
			for _, session := range c.sessionsTo(one.Peer) {
				c.hangUp(session.id, "held back")
			}
			if c.sessions[one.session] != nil {
				c.hangUp(one.session, "held back")
			}
			clear(one.presence)
		}
		one.attempts = 0
		c.watch()
	}
	c.dirty(one.Peer)
}

// cameByLink keeps that the key of a contact came with an invite of theirs.
func (c *Core) cameByLink(one *contact) {
	if one.verification.Link {
		return
	}
	one.verification.Peer, one.verification.Link = one.Peer, true
	c.keep(PutVerification{Verification: one.verification})
	c.dirty(one.Peer)
}

// linked is what is written with a contact whose key came with their invite.
func linked(peer identity.PeerID) PutVerification {
	return PutVerification{Verification: Verification{Peer: peer, Link: true}}
}
