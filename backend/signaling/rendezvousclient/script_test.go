package rendezvousclient

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
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
	offers  bool                                        // mailbox, directory and taking back
	logins  []*wire.Login
	url     string
}

func newScript(t *testing.T) *script {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &script{key: key, url: "wss://script:1"}
}

func (s *script) server() identity.Server {
	return identity.Server{Key: s.public(), URLs: []string{s.url}}
}

func (s *script) public() identity.ServerKey {
	return identity.ServerKey(s.key[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
}

// pipe is one socket.
type pipe struct {
	toClient chan []byte
	toServer chan []byte
	encoding protocol.Encoding
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

func (s *script) dial(_ context.Context, _ string, _ identity.ServerKey, encoding protocol.Encoding) (Conn, identity.ServerKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials = append(s.dials, time.Now())
	if s.refuse != nil {
		return nil, identity.ServerKey{}, s.refuse
	}
	s.pipe = &pipe{encoding: encoding, toClient: make(chan []byte, 1000), toServer: make(chan []byte, 1000), closed: make(chan struct{})}
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
	data, err := p.encoding.Encode(frame)
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
		if p.encoding.Decode(data, &frame) != nil {
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
		s.logins = append(s.logins, l)
		signature := identity.Sign(s.key, identity.ContextWelcome, protocol.WelcomeMessage(
			protocol.Nonce(l.GetClientNonce()), nonce, identity.PeerID(l.GetIdentity()), identity.DeviceID(l.GetDevice())))
		return []*wire.ServerFrame{{Kind: &wire.ServerFrame_Welcome{Welcome: &wire.Welcome{
			Signature: signature, TimeMs: now, HeartbeatMs: 10_000, LeaseMs: 30_000, Relay: s.relayed, Mailbox: s.offers, Directory: s.offers, Recall: s.offers,
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

// say writes a frame into the latest socket.
func (s *script) say(frame *wire.ServerFrame) {
	s.mu.Lock()
	latest := s.pipe
	s.mu.Unlock()
	s.write(latest, frame)
}

// leave ends the latest socket, and refuses new ones until further notice.
func (s *script) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = fail(signaling.CodeUnreachable, errPipe)
	s.pipe.Close()
}

// count returns how often a server was dialled, and how many logins it saw.
func (s *script) count() (dials, logins int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.dials), len(s.logins)
}

// seen returns the frames so far, without logins and heartbeats.
func (s *script) seen() []*wire.ClientFrame {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.frames)
}

// crowd is a network of scripted servers, by URL.
type crowd []*script

func newCrowd(t *testing.T, count int) crowd {
	t.Helper()
	all := make(crowd, count)
	for i := range all {
		all[i] = newScript(t)
		all[i].url = fmt.Sprintf("wss://script%d:1", i)
	}
	return all
}

func (c crowd) dial(ctx context.Context, address string, pinned identity.ServerKey, encoding protocol.Encoding) (Conn, identity.ServerKey, error) {
	for _, s := range c {
		if s.url == address {
			return s.dial(ctx, address, pinned, encoding)
		}
	}
	return nil, identity.ServerKey{}, fail(signaling.CodeUnreachable, errPipe)
}

// list returns a list of the whole crowd, with these weights and no load.
func (c crowd) list(made time.Time, weights ...uint32) *wire.ServerList {
	list := &wire.ServerList{TimeMs: made.UnixMilli()}
	for i, s := range c {
		key := s.public()
		list.Servers = append(list.Servers, &wire.ListedServer{Url: s.url, Key: key[:], Weight: weights[i]})
	}
	return list
}

// signed is the frame in which a server hands out a list.
func (s *script) signed(t *testing.T, list *wire.ServerList) *wire.ServerFrame {
	t.Helper()
	body, err := wire.Encode(list)
	if err != nil {
		t.Fatal(err)
	}
	return &wire.ServerFrame{Kind: &wire.ServerFrame_ServerList{ServerList: &wire.Signed{
		Body: body, Signature: identity.Sign(s.key, identity.ContextServers, body),
	}}}
}
