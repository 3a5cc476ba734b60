package app

import (
	"crypto/rand"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

// TestSentencesOfBans: what cannot be banned is refused with what happened and
// what to do, and where it can be known, with what was probably meant.
func TestSentencesOfBans(t *testing.T) {
	t.Parallel()
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	self := keys.Peer()
	guarded := guards{
		self: node.Ban{Kind: node.BanPeer, Peer: self}, invites: map[string]bool{},
		own: []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.168.1.5"), netip.MustParseAddr("2001:db8:5::5")},
		servers: []guardedServer{
			{address: "chat.example.org:443", name: "chat.example.org", addresses: []netip.Addr{netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("2001:db8:7::7")}},
		},
	}
	const (
		neither  = "This is neither an address, a range nor a domain. Write 198.51.100.7, 198.51.100.0/24 or *.example.net."
		noRange  = "This is not a range. Write it as 198.51.100.0/24."
		noDomain = "This is not a domain. Write example.net, or *.example.net for everything below it."
		nothing  = "There is nothing to ban yet. Write an address like 198.51.100.7, a range like 198.51.100.0/24, a domain like *.example.net, or an identity."
		star     = "A star can stand only at the beginning, before a dot: *.example.net."
		all      = "A star alone would be everybody. Write which domain: *.example.net."
		suffix   = "Anybody can have a name below this one, so the ban would hit far too many. Ban a domain of somebody, like example.net."
		single   = "One word is not a domain of the internet. Write it in full, like host.example.net."
		long     = "No domain is that long: the most is 253 characters, and 63 between two dots."
		address  = "This is an address and not a domain. Write it without *, and it is banned as an address."
		yourself = "This is you. Nobody can ban themselves."
		computer = "This is an address of this computer. Banning it would cut you off."
		narrower = "Your introduction server chat.example.org:443 is there. Remove the server first, or ban a smaller range."
		less     = "Your introduction server chat.example.org:443 is there. Remove the server first, or ban less."
		noKey    = "This is not a Tincan identity. Copy it again from their details: it begins with tc1."
		noLink   = "This link is not here any more."
	)
	for _, one := range []struct {
		kind                 BanKind
		text, suggestion, is string
	}{
		{"", "198.51.100.0/33", "198.51.100.0/24", "/33 is too long for IPv4, the most is /32. Did you mean 198.51.100.0/24?"},
		{"", "198.51.100.9/33", "198.51.100.9/32", "/33 is too long for IPv4, the most is /32. Did you mean 198.51.100.9/32?"},
		{"", "::ffff:198.51.100.0/33", "198.51.100.0/24", "/33 is too long for IPv4, the most is /32. Did you mean 198.51.100.0/24?"},
		{"", "2001:db8::/129", "2001:db8::/48", "/129 is too long for IPv6, the most is /128. Did you mean 2001:db8::/48?"},
		{"", "2001:db8:1:2:3::9/129", "2001:db8:1:2::/64", "/129 is too long for IPv6, the most is /128. Did you mean 2001:db8:1:2::/64?"},
		{"", "198.51.100.0/-1", "198.51.100.0/24", noRange},
		{"", "198.51.100.0/", "198.51.100.0/24", noRange},
		{"", "2001:db8::/sixty-four", "2001:db8::/48", noRange},
		{BanRange, "everything", "", noRange},
		{"", "", "", nothing},
		{"", "   ", "", nothing},
		{"", "198.51.100", "", neither},
		{"", "198.51.100.256", "", neither},
		{"", "2001:db8:::1", "", neither},
		{"", strings.Repeat("x", 257), "", neither},
		{BanDomain, "198.51.100.7", "198.51.100.7", address},
		{"", "*.198.51.100.7", "198.51.100.7", address},
		{BanDomain, "2001:db8::7", "2001:db8::7", address},
		{"", "mail.*.example.net", "", star},
		{"", "*mail.example.net", "", star},
		{"", "*.*.example.net", "", star},
		{"", "*", "", all},
		{"", "*.com", "", suffix},
		{"", "*.co.uk", "", suffix},
		{BanDomain, "router", "", single},
		{BanDomain, strings.Repeat("a", 64) + ".example.net", "", long},
		{BanDomain, "exa mple.net", "", noDomain},
		{"", "https://spam.example.net/x", "spam.example.net", noDomain},
		{"", self.String(), "", yourself},
		{"", "tc1nonsense", "", noKey},
		{BanInvite, uuid.New().String(), "", noLink},
		{"", "127.0.0.1", "", computer},
		{"", "192.168.0.0/16", "", computer},
		{"", "2001:db8:5::/64", "", computer},
		{"", "0.0.0.0/0", "", computer},
		{"", "::/0", "", computer},
		{"", "203.0.113.0/24", "", narrower},
		{"", "2001:db8:7::/64", "", narrower},
		{"", "chat.example.org", "", less},
		{"", "*.example.org", "", less},
	} {
		read := readBan(one.kind, one.text)
		refused := read.refused
		if refused == nil {
			refused = guarded.forbids(read.ban)
		}
		switch {
		case refused == nil:
			t.Errorf("%q is banned", one.text)
		case refused.Message != one.is || read.suggestion != one.suggestion:
			t.Errorf("%q: %s (suggestion %q)", one.text, refused.Message, read.suggestion)
		}
		if read.suggestion != "" && readBan("", read.suggestion).refused != nil {
			t.Errorf("%q: the suggestion %q cannot be banned either", one.text, read.suggestion)
		}
	}
}
