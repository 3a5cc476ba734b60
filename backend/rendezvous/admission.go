package rendezvous

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
)

// admission stands in front of everything: it refuses banned addresses and
// prefixes with too many connections that have not logged in.
type admission struct {
	refuse func(netip.Addr) bool
	limits Limits
	logger *slog.Logger

	mu       sync.Mutex
	open     int
	unproved map[netip.Prefix]int
}

func newAdmission(refuse func(netip.Addr) bool, limits Limits, logger *slog.Logger) *admission {
	return &admission{refuse: refuse, limits: limits, logger: logger, unproved: make(map[netip.Prefix]int)}
}

// enter takes a place for a connection from an address; false when there is none for it.
func (a *admission) enter(address netip.AddrPort) (place, bool) {
	addr := address.Addr()
	if a.refuse(addr) || !a.count(addr) {
		// Nothing is said to it: a refused address costs as little as possible.
		a.logger.Debug("connection refused", "from", truncated(addr))
		return place{}, false
	}
	return place{admission: a, address: address, isUnproved: true, isInside: true}, true
}

func (a *admission) count(addr netip.Addr) bool {
	prefix := prefixOf(addr)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open >= a.limits.Connections || a.unproved[prefix] >= a.limits.Unauthenticated {
		return false
	}
	a.open++
	a.unproved[prefix]++
	return true
}

// place is what a connection that came in holds; admission.mu guards it.
type place struct {
	admission  *admission
	address    netip.AddrPort
	isUnproved bool
	isInside   bool
}

// from is where the connection comes from.
func (p *place) from() netip.AddrPort {
	p.admission.mu.Lock()
	defer p.admission.mu.Unlock()
	return p.address
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
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}
