package rendezvousclient

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// patience is how long a test waits for what must come.
const patience = 15 * time.Second

// person is a client under test and what it was told.
type person struct {
	rendezvoustest.Device

	client *Client

	mu     sync.Mutex
	events []signaling.Event
	news   chan struct{}
}

func newPerson(t *testing.T, changes ...func(*Options)) *person {
	t.Helper()
	return personOf(t, rendezvoustest.NewDevice(t), changes...)
}

func personOf(t *testing.T, device rendezvoustest.Device, changes ...func(*Options)) *person {
	t.Helper()
	p := &person{Device: device, news: make(chan struct{}, 1)}
	options := Options{
		Identity: link.Identity{Peer: device.Peer(), Device: device.Keys.Device(), Sign: device.SignAsDevice},
		Handle:   p.take,
	}
	for _, change := range changes {
		change(&options)
	}
	p.client = New(options)
	t.Cleanup(func() {
		if err := p.client.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	p.client.Publish(device.Record)
	return p
}

func (p *person) take(event signaling.Event) {
	p.mu.Lock()
	p.events = append(p.events, event)
	p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// await returns the first event that fits and forgets it and everything before it.
func (p *person) await(t *testing.T, what string, fits func(signaling.Event) bool) signaling.Event {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		p.mu.Lock()
		for i, event := range p.events {
			if fits(event) {
				p.events = p.events[i+1:]
				p.mu.Unlock()
				return event
			}
		}
		got := len(p.events)
		p.mu.Unlock()
		select {
		case <-p.news:
		case <-deadline.C:
			t.Fatalf("no %s among %d events", what, got)
		}
	}
}

func (p *person) awaitUp(t *testing.T) signaling.Up {
	t.Helper()
	return *p.await(t, "up", func(e signaling.Event) bool { return e.Up != nil }).Up
}

func (p *person) awaitDown(t *testing.T, code signaling.Code) signaling.Down {
	t.Helper()
	return *p.await(t, "down "+string(code), func(e signaling.Event) bool { return e.Down != nil && e.Down.Code == code }).Down
}

func (p *person) awaitPresence(t *testing.T, of *person, online bool) {
	t.Helper()
	p.await(t, fmt.Sprintf("presence %t", online), func(e signaling.Event) bool {
		return e.Presence != nil && *e.Presence == signaling.Presence{Peer: of.Peer(), Online: online}
	})
}

func (p *person) awaitSent(t *testing.T, id uint64) signaling.Outcome {
	t.Helper()
	return p.await(t, "sent", func(e signaling.Event) bool { return e.Sent != nil && e.Sent.ID == id }).Sent.Outcome
}

func (p *person) awaitReceived(t *testing.T, text string) {
	t.Helper()
	p.await(t, "envelope", func(e signaling.Event) bool { return string(e.Received) == text })
}

func (p *person) lookup(t *testing.T, token string, peer identity.PeerID) *wire.PeerRecord {
	t.Helper()
	p.client.Lookup(token, 99, peer)
	return p.await(t, "record", func(e signaling.Event) bool { return e.Found != nil && e.Found.ID == 99 && e.Found.Peer == peer }).Found.Record
}

func plain(o *rendezvous.Options) { o.TLS = false }

func TestTwoMeet(t *testing.T) {
	t.Parallel()
	for name, variant := range map[string]struct {
		server func(*rendezvous.Options)
		client func(*Options)
	}{
		"TLS, protobuf": {func(*rendezvous.Options) {}, func(*Options) {}},
		"plain, JSON":   {plain, func(o *Options) { o.Encoding = protocol.JSON }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := rendezvoustest.Start(t, variant.server)
			ana, ben := newPerson(t, variant.client), newPerson(t, variant.client)
			for _, p := range []*person{ana, ben} {
				p.client.Connect("home", server.Server())
				up := p.awaitUp(t)
				if up.Key != server.Server().Key || up.RoundTrip <= 0 || up.ClockOffset.Abs() > time.Second {
					t.Errorf("up %+v", up)
				}
				relays := p.await(t, "relays", func(e signaling.Event) bool { return e.Relays != nil }).Relays
				if len(relays.Relay.URLs) != 2 || relays.Relay.Password == "" || relays.Relay.Key != server.Server().Key || time.Until(relays.Expires) < 59*time.Minute {
					t.Errorf("relays %+v", relays)
				}
			}
			// A stranger may be looked up and written to, and learns nothing else.
			record := ana.lookup(t, "home", ben.Peer())
			if !bytes.Equal(record.GetKeyRecords()[0].GetBody(), ben.Record.GetKeyRecords()[0].GetBody()) {
				t.Error("another record was found")
			}
			ana.client.Send("home", 1, ben.Peer(), []byte("a request"))
			if outcome := ana.awaitSent(t, 1); outcome != signaling.OutcomeAccepted {
				t.Errorf("outcome %v", outcome)
			}
			ben.awaitReceived(t, "a request")
			// Once both watch each other they see each other.
			ana.client.Watch("home", []identity.PeerID{ben.Peer()})
			ben.client.Watch("home", []identity.PeerID{ana.Peer()})
			ana.awaitPresence(t, ben, true)
			ben.awaitPresence(t, ana, true)
			big := strings.Repeat("x", 68<<10)
			ben.client.Send("home", 2, ana.Peer(), []byte(big))
			ana.awaitReceived(t, big)
			// Leaving is seen at once, and said in the answer.
			ben.client.Disconnect("home")
			ana.awaitPresence(t, ben, false)
			ana.client.Send("home", 3, ben.Peer(), []byte("anybody?"))
			if outcome := ana.awaitSent(t, 3); outcome != signaling.OutcomeAbsent {
				t.Errorf("outcome %v", outcome)
			}
			if ana.lookup(t, "home", ben.Peer()) == nil {
				t.Error("the record of one who left is gone")
			}
		})
	}
}

// TestNobodyCanProbe compares all that a stranger is told about someone who is
// here, who left, and who never was.
func TestNobodyCanProbe(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	here, gone, never, stranger := newPerson(t), newPerson(t), newPerson(t), newPerson(t)
	for _, p := range []*person{here, gone, stranger} {
		p.client.Connect("home", server.Server())
		p.awaitUp(t)
		p.client.Watch("home", []identity.PeerID{stranger.Peer()})
	}
	here.client.Watch("home", nil)
	gone.client.Watch("home", nil)
	here.lookup(t, "home", stranger.Peer()) // answers come in order: the watches are in effect
	gone.lookup(t, "home", stranger.Peer())
	gone.client.Disconnect("home")
	if err := gone.client.Close(); err != nil {
		t.Fatal(err)
	}
	subjects := []*person{here, gone, never}
	stranger.client.Watch("home", []identity.PeerID{here.Peer(), gone.Peer(), never.Peer()})
	for i, subject := range subjects {
		stranger.client.Send("home", uint64(i), subject.Peer(), []byte("are you there?"))
		if outcome := stranger.awaitSent(t, uint64(i)); outcome != signaling.OutcomeAccepted {
			t.Errorf("subject %d: outcome %v", i, outcome)
		}
	}
	here.client.Disconnect("home")
	stranger.lookup(t, "home", here.Peer())
	stranger.mu.Lock()
	defer stranger.mu.Unlock()
	for _, event := range stranger.events {
		if event.Presence != nil {
			t.Errorf("a stranger was told %+v", event.Presence)
		}
	}
}

func TestServerRestart(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	ana, ben := newPerson(t), newPerson(t)
	address := server.Server()
	for _, p := range []*person{ana, ben} {
		p.client.Connect("home", address)
		p.awaitUp(t)
	}
	ana.client.Watch("home", []identity.PeerID{ben.Peer()})
	ben.client.Watch("home", []identity.PeerID{ana.Peer()})
	ana.awaitPresence(t, ben, true)
	server.Stop()
	down := ana.awaitDown(t, signaling.CodeShutdown)
	if down.RetryAt.IsZero() || down.Err == nil {
		t.Errorf("down %+v", down)
	}
	ana.client.Send("home", 5, ben.Peer(), []byte("x"))
	if outcome := ana.awaitSent(t, 5); outcome != signaling.OutcomeFailed {
		t.Errorf("outcome %v", outcome)
	}
	if record := ana.lookup(t, "home", ben.Peer()); record != nil {
		t.Error("a record came from nowhere")
	}
	server.Begin()
	ana.client.Retry("home")
	ben.client.NetworkChanged()
	ana.awaitUp(t)
	ben.awaitUp(t)
	ana.awaitPresence(t, ben, true)
	ben.awaitPresence(t, ana, true)
}

func TestReplacedSession(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	first := newPerson(t)
	first.client.Connect("home", server.Server())
	first.awaitUp(t)
	second := personOf(t, first.Device)
	second.client.Connect("home", server.Server())
	second.awaitUp(t)
	down := first.awaitDown(t, signaling.CodeReplaced)
	if wait := time.Until(down.RetryAt); wait < 110*time.Second {
		t.Errorf("retry in %v, want two minutes", wait)
	}
}

func TestLoginRefused(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	device := rendezvoustest.NewDevice(t)
	first := personOf(t, device)
	first.client.Publish(device.RecordOf(t, 2, 2))
	first.client.Connect("home", server.Server())
	first.awaitUp(t)
	first.client.Disconnect("home")
	older := personOf(t, device) // version 1
	older.client.Connect("home", server.Server())
	older.awaitDown(t, signaling.CodeRefused)
}

func TestPublishReachesServer(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	ana := newPerson(t)
	ana.client.Connect("home", server.Server())
	ana.awaitUp(t)
	newer := ana.RecordOf(t, 2, 2)
	ana.client.Publish(newer)
	if got := ana.lookup(t, "home", ana.Peer()); !bytes.Equal(got.GetDeviceList().GetBody(), newer.GetDeviceList().GetBody()) {
		t.Error("the newer record is not there")
	}
}

func TestOtherKeyIsRefused(t *testing.T) {
	t.Parallel()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*rendezvous.Options){"TLS": func(*rendezvous.Options) {}, "plain": plain} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := rendezvoustest.Start(t, change).Server()
			server.Key = identity.ServerKey(public)
			ana := newPerson(t)
			ana.client.Connect("home", server)
			ana.awaitDown(t, signaling.CodeKey)
		})
	}
}

