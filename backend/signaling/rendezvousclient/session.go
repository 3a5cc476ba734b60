package rendezvousclient

import (
	"context"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	silence      = 10 * time.Second // a heartbeat without an answer for so long ends the session
	checkTime    = 3 * time.Second  // the same after the network changed
	writeTimeout = 10 * time.Second
	goodbyeTime  = time.Second
	pacedTime    = 20 * time.Millisecond // between two looks at an owner that is behind
	relayAhead   = 5 * time.Minute       // new credentials are asked for so long before they expire

	// Frames are paced a little under what the server takes: one that costs more
	// than is left may go, and none costs more than the difference.
	rate  = protocol.Rate - 2
	burst = protocol.Burst - 10

	maxRelayURLs = 8   // addresses of relays that are taken
	maxRelayText = 512 // bytes of an address, user name or password of a relay
)

// session is one login with one server. serve runs in the keeper's goroutine;
// a second one reads the socket.
type session struct {
	keeper    *keeper
	conn      Conn
	key       identity.ServerKey
	at        identity.Server
	began     time.Time
	heartbeat time.Duration
	roundTrip time.Duration
	offset    time.Duration // server's time minus ours

	published uint64 // edition of the record that the server has
	watched   map[identity.PeerID]bool
	declared  bool // the first Watch was sent
	binding   protocol.Binding
	refused   []identity.PeerID // as the server knows them
	queue     []request
	pending   map[uint64]request // by the id on the wire
	lastID    uint64
	mailbox   bool // offered
	recall    bool // likewise
	directory bool
	tagsAt    time.Time // when to register all tags again; zero: never

	moveAt    time.Time     // when to look for another server; zero: stay
	moving    chan *session // answers once, nil for "none takes us"; nil while nobody looks
	successor *session      // where it goes on

	tokens float64
	filled time.Time

	beatID    uint64
	beatSent  time.Time // of the heartbeat that waits for its reply; zero when none does
	beatLimit time.Duration
	nextBeat  time.Time
	checking  bool
	through   proxy.Address // when it began
	elsewhere bool          // another proxy is used now

	relay      *wire.RelayCredentials // of the welcome, until serve
	relayAgain time.Time              // when to ask for new ones; zero: never
}

func newSession(k *keeper, found *greeted, now time.Time) *session {
	return &session{
		keeper: k, conn: found.conn, key: found.key, began: now,
		at:      identity.Server{Key: found.key, URLs: []string{found.target.url}},
		watched: make(map[identity.PeerID]bool), pending: make(map[uint64]request),
		tokens: burst, filled: now, through: k.client.options.Proxy.Address(),
	}
}

// measure takes round trip and clock offset from one exchange.
func (s *session) measure(sent, received time.Time, serverMs int64) {
	s.roundTrip = received.Sub(sent)
	s.offset = time.UnixMilli(serverMs).Sub(sent.Add(s.roundTrip / 2)).Round(time.Millisecond)
}

type incoming struct {
	frame *wire.ServerFrame
	err   error
}

// serve keeps the session until it ends and says why. When successor is set then,
// the other session is to be served.
func (s *session) serve(stopped context.Context) *Failure {
	k := s.keeper
	defer func() {
		if s.successor == nil {
			k.end()
		}
	}()
	ctx, cancel := context.WithCancel(stopped)
	frames := make(chan incoming)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.read(ctx, frames)
	}()
	defer func() {
		cancel()
		s.conn.Close()
		<-ended
		s.stopMoving()
		s.failPending(time.Time{})
	}()
	k.begin(s.offset)
	s.push(signaling.Event{Up: &signaling.Up{
		Key: k.cluster.homeKey(), At: s.at, Mailbox: s.mailbox, Directory: s.directory, RoundTrip: s.roundTrip, ClockOffset: s.offset,
	}})
	s.takeRelay(s.relay)
	now := s.now()
	s.nextBeat = now.Add(s.heartbeat)
	s.registerAgain(now)
	if s.mailbox {
		s.push(signaling.Event{Arrived: &signaling.Arrived{}})
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if failure := s.act(ctx, stopped); failure != nil {
			return s.ending(stopped, failure)
		}
		timer.Reset(max(s.next().Sub(s.now()), 0))
		select {
		case <-stopped.Done():
			s.sayGoodbye() //nolint:contextcheck // its context has ended: that is why it says goodbye
			return fail(signaling.CodeUnreachable, stopped.Err())
		case <-timer.C:
		case <-k.changed:
			s.wake()
		case next := <-s.moving:
			if s.move(next) {
				s.linger(ctx, frames)
				return fail(signaling.CodeShutdown, errMoved)
			}
		case got := <-frames:
			if failure := s.take(got); failure != nil {
				return s.ending(stopped, failure)
			}
		}
	}
}

