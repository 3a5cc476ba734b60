package linktest

import (
	"crypto/rand"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
)

// World makes transports that can reach each other, and takes them apart.
type World interface {
	// New makes a transport. The suite closes it.
	New(t testing.TB, config Config) link.Transport
	// Vanish makes a device unreachable without a word: from now on none of its
	// packets leave or arrive.
	Vanish(device identity.DeviceID)
}

// Config of one transport.
type Config struct {
	Identity link.Identity
	Events   func(link.Event)
	Filter   link.Filter
	Now      func() time.Time
	Timing   link.Timing
}

// Factory makes a world for one test.
type Factory func(t *testing.T) World

// patience is how long the suite waits for what must happen.
const patience = 30 * time.Second

// person is a device with its transport and all that it was told.
type person struct {
	keys      *identity.Keys
	transport link.Transport
	skew      atomic.Int64 // of its clock, in nanoseconds
	banned    atomic.Pointer[netip.Addr]

	mutex   sync.Mutex
	events  []link.Event
	changed chan struct{}
	react   func(link.Event) // may be nil
}

func (p *person) remote() link.Remote {
	return link.Remote{Peer: p.keys.Peer(), Device: p.keys.Device()}
}

func (p *person) handle(event link.Event) {
	p.mutex.Lock()
	p.events = append(p.events, event)
	close(p.changed)
	p.changed = make(chan struct{})
	react := p.react
	p.mutex.Unlock()
	if react != nil {
		react(event)
	}
}

// all answers what was told so far, and a channel that closes with the next.
func (p *person) all() ([]link.Event, <-chan struct{}) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clip(p.events), p.changed
}

// wait answers the first event that matches.
func (p *person) wait(t testing.TB, what string, matches func(link.Event) bool) link.Event {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	checked := 0
	for {
		events, changed := p.all()
		for ; checked < len(events); checked++ {
			if matches(events[checked]) {
				return events[checked]
			}
		}
		select {
		case <-changed:
		case <-deadline.C:
			t.Fatalf("waited %v for %s; %d events were told", patience, what, len(events))
		}
	}
}

func (p *person) waitOpened(t testing.TB, session link.Session) link.Opened {
	t.Helper()
	event := p.wait(t, "an open session", func(e link.Event) bool {
		if e.Session == session && e.Closed != nil && e.Opened == nil {
			t.Fatalf("the session was closed instead: reason %d, %v", e.Closed.Reason, e.Closed.Err)
		}
		return e.Session == session && e.Opened != nil
	})
	return *event.Opened
}

func (p *person) waitClosed(t testing.TB, session link.Session) link.Closed {
	t.Helper()
	event := p.wait(t, "a closed session", func(e link.Event) bool { return e.Session == session && e.Closed != nil })
	return *event.Closed
}

func (p *person) waitReason(t testing.TB, session link.Session, reasons ...link.Reason) {
	t.Helper()
	closed := p.waitClosed(t, session)
	if slices.Contains(reasons, closed.Reason) {
		return
	}
	t.Fatalf("closed with reason %d (%v), want one of %v", closed.Reason, closed.Err, reasons)
}

// has tells whether an event was told.
func (p *person) has(matches func(link.Event) bool) bool {
	events, _ := p.all()
	return slices.ContainsFunc(events, matches)
}

func opened(e link.Event) bool { return e.Opened != nil }

// pair is two people; small has the smaller device key and offers.
type pair struct {
	world        World
	small, large *person
	carrier      atomic.Pointer[carrier]
}

// carrier is what brings a signal over.
type carrier func(from, to *person, signal link.Signal)

func (p *pair) carry(by carrier) { p.carrier.Store(&by) }

type setting func(*settings)

type settings struct {
	timing   link.Timing
	impostor bool // small signs with another device's key
}

func withTiming(timing link.Timing) setting { return func(s *settings) { s.timing = timing } }

func withImpostor() setting { return func(s *settings) { s.impostor = true } }

func newPair(t *testing.T, factory Factory, options ...setting) *pair {
	t.Helper()
	var chosen settings
	for _, option := range options {
		option(&chosen)
	}
	people := [2]*person{}
	for i := range people {
		keys, err := identity.NewKeys(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		people[i] = &person{keys: keys, changed: make(chan struct{})}
	}
	if people[0].keys.Device().Compare(people[1].keys.Device()) > 0 {
		people[0], people[1] = people[1], people[0]
	}
	p := &pair{world: factory(t), small: people[0], large: people[1]}
	p.carry(p.deliver)
	for i, one := range people {
		other := people[1-i]
		one.react = func(event link.Event) {
			if event.Signal != nil {
				(*p.carrier.Load())(one, other, *event.Signal)
			}
		}
		sign := one.keys.SignAsDevice
		if i == 0 && chosen.impostor {
			stranger, err := identity.NewKeys(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			sign = stranger.SignAsDevice
		}
		one.transport = p.world.New(t, Config{
			Identity: link.Identity{Peer: one.keys.Peer(), Device: one.keys.Device(), Sign: sign},
			Events:   one.handle,
			Now:      func() time.Time { return time.Now().Add(time.Duration(one.skew.Load())) },
			Timing:   chosen.timing,
			Filter: func(address netip.Addr) bool {
				banned := one.banned.Load()
				return banned != nil && *banned == address
			},
		})
	}
	t.Cleanup(func() {
		for _, one := range people {
			if err := one.transport.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			one.checkOrder(t)
		}
	})
	return p
}

// checkOrder holds for every session of every test: Closed is told once and
// last, and nothing is delivered before Opened.
func (p *person) checkOrder(t *testing.T) {
	t.Helper()
	events, _ := p.all()
	isOpen, isClosed := map[link.Session]bool{}, map[link.Session]bool{}
	for _, event := range events {
		if isClosed[event.Session] {
			t.Errorf("an event after Closed: %+v", event)
		}
		if (event.Message != nil || event.Stream != nil || event.Path != nil || event.Drained) && !isOpen[event.Session] {
			t.Errorf("an event before Opened: %+v", event)
		}
		if event.Opened != nil {
			if isOpen[event.Session] {
				t.Errorf("opened twice")
			}
			isOpen[event.Session] = true
		}
		isClosed[event.Session] = event.Closed != nil
	}
}

// deliver is what an owner does with a signal of a contact.
func (p *pair) deliver(from, to *person, signal link.Signal) {
	switch signal.Kind {
	case link.SignalOffer:
		_ = to.transport.Accept(from.remote(), signal, link.Options{})
	case link.SignalAnswer, link.SignalCandidate, link.SignalHangup:
		_ = to.transport.Deliver(from.remote(), signal)
	case link.SignalDial:
	}
}

func newSession(t testing.TB) link.Session {
	t.Helper()
	session, err := link.NewSession(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func (p *pair) dial(t testing.TB) link.Session {
	t.Helper()
	session := newSession(t)
	if err := p.small.transport.Dial(session, p.large.remote(), link.Options{}); err != nil {
		t.Fatalf("Dial: %v", err)
	}
	return session
}

// open makes an open session.
func (p *pair) open(t testing.TB) link.Session {
	t.Helper()
	session := p.dial(t)
	one, other := p.small.waitOpened(t, session), p.large.waitOpened(t, session)
	if one.Binding != other.Binding || one.Binding == ([len(one.Binding)]byte{}) {
		t.Errorf("the two ends are bound to %x and %x", one.Binding, other.Binding)
	}
	return session
}