func TestFirstKeyIsPinned(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	address := server.Server()
	key := address.Key
	address.Key = identity.ServerKey{}
	ana := newPerson(t)
	ana.client.Connect("home", address)
	if up := ana.awaitUp(t); up.Key != key {
		t.Errorf("key %v, want %v", up.Key, key)
	}
	listening := server.Rendezvous().Listening().String()
	server.Stop()
	ana.awaitDown(t, signaling.CodeShutdown)
	rendezvoustest.Start(t, func(o *rendezvous.Options) { o.Listen = listening })
	ana.client.Retry("home")
	ana.awaitDown(t, signaling.CodeKey)
}

func TestUnusableServers(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	plainWeb := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plainWeb.Close)
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err = closed.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		url  string
		code signaling.Code
	}{
		"web server":             {"wss://" + web.Listener.Addr().String(), signaling.CodeNotServer},
		"web server without TLS": {"wss://" + plainWeb.Listener.Addr().String(), signaling.CodeNotServer},
		"plain web server":       {"ws://" + plainWeb.Listener.Addr().String(), signaling.CodeNotServer},
		"nobody":                 {"wss://" + closed.Addr().String(), signaling.CodeUnreachable},
		"far without TLS":        {"ws://192.0.2.1:7117", signaling.CodeNotServer},
		"other scheme":           {"http://127.0.0.1:7117", signaling.CodeNotServer},
	} {
		t.Run(name, func(t *testing.T) {
			ana := newPerson(t)
			ana.client.Connect("home", identity.Server{URLs: []string{c.url}})
			ana.awaitDown(t, c.code)
		})
	}
	ana := newPerson(t)
	ana.client.Connect("home", identity.Server{})
	ana.awaitDown(t, signaling.CodeUnreachable)
}

