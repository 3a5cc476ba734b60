package rendezvous_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/certificates"
	"github.com/tincan-chat/tincan/backend/rendezvous/certificates/acmetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// secureDial connects with TLS; nil for the server's own certificate.
func secureDial(t testing.TB, server *rendezvoustest.Server, config *tls.Config) *raw {
	t.Helper()
	if config == nil {
		config = protocol.ClientTLS(server.Rendezvous().Key())
	}
	r, err := dialVia(t, server.Rendezvous().Listening().String(), protocol.Protobuf, config)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(r.close)
	return r
}

func secureServer(o *rendezvous.Options) { o.TLS = true }

// TestSecureSession sends what is larger than a record of TLS and than what is
// read at once, and what comes in many small records.
func TestSecureSession(t *testing.T) {
	t.Parallel()
	server := start(t, secureServer)
	recipient := rendezvoustest.NewDevice(t)
	to, from := secureDial(t, server, nil), secureDial(t, server, nil)
	to.login(recipient)
	from.login(rendezvoustest.NewDevice(t))
	peer := recipient.Peer()
	for _, size := range []int{1, 1 << 10, 15 << 10, 40 << 10, wire.MaxEnvelope} {
		envelope := make([]byte, size)
		envelope[size-1] = 7
		from.send(&wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{Id: uint64(size), To: peer[:], Envelope: envelope}}})
		if got := to.mustRead().GetDeliver().GetEnvelope(); len(got) != size || got[size-1] != 7 {
			t.Fatalf("%d bytes of %d", len(got), size)
		}
		if result := from.mustRead().GetSignalResult(); result.GetId() != uint64(size) {
			t.Fatalf("result %v", result)
		}
	}
	for id := range uint64(40) {
		from.send(heartbeat(id))
	}
	for id := range uint64(40) {
		if reply := from.mustRead().GetHeartbeatReply(); reply.GetId() != id {
			t.Fatalf("reply %v, want %d", reply, id)
		}
	}
	// Half a record says nothing and costs nothing; garbage ends the connection.
	if _, err := secureNet(from).Write([]byte{23, 3, 3, 0x20}); err != nil {
		t.Fatal(err)
	}
	if _, err := secureNet(from).Write(make([]byte, 0x2100)); err != nil {
		t.Fatal(err)
	}
	from.expectClosed()
	to.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Goodbye{Goodbye: &wire.Goodbye{}}})
	to.expectClosed()
	await(t, "no session", func() bool { return server.Rendezvous().Sessions() == 0 })
	await(t, "nothing held", func() bool { return server.Rendezvous().Held() == 0 })
}

func secureNet(r *raw) interface {
	Write(data []byte) (int, error)
} {
	if secure, ok := r.conn.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return r.conn
}

func TestSecureSlowClients(t *testing.T) {
	t.Parallel()
	server := start(t, secureServer, func(o *rendezvous.Options) {
		o.Limits.Header, o.Limits.Login, o.Limits.Frame = 300*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond
	})
	silent := &raw{testing: t, conn: mustConnect(t, server), encoding: protocol.Protobuf}
	if _, err := silent.conn.Write([]byte{22, 3, 1}); err != nil {
		t.Fatal(err)
	}
	expectEnd(t, silent.conn)
	half := tls.Client(mustConnect(t, server), protocol.ClientTLS(server.Rendezvous().Key()))
	if _, err := fmt.Fprint(half, "GET / HTTP/1.1\r\nHost: "); err != nil {
		t.Fatal(err)
	}
	expectEnd(t, half)
	secureDial(t, server, nil).expectError(wire.ErrorCode_ERROR_CODE_LOGIN)
	await(t, "no session", func() bool { return server.Rendezvous().Sessions() == 0 })
}

// TestCertificateOfAuthority gets a certificate by ACME through the very port
// that clients use, and a client that checks it like a browser logs in.
func TestCertificateOfAuthority(t *testing.T) {
	t.Parallel()
	const name = "chat.example.org"
	authority := acmetest.Start(t, time.Hour)
	kept := memory.New(memory.Options{})
	t.Cleanup(func() { _ = kept.Close() })
	source, err := certificates.ACME(certificates.ACMEOptions{
		Hosts: []string{name}, Table: kept.Table(engine.TableCertificates), Directory: authority.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	// The authority is told where to look before the server asks it.
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	authority.Resolve(listener.Addr().String())
	server := start(t, secureServer, func(o *rendezvous.Options) {
		o.Listener = listener
		o.Certificates = source
		o.URLs = []string{"wss://" + name}
	})
	config := &tls.Config{RootCAs: authority.Roots, ServerName: name, MinVersion: tls.VersionTLS13}
	r := secureDial(t, server, config)
	challenge := r.mustRead().GetChallenge()
	if key := server.Rendezvous().Key(); identity.ServerKey(challenge.GetServerKey()) != key {
		t.Errorf("the server says it is %x", challenge.GetServerKey())
	}
	device := rendezvoustest.NewDevice(t)
	r.send(hello(challenge, device, device.Record))
	if r.mustRead().GetWelcome() == nil {
		t.Error("no welcome")
	}
	if urls := server.Server().URLs; len(urls) != 1 || urls[0] != "wss://"+name {
		t.Errorf("URLs %v", urls)
	}
}
