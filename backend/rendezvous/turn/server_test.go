package turn

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/turn/v5"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

const patience = 10 * time.Second // for what takes milliseconds

// start runs a server on 127.0.0.1 until the test ends.
func start(t testing.TB, change func(*Options)) *Server {
	t.Helper()
	options := Options{Listen: "127.0.0.1:0", AllowLoopback: true}
	change(&options)
	server, err := New(t.Context(), options)
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

// clock is a time that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	timeout := time.After(patience)
	for !holds() {
		select {
		case <-timeout:
			t.Fatalf("waited in vain: %s", what)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func (s *Server) at(port uint16) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port)))
}

// transport opens the socket of a client: "udp", "tcp" or "tls".
func transport(t testing.TB, server *Server, kind string, config *tls.Config) (socket net.PacketConn, address string) {
	t.Helper()
	var conn net.Conn
	var err error
	switch kind {
	case "udp":
		socket, err = (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
		address = server.at(server.port)
	case "tcp":
		address = server.at(server.portTCP)
		conn, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	case "tls":
		address = server.at(server.portTLS)
		conn, err = (&tls.Dialer{Config: config}).DialContext(t.Context(), "tcp", address)
	}
	if err != nil {
		t.Fatal(err)
	}
	if conn != nil {
		socket = turn.NewSTUNConn(conn)
	}
	t.Cleanup(func() { _ = socket.Close() })
	return socket, address
}

// clientOver is a device that uses the relay by a socket.
func clientOver(t testing.TB, socket net.PacketConn, address string, credentials *wire.RelayCredentials) *turn.Client {
	t.Helper()
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: address, TURNServerAddr: address, Conn: socket, Username: credentials.GetUsername(),
		Password: credentials.GetPassword(), Realm: realm, LoggerFactory: silentLoggers{},
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

// clientOf is one over UDP.
func clientOf(t testing.TB, server *Server, credentials *wire.RelayCredentials) *turn.Client {
	t.Helper()
	socket, address := transport(t, server, "udp", nil)
	return clientOver(t, socket, address, credentials)
}

func allocate(t testing.TB, client *turn.Client) net.PacketConn {
	t.Helper()
	allocation, err := client.Allocate()
	if err != nil {
		t.Fatalf("Allocate: %v", err)
	}
	t.Cleanup(func() { _ = allocation.Close() })
	return allocation
}

func echo(t testing.TB) net.PacketConn {
	t.Helper()
	socket, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	go func() {
		buffer := make([]byte, 2000)
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

func roundTrip(t testing.TB, allocation net.PacketConn, to net.Addr, text string) error {
	t.Helper()
	if _, err := allocation.WriteTo([]byte(text), to); err != nil {
		return err
	}
	if err := allocation.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 2000)
	n, from, err := allocation.ReadFrom(buffer)
	if err == nil && (string(buffer[:n]) != text || from.String() != to.String()) {
		t.Errorf("got %q from %v", buffer[:n], from)
	}
	return err
}

func TestRelayOverUDP(t *testing.T) {
	t.Parallel()
	server := start(t, func(*Options) {})
	credentials := server.Credentials(identity.PeerID{1}, "127.0.0.1")
	if wait := time.Until(time.UnixMilli(credentials.GetExpiresMs())); wait < 59*time.Minute || wait > time.Hour {
		t.Errorf("credentials for %v", wait)
	}
	if len(credentials.GetUrls()) != 2 {
		t.Errorf("URLs %q", credentials.GetUrls())
	}
	client := clientOf(t, server, credentials)
	mapped, err := client.SendBindingRequest()
	if err != nil || addressOf(mapped).Addr() != loopback {
		t.Errorf("STUN = %v, %v", mapped, err)
	}
	allocation := allocate(t, client)
	peer := echo(t).LocalAddr()
	for _, text := range []string{"h", "hello", strings.Repeat("x", 1200)} {
		if err = roundTrip(t, allocation, peer, text); err != nil {
			t.Errorf("through the relay: %v", err)
		}
	}
	if counts := server.Counts(); counts.Allocations != 1 || counts.Bytes != 2*1206 {
		t.Errorf("counts %+v", counts)
	}
	if err = allocation.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the allocation to end", func() bool { return server.Counts().Allocations == 0 })
}

// TestDualStack: a socket for IPv6 and IPv4 has one client for each address, however it is written.
func TestDualStack(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) { o.Listen, o.Address = "[::]:0", loopback })
	allocation := allocate(t, clientOf(t, server, server.Credentials(identity.PeerID{1}, "127.0.0.1")))
	peer := echo(t).LocalAddr()
	for range 3 {
		if err := roundTrip(t, allocation, peer, "hello"); err != nil {
			t.Errorf("through the relay: %v", err)
		}
	}
}

func TestRelayRefusesTargets(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) { o.AllowLoopback = false })
	credentials := server.Credentials(identity.PeerID{1}, "127.0.0.1")
	allocation := allocate(t, clientOf(t, server, credentials))
	for _, target := range []string{"127.0.0.2:53", "10.0.0.1:53", "192.168.1.1:53", "169.254.169.254:80", "224.0.0.1:53", "100.64.0.1:1"} {
		if _, err := allocation.WriteTo([]byte("x"), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(target))); err == nil {
			t.Errorf("a packet to %s was taken", target)
		}
	}
	// The relay's own address is reachable at ports of allocations only: two peers may both be relayed here.
	other := allocate(t, clientOf(t, server, credentials))
	if _, err := other.WriteTo([]byte("x"), allocation.LocalAddr()); err != nil {
		t.Fatalf("from relay to relay: %v", err)
	}
	if err := exchange(t, allocation, other); err != nil {
		t.Errorf("from relay to relay: %v", err)
	}
	now := server.options.Now()
	if server.mayExchange(addressOf(echo(t).LocalAddr()), now) || server.mayExchange(netip.AddrPortFrom(loopback, server.port), now) {
		t.Error("a port of this machine that is no allocation is reachable")
	}
	if !server.mayExchange(addressOf(other.LocalAddr()), now) || server.mayExchange(netip.AddrPortFrom(loopback, 0), now) {
		t.Error("another allocation is not reachable, or port 0 is")
	}
	// At each packet too, whatever the permission was.
	held := server.allocationAt(addressOf(allocation.LocalAddr()).Port())
	before := server.Counts().Bytes
	for _, target := range []string{"10.0.0.1:53", "127.0.0.1:53", "169.254.169.254:80"} {
		if _, err := held.WriteTo([]byte("x"), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(target))); err != nil {
			t.Errorf("a dropped packet looks different: %v", err)
		}
	}
	if server.Counts().Bytes != before {
		t.Error("a packet to a denied address went out")
	}
}

