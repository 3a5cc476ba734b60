package load

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/gobwas/ws"
)

const (
	patience    = 10 * time.Second // for a handshake, an answer, and a write
	firstBuffer = 1 << 10          // of a socket that reads small frames
	keptBuffer  = 4 << 10          // a larger one is given back once it is empty
)

// Endpoint is where a WebSocket is opened.
type Endpoint struct {
	URL         string      // ws:// or wss://, with path and query
	Subprotocol string      // "" for none
	TLS         *tls.Config // for wss
	Text        bool        // messages are text
}

// Socket is a client's side of a WebSocket. One goroutine reads; any may write.
type Socket struct {
	conn net.Conn
	code ws.OpCode

	buffer     []byte // what was read and not taken yet is buffer[start:end]
	start, end int
	message    []byte // a message that comes in several frames

	writing sync.Mutex
	scratch []byte
	bounded time.Time // when the deadline of writing was set
}

// Dial opens a socket, of which reading is bounded until Endless. With wss the
// server's certificate is what the endpoint's TLS configuration makes of it.
func Dial(ctx context.Context, to Endpoint) (*Socket, error) {
	address, err := url.Parse(to.URL)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", address.Host)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	socket, err := upgrade(ctx, conn, address, to)
	if err != nil {
		cut(conn)
		return nil, fmt.Errorf("load: opening %s: %w", address.Host, err)
	}
	return socket, nil
}

func upgrade(ctx context.Context, conn net.Conn, address *url.URL, to Endpoint) (*Socket, error) {
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if address.Scheme == "wss" {
		secured := tls.Client(conn, to.TLS)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secured
	}
	dialer := ws.Dialer{ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}
	if to.Subprotocol != "" {
		dialer.Protocols = []string{to.Subprotocol}
	}
	early, agreed, err := dialer.Upgrade(conn, address)
	if err != nil {
		return nil, err
	}
	socket := &Socket{conn: conn, code: ws.OpBinary, bounded: deadline.Add(-patience)}
	if to.Text {
		socket.code = ws.OpText
	}
	if early != nil { // the server spoke at once
		socket.buffer = make([]byte, max(firstBuffer, early.Buffered()))
		socket.end, _ = early.Read(socket.buffer[:early.Buffered()])
		ws.PutReader(early)
	}
	if agreed.Protocol != to.Subprotocol {
		return nil, errors.New("the server chose another subprotocol")
	}
	return socket, nil
}

// Endless lets reads wait for ever.
func (s *Socket) Endless() error { return s.conn.SetReadDeadline(time.Time{}) }

// Read returns the next message, which holds until the next call. It answers
// pings. At the end the error is io.EOF, or what went wrong.
func (s *Socket) Read() ([]byte, error) {
	for {
		h, payload, err := s.frame()
		if err != nil {
			return nil, err
		}
		switch {
		case h.code == ws.OpPing:
			if err = s.write(ws.OpPong, payload); err != nil {
				return nil, err
			}
		case h.code == ws.OpPong:
		case h.code == ws.OpClose:
			return nil, io.EOF
		case h.final && h.code != ws.OpContinuation:
			return payload, nil
		default:
			if len(s.message)+len(payload) > maxMessage {
				return nil, errFrame
			}
			s.message = append(s.message, payload...)
			if h.final {
				whole := s.message
				s.message = nil
				return whole, nil
			}
		}
	}
}

// frame returns the next frame; the payload holds until the next call.
func (s *Socket) frame() (header, []byte, error) {
	for {
		h, err := parseHeader(s.buffer[s.start:s.end])
		if err != nil {
			return header{}, nil, err
		}
		need := max(h.size+h.payload, 2)
		if h.size > 0 && s.end-s.start >= need {
			payload := s.buffer[s.start+h.size : s.start+need]
			s.start += need
			return h, payload, nil
		}
		if h.size == 0 {
			need = 10 // the largest header
		}
		s.makeRoom(need)
		n, err := s.conn.Read(s.buffer[s.end:])
		s.end += n
		if n == 0 && err != nil {
			return header{}, nil, err
		}
	}
}

// makeRoom makes a buffer that can hold need bytes from start on and more than is there.
func (s *Socket) makeRoom(need int) {
	held := s.end - s.start
	switch {
	case need > len(s.buffer), len(s.buffer) == 0:
		larger := make([]byte, max(firstBuffer, need+firstBuffer))
		copy(larger, s.buffer[s.start:s.end])
		s.buffer = larger
	case held == 0 && len(s.buffer) > keptBuffer && need <= firstBuffer:
		s.buffer = make([]byte, firstBuffer)
	default:
		copy(s.buffer, s.buffer[s.start:s.end])
	}
	s.start, s.end = 0, held
}

// Write sends messages, all of them at once.
func (s *Socket) Write(messages ...[]byte) error { return s.write(s.code, messages...) }

func (s *Socket) write(code ws.OpCode, payloads ...[]byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.scratch = s.scratch[:0]
	for _, payload := range payloads {
		s.scratch = appendFrame(s.scratch, code, payload, rand.Uint32())
	}
	// A deadline costs as much as a small write: it is not set for each.
	if now := time.Now(); now.Sub(s.bounded) > patience/2 {
		if err := s.conn.SetWriteDeadline(now.Add(patience)); err != nil {
			return err
		}
		s.bounded = now
	}
	_, err := s.conn.Write(s.scratch)
	if cap(s.scratch) > keptBuffer {
		s.scratch = nil
	}
	return err
}

// Close ends the connection at once.
func (s *Socket) Close() { cut(s.conn) }

// cut resets a connection, so that the port can be used again without delay:
// a load generator would run out of ports.
func cut(conn net.Conn) {
	plain := conn
	if secured, ok := conn.(*tls.Conn); ok {
		plain = secured.NetConn()
	}
	if connection, ok := plain.(*net.TCPConn); ok {
		_ = connection.SetLinger(0) // it is about to close anyway
	}
	_ = plain.Close()
}
