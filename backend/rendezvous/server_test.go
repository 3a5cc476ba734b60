package rendezvous_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/rendezvous/turn"
	"github.com/tincan-chat/tincan/backend/wire"
)

func start(t testing.TB, changes ...func(*rendezvous.Options)) *rendezvoustest.Server {
	t.Helper()
	return rendezvoustest.Start(t, append([]func(*rendezvous.Options){func(o *rendezvous.Options) { o.TLS = false }}, changes...)...)
}

// await waits for a condition.
func await(t testing.TB, what string, met func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("it never came to %s", what)
		}
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		t.Run(encoding.Subprotocol(), func(t *testing.T) {
			t.Parallel()
			server := start(t)
			r := mustDial(t, server.Rendezvous().Listening().String(), encoding)
			welcome := r.login(rendezvoustest.NewDevice(t))
			if welcome.GetLeaseMs() != 30_000 || welcome.GetHeartbeatMs() != 10_000 || welcome.GetObservedAddress() != r.conn.LocalAddr().String() {
				t.Errorf("welcome %v", welcome)
			}
			r.send(heartbeat(42))
			if reply := r.mustRead().GetHeartbeatReply(); reply.GetId() != 42 {
				t.Errorf("reply %v", reply)
			}
			r.send(&wire.ClientFrame{Kind: &wire.ClientFrame_RelayRequest{RelayRequest: &wire.RelayRequest{}}})
			if relay := r.mustRead().GetRelayCredentials(); len(relay.GetUrls()) != 2 {
				t.Errorf("relay %v", relay)
			}
			r.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Goodbye{Goodbye: &wire.Goodbye{}}})
			r.expectClosed()
			await(t, "no session", func() bool { return server.Rendezvous().Sessions() == 0 })
		})
	}
}

func TestLoginFromAnotherConnectionIsRefused(t *testing.T) {
	t.Parallel()
	server := start(t)
	address := server.Rendezvous().Listening().String()
	device := rendezvoustest.NewDevice(t)
	first := mustDial(t, address, protocol.Protobuf)
	recorded := hello(first.mustRead().GetChallenge(), device, device.Record)
	first.send(recorded)
	first.mustRead()
	second := mustDial(t, address, protocol.Protobuf)
	second.mustRead()
	second.send(recorded)
	second.expectError(wire.ErrorCode_ERROR_CODE_LOGIN)
	// The first session is not disturbed by it.
	first.send(heartbeat(1))
	if first.mustRead().GetHeartbeatReply() == nil {
		t.Error("no reply")
	}
}

func TestNewestSessionWins(t *testing.T) {
	t.Parallel()
	server := start(t)
	device := rendezvoustest.NewDevice(t)
	older := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	older.login(device)
	newer := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	newer.login(device)
	older.expectError(wire.ErrorCode_ERROR_CODE_REPLACED)
	await(t, "one session", func() bool { return server.Rendezvous().Sessions() == 1 })
}

func TestConnectionsOfOneDevice(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) { o.Limits.PerDevice = 1 })
	device := rendezvoustest.NewDevice(t)
	first := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	first.login(device)
	second := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	second.send(hello(second.mustRead().GetChallenge(), device, device.Record))
	second.expectError(wire.ErrorCode_ERROR_CODE_LIMIT)
}

func TestGarbage(t *testing.T) {
	t.Parallel()
	server := start(t)
	for name, spoil := range map[string]func(*raw) error{
		"bytes":     func(r *raw) error { return r.writeMessage(2, bytes.Repeat([]byte{0xff}, 100)) },
		"text":      func(r *raw) error { return r.writeMessage(1, []byte("hello")) },
		"nothing":   func(r *raw) error { return r.writeMessage(2, nil) },
		"too large": func(r *raw) error { return r.writeMessage(2, make([]byte, protocol.MaxLogin+1)) },
		"no login":  func(r *raw) error { return r.writeMessage(2, []byte{0x12, 0}) },
		"many empty keys": func(r *raw) error {
			return r.writeMessage(2, append([]byte{0x0a, 0}, bytes.Repeat([]byte{0x22, 2, 0x0a, 0}, 10_000)...))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
			r.mustRead()
			if err := spoil(r); err != nil {
				t.Fatal(err)
			}
			r.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
		})
	}
	t.Run("too large after login", func(t *testing.T) {
		r := enter(t, server)
		// The server may close while we still write.
		_ = r.writeMessage(2, make([]byte, wire.MaxServerFrame+1))
		r.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
	})
	t.Run("bad framing", func(t *testing.T) {
		r := enter(t, server)
		if _, err := r.conn.Write([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}); err != nil {
			t.Fatal(err)
		}
		r.expectClosed()
	})
}

