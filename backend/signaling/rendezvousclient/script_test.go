package rendezvousclient

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// script is a server of messages in memory, for virtual time. Its answers can
// be changed while it runs.
type script struct {
	key ed25519.PrivateKey

	mu      sync.Mutex
	refuse  error                                       // of the next dials
	dials   []time.Time                                 // when
	adjust  func(*wire.ServerFrame)                     // changes what is sent
	answer  func(*wire.ClientFrame) []*wire.ServerFrame // to everything but the login and heartbeats; nil answers nothing
	deaf    bool                                        // heartbeats are not answered
	beats   []time.Time                                 // of heartbeats
	frames  []*wire.ClientFrame                         // other frames
	pipe    *pipe                                       // the latest
	ahead   time.Duration                               // of the server's clock
	relayed *wire.RelayCredentials                      // in the welcome
}

func newScript(t *testing.T) *script {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &script{key: key}
}

func (s *script) server() identity.Server {
	return identity.Server{Key: s.public(), URLs: []string{"wss://script:1"}}
}

func (s *script) public() identity.ServerKey {
	return identity.ServerKey(s.key[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
}

// pipe is one socket.
type pipe struct {
	toClient chan []byte
	toServer chan []byte
	once     sync.Once
	closed   chan struct{}
}

var errPipe = errors.New("closed pipe")

func (p *pipe) Read(ctx context.Context) ([]byte, error) {
	select {
	case data := <-p.toClient:
		return data, nil
	case <-p.closed:
		// What was sent before the end is still read.
		select {
		case data := <-p.toClient:
			return data, nil
		default:
			return nil, errPipe
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipe) Write(ctx context.Context, data []byte) error {
	select {
	case p.toServer <- data:
		return nil
	case <-p.closed:
		return errPipe
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pipe) Close() { p.once.Do(func() { close(p.closed) }) }

func (s *script) dial(context.Context, string, identity.ServerKey, protocol.Encoding) (Conn, identity.ServerKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials = append(s.dials, time.Now())
	if s.refuse != nil {
		return nil, identity.ServerKey{}, s.refuse
	}
	s.pipe = &pipe{toClient: make(chan []byte, 1000), toServer: make(chan []byte, 1000), closed: make(chan struct{})}
	go s.serve(s.pipe)
	return s.pipe, s.public(), nil
}

func (s *script) write(p *pipe, frame *wire.ServerFrame) {
	s.mu.Lock()
	adjust := s.adjust
	s.mu.Unlock()
	if adjust != nil {
		adjust(frame)
	}
	data, err := protocol.Protobuf.Encode(frame)
	if err == nil {
		p.toClient <- data
	}
}

func (s *script) serve(p *pipe) {
	nonce := protocol.Nonce{1}
	key := s.public()
	s.write(p, &wire.ServerFrame{Kind: &wire.ServerFrame_Challenge{Challenge: &wire.Challenge{
		Major: wire.Major, ServerKey: key[:], Nonce: nonce[:], TimeMs: time.Now().UnixMilli(),
	}}})
	for {
		var data []byte
		select {
		case data = <-p.toServer:
		case <-p.closed:
			return
		}
		var frame wire.ClientFrame
		if protocol.Protobuf.Decode(data, &frame) != nil {
			continue
		}
		for _, reply := range s.handle(&frame, nonce) {
			s.write(p, reply)
		}
	}
}

func (s *script) handle(frame *wire.ClientFrame, nonce protocol.Nonce) []*wire.ServerFrame {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now().Add(s.ahead).UnixMilli()
	switch kind := frame.GetKind().(type) {
	case *wire.ClientFrame_Login:
		l := kind.Login
		signature := identity.Sign(s.key, identity.ContextWelcome, protocol.WelcomeMessage(
			protocol.Nonce(l.GetClientNonce()), nonce, identity.PeerID(l.GetIdentity()), identity.DeviceID(l.GetDevice())))
		return []*wire.ServerFrame{{Kind: &wire.ServerFrame_Welcome{Welcome: &wire.Welcome{
			Signature: signature, TimeMs: now, HeartbeatMs: 10_000, LeaseMs: 30_000, Relay: s.relayed,
		}}}}
	case *wire.ClientFrame_Heartbeat:
		s.beats = append(s.beats, time.Now())
		if s.deaf {
			return nil
		}
		return []*wire.ServerFrame{{Kind: &wire.ServerFrame_HeartbeatReply{HeartbeatReply: &wire.HeartbeatReply{Id: kind.Heartbeat.GetId(), TimeMs: now}}}}
	}
	s.frames = append(s.frames, frame)
	if s.answer != nil {
		return s.answer(frame)
	}
	return nil
}

func (s *script) set(change func(*script)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}
