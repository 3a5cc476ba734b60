package moderation

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestParseTarget(t *testing.T) {
	t.Parallel()
	peer := usablePeer(t)
	for text, want := range map[string]struct {
		kind Kind
		text string
	}{
		peer.String():          {KindPeer, peer.String()},
		"192.0.2.7":            {KindAddress, "192.0.2.7"},
		"192.0.2.7/32":         {KindAddress, "192.0.2.7"},
		"::ffff:192.0.2.7":     {KindAddress, "192.0.2.7"},
		"2001:db8::1":          {KindAddress, "2001:db8::/64"},
		"2001:db8::1/128":      {KindAddress, "2001:db8::/64"},
		"192.0.2.9/24":         {KindRange, "192.0.2.0/24"},
		"::ffff:192.0.2.9/120": {KindRange, "192.0.2.0/24"},
		"2001:db8::1/32":       {KindRange, "2001:db8::/32"},
		"Spam.Example.ORG.":    {KindDomain, "spam.example.org"},
		"*.example.org":        {KindDomain, "example.org"},
		"bücher.example":       {KindDomain, "xn--bcher-kva.example"},
	} {
		target, err := ParseTarget(" " + text + "\n")
		if err != nil || target.Kind != want.kind || target.String() != want.text || !engine.GoodKey(target.key()) {
			t.Errorf("%s: %v %q, %v", text, target.Kind, target, err)
		}
	}
	for _, text := range []string{"", "localhost", "0.0.0.0/0", "::/0", "1.2.3", "1.2.3.4.5", "256.1.1.1", "a b.org", "-.org", ".org", "a..org", "*.*.org", "1.2.3.4/33", strings.Repeat("a.", 200) + "org", "user@example.org"} {
		if target, err := ParseTarget(text); !errors.Is(err, ErrTarget) {
			t.Errorf("%q: %v, %v", text, target, err)
		}
	}
}

func TestBans(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	elsewhere := b.another()
	b.follow(elsewhere)
	b.expect(b.Moderation, "192.0.2.7", false)
	one, wide, six := b.ban("192.0.2.7", time.Time{}), b.ban("198.51.100.0/24", time.Time{}), b.ban("2001:db8::7", time.Time{})
	for address, want := range map[string]bool{
		"192.0.2.7": true, "::ffff:192.0.2.7": true, "192.0.2.8": false, "198.51.100.200": true, "198.51.101.1": false,
		"2001:db8::ffff": true, "2001:db8:0:1::7": false, "fe80::1%lo": false,
	} {
		b.expect(b.Moderation, address, want)
	}
	b.await("the ban elsewhere", func() bool {
		_, banned := elsewhere.Refuse(identity.PeerID{}, netip.MustParseAddr("2001:db8::7"))
		return banned
	})
	b.lift(one)
	b.lift(six)
	b.expect(b.Moderation, "192.0.2.7", false)
	b.expect(b.Moderation, "2001:db8::7", false)
	b.expect(b.Moderation, "198.51.100.200", true)
	b.lift(wide)
	b.lift(wide) // once more is no error
	if _, banned := b.Refuse(identity.PeerID{}, netip.Addr{}); banned {
		t.Error("no address is banned")
	}
}

func TestBanOfPeer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	peer := usablePeer(t)
	target := b.ban(peer.String(), b.now().Add(time.Hour))
	ban, banned := b.Refuse(peer, netip.MustParseAddr("192.0.2.7"))
	if !banned || ban.Target != target || ban.Reason != "spam" || ban.Left(b.now()) != time.Hour || !ban.Created.Equal(b.now()) {
		t.Errorf("ban %v, %t", ban, banned)
	}
	if _, banned = b.Refuse(peerOf(0xee), netip.Addr{}); banned {
		t.Error("somebody else is banned")
	}
	select {
	case <-b.Changes():
	default:
		t.Error("nobody is told")
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.ban("192.0.2.0/24", time.Time{})
	b.ban("192.0.2.128/25", b.now().Add(time.Hour))
	b.ban("203.0.113.1", b.now().Add(time.Minute))
	b.ban("example.org", b.now().Add(time.Minute))
	b.expect(b.Moderation, "203.0.113.1", true)
	b.pass(time.Hour)
	b.expect(b.Moderation, "203.0.113.1", false)
	b.expect(b.Moderation, "192.0.2.200", true) // by the wider one
	if left := b.Bans(); len(left) != 1 {
		t.Errorf("bans %v", left)
	}
	b.sweepBans(t.Context())
	b.await("one ban in memory", func() bool {
		b.Moderation.mu.RLock()
		defer b.Moderation.mu.RUnlock()
		return len(b.bans) == 1 && len(b.domains) == 0
	})
	b.ban("203.0.113.1", b.now().Add(time.Minute))
	b.ban("203.0.113.1", time.Time{}) // replaced
	b.pass(time.Hour)
	b.expect(b.Moderation, "203.0.113.1", true)
}