// exchange sends a packet from one allocation to the other.
func exchange(t *testing.T, from, to net.PacketConn) error {
	t.Helper()
	if _, err := from.WriteTo([]byte("over"), to.LocalAddr()); err != nil {
		return err
	}
	if err := to.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	buffer := make([]byte, 100)
	for {
		n, sender, err := to.ReadFrom(buffer)
		if err != nil {
			return err
		}
		if string(buffer[:n]) == "over" {
			if sender.String() != from.LocalAddr().String() {
				t.Errorf("the packet comes from %v, not %v", sender, from.LocalAddr())
			}
			return nil
		}
	}
}

// TestRelayToRelayBehindNAT: the address that others see is a NAT's, which does
// not bring packets back; two allocations reach each other all the same.
func TestRelayToRelayBehindNAT(t *testing.T) {
	t.Parallel()
	public := netip.MustParseAddr("203.0.113.7")
	server := start(t, func(o *Options) { o.Address, o.AllowLoopback = public, false })
	one := allocate(t, clientOf(t, server, server.Credentials(identity.PeerID{1}, "127.0.0.1")))
	other := allocate(t, clientOf(t, server, server.Credentials(identity.PeerID{2}, "127.0.0.1")))
	if addressOf(one.LocalAddr()).Addr() != public {
		t.Fatalf("relayed from %v", one.LocalAddr())
	}
	if _, err := other.WriteTo([]byte("permission"), one.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if err := exchange(t, one, other); err != nil {
		t.Errorf("there: %v", err)
	}
	if err := exchange(t, other, one); err != nil {
		t.Errorf("and back: %v", err)
	}
	if server.mayExchange(netip.AddrPortFrom(public, server.port), time.Now()) {
		t.Error("the server's own port is reachable")
	}
}

func TestOwnAddressesAreDenied(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) { o.AllowLoopback, o.AllowPrivate = false, true })
	for _, addr := range machineAddresses(false) {
		if addr != server.address && server.mayReach(addr, time.Now()) {
			t.Errorf("%v of this machine is reachable", addr)
		}
	}
	var own ownAddresses
	now := time.Now()
	if !own.contain(loopback, now) || own.contain(netip.MustParseAddr("192.0.2.77"), now) {
		t.Error("this machine's addresses are not known")
	}
}

func TestBannedAddresses(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	banned := map[netip.Addr]bool{netip.MustParseAddr("127.0.0.9"): true}
	server := start(t, func(o *Options) {
		o.ListenTCP = "127.0.0.1:0"
		o.Refuse = func(addr netip.Addr) bool {
			mu.Lock()
			defer mu.Unlock()
			return banned[addr]
		}
	})
	credentials := server.Credentials(identity.PeerID{1}, "127.0.0.1")
	allocation := allocate(t, clientOf(t, server, credentials))
	if _, err := allocation.WriteTo([]byte("x"), net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.9:9"))); err == nil {
		t.Error("a packet to a banned address was taken")
	}
	if err := roundTrip(t, allocation, echo(t).LocalAddr(), "hello"); err != nil {
		t.Errorf("to somebody else: %v", err)
	}
	socket, address := transport(t, server, "tcp", nil)
	clientOver(t, socket, address, credentials)
	eventually(t, "the connection", func() bool { return server.Counts().Connections == 1 })
	// The client's own address is banned now: what it has ends.
	mu.Lock()
	banned[loopback] = true
	mu.Unlock()
	server.Ban(nil)
	eventually(t, "the end of what a banned address had", func() bool {
		counts := server.Counts()
		return counts.Allocations == 0 && counts.Connections == 0
	})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err = conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err = conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a banned address's connection stays: %v", err)
	}
	mu.Lock()
	banned[loopback] = false // for the allocation's last words
	mu.Unlock()
}
