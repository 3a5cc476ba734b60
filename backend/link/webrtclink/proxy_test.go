package webrtclink_test

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/proxy/proxytest"
	"github.com/tincan-chat/tincan/backend/rendezvous/turn"
)

// sealed is a network that nothing leaves, and where no name is known: who is behind a proxy needs none.
type sealed struct {
	transport.Net
	t *testing.T
}

var errSealed = errors.New("nothing leaves this network")

func (s sealed) left(what, address string) error {
	if strings.Contains(address, "example") || !strings.HasPrefix(address, "127.0.0.1") && !strings.HasPrefix(address, "192.0.2.1:") {
		s.t.Errorf("%s %s, past the proxy", what, address)
	}
	return errSealed
}

// ResolveUDPAddr implements transport.Net.
func (s sealed) ResolveUDPAddr(kind, address string) (*net.UDPAddr, error) {
	if strings.HasPrefix(address, "192.0.2.1:") {
		return s.Net.ResolveUDPAddr(kind, address)
	}
	return nil, s.left("resolves", address)
}

// ResolveTCPAddr implements transport.Net.
func (s sealed) ResolveTCPAddr(_, address string) (*net.TCPAddr, error) {
	return nil, s.left("resolves", address)
}

// DialTCP implements transport.Net.
func (s sealed) DialTCP(_ string, _, remote *net.TCPAddr) (transport.TCPConn, error) {
	return nil, s.left("dials", remote.String())
}

// ListenPacket implements transport.Net.
func (s sealed) ListenPacket(_, address string) (net.PacketConn, error) {
	s.t.Errorf("opens a UDP socket at %q, past the proxy", address)
	return nil, errSealed
}

// ListenUDP implements transport.Net.
func (s sealed) ListenUDP(_ string, local *net.UDPAddr) (transport.UDPConn, error) {
	s.t.Errorf("opens a UDP socket at %v, past the proxy", local)
	return nil, errSealed
}

// TestLinesThroughAProxy: with a proxy a line opens over a relay alone, by TCP or TLS
// through it; nothing else leaves, no name is resolved here; it ends when another is chosen.
func TestLinesThroughAProxy(t *testing.T) {
	t.Parallel()
	certificate, key := ownKey(t)
	for name, scheme := range map[string]string{"over TCP": "turn:", "over TLS": "turns:"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := turn.New(t.Context(), turn.Options{
				Listen: "127.0.0.1:0", ListenTCP: "127.0.0.1:0", ListenTLS: "127.0.0.1:0", TLS: certificate, AllowLoopback: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = server.Close() })
			through := proxytest.Socks(t, "", "", map[string]string{"relay.example": "127.0.0.1"})
			address, err := proxy.Parse("socks5://" + through.Host())
			if err != nil {
				t.Fatal(err)
			}
			var choice proxy.Choice
			choice.Set(address)
			c := newCouple(t, nil, func(i int, config *webrtclink.Config) {
				if i != 0 {
					return
				}
				config.Proxy = &choice
				config.Network = func() (transport.Net, error) {
					machine, netErr := stdnet.NewNet()
					return sealed{machine, t}, netErr
				}
			})
			credentials := server.Credentials(identity.PeerID{1}, "relay.example")
			relay := link.Relay{Username: credentials.GetUsername(), Password: credentials.GetPassword(), Key: key, URLs: []string{"stun:relay.example:1"}}
			for _, url := range credentials.GetUrls() {
				if strings.Contains(url, "transport=udp") || strings.HasPrefix(url, scheme) {
					relay.URLs = append(relay.URLs, url)
				}
			}
			c.transports[0].SetRelays([]link.Relay{relay})
			reach, err := c.transports[0].Reach(t.Context())
			if err != nil || reach.Asked != 0 || len(reach.Relays) != 1 || reach.Relays[0].Took == 0 || reach.Relays[0].Host != "relay.example" {
				t.Errorf("the check says %+v, %v", reach, err)
			}
			session := c.dial(t, link.Options{})
			event := c.wait(t, 0, "an open session", func(e link.Event) bool { return e.Session == session && e.Opened != nil })
			if event.Opened.Path != link.PathRelayed || server.Counts().Connections == 0 {
				t.Errorf("path %d, %+v", event.Opened.Path, server.Counts())
			}
			if asked := through.Asked(); len(asked) != 2 || slices.ContainsFunc(asked, func(one string) bool { return !strings.HasPrefix(one, "relay.example:") }) {
				t.Errorf("the proxy was asked for %q", asked)
			}
			choice.Set(proxy.Address{})
			c.transports[0].NetworkChanged()
			c.wait(t, 1, "the end", isClosed)
		})
	}
}
