package webrtclink

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	probeTimeout = 4 * time.Second        // after NetworkChanged
	byeTimeout   = 500 * time.Millisecond // for what is queued, and the goodbye, to be acknowledged
	maxPending   = 64                     // candidates that wait for the description
	cutBehind    = 4 * wire.LinkFragment  // bytes on their way behind which a goodbye is too late when a session is cut
)

// session is one attempt at a link. Its fields belong to its goroutine (run),
// except where it says otherwise; everything else posts to the inbox.
type session struct {
	transport *Transport
	id        link.Session
	remote    link.Remote
	options   link.Options
	role      link.Role
	servers   []link.Relay
	proxied   string // the proxy that was chosen when it began, "" for none

	inbox    *inbox
	context  context.Context //nolint:containedctx // the life of the session, for its readers and streams
	cancel   context.CancelFunc
	readers  sync.WaitGroup
	outgoing *outgoing // safe for concurrent use
	streams  *streams  // safe for concurrent use
	relays   relayBook // safe for concurrent use
	asking   askingSockets
	muted    atomic.Bool // the selected pair is banned: what comes is dropped
	heard    atomic.Int64
	started  time.Time

	connection  *webrtc.PeerConnection
	dialer      *relayDialer // safe for concurrent use once connect made it
	certificate [sha256.Size]byte
	binding     link.Binding
	theirs      [sha256.Size]byte // fingerprint of their description
	described   bool              // the remote description is set
	offerSDP    [sha256.Size]byte // hash of our offer's SDP
	answered    [sha256.Size]byte // hash of the signal that answered it
	pending     []webrtc.ICECandidateInit
	candidates  int
	channels    [channelCount]*channel // set as they open
	confirmed   chan struct{}          // closed when the other side is confirmed
	deaf        chan struct{}          // closed when the message channel gives nothing more
	expected    bool                   // our confirmation is sent, theirs is awaited

	nudge      string    // the candidate that pion is nudged with, up to its type
	nudgeAt    time.Time // next, zero when not
	nudges     int
	open       bool
	finished   bool
	leaving    bool // closed by us while open: say goodbye
	cutting    bool // and do not wait for what was sent before
	openBy     time.Time
	confirmBy  time.Time
	nextPing   time.Time
	silentBy   time.Time // an answer to a probe is due
	pings      pinger
	roundTrip  time.Duration
	remoteSays bool // the other side's end is a relay
	place      place
}

func newSession(t *Transport, id link.Session, remote link.Remote, options link.Options, role link.Role, servers []link.Relay) *session {
	ctx, cancel := context.WithCancel(context.Background())
	s := &session{
		transport: t, id: id, remote: remote, options: options, role: role, servers: servers,
		inbox: newInbox(), context: ctx, cancel: cancel, confirmed: make(chan struct{}), deaf: make(chan struct{}),
		started: time.Now(),
	}
	s.openBy = s.started.Add(t.config.Timing.Open)
	s.binding = link.Binding{Session: id, Offerer: t.own, Answerer: remote}
	if role == link.RoleAnswerer {
		s.binding.Offerer, s.binding.Answerer = remote, t.own
	}
	s.outgoing = newOutgoing(func() { s.post(s.drained) })
	s.streams = newStreams(ctx, role)
	return s
}

// through is the proxy that relays are reached by, nil for none. It is the chosen
// one of the moment they are dialled; a session of before ends when that changes.
func (s *session) through() *proxy.Choice {
	if s.proxied == "" {
		return nil
	}
	return s.transport.config.Proxy
}

func (s *session) post(item func()) { s.inbox.post(item) }

// emit tells the owner. Only the session's goroutine calls it.
func (s *session) emit(event link.Event) {
	if s.finished {
		return
	}
	event.Session, event.Remote = s.id, s.remote
	s.transport.config.Events(event)
}

// run is the session's goroutine: one after the other, until finish.
func (s *session) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for !s.finished {
		select {
		case <-s.inbox.signal:
			for _, item := range s.inbox.take() {
				if s.finished {
					break
				}
				item()
			}
		case <-timer.C:
			s.tick(time.Now())
		}
		timer.Reset(time.Until(s.nextTick()))
	}
	s.dismantle()
}

// nextTick is when a deadline comes up.
func (s *session) nextTick() time.Time {
	next := s.openBy
	if s.open {
		next = s.nextPing
		if at := s.lastHeard().Add(s.transport.config.Timing.Silence); at.Before(next) {
			next = at
		}
		if !s.silentBy.IsZero() && s.silentBy.Before(next) {
			next = s.silentBy
		}
		return next
	}
	if !s.confirmBy.IsZero() && s.confirmBy.Before(next) {
		next = s.confirmBy
	}
	if !s.nudgeAt.IsZero() && s.nudgeAt.Before(next) {
		next = s.nudgeAt
	}
	return next
}

