package flood

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// server is a proxy before an honest server, in clear text (which devices allow on
// this computer only), that adds frames of its own.
type server struct {
	listener net.Listener
	behind   string // the honest one's host:port
	started  atomic.Bool
	sent     atomic.Int64    // frames
	context  context.Context //nolint:containedctx // the life of the proxy, which ends with close
	end      context.CancelFunc
	running  sync.WaitGroup
	watched  identity.PeerID // whose presence flips
}

func newServer(ctx context.Context, behind string) (*server, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{listener: listener, behind: behind}
	s.context, s.end = context.WithCancel(ctx)
	s.running.Go(s.accept)
	return s, nil
}

func (s *server) address() string { return s.listener.Addr().String() }

func (s *server) close() error {
	s.end()
	err := s.listener.Close()
	s.running.Wait()
	return err
}

func (s *server) accept() {
	for {
		near, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.running.Go(func() { s.carry(near) })
	}
}

// carry passes bytes up, and whole frames of WebSocket down, so that others fit between.
func (s *server) carry(near net.Conn) {
	far, err := (&net.Dialer{}).DialContext(s.context, "tcp", s.behind)
	if err != nil {
		_ = near.Close()
		return
	}
	ctx, end := context.WithCancel(s.context)
	defer end()
	stop := context.AfterFunc(ctx, func() { _, _ = near.Close(), far.Close() })
	defer stop()
	s.running.Go(func() {
		_, _ = io.Copy(far, near)
		end()
	})
	down := &frames{to: near}
	if down.head(far) != nil {
		return
	}
	for passed := 0; ; passed++ {
		if passed == 2 { // the challenge and the welcome
			s.running.Go(func() {
				s.flood(ctx, down)
				end()
			})
		}
		if down.pass(far) != nil {
			return
		}
	}
}

// frames writes whole frames to the device.
type frames struct {
	mutex sync.Mutex
	to    io.Writer
}

// head passes the answer to the upgrade.
func (f *frames) head(from io.Reader) error {
	var one [1]byte
	for last := uint32(0); last != 0x0d0a0d0a; last = last<<8 | uint32(one[0]) {
		if _, err := io.ReadFull(from, one[:]); err != nil {
			return err
		}
		if _, err := f.to.Write(one[:]); err != nil {
			return err
		}
	}
	return nil
}

// pass passes one frame (RFC 6455, section 5.2; a server's is not masked).
func (f *frames) pass(from io.Reader) error {
	header := make([]byte, 2, 10)
	if _, err := io.ReadFull(from, header); err != nil {
		return err
	}
	length, more := uint64(header[1]&0x7f), map[byte]int{126: 2, 127: 8}[header[1]&0x7f]
	if more > 0 {
		header = header[:2+more]
		if _, err := io.ReadFull(from, header[2:]); err != nil {
			return err
		}
		var number [8]byte
		copy(number[8-more:], header[2:])
		length = binary.BigEndian.Uint64(number[:])
	}
	if length > 1<<20 {
		return errors.New("a frame that is too large")
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(from, body); err != nil {
		return err
	}
	return f.write(append(header, body...))
}

func (f *frames) write(frame []byte) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	_, err := f.to.Write(frame)
	return err
}

// binaryFrame is a whole message in one frame.
func binaryFrame(body []byte) []byte {
	switch {
	case len(body) < 126:
		return append([]byte{0x82, byte(len(body))}, body...)
	case len(body) < 1<<16:
		return append(binary.BigEndian.AppendUint16([]byte{0x82, 126}, uint16(len(body))), body...)
	default:
		return append(binary.BigEndian.AppendUint64([]byte{0x82, 127}, uint64(len(body))), body...)
	}
}

// flood sends what nobody asked for, as fast as it is taken; now and then something
// that is no frame at all, which ends the session, so that the next one begins.
func (s *server) flood(ctx context.Context, to *frames) {
	for !s.started.Load() {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return
		}
	}
	kinds := s.frames()
	garbage := time.Now().Add(7 * time.Second)
	for i := 0; ctx.Err() == nil; i++ {
		if time.Now().After(garbage) {
			_ = to.write(binaryFrame(noise(1 << 16)))
			return
		}
		if to.write(kinds[i%len(kinds)]) != nil {
			return
		}
		s.sent.Add(1)
	}
}

// frames are those of every kind, the large ones as large as they may be.
func (s *server) frames() [][]byte {
	large := wire.MaxServerFrame - 128
	var encoded [][]byte
	for _, frame := range []*wire.ServerFrame{
		{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: noise(wire.MaxEnvelope)}}},
		{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: noise(100)}}},
		{Kind: &wire.ServerFrame_Presence{Presence: &wire.Presence{Identity: s.watched[:], Online: false}}},
		{Kind: &wire.ServerFrame_Presence{Presence: &wire.Presence{Identity: s.watched[:], Online: true}}},
		{Kind: &wire.ServerFrame_Presence{Presence: &wire.Presence{Identity: noise(32), Online: true}}},
		{Kind: &wire.ServerFrame_MailArrived{MailArrived: &wire.MailArrived{}}},
		{Kind: &wire.ServerFrame_MailBatch{MailBatch: &wire.MailBatch{Id: 1 << 40, Next: noise(64)}}},
		{Kind: &wire.ServerFrame_LookupResult{LookupResult: &wire.LookupResult{Id: 1 << 41}}},
		{Kind: &wire.ServerFrame_SignalResult{SignalResult: &wire.SignalResult{Id: 1 << 42}}},
		{Kind: &wire.ServerFrame_PutResult{PutResult: &wire.PutResult{Id: 1 << 43}}},
		{Kind: &wire.ServerFrame_HandleResult{HandleResult: &wire.HandleResult{Id: 1 << 44}}},
		{Kind: &wire.ServerFrame_HeartbeatReply{HeartbeatReply: &wire.HeartbeatReply{Id: 1 << 45}}},
		{Kind: &wire.ServerFrame_DeleteResult{DeleteResult: &wire.DeleteResult{Id: 1 << 46}}},
		{Kind: &wire.ServerFrame_ServerList{ServerList: &wire.Signed{Body: noise(large)}}},
		{Kind: &wire.ServerFrame_RelayCredentials{RelayCredentials: &wire.RelayCredentials{Urls: slices.Repeat([]string{"turn:127.0.0.1:1?transport=udp"}, 1024)}}},
		{},
	} {
		if data, err := wire.Encode(frame); err == nil && len(data) <= wire.MaxServerFrame {
			encoded = append(encoded, binaryFrame(data))
		}
	}
	return encoded
}

func noise(size int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(rand.Uint32())
	}
	return data
}
