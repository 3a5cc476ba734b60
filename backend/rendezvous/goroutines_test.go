package rendezvous_test

import (
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// hidden is a listener whose sockets no event loop can carry, as on systems without one.
type hidden struct{ net.Listener }

type hiddenConn struct{ net.Conn }

func (h hidden) Accept() (net.Conn, error) {
	conn, err := h.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return hiddenConn{conn}, nil
}

func TestWithoutEventLoop(t *testing.T) {
	t.Parallel()
	for name, isSecure := range map[string]bool{"plain": false, "TLS": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			server := start(t, func(o *rendezvous.Options) {
				o.Listener, o.TLS = hidden{listener}, isSecure
				o.Limits.Write, o.Limits.Queue = time.Second, 256<<10
				o.Limits.Rate, o.Limits.Burst = 1e6, 1e6
			})
			connect := func() *raw {
				var config *tls.Config
				if isSecure {
					config = protocol.ClientTLS(server.Rendezvous().Key())
				}
				r, dialErr := dialVia(t, listener.Addr().String(), protocol.Protobuf, config)
				if dialErr != nil {
					t.Fatal(dialErr)
				}
				t.Cleanup(r.close)
				return r
			}
			recipient := rendezvoustest.NewDevice(t)
			to, from := connect(), connect()
			to.login(recipient)
			from.login(rendezvoustest.NewDevice(t))
			peer := recipient.Peer()
			signal := func(size int) {
				from.send(&wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{To: peer[:], Envelope: make([]byte, size)}}})
			}
			for _, size := range []int{1, 3 << 10, wire.MaxEnvelope} {
				signal(size)
				if got := to.mustRead().GetDeliver().GetEnvelope(); len(got) != size {
					t.Fatalf("%d bytes of %d", len(got), size)
				}
				from.mustRead()
			}
			// Now it reads nothing any more, and is cut.
			for range 200 {
				signal(wire.MaxEnvelope)
				from.mustRead()
			}
			await(t, "an end of the deaf one", func() bool { return server.Rendezvous().Sessions() == 1 })
			if err = from.writeMessage(2, []byte{0xff}); err != nil {
				t.Fatal(err)
			}
			from.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
			await(t, "nothing held", func() bool { return server.Rendezvous().Held() == 0 })
			last := connect()
			last.login(rendezvoustest.NewDevice(t))
			stopped := make(chan struct{})
			go func() {
				defer close(stopped)
				server.Stop()
			}()
			last.expectError(wire.ErrorCode_ERROR_CODE_SHUTDOWN)
			<-stopped
		})
	}
}
