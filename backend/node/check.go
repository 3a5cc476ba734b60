package node

import (
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Times of a check by emoji.
const (
	checkAsks    = 2 * time.Minute  // until the other person has answered
	checkTalks   = 20 * time.Second // until the other device has answered
	checkLooks   = 5 * time.Minute  // until both have said what they see
	checkQuiet   = 10 * time.Second // after a refusal nobody is asked again
	checkIsShown = 10 * time.Minute // a check that is over stays on screen, at most
)

// CheckState is how far a check by emoji is.
type CheckState int

// The states.
const (
	CheckWaiting   CheckState = iota + 1 // I asked, they did not answer yet
	CheckAsked                           // they ask, I did not answer yet
	CheckPreparing                       // both want it, their part is on its way
	CheckComparing                       // both see emoji; Said and TheySaid tell who found them the same
	CheckDone                            // both found them the same
	CheckEnded                           // without a result; Why says why
)

// LiveCheck is a check as the interface shows it.
type LiveCheck struct {
	State    CheckState
	Emoji    [identity.CheckEmoji]int // numbers into identity.Emoji; from CheckComparing on
	Said     bool                     // I found them the same
	TheySaid bool
	Why      *Refusal
}

// check is one with a contact; there is never more than one with each.
type check struct {
	id         [16]byte
	session    link.Session
	starter    bool
	state      CheckState
	own        [identity.CheckNonce]byte
	commitment [32]byte // of the other side, when it started
	emoji      [identity.CheckEmoji]int
	said       bool
	theySaid   bool
	why        *Refusal
	until      time.Time
}

type (
	startCheckCall  struct{ conversation uuid.UUID }
	answerCheckCall struct {
		conversation uuid.UUID
		yes          bool // no: also ends one that is under way, and puts away one that is over
	}
	finishCheckCall struct {
		conversation uuid.UUID
		same         bool
	}
)

var errNoCheck = &Refusal{Code: "check-over", Message: "This comparison is over. Start another one."}

// over tells whether nothing more comes of a check; true for none.
func (k *check) over() bool {
	return k == nil || k.state == CheckDone || k.state == CheckEnded
}

func (k *check) live() *LiveCheck {
	if k == nil {
		return nil
	}
	return &LiveCheck{State: k.state, Emoji: k.emoji, Said: k.said, TheySaid: k.theySaid, Why: k.why}
}

func sameCheck(a, b *LiveCheck) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// startCheck asks a contact to compare by emoji, or answers them who just asked.
func (c *Core) startCheck(id uint64, conversation uuid.UUID) {
	one := c.byConversation(conversation)
	if one == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	if one.check != nil && one.check.state == CheckAsked {
		c.answerCheck(id, answerCheckCall{conversation: conversation, yes: true})
		return
	}
	session, err := c.checkLine(one)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	next := &check{session: session.id, starter: true, state: CheckWaiting, until: c.now.Add(checkAsks)}
	c.random(next.id[:])
	c.random(next.own[:])
	one.check = next
	bound := c.boundTo(session, next)
	commitment := bound.Commit(next.own)
	c.sendCheck(session, next.id, &wire.Check{Step: &wire.Check_Start{Start: &wire.CheckStart{Commitment: commitment[:]}}})
	c.dirty(one.Peer)
	c.answer(id, nil, nil)
}

// checkLine returns the line that a new check goes over.
func (c *Core) checkLine(one *contact) (*session, error) {
	params := map[string]string{"name": one.Name}
	if one.held() {
		return nil, errHeld(one)
	}
	if !one.check.over() {
		return nil, &Refusal{Code: "check-running", Params: params, Message: "You are comparing with " + one.Name + " already."}
	}
	current := c.sessions[one.session]
	switch {
	case current == nil || !current.open || !current.greeted:
		return nil, &Refusal{Code: "check-no-line", Params: params, Message: "Emoji are compared over an open line, and there is none to " + one.Name + " right now. Try again when they are there, or compare the number."}
	case current.features&wire.FeatureCheck == 0:
		return nil, &Refusal{Code: "check-older", Params: params, Message: one.Name + " uses a Tincan that cannot compare by emoji. Compare the number instead."}
	}
	return current, nil
}

// answerCheck says whether this person wants to compare now.
func (c *Core) answerCheck(id uint64, call answerCheckCall) {
	one := c.byConversation(call.conversation)
	switch {
	case one == nil:
		c.answer(id, nil, errNoConversation)
		return
	case call.yes && (one.check == nil || one.check.state != CheckAsked):
		c.answer(id, nil, errNoCheck)
		return
	case call.yes:
		c.wantCheck(one)
	case one.check.over():
		one.check = nil
	case one.check.state == CheckAsked:
		c.stopCheck(one, wire.CheckEnd_CHECK_END_DECLINED, nil)
		one.checkQuiet = c.now.Add(checkQuiet)
	default:
		c.stopCheck(one, wire.CheckEnd_CHECK_END_UNSPECIFIED, nil)
	}
	c.dirty(one.Peer)
	c.answer(id, nil, nil)
}

// wantCheck sends this side's nonce to who asked.
func (c *Core) wantCheck(one *contact) {
	one.check.state, one.check.until = CheckPreparing, c.now.Add(checkTalks)
	c.random(one.check.own[:])
	c.sendCheck(c.sessions[one.check.session], one.check.id, &wire.Check{Step: &wire.Check_Answer{Answer: &wire.CheckNonce{Nonce: one.check.own[:]}}})
}

// finishCheck says what this person sees.
func (c *Core) finishCheck(id uint64, call finishCheckCall) {
	one := c.byConversation(call.conversation)
	switch {
	case one == nil:
		c.answer(id, nil, errNoConversation)
		return
	case one.check == nil || one.check.state != CheckComparing:
		c.answer(id, nil, errNoCheck)
		return
	}
	session := c.sessions[one.check.session]
	c.sendCheck(session, one.check.id, &wire.Check{Step: &wire.Check_Result{Result: &wire.CheckResult{Same: call.same}}})
	if !call.same {
		one.check = nil
		c.keepCompared(one, false, MethodEmoji, func(err error) { c.answer(id, nil, refusal(err)) })
		return
	}
	one.check.said = true
	c.dirty(one.Peer)
	c.bothSaid(one, func(err error) { c.answer(id, nil, refusal(err)) })
}

// bothSaid keeps that two people saw the same, once both have said so.
func (c *Core) bothSaid(one *contact, then func(error)) {
	current := one.check
	if !current.said || !current.theySaid {
		then(nil)
		return
	}
	current.state, current.until = CheckDone, c.now.Add(checkIsShown)
	c.keepCompared(one, true, MethodEmoji, func(err error) {
		if err != nil && one.check == current {
			c.endCheck(one, &Refusal{Code: "check-disk", Message: "The disk refused to keep that you compared. Compare again later."})
		}
		then(err)
	})
}

// stopCheck ends one and tells the other side; why is what this person is told,
// nil: nothing, they know.
func (c *Core) stopCheck(one *contact, end wire.CheckEnd, why *Refusal) {
	if session := c.sessions[one.check.session]; session != nil && session.open {
		c.sendCheck(session, one.check.id, &wire.Check{Step: &wire.Check_Cancel{Cancel: &wire.CheckCancel{Why: end}}})
	}
	c.endCheck(one, why)
}

func (c *Core) endCheck(one *contact, why *Refusal) {
	c.dirty(one.Peer)
	if why == nil {
		one.check = nil
		return
	}
	one.check = &check{state: CheckEnded, why: why, until: c.now.Add(checkIsShown)}
}

// dueCheck ends a check that takes too long, or whose line is gone.
func (c *Core) dueCheck(one *contact) {
	current := one.check
	if current == nil {
		return
	}
	session := c.sessions[current.session]
	switch {
	case !current.over() && (session == nil || !session.open):
		c.endCheck(one, checkRefusal(one, "check-line", "The line to "+one.Name+" was lost while you compared. Try again."))
	case c.now.Before(current.until):
		if !current.over() {
			session.lastUsed = c.now
		}
	case current.over():
		one.check = nil
	default:
		c.stopCheck(one, wire.CheckEnd_CHECK_END_LATE, checkRefusal(one, "check-late", "Comparing with "+one.Name+" took too long. Try again."))
	}
	if one.check != nil {
		one.again(one.check.until)
	}
}

func checkRefusal(one *contact, code, message string) *Refusal {
	return &Refusal{Code: code, Message: message, Params: map[string]string{"name": one.Name}}
}

// boundTo is what a check over a line is over.
func (c *Core) boundTo(session *session, of *check) identity.Check {
	bound := identity.Check{
		Starter: c.keys.Peer(), StarterDevice: c.keys.Device(), Answerer: session.remote.Peer, AnswererDevice: session.remote.Device,
		Binding: session.binding, ID: of.id,
	}
	if !of.starter {
		bound.Starter, bound.Answerer = bound.Answerer, bound.Starter
		bound.StarterDevice, bound.AnswererDevice = bound.AnswererDevice, bound.StarterDevice
	}
	return bound
}

func (c *Core) sendCheck(session *session, id [16]byte, step *wire.Check) {
	step.Id = id[:]
	session.lastUsed = c.now
	c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Check{Check: step}})
}
