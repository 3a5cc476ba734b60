package webrtclink

import (
	"errors"
	"net"
	"net/netip"

	"github.com/pion/transport/v2"
)

// socketBuffer is asked of the kernel for each UDP socket, both ways; the
// kernel may give less. With the default of 208 KiB a burst of a 16 MiB SCTP
// window loses packets on loopback.
const socketBuffer = 4 << 20

var errBanned = errors.New("webrtclink: the address is banned")

// network is what pion's sockets are made of. It drops packets from and to
// banned addresses (filtering candidates is not enough: a packet from anywhere
// makes a peer-reflexive candidate), makes the buffers large, and remembers
// which addresses the names of relays led to.
type network struct {
	transport.Net
	guard
	resolved  func(name string, address netip.Addr)
	actual    func(address string) string             // what a made-up name and port stand for; nil: there are none
	disguised func(packet []byte, from net.Addr) bool // see relayBook; nil: nothing is
	asking    *askingSockets
	ports     int // the first port of sockets, 0: any
}

// guard is the part that the sockets share.
type guard struct {
	banned func(netip.Addr) bool // nil: nothing is banned
}

// blocks tells whether packets from or to address are dropped.
func (g guard) blocks(address net.Addr) bool {
	if g.banned == nil || address == nil {
		return false
	}
	plain, ok := plainAddress(address)
	return ok && g.banned(plain)
}

// plainAddress is the address without zone, port and IPv4-mapping.
func plainAddress(address net.Addr) (netip.Addr, bool) {
	var plain netip.Addr
	switch typed := address.(type) {
	case *net.UDPAddr:
		plain, _ = netip.AddrFromSlice(typed.IP)
	case *net.TCPAddr:
		plain, _ = netip.AddrFromSlice(typed.IP)
	default:
		parsed, err := netip.ParseAddrPort(address.String())
		if err != nil {
			return netip.Addr{}, false
		}
		plain = parsed.Addr().WithZone("")
	}
	return plain.Unmap(), plain.IsValid()
}

// ListenPacket makes the sockets through which relays are talked to over UDP, and no others.
func (n *network) ListenPacket(kind, address string) (net.PacketConn, error) {
	conn, err := n.Net.ListenPacket(kind, address)
	if err != nil {
		return nil, err
	}
	made := &relayPacketConn{}
	if udp, ok := conn.(transport.UDPConn); ok {
		made.PacketConn = n.wrap(udp)
	} else {
		made.PacketConn = &packetConn{PacketConn: conn, guard: n.guard}
	}
	n.asking.add(made)
	return made, nil
}

func (n *network) ListenUDP(kind string, local *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := listenFrom(n.Net, kind, local, n.ports)
	if err != nil {
		return nil, err
	}
	wrapped := n.wrap(batched(conn))
	if n.disguised == nil {
		return wrapped, nil
	}
	return &checkedConn{UDPConn: wrapped, disguised: n.disguised, asking: n.asking}, nil
}

// checkedConn is a socket of a candidate: it waits with checks that come through
// a relay too early, and repeats what it asks a STUN server. pion uses ReadFrom
// and WriteTo only.
type checkedConn struct {
	transport.UDPConn
	disguised func(packet []byte, from net.Addr) bool
	asking    *askingSockets
	questions questions
}

func (c *checkedConn) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.UDPConn.ReadFrom(p)
		if err != nil {
			return n, from, err
		}
		c.questions.heard(p[:n])
		if !c.disguised(p[:n], from) {
			return n, from, nil
		}
	}
}

func (c *checkedConn) WriteTo(p []byte, to net.Addr) (int, error) {
	n, err := c.UDPConn.WriteTo(p, to)
	if err == nil && isQuestion(p) {
		c.questions.repeat(c.UDPConn, p, to)
		c.asking.add(c)
	}
	return n, err
}

// silent implements asking.
func (c *checkedConn) silent() bool { return c.questions.open() }

func (c *checkedConn) Close() error {
	c.questions.end()
	return c.UDPConn.Close()
}

func (n *network) DialUDP(kind string, local, remote *net.UDPAddr) (transport.UDPConn, error) {
	if remote != nil && n.blocks(remote) {
		return nil, errBanned
	}
	conn, err := n.Net.DialUDP(kind, local, remote)
	if err != nil {
		return nil, err
	}
	return n.wrap(conn), nil
}

