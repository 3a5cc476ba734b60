package main

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// peer is a device's session with the program.
type peer struct {
	testing *testing.T
	socket  *websocket.Conn
}

// dial connects to a server without TLS.
func dial(t *testing.T, address string) *peer {
	t.Helper()
	url, _, _ := strings.Cut(address, "/#")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	socket, answer, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{protocol.SubprotocolProtobuf}})
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	if answer.Body != nil {
		_ = answer.Body.Close()
	}
	t.Cleanup(func() { _ = socket.CloseNow() })
	socket.SetReadLimit(1 << 20)
	return &peer{testing: t, socket: socket}
}

func (p *peer) send(frame *wire.ClientFrame) {
	p.testing.Helper()
	data, err := wire.Encode(frame)
	if err == nil {
		err = p.socket.Write(p.testing.Context(), websocket.MessageBinary, data)
	}
	if err != nil {
		p.testing.Fatalf("send: %v", err)
	}
}

// until reads until a frame is what is waited for.
func (p *peer) until(what string, is func(*wire.ServerFrame) bool) *wire.ServerFrame {
	p.testing.Helper()
	ctx, cancel := context.WithTimeout(p.testing.Context(), patience)
	defer cancel()
	for {
		_, data, err := p.socket.Read(ctx)
		var frame wire.ServerFrame
		if err == nil {
			err = wire.Decode(data, wire.MaxServerFrame, &frame)
		}
		if err != nil {
			p.testing.Fatalf("waiting for %s: %v", what, err)
		}
		if is(&frame) {
			return &frame
		}
	}
}

// login says who is there, and returns the welcome or the error.
func (p *peer) login(device rendezvoustest.Device) *wire.ServerFrame {
	p.testing.Helper()
	challenge := p.until("challenge", func(frame *wire.ServerFrame) bool { return frame.GetChallenge() != nil }).GetChallenge()
	var nonce protocol.Nonce
	_, _ = rand.Read(nonce[:]) // never fails
	who, key := device.Peer(), device.Keys.Device()
	message := protocol.LoginMessage(identity.ServerKey(challenge.GetServerKey()), protocol.Nonce(challenge.GetNonce()), nonce, who, key)
	p.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Login{Login: &wire.Login{
		Major: wire.Major, Identity: who[:], Device: key[:], ClientNonce: nonce[:], Record: device.Record,
		Signature: device.SignAsDevice(identity.ContextLogin, message),
	}}})
	return p.until("an answer to the login", func(frame *wire.ServerFrame) bool { return frame.GetWelcome() != nil || frame.GetError() != nil })
}

// enter logs a device in.
func enter(t *testing.T, address string, device rendezvoustest.Device) *peer {
	t.Helper()
	p := dial(t, address)
	if answer := p.login(device); answer.GetWelcome() == nil {
		t.Fatalf("no welcome but %v", answer)
	}
	return p
}

// refused logs a device in that has to be refused.
func refused(t *testing.T, address string, device rendezvoustest.Device, code wire.ErrorCode) {
	t.Helper()
	if answer := dial(t, address).login(device); answer.GetError().GetCode() != code {
		t.Errorf("the login was answered by %v, want %v", answer, code)
	}
}

// expectError waits for the last words of a session.
func (p *peer) expectError(code wire.ErrorCode) {
	p.testing.Helper()
	told := p.until(code.String(), func(frame *wire.ServerFrame) bool { return frame.GetError() != nil }).GetError()
	if told.GetCode() != code {
		p.testing.Errorf("the session ended by %v, want %v", told, code)
	}
}

func eventually(t *testing.T, what string, met func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !met() {
		select {
		case <-deadline.C:
			t.Fatalf("waited in vain: %s", what)
		case <-again.C:
		}
	}
}
