package rendezvous

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
)

// admission is the listener in front of everything: it refuses banned
// addresses and prefixes with too many connections that have not logged in.
type admission struct {
	net.Listener

	refuse func(netip.Addr) bool
	limits Limits
	logger *slog.Logger

	mu       sync.Mutex
	open     int
	unproved map[netip.Prefix]int
}

func newAdmission(listener net.Listener, refuse func(netip.Addr) bool, limits Limits, logger *slog.Logger) *admission {
	return &admission{Listener: listener, refuse: refuse, limits: limits, logger: logger, unproved: make(map[netip.Prefix]int)}
}

// Accept returns the next connection that may come in.
func (a *admission) Accept() (net.Conn, error) {
	for {
		conn, err := a.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := addressOf(conn.RemoteAddr())
		if a.refuse(addr.Addr()) || !a.enter(addr.Addr()) {
			// Nothing is said to it: a refused address costs as little as possible.
			a.logger.Debug("connection refused", "from", truncated(addr.Addr()))
			_ = conn.Close()
			continue
		}
		return &admitted{Conn: conn, admission: a, address: addr}, nil
	}
}

func (a *admission) enter(addr netip.Addr) bool {
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

func (a *admission) prove(addr netip.Addr) {
	prefix := prefixOf(addr)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.unproved[prefix]--; a.unproved[prefix] <= 0 {
		delete(a.unproved, prefix)
	}
}

// admitted is a connection that counts.
type admitted struct {
	net.Conn

	admission *admission
	address   netip.AddrPort
	proved    sync.Once
	closed    sync.Once
}

// prove says that the device behind the connection logged in.
func (c *admitted) prove() {
	c.proved.Do(func() { c.admission.prove(c.address.Addr()) })
}

// Close implements net.Conn.
func (c *admitted) Close() error {
	c.closed.Do(func() {
		c.prove()
		c.admission.mu.Lock()
		c.admission.open--
		c.admission.mu.Unlock()
	})
	return c.Conn.Close()
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
