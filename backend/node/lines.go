package node

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// When lines open and close.
const (
	maxLines     = 32
	idleLine     = 10 * time.Minute // without a reason for so long, a line closes
	dialFirst    = 500 * time.Millisecond
	dialMost     = time.Minute
	signalLife   = time.Minute
	youngSession = 3 * time.Second // a "dial me" does not end a session younger than this
	// unanswered is the same for a session that the other side said nothing to: a
	// signal and its answer take less, so that the offer is lost.
	unanswered = 750 * time.Millisecond
	// provenLine is how long a line has to last, with frames from the other side,
	// to count as one that works. One that opens and closes again, because only one
	// way is open or a disk is full, is dialed as slowly as one that does not open.
	provenLine = 20 * time.Second
)

// session is one link, from the first signal on.
type session struct {
	id        link.Session
	remote    link.Remote
	route     link.Route
	began     time.Time
	open      bool
	answered  bool // something of theirs came
	greeted   bool // their hello came
	lost      bool // it ended, and nobody wanted that
	opened    time.Time
	path      link.Path
	address   netip.Addr // of the other end; zero: a relay's, or not known
	roundTrip time.Duration
	relayHost string
	delays    []time.Duration // see LineTraffic
	features  uint64
	binding   [32]byte // link.Opened.Binding
	exchanges map[uuid.UUID]*replica.Exchange
	lastUsed  time.Time

	comparison *replica.Comparison // until it is over
	compared   map[uuid.UUID]journal.Vector
	waiting    []waitingEntry     // entries whose parents have not come yet
	dropped    int                // entries for which there was no room among these
	unwritten  int                // bytes of entries that are being written
	gapAt      time.Time          // when what is missing is asked for, zero: nothing is
	gapAsked   int                // how often it was
	rewinds    int                // how often they asked for something again
	asked      map[uuid.UUID]bool // of which conversations a proof was asked for

	heard    map[uuid.UUID]RemotePosition // the last that they said
	promised map[uuid.UUID]journal.Vector // what stood in their logs when the line opened
	owed     map[uuid.UUID]bool           // conversations of which something is not acknowledged yet: they are slowed
	unpaid   int                          // bytes that came meanwhile
}

// keepLine opens a line when there is a reason for one, and closes it when
// there has been none for a while.
func (c *Core) keepLine(one *contact) {
	reason := c.reasonForLine(one)
	if current := c.sessions[one.session]; current != nil {
		if !current.open {
			return // the transport ends what does not open
		}
		if reason {
			current.lastUsed = c.now
			one.again(c.now.Add(idleLine / 2))
			return
		}
		if idle := current.lastUsed.Add(idleLine); c.now.Before(idle) {
			one.again(idle)
			return
		}
		c.hangUp(current.id, "")
		return
	}
	if !reason || !c.mayBeThere(one) {
		return
	}
	if c.now.Before(one.nextDial) {
		one.again(one.nextDial)
		return
	}
	device, known := one.record.first()
	if !known || c.network.keyRecord == nil || !c.roomForLine() {
		return
	}
	wait := min(dialFirst<<min(one.attempts, 10), dialMost)
	one.attempts++
	one.nextDial = c.now.Add(c.jitter(wait))
	remote := link.Remote{Peer: one.Peer, Device: device}
	if c.keys.Device().Compare(device) < 0 {
		id := c.newID()
		c.begin(one, id, remote)
		c.do(DialLink{Session: id, Remote: remote, Options: c.optionsOf(one)})
		return
	}
	// The other side offers; if nothing comes, it is asked again.
	c.do(AskDial{Remote: remote})
	one.again(one.nextDial)
}

// reasonForLine: an open conversation, something to deliver, recent talk.
func (c *Core) reasonForLine(one *contact) bool {
	return c.focus == one.Conversation && !c.self.HidePresence || // looking tells nobody then
		c.now.Sub(one.lastTalk) < idleLine ||
		!one.check.over() ||
		c.conversationOf(one).undelivered()
}

// roomForLine makes room by closing the line that has been quiet longest and
// has no reason; false when every line has one.
func (c *Core) roomForLine() bool {
	open := c.openSessions()
	if len(c.sessions) < maxLines {
		return true
	}
	var quietest *session
	for _, candidate := range open {
		one := c.contacts[candidate.remote.Peer]
		if (one == nil || !c.reasonForLine(one)) && (quietest == nil || candidate.lastUsed.Before(quietest.lastUsed)) {
			quietest = candidate
		}
	}
	if quietest == nil {
		return false
	}
	c.hangUp(quietest.id, "")
	return true
}