func TestSeveralAddresses(t *testing.T) {
	t.Parallel()
	right, wrong := rendezvoustest.Start(t), rendezvoustest.Start(t)
	server := right.Server()
	server.URLs = append(wrong.Server().URLs, server.URLs...)
	ana := newPerson(t)
	ana.client.Connect("home", server)
	ana.awaitUp(t)
}

func TestTwoServers(t *testing.T) {
	t.Parallel()
	first, second := rendezvoustest.Start(t), rendezvoustest.Start(t)
	ana, ben := newPerson(t), newPerson(t)
	ana.client.Connect("first", first.Server())
	ana.client.Connect("second", second.Server())
	ana.awaitUp(t)
	ana.awaitUp(t)
	ben.client.Connect("only", second.Server())
	ben.awaitUp(t)
	ben.client.Watch("only", []identity.PeerID{ana.Peer()})
	ana.client.Watch("second", []identity.PeerID{ben.Peer()})
	ana.awaitPresence(t, ben, true)
	ana.client.Send("second", 1, ben.Peer(), []byte("hello"))
	ben.awaitReceived(t, "hello")
}

func TestRequestsWithoutServer(t *testing.T) {
	t.Parallel()
	ana := newPerson(t)
	ana.client.Send("nowhere", 1, ana.Peer(), []byte("x"))
	if outcome := ana.awaitSent(t, 1); outcome != signaling.OutcomeFailed {
		t.Errorf("outcome %v", outcome)
	}
	if ana.lookup(t, "nowhere", ana.Peer()) != nil {
		t.Error("found a record nowhere")
	}
	ana.client.Retry("nowhere")
	ana.client.Watch("nowhere", nil)
	ana.client.Disconnect("nowhere")
}

