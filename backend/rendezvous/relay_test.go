package rendezvous

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/logging"
	pion "github.com/pion/turn/v5"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/moderation"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/turn"
	"github.com/tincan-chat/tincan/backend/wire"
)

// relaying starts a server on loopback with a relay.
func relaying(t *testing.T, change func(*Options)) *Server {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Key: key, Listen: "127.0.0.1:0", Relay: turn.Options{AllowLoopback: true}.Open}
	change(&options)
	server, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if closeErr := server.Close(); closeErr != nil {
			t.Errorf("Close: %v", closeErr)
		}
	})
	return server
}

func relayPorts(server *Server) (udp, tcp, secure uint16) {
	if opened, ok := server.relay.(*turn.Server); ok {
		return opened.Ports()
	}
	return 0, 0, 0
}

func relayPort(server *Server) string {
	port, _, _ := relayPorts(server)
	return strconv.Itoa(int(port))
}

func TestHostOf(t *testing.T) {
	t.Parallel()
	server := relaying(t, func(*Options) {})
	port := relayPort(server)
	for header, want := range map[string]string{
		"example.org": "stun:example.org:" + port, "example.org:1": "stun:example.org:" + port,
		"[2001:db8::1]:7117": "stun:[2001:db8::1]:" + port, "[2001:db8::1]": "stun:[2001:db8::1]:" + port,
		"": "stun:127.0.0.1:" + port, strings.Repeat("x", 300): "stun:127.0.0.1:" + port,
	} {
		if got := server.relayFor(identity.PeerID{}, hostOf(header)).GetUrls()[0]; got != want {
			t.Errorf("host %q gives %q, want %q", header, got, want)
		}
	}
}

func newPeer(t *testing.T) (peer identity.PeerID) {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	copy(peer[:], public)
	return peer
}

// allocateAt gets an allocation over UDP, as a device would.
func allocateAt(t *testing.T, server *Server, credentials *wire.RelayCredentials) error {
	t.Helper()
	socket, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	client, err := pion.NewClient(&pion.ClientConfig{
		TURNServerAddr: "127.0.0.1:" + relayPort(server), Conn: socket,
		Username: credentials.GetUsername(), Password: credentials.GetPassword(),
		LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if err = client.Listen(); err != nil {
		t.Fatal(err)
	}
	allocation, err := client.Allocate()
	if err == nil {
		t.Cleanup(func() { _ = allocation.Close() })
	}
	return err
}

// TestRelayBansPeers: what the operator's ban list says holds at the relay at once.
func TestRelayBansPeers(t *testing.T) {
	t.Parallel()
	server := relaying(t, func(*Options) {})
	ran := make(chan error, 1)
	go func() { ran <- server.Run(t.Context()) }()
	t.Cleanup(func() {
		if err := <-ran; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	peer, other := newPeer(t), newPeer(t)
	credentials := server.relayFor(peer, "")
	if err := allocateAt(t, server, credentials); err != nil {
		t.Fatalf("before the ban: %v", err)
	}
	if err := allocateAt(t, server, server.relayFor(other, "")); err != nil {
		t.Fatalf("before the ban: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := server.Moderation().Ban(ctx, moderation.Target{Kind: moderation.KindPeer, Peer: peer}, "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for server.RelayCounts().Allocations != 1 {
		select {
		case <-ctx.Done():
			t.Fatalf("%d allocations after the ban", server.RelayCounts().Allocations)
		case <-time.After(5 * time.Millisecond):
		}
	}
	if err = allocateAt(t, server, credentials); err == nil {
		t.Error("a banned peer got an allocation")
	}
	if err = allocateAt(t, server, server.relayFor(other, "")); err != nil {
		t.Errorf("another peer: %v", err)
	}
	if err = server.Moderation().Lift(ctx, moderation.Target{Kind: moderation.KindPeer, Peer: peer}); err != nil {
		t.Fatal(err)
	}
	for allocateAt(t, server, credentials) != nil {
		if ctx.Err() != nil {
			t.Fatal("the ban was lifted, and the relay does not know")
		}
	}
}

// TestRelayTransports: TLS uses the server's certificate, and a port that is
// taken is named.
func TestRelayTransports(t *testing.T) {
	t.Parallel()
	server := relaying(t, func(o *Options) {
		o.TLS = true
		o.Relay = turn.Options{AllowLoopback: true, ListenTCP: "127.0.0.1:0", ListenTLS: "127.0.0.1:0"}.Open
	})
	udp, tcp, secure := relayPorts(server)
	if tcp == 0 || tcp != secure {
		t.Errorf("ports %d and %d", tcp, secure)
	}
	at := func(port uint16) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))) }
	want := []string{
		"stun:" + at(udp), "turn:" + at(udp) + "?transport=udp", "turn:" + at(tcp) + "?transport=tcp", "turns:" + at(secure) + "?transport=tcp",
	}
	if got := server.relayFor(identity.PeerID{}, "").GetUrls(); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("URLs %q, want %q", got, want)
	}
	dialer := &tls.Dialer{Config: clientTLS(server)}
	conn, err := dialer.DialContext(t.Context(), "tcp", at(secure))
	if err != nil {
		t.Fatalf("TLS with the server's key: %v", err)
	}
	_ = conn.Close()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(Options{Key: key, Listen: "127.0.0.1:0", Relay: turn.Options{ListenTCP: at(tcp)}.Open})
	if !isInUse(err) || !strings.Contains(err.Error(), at(tcp)) {
		t.Errorf("a port in use: %v", err)
	}
}

func clientTLS(server *Server) *tls.Config {
	config := protocol.ClientTLS(server.Key())
	config.NextProtos = []string{"stun.turn"}
	return config
}

func isInUse(err error) bool { return errors.Is(err, ErrPortInUse) }
