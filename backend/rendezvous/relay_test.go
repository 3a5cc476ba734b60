package rendezvous

import (
	"crypto/ed25519"
	"crypto/rand"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/turn/v2"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestDenied(t *testing.T) {
	t.Parallel()
	const public, private, loopback = "public", "private", "loopback"
	for text, kind := range map[string]string{
		"0.0.0.0": "", "0.1.2.3": "", "10.0.0.1": private, "100.64.0.1": private, "100.127.255.255": private,
		"100.63.255.255": public, "100.128.0.0": public, "127.0.0.1": loopback, "127.255.0.1": loopback,
		"169.254.0.1": private, "169.254.169.254": "", "172.16.0.1": private, "172.31.255.255": private, "172.32.0.1": public,
		"192.0.0.1": "", "192.0.0.170": "", "192.0.1.1": public, "192.0.2.1": "", "192.88.99.1": "", "192.168.0.1": private,
		"198.17.255.255": public, "198.18.0.1": "", "198.19.255.255": "", "198.20.0.1": public, "198.51.100.1": "", "203.0.113.1": "",
		"224.0.0.1": "", "239.255.255.255": "", "240.0.0.1": "", "255.255.255.255": "", "1.1.1.1": public, "8.8.8.8": public,
		"::": "", "::1": loopback, "::127.0.0.1": "", "::ffff:10.0.0.1": private, "::ffff:127.0.0.1": loopback,
		"::ffff:8.8.8.8": public, "::ffff:0:8.8.8.8": "", "::ffff:198.18.0.1": "",
		"64:ff9b::7f00:1": "", "64:ff9b::808:808": "", "64:ff9b:1::1": "", "100::1": "", "2001::1": "", "2001:2::1": "",
		"2001:10::1": "", "2001:20::1": "", "2001:db8::1": "", "2002:7f00:1::": "", "2002::": "", "3fff::1": "", "3fff:fff::1": "",
		"5f00::1": "", "fc00::1": private, "fd12:3456::1": private, "fd00:ec2::254": "", "fe80::1": private, "fe80::1%eth0": private,
		"fec0::1": "", "ff02::1": "", "ff0e::1": "", "2606:4700::1111": public, "2a00:1450::1": public, "4000::1": "", "2001:200::1": public,
	} {
		addr := netip.MustParseAddr(text)
		for _, allowed := range []string{"", private, loopback} {
			want := kind != public && (kind == "" || kind != allowed)
			if got := denied(addr, allowed == private, allowed == loopback); got != want {
				t.Errorf("denied(%s) with %q allowed = %t, want %t", text, allowed, got, want)
			}
		}
	}
	if !denied(netip.Addr{}, true, true) {
		t.Error("no address is allowed")
	}
}

// FuzzDenied: the IPv6 form of an IPv4 address, and a zone, change nothing;
// allowing more never denies more.
func FuzzDenied(f *testing.F) {
	f.Add([]byte{10, 0, 0, 1})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1})
	f.Fuzz(func(t *testing.T, bytes []byte) {
		addr, ok := netip.AddrFromSlice(bytes)
		if !ok {
			return
		}
		mapped := addr
		if addr.Is4() {
			mapped = netip.AddrFrom16(addr.As16())
		}
		strict := denied(addr, false, false)
		if denied(mapped, false, false) != strict || denied(addr.WithZone("x"), false, false) != strict {
			t.Errorf("another form of %v is treated otherwise", addr)
		}
		if !strict && (denied(addr, true, false) || denied(addr, false, true)) {
			t.Errorf("allowing more denies %v", addr)
		}
		if !strict && (addr.Unmap().IsPrivate() || addr.Unmap().IsLoopback() || addr.IsMulticast() || addr.Unmap().IsUnspecified()) {
			t.Errorf("%v is reachable", addr)
		}
	})
}

// relayOf starts a server on loopback with a relay.
func relayOf(t *testing.T, change func(*Options)) *relayServer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Key: key, Listen: "127.0.0.1:0", Relay: RelayOptions{Enabled: true, AllowLoopback: true}}
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
	return server.relay
}