// TestManyRequests sends more than the server takes at once: pacing gets all of them through.
func TestManyRequests(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	ana, ben := newPerson(t), newPerson(t)
	ana.client.Connect("home", server.Server())
	ben.client.Connect("home", server.Server())
	ana.awaitUp(t)
	ben.awaitUp(t)
	const count = 100
	for i := range count {
		ana.client.Send("home", uint64(i), ben.Peer(), fmt.Appendf(nil, "signal %d", i))
	}
	for i := range count {
		ben.awaitReceived(t, fmt.Sprintf("signal %d", i))
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	info, err := Check(t.Context(), server.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if info.Server.Key != server.Server().Key || info.Major != wire.Major || info.RoundTrip <= 0 || info.Offset.Abs() > time.Second {
		t.Errorf("info %+v", info)
	}
	unpinned := server.Server().Address()
	if info, err = Check(t.Context(), unpinned, nil); err != nil || info.Server.Key != server.Server().Key {
		t.Errorf("Check = %+v, %v", info, err)
	}
	other := rendezvoustest.Start(t)
	_, err = Check(t.Context(), unpinned+"/#"+other.Server().Key.String(), nil)
	var failure *Failure
	if !errors.As(err, &failure) || failure.Code != signaling.CodeKey {
		t.Errorf("Check with another key = %v", err)
	}
	if _, err = Check(t.Context(), "no address at all", nil); !errors.Is(err, identity.ErrServerAddress) {
		t.Errorf("Check of nonsense = %v", err)
	}
}

func TestCloseTwice(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	ana := newPerson(t)
	ana.client.Connect("home", server.Server())
	ana.awaitUp(t)
	for range 2 {
		if err := ana.client.Close(); err != nil {
			t.Fatal(err)
		}
	}
	ana.client.Connect("late", server.Server())
	ana.client.Send("home", 1, ana.Peer(), []byte("x"))
}
