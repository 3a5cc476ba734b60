package turn

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// takes says what a listener is for.
type takes int

const (
	takesPlain takes = iota
	takesTLS
	takesBoth // told apart by the first byte
)

const (
	tlsHandshake = 0x16             // the first byte of a TLS connection (RFC 8446, section 5.1)
	alpn         = "stun.turn"      // RFC 7443
	acceptPause  = time.Second / 10 // when the system has no file descriptors, most likely
)

// accept takes connections until the listener is closed.
func (s *Server) accept(listener net.Listener, takes takes) {
	for {
		conn, err := listener.Accept()
		switch {
		case isOver(err):
			return
		case err != nil:
			s.options.Logger.Warn("cannot accept a connection for the relay", "error", err)
			time.Sleep(acceptPause)
		default:
			s.enter(conn, takes)
		}
	}
}

// enter lets a connection in, or closes it.
func (s *Server) enter(conn net.Conn, takes takes) {
	from := addressOf(conn.RemoteAddr())
	c := &stream{server: s, conn: conn, raw: conn, from: from, begun: time.Now()}
	// A handshake costs more than a request; both are counted as one.
	if s.isRefused(from.Addr()) || !s.places.take(from.Addr(), s.options.Now().UnixNano()) || !s.connections.add(c) {
		s.refused.Add(1)
		_ = conn.Close()
		return
	}
	s.mu.RLock()
	isClosed := s.closed
	if !isClosed {
		s.running.Add(1) // until ended
	}
	s.mu.RUnlock()
	if isClosed {
		s.connections.remove(c)
		_ = conn.Close()
		return
	}
	go c.begin(takes)
}

// stream is a TCP or TLS connection as the library sees it: a socket with one
// client. Only whole frames come out of it.
type stream struct {
	server *Server
	raw    net.Conn // below TLS
	from   netip.AddrPort
	front  *front
	begun  time.Time

	conn   net.Conn // what is read and written: raw, or TLS over it
	reader *bufio.Reader
	isHere bool         // the first frame came
	unused atomic.Int64 // Unix nanoseconds since which there is no allocation

	writing sync.Mutex
	ending  sync.Once
}

// begin runs in a goroutine of its own until the library takes over.
func (c *stream) begin(takes takes) {
	if err := c.open(takes); err != nil {
		c.server.options.Logger.Debug("no connection to the relay", "error", err)
		c.server.refused.Add(1)
		c.end()
		return
	}
	c.front = newFront(c.server)
	c.unused.Store(c.begun.UnixNano())
	c.front.unused = func() {
		c.unused.Store(time.Now().UnixNano())
		_ = c.raw.SetReadDeadline(c.neededBy())
	}
	if _, err := c.front.serve(c); err != nil {
		c.end()
	}
}

func (c *stream) open(takes takes) error {
	limits := &c.server.options.Limits
	if tcp, ok := c.raw.(*net.TCPConn); ok {
		// What the system holds for one slow client; packets beyond it are lost as on any way.
		_ = tcp.SetReadBuffer(limits.Queue)
		_ = tcp.SetWriteBuffer(limits.Queue)
	}
	if err := c.raw.SetDeadline(c.begun.Add(limits.First)); err != nil {
		return fmt.Errorf("turn: %w", err)
	}
	if takes == takesBoth {
		peeked := &peekedConn{Conn: c.raw, reader: bufio.NewReaderSize(c.raw, frameHeader)}
		first, err := peeked.reader.Peek(1)
		if err != nil {
			return fmt.Errorf("turn: %w", err)
		}
		c.conn, takes = peeked, takesPlain
		if first[0] == tlsHandshake {
			takes = takesTLS
		}
	}
	if takes == takesTLS {
		secure := tls.Server(c.conn, c.server.secure)
		ctx, cancel := context.WithDeadline(context.Background(), c.begun.Add(limits.First))
		defer cancel()
		if err := secure.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("turn: %w", err)
		}
		c.conn = secure
	}
	c.reader = bufio.NewReaderSize(c.conn, MaxFrame)
	return nil
}

