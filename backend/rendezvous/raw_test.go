package rendezvous_test

import (
	"bufio"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// patience is how long a test waits for what must come.
const patience = 15 * time.Second

// longTalk is how long a connection may be written to: filling a mailbox takes a
// while with the race detector on busy cores.
const longTalk = time.Minute

// raw is a client made of bytes, so that it can misbehave, and so that
// thousands of them cost little.
type raw struct {
	testing  testing.TB
	conn     net.Conn
	reader   *bufio.Reader
	encoding protocol.Encoding
}

var errStatus = errors.New("not upgraded")

// dial opens a WebSocket without TLS.
func dial(t testing.TB, address string, encoding protocol.Encoding) (*raw, error) {
	t.Helper()
	return dialVia(t, address, encoding, nil)
}

// dialVia opens a WebSocket, with TLS if there is a configuration for it.
func dialVia(t testing.TB, address string, encoding protocol.Encoding, config *tls.Config) (*raw, error) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		return nil, err
	}
	if config != nil {
		conn = tls.Client(conn, config)
	}
	r := &raw{testing: t, conn: conn, reader: bufio.NewReaderSize(conn, 512), encoding: encoding}
	if err = conn.SetDeadline(time.Now().Add(longTalk)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	_, err = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
		address, encoding.Subprotocol())
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	for first := true; ; first = false {
		line, readErr := r.reader.ReadString('\n')
		if readErr != nil {
			return nil, errors.Join(readErr, conn.Close())
		}
		if first && !strings.Contains(line, " 101 ") {
			return nil, errors.Join(errStatus, conn.Close())
		}
		if line == "\r\n" {
			return r, nil
		}
	}
}

func mustDial(t testing.TB, address string, encoding protocol.Encoding) *raw {
	t.Helper()
	r, err := dial(t, address, encoding)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(r.close)
	return r
}

func (r *raw) close() { _ = r.conn.Close() }

// writeMessage sends one WebSocket frame (RFC 6455, section 5.2), masked with zeros.
func (r *raw) writeMessage(opcode byte, payload []byte) error {
	header := []byte{0x80 | opcode}
	switch {
	case len(payload) < 126:
		header = append(header, 0x80|byte(len(payload)))
	case len(payload) < 1<<16:
		header = binary.BigEndian.AppendUint16(append(header, 0x80|126), uint16(len(payload)))
	default:
		header = binary.BigEndian.AppendUint64(append(header, 0x80|127), uint64(len(payload)))
	}
	header = append(header, 0, 0, 0, 0)
	_, err := r.conn.Write(append(header, payload...))
	return err
}

func (r *raw) opcode() byte {
	if r.encoding == protocol.JSON {
		return 1
	}
	return 2
}

func (r *raw) send(frame *wire.ClientFrame) {
	r.testing.Helper()
	data, err := r.encoding.Encode(frame)
	if err != nil {
		r.testing.Fatalf("Encode: %v", err)
	}
	if err = r.writeMessage(r.opcode(), data); err != nil {
		r.testing.Fatalf("writing: %v", err)
	}
}

// read returns the next data frame; io.EOF when the server closes.
func (r *raw) read() (*wire.ServerFrame, error) {
	for {
		var header [2]byte
		if _, err := io.ReadFull(r.reader, header[:]); err != nil {
			return nil, err
		}
		size := int(header[1])
		switch size {
		case 126:
			var long [2]byte
			if _, err := io.ReadFull(r.reader, long[:]); err != nil {
				return nil, err
			}
			size = int(binary.BigEndian.Uint16(long[:]))
		case 127:
			var long [8]byte
			if _, err := io.ReadFull(r.reader, long[:]); err != nil {
				return nil, err
			}
			size = int(binary.BigEndian.Uint64(long[:]))
		}
		payload := make([]byte, size)
		if _, err := io.ReadFull(r.reader, payload); err != nil {
			return nil, err
		}
		if header[0]&0xf == 8 {
			return nil, io.EOF
		}
		if header[0]&0xf != r.opcode() {
			continue
		}
		var frame wire.ServerFrame
		return &frame, r.encoding.Decode(payload, &frame)
	}
}

func (r *raw) mustRead() *wire.ServerFrame {
	r.testing.Helper()
	if err := r.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.testing.Fatal(err)
	}
	frame, err := r.read()
	if err != nil {
		r.testing.Fatalf("reading: %v", err)
	}
	return frame
}

// expectError reads until the server's error, and the end of the connection after it.
func (r *raw) expectError(code wire.ErrorCode) {
	r.testing.Helper()
	for {
		if said := r.mustRead().GetError(); said != nil {
			if said.GetCode() != code || said.GetMessage() == "" {
				r.testing.Errorf("the server said %v, want %v", said, code)
			}
			break
		}
	}
	r.expectClosed()
}

// expectClosed reads until the end.
func (r *raw) expectClosed() {
	r.testing.Helper()
	if err := r.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.testing.Fatal(err)
	}
	for {
		if _, err := r.read(); err != nil {
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				r.testing.Error("the server keeps the connection")
			}
			r.close() // or the server waits for our half of the closing handshake
			return
		}
	}
}

// hello answers a challenge.
func hello(challenge *wire.Challenge, device rendezvoustest.Device, record *wire.PeerRecord) *wire.ClientFrame {
	var nonce protocol.Nonce
	_, _ = rand.Read(nonce[:])
	peer, key := device.Peer(), device.Keys.Device()
	return &wire.ClientFrame{Kind: &wire.ClientFrame_Login{Login: &wire.Login{
		Major: wire.Major, Identity: peer[:], Device: key[:], ClientNonce: nonce[:], Record: record,
		Signature: device.SignAsDevice(identity.ContextLogin, protocol.LoginMessage(
			identity.ServerKey(challenge.GetServerKey()), protocol.Nonce(challenge.GetNonce()), nonce, peer, key)),
	}}}
}

// login opens a session and returns its welcome.
func (r *raw) login(device rendezvoustest.Device) *wire.Welcome {
	r.testing.Helper()
	r.send(hello(r.mustRead().GetChallenge(), device, device.Record))
	frame := r.mustRead()
	if frame.GetWelcome() == nil {
		r.testing.Fatalf("no welcome but %v", frame)
	}
	return frame.GetWelcome()
}

func heartbeat(id uint64) *wire.ClientFrame {
	return &wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{Id: id}}}
}

// enter starts a session of a new device.
func enter(t testing.TB, server *rendezvoustest.Server) *raw {
	t.Helper()
	r := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	r.login(rendezvoustest.NewDevice(t))
	return r
}

func mustConnect(t testing.TB, server *rendezvoustest.Server) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Rendezvous().Listening().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// expectEnd reads until the server closes.
func expectEnd(t testing.TB, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, err := io.Copy(io.Discard, conn)
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("the server keeps the connection")
	}
}
