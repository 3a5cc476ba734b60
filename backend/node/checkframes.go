package node

import (
	"bytes"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// checkFrame takes a step of a check. One of a check that is over changes
// nothing; one that no honest device sends ends the line.
func (c *Core) checkFrame(session *session, one *contact, frame *wire.Check) {
	id := frame.GetId()
	if len(id) != 16 {
		c.refuse(session, one, "a check without a name")
		return
	}
	if start := frame.GetStart(); start != nil {
		c.checkStarted(session, one, [16]byte(id), start)
		return
	}
	current := one.check
	if current.over() || current.session != session.id || current.id != [16]byte(id) {
		return
	}
	switch step := frame.GetStep().(type) {
	case *wire.Check_Answer:
		c.checkAnswered(session, one, step.Answer)
	case *wire.Check_Reveal:
		c.checkRevealed(session, one, step.Reveal)
	case *wire.Check_Result:
		c.checkResult(session, one, step.Result)
	case *wire.Check_Cancel:
		c.checkCancelled(one, step.Cancel.GetWhy())
	default: // of a newer minor version
	}
}

// checkStarted: they ask to compare. If both asked, the check of the smaller
// identity goes on, and nobody has to be asked again.
func (c *Core) checkStarted(session *session, one *contact, id [16]byte, start *wire.CheckStart) {
	if len(start.GetCommitment()) != 32 {
		c.refuse(session, one, "a check without a commitment")
		return
	}
	current := one.check
	crossed := !current.over() && current.state == CheckWaiting && current.session == session.id
	mine, theirs := c.keys.Peer(), one.Peer
	switch {
	case crossed && bytes.Compare(mine[:], theirs[:]) < 0:
		return // they answer mine
	case !crossed && !current.over(), c.now.Before(one.checkQuiet), !c.retired.IsZero():
		c.sendCheck(session, id, &wire.Check{Step: &wire.Check_Cancel{Cancel: &wire.CheckCancel{Why: wire.CheckEnd_CHECK_END_BUSY}}})
		return
	}
	one.check = &check{id: id, session: session.id, state: CheckAsked, commitment: [32]byte(start.GetCommitment()), until: c.now.Add(checkAsks)}
	if crossed {
		c.wantCheck(one)
	}
	c.dirty(one.Peer)
}

// checkAnswered: they want to compare; now that their nonce is known, mine is told.
func (c *Core) checkAnswered(session *session, one *contact, answer *wire.CheckNonce) {
	current := one.check
	if !current.starter || current.state != CheckWaiting || len(answer.GetNonce()) != identity.CheckNonce {
		c.refuse(session, one, "an answer to a check that does not belong there")
		return
	}
	c.sendCheck(session, current.id, &wire.Check{Step: &wire.Check_Reveal{Reveal: &wire.CheckNonce{Nonce: current.own[:]}}})
	bound := c.boundTo(session, current)
	c.showEmoji(one, bound.Shown(current.own, [identity.CheckNonce]byte(answer.GetNonce())))
}

// checkRevealed: the nonce that they committed to before they knew mine.
func (c *Core) checkRevealed(session *session, one *contact, reveal *wire.CheckNonce) {
	current := one.check
	if current.starter || current.state != CheckPreparing || len(reveal.GetNonce()) != identity.CheckNonce {
		c.refuse(session, one, "a nonce of a check that does not belong there")
		return
	}
	bound := c.boundTo(session, current)
	nonce := [identity.CheckNonce]byte(reveal.GetNonce())
	if !bound.Opens(current.commitment, nonce) {
		c.report(one, "a check whose nonce is not the one that was committed to")
		c.stopCheck(one, wire.CheckEnd_CHECK_END_BROKEN, brokenCheck(one))
		return
	}
	c.showEmoji(one, bound.Shown(nonce, current.own))
}

func brokenCheck(one *contact) *Refusal {
	return checkRefusal(one, "check-broken", "The comparison with "+one.Name+" was tampered with: somebody may sit in between. Compare the number in person before you trust this line.")
}

func (c *Core) showEmoji(one *contact, emoji [identity.CheckEmoji]int) {
	one.check.state, one.check.emoji, one.check.until = CheckComparing, emoji, c.now.Add(checkLooks)
	c.dirty(one.Peer)
}

// checkResult: what they see.
func (c *Core) checkResult(session *session, one *contact, result *wire.CheckResult) {
	current := one.check
	switch {
	case current.state != CheckComparing:
		c.refuse(session, one, "a result of a check without emoji")
	case !result.GetSame():
		c.endCheck(one, checkRefusal(one, "check-differs", one.Name+" says that the emoji differ: somebody may sit in between. Compare the number in person before you trust this line."))
	default:
		current.theySaid = true
		c.dirty(one.Peer)
		c.bothSaid(one, func(error) {})
	}
}

// checkCancelled: they do not go on.
func (c *Core) checkCancelled(one *contact, end wire.CheckEnd) {
	switch end {
	case wire.CheckEnd_CHECK_END_DECLINED:
		c.endCheck(one, checkRefusal(one, "check-declined", one.Name+" does not want to compare now."))
	case wire.CheckEnd_CHECK_END_BUSY:
		c.endCheck(one, checkRefusal(one, "check-busy", one.Name+" is asked too often, or compares already. Try again in a moment."))
	case wire.CheckEnd_CHECK_END_LATE:
		c.endCheck(one, checkRefusal(one, "check-late", "Comparing with "+one.Name+" took too long. Try again."))
	case wire.CheckEnd_CHECK_END_BROKEN:
		c.endCheck(one, brokenCheck(one))
	case wire.CheckEnd_CHECK_END_UNSPECIFIED:
		fallthrough
	default:
		c.endCheck(one, checkRefusal(one, "check-cancelled", one.Name+" stopped comparing."))
	}
}