func (s *session) now() time.Time { return s.keeper.client.options.Now() }

func (s *session) push(event signaling.Event) {
	s.keeper.push(event)
}

// read hands frames to serve, no faster than the owner takes events.
func (s *session) read(ctx context.Context, frames chan<- incoming) {
	var patience pace
	for {
		frame, err := readFrame(ctx, s.conn, s.keeper.client.options.Encoding)
		select {
		case frames <- incoming{frame, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
		s.keeper.client.events.throttle()
		if !patience.wait(ctx) {
			return
		}
	}
}

// wake looks at what the owner changed.
func (s *session) wake() {
	if s.keeper.takeCheck() {
		s.checking = true
		s.nextBeat = s.now()
		s.elsewhere = s.keeper.client.options.Proxy.Address().String() != s.through.String()
	}
	if !s.checking {
		// A retry means nothing to a session that works.
		s.keeper.takeRetry()
	}
	s.queue = append(s.queue, s.keeper.takeAsked()...)
}

// act does everything that is due, as far as the rate allows.
func (s *session) act(ctx, stopped context.Context) *Failure {
	now := s.now()
	if s.elsewhere {
		s.sayGoodbye() //nolint:contextcheck // it ends whatever its context says
		return fail(signaling.CodeUnreachable, errRestart)
	}
	if !s.beatSent.IsZero() && now.Sub(s.beatSent) >= s.beatLimit {
		return fail(signaling.CodeUnreachable, errSilent)
	}
	s.failPending(now)
	if !s.moveAt.IsZero() && !now.Before(s.moveAt) {
		s.moveAt = time.Time{}
		s.look(ctx)
	}
	if !s.tagsAt.IsZero() && !now.Before(s.tagsAt) {
		s.registerAgain(now)
	}
	for s.mayWrite(now) {
		frame := s.due(now)
		if frame == nil {
			return nil
		}
		s.tokens -= protocol.Cost(frame)
		if err := s.write(stopped, frame); err != nil {
			return failureOf(err)
		}
	}
	return nil
}

// due returns the next frame to be written, the most urgent first; nil when there is none.
func (s *session) due(now time.Time) *wire.ClientFrame {
	if !now.Before(s.nextBeat) {
		return s.beat(now)
	}
	if record, edition := s.keeper.client.latest(); edition != s.published {
		s.published = edition
		return &wire.ClientFrame{Kind: &wire.ClientFrame_Publish{Publish: &wire.Publish{Record: record}}}
	}
	if frame := s.watch(); frame != nil {
		return frame
	}
	if frame := s.refuse(); frame != nil {
		return frame
	}
	if !s.relayAgain.IsZero() && !now.Before(s.relayAgain) {
		s.relayAgain = now.Add(time.Minute) // again if no answer comes
		return &wire.ClientFrame{Kind: &wire.ClientFrame_RelayRequest{RelayRequest: &wire.RelayRequest{}}}
	}
	return s.dueRequest(now)
}

func (s *session) beat(now time.Time) *wire.ClientFrame {
	s.beatID++
	s.beatSent, s.beatLimit = now, silence
	if s.checking {
		s.beatLimit = checkTime
	}
	// The next one follows the reply, or there is none.
	s.nextBeat = now.Add(s.beatLimit)
	return &wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{Id: s.beatID}}}
}

// watch returns the change from the set that the server has to the wanted one.
// The first one is sent even when it is empty: it replaces what the server remembers.
func (s *session) watch() *wire.ClientFrame {
	wanted := s.keeper.wanted()
	change := &wire.Watch{}
	for peer := range wanted {
		if !s.watched[peer] {
			change.Add = append(change.Add, peer[:])
		}
	}
	for peer := range s.watched {
		if !wanted[peer] {
			change.Remove = append(change.Remove, peer[:])
		}
	}
	if s.declared && len(change.GetAdd())+len(change.GetRemove()) == 0 {
		return nil
	}
	s.watched, s.declared = wanted, true
	return &wire.ClientFrame{Kind: &wire.ClientFrame_Watch{Watch: change}}
}

