package ban_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/identity"
)

// naive decides by looking at every rule.
type naive []ban.Rule

func (n naive) last(matches func(ban.Target) int) uuid.UUID {
	best, found := -1, uuid.Nil
	for _, rule := range n {
		if score := matches(rule.Target.Normalize()); score >= 0 && score >= best {
			best, found = score, rule.ID
		}
	}
	return found
}

func (n naive) peer(peer identity.PeerID) uuid.UUID {
	return n.last(func(t ban.Target) int {
		if t == (ban.Target{Peer: peer}) {
			return 0
		}
		return -1
	})
}

func (n naive) invite(invite uuid.UUID) uuid.UUID {
	return n.last(func(t ban.Target) int {
		if t.Invite == invite && invite != uuid.Nil {
			return 0
		}
		return -1
	})
}

func (n naive) address(address netip.Addr) uuid.UUID {
	address = address.Unmap().WithZone("")
	return n.last(func(t ban.Target) int {
		if t.Range.IsValid() && t.Range.Contains(address) {
			return t.Range.Bits()
		}
		return -1
	})
}

func (n naive) host(name string) uuid.UUID {
	return n.last(func(t ban.Target) int {
		switch {
		case t.Domain == "" || !ban.Covers(t.Domain, name):
			return -1
		case t.Domain == name:
			return ban.MaxDomain + 1
		}
		return len(t.Domain)
	})
}

func (n naive) without(target ban.Target) naive {
	var rest naive
	for _, rule := range n {
		if rule.Target.Normalize() != target.Normalize() {
			rest = append(rest, rule)
		}
	}
	return rest
}

// few are targets of a small world, so that rules meet and hide one another.
func few(source *rand.Rand) ban.Target {
	switch source.IntN(6) {
	case 0:
		return ban.Target{Peer: identity.PeerID{byte(source.IntN(8) + 1)}}
	case 1:
		return ban.Target{Invite: uuid.UUID{byte(source.IntN(8) + 1)}}
	case 2:
		return ban.Target{Range: netip.PrefixFrom(someAddress(source), source.IntN(33))}
	case 3:
		address := someAddress(source)
		return ban.Target{Range: netip.PrefixFrom(netip.AddrFrom16(address.As16()), 96+source.IntN(33))}
	case 4:
		return ban.Target{Range: netip.PrefixFrom(someAddress6(source), source.IntN(129))}
	}
	domain := someName(source)
	if source.IntN(2) == 0 {
		domain = "*." + domain
	}
	return ban.Target{Domain: domain}
}

func someAddress(source *rand.Rand) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(source.IntN(2)), byte(source.IntN(4)), byte(source.IntN(4)), byte(source.IntN(4))})
}

func someAddress6(source *rand.Rand) netip.Addr {
	var bytes [16]byte
	for i := range bytes {
		bytes[i] = byte(source.IntN(2))
	}
	bytes[0] = 0x20
	return netip.AddrFrom16(bytes)
}

func someName(source *rand.Rand) string {
	labels := make([]string, 1+source.IntN(4), 6)
	for i := range labels {
		labels[i] = string(rune('a' + source.IntN(2)))
	}
	return strings.Join(append(labels, "example", "net"), ".")
}

func same(t *testing.T, what any, found uuid.UUID, banned bool, want uuid.UUID) {
	t.Helper()
	if found != want || banned != (want != uuid.Nil) {
		t.Fatalf("%v: ban %v (%t), want %v", what, found, banned, want)
	}
}

// TestEngineAgreesWithOneThatLooksAtEveryRule, however the list came to be.
func TestEngineAgreesWithOneThatLooksAtEveryRule(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		source := rand.New(rand.NewPCG(seed, 5))
		var rules naive
		for range source.IntN(60) {
			rules = append(rules, ban.Rule{ID: uuid.UUID{1, byte(len(rules))}, Target: few(source)})
		}
		engine := ban.New(rules)
		for range source.IntN(20) {
			if source.IntN(2) == 0 {
				rule := ban.Rule{ID: uuid.UUID{2, byte(len(rules))}, Target: few(source)}
				rules, engine = append(rules, rule), engine.With(rule)
			} else if len(rules) > 0 {
				target := rules[source.IntN(len(rules))].Target
				rules, engine = rules.without(target), engine.Without(target)
			}
		}
		distinct := map[ban.Target]bool{}
		for _, rule := range rules {
			distinct[rule.Target.Normalize()] = true
		}
		if engine.Len() != len(distinct) {
			t.Fatalf("%d rules, want %d", engine.Len(), len(distinct))
		}
		for range 200 {
			peer, invite := identity.PeerID{byte(source.IntN(10))}, uuid.UUID{byte(source.IntN(10))}
			id, banned := engine.Peer(peer)
			same(t, peer, id, banned, rules.peer(peer))
			id, banned = engine.Invite(invite)
			same(t, invite, id, banned, rules.invite(invite))
			for _, address := range []netip.Addr{someAddress(source), someAddress6(source), netip.AddrFrom16(someAddress(source).As16()), someAddress6(source).WithZone("eth0")} {
				id, banned = engine.Address(address)
				same(t, address, id, banned, rules.address(address))
			}
			name := someName(source)
			id, banned = engine.Host(strings.ToUpper(name) + ".")
			same(t, name, id, banned, rules.host(name))
		}
	}
}

