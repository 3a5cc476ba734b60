package rendezvous

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v2"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	relayRealm = "tincan"
	// afterlife is how long an allocation that is in use may be refreshed after
	// its credentials expired: a line must not break after an hour.
	afterlife = 12 * time.Hour
)

// relayServer is STUN and TURN (RFC 5389, RFC 5766) over one UDP socket.
//
// Credentials are "<expiry>:<tag>" and an HMAC of it: the server keeps no list,
// and the tag, which crosses the network in the clear, names a peer to this
// process only.
type relayServer struct {
	options *Options
	secret  [32]byte
	socket  net.PacketConn
	port    uint16
	address netip.Addr // of relayed packets, as others see it
	bind    netip.Addr // where their sockets are opened
	server  *turn.Server

	mu      sync.Mutex
	current caller            // whose request is being handled: one reader handles one after the other
	held    map[string]int    // allocations by tag
	ports   map[uint16]bool   // of live allocations
	own     []netip.Addr      // this machine's addresses
	ownAt   time.Time         // when they were read
	open    map[*relayed]bool // sockets of live allocations

	bytes atomic.Uint64 // relayed, both ways
}

// RelayCounts are of STUN and TURN.
type RelayCounts struct {
	Allocations int    // now
	Bytes       uint64 // relayed since the start, both ways
}

// RelayCounts returns them; zeros without a relay.
func (s *Server) RelayCounts() RelayCounts {
	if s.relay == nil {
		return RelayCounts{}
	}
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	return RelayCounts{Allocations: len(s.relay.open), Bytes: s.relay.bytes.Load()}
}

type caller struct {
	tag     string
	expired bool
}

func newRelay(ctx context.Context, options *Options, listening netip.AddrPort) (*relayServer, error) {
	r := &relayServer{
		options: options, held: make(map[string]int), ports: make(map[uint16]bool), open: make(map[*relayed]bool),
	}
	if _, err := io.ReadFull(options.Random, r.secret[:]); err != nil {
		return nil, fmt.Errorf("rendezvous: relay: %w", err)
	}
	listen := options.Relay.Listen
	if listen == "" {
		listen = listening.String()
	}
	socket, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp", listen)
	if err != nil {
		return nil, describe(err, listen+" (UDP, for STUN and TURN)")
	}
	address := addressOf(socket.LocalAddr())
	r.port = address.Port()
	r.address, r.bind = relayAddress(options.Relay.Address, address.Addr())
	r.socket = &guarded{PacketConn: socket, refuse: options.Refuse}
	r.server, err = turn.NewServer(turn.ServerConfig{
		Realm:         relayRealm,
		AuthHandler:   r.authenticate,
		LoggerFactory: silentLoggers{},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn: r.socket, RelayAddressGenerator: r, PermissionHandler: r.permit,
		}},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("rendezvous: relay: %w", err), socket.Close())
	}
	return r, nil
}

// relayAddress chooses the address that others see and the one that sockets
// are bound to: the same, unless the first is that of a NAT in front of us.
func relayAddress(configured, listening netip.Addr) (address, bind netip.Addr) {
	address = configured.Unmap()
	if !address.IsValid() {
		address = listening
	}
	machine := machineAddresses()
	if !address.Is4() || address.IsUnspecified() {
		address = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		for _, addr := range machine {
			if addr.Is4() && !addr.IsLoopback() && !addr.IsLinkLocalUnicast() {
				address = addr
				break
			}
		}
	}
	if address.IsLoopback() {
		return address, address
	}
	if slices.Contains(machine, address) {
		return address, address
	}
	return address, netip.IPv4Unspecified()
}

func (r *relayServer) close() error {
	err := r.server.Close()
	// The library ends its allocations on its own time; we do not wait for that.
	r.mu.Lock()
	sockets := make([]*relayed, 0, len(r.open))
	for socket := range r.open {
		sockets = append(sockets, socket)
	}
	r.mu.Unlock()
	for _, socket := range sockets {
		err = errors.Join(err, ignoreClosed(socket.Close()))
	}
	return ignoreClosed(err)
}

