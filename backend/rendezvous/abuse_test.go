package rendezvous_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/guard"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// slow is an engine whose lookups take until the gate is open.
type slow struct {
	engine.Engine

	gate    chan struct{}
	waiting atomic.Int64
}

func (s *slow) Lookup(ctx context.Context, peer identity.PeerID) (engine.Record, bool, error) {
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	select {
	case <-s.gate:
	case <-ctx.Done():
		return engine.Record{}, false, ctx.Err()
	}
	return s.Engine.Lookup(ctx, peer)
}

func lookupOf(id uint64, peer identity.PeerID) *wire.ClientFrame {
	return &wire.ClientFrame{Kind: &wire.ClientFrame_Lookup{Lookup: &wire.Lookup{Id: id, Identity: peer[:]}}}
}

// TestSlowEngine has more connections wait for the engine than it is asked at
// once: everybody else is served, each connection keeps its order, and what
// waits unread has a bound.
func TestSlowEngine(t *testing.T) {
	t.Parallel()
	held := &slow{Engine: memory.New(memory.Options{}), gate: make(chan struct{})}
	server := start(t, func(o *rendezvous.Options) {
		o.Engine = held
		o.Limits.Rate, o.Limits.Burst = 1e6, 1e6
	})
	const many, atOnce = 280, 256
	stuck := make([]*raw, many)
	for i := range stuck {
		stuck[i] = enter(t, server)
	}
	other := enter(t, server)
	for _, r := range stuck {
		r.send(lookupOf(1, identity.PeerID{}))
		r.send(heartbeat(2))
		r.send(lookupOf(3, identity.PeerID{}))
		r.send(heartbeat(4))
	}
	await(t, "a busy engine", func() bool { return held.waiting.Load() == atOnce })
	for id := range uint64(20) {
		other.send(heartbeat(id))
		if other.mustRead().GetHeartbeatReply().GetId() != id {
			t.Fatal("another one waits for the engine, too")
		}
	}
	// One of them goes on sending. The server reads a little and leaves the rest to TCP.
	flooder := stuck[0]
	if err := flooder.conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for ; sent < 64<<20; sent += 60 << 10 {
		if err := flooder.writeMessage(2, make([]byte, 60<<10)); err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal(err)
			}
			break
		}
	}
	if sent >= 64<<20 {
		t.Error("everything was taken")
	}
	// 2 KiB for each connection's unread chunk, 16 KiB for the flooder's, and the queues.
	if most := int64(many*(2<<10) + 64<<10); server.Rendezvous().Held() > most {
		t.Errorf("%d bytes are held, more than %d", server.Rendezvous().Held(), most)
	}
	close(held.gate)
	for _, r := range stuck[1:] {
		for _, id := range []uint64{1, 2, 3, 4} {
			frame := r.mustRead()
			if got := frame.GetLookupResult().GetId() + frame.GetHeartbeatReply().GetId(); got != id {
				t.Fatalf("answer %d, want %d", got, id)
			}
		}
	}
}

// TestLeaseOfWaiting has heartbeats lie behind a slow engine for longer than a lease.
func TestLeaseOfWaiting(t *testing.T) {
	t.Parallel()
	held := &slow{Engine: memory.New(memory.Options{}), gate: make(chan struct{})}
	var ahead atomic.Int64
	server := start(t, func(o *rendezvous.Options) {
		o.Engine = held
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	r := enter(t, server)
	r.send(lookupOf(1, identity.PeerID{}))
	await(t, "a busy engine", func() bool { return held.waiting.Load() == 1 })
	ahead.Store(int64(40 * time.Second))
	close(held.gate)
	if r.mustRead().GetLookupResult() == nil {
		t.Fatal("no result")
	}
	r.send(heartbeat(2))
	if r.mustRead().GetHeartbeatReply().GetId() != 2 {
		t.Error("the session ended for the engine's slowness")
	}
}

// TestThousandsComeAndGo leaves at every stage, 10,000 times. It is alone, for
// it looks at the memory of the process.
func TestThousandsComeAndGo(t *testing.T) {
	const times, workers = 10_000, 16
	server := start(t, func(o *rendezvous.Options) { o.Limits.Unauthenticated = 1 << 20 })
	address := server.Rendezvous().Listening().String()
	frame := append([]byte(upgrade("Sec-WebSocket-Protocol: "+protocol.SubprotocolProtobuf+"\r\n")), 0x82, 0xfe, 0x70, 0, 1, 2, 3, 4, 5, 6, 7)
	before := heap()
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for i := worker; i < times; i += workers {
				conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
				if err != nil {
					t.Errorf("connection %d: %v", i, err)
					return
				}
				// Nothing, parts of the header, all of it and a part of a frame.
				_, _ = conn.Write(frame[:len(frame)*(i%5)/4])
				if i%5 == 4 {
					_, _ = io.ReadFull(conn, make([]byte, 12))
				}
				if tcp, ok := conn.(*net.TCPConn); ok && i%2 == 0 {
					_ = tcp.SetLinger(0) // a reset instead of an end
				}
				_ = conn.Close()
			}
		})
	}
	group.Wait()
	await(t, "nobody", func() bool { return server.Rendezvous().Counts().Connections == 0 })
	counts := server.Rendezvous().Counts()
	if counts.Accepted != times || counts.Sessions != 0 || counts.Held != 0 {
		t.Errorf("counts %+v", counts)
	}
	if after := heap(); after > before+4<<20 {
		t.Errorf("%d KiB stay", (after-before)>>10)
	}
	enter(t, server)
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what pools keep goes with the second
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// TestSlowloris has many send their bytes one by one.
func TestSlowloris(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) {
		o.Limits.Unauthenticated = 1000
		o.Limits.Header, o.Limits.Frame, o.Limits.Login = 400*time.Millisecond, 400*time.Millisecond, 2*time.Second
	})
	header := []byte(upgrade("Sec-WebSocket-Protocol: " + protocol.SubprotocolProtobuf + "\r\n"))
	frame := append(bytes.Clone(header), 0x82, 0xfe, 0x70, 0, 1, 2, 3, 4)
	frame = append(frame, make([]byte, 1<<10)...)
	var group sync.WaitGroup
	for i := range 300 {
		conn := mustConnect(t, server)
		at := 0 // even ones trickle the header, odd ones a frame
		if i%2 == 1 {
			at = len(header) + 5
		}
		_, _ = conn.Write(frame[:at])
		group.Go(func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for deadline := time.Now().Add(patience); time.Now().Before(deadline); at++ {
				if _, err := conn.Write(frame[at : at+1]); err != nil {
					return
				}
				<-tick.C
			}
			t.Error("a trickle is borne")
		})
	}
	group.Wait()
	await(t, "nobody", func() bool { return server.Rendezvous().Counts().Connections == 0 })
	await(t, "nothing held", func() bool { return server.Rendezvous().Held() == 0 })
}