func TestNobodyIsBannedByNoList(t *testing.T) {
	t.Parallel()
	for name, engine := range map[string]*ban.Engine{"nil": nil, "empty": {}, "of nothing": ban.New(nil)} {
		_, peer := engine.Peer(identity.PeerID{1})
		_, invite := engine.Invite(uuid.UUID{1})
		_, address := engine.Address(netip.MustParseAddr("192.0.2.1"))
		_, host := engine.Host("a.example.net")
		_, none := engine.Address(netip.Addr{})
		if peer || invite || address || host || none || engine.Len() != 0 || engine.HasDomains() || engine.HasInvites() {
			t.Errorf("%s: somebody is banned", name)
		}
		rule := ban.Rule{ID: uuid.UUID{1}, Target: ban.Target{Range: netip.MustParsePrefix("192.0.2.0/24")}}
		if id, banned := engine.With(rule).Address(netip.MustParseAddr("::ffff:192.0.2.1")); !banned || id != rule.ID {
			t.Errorf("%s: a rule does not hold", name)
		}
		if engine.Without(rule.Target).Len() != 0 {
			t.Errorf("%s: there is a rule", name)
		}
	}
}

// TestManyChanges: more than one layer holds, and those before stay as they are.
func TestManyChanges(t *testing.T) {
	t.Parallel()
	engine := ban.New(nil)
	var before *ban.Engine
	domain := func(i int) string { return fmt.Sprintf("host-%d.example.net", i) }
	for i := range 3000 {
		if i == 1000 {
			before = engine
		}
		engine = engine.With(ban.Rule{ID: uuid.UUID{1, byte(i), byte(i >> 8)}, Target: ban.Target{Domain: domain(i)}})
		if i%3 == 2 {
			engine = engine.Without(ban.Target{Domain: domain(i - 1)})
		}
	}
	if engine.Len() != 2000 || before.Len() != 1000-333 {
		t.Errorf("%d and %d rules", engine.Len(), before.Len())
	}
	for i := range 3000 {
		id, banned := engine.Host(domain(i))
		if banned != (i%3 != 1) || banned && id != (uuid.UUID{1, byte(i), byte(i >> 8)}) {
			t.Fatalf("%s: %t", domain(i), banned)
		}
		if _, banned = before.Host(domain(i)); banned != (i < 1000 && i%3 != 1) {
			t.Fatalf("%s was banned before: %t", domain(i), banned)
		}
	}
}

// TestAddressesOfDomains: they hold beside the ranges, a range before them.
func TestAddressesOfDomains(t *testing.T) {
	t.Parallel()
	domain, ranged := uuid.UUID{1}, uuid.UUID{2}
	engine := ban.New([]ban.Rule{
		{ID: domain, Target: ban.Target{Domain: "example.net"}},
		{ID: ranged, Target: ban.Target{Range: netip.MustParsePrefix("192.0.2.0/25")}},
	})
	before := engine
	engine = engine.WithHosts(map[netip.Addr]uuid.UUID{
		netip.MustParseAddr("192.0.2.1"): domain, netip.MustParseAddr("192.0.2.200"): domain, netip.MustParseAddr("2001:db8::1"): domain,
	})
	for text, want := range map[string]uuid.UUID{"192.0.2.1": ranged, "192.0.2.200": domain, "2001:db8::1": domain, "2001:db8::2": uuid.Nil} {
		id, banned := engine.Address(netip.MustParseAddr(text))
		same(t, text, id, banned, want)
	}
	if _, banned := before.Address(netip.MustParseAddr("2001:db8::1")); banned {
		t.Error("an engine changed")
	}
	if _, banned := engine.WithHosts(nil).Address(netip.MustParseAddr("2001:db8::1")); banned {
		t.Error("an address stays")
	}
	if engine.Len() != 2 {
		t.Errorf("%d rules", engine.Len())
	}
}