func (s *session) tick(now time.Time) {
	due := func(at time.Time) bool { return !at.IsZero() && !now.Before(at) }
	switch {
	case !s.open && due(s.openBy):
		s.finish(link.ReasonTimeout, nil)
	case !s.open && due(s.confirmBy):
		s.finish(link.ReasonIdentity, errors.New("webrtclink: no confirmation came in time"))
	case !s.open && due(s.nudgeAt):
		s.nudgePion(now)
	case s.open && due(s.lastHeard().Add(s.transport.config.Timing.Silence)):
		s.finish(link.ReasonSilence, nil)
	case s.open && due(s.silentBy):
		s.finish(link.ReasonSilence, errors.New("webrtclink: no answer after the network changed"))
	case s.open && due(s.nextPing):
		s.ping(now)
	}
}

// hear notes that something came; any goroutine may call it.
func (s *session) hear() { s.heard.Store(int64(time.Since(s.started))) }

func (s *session) lastHeard() time.Time { return s.started.Add(time.Duration(s.heard.Load())) }

// finish ends the session: the last event, then no more.
func (s *session) finish(reason link.Reason, err error) {
	if s.finished {
		return
	}
	s.transport.forget(s)
	s.leaving = s.open && reason == link.ReasonLocal
	s.emit(link.Event{Closed: &link.Closed{Reason: reason, Err: err}})
	s.finished = true
}

func (s *session) hangup() {
	if !s.open {
		s.signal(&wire.SignalBody{Kind: &wire.SignalBody_Hangup{Hangup: &wire.Hangup{}}})
	}
	s.finish(link.ReasonLocal, nil)
}

// cut is hangup without what is queued.
func (s *session) cut() {
	s.outgoing.drop()
	s.cutting = true
	s.hangup()
}

// dismantle gives back everything, after finish.
func (s *session) dismantle() {
	s.inbox.close()
	s.streams.fail(link.ErrNotOpen)
	if s.leaving {
		s.goodbye()
	}
	s.outgoing.close()
	s.cancel()
	if s.connection != nil {
		s.asking.giveUp()
		if err := s.connection.GracefulClose(); err != nil {
			s.transport.logger.Debug("closing a connection", "error", err)
		}
	}
	s.readers.Wait()
}

// signal sends a step of ours to be sealed and carried.
func (s *session) signal(body *wire.SignalBody) (link.Parsed, bool) {
	config := &s.transport.config
	parsed, err := link.WriteSignal(body, s.id, s.transport.own, s.remote, config.Now(), config.Random)
	if err != nil {
		s.finish(link.ReasonFailed, err)
		return link.Parsed{}, false
	}
	s.emit(link.Event{Signal: &parsed.Signal})
	return parsed, true
}

// receive handles a checked signal for this session.
func (s *session) receive(signal link.Parsed) {
	switch signal.Kind {
	case link.SignalAnswer:
		s.receiveAnswer(signal)
	case link.SignalCandidate:
		s.receiveCandidate(signal.Candidate)
	case link.SignalHangup:
		s.finish(link.ReasonRemote, nil)
	case link.SignalOffer, link.SignalDial:
		s.finish(link.ReasonProtocol, link.Refuse(link.ErrMalformed))
	}
}

// failed is what pion's failures come to.
func (s *session) failed(err error) {
	if s.open {
		s.finish(link.ReasonSilence, err)
		return
	}
	s.finish(link.ReasonFailed, err)
}

// broke ends the session because of what a reader met.
func (s *session) broke(err error) {
	switch {
	case errors.Is(err, errProtocol):
		s.finish(link.ReasonProtocol, err)
	case s.open:
		s.finish(link.ReasonRemote, err)
	default:
		s.finish(link.ReasonFailed, err)
	}
}

func (s *session) drained() { s.emit(link.Event{Drained: true}) }

// blocked is asked for every packet; any goroutine calls it.
func (s *session) blocked(address netip.Addr) bool {
	if !s.transport.config.Filter(address) {
		return false
	}
	if s.transport.tellBlocked(address) {
		s.post(func() { s.emit(link.Event{Blocked: address}) })
	}
	return true
}

// checkPair ends the session when the path it uses is banned.
func (s *session) checkPair() {
	if s.toldBanned() || s.connection == nil || s.transport.config.Filter == nil {
		return
	}
	pair := s.pair()
	if pair == nil {
		return
	}
	s.gate(pair)
	if s.muted.Load() {
		address, _ := netip.ParseAddr(pair.Remote.Address)
		s.finishBanned(address.WithZone("").Unmap())
	}
}

// gate mutes the session when the far end of a pair is banned; any goroutine.
func (s *session) gate(pair *webrtc.ICECandidatePair) {
	if s.transport.config.Filter == nil || pair == nil || pair.Remote == nil {
		return
	}
	address, err := netip.ParseAddr(pair.Remote.Address)
	if err == nil && s.blocked(address.WithZone("").Unmap()) {
		s.muted.Store(true)
	}
}

// pair is the selected pair, nil when there is none.
func (s *session) pair() *webrtc.ICECandidatePair {
	pair, err := s.connection.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil {
		return nil
	}
	return pair
}

// path is how the packets go now.
func (s *session) path() (link.Path, string) {
	pair := s.pair()
	if pair == nil {
		return link.PathUnknown, ""
	}
	return classify(pair, &s.relays, s.remoteSays)
}
