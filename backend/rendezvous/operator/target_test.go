package operator

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

func TestParseTarget(t *testing.T) {
	t.Parallel()
	peer := rendezvoustest.NewDevice(t).Peer().String()
	for _, c := range []struct {
		kind       BanKind
		text, want string
		is         BanKind
	}{
		{0, peer, peer, BanPeer},
		{0, " " + strings.ToUpper(peer) + "\n", peer, BanPeer},
		{0, "198.51.100.7", "198.51.100.7", BanAddress},
		{0, "::ffff:198.51.100.7", "198.51.100.7", BanAddress},
		{0, "[2001:DB8::7]", "2001:db8::7", BanAddress},
		{0, "fe80::7%eth0", "fe80::7", BanAddress},
		{0, "198.51.100.77/24", "198.51.100.0/24", BanRange},
		{0, "::ffff:198.51.100.0/120", "198.51.100.0/24", BanRange},
		{0, "198.51.100.7/32", "198.51.100.7", BanAddress},
		{0, "2001:db8::/32", "2001:db8::/32", BanRange},
		{BanRange, "198.51.100.7", "198.51.100.7", BanAddress},
		{0, "Example.ORG.", "example.org", BanDomain},
		{0, "*.bulk.example", "bulk.example", BanDomain},
		{0, "bücher.example", "xn--bcher-kva.example", BanDomain},
		{0, "tc1.example.org", "tc1.example.org", BanDomain},
	} {
		got, err := ParseTarget(c.kind, c.text)
		if err != nil || got.Text != c.want || got.Kind != c.is {
			t.Errorf("%q: %+v, %v", c.text, got, err)
		}
	}
	for _, c := range []struct {
		kind       BanKind
		text, says string
	}{
		{0, "  ", "nothing to ban"},
		{0, strings.Repeat("a", maxTarget+1), "too long"},
		{0, "tc1nonsense", "begins with tc1"},
		{0, "198.51.100.0/33", "/33 is too long for IPv4, the most is /32. Did you mean 198.51.100.0/24?"},
		{0, "2001:db8::/129", "Did you mean 2001:db8::/64?"},
		{0, "198.51.100.0/x", "Write it as 198.51.100.0/24"},
		{0, "198.51.100.0/024", "not a range"},
		{0, "198.51.100.0/-1", "not a range"},
		{0, "198.51.100.256", "not an address"},
		{0, "0.0.0.0/0", "most of the internet"},
		{0, "::/0", "most of the internet"},
		{0, "127.0.0.1", "this machine"},
		{0, "::1", "this machine"},
		{0, "nonsense", "not a domain"},
		{0, "-.example", "not a domain"},
		{BanDomain, "198.51.100.7", "is an address"},
		{BanAddress, "example.org", "not an address"},
		{9, "example.org", "a peer, an address"},
	} {
		got, err := ParseTarget(c.kind, c.text)
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(refused.Sentence, c.says) {
			t.Errorf("%q: %+v, %v", c.text, got, err)
		}
	}
}

// FuzzParseTarget: whatever is accepted is canonical and reads as itself.
func FuzzParseTarget(f *testing.F) {
	for _, text := range []string{"198.51.100.7/24", "::ffff:1.2.3.4/97", "*.example.org", "tc1", "[::1]/3", "\u3002.a", "xn--a.b"} {
		f.Add(int(0), text)
	}
	f.Fuzz(func(t *testing.T, kind int, text string) {
		got, err := ParseTarget(BanKind(kind), text)
		if err != nil {
			var refused *Refused
			if !errors.As(err, &refused) || refused.Sentence == "" {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		again, err := ParseTarget(got.Kind, got.Text)
		if err != nil || again != got {
			t.Errorf("%q is %+v, and that is %+v, %v", text, got, again, err)
		}
		if (got.Kind == BanAddress || got.Kind == BanRange) && got.Prefix != got.Prefix.Masked() {
			t.Errorf("%q: host bits in %v", text, got.Prefix)
		}
	})
}

func TestShortened(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"198.51.100.77/32": "198.51.100.0/24", "198.51.0.0/16": "198.51.0.0/16", "2001:db8:1:2::3/128": "2001:db8:1::/48",
		"::ffff:198.51.100.77/128": "198.51.100.0/24",
	} {
		if got := shortened(netip.MustParsePrefix(from)); got != want {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
	}
	if got := shortened(netip.Prefix{}); got != "" {
		t.Errorf("nothing: %q", got)
	}
}
