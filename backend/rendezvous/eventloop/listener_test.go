//go:build linux

package eventloop

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// listen returns a listener and the address that it took over.
func listen(t *testing.T, network, address string) (*Listener, string) {
	t.Helper()
	plain, err := (&net.ListenConfig{}).Listen(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	tcp, ok := plain.(*net.TCPListener)
	if !ok {
		t.Fatal("no TCP")
	}
	listener, err := Listen(tcp)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
	})
	return listener, plain.Addr().String()
}

func TestAcceptedSocketsAreCarried(t *testing.T) {
	for _, network := range []struct{ name, address string }{{"tcp4", "127.0.0.1:0"}, {"tcp", ":0"}} {
		t.Run(network.name, func(t *testing.T) {
			loop := open(t, func() {})
			listener, address := listen(t, network.name, network.address)
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				t.Fatal(err)
			}
			far, err := (&net.Dialer{}).DialContext(t.Context(), "tcp4", net.JoinHostPort("127.0.0.1", port))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = far.Close() }()
			accepted, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			from := accepted.From()
			if got := netip.AddrPortFrom(from.Addr().Unmap(), from.Port()).String(); got != far.LocalAddr().String() {
				t.Fatalf("it came from %v, not %v", got, far.LocalAddr())
			}
			on, err := unix.GetsockoptInt(accepted.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY)
			if err != nil || on == 0 {
				t.Fatalf("answers would wait for more: %d, %v", on, err)
			}
			handler := newSeen()
			near := loop.Adopt(accepted, handler)
			if err = near.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err = far.Write([]byte("hello")); err != nil {
				t.Fatal(err)
			}
			<-handler.readable
			if _, err = near.Write([]byte("and you")); err != nil {
				t.Fatal(err)
			}
			answer := make([]byte, 7)
			if _, err = io.ReadFull(far, answer); err != nil || string(answer) != "and you" {
				t.Fatalf("the answer was %q, %v", answer, err)
			}
			near.Close()
			<-handler.closed
		})
	}
}

func TestCloseEndsAccept(t *testing.T) {
	listener, address := listen(t, "tcp4", "127.0.0.1:0")
	ended := make(chan error, 1)
	go func() {
		_, err := listener.Accept()
		ended <- err
	}()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Fatalf("Accept ended with %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", address)
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	_ = again.Close()
}