// credentials are for one peer; host is how its device reaches this machine.
func (r *relayServer) credentials(peer identity.PeerID, host string) *wire.RelayCredentials {
	if r.options.Relay.Host != "" {
		host = r.options.Relay.Host
	}
	if host == "" {
		host = r.address.String()
	}
	expires := r.options.Now().Add(r.options.Relay.Lifetime)
	username := strconv.FormatInt(expires.Unix(), 10) + ":" + hex.EncodeToString(r.mac("tag", string(peer[:]))[:8])
	at := net.JoinHostPort(strings.Trim(host, "[]"), portText(r.port))
	return &wire.RelayCredentials{
		Urls:     []string{"stun:" + at, "turn:" + at + "?transport=udp"},
		Username: username, Password: r.password(username), ExpiresMs: expires.UnixMilli(),
	}
}

func (r *relayServer) mac(purpose, text string) []byte {
	mac := hmac.New(sha256.New, r.secret[:])
	_, _ = io.WriteString(mac, purpose+"\x00"+text) // a hash takes everything
	return mac.Sum(nil)
}

func (r *relayServer) password(username string) string {
	return base64.RawURLEncoding.EncodeToString(r.mac("password", username))
}

// authenticate implements turn.AuthHandler.
func (r *relayServer) authenticate(username, realm string, _ net.Addr) ([]byte, bool) {
	expiry, tag, found := strings.Cut(username, ":")
	if !found || realm != relayRealm || len(username) > 64 {
		return nil, false
	}
	seconds, err := strconv.ParseInt(expiry, 10, 64)
	if err != nil {
		return nil, false
	}
	late := r.options.Now().Sub(time.Unix(seconds, 0))
	r.mu.Lock()
	defer r.mu.Unlock()
	if late > 0 && (r.held[tag] == 0 || late > afterlife) {
		return nil, false
	}
	r.current = caller{tag: tag, expired: late > 0}
	return turn.GenerateAuthKey(username, realm, r.password(username)), true
}

// permit implements turn.PermissionHandler.
func (r *relayServer) permit(_ net.Addr, ip net.IP) bool {
	addr, ok := netip.AddrFromSlice(ip)
	return ok && r.mayReach(addr.Unmap())
}

// mayReach says whether packets may go to an address. Our own relay address is
// allowed here, because two peers may both be relayed by us: relayed lets
// packets through to ports of live allocations only.
func (r *relayServer) mayReach(addr netip.Addr) bool {
	if r.options.Refuse(addr) {
		return false
	}
	if addr == r.address {
		return true
	}
	relay := &r.options.Relay
	if denied(addr, relay.AllowPrivate, relay.AllowLoopback) {
		return false
	}
	return relay.AllowLoopback || !r.isOwn(addr)
}

// isOwn says whether an address is this machine's.
func (r *relayServer) isOwn(addr netip.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.options.Now(); r.ownAt.IsZero() || now.Sub(r.ownAt) > time.Minute {
		r.own, r.ownAt = machineAddresses(), now
	}
	return slices.Contains(r.own, addr)
}

