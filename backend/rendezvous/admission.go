package rendezvous

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// admission stands in front of everything: it refuses banned addresses and
// prefixes with too many connections that have not logged in.
type admission struct {
	server  *Server
	refuse  func(netip.Addr) bool
	proxies []netip.Prefix // which say for whom they come
	limits  Limits
	logger  *slog.Logger

	mu       sync.Mutex
	open     int
	unproved map[netip.Prefix]int
}

func newAdmission(server *Server) *admission {
	options := &server.options
	return &admission{
		server: server, refuse: options.Refuse, proxies: options.TrustedProxies, limits: options.Limits, logger: options.Logger,
		unproved: make(map[netip.Prefix]int),
	}
}

// enter takes a place for a connection from an address; false when there is
// none for it. A trusted proxy's is counted by [admission.identify].
func (a *admission) enter(address netip.AddrPort) (place, bool) {
	held := place{admission: a, address: address, isInside: true}
	a.mu.Lock()
	if a.open >= a.limits.Connections {
		a.mu.Unlock()
		a.server.refuse(address.Addr(), ReasonConnections)
		return place{}, false
	}
	a.open++
	a.mu.Unlock()
	if held.isProxy = within(a.proxies, address.Addr()); held.isProxy {
		return held, true
	}
	if !a.count(&held, address) {
		held.leave()
		return place{}, false
	}
	return held, true
}

// identify says who is behind a trusted proxy, as it read in the request.
func (a *admission) identify(held *place, header http.Header) error {
	if !held.isProxy {
		return nil
	}
	client, err := forwardedFor(header, held.address, a.proxies)
	if err != nil {
		return err
	}
	if !a.count(held, client) {
		return errRefused
	}
	return nil
}

// errRefused says that an address is banned or has too many connections.
var errRefused = errors.New("rendezvous: refused")

func (a *admission) count(held *place, address netip.AddrPort) bool {
	addr := address.Addr()
	prefix := prefixOf(addr)
	banned := a.refuse(addr)
	if banned || !a.mayConnect(addr) {
		reason := ReasonRate
		if banned {
			reason = ReasonBanned
			a.server.metBan(addr)
		}
		a.server.refuse(addr, reason)
		// Nothing is said to it: a refused address costs as little as possible.
		a.logger.Debug("connection refused", "from", truncated(addr))
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !held.isInside || a.unproved[prefix] >= a.limits.Unauthenticated {
		a.logger.Debug("connection refused: too many without a login", "from", truncated(addr))
		a.server.refuse(addr, ReasonConnections)
		if a.server.isGuarded(addr) {
			a.server.guard.Strike(addr, strikeCrowd.weight(), a.server.options.Now())
		}
		return false
	}
	held.address, held.isUnproved = address, true
	a.unproved[prefix]++
	return true
}

// mayConnect counts a new connection.
func (a *admission) mayConnect(addr netip.Addr) bool {
	if !a.server.isGuarded(addr) {
		return true
	}
	_, allowed := a.server.guard.Connect(addr, a.server.options.Now())
	return allowed
}

// place is what a connection that came in holds; admission.mu guards it.
type place struct {
	admission  *admission
	address    netip.AddrPort
	isProxy    bool // a trusted proxy connected
	isUnproved bool
	isInside   bool
}

// from is where the connection comes from.
func (p *place) from() netip.AddrPort {
	p.admission.mu.Lock()
	defer p.admission.mu.Unlock()
	return p.address
}

// observed is where the connection comes from as its device is told; without a
// port when a proxy knows none.
func (p *place) observed() string {
	from := p.from()
	if from.Port() == 0 {
		return from.Addr().String()
	}
	return from.String()
}

// prove says that the device behind the connection logged in.
func (p *place) prove() {
	p.admission.mu.Lock()
	defer p.admission.mu.Unlock()
	p.proved()
}

func (p *place) proved() {
	if !p.isUnproved {
		return
	}
	p.isUnproved = false
	prefix := prefixOf(p.address.Addr())
	if p.admission.unproved[prefix]--; p.admission.unproved[prefix] <= 0 {
		delete(p.admission.unproved, prefix)
	}
}

// leave gives the place back. It is idempotent.
func (p *place) leave() {
	p.admission.mu.Lock()
	defer p.admission.mu.Unlock()
	p.proved()
	if p.isInside {
		p.isInside = false
		p.admission.open--
	}
}

// addressOf returns where a connection comes from, without the IPv6 form of IPv4.
func addressOf(addr net.Addr) netip.AddrPort {
	var found netip.AddrPort
	switch typed := addr.(type) {
	case *net.TCPAddr:
		found = typed.AddrPort()
	case *net.UDPAddr:
		found = typed.AddrPort()
	default:
		parsed, err := netip.ParseAddrPort(addr.String())
		if err != nil {
			return netip.AddrPort{}
		}
		found = parsed
	}
	return netip.AddrPortFrom(found.Addr().Unmap().WithZone(""), found.Port())
}

// prefixOf returns what counts as one place: an IPv4 address, an IPv6 /64.
func prefixOf(addr netip.Addr) netip.Prefix {
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// truncated is what logs say of an address: its /24 or /48.
func truncated(addr netip.Addr) string {
	if network := networkOf(addr); network.IsValid() {
		return network.String()
	}
	return "unknown"
}

// unaddressed is an error without the addresses that the system's network errors name.
func unaddressed(err error) error {
	if system := (*net.OpError)(nil); errors.As(err, &system) {
		return fmt.Errorf("%s: %w", system.Op, system.Err)
	}
	return err
}