// turnClient is a device that uses the relay.
func turnClient(t *testing.T, credentials *wire.RelayCredentials, username string) *turn.Client {
	t.Helper()
	socket, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	address := strings.TrimSuffix(strings.TrimPrefix(credentials.GetUrls()[1], "turn:"), "?transport=udp")
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: address, TURNServerAddr: address, Conn: socket, Username: username,
		Password: credentials.GetPassword(), Realm: relayRealm, LoggerFactory: silentLoggers{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if err = client.Listen(); err != nil {
		t.Fatal(err)
	}
	return client
}

func allocate(t *testing.T, client *turn.Client) net.PacketConn {
	t.Helper()
	allocation, err := client.Allocate()
	if err != nil {
		t.Fatalf("Allocate: %v", err)
	}
	t.Cleanup(func() { _ = allocation.Close() })
	return allocation
}

func echo(t *testing.T) net.PacketConn {
	t.Helper()
	socket, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, readErr := socket.ReadFrom(buffer)
			if readErr != nil {
				return
			}
			_, _ = socket.WriteTo(buffer[:n], from)
		}
	}()
	return socket
}

func roundTrip(t *testing.T, allocation net.PacketConn, to net.Addr) error {
	t.Helper()
	if _, err := allocation.WriteTo([]byte("hello"), to); err != nil {
		return err
	}
	if err := allocation.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 100)
	n, _, err := allocation.ReadFrom(buffer)
	if err == nil && string(buffer[:n]) != "hello" {
		t.Errorf("got %q", buffer[:n])
	}
	return err
}

func TestRelay(t *testing.T) {
	t.Parallel()
	relay := relayOf(t, func(*Options) {})
	credentials := relay.credentials(identity.PeerID{1}, "127.0.0.1")
	if wait := time.Until(time.UnixMilli(credentials.GetExpiresMs())); wait < 59*time.Minute || wait > time.Hour {
		t.Errorf("credentials for %v", wait)
	}
	client := turnClient(t, credentials, credentials.GetUsername())
	mapped, err := client.SendBindingRequest()
	if err != nil || addressOf(mapped).Addr() != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("STUN = %v, %v", mapped, err)
	}
	allocation := allocate(t, client)
	if err = roundTrip(t, allocation, echo(t).LocalAddr()); err != nil {
		t.Errorf("through the relay: %v", err)
	}
}

func TestRelayRefusesTargets(t *testing.T) {
	t.Parallel()
	relay := relayOf(t, func(o *Options) { o.Relay.AllowLoopback = false })
	credentials := relay.credentials(identity.PeerID{1}, "127.0.0.1")
	allocation := allocate(t, turnClient(t, credentials, credentials.GetUsername()))
	for _, target := range []string{"127.0.0.2:53", "10.0.0.1:53", "192.168.1.1:53", "169.254.169.254:80", "224.0.0.1:53", "100.64.0.1:1"} {
		if _, err := allocation.WriteTo([]byte("x"), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(target))); err == nil {
			t.Errorf("a packet to %s was taken", target)
		}
	}
	// The relay's own address is reachable at ports of allocations only: two peers may both be relayed here.
	other := allocate(t, turnClient(t, credentials, credentials.GetUsername()))
	if _, err := other.WriteTo([]byte("x"), allocation.LocalAddr()); err != nil {
		t.Fatalf("from relay to relay: %v", err)
	}
	if err := allocation.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := allocation.WriteTo([]byte("x"), other.LocalAddr()); err != nil {
		t.Fatalf("from relay to relay: %v", err)
	}
	_, stranger := echo(t).LocalAddr(), addressOf(echo(t).LocalAddr())
	if relay.mayExchange(stranger) {
		t.Error("a port of this machine that is no allocation is reachable")
	}
	if !relay.mayExchange(addressOf(other.LocalAddr())) {
		t.Error("another allocation is not reachable")
	}
}

