package protocol_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

func newKey(t *testing.T) (ed25519.PrivateKey, identity.ServerKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private, identity.ServerKey(public)
}

// handshake returns what the client's side says.
func handshake(t *testing.T, server, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	near, far := net.Pipe()
	defer func() { _ = near.Close() }()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = far.Close() }()
		_ = tls.Server(far, server).HandshakeContext(ctx) // the client's answer is the one that counts
	}()
	conn := tls.Client(near, client)
	err := conn.HandshakeContext(ctx)
	state := conn.ConnectionState()
	_ = near.Close()
	<-done
	return state, err
}

func TestPinnedTLS(t *testing.T) {
	t.Parallel()
	private, key := newKey(t)
	_, other := newKey(t)
	server, err := protocol.ServerTLS(private, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, pinned := range []identity.ServerKey{key, {}} {
		state, handshakeErr := handshake(t, server, protocol.ClientTLS(pinned))
		if handshakeErr != nil || state.Version != tls.VersionTLS13 {
			t.Fatalf("handshake: %v", handshakeErr)
		}
		if got, keyErr := protocol.KeyOf(state); keyErr != nil || got != key {
			t.Errorf("KeyOf = %v, %v", got, keyErr)
		}
	}
	if _, err = handshake(t, server, protocol.ClientTLS(other)); !errors.Is(err, protocol.ErrOtherKey) {
		t.Errorf("with another key: %v", err)
	}
	foreign := foreignTLS(t)
	if _, err = handshake(t, foreign, protocol.ClientTLS(identity.ServerKey{})); !errors.Is(err, protocol.ErrNoKey) {
		t.Errorf("a web server: %v", err)
	}
	if _, err = handshake(t, foreign, protocol.ClientTLS(key)); !errors.Is(err, protocol.ErrOtherKey) {
		t.Errorf("a web server in place of ours: %v", err)
	}
	old := server.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if _, err = handshake(t, old, protocol.ClientTLS(key)); err == nil {
		t.Error("TLS 1.2 was accepted")
	}
	if _, err = protocol.KeyOf(tls.ConnectionState{}); !errors.Is(err, protocol.ErrNoKey) {
		t.Errorf("KeyOf of nothing = %v", err)
	}
}

// foreignTLS is what a web server has: a certificate of another kind.
func foreignTLS(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func TestSubprotocols(t *testing.T) {
	t.Parallel()
	for _, name := range protocol.Subprotocols() {
		encoding, ok := protocol.EncodingOf(name)
		if !ok || encoding.Subprotocol() != name {
			t.Errorf("EncodingOf(%q) = %v, %t", name, encoding, ok)
		}
	}
	if _, ok := protocol.EncodingOf("chat"); ok {
		t.Error("an unknown subprotocol")
	}
}

// TestLargestFrames: what one encoding carries the other one does too.
func TestLargestFrames(t *testing.T) {
	t.Parallel()
	frame := &wire.ServerFrame{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: make([]byte, wire.MaxEnvelope)}}}
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		data, err := encoding.Encode(frame)
		if err != nil {
			t.Fatal(err)
		}
		var again wire.ServerFrame
		if err = encoding.Decode(data, &again); err != nil || !proto.Equal(frame, &again) {
			t.Errorf("%s: %v", encoding.Subprotocol(), err)
		}
		large := make([]byte, encoding.Limit(wire.MaxServerFrame)+1)
		if err = encoding.Decode(large, &again); !errors.Is(err, wire.ErrTooLarge) {
			t.Errorf("%s: too large: %v", encoding.Subprotocol(), err)
		}
	}
}

func TestMessagesDiffer(t *testing.T) {
	t.Parallel()
	one := protocol.LoginMessage(identity.ServerKey{1}, protocol.Nonce{2}, protocol.Nonce{3}, identity.PeerID{4}, identity.DeviceID{5})
	if len(one) != 160 || one[0] != 1 || one[32] != 2 || one[64] != 3 || one[96] != 4 || one[128] != 5 {
		t.Errorf("login message %x", one)
	}
	two := protocol.WelcomeMessage(protocol.Nonce{1}, protocol.Nonce{2}, identity.PeerID{3}, identity.DeviceID{4})
	if len(two) != 128 || two[0] != 1 || two[32] != 2 || two[64] != 3 || two[96] != 4 {
		t.Errorf("welcome message %x", two)
	}
}

// FuzzDecode: what decodes can be encoded and decodes to the same; errors never
// hold what was read.
func FuzzDecode(f *testing.F) {
	f.Add(false, []byte{0x12, 0x02, 0x08, 0x01})
	f.Add(true, []byte(`{"heartbeat":{"id":"1"}}`))
	f.Add(true, []byte(`{"sendSignal":{"to":"AAAA","envelope":"AAAA"},"newer":[{}]}`))
	f.Add(true, []byte(`{"login":{"record":{"keyRecords":[{},{}]}}}`))
	f.Fuzz(func(t *testing.T, text bool, data []byte) {
		encoding := protocol.Protobuf
		if text {
			encoding = protocol.JSON
		}
		var frame, again wire.ClientFrame
		if err := encoding.Decode(data, &frame); err != nil {
			if len(data) > 16 && strings.Contains(err.Error(), string(data)) {
				t.Error("the error holds what was read")
			}
			return
		}
		encoded, err := encoding.Encode(&frame)
		if err != nil {
			t.Fatal(err)
		}
		if len(encoded) > encoding.Limit(wire.MaxServerFrame) {
			return
		}
		if err = encoding.Decode(encoded, &again); err != nil || !proto.Equal(&frame, &again) {
			t.Errorf("decodes to another frame: %v", err)
		}
	})
}
