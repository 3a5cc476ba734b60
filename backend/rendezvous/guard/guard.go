package guard

import (
	"net/netip"
	"sync"
	"time"
)

// Limits are what may be done. Zero means the default.
type Limits struct {
	Connections      float64 // new ones a minute from a prefix; 120
	ConnectionBurst  float64 // at once; 240
	PrefixFrames     float64 // a second from a prefix; 400
	PrefixFrameBurst float64 // at once; 2,000
	PeerFrames       float64 // a second from all devices of an identity; 40
	PeerFrameBurst   float64 // at once; 240
	Strikes          float64 // that are borne at once before a ban; 120
	Forgiven         float64 // strikes a second; 0.5
	Entries          int     // of each of the two tables; 100,000, about 12 MiB each
}

func (l Limits) withDefaults() Limits {
	for value, standard := range map[*float64]float64{
		&l.Connections: 120, &l.ConnectionBurst: 240, &l.PrefixFrames: 400, &l.PrefixFrameBurst: 2000,
		&l.PeerFrames: 40, &l.PeerFrameBurst: 240, &l.Strikes: 120, &l.Forgiven: 0.5,
	} {
		if *value == 0 {
			*value = standard
		}
	}
	if l.Entries == 0 {
		l.Entries = 100_000
	}
	return l
}

// terms are how long the bans are, one after the other.
var terms = [...]time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 6 * time.Hour, 24 * time.Hour}

// memory is how long somebody must be quiet to be new again.
const memory = 24 * time.Hour

// wideFactor is how much more room a /48 has than a /64.
const wideFactor = 16

// Peer is an identity's public key.
type Peer = [32]byte

// Counts are for the operator. They only grow, except for Prefixes and Peers.
type Counts struct {
	RefusedConnections uint64 // over the rate, or banned
	RefusedFrames      uint64
	Strikes            uint64 // broken limits of any kind
	PrefixBans         uint64 // that were given
	PeerBans           uint64
	Forgotten          uint64 // entries that had to go before their time
	Prefixes           int    // entries now
	Peers              int
}

// Guard is safe for concurrent use. Time should not go back much; where it
// does, nobody gains anything.
type Guard struct {
	limits Limits

	mu       sync.Mutex
	prefixes table[prefix]
	peers    table[Peer]
	counts   Counts
}

// prefix is an address with the rest of its bits zero. IPv4 is in its IPv6 form.
type prefix struct {
	address [16]byte
	bits    uint8
}

// New makes a guard.
func New(limits Limits) *Guard {
	limits = limits.withDefaults()
	return &Guard{
		limits:   limits,
		prefixes: table[prefix]{most: limits.Entries, entries: make(map[prefix]entry)},
		peers:    table[Peer]{most: limits.Entries, entries: make(map[Peer]entry)},
	}
}

// Connect counts a new connection. False: it is to be closed, and there is no
// sense in another one before until.
func (g *Guard) Connect(addr netip.Addr, now time.Time) (until time.Time, allowed bool) {
	at := now.UnixNano()
	g.mu.Lock()
	defer g.mu.Unlock()
	narrow := narrowOf(addr)
	one := g.find(narrow, at)
	if one.isBanned(at) {
		g.counts.RefusedConnections++
		return time.Unix(0, one.until), false
	}
	wait := one.connections.take(g.limits.Connections/60, g.limits.ConnectionBurst, at)
	if wide, ok := wideOf(addr); ok && wait == 0 {
		other := g.find(wide, at)
		wait = other.connections.take(wideFactor*g.limits.Connections/60, wideFactor*g.limits.ConnectionBurst, at)
		g.prefixes.put(wide, other, &g.counts)
	}
	if wait > 0 {
		g.counts.RefusedConnections++
		wait = max(wait, time.Duration(one.strike(g, 1, at, &g.counts.PrefixBans)-at))
	}
	g.prefixes.put(narrow, one, &g.counts)
	return now.Add(wait), wait == 0
}

