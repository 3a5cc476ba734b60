package turn

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// relayed is the socket of one allocation: it drops packets that may not pass,
// and those over a rate or quota.
type relayed struct {
	*net.UDPConn

	server  *Server
	tag     string
	account *account
	port    uint16
	client  atomic.Pointer[netip.AddrPort] // nil for the moment before the library tells it
	closing sync.Once
	closed  atomic.Bool

	mu       sync.Mutex
	reaches  map[netip.Addr]bool // live permissions
	channels map[uint16]bool     // live channels
}

// ReadFrom implements net.PacketConn.
func (c *relayed) ReadFrom(buffer []byte) (int, net.Addr, error) {
	for {
		n, from, err := readDatagram(c.UDPConn, buffer)
		if err != nil {
			return n, nil, err
		}
		from = c.server.outward(from)
		if now := c.server.options.Now(); c.server.mayExchange(from, now) && c.server.pass(c.account, &c.account.in, n, now) {
			return n, net.UDPAddrFromAddrPort(from), nil
		}
	}
}

// WriteTo implements net.PacketConn. A dropped packet looks sent, as on any network.
func (c *relayed) WriteTo(packet []byte, to net.Addr) (int, error) {
	address := addressOf(to)
	now := c.server.options.Now()
	if !c.server.mayExchange(address, now) || !c.server.pass(c.account, &c.account.out, len(packet), now) {
		return len(packet), nil
	}
	return c.WriteToUDPAddrPort(packet, c.server.inward(address))
}

// Close implements net.PacketConn. It is idempotent.
func (c *relayed) Close() error {
	var err error
	c.closing.Do(func() {
		c.closed.Store(true)
		c.server.release(c)
		err = c.UDPConn.Close()
	})
	return err
}

// mayPermit says whether an address has no permission yet, and whether there is room for it.
func (c *relayed) mayPermit(addr netip.Addr) (isNew, hasRoom bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaches[addr] {
		return false, true
	}
	return true, len(c.reaches) < c.server.options.Limits.Permissions
}

func (c *relayed) setReach(addr netip.Addr, reaches bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if reaches {
		c.reaches[addr] = true
	} else {
		delete(c.reaches, addr)
	}
}

func (c *relayed) mayBind(channel uint16) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.channels[channel] || len(c.channels) < c.server.options.Limits.Channels
}

func (c *relayed) setChannel(channel uint16, isBound bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if isBound {
		c.channels[channel] = true
	} else {
		delete(c.channels, channel)
	}
}

// pass counts a packet of a peer, or says that it is over a rate or quota.
func (s *Server) pass(peer *account, way *rate, size int, now time.Time) bool {
	at := now.UnixNano()
	if !way.take(costOf(size, s.options.BytesPerSecond), time.Second, at) ||
		!s.total.take(costOf(size, s.options.TotalBytesPerSecond), time.Second, at) ||
		!peer.spend(size, s.options.BytesPerDay, now) {
		s.dropped.Add(1)
		return false
	}
	s.bytes.Add(uint64(size))
	return true
}

// mayReach says whether packets may go to an address. Our own relay address is
// allowed here, because two peers may both be relayed by us: mayExchange lets
// packets through to ports of live allocations only.
func (s *Server) mayReach(addr netip.Addr, now time.Time) bool {
	if s.options.Refuse(addr) {
		return false
	}
	if addr == s.address {
		return true
	}
	if denied(addr, s.options.AllowPrivate, s.options.AllowLoopback) {
		return false
	}
	return s.options.AllowLoopback || !s.own.contain(addr, now)
}

// mayExchange says whether packets may pass between an allocation and an address and port.
func (s *Server) mayExchange(with netip.AddrPort, now time.Time) bool {
	if with.Port() == 0 || !s.mayReach(with.Addr(), now) {
		return false
	}
	return with.Addr() != s.address || s.options.AllowLoopback && !s.isTranslated() || s.allocationAt(with.Port()) != nil
}

// isTranslated says that a NAT in front of us has the relay address.
func (s *Server) isTranslated() bool { return s.bind != s.address }

// inward and outward spare packets between two of our allocations the way
// through a NAT in front of us, which many do not offer (RFC 4787, section 6):
// on this machine the sockets are at 127.0.0.1.
func (s *Server) inward(to netip.AddrPort) netip.AddrPort {
	if s.isTranslated() && to.Addr() == s.address {
		return netip.AddrPortFrom(loopback, to.Port())
	}
	return to
}

func (s *Server) outward(from netip.AddrPort) netip.AddrPort {
	if s.isTranslated() && from.Addr() == loopback && s.allocationAt(from.Port()) != nil {
		return netip.AddrPortFrom(s.address, from.Port())
	}
	return from
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
