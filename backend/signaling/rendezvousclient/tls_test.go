package rendezvousclient

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// authority certifies names, as those of the web do.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pool        *x509.CertPool
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return authority{certificate, key, pool}
}

// issue makes a certificate for a name or an address.
func (a authority) issue(t *testing.T, name string, expires time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: expires,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if addr := net.ParseIP(name); addr != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{addr}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// front starts a real server behind a TLS listener with a certificate, and
// returns it under a name of this machine.
func front(t *testing.T, certificate tls.Certificate) identity.Server {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	secure := tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate}})
	server := rendezvoustest.Start(t, func(o *rendezvous.Options) {
		o.TLS, o.Listener = false, secure
		o.Relay = nil
	})
	return named(server.Server().Key, listener.Addr().String())
}

// named is a server at an address of this machine, by name.
func named(key identity.ServerKey, address string) identity.Server {
	_, port, _ := net.SplitHostPort(address)
	return identity.Server{Key: key, URLs: []string{"wss://localhost:" + port}}
}

func TestCertificateOfTheWeb(t *testing.T) {
	t.Parallel()
	trusted := newAuthority(t)
	server := front(t, trusted.issue(t, "localhost", time.Now().Add(time.Hour)))
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		ana := newPerson(t, func(o *Options) { o.Roots, o.Encoding = trusted.pool, encoding })
		ana.client.Connect("home", server)
		if up := ana.awaitUp(t); up.Key != server.Key {
			t.Errorf("key %v", up.Key)
		}
		// The first key that is seen counts there too.
		ana.client.Connect("first use", identity.Server{URLs: server.URLs})
		up := ana.await(t, "up", func(e signaling.Event) bool { return e.Up != nil && e.Token == "first use" }).Up
		if up.Key != server.Key {
			t.Errorf("key %v at the first use", up.Key)
		}
	}
}

// TestOwnCertificateUnderAName: a server's own certificate is good under a name, as under a number.
func TestOwnCertificateUnderAName(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	ana := newPerson(t, func(o *Options) { o.Roots = newAuthority(t).pool })
	ana.client.Connect("home", named(server.Server().Key, server.Rendezvous().Listening().String()))
	ana.awaitUp(t)
	other := rendezvoustest.Start(t)
	ana.client.Connect("other", named(server.Server().Key, other.Rendezvous().Listening().String()))
	ana.awaitDown(t, signaling.CodeKey)
}

func TestCertificatesThatAreRefused(t *testing.T) {
	t.Parallel()
	trusted, unknown := newAuthority(t), newAuthority(t)
	soon := time.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		certificate tls.Certificate
		host        string
		want        signaling.Code
	}{
		"expired":        {trusted.issue(t, "localhost", time.Now().Add(-time.Hour)), "localhost", signaling.CodeCertificate},
		"another name":   {trusted.issue(t, "example.org", soon), "localhost", signaling.CodeCertificate},
		"unknown issuer": {unknown.issue(t, "localhost", soon), "localhost", signaling.CodeCertificate},
		"a number":       {trusted.issue(t, "127.0.0.1", soon), "127.0.0.1", signaling.CodeKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := front(t, c.certificate)
			server.URLs[0] = strings.Replace(server.URLs[0], "localhost", c.host, 1)
			ana := newPerson(t, func(o *Options) { o.Roots = trusted.pool })
			ana.client.Connect("home", server)
			ana.awaitDown(t, c.want)
		})
	}
}

// impostor has a certificate of the web for the name, and not the server's key.
// claimed is the key that it says it has, and own the one that it signs with.
func impostor(t *testing.T, certificate tls.Certificate, claimed identity.ServerKey, own ed25519.PrivateKey) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.SubprotocolProtobuf}})
		if err != nil {
			return
		}
		defer func() { _ = socket.CloseNow() }()
		socket.SetReadLimit(wire.MaxServerFrame)
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		nonce := protocol.Nonce{1}
		say := func(frame *wire.ServerFrame) {
			data, encodeErr := protocol.Protobuf.Encode(frame)
			if encodeErr == nil {
				_ = socket.Write(ctx, websocket.MessageBinary, data)
			}
		}
		say(&wire.ServerFrame{Kind: &wire.ServerFrame_Challenge{Challenge: &wire.Challenge{
			Major: wire.Major, ServerKey: claimed[:], Nonce: nonce[:], TimeMs: time.Now().UnixMilli(),
		}}})
		_, data, err := socket.Read(ctx)
		var frame wire.ClientFrame
		if err != nil || protocol.Protobuf.Decode(data, &frame) != nil {
			return
		}
		login := frame.GetLogin()
		say(&wire.ServerFrame{Kind: &wire.ServerFrame_Welcome{Welcome: &wire.Welcome{
			Signature: identity.Sign(own, identity.ContextWelcome, protocol.WelcomeMessage(
				protocol.Nonce(login.GetClientNonce()), nonce, identity.PeerID(login.GetIdentity()), identity.DeviceID(login.GetDevice()))),
			TimeMs: time.Now().UnixMilli(), HeartbeatMs: 10_000,
		}}})
		_, _, _ = socket.Read(ctx) // until the other side leaves
	}))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// TestManInTheMiddleWithCertificate: a certificate for the name is not enough,
// whether it shows its own key or says that it has the server's.
func TestManInTheMiddleWithCertificate(t *testing.T) {
	t.Parallel()
	trusted := newAuthority(t)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	theirs, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pinned := identity.ServerKey(theirs)
	for name, claimed := range map[string]identity.ServerKey{"with a key of its own": identity.ServerKey(public), "with the server's key": pinned} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := impostor(t, trusted.issue(t, "localhost", time.Now().Add(time.Hour)), claimed, private)
			ana := newPerson(t, func(o *Options) { o.Roots = trusted.pool })
			ana.client.Connect("home", named(pinned, address))
			ana.awaitDown(t, signaling.CodeKey)
		})
	}
	// It is the key that is missing: without a pinned one the same is let in.
	address := impostor(t, trusted.issue(t, "localhost", time.Now().Add(time.Hour)), identity.ServerKey(public), private)
	ana := newPerson(t, func(o *Options) { o.Roots = trusted.pool })
	ana.client.Connect("home", named(identity.ServerKey{}, address))
	if up := ana.awaitUp(t); up.Key != identity.ServerKey(public) {
		t.Errorf("key %v", up.Key)
	}
}

// TestNeverPlainElsewhere: without TLS only this machine is spoken to.
func TestNeverPlainElsewhere(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"ws://example.invalid:1", "ws://192.0.2.1:1", "ws://[2001:db8::1]:1", "http://localhost:1"} {
		_, _, err := dialer{}.dial(t.Context(), address, identity.ServerKey{}, protocol.Protobuf)
		if failure := failureOf(err); failure.Code != signaling.CodeNotServer {
			t.Errorf("%s: %v", address, err)
		}
	}
}
