package rendezvous_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// dialFor connects as a proxy does, for a client.
func dialFor(t *testing.T, server *rendezvoustest.Server, header string) (*raw, int) {
	t.Helper()
	r := &raw{testing: t, conn: mustConnect(t, server), encoding: protocol.Protobuf}
	r.reader = bufio.NewReader(r.conn)
	if _, err := fmt.Fprint(r.conn, upgrade("Sec-WebSocket-Protocol: "+protocol.SubprotocolProtobuf+"\r\n"+header)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(r.reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return r, answer.StatusCode
}

func TestBehindProxy(t *testing.T) {
	t.Parallel()
	banned := netip.MustParseAddr("198.51.100.66")
	server := start(t, func(o *rendezvous.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Refuse = func(addr netip.Addr) bool { return addr == banned }
		o.Limits.Unauthenticated = 3
	})
	if _, status := dialFor(t, server, "X-Forwarded-For: 198.51.100.66\r\n"); status != http.StatusTooManyRequests {
		t.Errorf("a banned client came in: %d", status)
	}
	if _, status := dialFor(t, server, "X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.2\r\n"); status != http.StatusBadRequest {
		t.Errorf("two clients at once came in: %d", status)
	}
	waiting := make([]*raw, 0, 3)
	for range 3 {
		r, status := dialFor(t, server, "X-Forwarded-For: 1.1.1.1, 192.0.2.1\r\n")
		if status != http.StatusSwitchingProtocols {
			t.Fatalf("status %d", status)
		}
		waiting = append(waiting, r)
	}
	if _, status := dialFor(t, server, "X-Forwarded-For: 2.2.2.2, 192.0.2.1\r\n"); status != http.StatusTooManyRequests {
		t.Errorf("a fourth connection without login came in: %d", status)
	}
	// Others are not touched by it, and who logs in is told where it comes from.
	other, status := dialFor(t, server, "Forwarded: for=\"[2001:db8::7]:44\"\r\n")
	if status != http.StatusSwitchingProtocols {
		t.Fatalf("status %d", status)
	}
	if welcome := other.login(rendezvoustest.NewDevice(t)); welcome.GetObservedAddress() != "[2001:db8::7]:44" {
		t.Errorf("observed %q", welcome.GetObservedAddress())
	}
	if welcome := waiting[0].login(rendezvoustest.NewDevice(t)); welcome.GetObservedAddress() != "192.0.2.1" {
		t.Errorf("observed %q", welcome.GetObservedAddress())
	}
	if _, status = dialFor(t, server, "X-Forwarded-For: 192.0.2.1\r\n"); status != http.StatusSwitchingProtocols {
		t.Errorf("who logged in made no room: %d", status)
	}
}

// TestForwardedIsNotBelieved has somebody who is no proxy name another address.
func TestForwardedIsNotBelieved(t *testing.T) {
	t.Parallel()
	server := start(t)
	r, status := dialFor(t, server, "X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.2\r\n")
	if status != http.StatusSwitchingProtocols {
		t.Fatalf("status %d", status)
	}
	if welcome := r.login(rendezvoustest.NewDevice(t)); welcome.GetObservedAddress() != r.conn.LocalAddr().String() {
		t.Errorf("observed %q", welcome.GetObservedAddress())
	}
}
