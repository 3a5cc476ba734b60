package turn

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"github.com/tincan-chat/tincan/backend/identity"
)

// selfSigned makes a certificate for 127.0.0.1, and what trusts it.
func selfSigned(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
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
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{"http/1.1"}},
		&tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots, ServerName: "localhost"}
}

// TestRelayOverStreams: over TCP and over TLS, on ports of their own and on one.
func TestRelayOverStreams(t *testing.T) {
	t.Parallel()
	config, trusting := selfSigned(t)
	withALPN := trusting.Clone()
	withALPN.NextProtos = []string{"stun.turn"}
	for name, listen := range map[string][2]string{
		"two ports": {"127.0.0.1:0", "127.0.0.1:"}, "one port": {"127.0.0.1:0", "127.0.0.1:0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, func(o *Options) { o.ListenTCP, o.ListenTLS, o.TLS = listen[0], listen[1], config })
			for number, kind := range []string{"tcp", "tls", "tls"} {
				credentials := server.Credentials(identity.PeerID{byte(number + 1)}, "127.0.0.1")
				socket, address := transport(t, server, kind, []*tls.Config{nil, trusting, withALPN}[number])
				client := clientOver(t, socket, address, credentials)
				if mapped, err := client.SendBindingRequest(); err != nil || mapped.String() != socket.LocalAddr().String() {
					t.Errorf("STUN over %s = %v, %v", kind, mapped, err)
				}
				allocation := allocate(t, client)
				peer := echo(t).LocalAddr()
				// Through Send at first, through a channel soon; every length of padding
				// (the client's library waits for more after a frame of 8 bytes or less).
				for _, text := range []string{"12345", "123456", "1234567", "12345678", strings.Repeat("x", 1200), "12345", "123456", strings.Repeat("y", 1201)} {
					if err := roundTrip(t, allocation, peer, text); err != nil {
						t.Fatalf("over %s: %v", kind, err)
					}
				}
				if counts := server.Counts(); counts.Allocations != 1 || counts.Connections != 1 {
					t.Errorf("counts %+v", counts)
				}
				// A connection that breaks takes its allocation with it.
				if err := socket.Close(); err != nil {
					t.Fatal(err)
				}
				eventually(t, "the end of the allocation", func() bool {
					counts := server.Counts()
					return counts.Allocations == 0 && counts.Connections == 0
				})
			}
		})
	}
}

// connect opens a bare connection.
func connect(t *testing.T, server *Server) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.at(server.portTCP))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// isCut reads until the other side closes, and tells what came.
func isCut(t *testing.T, conn net.Conn) (came int) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		came += n
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("the connection stays open")
		}
		if err != nil {
			return came
		}
	}
}

func TestStreamsAreCut(t *testing.T) {
	t.Parallel()
	const short, long = 50 * time.Millisecond, time.Hour
	config, _ := selfSigned(t)
	binding := request(t, stun.MethodBinding, stun.ClassRequest)
	limits := func(change func(*Limits)) *Limits {
		all := &Limits{First: long, Unused: long, Idle: long, Frame: long}
		change(all)
		return all
	}
	for name, test := range map[string]struct {
		limits *Limits
		send   []byte
		secure bool
		came   int
	}{
		"nothing is said":              {limits: limits(func(l *Limits) { l.First = short })},
		"half a frame is said":         {limits: limits(func(l *Limits) { l.First = short }), send: binding[:10]},
		"no handshake":                 {limits: limits(func(l *Limits) { l.First = short }), secure: true},
		"half a handshake":             {limits: limits(func(l *Limits) { l.First = short }), secure: true, send: []byte{0x16, 3, 1}},
		"no allocation":                {limits: limits(func(l *Limits) { l.Unused = short }), send: binding, came: 32 + 8},
		"the rest of a frame is late":  {limits: limits(func(l *Limits) { l.Frame = short }), send: append(append([]byte{}, binding...), binding[:19]...), came: 32 + 8},
		"no frame":                     {limits: limits(func(*Limits) {}), send: []byte("GET / HTTP/1.1\r\n\r\n")},
		"a frame that is too large":    {limits: limits(func(*Limits) {}), send: []byte{0, 1, 0xFF, 0xFC, 0x21, 0x12, 0xA4, 0x42}},
		"TLS where there is only TCP":  {limits: limits(func(*Limits) {}), send: []byte{0x16, 3, 1, 2, 0}},
		"no TLS where TLS is expected": {limits: limits(func(*Limits) {}), secure: true, send: binding, came: -1}, // an alert or nothing
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, func(o *Options) {
				o.Limits = *test.limits
				if test.secure {
					o.ListenTLS, o.TLS = "127.0.0.1:0", config
				} else {
					o.ListenTCP = "127.0.0.1:0"
				}
			})
			server.portTCP = max(server.portTCP, server.portTLS)
			conn := connect(t, server)
			if _, err := conn.Write(test.send); err != nil {
				t.Fatal(err)
			}
			if came := isCut(t, conn); test.came >= 0 && came != test.came {
				t.Errorf("%d bytes came, want %d", came, test.came)
			}
			eventually(t, "the end of the connection", func() bool { return server.Counts().Connections == 0 })
		})
	}
}