func (s *session) write(ctx context.Context, frame *wire.ClientFrame) error {
	data, err := s.keeper.client.options.Encoding.Encode(frame)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return s.conn.Write(ctx, data)
}

// mayWrite keeps to the rate.
func (s *session) mayWrite(now time.Time) bool {
	if elapsed := now.Sub(s.filled).Seconds(); elapsed > 0 {
		s.tokens = min(burst, s.tokens+elapsed*rate)
		s.filled = now
	}
	return s.tokens >= 1
}

// next is when something is due without anything else happening.
func (s *session) next() time.Time {
	next := s.nextBeat
	earlier := func(at time.Time) {
		if !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	earlier(s.relayAgain)
	if slices.ContainsFunc(s.queue, func(r request) bool { return r.paced }) {
		// The owner is behind; nothing tells when that is over.
		earlier(s.now().Add(pacedTime))
	}
	if s.tokens < 1 {
		// Whatever is due, or waits, nothing is written before.
		next = s.filled.Add(time.Duration((1-s.tokens)/rate*float64(time.Second)) + time.Millisecond)
	}
	if !s.beatSent.IsZero() {
		earlier(s.beatSent.Add(s.beatLimit))
	}
	earlier(s.moveAt)
	earlier(s.tagsAt)
	for _, r := range s.pending {
		earlier(r.until)
	}
	for _, r := range s.queue {
		earlier(r.until)
	}
	return next
}

// take handles what the server sent.
func (s *session) take(got incoming) *Failure {
	if got.err != nil {
		return failureOf(got.err)
	}
	switch kind := got.frame.GetKind().(type) {
	case *wire.ServerFrame_HeartbeatReply:
		s.takeReply(kind.HeartbeatReply)
	case *wire.ServerFrame_Presence:
		s.takePresence(kind.Presence)
	case *wire.ServerFrame_Deliver:
		if envelope := kind.Deliver.GetEnvelope(); len(envelope) > 0 && len(envelope) <= wire.MaxEnvelope {
			s.push(signaling.Event{Received: envelope})
		}
	case *wire.ServerFrame_RelayCredentials:
		s.takeRelay(kind.RelayCredentials)
	case *wire.ServerFrame_Error:
		return s.takeError(kind.Error)
	case *wire.ServerFrame_Challenge, *wire.ServerFrame_Welcome:
		return fail(signaling.CodeNotServer, errNotServer)
	case *wire.ServerFrame_MailArrived:
		if s.mailbox {
			s.push(signaling.Event{Arrived: &signaling.Arrived{}})
		}
	case *wire.ServerFrame_ServerList:
		s.takeList(kind.ServerList)
	case *wire.ServerFrame_Drain:
		s.takeDrain(kind.Drain)
	case nil:
		// A kind of a newer minor version.
	default:
		s.takeAnswer(got.frame)
	}
	return nil
}

// takeError: too fast is a warning while the session goes on; everything else is the end.
func (s *session) takeError(said *wire.ServerError) *Failure {
	failure := saidBy(said)
	if failure.Code == signaling.CodeLimit && failure.RetryAfter < time.Second {
		s.tokens = 0
		return nil
	}
	return failure
}

func (s *session) takeReply(reply *wire.HeartbeatReply) {
	if s.beatSent.IsZero() || reply.GetId() != s.beatID {
		return
	}
	s.measure(s.beatSent, s.now(), reply.GetTimeMs())
	s.nextBeat = s.beatSent.Add(s.heartbeat)
	s.beatSent = time.Time{}
	if s.checking {
		s.checking = false
		s.keeper.takeRetry()
	}
	// Zero means "no figure" in an event.
	s.push(signaling.Event{RTT: max(s.roundTrip, time.Microsecond)})
}

func (s *session) takePresence(presence *wire.Presence) {
	if len(presence.GetIdentity()) != len(identity.PeerID{}) {
		return
	}
	peer := identity.PeerID(presence.GetIdentity())
	if s.watched[peer] {
		s.push(signaling.Event{Presence: &signaling.Presence{Peer: peer, Online: presence.GetOnline()}})
	}
}

// sayGoodbye ends the lease at once instead of in 30 s.
func (s *session) sayGoodbye() {
	ctx, cancel := context.WithTimeout(context.Background(), goodbyeTime)
	defer cancel()
	// If it doesn't get through the server notices the closed socket.
	_ = s.write(ctx, &wire.ClientFrame{Kind: &wire.ClientFrame_Goodbye{Goodbye: &wire.Goodbye{}}})
}