// DialTCP makes the connections to relays over TCP, and no others.
func (n *network) DialTCP(kind string, local, remote *net.TCPAddr) (transport.TCPConn, error) {
	if remote != nil && n.blocks(remote) {
		return nil, errBanned
	}
	conn, err := n.Net.DialTCP(kind, local, remote)
	if err != nil {
		return nil, err
	}
	return &relayTCPConn{conn}, nil
}

func (n *network) ResolveUDPAddr(kind, address string) (*net.UDPAddr, error) {
	address = n.behind(address)
	resolved, err := n.Net.ResolveUDPAddr(kind, address)
	if err == nil {
		n.note(address, resolved)
	}
	return resolved, err
}

func (n *network) ResolveTCPAddr(kind, address string) (*net.TCPAddr, error) {
	address = n.behind(address)
	resolved, err := n.Net.ResolveTCPAddr(kind, address)
	if err == nil {
		n.note(address, resolved)
	}
	return resolved, err
}

func (n *network) behind(address string) string {
	if n.actual == nil {
		return address
	}
	return n.actual(address)
}

func (n *network) note(address string, resolved net.Addr) {
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return
	}
	if plain, ok := plainAddress(resolved); ok {
		n.resolved(name, plain)
	}
}

// wrap makes the buffers large, as far as the kernel allows, which is no error.
func (n *network) wrap(conn transport.UDPConn) transport.UDPConn {
	_ = conn.SetReadBuffer(socketBuffer)
	_ = conn.SetWriteBuffer(socketBuffer)
	return &udpConn{UDPConn: conn, guard: n.guard}
}

// udpConn is a UDP socket that does not hear or reach banned addresses. To a
// writer a dropped packet looks sent, as with any packet that is lost.
type udpConn struct {
	transport.UDPConn
	guard
}

func (c *udpConn) Read(p []byte) (int, error) {
	for {
		n, err := c.UDPConn.Read(p)
		if err != nil || !c.blocks(c.RemoteAddr()) {
			return n, err
		}
	}
}

func (c *udpConn) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.UDPConn.ReadFrom(p)
		if err != nil || !c.blocks(from) {
			return n, from, err
		}
	}
}

func (c *udpConn) ReadFromUDP(p []byte) (int, *net.UDPAddr, error) {
	for {
		n, from, err := c.UDPConn.ReadFromUDP(p)
		if err != nil || from == nil || !c.blocks(from) {
			return n, from, err
		}
	}
}

func (c *udpConn) ReadMsgUDP(p, oob []byte) (int, int, int, *net.UDPAddr, error) {
	for {
		n, oobn, flags, from, err := c.UDPConn.ReadMsgUDP(p, oob)
		if err != nil || from == nil || !c.blocks(from) {
			return n, oobn, flags, from, err
		}
	}
}

func (c *udpConn) Write(p []byte) (int, error) {
	if c.blocks(c.RemoteAddr()) {
		return len(p), nil
	}
	return c.UDPConn.Write(p)
}

func (c *udpConn) WriteTo(p []byte, to net.Addr) (int, error) {
	if c.blocks(to) {
		return len(p), nil
	}
	return c.UDPConn.WriteTo(p, to)
}

func (c *udpConn) WriteToUDP(p []byte, to *net.UDPAddr) (int, error) {
	if to != nil && c.blocks(to) {
		return len(p), nil
	}
	return c.UDPConn.WriteToUDP(p, to)
}

func (c *udpConn) WriteMsgUDP(p, oob []byte, to *net.UDPAddr) (int, int, error) {
	if to != nil && c.blocks(to) {
		return len(p), len(oob), nil
	}
	return c.UDPConn.WriteMsgUDP(p, oob, to)
}

// packetConn is the same for sockets that are only net.PacketConn.
type packetConn struct {
	net.PacketConn
	guard
}

func (c *packetConn) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(p)
		if err != nil || !c.blocks(from) {
			return n, from, err
		}
	}
}

func (c *packetConn) WriteTo(p []byte, to net.Addr) (int, error) {
	if c.blocks(to) {
		return len(p), nil
	}
	return c.PacketConn.WriteTo(p, to)
}
