package guard_test

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/guard"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func address(n uint32) netip.Addr {
	var four [4]byte
	binary.BigEndian.PutUint32(four[:], n)
	return netip.AddrFrom4(four)
}

func peerOf(n uint32) (peer guard.Peer) {
	binary.BigEndian.PutUint32(peer[:], n)
	return peer
}

func TestConnectionsOfPrefix(t *testing.T) {
	t.Parallel()
	g := guard.New(guard.Limits{Connections: 60, ConnectionBurst: 10})
	one, now := address(1), start
	for i := range 10 {
		if _, allowed := g.Connect(one, now); !allowed {
			t.Fatalf("connection %d is refused", i)
		}
	}
	until, allowed := g.Connect(one, now)
	if allowed || until.Sub(now) <= 0 || until.Sub(now) > time.Second {
		t.Errorf("an 11th: %v, until %v", allowed, until)
	}
	if _, allowed = g.Connect(address(2), now); !allowed {
		t.Error("somebody else is refused")
	}
	if _, allowed = g.Connect(one, until); !allowed {
		t.Error("refused when the wait was over")
	}
	if counts := g.Counts(); counts.RefusedConnections != 1 || counts.Strikes != 1 || counts.Prefixes != 2 {
		t.Errorf("counts %+v", counts)
	}
}

func TestIPv6CountsByPrefix(t *testing.T) {
	t.Parallel()
	g := guard.New(guard.Limits{Connections: 60, ConnectionBurst: 4})
	connect := func(text string) bool {
		_, allowed := g.Connect(netip.MustParseAddr(text), start)
		return allowed
	}
	for range 4 {
		if !connect("2001:db8::1") {
			t.Fatal("refused")
		}
	}
	if connect("2001:db8::ffff:2") {
		t.Error("the same /64 has a bucket of its own")
	}
	// The /48 has 16 times the room: 60 more, from many /64.
	allowed := 0
	for i := range 100 {
		addr := netip.MustParseAddr("2001:db8:0:1::").As16()
		addr[7] = byte(i + 1)
		if _, ok := g.Connect(netip.AddrFrom16(addr), start); ok {
			allowed++
		}
	}
	if allowed != 60 {
		t.Errorf("%d from one /48", allowed)
	}
	if !connect("2001:db8:1::1") || !connect("::ffff:192.0.2.1") {
		t.Error("others are refused")
	}
}

func TestBansEscalateAndAreForgotten(t *testing.T) {
	t.Parallel()
	g := guard.New(guard.Limits{Strikes: 10})
	one, now := address(1), start
	offend := func() time.Duration {
		for range 11 {
			g.Strike(one, 1, now)
		}
		until, refused := g.Refuse(one, now)
		if !refused {
			return 0
		}
		if _, allowed := g.Connect(one, now); allowed {
			t.Error("a banned prefix connected")
		}
		banned := until.Sub(now)
		now = until
		if _, refused = g.Refuse(one, now); refused {
			t.Error("the ban does not end")
		}
		return banned
	}
	for i, want := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
		if got := offend(); got != want {
			t.Errorf("ban %d takes %v, want %v", i, got, want)
		}
	}
	now = now.Add(25 * time.Hour)
	if got := offend(); got != time.Minute {
		t.Errorf("after a quiet day the ban takes %v", got)
	}
	if counts := g.Counts(); counts.PrefixBans != 7 {
		t.Errorf("counts %+v", counts)
	}
}

func TestStrikesAreForgiven(t *testing.T) {
	t.Parallel()
	g := guard.New(guard.Limits{Strikes: 10, Forgiven: 1})
	for i := range 100 {
		g.Strike(address(1), 1, start.Add(time.Duration(i)*time.Second))
	}
	if _, refused := g.Refuse(address(1), start.Add(100*time.Second)); refused {
		t.Error("one a second is a ban")
	}
	g.Strike(address(2), 11, start)
	if bans := g.Bans(10, start); len(bans) != 1 || bans[0].Prefix != netip.PrefixFrom(address(2), 32) || bans[0].Count != 1 {
		t.Errorf("bans %v", bans)
	}
	g.Forgive(address(2))
	if bans := g.Bans(10, start); len(bans) != 0 {
		t.Errorf("bans %v", bans)
	}
}

func TestFramesOfPeerAndPrefix(t *testing.T) {
	t.Parallel()
	g := guard.New(guard.Limits{PeerFrames: 10, PeerFrameBurst: 20, PrefixFrames: 100, PrefixFrameBurst: 50, Strikes: 5})
	one, peer := address(1), peerOf(1)
	for i := range 20 {
		if _, allowed := g.Frame(one, peer, start); !allowed {
			t.Fatalf("frame %d is refused", i)
		}
	}
	// Another address does not help an identity, and another identity has its own.
	if _, allowed := g.Frame(address(2), peer, start); allowed {
		t.Error("the identity has no bucket")
	}
	if _, allowed := g.Frame(one, peerOf(2), start); !allowed {
		t.Error("another identity is refused")
	}
	allowed := 0
	for i := range uint32(100) {
		if _, ok := g.Frame(one, peerOf(100+i), start); ok {
			allowed++
		}
	}
	if allowed != 29 {
		t.Errorf("%d more frames from one address", allowed)
	}
	for range 10 {
		g.Frame(address(3), peer, start)
	}
	if until, refused := g.RefusePeer(peer, start); !refused || !until.Equal(start.Add(time.Minute)) {
		t.Errorf("the identity is banned: %v, until %v", refused, until)
	}
	g.ForgivePeer(peer)
	if _, refused := g.RefusePeer(peer, start); refused {
		t.Error("not forgiven")
	}
	for range 20 {
		g.StrikePeer(peer, 1, start)
	}
	if _, refused := g.RefusePeer(peer, start); !refused || g.Counts().PeerBans != 2 {
		t.Errorf("counts %+v", g.Counts())
	}
}

