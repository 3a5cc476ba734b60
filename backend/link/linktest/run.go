package linktest

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Run checks every promise of a transport.
func Run(t *testing.T, factory Factory) {
	t.Helper()
	cases := []struct {
		name string
		run  func(*testing.T, Factory)
	}{
		{"opens in both directions", opensBothWays},
		{"messages of all sizes arrive in order", messagesInOrder},
		{"a full backlog is refused and drains", backlog},
		{"streams carry 64 MiB and close by halves", streams},
		{"a stream that nobody reads holds up nothing", unreadStream},
		{"streams are limited and end with the session", streamLimits},
		{"hangup before it is open", hangupBeforeOpen},
		{"hangup after it is open delivers what was sent", hangupAfterOpen},
		{"a cut drops what has not left", cutDrops},
		{"a cut of a quiet session", cutQuiet},
		{"a remote that vanishes is silent", vanishes},
		{"a session that nobody answers times out", timesOut},
		{"a wrong identity is refused", wrongIdentity},
		{"sessions that are not known", unknownSessions},
		{"roles are kept", roles},
		{"signals doubled and reordered", signalsReordered},
		{"late signals are refused and end nothing", signalsLate},
		{"an offer is accepted once", offerOnce},
		{"changed signals are refused", signalsChanged},
		{"an answer to another offer is refused", crossedAnswer},
		{"a hangup that overtakes its offer", hangupOvertakes},
		{"a network change keeps a path that works", networkChanged},
		{"a network change ends a path that is dead", networkGone},
		{"a ban ends an open session within 100 ms", banned},
		{"Close is idempotent and unblocks", closes},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) { one.run(t, factory) })
	}
}

func opensBothWays(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	first := p.open(t)
	for _, one := range []*person{p.small, p.large} {
		event := one.wait(t, "the round trip", func(e link.Event) bool { return e.Path != nil })
		if event.Path.Path != link.PathLAN {
			t.Errorf("path %d, want the local network", event.Path.Path)
		}
	}
	// The larger key asks; the owner of the smaller one dials.
	ask, err := p.large.transport.AskDial(p.small.remote())
	if err != nil || ask.Kind != link.SignalDial {
		t.Fatalf("AskDial: %+v, %v", ask, err)
	}
	parsed, err := link.ParseSignal(ask.Body, p.large.remote(), p.small.remote(), time.Now())
	if err != nil || parsed.Kind != link.SignalDial || parsed.Session != ask.Session {
		t.Fatalf("ParseSignal of a dial: %+v, %v", parsed, err)
	}
	second := p.open(t) // beside the first
	for _, session := range []link.Session{first, second} {
		if err := p.large.transport.Send(session, []byte("hello")); err != nil {
			t.Fatal(err)
		}
		p.small.wait(t, "a message", func(e link.Event) bool { return e.Session == session && string(e.Message) == "hello" })
	}
}

func hangupBeforeOpen(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	// Answers get lost, so that the session cannot open.
	p.carry(func(from, to *person, signal link.Signal) {
		if signal.Kind != link.SignalAnswer {
			p.deliver(from, to, signal)
		}
	})
	session := p.dial(t)
	p.large.wait(t, "an answer", func(e link.Event) bool { return e.Signal != nil && e.Signal.Kind == link.SignalAnswer })
	p.small.transport.Hangup(session)
	p.small.waitReason(t, session, link.ReasonLocal)
	p.large.waitReason(t, session, link.ReasonRemote)
	if p.small.has(opened) || p.large.has(opened) {
		t.Error("the session opened")
	}
	p.small.transport.Hangup(session) // changes nothing
}

func hangupAfterOpen(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	if err := p.large.transport.Send(session, []byte("last words")); err != nil {
		t.Fatal(err)
	}
	p.large.transport.Hangup(session)
	p.large.waitReason(t, session, link.ReasonLocal)
	p.small.waitReason(t, session, link.ReasonRemote)
	if !p.small.has(func(e link.Event) bool { return string(e.Message) == "last words" }) {
		t.Error("what was sent before the hangup did not arrive")
	}
	if err := p.small.transport.Send(session, []byte("x")); !errors.Is(err, link.ErrUnknownSession) {
		t.Errorf("Send after the end: %v", err)
	}
}

