package rendezvoustest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net/netip"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/turn"
)

// Server is a running server.
type Server struct {
	testing testing.TB
	options rendezvous.Options
	address netip.AddrPort

	mu     sync.Mutex
	server *rendezvous.Server
	ended  chan error
}

// Start runs a server on 127.0.0.1 with TLS and a relay that reaches loopback,
// until the test ends. Each change may set other options.
func Start(t testing.TB, changes ...func(*rendezvous.Options)) *Server {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatalf("server key: %v", err)
	}
	s := &Server{testing: t, options: rendezvous.Options{
		Key: key, Listen: "127.0.0.1:0", TLS: true,
		Relay: turn.Options{AllowPrivate: true, AllowLoopback: true}.Open,
	}}
	for _, change := range changes {
		change(&s.options)
	}
	s.Begin()
	t.Cleanup(s.Stop)
	return s
}

// Begin starts a stopped server again, with the same key at the same address;
// what the memory engine knew is gone.
func (s *Server) Begin() {
	s.testing.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return
	}
	options := s.options
	if s.address.IsValid() {
		options.Listen = s.address.String()
	}
	server, err := rendezvous.New(options)
	if err != nil {
		s.testing.Fatalf("starting the rendezvous server: %v", err)
	}
	s.server, s.address, s.ended = server, server.Listening(), make(chan error, 1)
	ended := s.ended
	go func() { ended <- server.Run(context.Background()) }()
}

// BeginWith starts a stopped server again with other options.
func (s *Server) BeginWith(change func(*rendezvous.Options)) {
	s.testing.Helper()
	s.mu.Lock()
	change(&s.options)
	s.mu.Unlock()
	s.Begin()
}

// Stop stops the server and waits. It may be stopped already.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return
	}
	if err := s.server.Close(); err != nil {
		s.testing.Errorf("closing the rendezvous server: %v", err)
	}
	if err := <-s.ended; err != nil {
		s.testing.Errorf("the rendezvous server ended: %v", err)
	}
	s.server = nil
}

// Rendezvous returns the running server.
func (s *Server) Rendezvous() *rendezvous.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.server
}

// Server returns its key and URLs.
func (s *Server) Server() identity.Server { return s.Rendezvous().Server() }

// Address returns the text form with the key.
func (s *Server) Address() string { return s.Rendezvous().Address() }