// TestTablesAreBounded has far more addresses than there is room for: bans outlive the flood.
func TestTablesAreBounded(t *testing.T) {
	t.Parallel()
	g := guard.New(guard.Limits{Entries: 1000, Strikes: 1})
	for i := range uint32(100) {
		g.Strike(address(i), 2, start)
	}
	now := start
	for i := range uint32(50_000) {
		now = now.Add(time.Microsecond)
		g.Connect(address(1<<20+i), now)
		g.Frame(address(1<<20+i), peerOf(i), now)
	}
	counts := g.Counts()
	if counts.Prefixes > 1000 || counts.Peers > 1000 || counts.Forgotten == 0 {
		t.Errorf("counts %+v", counts)
	}
	if bans := g.Bans(1000, now); len(bans) != 100 {
		t.Errorf("%d of 100 bans hold", len(bans))
	}
}

func TestTimeThatGoesBack(t *testing.T) {
	t.Parallel()
	g := guard.New(guard.Limits{Connections: 60, ConnectionBurst: 2})
	g.Connect(address(1), start)
	g.Connect(address(1), start.Add(-time.Hour))
	if _, allowed := g.Connect(address(1), start.Add(-2*time.Hour)); allowed {
		t.Error("a clock that goes back gives tokens")
	}
	if _, allowed := g.Connect(address(1), start.Add(time.Second)); !allowed {
		t.Error("refused for the hour that the clock went back")
	}
}

func FuzzGuard(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Fuzz(func(t *testing.T, script []byte) {
		g := guard.New(guard.Limits{Entries: 8, Strikes: 3, ConnectionBurst: 3, PeerFrameBurst: 3})
		now, latest := start, start
		for i := 0; i+2 < len(script) && i < 3000; i += 3 {
			now = now.Add(time.Duration(int8(script[i+1])) * time.Minute)
			if now.After(latest) {
				latest = now
			}
			addr := address(uint32(script[i+2] % 32))
			if script[i+2]&0x80 != 0 {
				addr = netip.AddrFrom16([16]byte{0x20, 1, 0, 0, 0, 0, 0, script[i+2]})
			}
			until, allowed := now, true
			switch script[i] % 4 {
			case 0:
				until, allowed = g.Connect(addr, now)
			case 1:
				until, allowed = g.Frame(addr, peerOf(uint32(script[i+2])), now)
			case 2:
				g.Strike(addr, 1, now)
			case 3:
				g.StrikePeer(peerOf(uint32(script[i+2])), 2, now)
			}
			if allowed == until.After(now) {
				t.Fatalf("allowed %v, but wait %v", allowed, until.Sub(now))
			}
			if end, refused := g.Refuse(addr, now); refused && (!end.After(now) || end.Sub(latest) > 24*time.Hour) {
				t.Fatalf("banned for %v", end.Sub(latest))
			}
			if counts := g.Counts(); counts.Prefixes > 8 || counts.Peers > 8 {
				t.Fatalf("counts %+v", counts)
			}
		}
	})
}

// BenchmarkGuard measures a decision with 100,000 entries in each table: those
// that are known, and those that push another one out.
func BenchmarkGuard(b *testing.B) {
	const entries = 100_000
	full := func() *guard.Guard {
		g := guard.New(guard.Limits{Entries: entries})
		for i := range uint32(entries) {
			g.Connect(address(i), start)
			g.Frame(address(i), peerOf(i), start)
		}
		return g
	}
	b.Run("connect", func(b *testing.B) {
		g := full()
		for i := uint32(0); b.Loop(); i++ {
			g.Connect(address(i%entries), start.Add(time.Duration(i)))
		}
	})
	b.Run("frame", func(b *testing.B) {
		g := full()
		for i := uint32(0); b.Loop(); i++ {
			g.Frame(address(i%entries), peerOf(i%entries), start.Add(time.Duration(i)))
		}
	})
	b.Run("refuse", func(b *testing.B) {
		g := full()
		for i := uint32(0); b.Loop(); i++ {
			g.Refuse(address(i%entries), start)
		}
	})
	b.Run("newcomer", func(b *testing.B) {
		g := full()
		for i := uint32(0); b.Loop(); i++ {
			g.Connect(address(entries+i), start.Add(time.Duration(i)))
		}
	})
}