// cutDrops: of a full queue something is dropped. A slow machine may move all of it
// before the cut, though not every time.
func cutDrops(t *testing.T, factory Factory) {
	const tries = 20
	p := newPair(t, factory)
	for range tries {
		session := p.open(t)
		sent := 0
		for p.large.transport.Send(session, pattern(uint64(sent), wire.MaxLinkFrame)) == nil {
			sent++
		}
		p.large.transport.Cut(session)
		p.large.waitReason(t, session, link.ReasonLocal)
		p.small.waitReason(t, session, link.ReasonRemote)
		if err := p.small.transport.Send(session, []byte("x")); !errors.Is(err, link.ErrUnknownSession) {
			t.Errorf("Send after the end: %v", err)
		}
		if p.small.count(session, func(e link.Event) bool { return e.Message != nil }) < sent {
			return
		}
	}
	t.Errorf("everything arrived, %d times", tries)
}

func cutQuiet(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	p.small.transport.Cut(session)
	p.small.waitReason(t, session, link.ReasonLocal)
	p.large.waitReason(t, session, link.ReasonRemote)
	p.small.transport.Cut(session) // changes nothing
}

func vanishes(t *testing.T, factory Factory) {
	p := newPair(t, factory, withTiming(link.Timing{Ping: 100 * time.Millisecond, Silence: 600 * time.Millisecond}))
	session := p.open(t)
	p.world.Vanish(p.large.keys.Device())
	p.small.waitReason(t, session, link.ReasonSilence)
	p.large.waitReason(t, session, link.ReasonSilence)
}

func timesOut(t *testing.T, factory Factory) {
	p := newPair(t, factory, withTiming(link.Timing{Open: 300 * time.Millisecond}))
	p.carry(func(*person, *person, link.Signal) {})
	session := p.dial(t)
	p.small.waitReason(t, session, link.ReasonTimeout)
}

func wrongIdentity(t *testing.T, factory Factory) {
	p := newPair(t, factory, withImpostor())
	session := p.dial(t)
	p.large.waitReason(t, session, link.ReasonIdentity)
	p.small.waitClosed(t, session)
	if p.large.has(opened) {
		t.Error("an impostor got in")
	}
}

func unknownSessions(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	if err := p.small.transport.Send(newSession(t), nil); !errors.Is(err, link.ErrUnknownSession) {
		t.Errorf("Send: %v", err)
	}
	if _, err := p.small.transport.OpenStream(t.Context(), newSession(t), "x"); !errors.Is(err, link.ErrUnknownSession) {
		t.Errorf("OpenStream: %v", err)
	}
	p.small.transport.Hangup(newSession(t))
	third := newPair(t, factory).large
	for _, body := range []*wire.SignalBody{
		{Kind: &wire.SignalBody_Hangup{Hangup: &wire.Hangup{}}},
		{Kind: &wire.SignalBody_Candidate{Candidate: &wire.Candidate{Candidate: "candidate:1 1 udp 1 127.0.0.1 9 typ host"}}},
	} {
		// Somebody else's signal for our session is a signal for a session that
		// is not known between us.
		foreign := proto.CloneOf(body)
		if err := p.small.transport.Deliver(third.remote(), writeSignal(t, foreign, session, third, p.small)); err != nil {
			t.Errorf("Deliver from somebody else: %v", err)
		}
		if err := p.small.transport.Deliver(p.large.remote(), writeSignal(t, body, newSession(t), p.large, p.small)); err != nil {
			t.Errorf("Deliver for an unknown session: %v", err)
		}
	}
	p.checkAlive(t, session)
}

// checkAlive sends a message both ways.
func (p *pair) checkAlive(t *testing.T, session link.Session) {
	t.Helper()
	text := newSession(t).String()
	for _, ends := range [][2]*person{{p.small, p.large}, {p.large, p.small}} {
		if err := ends[0].transport.Send(session, []byte(text)); err != nil {
			t.Fatalf("the session does not live any more: %v", err)
		}
		ends[1].wait(t, "a message", func(e link.Event) bool { return e.Session == session && string(e.Message) == text })
	}
}