// peekedConn is a connection of which the beginning was read.
type peekedConn struct {
	net.Conn

	reader *bufio.Reader
}

// Read implements net.Conn.
func (c *peekedConn) Read(into []byte) (int, error) { return c.reader.Read(into) }

// ReadFrom implements net.PacketConn. Its first error is the last thing that
// the library hears of the connection.
func (c *stream) ReadFrom(into []byte) (int, net.Addr, error) {
	c.front.wentOn()
	for {
		size, err := c.readFrame(into)
		if err == nil && c.server.isRefused(c.from.Addr()) {
			err = errRefused
		}
		if err != nil {
			c.end()
			return 0, nil, err
		}
		if c.front.admit(into[:size], c.from) {
			return size, c.conn.RemoteAddr(), nil
		}
	}
}

var errRefused = errors.New("turn: the address is banned")

func (c *stream) readFrame(into []byte) (int, error) {
	limits := &c.server.options.Limits
	if c.reader.Buffered() < frameHeader {
		by := time.Now().Add(limits.Idle)
		switch {
		case !c.isHere:
			by = c.begun.Add(limits.First)
		case !c.front.isUsed():
			by = c.neededBy()
		}
		if err := c.raw.SetReadDeadline(by); err != nil {
			return 0, fmt.Errorf("turn: %w", err)
		}
	}
	first, err := c.reader.Peek(frameHeader)
	if err != nil {
		return 0, fmt.Errorf("turn: %w", err)
	}
	size, err := frameSize([frameHeader]byte(first))
	if err != nil {
		return 0, err
	}
	if size > len(into) {
		return 0, errFrameLarge
	}
	if c.reader.Buffered() < size && c.isHere {
		if err = c.raw.SetReadDeadline(time.Now().Add(limits.Frame)); err != nil {
			return 0, fmt.Errorf("turn: %w", err)
		}
	}
	if _, err = io.ReadFull(c.reader, into[:size]); err != nil {
		return 0, fmt.Errorf("turn: %w", err)
	}
	c.isHere = true
	return size, nil
}

// neededBy is when a connection without an allocation is cut, whatever it says.
func (c *stream) neededBy() time.Time {
	return time.Unix(0, c.unused.Load()).Add(c.server.options.Limits.Unused)
}

// WriteTo implements net.PacketConn. Whoever does not take a frame in time is
// cut off: half a frame cannot be taken back.
func (c *stream) WriteTo(frame []byte, _ net.Addr) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.raw.SetWriteDeadline(time.Now().Add(c.server.options.Limits.Write))
	if err == nil {
		_, err = c.conn.Write(frame)
	}
	if err != nil {
		c.cut()
		return 0, fmt.Errorf("turn: %w", err)
	}
	return len(frame), nil
}

// cut closes the connection; whoever reads it notices and ends it.
func (c *stream) cut() { _ = c.raw.Close() }

// end is the last thing that happens to a connection. It is idempotent.
func (c *stream) end() {
	c.ending.Do(func() {
		c.cut()
		c.server.connections.remove(c)
		c.server.running.Done()
	})
}

// Close implements net.PacketConn.
func (c *stream) Close() error {
	c.cut()
	return nil
}

// LocalAddr implements net.PacketConn.
func (c *stream) LocalAddr() net.Addr { return c.raw.LocalAddr() }

// SetDeadline implements net.PacketConn; the library does not use it.
func (c *stream) SetDeadline(at time.Time) error { return c.raw.SetDeadline(at) }

// SetReadDeadline implements net.PacketConn; the library does not use it.
func (c *stream) SetReadDeadline(at time.Time) error { return c.raw.SetReadDeadline(at) }

// SetWriteDeadline implements net.PacketConn; the library does not use it.
func (c *stream) SetWriteDeadline(at time.Time) error { return c.raw.SetWriteDeadline(at) }