// TestRandomBytes sends garbage at every stage; others do not notice.
func TestRandomBytes(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) { o.Limits.Unauthenticated = 1000 })
	witness := enter(t, server)
	header := []byte(upgrade("Sec-WebSocket-Protocol: " + protocol.SubprotocolProtobuf + "\r\n"))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		conn := mustConnect(t, server)
		data := make([]byte, random.IntN(20<<10))
		for at := 0; at+8 <= len(data); at += 8 {
			binary.LittleEndian.PutUint64(data[at:], random.Uint64())
		}
		if i%2 == 0 {
			data = append(bytes.Clone(header), data...)
		}
		_, _ = conn.Write(data)
		if i%4 == 1 {
			_ = conn.Close()
		}
	}
	witness.send(heartbeat(1))
	if witness.mustRead().GetHeartbeatReply() == nil {
		t.Error("no reply")
	}
	await(t, "one session", func() bool { return server.Rendezvous().Counts().Connections == 1 })
	await(t, "nothing held", func() bool { return server.Rendezvous().Held() == 0 })
}

// TestManyPings are answered once a second, and too many are not borne.
func TestManyPings(t *testing.T) {
	t.Parallel()
	server := start(t)
	r := enter(t, server)
	for range 2000 {
		if r.writeMessage(9, []byte("ping")) != nil {
			break
		}
	}
	r.expectClosed()
	if held := server.Rendezvous().Held(); held > 64<<10 {
		t.Errorf("%d bytes are held", held)
	}
}

// TestOffendersWait has an address send garbage until it is banned.
func TestOffendersWait(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	server := start(t, func(o *rendezvous.Options) {
		o.Limits.GuardLoopback = true
		o.Limits.Guard = guard.Limits{Strikes: 35}
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	address := server.Rendezvous().Listening().String()
	self := netip.MustParseAddr("127.0.0.1")
	for range 4 {
		r := mustDial(t, address, protocol.Protobuf)
		if err := r.writeMessage(2, []byte{0xff}); err != nil {
			t.Fatal(err)
		}
		r.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
	}
	until, refused := server.Rendezvous().Refuse(self)
	if wait := time.Until(until); !refused || wait > time.Minute || wait < 30*time.Second {
		t.Fatalf("refused %v for %v", refused, wait)
	}
	if _, err := dial(t, address, protocol.Protobuf); err == nil {
		t.Error("a banned address came in")
	}
	if bans := server.Rendezvous().Bans(10); len(bans) != 1 || server.Rendezvous().Counts().PrefixBans != 1 {
		t.Errorf("bans %v", bans)
	}
	ahead.Store(int64(time.Minute))
	enter(t, server).close()
	server.Rendezvous().Forgive(self)
	enter(t, server)
}

// TestConnectionRate has an address come too often.
func TestConnectionRate(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) {
		o.Limits.GuardLoopback = true
		o.Limits.Guard = guard.Limits{ConnectionBurst: 10, Connections: 1}
	})
	for range 10 {
		enter(t, server).close()
	}
	if _, err := dial(t, server.Rendezvous().Listening().String(), protocol.Protobuf); err == nil {
		t.Error("an 11th came in")
	}
	if counts := server.Rendezvous().Counts(); counts.Refused != 1 || counts.RefusedConnections != 1 {
		t.Errorf("counts %+v", counts)
	}
}

// TestIdentityRate has an identity flood from several sessions, and come again.
func TestIdentityRate(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) {
		o.Limits.GuardLoopback = true
		o.Limits.Guard = guard.Limits{PeerFrameBurst: 30, PeerFrames: 1, Strikes: 2, Forgiven: 1e-9}
	})
	address := server.Rendezvous().Listening().String()
	device := rendezvoustest.NewDevice(t)
	for range 3 {
		r := mustDial(t, address, protocol.Protobuf)
		r.login(device)
		for i := range uint64(40) {
			data, err := protocol.Protobuf.Encode(heartbeat(i))
			if err != nil {
				t.Fatal(err)
			}
			if r.writeMessage(2, data) != nil {
				break
			}
		}
		r.expectError(wire.ErrorCode_ERROR_CODE_LIMIT)
	}
	again := mustDial(t, address, protocol.Protobuf)
	again.send(hello(again.mustRead().GetChallenge(), device, device.Record))
	again.expectError(wire.ErrorCode_ERROR_CODE_BANNED)
	// Others at the same address go on.
	enter(t, server)
	if counts := server.Rendezvous().Counts(); counts.PeerBans != 1 || counts.PrefixBans != 0 {
		t.Errorf("counts %s", fmt.Sprintf("%+v", counts))
	}
}