func TestLongReasonIsCut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	target, err := ParseTarget("192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	if err = b.Ban(t.Context(), target, strings.Repeat("é", 500), time.Time{}); err != nil {
		t.Fatal(err)
	}
	b.await("the ban", func() bool { return len(b.Bans()) == 1 })
	if reason := []rune(b.Bans()[0].Reason); len(reason) != MaxReason {
		t.Errorf("a reason of %d characters", len(reason))
	}
}

func TestDomains(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	honest, liar, other := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("192.0.2.8"), netip.MustParseAddr("192.0.2.9")
	b.resolver.names = map[string][]string{
		"192.0.2.7": {"Host-7.Spam.Example.org."}, "192.0.2.8": {"host-8.spam.example.org."}, "192.0.2.9": {"notspam.example.org."},
	}
	b.resolver.addresses = map[string][]netip.Addr{
		"host-7.spam.example.org": {netip.MustParseAddr("::ffff:192.0.2.7")}, "host-8.spam.example.org": {honest}, "notspam.example.org": {other},
	}
	b.Consider(honest)
	if b.resolver.questions() != 0 {
		t.Error("a name is asked for although no domain is banned")
	}
	target := b.ban("*.spam.example.org", time.Time{})
	b.await("a change", func() bool { return len(b.Changes()) == 1 })
	<-b.Changes()
	b.expect(b.Moderation, honest.String(), false) // not known yet
	b.Consider(honest)
	<-b.Changes()
	b.expect(b.Moderation, honest.String(), true)
	for _, address := range []netip.Addr{liar, other} {
		b.Consider(address)
		b.await("an answer", func() bool {
			b.names.mu.Lock()
			defer b.names.mu.Unlock()
			_, known := b.names.find(address, b.now())
			return known
		})
		b.expect(b.Moderation, address.String(), false)
	}
	asked := b.resolver.questions()
	b.Consider(honest)
	if b.resolver.questions() != asked {
		t.Error("a known name is asked for again")
	}
	b.lift(target)
	b.expect(b.Moderation, honest.String(), false)
	b.ban("example.org", time.Time{})
	b.expect(b.Moderation, honest.String(), true)
	b.pass(namesLife)
	b.expect(b.Moderation, honest.String(), false) // until it is asked for again
}

// TestLookupsAreBounded: slow answers hold nobody up and are few at once.
func TestLookupsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.ban("example.org", time.Time{})
	hold := make(chan struct{})
	b.resolver.mu.Lock()
	b.resolver.hold = hold
	b.resolver.mu.Unlock()
	for i := range 100 {
		b.Consider(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}))
	}
	b.await("some questions", func() bool { return b.resolver.questions() == lookupsMost })
	close(hold)
	b.await("answers", func() bool {
		b.names.mu.Lock()
		defer b.names.mu.Unlock()
		return len(b.names.asking) == 0
	})
	if asked := b.resolver.questions(); asked != lookupsMost {
		t.Errorf("%d questions", asked)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	about, spam := peerOf(100), wire.ReportReason_REPORT_REASON_SPAM
	report := func(from byte, about identity.PeerID, reason wire.ReportReason) {
		t.Helper()
		if err := b.Report(t.Context(), peerOf(from), about, reason); err != nil {
			t.Fatal(err)
		}
	}
	counted := func(peer identity.PeerID, want int) func() bool {
		return func() bool {
			b.reports.mu.Lock()
			defer b.reports.mu.Unlock()
			one := b.reports.by[peer]
			return (one == nil && want == 0) || (one != nil && len(one.Reports) == want)
		}
	}
	for range 5 {
		report(1, about, spam) // one peer, however often
	}
	report(2, about, wire.ReportReason_REPORT_REASON_ABUSE)
	report(100, about, spam) // oneself does not count
	b.await("two reports", counted(about, 2))
	if shown := b.Reported(); len(shown) != 0 {
		t.Errorf("shown %v", shown)
	}
	b.pass(15 * 24 * time.Hour)
	report(3, about, wire.ReportReason(77))
	b.await("three reports", counted(about, 3))
	shown := b.Reported()
	if len(shown) != 1 || shown[0].Peer != about || shown[0].Reporters != 3 || shown[0].Weight < 1.99 || shown[0].Weight > 2.01 ||
		shown[0].Reasons[spam] != 1 || shown[0].Reasons[wire.ReportReason_REPORT_REASON_UNSPECIFIED] != 1 || !shown[0].Latest.Equal(b.now()) {
		t.Errorf("shown %v", shown)
	}
	if _, banned := b.Refuse(about, netip.Addr{}); banned {
		t.Error("reports banned somebody")
	}
	b.pass(15 * 24 * time.Hour)
	if shown = b.Reported(); len(shown) != 0 {
		t.Errorf("shown after 30 days: %v", shown)
	}
	for from := range byte(90) {
		report(from, peerOf(200), spam)
	}
	b.await("as many as are kept", counted(peerOf(200), MaxReporters))
	if shown = b.Reported(); len(shown) != 1 || shown[0].Reporters != MaxReporters {
		t.Errorf("shown %v", shown)
	}
	if err := b.Dismiss(t.Context(), peerOf(200)); err != nil {
		t.Fatal(err)
	}
	b.await("none", counted(peerOf(200), 0))
	b.pass(30 * 24 * time.Hour)
	b.sweepReports(t.Context())
	b.await("none", counted(about, 0))
}

func TestReportsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.reports.mu.Lock()
	for i := range uint32(MaxReported) {
		b.reports.by[identity.PeerID(binary.BigEndian.AppendUint32(make([]byte, 28), i))] = &reportRecord{}
	}
	b.reports.mu.Unlock()
	if err := b.Report(t.Context(), peerOf(1), peerOf(2), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.engine.Table(engine.TableReports).Get(t.Context(), reportKey(peerOf(2))); !errors.Is(err, engine.ErrNoKey) {
		t.Errorf("kept: %v", err)
	}
}

// TestBadRecords: what others wrote into the tables and cannot be read is passed over.
func TestBadRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i, data := range []string{"", "{}", `{"target":"example.org"}`, "nonsense", `{"target":17}`} {
		for _, name := range []engine.TableName{engine.TableBans, engine.TableReports} {
			if _, err := b.engine.Table(name).Put(t.Context(), fmt.Sprint("key", i), []byte(data), 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.ban("192.0.2.7", time.Time{})
	if bans := b.Bans(); len(bans) != 1 {
		t.Errorf("bans %v", bans)
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, seed := range []string{"192.0.2.7", "2001:db8::1/32", "*.example.org", "bücher.example", "::ffff:1.2.3.4/97"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := ParseTarget(text)
		if err != nil {
			return
		}
		again, err := ParseTarget(target.String())
		if err != nil || again != target || !engine.GoodKey(target.key()) {
			t.Errorf("%q is %v, and then %v, %v", text, target, again, err)
		}
	})
}

// FuzzRecords: whatever stands in the tables is read or refused.
func FuzzRecords(f *testing.F) {
	f.Add([]byte(`{"target":"192.0.2.7","reason":"x","created_ms":1,"expires_ms":2}`))
	f.Add([]byte(`{"reports":[{"by":"AAAA","at_ms":1,"reason":1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if ban, err := parseBan(data); err == nil && (ban.Target.Kind == "" || len([]rune(ban.Reason)) > MaxReason) {
			t.Errorf("ban %v", ban)
		}
		if record, err := parseReports(data); err == nil && record.sum(identity.PeerID{}, time.Unix(0, 0)).Reporters > MaxReporters {
			t.Error("too many reporters")
		}
	})
}

func BenchmarkRefuse(b *testing.B) {
	m := New(Options{})
	for i := range uint32(100_000) {
		var target Target
		switch i % 4 {
		case 0:
			target = Target{Kind: KindPeer, Peer: identity.PeerID(binary.BigEndian.AppendUint32(make([]byte, 28), i))}
		case 1:
			target = Target{Kind: KindAddress, Range: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32)}
		case 2:
			target = Target{Kind: KindRange, Range: netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(i >> 16), byte(i >> 8), byte(i)}), 56)}
		default:
			target = Target{Kind: KindDomain, Domain: fmt.Sprintf("host%d.example.org", i)}
		}
		m.hold(target.key(), &Ban{Target: target, Expires: time.Now().Add(time.Hour)})
	}
	peer := peerOf(0xee)
	for name, address := range map[string]netip.Addr{
		"free": netip.MustParseAddr("192.0.2.7"), "address": netip.AddrFrom4([4]byte{10, 0, 1, 1}), "range": netip.MustParseAddr("2001:db8:0:200::7"),
		"name": netip.MustParseAddr("192.0.2.8"),
	} {
		if name == "name" {
			m.names.keep(address, named{names: []string{"a.b.host3.example.org"}, expires: time.Now().Add(time.Hour)})
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, banned := m.Refuse(peer, address); banned == (name == "free") {
					b.Fatal(banned)
				}
			}
		})
	}
}
