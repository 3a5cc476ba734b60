package app

import (
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/netrange"
)

func TestReadBan(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		kind       BanKind
		text       string
		read       BanKind
		target     string
		suggestion string
		code       string
	}{
		{"", "198.51.100.7", BanAddress, "198.51.100.7", "", ""},
		{"", " 198.51.100.7 ", BanAddress, "198.51.100.7", "", ""},
		{"", "::ffff:198.51.100.7", BanAddress, "198.51.100.7", "", ""},
		{"", "198.51.100.7/24", BanRange, "198.51.100.0/24", "", ""},
		{"", "198.51.100.7/32", BanAddress, "198.51.100.7", "", ""},
		{"", "::ffff:198.51.100.0/120", BanRange, "198.51.100.0/24", "", ""},
		{"", "::ffff:198.51.100.0/24", BanRange, "198.51.100.0/24", "", ""},
		{BanRange, "198.51.100.7", BanAddress, "198.51.100.7", "", ""},
		{BanAddress, "198.51.100.0/24", BanRange, "198.51.100.0/24", "", ""},
		{"", "2001:db8:1:2::7", BanAddress, "2001:db8:1:2::7", "2001:db8:1:2::/64", ""},
		{"", "[2001:DB8::7]", BanAddress, "2001:db8::7", "2001:db8::/64", ""},
		{"", "2001:db8::/48", BanRange, "2001:db8::/48", "", ""},
		{"", "2001:db8::5/120", BanRange, "2001:db8::/120", "2001:db8::/64", ""},
		{"", "fe80::1%eth0", BanAddress, "fe80::1", "fe80::/64", ""},
		{"", "198.51.100.0/33", BanRange, "", "198.51.100.0/24", "ban-prefix"},
		{"", "10.0.0.0/99", BanRange, "", "10.0.0.0/8", "ban-prefix"},
		{"", "198.51.100.7/33", BanRange, "", "198.51.100.7/32", "ban-prefix"},
		{"", "2001:db8::/129", BanRange, "", "2001:db8::/48", "ban-prefix"},
		{"", "198.51.100.0/x", BanRange, "", "198.51.100.0/24", "ban-target"},
		{"", "198.51.100.0/", BanRange, "", "198.51.100.0/24", "ban-target"},
		{"", "198.51.100.0/024", BanRange, "", "198.51.100.0/24", "ban-target"},
		{"", "", BanAddress, "", "", "ban-target"},
		{"", "example.com", BanDomain, "example.com", "", ""},
		{BanAddress, "*.Bulk.example.com.", BanDomain, "*.bulk.example.com", "", ""},
		{"", "tc1.example.com", BanDomain, "tc1.example.com", "", ""},
		{"", "https://spam.example.com/path?x", BanDomain, "", "spam.example.com", "ban-domain"},
		{BanDomain, "198.51.100.7", BanDomain, "", "198.51.100.7", "ban-domain"},
		{"", "*.198.51.100.7", BanDomain, "", "198.51.100.7", "ban-domain"},
		{"", "a.*.example.com", BanDomain, "", "", "ban-domain"},
		{"", "*", BanDomain, "", "", "ban-domain"},
		{"", "*.com", BanDomain, "", "", "ban-domain"},
		{BanDomain, "router", BanDomain, "", "", "ban-domain"},
		{BanDomain, "", BanDomain, "", "", "ban-domain"},
		{"", "invite:0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b", BanInvite, "invite:0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b", "", ""},
		{BanInvite, "0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b", BanInvite, "invite:0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b", "", ""},
		{BanInvite, "somebody", BanInvite, "", "", "no-invite"},
		{"", "198.51.100", BanAddress, "", "", "ban-target"},
		{"", "198.51.100.07", BanAddress, "", "", "ban-target"},
		{"", "tc1nonsense", BanPeer, "", "", "ban-target"},
		{"planet", "example.com", "planet", "", "", "ban-target"},
		{"", strings.Repeat("9", 300), "", "", "", "ban-target"},
	} {
		got := readBan(one.kind, one.text)
		code := ""
		if got.refused != nil {
			code = got.refused.Code
		}
		if got.kind != one.read || got.target != one.target || got.suggestion != one.suggestion || code != one.code {
			t.Errorf("%q %q: %q %q, suggestion %q, code %q", one.kind, one.text, got.kind, got.target, got.suggestion, code)
		}
	}
	sentence := readBan("", "198.51.100.0/33").refused.Message
	if sentence != "/33 is too long for IPv4, the most is /32. Did you mean 198.51.100.0/24?" {
		t.Error(sentence)
	}
}

// FuzzReadBan: what is read is canonical, and reads as the same again.
func FuzzReadBan(f *testing.F) {
	for _, seed := range []string{"198.51.100.7", "198.51.100.0/33", "::ffff:1.2.3.4/97", "[::1]/", "fe80::1%x/64", "tc1", "a/b/c", "::/0", "*.example.net", "münchen.example", "invite:x", "https://a.example/"} {
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, kind, text string) {
		first := readBan(BanKind(kind), text)
		if first.refused != nil {
			return
		}
		again := readBan("", first.target)
		if again.refused != nil || again.target != first.target || again.kind != first.kind {
			t.Fatalf("%q was read as %q, which is read as %q", text, first.target, again.target)
		}
		if first.ban.Range.IsValid() && first.ban.Range != netrange.Normalize(first.ban.Range) {
			t.Fatalf("%q gives the range %v", text, first.ban.Range)
		}
	})
}

// FuzzWebAddress: what is opened is a web address.
func FuzzWebAddress(f *testing.F) {
	for _, seed := range []string{"https://example.com", "javascript:x", "http://a@b", "https://[::1", "HTTP://x/%00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, err := webAddress(text)
		if err == nil && !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
			t.Fatalf("%q is opened as %q", text, address)
		}
	})
}
