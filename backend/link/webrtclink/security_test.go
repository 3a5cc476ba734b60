package webrtclink_test

import (
	"crypto/rand"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v2"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/wire"
)

// couple is two transports whose signals pass through a hook.
type couple struct {
	transports [2]*webrtclink.Transport // the first has the smaller key
	keys       [2]*identity.Keys
	remotes    [2]link.Remote
	events     [2]chan link.Event
}

type hook func(from int, signal link.Signal) (link.Signal, bool)

func newCouple(t *testing.T, pass hook, configure func(i int, config *webrtclink.Config)) *couple {
	t.Helper()
	c := &couple{}
	var keys [2]*identity.Keys
	for i := range keys {
		made, err := identity.NewKeys(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = made
	}
	if keys[0].Device().Compare(keys[1].Device()) > 0 {
		keys[0], keys[1] = keys[1], keys[0]
	}
	c.keys = keys
	var ends [2]atomic.Pointer[webrtclink.Transport]
	for i, one := range keys {
		c.remotes[i] = link.Remote{Peer: one.Peer(), Device: one.Device()}
		c.events[i] = make(chan link.Event, 256)
	}
	for i, one := range keys {
		config := webrtclink.Config{
			Identity: link.Identity{Peer: one.Peer(), Device: one.Device(), Sign: one.SignAsDevice},
			Now:      time.Now, Random: rand.Reader, LoopbackOnly: true,
			Events: func(event link.Event) {
				c.events[i] <- event
				if event.Signal == nil {
					return
				}
				signal, carried := *event.Signal, true
				if pass != nil {
					signal, carried = pass(i, signal)
				}
				switch {
				case !carried:
				case signal.Kind == link.SignalOffer:
					_ = ends[1-i].Load().Accept(c.remotes[i], signal, link.Options{})
				default:
					_ = ends[1-i].Load().Deliver(c.remotes[i], signal)
				}
			},
		}
		if configure != nil {
			configure(i, &config)
		}
		made, err := webrtclink.New(config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = made.Close() })
		ends[i].Store(made)
		c.transports[i] = made
	}
	return c
}