// TestUnusedAgain: after its allocation ended a connection is not kept.
func TestUnusedAgain(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) { o.ListenTCP, o.Limits.Unused = "127.0.0.1:0", 300*time.Millisecond })
	socket, address := transport(t, server, "tcp", nil)
	allocation := allocate(t, clientOver(t, socket, address, server.Credentials(identity.PeerID{1}, "")))
	if err := roundTrip(t, allocation, echo(t).LocalAddr(), "hello"); err != nil {
		t.Fatal(err)
	}
	if err := allocation.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the connection to be cut", func() bool { return server.Counts().Connections == 0 })
}

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) { o.ListenTCP, o.Connections, o.ConnectionsPerPrefix = "127.0.0.1:0", 5, 3 })
	var held []net.Conn
	for range 3 {
		held = append(held, connect(t, server))
	}
	eventually(t, "three connections", func() bool { return server.Counts().Connections == 3 })
	if came := isCut(t, connect(t, server)); came != 0 {
		t.Error("a fourth of one address was answered")
	}
	if err := held[0].Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "room", func() bool { return server.Counts().Connections == 2 })
	connect(t, server)
	eventually(t, "three connections", func() bool { return server.Counts().Connections == 3 })
	if server.Counts().Refused != 1 {
		t.Errorf("%d refused", server.Counts().Refused)
	}
	table := newConnections(2, 2)
	from := func(text string) *stream { return &stream{from: addressOf(tcpAddress(text))} }
	one, two := from("192.0.2.1:1"), from("192.0.2.2:1")
	if !table.add(one) || !table.add(two) || table.add(from("192.0.2.3:1")) {
		t.Error("the bound on all is not kept")
	}
	table.remove(one)
	table.remove(two)
	if table.count() != 0 || len(table.byPrefix) != 0 {
		t.Error("something stays")
	}
}

func TestNewConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	clock := newClock()
	server := start(t, func(o *Options) { o.ListenTCP, o.Now, o.Limits.Requests = "127.0.0.1:0", clock.Now, 1 })
	for range 5 {
		if err := connect(t, server).Close(); err != nil {
			t.Fatal(err)
		}
	}
	isCut(t, connect(t, server))
	eventually(t, "five connections to end and one to be refused", func() bool {
		counts := server.Counts()
		return counts.Connections == 0 && counts.Refused >= 1
	})
	clock.advance(time.Second)
	connect(t, server)
	eventually(t, "a connection a second later", func() bool { return server.Counts().Connections == 1 })
}

func tcpAddress(text string) net.Addr {
	address, err := net.ResolveTCPAddr("tcp", text)
	if err != nil {
		return &net.TCPAddr{}
	}
	return address
}

// TestSlowReaderIsCut: what a client does not take is lost, and then it is cut off.
func TestSlowReaderIsCut(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) {
		o.ListenTCP, o.Limits.Write, o.Limits.Queue = "127.0.0.1:0", 100*time.Millisecond, 16<<10
		o.BytesPerSecond = 1 << 30
	})
	slow := &slowConn{gate: make(chan struct{})}
	socket, address := transport(t, server, "tcp", nil)
	slow.PacketConn = socket
	client := clientOver(t, slow, address, server.Credentials(identity.PeerID{1}, ""))
	allocation := allocate(t, client)
	peer := echo(t)
	if err := roundTrip(t, allocation, peer.LocalAddr(), "hello"); err != nil {
		t.Fatal(err)
	}
	slow.stop()
	defer close(slow.gate)
	packet := make([]byte, 1200)
	eventually(t, "the slow reader to be cut", func() bool {
		for range 200 {
			_, _ = peer.WriteTo(packet, allocation.LocalAddr())
		}
		return server.Counts().Connections == 0
	})
	eventually(t, "its allocation to end", func() bool { return server.Counts().Allocations == 0 })
}
