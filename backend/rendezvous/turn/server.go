package turn

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/relay"
)

// Server is STUN and TURN.
type Server struct {
	options     Options
	secret      [32]byte
	address     netip.Addr // of relayed packets, as others see it
	bind        netip.Addr // where their sockets are opened
	port        uint16     // UDP
	portTCP     uint16     // 0 for none
	portTLS     uint16     // 0 for none
	udp         io.Closer
	listeners   []net.Listener
	secure      *tls.Config
	connections *connections
	running     sync.WaitGroup // goroutines of listeners and connections

	quotas *quotas
	places *places
	total  rate
	own    ownAddresses

	mu     sync.RWMutex
	closed bool
	taken  int                 // allocations, those that are being made included
	ports  map[uint16]*relayed // live allocations

	banMu       sync.Mutex
	bannedPeers map[identity.PeerID]string // their tags
	banned      atomic.Pointer[map[string]time.Time]

	bytes, refused, dropped atomic.Uint64
}

// Open implements relay.Open: what the options leave open is the rendezvous
// server's. Error: *relay.ListenError, or of the options.
func (o Options) Open(ctx context.Context, beside relay.Beside) (relay.Server, error) {
	options := o
	if options.Listen == "" {
		options.Listen = beside.Listen
	}
	options.TLS, options.TLSNamesOnly = beside.TLS, beside.TLSNamesOnly
	options.Refuse, options.Logger, options.Now, options.Random = beside.Refuse, beside.Logger, beside.Now, beside.Random
	opened, err := New(ctx, options)
	if err != nil {
		return nil, err // not a nil *Server, which were a relay
	}
	return opened, nil
}

// New opens the sockets and serves until Close. Error: *relay.ListenError, or of options.
func New(ctx context.Context, options Options) (*Server, error) {
	options = options.withDefaults()
	if options.ListenTLS != "" && options.TLS == nil {
		return nil, errors.New("turn: TLS needs a certificate")
	}
	s := &Server{
		options: options, ports: make(map[uint16]*relayed), quotas: newQuotas(options.Peers),
		places:      newPlaces(options.Limits.Requests, options.Limits.RequestsAll),
		connections: newConnections(options.Connections, options.ConnectionsPerPrefix),
	}
	if options.TLS != nil {
		s.secure = options.TLS.Clone()
		s.secure.NextProtos = []string{alpn}
	}
	if _, err := io.ReadFull(options.Random, s.secret[:]); err != nil {
		return nil, fmt.Errorf("turn: %w", err)
	}
	if err := s.listenUDP(ctx); err != nil {
		return nil, err
	}
	if err := s.listenStreams(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) listenUDP(ctx context.Context) error {
	opened, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp", s.options.Listen)
	if err != nil {
		return &relay.ListenError{Address: s.options.Listen + " (UDP, for STUN and TURN)", Err: err}
	}
	socket, ok := opened.(*net.UDPConn)
	if !ok {
		return errors.Join(errors.New("turn: another kind of socket"), opened.Close())
	}
	// All clients share it; the system may give less, which is no error.
	_ = socket.SetReadBuffer(udpBuffer)
	_ = socket.SetWriteBuffer(udpBuffer)
	at := addressOf(socket.LocalAddr())
	s.port = at.Port()
	s.address, s.bind = relayAddress(s.options.Address, at.Addr())
	all := newFront(s)
	s.udp, err = all.serve(&datagrams{UDPConn: socket, front: all})
	if err != nil {
		return errors.Join(err, socket.Close())
	}
	return nil
}

func (s *Server) listenStreams(ctx context.Context) error {
	tcp, secure := s.options.ListenTCP, s.options.ListenTLS
	open := func(address, transport string, takes takes) (uint16, error) {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return 0, &relay.ListenError{Address: address + " (" + transport + ", for TURN)", Err: err}
		}
		s.listeners = append(s.listeners, listener)
		s.running.Go(func() { s.accept(listener, takes) }) //nolint:contextcheck // connections end with Close; ctx is for opening
		return addressOf(listener.Addr()).Port(), nil
	}
	var err error
	if tcp != "" && tcp == secure {
		s.portTCP, err = open(tcp, "TCP and TLS", takesBoth)
		s.portTLS = s.portTCP
		return err
	}
	if tcp != "" {
		s.portTCP, err = open(tcp, "TCP", takesPlain)
	}
	if secure != "" && err == nil {
		s.portTLS, err = open(secure, "TLS", takesTLS)
	}
	return err
}

// Close ends every allocation and connection, and waits for its own
// goroutines. It is called once.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	var err error
	for _, listener := range s.listeners {
		err = errors.Join(err, ignoreClosed(listener.Close()))
	}
	for _, one := range s.connections.all() {
		one.cut()
	}
	err = errors.Join(err, ignoreClosed(s.udp.Close()))
	// The library ends its allocations in its own time; we do not wait for that.
	for _, allocation := range s.allocations() {
		err = errors.Join(err, ignoreClosed(allocation.Close()))
	}
	s.running.Wait()
	return err
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Counts implements relay.Server.
func (s *Server) Counts() relay.Counts {
	s.mu.RLock()
	allocations := len(s.ports)
	s.mu.RUnlock()
	return relay.Counts{
		Allocations: allocations, Connections: s.connections.count(),
		Bytes: s.bytes.Load(), Refused: s.refused.Load(), Dropped: s.dropped.Load(),
	}
}

// Ports returns the ports of UDP, TCP and TLS; 0 for what there is not.
func (s *Server) Ports() (udp, tcp, secure uint16) { return s.port, s.portTCP, s.portTLS }

// allocate opens the socket of an allocation.
func (s *Server) allocate(tag string) (*relayed, error) {
	s.mu.Lock()
	if s.closed || s.taken >= s.options.Allocations {
		s.mu.Unlock()
		return nil, errQuota
	}
	s.taken++
	s.mu.Unlock()
	allocation, err := s.openRelayed(tag)
	if err != nil {
		s.mu.Lock()
		s.taken--
		s.mu.Unlock()
		return nil, err
	}
	s.mu.Lock()
	s.ports[allocation.port] = allocation
	isClosed := s.closed
	s.mu.Unlock()
	// Whoever closes or bans looks at the list, where this one may not have been yet.
	if isClosed || s.isBanned(tag) {
		return nil, errors.Join(errStopping, allocation.Close())
	}
	return allocation, nil
}

func (s *Server) openRelayed(tag string) (*relayed, error) {
	held := s.quotas.take(tag, s.options.PerPeer, s.options.BytesPerDay, s.options.Now())
	if held == nil {
		return nil, errQuota
	}
	// An allocation lives until the library or Close closes it.
	socket, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(s.bind, 0)))
	if err != nil {
		s.quotas.give(tag)
		return nil, fmt.Errorf("turn: %w", err)
	}
	return &relayed{
		UDPConn: socket, server: s, tag: tag, account: held, port: addressOf(socket.LocalAddr()).Port(),
		reaches: make(map[netip.Addr]bool), channels: make(map[uint16]bool),
	}, nil
}

// release gives back what an allocation holds, while its port is still its own.
func (s *Server) release(allocation *relayed) {
	s.mu.Lock()
	if s.ports[allocation.port] == allocation {
		delete(s.ports, allocation.port)
	}
	s.taken--
	s.mu.Unlock()
	s.quotas.give(allocation.tag)
}

func (s *Server) allocationAt(port uint16) *relayed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ports[port]
}

func (s *Server) allocations() []*relayed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Collect(maps.Values(s.ports))
}