// mayExchange says whether packets may pass between an allocation and an address and port.
func (r *relayServer) mayExchange(with netip.AddrPort) bool {
	if !r.mayReach(with.Addr()) {
		return false
	}
	if with.Addr() != r.address || r.options.Relay.AllowLoopback {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ports[with.Port()]
}

// Errors of an allocation; the library answers 508 (Insufficient Capacity).
var (
	errQuota = errors.New("rendezvous: relay: too many allocations")
	errNoTCP = errors.New("rendezvous: relay: only UDP is relayed")
)

// Validate implements turn.RelayAddressGenerator.
func (r *relayServer) Validate() error { return nil }

// AllocateConn implements turn.RelayAddressGenerator.
func (r *relayServer) AllocateConn(string, int) (net.Conn, net.Addr, error) {
	return nil, nil, errNoTCP
}

// AllocatePacketConn implements turn.RelayAddressGenerator. It runs in the
// goroutine that just authenticated r.current.
func (r *relayServer) AllocatePacketConn(_ string, requestedPort int) (net.PacketConn, net.Addr, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	tag := r.current.tag
	if r.current.expired || r.held[tag] >= r.options.Relay.PerPeer || len(r.open) >= r.options.Relay.Allocations {
		return nil, nil, errQuota
	}
	socket, err := (&net.ListenConfig{}).ListenPacket(context.Background(), "udp4",
		net.JoinHostPort(r.bind.String(), strconv.Itoa(requestedPort)))
	if err != nil {
		return nil, nil, fmt.Errorf("rendezvous: relay: %w", err)
	}
	port := addressOf(socket.LocalAddr()).Port()
	allocation := &relayed{PacketConn: socket, relay: r, tag: tag, port: port}
	rate := float64(r.options.Relay.BytesPerSecond)
	now := r.options.Now()
	allocation.in = bucket{tokens: rate, filled: now}
	allocation.out = bucket{tokens: rate, filled: now}
	r.held[tag]++
	r.open[allocation] = true
	r.ports[port] = true
	return allocation, net.UDPAddrFromAddrPort(netip.AddrPortFrom(r.address, port)), nil
}

// relayed is the socket of one allocation: it drops packets that may not pass,
// and those over the rate.
type relayed struct {
	net.PacketConn

	relay  *relayServer
	tag    string
	port   uint16
	closed sync.Once

	inMu, outMu sync.Mutex
	in, out     bucket
}

// ReadFrom implements net.PacketConn.
func (c *relayed) ReadFrom(buffer []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(buffer)
		if err != nil {
			return n, from, err
		}
		if c.relay.mayExchange(addressOf(from)) && c.pass(&c.inMu, &c.in, n) {
			c.relay.bytes.Add(uint64(n))
			return n, from, nil
		}
	}
}

// WriteTo implements net.PacketConn. A dropped packet looks sent, as on any network.
func (c *relayed) WriteTo(packet []byte, to net.Addr) (int, error) {
	if !c.relay.mayExchange(addressOf(to)) || !c.pass(&c.outMu, &c.out, len(packet)) {
		return len(packet), nil
	}
	n, err := c.PacketConn.WriteTo(packet, to)
	c.relay.bytes.Add(uint64(n))
	return n, err
}

func (c *relayed) pass(mu *sync.Mutex, tokens *bucket, size int) bool {
	mu.Lock()
	defer mu.Unlock()
	rate := float64(c.relay.options.Relay.BytesPerSecond)
	return tokens.takeMany(float64(size), rate, rate, c.relay.options.Now())
}

// Close implements net.PacketConn.
func (c *relayed) Close() error {
	c.closed.Do(func() {
		r := c.relay
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.open, c)
		delete(r.ports, c.port)
		if r.held[c.tag]--; r.held[c.tag] <= 0 {
			delete(r.held, c.tag)
		}
	})
	return c.PacketConn.Close()
}

// guarded drops what banned addresses send to the TURN socket itself.
type guarded struct {
	net.PacketConn

	refuse func(netip.Addr) bool
}

// ReadFrom implements net.PacketConn.
func (g *guarded) ReadFrom(buffer []byte) (int, net.Addr, error) {
	for {
		n, from, err := g.PacketConn.ReadFrom(buffer)
		if err != nil || !g.refuse(addressOf(from).Addr()) {
			return n, from, err
		}
	}
}

// silentLoggers keeps the library quiet: it would log addresses in full.
type silentLoggers struct{}

// NewLogger implements logging.LoggerFactory.
func (silentLoggers) NewLogger(string) logging.LeveledLogger { return silentLogger{} }

type silentLogger struct{}

func (silentLogger) Trace(string)          {}
func (silentLogger) Tracef(string, ...any) {}
func (silentLogger) Debug(string)          {}
func (silentLogger) Debugf(string, ...any) {}
func (silentLogger) Info(string)           {}
func (silentLogger) Infof(string, ...any)  {}
func (silentLogger) Warn(string)           {}
func (silentLogger) Warnf(string, ...any)  {}
func (silentLogger) Error(string)          {}
func (silentLogger) Errorf(string, ...any) {}