// Frame counts a frame of an identity that is logged in. False: its connection
// is to be ended, and there is no sense in another one before until.
func (g *Guard) Frame(addr netip.Addr, peer Peer, now time.Time) (until time.Time, allowed bool) {
	at := now.UnixNano()
	g.mu.Lock()
	defer g.mu.Unlock()
	narrow := narrowOf(addr)
	one, other := g.find(narrow, at), g.peers.find(peer, at)
	wait := one.frames.take(g.limits.PrefixFrames, g.limits.PrefixFrameBurst, at)
	if wait == 0 {
		if wait = other.frames.take(g.limits.PeerFrames, g.limits.PeerFrameBurst, at); wait > 0 {
			wait = max(wait, time.Duration(other.strike(g, 1, at, &g.counts.PeerBans)-at))
		}
	} else {
		wait = max(wait, time.Duration(one.strike(g, 1, at, &g.counts.PrefixBans)-at))
	}
	if wait > 0 {
		g.counts.RefusedFrames++
	}
	g.prefixes.put(narrow, one, &g.counts)
	g.peers.put(peer, other, &g.counts)
	return now.Add(wait), wait == 0
}

// Strike tells of limits that were broken elsewhere, by somebody whose identity
// is not known, or does not matter.
func (g *Guard) Strike(addr netip.Addr, weight float64, now time.Time) {
	at := now.UnixNano()
	g.mu.Lock()
	defer g.mu.Unlock()
	narrow := narrowOf(addr)
	one := g.find(narrow, at)
	one.strike(g, weight, at, &g.counts.PrefixBans)
	g.prefixes.put(narrow, one, &g.counts)
}

// StrikePeer is Strike for an identity.
func (g *Guard) StrikePeer(peer Peer, weight float64, now time.Time) {
	at := now.UnixNano()
	g.mu.Lock()
	defer g.mu.Unlock()
	one := g.peers.find(peer, at)
	one.strike(g, weight, at, &g.counts.PeerBans)
	g.peers.put(peer, one, &g.counts)
}

// Refuse says whether an address is banned, and until when.
func (g *Guard) Refuse(addr netip.Addr, now time.Time) (until time.Time, refused bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.prefixes.entries[narrowOf(addr)].ban(now)
}

// RefusePeer is Refuse for an identity.
func (g *Guard) RefusePeer(peer Peer, now time.Time) (until time.Time, refused bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.peers.entries[peer].ban(now)
}

// Forgive forgets everything about an address.
func (g *Guard) Forgive(addr netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.prefixes.entries, narrowOf(addr))
}

// ForgivePeer is Forgive for an identity.
func (g *Guard) ForgivePeer(peer Peer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.peers.entries, peer)
}

// Ban is one that holds.
type Ban struct {
	Prefix netip.Prefix
	Until  time.Time
	Count  int // of this one and those before it that are not forgotten
}

// Bans returns at most limit prefixes that are banned now, in no order.
func (g *Guard) Bans(limit int, now time.Time) []Ban {
	g.mu.Lock()
	defer g.mu.Unlock()
	var bans []Ban
	for key, one := range g.prefixes.entries {
		if len(bans) >= limit {
			break
		}
		if until, refused := one.ban(now); refused {
			bans = append(bans, Ban{Prefix: key.prefix(), Until: until, Count: int(one.bans)})
		}
	}
	return bans
}

// Counts returns them.
func (g *Guard) Counts() Counts {
	g.mu.Lock()
	defer g.mu.Unlock()
	counts := g.counts
	counts.Prefixes, counts.Peers = len(g.prefixes.entries), len(g.peers.entries)
	return counts
}

func (g *Guard) find(key prefix, at int64) entry { return g.prefixes.find(key, at) }

// narrowOf returns what is counted and banned for an address.
func narrowOf(addr netip.Addr) prefix {
	addr = addr.Unmap()
	key := prefix{address: addr.As16(), bits: 128}
	if addr.Is6() {
		key.bits = 64
		clear(key.address[8:])
	}
	return key
}

// wideOf returns what is counted besides.
func wideOf(addr netip.Addr) (prefix, bool) {
	if addr = addr.Unmap(); !addr.Is6() {
		return prefix{}, false
	}
	key := prefix{address: addr.As16(), bits: 48}
	clear(key.address[6:])
	return key, true
}

func (p prefix) prefix() netip.Prefix {
	addr := netip.AddrFrom16(p.address).Unmap()
	return netip.PrefixFrom(addr, min(int(p.bits), addr.BitLen()))
}
