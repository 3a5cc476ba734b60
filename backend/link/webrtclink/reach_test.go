package webrtclink_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun"
	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/rendezvous/turn"
)

// reacher makes a transport that only asks around.
func reacher(t *testing.T, relays []link.Relay, change func(*webrtclink.Config)) link.Reach {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	config := webrtclink.Config{
		Identity: link.Identity{Sign: func(_ identity.Context, message []byte) []byte { return ed25519.Sign(key, message) }},
		Events:   func(link.Event) {}, Now: time.Now, Random: rand.Reader, Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&config)
	}
	links, err := webrtclink.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if closeErr := links.Close(); closeErr != nil {
			t.Error(closeErr)
		}
	}()
	links.SetRelays(relays)
	found, err := links.Reach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// observer answers binding requests with what it likes to see.
func observer(t *testing.T, seen netip.AddrPort) string {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	go func() {
		defer close(done)
		buffer := make([]byte, 1500)
		for {
			n, from, readErr := conn.ReadFrom(buffer)
			if readErr != nil {
				return
			}
			request := &stun.Message{Raw: append([]byte(nil), buffer[:n]...)}
			if request.Decode() != nil {
				continue
			}
			mapped := &stun.XORMappedAddress{IP: seen.Addr().AsSlice(), Port: int(seen.Port())}
			answer, buildErr := stun.Build(request, stun.BindingSuccess, mapped, stun.Fingerprint)
			if buildErr == nil {
				_, _ = conn.WriteTo(answer.Raw, from)
			}
		}
	}()
	return "stun:" + conn.LocalAddr().String()
}

// TestReachRouter: what servers see tells what stands before them.
func TestReachRouter(t *testing.T) {
	t.Parallel()
	outside := netip.MustParseAddrPort("203.0.113.9:40000")
	inside := netip.MustParseAddrPort("127.0.0.1:40000")
	other := netip.AddrPortFrom(outside.Addr(), 40001)
	for name, test := range map[string]struct {
		seen   []netip.AddrPort
		router link.Router
	}{
		"no router":               {[]netip.AddrPort{inside, inside}, link.RouterNone},
		"one port for everybody":  {[]netip.AddrPort{outside, outside, outside}, link.RouterSteady},
		"another port for others": {[]netip.AddrPort{outside, other}, link.RouterChanging},
		"one answer only":         {[]netip.AddrPort{outside}, link.RouterSome},
		"nobody to ask":           {nil, link.RouterUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var relays []link.Relay
			for _, seen := range test.seen {
				relays = append(relays, link.Relay{URLs: []string{observer(t, seen)}})
			}
			found := reacher(t, relays, nil)
			if found.Router != test.router || found.Asked != len(test.seen) || found.Answered != len(test.seen) {
				t.Errorf("found %+v", found)
			}
			if len(test.seen) > 0 && found.Public != test.seen[0].Addr() {
				t.Errorf("seen at %v", found.Public)
			}
		})
	}
}

// TestReachRelay: a relay is tried as a line would use it.
func TestReachRelay(t *testing.T) {
	t.Parallel()
	pinned, key := ownKey(t)
	_, otherKey := ownKey(t)
	closed, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	nobody := "turn:" + closed.LocalAddr().String() + "?transport=tcp"
	_ = closed.Close()
	for name, test := range map[string]struct {
		key      identity.ServerKey
		password string
		url      string // another one
		muted    bool
		banned   bool
		udp      bool // an allocation over UDP is expected
		stream   bool // over every stream
		refused  bool
	}{
		"all ways work":               {key: key, udp: true, stream: true},
		"no UDP passes":               {key: key, muted: true, stream: true},
		"another key answers for TLS": {key: otherKey, udp: true},
		"credentials are refused":     {key: key, password: "wrong", refused: true},
		"nobody is there":             {url: nobody},
		"the address is banned":       {key: key, banned: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := turn.New(t.Context(), turn.Options{
				Listen: "127.0.0.1:0", ListenTCP: "127.0.0.1:0", ListenTLS: "127.0.0.1:0", TLS: pinned, AllowLoopback: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = server.Close() })
			credentials := server.Credentials(identity.PeerID{1}, "127.0.0.1")
			relay := link.Relay{URLs: credentials.GetUrls(), Username: credentials.GetUsername(), Password: credentials.GetPassword(), Key: test.key}
			if test.password != "" {
				relay.Password = test.password
			}
			if test.url != "" {
				relay.URLs = []string{test.url}
			}
			found := reacher(t, []link.Relay{relay}, func(config *webrtclink.Config) {
				if test.banned {
					config.Filter = func(netip.Addr) bool { return true }
				}
				if test.muted {
					config.Network = func() (transport.Net, error) {
						machine, netErr := stdnet.NewNet()
						return noUDP{machine}, netErr
					}
				}
			})
			if len(found.Relays) == 0 {
				t.Fatalf("nothing was tried of %v", relay.URLs)
			}
			if test.muted && found.Answered != 0 || test.udp && found.Answered == 0 {
				t.Errorf("%d of %d answered over UDP", found.Answered, found.Asked)
			}
			plain := 0
			for _, one := range found.Relays {
				if one.Refused != test.refused {
					t.Errorf("refused: %+v", one)
				}
				if !one.Stream && (one.Took > 0) != test.udp {
					t.Errorf("over UDP: %+v", one)
				}
				if one.Stream && one.Took > 0 {
					plain++
				}
			}
			streams := 0
			for _, url := range relay.URLs {
				if strings.Contains(url, "tcp") {
					streams++
				}
			}
			// TCP has no key: only what goes over TLS is kept out by another one.
			want := 0
			switch {
			case test.stream:
				want = streams
			case test.key == otherKey:
				want = 1
			}
			if plain != want {
				t.Errorf("%d of %d streams carried, not %d: %+v", plain, streams, want, found.Relays)
			}
			// They are given back by a packet that nobody waits for.
			ticker := time.NewTicker(10 * time.Millisecond)
			defer ticker.Stop()
			deadline := time.Now().Add(10 * time.Second)
			for server.Counts().Allocations != 0 {
				if time.Now().After(deadline) {
					t.Fatalf("%d allocations are left", server.Counts().Allocations)
				}
				<-ticker.C
			}
		})
	}
}