func TestRelayCredentials(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	relay := relayOf(t, func(o *Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	credentials := relay.credentials(identity.PeerID{1}, "")
	refused := func(username, realm string) bool {
		_, ok := relay.authenticate(username, realm, nil)
		return !ok
	}
	if refused(credentials.GetUsername(), relayRealm) {
		t.Error("good credentials are refused")
	}
	for _, username := range []string{"", "x", "1:aa", ":", "99999999999999999999:aa", strings.Repeat("1", 100) + ":a"} {
		if !refused(username, relayRealm) {
			t.Errorf("%q is good", username)
		}
	}
	if !refused(credentials.GetUsername(), "other") {
		t.Error("another realm is good")
	}
	// The right name with a wrong password.
	wrong := turnClient(t, &wire.RelayCredentials{Urls: credentials.GetUrls(), Password: "guess"}, credentials.GetUsername())
	if _, err := wrong.Allocate(); err == nil {
		t.Error("a wrong password is good")
	}
	_, tag, _ := strings.Cut(credentials.GetUsername(), ":")
	ahead.Add(int64(time.Hour + time.Second))
	if !refused(credentials.GetUsername(), relayRealm) {
		t.Error("expired credentials are good")
	}
	relay.mu.Lock()
	relay.held[tag] = 1
	relay.mu.Unlock()
	if refused(credentials.GetUsername(), relayRealm) {
		t.Error("an allocation in use cannot be refreshed")
	}
	if _, _, err := relay.AllocatePacketConn("udp4", 0); err == nil {
		t.Error("expired credentials get a new allocation")
	}
	ahead.Add(int64(afterlife))
	if !refused(credentials.GetUsername(), relayRealm) {
		t.Error("an allocation can be refreshed for ever")
	}
}

func TestRelayQuota(t *testing.T) {
	t.Parallel()
	relay := relayOf(t, func(o *Options) { o.Relay.PerPeer, o.Relay.Allocations = 2, 3 })
	first, second := relay.credentials(identity.PeerID{1}, ""), relay.credentials(identity.PeerID{2}, "")
	allocate(t, turnClient(t, first, first.GetUsername()))
	held := allocate(t, turnClient(t, first, first.GetUsername()))
	if _, err := turnClient(t, first, first.GetUsername()).Allocate(); err == nil {
		t.Error("a peer got a third allocation of two")
	}
	allocate(t, turnClient(t, second, second.GetUsername()))
	if _, err := turnClient(t, second, second.GetUsername()).Allocate(); err == nil {
		t.Error("a fourth allocation of three")
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	allocate(t, turnClient(t, second, second.GetUsername()))
}

func TestRelayRate(t *testing.T) {
	t.Parallel()
	var now atomic.Pointer[time.Time]
	began := time.Now()
	now.Store(&began)
	relay := relayOf(t, func(o *Options) {
		o.Now = func() time.Time { return *now.Load() }
		o.Relay.BytesPerSecond = 1000
	})
	conn, _, err := relay.AllocatePacketConn("udp4", 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	allocation, ok := conn.(*relayed)
	if !ok {
		t.Fatal("another kind of socket")
	}
	if !allocation.pass(&allocation.outMu, &allocation.out, 900) || allocation.pass(&allocation.outMu, &allocation.out, 200) {
		t.Error("the rate is not kept")
	}
	later := began.Add(time.Second)
	now.Store(&later)
	if !allocation.pass(&allocation.outMu, &allocation.out, 1000) {
		t.Error("the rate does not recover")
	}
}

func TestRelayRefusesBannedAddresses(t *testing.T) {
	t.Parallel()
	target := echo(t).LocalAddr()
	relay := relayOf(t, func(o *Options) {
		o.Refuse = func(addr netip.Addr) bool { return addr == netip.MustParseAddr("127.0.0.9") }
	})
	if relay.permit(nil, net.ParseIP("127.0.0.9")) || !relay.permit(nil, net.ParseIP("127.0.0.1")) {
		t.Error("the ban is not asked")
	}
	if !relay.mayExchange(addressOf(target)) {
		t.Error("loopback is refused although it is allowed")
	}
}

func TestHostOf(t *testing.T) {
	t.Parallel()
	relay := relayOf(t, func(*Options) {})
	port := portText(relay.port)
	for header, want := range map[string]string{
		"example.org": "stun:example.org:" + port, "example.org:1": "stun:example.org:" + port,
		"[2001:db8::1]:7117": "stun:[2001:db8::1]:" + port, "[2001:db8::1]": "stun:[2001:db8::1]:" + port,
		"": "stun:127.0.0.1:" + port, strings.Repeat("x", 300): "stun:127.0.0.1:" + port,
	} {
		if got := relay.credentials(identity.PeerID{}, hostOf(header)).GetUrls()[0]; got != want {
			t.Errorf("host %q gives %q, want %q", header, got, want)
		}
	}
}
