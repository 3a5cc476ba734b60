package rendezvous_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// written is a log.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(data []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(data)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// TestLogsNameNobody: whatever people do, no log has their address or their key, not even a detailed one.
func TestLogsNameNobody(t *testing.T) {
	t.Parallel()
	log := &written{}
	withLog := func(o *rendezvous.Options) {
		o.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Limits.Unauthenticated = 4
		o.Limits.Header, o.Limits.Login = 300*time.Millisecond, 300*time.Millisecond
	}
	device := rendezvoustest.NewDevice(t)
	figures := func(server *rendezvoustest.Server) uint64 { return server.Rendezvous().Figures().Refused }

	open := start(t, withLog)
	person := comeAs(t, open, protocol.Protobuf, device)
	person.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Watch{Watch: &wire.Watch{Add: [][]byte{{1}}}}})
	garbage := mustDial(t, open.Rendezvous().Listening().String(), protocol.Protobuf)
	if err := garbage.writeMessage(2, []byte("garbage")); err != nil {
		t.Fatal(err)
	}
	garbage.expectClosed()
	var many []net.Conn
	for range 10 {
		many = append(many, mustConnect(t, open))
	}
	for _, one := range many {
		expectEnd(t, one)
	}

	secure := rendezvoustest.Start(t, withLog)
	config := &tls.Config{MinVersion: tls.VersionTLS13, ServerName: "nobody"}
	if conn, err := tls.Dial("tcp", secure.Rendezvous().Listening().String(), config); err == nil {
		t.Error("an unknown certificate was accepted")
		_ = conn.Close()
	}
	expectEnd(t, mustConnect(t, secure))

	proxied := start(t, withLog, func(o *rendezvous.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Refuse = func(addr netip.Addr) bool { return addr == netip.MustParseAddr("203.0.113.77") }
	})
	conn := mustConnect(t, proxied)
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.77\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(answer), "429") {
		t.Errorf("a banned one behind a proxy: %v: %s", err, answer)
	}
	if figures(open) == 0 || figures(secure) == 0 || figures(proxied) == 0 {
		t.Errorf("refused are %d, %d and %d", figures(open), figures(secure), figures(proxied))
	}
	for _, server := range []*rendezvoustest.Server{open, secure, proxied} {
		server.Stop()
	}
	text := log.String()
	for _, part := range []string{"127.0.0.0/24", "203.0.113.0/24"} {
		if !strings.Contains(text, part) {
			t.Errorf("the log says nothing of %s: the test sees nothing\n%s", part, text)
		}
	}
	for _, secret := range []string{"127.0.0.1", "203.0.113.77", device.Peer().String(), fmt.Sprintf("%x", device.Peer())} {
		if strings.Contains(text, secret) {
			t.Errorf("the log names %s:\n%s", secret, text)
		}
	}
}