func roles(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	if err := p.large.transport.Dial(newSession(t), p.small.remote(), link.Options{}); !errors.Is(err, link.ErrRole) {
		t.Errorf("Dial by the larger key: %v", err)
	}
	if _, err := p.small.transport.AskDial(p.large.remote()); !errors.Is(err, link.ErrRole) {
		t.Errorf("AskDial by the smaller key: %v", err)
	}
	session := p.open(t)
	if err := p.small.transport.Dial(session, p.large.remote(), link.Options{}); !errors.Is(err, link.ErrKnownSession) {
		t.Errorf("Dial with a used session id: %v", err)
	}
	if err := p.small.transport.Send(session, make([]byte, wire.MaxLinkFrame+1)); !errors.Is(err, link.ErrTooLarge) {
		t.Errorf("Send of too much: %v", err)
	}
	p.checkAlive(t, session)
}

func networkChanged(t *testing.T, factory Factory) {
	p := newPair(t, factory, withTiming(link.Timing{Ping: time.Hour, Silence: 2 * time.Hour}))
	session := p.open(t)
	paths := func() int {
		events, _ := p.small.all()
		count := 0
		for _, event := range events {
			if event.Path != nil {
				count++
			}
		}
		return count
	}
	p.small.wait(t, "the first round trip", func(e link.Event) bool { return e.Path != nil })
	before := paths()
	p.small.transport.NetworkChanged()
	p.small.wait(t, "another round trip", func(link.Event) bool { return paths() > before })
	p.checkAlive(t, session)
}

func networkGone(t *testing.T, factory Factory) {
	p := newPair(t, factory, withTiming(link.Timing{Ping: time.Hour, Silence: 2 * time.Hour}))
	session := p.open(t)
	p.world.Vanish(p.large.keys.Device())
	p.small.transport.NetworkChanged()
	p.small.waitReason(t, session, link.ReasonSilence)
}

func banned(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	for _, address := range []string{"127.0.0.1", "::1"} {
		// The world may use either; the session lives on one of them.
		parsed := netip.MustParseAddr(address)
		p.small.banned.Store(&parsed)
		since := time.Now()
		p.small.transport.RecheckBans()
		deadline := time.NewTimer(100 * time.Millisecond)
		for !p.small.has(func(e link.Event) bool { return e.Closed != nil }) {
			_, changed := p.small.all()
			select {
			case <-changed:
				continue
			case <-deadline.C:
			}
			break
		}
		deadline.Stop()
		if p.small.has(func(e link.Event) bool { return e.Closed != nil }) {
			t.Logf("closed %v after the ban", time.Since(since))
			break
		}
	}
	if !p.small.has(func(e link.Event) bool { return e.Closed != nil }) {
		t.Fatal("the session is still open")
	}
	p.small.waitReason(t, session, link.ReasonBanned)
}

func closes(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	stream, err := p.small.transport.OpenStream(t.Context(), session, "blocked")
	if err != nil {
		t.Fatal(err)
	}
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if n, readErr := stream.Read(make([]byte, 1)); readErr == nil {
			t.Errorf("Read answered %d bytes", n)
		}
	})
	waiting.Go(func() {
		if n, writeErr := stream.Write(make([]byte, 64<<20)); writeErr == nil {
			t.Errorf("Write wrote %d bytes", n)
		}
	})
	var closing sync.WaitGroup
	for range 3 {
		closing.Go(func() {
			if closeErr := p.small.transport.Close(); closeErr != nil {
				t.Errorf("Close: %v", closeErr)
			}
		})
	}
	closing.Wait()
	waiting.Wait()
	p.small.waitReason(t, session, link.ReasonLocal)
	p.large.waitReason(t, session, link.ReasonRemote)
	if err = p.small.transport.Dial(newSession(t), p.large.remote(), link.Options{}); !errors.Is(err, link.ErrClosed) {
		t.Errorf("Dial after Close: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = p.large.transport.OpenStream(ended, session, "x"); err == nil {
		t.Error("OpenStream after the end")
	}
}