func (c *couple) dial(t *testing.T, options link.Options) link.Session {
	t.Helper()
	session, err := link.NewSession(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err = c.transports[0].Dial(session, c.remotes[1], options); err != nil {
		t.Fatal(err)
	}
	return session
}

func (c *couple) wait(t *testing.T, i int, what string, matches func(link.Event) bool) link.Event {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for {
		select {
		case event := <-c.events[i]:
			if matches(event) {
				return event
			}
			if event.Closed != nil {
				t.Fatalf("closed with reason %d (%v) while waiting for %s", event.Closed.Reason, event.Closed.Err, what)
			}
		case <-deadline.C:
			t.Fatalf("waited for %s", what)
		}
	}
}

func isClosed(e link.Event) bool { return e.Closed != nil }

// TestRewritingSignaler: a signaler who could open the seals and make every
// hash fit again still does not get a session open: the certificate on the wire
// is another one than it names, or the confirmation is over other bytes.
func TestRewritingSignaler(t *testing.T) {
	edits := map[string]func(*wire.SignalBody){
		"features stripped or added": func(b *wire.SignalBody) { b.Features ^= 1 },
		"another nonce":              func(b *wire.SignalBody) { b.Nonce[0] ^= 1 },
		"another time":               func(b *wire.SignalBody) { b.TimeMs++ },
	}
	for name, edit := range edits {
		for _, kind := range []link.SignalKind{link.SignalOffer, link.SignalAnswer} {
			t.Run(name, func(t *testing.T) {
				c := newCouple(t, func(_ int, signal link.Signal) (link.Signal, bool) {
					if signal.Kind != kind {
						return signal, true
					}
					var body wire.SignalBody
					if err := proto.Unmarshal(signal.Body, &body); err != nil {
						t.Error(err)
					}
					edit(&body)
					data, err := wire.Encode(&body)
					if err != nil {
						t.Error(err)
					}
					signal.Body = data
					return signal, true
				}, nil)
				c.dial(t, link.Options{})
				refusals := 0
				for i := range c.events {
					closed := c.wait(t, i, "the end", func(e link.Event) bool {
						if e.Opened != nil {
							t.Error("the session opened")
						}
						return e.Closed != nil
					})
					if closed.Closed.Reason == link.ReasonIdentity {
						refusals++
					}
				}
				if refusals == 0 {
					t.Error("nobody named the reason")
				}
			})
		}
	}
}

// TestBannedAddressOpensNothing: candidates of the banned side are not needed
// for it to reach us (its packets would make a peer-reflexive one), so all of
// them are lost here and the sockets must refuse.
func TestBannedAddressOpensNothing(t *testing.T) {
	c := newCouple(t, func(from int, signal link.Signal) (link.Signal, bool) {
		return signal, from != 0 || signal.Kind != link.SignalCandidate
	}, func(i int, config *webrtclink.Config) {
		if i == 1 {
			config.Filter = netip.Addr.IsLoopback
		}
		config.Timing.Open = 2 * time.Second
	})
	c.dial(t, link.Options{})
	blocked := c.wait(t, 1, "a blocked packet", func(e link.Event) bool { return e.Blocked.IsValid() })
	if !blocked.Blocked.IsLoopback() {
		t.Errorf("blocked %v", blocked.Blocked)
	}
	for i := range c.events {
		closed := c.wait(t, i, "the end", func(e link.Event) bool {
			if e.Opened != nil {
				t.Error("the session opened")
			}
			return isClosed(e)
		})
		if closed.Closed.Reason == link.ReasonLocal {
			t.Errorf("reason %d", closed.Closed.Reason)
		}
	}
}

// TestRelayOnly goes through a real TURN server and names no other address.
func TestRelayOnly(t *testing.T) {
	socket, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err := turn.NewServer(turn.ServerConfig{
		Realm:         "test",
		LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
		AuthHandler: func(user, realm string, _ net.Addr) ([]byte, bool) {
			return turn.GenerateAuthKey(user, realm, "password"), true
		},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn:            socket,
			RelayAddressGenerator: &turn.RelayAddressGeneratorStatic{RelayAddress: net.IPv4(127, 0, 0, 1), Address: "127.0.0.1"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	c := newCouple(t, func(from int, signal link.Signal) (link.Signal, bool) {
		if from == 0 && signal.Kind == link.SignalCandidate {
			var body wire.SignalBody
			if unmarshalErr := proto.Unmarshal(signal.Body, &body); unmarshalErr != nil {
				t.Error(unmarshalErr)
			}
			text := body.GetCandidate().GetCandidate()
			if !strings.HasSuffix(text, " typ relay") {
				t.Errorf("a relay-only line names %q", text)
			}
		}
		return signal, true
	}, nil)
	c.dial(t, link.Options{Route: link.RouteRelayed})
	closed := c.wait(t, 0, "the end, for there is no relay yet", isClosed)
	if closed.Closed.Reason != link.ReasonFailed {
		t.Errorf("reason %d", closed.Closed.Reason)
	}
	c.transports[0].SetRelays([]link.Relay{
		{URLs: []string{"not a url"}},
		{URLs: []string{"turn:" + socket.LocalAddr().String() + "?transport=udp"}, Username: "user", Password: "password"},
	})
	session := c.dial(t, link.Options{Route: link.RouteRelayed})
	event := c.wait(t, 0, "an open session", func(e link.Event) bool { return e.Session == session && e.Opened != nil })
	if event.Opened.Path != link.PathRelayed || event.Opened.RelayHost != "127.0.0.1" {
		t.Errorf("path %d by %q", event.Opened.Path, event.Opened.RelayHost)
	}
	// The other end uses a host candidate, and learns it from what we say.
	c.wait(t, 1, "the relayed path", func(e link.Event) bool { return e.Path != nil && e.Path.Path == link.PathRelayed })
	c.transports[0].Hangup(session)
	c.wait(t, 1, "the end", isClosed)
}

// TestThisNetworkOnly opens a line without asking any server, and takes no
// packets from elsewhere.
func TestThisNetworkOnly(t *testing.T) {
	server, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	c := newCouple(t, func(from int, signal link.Signal) (link.Signal, bool) {
		if from == 0 && signal.Kind == link.SignalCandidate {
			var body wire.SignalBody
			if unmarshalErr := proto.Unmarshal(signal.Body, &body); unmarshalErr != nil {
				t.Error(unmarshalErr)
			}
			if text := body.GetCandidate().GetCandidate(); !strings.HasSuffix(text, " typ host") {
				t.Errorf("a line on this network names %q", text)
			}
		}
		return signal, true
	}, nil)
	c.transports[0].SetRelays([]link.Relay{
		{URLs: []string{"stun:" + server.LocalAddr().String(), "turn:" + server.LocalAddr().String() + "?transport=udp"}, Username: "user", Password: "password"},
	})
	session := c.dial(t, link.Options{Route: link.RouteNetwork})
	event := c.wait(t, 0, "an open session", func(e link.Event) bool { return e.Session == session && e.Opened != nil })
	if event.Opened.Path != link.PathLAN {
		t.Errorf("path %d", event.Opened.Path)
	}
	c.transports[0].Hangup(session)
	c.wait(t, 1, "the end", isClosed)
	// What came before this is read before it.
	if _, err = server.WriteTo([]byte("last"), server.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	packet := make([]byte, 1500)
	if n, _, err := server.ReadFrom(packet); err != nil || string(packet[:n]) != "last" {
		t.Errorf("%d bytes went to a server, %v", n, err)
	}
}