// many makes a list of every kind, as wide as lists of others are.
func many(count int) []ban.Rule {
	source := rand.New(rand.NewPCG(1, 2))
	rules := make([]ban.Rule, 0, count)
	for i := range count {
		rule := ban.Rule{ID: uuid.UUID{}}
		binary.BigEndian.PutUint64(rule.ID[:], uint64(i)+1)
		var random [16]byte
		binary.BigEndian.PutUint64(random[:], source.Uint64())
		binary.BigEndian.PutUint64(random[8:], source.Uint64())
		switch i % 5 {
		case 0:
			copy(rule.Target.Peer[:], random[:])
		case 1:
			rule.Target.Range = netip.PrefixFrom(netip.AddrFrom4([4]byte(random[:4])), 32)
		case 2:
			rule.Target.Range = netip.PrefixFrom(netip.AddrFrom4([4]byte(random[:4])), 16+int(random[4]%16)).Masked()
		case 3:
			random[0] = 0x20
			rule.Target.Range = netip.PrefixFrom(netip.AddrFrom16(random), 64).Masked()
		case 4:
			rule.Target.Domain = fmt.Sprintf("*.host-%d.example-%d.net", i, i%977)
		}
		rules = append(rules, rule)
	}
	return rules
}

const (
	manyRules  = 100_000
	mostMemory = 32 << 20
)

// TestMemoryOfManyRules: less than 32 MiB for 100,000. Not parallel: it measures the heap.
func TestMemoryOfManyRules(t *testing.T) { //nolint:paralleltest // measures the heap
	rules := many(manyRules)
	if used := heapOf(rules); used > mostMemory {
		t.Errorf("%d bytes for %d rules", used, manyRules)
	}
}

// heapOf is what an engine of these rules holds, in bytes.
func heapOf(rules []ban.Rule) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	engine := ban.New(rules)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(engine)
	runtime.KeepAlive(rules)
	return after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
}

// BenchmarkBanDecision is one whole decision with 100,000 rules: person, invite,
// address and name. It also tells the bytes that the engine holds.
func BenchmarkBanDecision(b *testing.B) {
	rules := many(manyRules)
	engine := ban.New(rules)
	for name, host := range map[string]string{"missed": "a.very.deep.name.of.a.host.example-1.org", "met": "mail.host-4.example-4.net"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			peer, four, six := identity.PeerID{9}, netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("2001:db8::9")
			for b.Loop() {
				engine.Peer(peer)
				engine.Invite(uuid.UUID{9})
				engine.Address(four)
				engine.Address(six)
				engine.Host(host)
			}
			b.ReportMetric(float64(heapOf(rules)), "engine-bytes")
		})
	}
}

// BenchmarkBanOfMany asks about somebody else each time, half of them banned, so
// that the answers are not in the processor's caches already.
func BenchmarkBanOfMany(b *testing.B) {
	rules := many(manyRules)
	engine := ban.New(rules)
	type somebody struct {
		peer      identity.PeerID
		four, six netip.Addr
		host      string
	}
	const people = 1 << 14
	source := rand.New(rand.NewPCG(7, 1))
	asked := make([]somebody, 0, people)
	for i := range people {
		one := somebody{
			peer: identity.PeerID{byte(i), byte(i >> 8), 1}, four: netip.AddrFrom4([4]byte{byte(i), byte(source.Uint32()), byte(i >> 8), 1}),
			six: netip.AddrFrom16([16]byte{0x20, 1, byte(i), byte(i >> 8), byte(source.Uint32())}), host: fmt.Sprintf("mail.host-%d.example-%d.org", i, i%977),
		}
		if i%2 == 0 {
			met := source.IntN(manyRules/5) * 5
			one.peer, one.six = rules[met].Target.Peer, rules[met+3].Target.Range.Addr().Next()
			one.four, one.host = rules[met+1].Target.Range.Addr(), "mail"+strings.TrimPrefix(rules[met+4].Target.Domain, "*")
		}
		asked = append(asked, one)
	}
	b.ReportAllocs()
	at := 0
	for b.Loop() {
		one := &asked[at&(people-1)]
		at += 4099
		engine.Peer(one.peer)
		engine.Invite(uuid.UUID{9})
		engine.Address(one.four)
		engine.Address(one.six)
		engine.Host(one.host)
	}
}

// TestDecisionsAllocateNothing, so that who floods makes no garbage.
func TestDecisionsAllocateNothing(t *testing.T) { //nolint:paralleltest // counts allocations
	engine := ban.New(many(1000))
	four, six := netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("::ffff:203.0.113.9")
	if made := testing.AllocsPerRun(100, func() {
		engine.Peer(identity.PeerID{9})
		engine.Invite(uuid.UUID{9})
		engine.Address(four)
		engine.Address(six)
		engine.Host("a.very.deep.name.of.a.host.example-1.org")
		engine.Host("mail.host-4.example-4.net")
	}); made != 0 {
		t.Errorf("%v allocations", made)
	}
}

// BenchmarkBanAdded is the engine with one rule more, of each kind.
func BenchmarkBanAdded(b *testing.B) {
	engine := ban.New(many(manyRules))
	for name, target := range map[string]ban.Target{
		"peer": {Peer: identity.PeerID{9}}, "domain": {Domain: "example.org"}, "range": {Range: netip.MustParsePrefix("198.51.100.0/24")},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				engine.With(ban.Rule{ID: uuid.UUID{9}, Target: target})
			}
		})
	}
}
