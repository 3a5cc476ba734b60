package webrtclink_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/turn"
)

// noUDP is a network that lets no UDP pass to a relay.
type noUDP struct{ transport.Net }

type mute struct{ net.PacketConn }

func (mute) WriteTo(packet []byte, _ net.Addr) (int, error) { return len(packet), nil }

// ListenPacket implements transport.Net; pion asks for sockets to relays with it.
func (n noUDP) ListenPacket(kind, address string) (net.PacketConn, error) {
	conn, err := n.Net.ListenPacket(kind, address)
	return mute{conn}, err
}

// authority signs for localhost.
func authority(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

// ownKey is a certificate of a rendezvous server's own key.
func ownKey(t *testing.T) (*tls.Config, identity.ServerKey) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	config, err := protocol.ServerTLS(key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return config, identity.ServerKey(public)
}

// TestRelayTransports: a line opens through the relay by the first way that the
// network lets pass, and no other is taken.
func TestRelayTransports(t *testing.T) {
	t.Parallel()
	signed, roots := authority(t)
	pinned, key := ownKey(t)
	_, otherKey := ownKey(t)
	everything := []string{"transport=udp", "turn:", "turns:"}
	for name, test := range map[string]struct {
		certificate *tls.Config
		urls        []string // parts of those that are offered
		key         identity.ServerKey
		roots       *x509.CertPool
		hasUDP      bool
		streams     int // expected, 0 with UDP
		refused     bool
	}{
		"everything passes":          {certificate: pinned, urls: everything, key: key, hasUDP: true},
		"no UDP passes":              {certificate: pinned, urls: everything, key: key, streams: 1},
		"only TCP is offered":        {certificate: pinned, urls: []string{"transport=tcp"}, key: key, hasUDP: true, streams: 1},
		"TLS by an authority":        {certificate: signed, urls: []string{"turns:"}, roots: roots, streams: 1},
		"TLS by the server's key":    {certificate: pinned, urls: []string{"transport=udp", "turns:"}, key: key, streams: 1},
		"TLS with another key":       {certificate: pinned, urls: []string{"turns:"}, key: otherKey, refused: true},
		"TLS by somebody's key":      {certificate: pinned, urls: []string{"turns:"}, refused: true},
		"TLS by a strange authority": {certificate: signed, urls: []string{"turns:"}, key: key, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := turn.New(t.Context(), turn.Options{
				Listen: "127.0.0.1:0", ListenTCP: "127.0.0.1:0", ListenTLS: "127.0.0.1:0", TLS: test.certificate, AllowLoopback: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = server.Close() })
			host := "localhost"
			if !test.key.IsZero() {
				host = "127.0.0.1"
			}
			credentials := server.Credentials(identity.PeerID{1}, host)
			relay := link.Relay{Username: credentials.GetUsername(), Password: credentials.GetPassword(), Key: test.key}
			for _, url := range credentials.GetUrls() {
				for _, part := range test.urls {
					if strings.Contains(url, part) {
						relay.URLs = append(relay.URLs, url)
						break
					}
				}
			}
			c := newCouple(t, nil, func(i int, config *webrtclink.Config) {
				if i != 0 {
					return
				}
				config.RelayRoots = test.roots
				if test.refused {
					config.Timing.Open = 3 * time.Second
				}
				if !test.hasUDP {
					config.Network = func() (transport.Net, error) {
						machine, netErr := stdnet.NewNet()
						return noUDP{machine}, netErr
					}
				}
			})
			c.transports[0].SetRelays([]link.Relay{relay})
			session := c.dial(t, link.Options{Route: link.RouteRelayed})
			if test.refused {
				if closed := c.wait(t, 0, "the end", isClosed); closed.Closed.Reason == link.ReasonLocal || server.Counts().Allocations != 0 {
					t.Errorf("reason %d", closed.Closed.Reason)
				}
				return
			}
			event := c.wait(t, 0, "an open session", func(e link.Event) bool { return e.Session == session && e.Opened != nil })
			counts := server.Counts()
			if event.Opened.Path != link.PathRelayed || event.Opened.RelayHost != host && event.Opened.RelayHost != "127.0.0.1" {
				t.Errorf("path %d by %q", event.Opened.Path, event.Opened.RelayHost)
			}
			if counts.Allocations != 1 || counts.Connections != test.streams || counts.Bytes == 0 {
				t.Errorf("the relay has %+v", counts)
			}
			c.transports[0].Hangup(session)
			c.wait(t, 1, "the end", isClosed)
		})
	}
}