func (c *Core) begin(one *contact, id link.Session, remote link.Remote) {
	c.sessions[id] = &session{
		id: id, remote: remote, route: c.optionsOf(one).Route, began: c.now, lastUsed: c.now, exchanges: map[uuid.UUID]*replica.Exchange{},
	}
	one.session = id
	c.dirty(one.Peer)
}

// hangUp ends a session; why is for the log only.
func (c *Core) hangUp(id link.Session, why string) {
	if c.sessions[id] == nil {
		return
	}
	c.do(HangUp{Session: id, Why: why})
	c.sessionGone(id)
}

// cut is hangUp for somebody who gets nothing more, not even what was sent to
// them a moment ago and has not left.
func (c *Core) cut(id link.Session, why string) {
	if c.sessions[id] == nil {
		return
	}
	c.do(HangUp{Session: id, Why: why, Cut: true})
	c.sessionGone(id)
}

// sessionGone forgets a session.
func (c *Core) sessionGone(id link.Session) {
	session := c.sessions[id]
	delete(c.sessions, id)
	if session == nil {
		return
	}
	switch {
	case session.open && session.lost:
		c.lineHappened(LineLost, session)
	case session.open:
		c.lineHappened(LineClosed, session)
	case session.lost:
		c.lineHappened(LineFailed, session)
	}
	if one := c.contacts[session.remote.Peer]; one != nil {
		c.rememberSent(one, session)
	}
	if one := c.contacts[session.remote.Peer]; one != nil && one.session == id {
		one.session = uuid.Nil
		one.typingUntil = time.Time{}
		if !session.open {
			c.triedInVain(one, session)
		} else if session.greeted && c.now.Sub(session.opened) >= provenLine {
			one.attempts = 0
		}
		c.dirty(one.Peer)
	}
}

// signalOpened takes a sealed signal.
func (c *Core) signalOpened(content envelope.Content, signal link.Signal, fresh *wire.PeerRecord) {
	one := c.contacts[content.FromPeer]
	if one == nil || one.held() || c.moved(one) {
		return // a stranger gets no link, nor somebody who is held back, nor a key that another one follows
	}
	c.learn(one, fresh)
	if !senderListed(one, content) {
		return
	}
	if !c.mayOpen(one, signal.Kind) {
		return
	}
	c.accepted(one)
	remote := link.Remote{Peer: content.FromPeer, Device: content.FromDevice}
	current := c.sessions[one.session]
	switch signal.Kind {
	case link.SignalOffer:
		if remote.Device.Compare(c.keys.Device()) >= 0 {
			return // only the smaller device key offers
		}
		if current != nil {
			if current.id == signal.Session {
				return
			}
			c.hangUp(current.id, "replaced by the other side") // they gave it up
		} else if !c.roomForLine() {
			return
		}
		c.begin(one, signal.Session, remote)
		c.sessions[signal.Session].answered = true
		c.do(AcceptLink{Remote: remote, Offer: signal, Options: c.optionsOf(one)})
	case link.SignalDial:
		if c.keys.Device().Compare(remote.Device) >= 0 {
			return
		}
		if current != nil {
			young := youngSession
			if !current.answered {
				young = unanswered
			}
			if c.now.Sub(current.began) < young {
				return
			}
			c.hangUp(current.id, "the other side lost it")
		}
		one.lastTalk, one.called = c.now, c.now // their reason is ours
		one.nextDial = time.Time{}
		c.dirty(one.Peer)
	case link.SignalAnswer, link.SignalCandidate, link.SignalHangup:
		if session := c.sessions[signal.Session]; session != nil && session.remote == remote {
			session.answered = true
			c.do(DeliverSignal{Remote: remote, Signal: signal})
		}
	}
}