func TestNotAWebSocket(t *testing.T) {
	t.Parallel()
	server := start(t)
	for name, c := range map[string]struct{ request, answer string }{
		"browser":       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "426"},
		"other path":    {"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "404"},
		"long header":   {"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", "431"},
		"not HTTP":      {"SSH-2.0-x\r\n\r\n", "400"},
		"other origin":  {upgrade("Origin: https://example.org\r\nSec-WebSocket-Protocol: tincan.v1.json\r\n"), "403"},
		"other version": {strings.Replace(upgrade(""), "Version: 13", "Version: 12", 1), "400"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Rendezvous().Listening().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			_, _ = io.WriteString(conn, c.request)
			if err = conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			answer := make([]byte, 12)
			if _, err = io.ReadFull(conn, answer); err != nil || !strings.HasSuffix(string(answer), c.answer) {
				t.Errorf("answer %q, %v, want %s", answer, err, c.answer)
			}
		})
	}
	t.Run("no subprotocol", func(t *testing.T) {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Rendezvous().Listening().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_, _ = io.WriteString(conn, upgrade(""))
		if err = conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 4<<10)
		length := 0
		for !strings.Contains(string(answer[:length]), protocol.SubprotocolProtobuf) {
			n, readErr := conn.Read(answer[length:])
			if length += n; readErr != nil {
				t.Fatalf("answer %q, %v", answer[:length], readErr)
			}
		}
	})
	await(t, "no session", func() bool { return server.Rendezvous().Sessions() == 0 })
}

func upgrade(headers string) string {
	return "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + headers + "\r\n"
}

func TestUnauthenticatedConnections(t *testing.T) {
	t.Parallel()
	server := start(t)
	address := server.Rendezvous().Listening().String()
	waiting := make([]*raw, 0, 20)
	for range 20 {
		waiting = append(waiting, mustDial(t, address, protocol.Protobuf))
	}
	if _, err := dial(t, address, protocol.Protobuf); err == nil {
		t.Error("a 21st connection without login was accepted")
	}
	// Whoever logs in makes room.
	waiting[0].login(rendezvoustest.NewDevice(t))
	mustDial(t, address, protocol.Protobuf)
	// And so does whoever leaves.
	waiting[1].close()
	await(t, "room for another", func() bool {
		r, err := dial(t, address, protocol.Protobuf)
		if err != nil {
			return false
		}
		r.close()
		return true
	})
}

func TestSlowClients(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) {
		o.Limits.Header = 300 * time.Millisecond
		o.Limits.Login = 300 * time.Millisecond
		o.Limits.Frame = 300 * time.Millisecond
	})
	address := server.Rendezvous().Listening().String()
	t.Run("header", func(t *testing.T) {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: ")
		r := &raw{testing: t, conn: conn}
		if err = conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if _, err = io.ReadAll(r.conn); err != nil {
			t.Errorf("the server keeps a half header: %v", err)
		}
	})
	t.Run("login", func(t *testing.T) {
		r := mustDial(t, address, protocol.Protobuf)
		r.expectError(wire.ErrorCode_ERROR_CODE_LOGIN)
	})
	t.Run("frame", func(t *testing.T) {
		r := enter(t, server)
		if _, err := r.conn.Write([]byte{0x82, 0xfe, 0x80, 0, 0, 0, 0, 0, 1, 2, 3}); err != nil {
			t.Fatal(err)
		}
		r.expectClosed()
	})
	await(t, "no session", func() bool { return server.Rendezvous().Sessions() == 0 })
}

