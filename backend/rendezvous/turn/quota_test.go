package turn

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

func TestAllocationsAreBounded(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) { o.PerPeer, o.Allocations, o.ListenTCP = 2, 3, "127.0.0.1:0" })
	first, second := server.Credentials(identity.PeerID{1}, ""), server.Credentials(identity.PeerID{2}, "")
	allocate(t, clientOf(t, server, first))
	socket, address := transport(t, server, "tcp", nil)
	held := allocate(t, clientOver(t, socket, address, first)) // transports count together
	_, err := clientOf(t, server, first).Allocate()
	if err == nil || !strings.Contains(err.Error(), "486") {
		t.Errorf("a peer's third allocation of two: %v", err)
	}
	allocate(t, clientOf(t, server, second))
	if _, err = clientOf(t, server, second).Allocate(); err == nil || !strings.Contains(err.Error(), "508") {
		t.Errorf("a fourth allocation of three: %v", err)
	}
	if counts := server.Counts(); counts.Refused < 2 || counts.Allocations != 3 {
		t.Errorf("counts %+v", counts)
	}
	if err = held.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "room", func() bool { return server.Counts().Allocations == 2 })
	allocate(t, clientOf(t, server, second))
}

// moved sends count packets of 1,000 bytes through the relay and returns how many bytes passed.
func moved(t *testing.T, server *Server, tag string, count int) uint64 {
	t.Helper()
	held, err := server.allocate(tag)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	before := server.Counts().Bytes
	sink := net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 9))
	for range count {
		if _, err = held.WriteTo(make([]byte, 1000), sink); err != nil {
			t.Fatal(err)
		}
	}
	return server.Counts().Bytes - before
}

func TestRates(t *testing.T) {
	t.Parallel()
	clock := newClock()
	server := start(t, func(o *Options) { o.Now, o.BytesPerSecond, o.TotalBytesPerSecond = clock.Now, 10_000, 25_000 })
	if got := moved(t, server, "one", 20); got != 10_000 {
		t.Errorf("a peer moved %d bytes at once", got)
	}
	if got := moved(t, server, "one", 20); got != 0 {
		t.Errorf("with another allocation it moved %d bytes more", got)
	}
	if got := moved(t, server, "two", 20) + moved(t, server, "three", 20); got != 15_000 {
		t.Errorf("two others moved %d bytes", got)
	}
	if server.Counts().Dropped != 20+10+10+15 {
		t.Errorf("%d packets dropped", server.Counts().Dropped)
	}
	clock.advance(500 * time.Millisecond)
	if got := moved(t, server, "one", 20); got != 5000 {
		t.Errorf("half a second later it moved %d bytes", got)
	}
	// A clock that goes back stops nobody.
	clock.advance(-time.Hour)
	if got := moved(t, server, "one", 20); got != 10_000 {
		t.Errorf("an hour earlier it moved %d bytes", got)
	}
}

// TestRateOfWhatComesIn: packets to a peer count as well.
func TestRateOfWhatComesIn(t *testing.T) {
	t.Parallel()
	clock := newClock()
	server := start(t, func(o *Options) { o.Now, o.BytesPerSecond = clock.Now, 3000 })
	allocation := allocate(t, clientOf(t, server, server.Credentials(identity.PeerID{1}, "")))
	peer := echo(t).LocalAddr()
	for range 3 {
		if err := roundTrip(t, allocation, peer, strings.Repeat("x", 1000)); err != nil {
			t.Fatal(err)
		}
	}
	sender := echo(t)
	if _, err := sender.WriteTo([]byte("too much"), allocation.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a dropped packet", func() bool { return server.Counts().Dropped == 1 })
}

func TestBytesOfADay(t *testing.T) {
	t.Parallel()
	clock := newClock()
	server := start(t, func(o *Options) { o.Now, o.BytesPerDay = clock.Now, 5000 })
	credentials := server.Credentials(identity.PeerID{1}, "")
	tag := server.tag(identity.PeerID{1})
	if got := moved(t, server, tag, 9); got != 5000 {
		t.Errorf("%d bytes of 5,000 for a day", got)
	}
	if _, err := clientOf(t, server, credentials).Allocate(); err == nil || !strings.Contains(err.Error(), "486") {
		t.Errorf("a peer over its quota gets an allocation: %v", err)
	}
	if got := moved(t, server, "another", 3); got != 3000 {
		t.Errorf("another peer moved %d bytes", got)
	}
	clock.advance(12 * time.Hour) // midnight
	if got := moved(t, server, tag, 9); got != 5000 {
		t.Errorf("the next day: %d bytes", got)
	}
}

func TestQuotasAreBounded(t *testing.T) {
	t.Parallel()
	const most = 50
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	table := newQuotas(most)
	for number := range 10 * most {
		tag := fmt.Sprint(number)
		one := table.take(tag, 1, 1<<20, now)
		if one == nil {
			t.Fatal("no account for a new peer")
		}
		one.spend(1+number, 1<<20, now)
		if number > 0 {
			table.give(tag) // the first keeps its allocation
		}
		if len(table.accounts) > most {
			t.Fatalf("%d accounts", len(table.accounts))
		}
	}
	if table.held("0") != 1 {
		t.Error("a peer with an allocation was forgotten")
	}
	if one := table.accounts[fmt.Sprint(10*most-1)]; one == nil || one.spent(now) != 10*most {
		t.Error("the peer who moved most was forgotten")
	}
	// A day later nobody has to be remembered.
	table.take("new", 1, 1<<20, now.Add(day))
	if len(table.accounts) != 2 {
		t.Errorf("%d accounts the next day", len(table.accounts))
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	table := newPlaces(10, 1_000_000)
	at := time.Now().UnixNano()
	count := func(addr string) (passed int) {
		for range 200 {
			if table.take(netip.MustParseAddr(addr), at) {
				passed++
			}
		}
		return passed
	}
	if got := count("192.0.2.1"); got != 50 {
		t.Errorf("%d of 50 requests at once", got)
	}
	if got := count("192.0.2.2"); got != 50 {
		t.Errorf("another address: %d", got)
	}
	if got := count("2001:db8::1") + count("2001:db8::2") + count("2001:db8:0:1::1"); got != 100 {
		t.Errorf("two networks of IPv6: %d", got)
	}
	at += int64(time.Second)
	if got := count("192.0.2.1"); got != 10 {
		t.Errorf("a second later: %d of 10", got)
	}
	// Whoever comes from everywhere is bounded by all together.
	table = newPlaces(10, 100)
	passed := 0
	for number := range uint32(100_000) {
		if table.take(netip.AddrFrom4([4]byte{10, byte(number >> 16), byte(number >> 8), byte(number)}), at) {
			passed++
		}
	}
	if passed != 200 {
		t.Errorf("%d of 200 requests from 100,000 addresses", passed)
	}
}