func (c *Core) linkEvent(e link.Event) {
	if e.Blocked.IsValid() {
		if id, banned := c.banned.Address(e.Blocked); banned {
			c.blockedAt(id, e.Blocked)
		}
		return
	}
	defer c.lookAtAddress(e)
	if e.Signal != nil {
		if one := c.contacts[e.Remote.Peer]; one != nil {
			c.seal(one, e.Remote.Device, wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL, e.Signal.Body, signalLife)
		}
		return
	}
	session := c.sessions[e.Session]
	if session == nil {
		return
	}
	one := c.contacts[session.remote.Peer]
	switch {
	case e.Opened != nil:
		session.open, session.lastUsed = true, c.now
		session.path, session.roundTrip, session.relayHost = e.Opened.Path, e.Opened.RoundTrip, e.Opened.RelayHost
		session.opened, session.binding = c.now, e.Opened.Binding
		session.tookRoundTrip(e.Opened.RoundTrip)
		c.lineHappened(LineOpened, session)
		c.sendHello(session)
	case e.Path != nil:
		moved := session.open && session.path != e.Path.Path
		session.path, session.relayHost = e.Path.Path, e.Path.RelayHost
		session.roundTrip = smooth(session.roundTrip, e.Path.RoundTrip)
		session.tookRoundTrip(e.Path.RoundTrip)
		if moved {
			c.lineHappened(LineOpened, session)
		}
	case e.Closed != nil:
		session.lost = e.Closed.Reason != link.ReasonLocal && e.Closed.Reason != link.ReasonRemote
		c.sessionGone(e.Session)
		if one != nil && e.Closed.Reason == link.ReasonRemote {
			one.lastTalk = time.Time{} // they had no reason; ours, if any, stays
		}
		if e.Closed.Reason == link.ReasonSilence {
			// It may be our network, not theirs: a router that forgot our
			// connections breaks those to the servers as quietly.
			c.do(CheckPaths{})
		}
	case e.Drained:
		c.pump(session)
	case e.Stream != nil:
		c.do(CloseStream{Stream: e.Stream}) // nothing is offered over streams yet
	}
	if one != nil {
		c.dirty(one.Peer)
	}
}

// smooth folds a round trip into its average, so that what is shown is calm.
func smooth(average, sample time.Duration) time.Duration {
	if average == 0 || sample == 0 {
		return max(average, sample)
	}
	return (3*average + sample) / 4
}

// signalFailed: the transport refused what it was given.
func (c *Core) signalFailed(e SignalFailed) {
	c.hangUp(e.Session, "refused by the transport")
}

// dialAgain gives up the sessions whose offers went nowhere, as far as one can
// tell: nothing came back. Called when there is a new way to the other side.
func (c *Core) dialAgain() {
	for _, peer := range c.peersSorted() {
		one := c.contacts[peer]
		current := c.sessions[one.session]
		if current == nil || current.open || current.answered {
			continue
		}
		c.hangUp(current.id, "nothing came back, and there is a new way")
		one.attempts, one.nextDial = 0, time.Time{}
	}
}

// dialAnew has lines dialed without delay again.
func (c *Core) dialAnew() {
	for _, one := range c.contacts {
		one.attempts, one.nextDial = 0, time.Time{}
	}
	c.allDirty()
}

// dueSessions ends sessions that never opened, in case their transport does not.
func (c *Core) dueSessions() {
	for _, id := range c.sessionsSorted() {
		session := c.sessions[id]
		if session.open {
			continue
		}
		limit := session.began.Add(link.OpenTimeout + 5*time.Second)
		if c.now.Before(limit) {
			c.at(limit)
			continue
		}
		c.hangUp(id, "never opened")
	}
}

// sessionsSorted returns all of them in a fixed order, so that a seed replays.
func (c *Core) sessionsSorted() []link.Session {
	return slices.SortedFunc(maps.Keys(c.sessions), func(a, b link.Session) int { return slices.Compare(a[:], b[:]) })
}

// openSessions returns them in a fixed order.
func (c *Core) openSessions() []*session {
	var open []*session
	for _, session := range c.sessions {
		if session.open {
			open = append(open, session)
		}
	}
	slices.SortFunc(open, func(a, b *session) int { return slices.Compare(a.id[:], b.id[:]) })
	return open
}

// sessionsTo returns the open sessions with a peer.
func (c *Core) sessionsTo(peer identity.PeerID) []*session {
	var to []*session
	for _, session := range c.openSessions() {
		if session.remote.Peer == peer {
			to = append(to, session)
		}
	}
	return to
}