func TestLeaseEnds(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	server := start(t, func(o *rendezvous.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	r := enter(t, server)
	ahead.Store(int64(31 * time.Second))
	r.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
}

func TestFlood(t *testing.T) {
	t.Parallel()
	server := start(t)
	r := enter(t, server)
	for range 200 {
		data, err := protocol.Protobuf.Encode(heartbeat(1))
		if err != nil {
			t.Fatal(err)
		}
		if r.writeMessage(2, data) != nil {
			break
		}
	}
	for {
		if said := r.mustRead().GetError(); said != nil {
			if said.GetCode() != wire.ErrorCode_ERROR_CODE_LIMIT {
				t.Errorf("said %v", said)
			}
			break
		}
	}
	r.expectClosed()
}

// TestDeafRecipient lets many write to one who reads nothing: what waits for
// it is bounded, and the senders don't notice.
func TestDeafRecipient(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) {
		o.Limits.Queue = 256 << 10
		o.Limits.Write = time.Second
	})
	deaf := rendezvoustest.NewDevice(t)
	listener := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	listener.login(deaf)
	if tcp, ok := listener.conn.(*net.TCPConn); ok {
		if err := tcp.SetReadBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
	}
	peer := deaf.Peer()
	envelope := make([]byte, wire.MaxEnvelope)
	for range 4 {
		sender := enter(t, server)
		for i := range 50 {
			sender.send(&wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{
				Id: uint64(i), To: peer[:], Envelope: envelope,
			}}})
			if result := sender.mustRead().GetSignalResult(); result.GetOutcome() != wire.SignalOutcome_SIGNAL_OUTCOME_ACCEPTED {
				t.Fatalf("result %v", result)
			}
			if held := server.Rendezvous().Held(); held > 512<<10 {
				t.Fatalf("%d bytes are held", held)
			}
		}
		sender.close()
	}
	await(t, "an end of the deaf one", func() bool { return server.Rendezvous().Sessions() == 0 })
	await(t, "nothing held", func() bool { return server.Rendezvous().Held() == 0 })
}

// TestHalfFrames lets clients hold large frames half read: their sum is bounded.
func TestHalfFrames(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) { o.Limits.Memory = 200 << 10 })
	half := append([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x7f, 0xff, 0, 0, 0, 0}, make([]byte, 70<<10)...)
	clients := make([]*raw, 0, 4)
	for range 4 {
		r := enter(t, server)
		if _, err := r.conn.Write(half); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, r)
	}
	await(t, "one being sent away", func() bool { return server.Rendezvous().Sessions() < 4 })
	if held := server.Rendezvous().Held(); held > 200<<10 {
		t.Errorf("%d bytes are held", held)
	}
	for _, r := range clients {
		r.close()
	}
	await(t, "nothing held", func() bool { return server.Rendezvous().Held() == 0 })
}

func TestRefusedAddress(t *testing.T) {
	t.Parallel()
	var banned atomic.Bool
	server := start(t, func(o *rendezvous.Options) {
		o.Refuse = func(addr netip.Addr) bool { return banned.Load() && addr == netip.MustParseAddr("127.0.0.1") }
	})
	r := enter(t, server)
	banned.Store(true)
	if _, err := dial(t, server.Rendezvous().Listening().String(), protocol.Protobuf); err == nil {
		t.Error("a banned address came in")
	}
	server.Rendezvous().Recheck()
	r.expectClosed()
	banned.Store(false)
	enter(t, server)
}

func TestShutdownIsSaid(t *testing.T) {
	t.Parallel()
	server := start(t)
	r := enter(t, server)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		server.Stop()
	}()
	r.expectError(wire.ErrorCode_ERROR_CODE_SHUTDOWN)
	r.close()
	<-stopped
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	server := start(t)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, err = rendezvous.New(rendezvous.Options{Key: key, Listen: server.Rendezvous().Listening().String()})
	if !errors.Is(err, rendezvous.ErrPortInUse) {
		t.Errorf("New = %v", err)
	}
	if _, err = rendezvous.New(rendezvous.Options{Listen: "127.0.0.1:0"}); err == nil {
		t.Error("a server without a key")
	}
}

func TestCloseWithoutRun(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	server, err := rendezvous.New(rendezvous.Options{Key: key, Listen: "127.0.0.1:0", Relay: turn.Options{}.Open})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err = server.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err = server.Run(t.Context()); err != nil {
		t.Errorf("Run after Close = %v", err)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	server, err := rendezvous.New(rendezvous.Options{Key: key, Listen: ":0", TLS: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	addresses := server.Server()
	if len(addresses.URLs) == 0 || len(addresses.URLs) > 8 || !strings.HasPrefix(addresses.URLs[0], "wss://") {
		t.Errorf("addresses %v", addresses.URLs)
	}
	if !strings.HasPrefix(addresses.URLs[len(addresses.URLs)-1], "wss://127.0.0.1:") {
		t.Errorf("loopback is not the last of %v", addresses.URLs)
	}
	if !strings.HasSuffix(server.Address(), "/#"+server.Key().String()) {
		t.Errorf("address %v", server.Address())
	}
}
