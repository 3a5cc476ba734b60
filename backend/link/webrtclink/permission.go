package webrtclink

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/pion/stun"
	"github.com/pion/transport/v2"
)

// A check through a relay needs the relay's permission for the other side's
// address first (RFC 8656 section 9), and pion's agent does nothing else until
// the relay has answered. A relay on the internet refuses the addresses of the
// other side's own network each time it is asked, which is up to seven times
// for each of them: with several interfaces and 100 ms to the relay the agent
// stands still for seconds, and a relayed pair is chosen although the direct
// one would do. So it is not asked.

var errNoSuchWay = errors.New("webrtclink: a relay elsewhere does not reach this network")

// createPermission is the message type of the request, its first two bytes.
var createPermission = stun.NewType(stun.MethodCreatePermission, stun.ClassRequest).Value()

// futile tells whether a packet asks a relay for the permission to reach an
// address that is valid only on another network than the relay's.
func futile(packet []byte, relay net.Addr) bool {
	if len(packet) < 2 || binary.BigEndian.Uint16(packet) != createPermission || !stun.IsMessage(packet) {
		return false
	}
	at, ok := plainAddress(relay)
	if !ok || near(at) {
		return false // next door it may well reach it
	}
	message := stun.Message{Raw: packet}
	var peer stun.XORMappedAddress
	if message.Decode() != nil || peer.GetFromAs(&message, stun.AttrXORPeerAddress) != nil {
		return false
	}
	to, ok := netip.AddrFromSlice(peer.IP)
	return ok && near(to.Unmap())
}

// relayPacketConn is the socket that a relay is talked to through, over UDP.
type relayPacketConn struct {
	net.PacketConn
	heard atomic.Bool // something came
}

func (c *relayPacketConn) ReadFrom(packet []byte) (int, net.Addr, error) {
	n, from, err := c.PacketConn.ReadFrom(packet)
	if err == nil {
		c.heard.Store(true)
	}
	return n, from, err
}

func (c *relayPacketConn) WriteTo(packet []byte, relay net.Addr) (int, error) {
	if futile(packet, relay) {
		return 0, errNoSuchWay
	}
	return c.PacketConn.WriteTo(packet, relay)
}

// silent implements asking.
func (c *relayPacketConn) silent() bool { return !c.heard.Load() }

// relayTCPConn is the same over TCP: each message is written at once.
type relayTCPConn struct{ transport.TCPConn }

func (c *relayTCPConn) Write(packet []byte) (int, error) {
	if futile(packet, c.RemoteAddr()) {
		return 0, errNoSuchWay
	}
	return c.TCPConn.Write(packet)
}
