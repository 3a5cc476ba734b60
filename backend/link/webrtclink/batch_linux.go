package webrtclink

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
	"unsafe"

	"github.com/pion/transport/v2"
	"golang.org/x/sys/unix"
)

// Limits of a batch. The kernel takes 64 segments at most.
const (
	batchSegments = 48
	batchBytes    = 64000 // one datagram before it is cut, with room for headers
	// A packet shorter than this is sent at once: it is the end of a message, a
	// ping, an acknowledgement or ICE's. SCTP fills bulk packets to about 1,200.
	batchMinimum = 1000
	// Full packets wait this long for more of their kind.
	batchWait = 500 * time.Microsecond
)

// batchConn hands the kernel many packets in one call (UDP_SEGMENT) and takes
// many in one (UDP_GRO): a system call a packet is a quarter of what bulk data
// costs.
type batchConn struct {
	*net.UDPConn

	write  sync.Mutex
	data   []byte // packets that wait, all of size bytes
	size   int
	to     netip.AddrPort
	timer  *time.Timer
	closed bool
	plain  bool // the kernel refused a batch: one call a packet from now on

	read    sync.Mutex
	pending []byte // of the last call, packets that were not asked for yet
	segment int
	buffer  []byte
	control []byte
	from    netip.AddrPort
	sender  *net.UDPAddr // of from; the same value for as long as it stays the same
}

// batched makes conn fast, where the kernel can.
func batched(conn transport.UDPConn) transport.UDPConn {
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		return conn
	}
	raw, err := udp.SyscallConn()
	if err != nil {
		return conn
	}
	var able error
	err = raw.Control(func(descriptor uintptr) {
		if _, able = unix.GetsockoptInt(int(descriptor), unix.SOL_UDP, unix.UDP_SEGMENT); able == nil {
			able = unix.SetsockoptInt(int(descriptor), unix.SOL_UDP, unix.UDP_GRO, 1)
		}
	})
	if err != nil || able != nil {
		return conn
	}
	c := &batchConn{UDPConn: udp, buffer: make([]byte, 1<<16), control: make([]byte, unix.CmsgSpace(4))}
	c.timer = time.AfterFunc(time.Hour, c.flush)
	c.timer.Stop()
	return c
}

// WriteTo sends a packet, or keeps a copy of it for a moment. What then cannot
// be sent is lost, as with any packet; ICE and SCTP live with that.
func (c *batchConn) WriteTo(p []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return c.UDPConn.WriteTo(p, to)
	}
	address := udp.AddrPort()
	c.write.Lock()
	defer c.write.Unlock()
	if c.closed {
		return 0, net.ErrClosed
	}
	if len(c.data) > 0 && (c.to != address || len(p) > c.size || len(c.data)+len(p) > batchBytes) {
		c.send()
	}
	if len(c.data) == 0 {
		if len(p) < batchMinimum || c.plain {
			return c.WriteToUDPAddrPort(p, address)
		}
		c.to, c.size = address, len(p)
		c.timer.Reset(batchWait)
	}
	c.data = append(c.data, p...)
	// A shorter packet ends a batch: only the last may be shorter.
	if len(p) < c.size || len(c.data) >= batchSegments*c.size {
		c.send()
	}
	return len(p), nil
}

// flush sends what has waited long enough.
func (c *batchConn) flush() {
	c.write.Lock()
	defer c.write.Unlock()
	c.send()
}

// send gives what waits to the kernel; write is held.
func (c *batchConn) send() {
	data := c.data
	c.data = c.data[:0]
	c.timer.Stop()
	if len(data) > c.size {
		var space [64]byte
		if _, _, err := c.WriteMsgUDPAddrPort(data, appendSegmentSize(space[:0], c.size), c.to); err == nil {
			return
		}
		// Some drivers cannot (EIO), some paths are narrower (EMSGSIZE).
		c.plain = true
	}
	for packet := range slices.Chunk(data, max(c.size, 1)) {
		_, _ = c.WriteToUDPAddrPort(packet, c.to)
	}
}

// appendSegmentSize writes a control message of type UDP_SEGMENT, udp(7).
func appendSegmentSize(control []byte, size int) []byte {
	control = append(control, make([]byte, unix.CmsgSpace(2))...)
	header := (*unix.Cmsghdr)(unsafe.Pointer(&control[0])) //nolint:gosec // the layout of cmsg(3); the buffer is large enough
	header.Level, header.Type = unix.SOL_UDP, unix.UDP_SEGMENT
	header.SetLen(unix.CmsgLen(2))
	binary.NativeEndian.PutUint16(control[unix.CmsgLen(0):], uint16(size))
	return control
}

// segmentSize reads the control message that came with merged packets; 0 when
// there is none and the data is one packet.
func segmentSize(control []byte) int {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return 0
	}
	for _, message := range messages {
		if message.Header.Level == unix.SOL_UDP && message.Header.Type == unix.UDP_GRO && len(message.Data) >= 4 {
			return int(binary.NativeEndian.Uint32(message.Data))
		}
	}
	return 0
}

// ReadFrom answers one packet.
func (c *batchConn) ReadFrom(p []byte) (int, net.Addr, error) {
	c.read.Lock()
	defer c.read.Unlock()
	for len(c.pending) == 0 {
		n, controls, _, from, err := c.ReadMsgUDPAddrPort(c.buffer, c.control)
		if err != nil {
			return 0, nil, err
		}
		if c.sender == nil || c.from != from {
			c.from = from
			c.sender = net.UDPAddrFromAddrPort(netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
		}
		c.segment = n
		if size := segmentSize(c.control[:controls]); size > 0 {
			c.segment = size
		}
		if n == 0 {
			return 0, c.sender, nil
		}
		c.pending = c.buffer[:n]
	}
	packet := c.pending[:min(c.segment, len(c.pending))]
	c.pending = c.pending[len(packet):]
	return copy(p, packet), c.sender, nil
}

// Close sends what waits and closes the socket.
func (c *batchConn) Close() error {
	c.write.Lock()
	c.closed = true
	c.send()
	c.write.Unlock()
	return c.UDPConn.Close()
}

// The other ways to read and write are made of the two above, so that merged
// packets are never seen as one.

func (c *batchConn) Read(p []byte) (int, error) {
	n, _, err := c.ReadFrom(p)
	return n, err
}

func (c *batchConn) ReadFromUDP(p []byte) (int, *net.UDPAddr, error) {
	n, from, err := c.ReadFrom(p)
	udp, _ := from.(*net.UDPAddr)
	return n, udp, err
}

func (c *batchConn) ReadMsgUDP(p, _ []byte) (n, oobn, flags int, from *net.UDPAddr, err error) {
	n, from, err = c.ReadFromUDP(p)
	return n, 0, 0, from, err
}

func (c *batchConn) WriteToUDP(p []byte, to *net.UDPAddr) (int, error) { return c.WriteTo(p, to) }
