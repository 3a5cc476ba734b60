package operator

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/tincan-chat/tincan/backend/identity"
)

// maxTarget is the longest text of a target in bytes: a domain has at most 253.
const maxTarget = 260

// The widest ranges that one ban may cover; wider is a slip of the finger.
const (
	widestIPv4 = 8
	widestIPv6 = 16
)

// Target is what a ban is about, read from a text.
type Target struct {
	Kind   BanKind
	Text   string          // canonical
	Peer   identity.PeerID // of BanPeer
	Prefix netip.Prefix    // of BanAddress and BanRange
	Domain string          // of BanDomain: in its ASCII form, without a leading "*."
}

// ParseTarget reads what an operator typed. A kind of 0 is told from the text.
// IPv4-mapped IPv6 is IPv4, host bits of a range are cleared, "*.example.org"
// and "example.org" are the same. Error: *Refused.
func ParseTarget(kind BanKind, text string) (Target, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Target{}, refuse("ban-empty", "There is nothing to ban yet. Write an address such as 198.51.100.7, a range such as 198.51.100.0/24, a domain or an identity.")
	case len(text) > maxTarget || !utf8.ValidString(text):
		return Target{}, refuse("ban-long", "This is too long or too odd for an address, a range, a domain or an identity.")
	}
	if kind == 0 {
		kind = guessKind(text)
	}
	switch kind {
	case BanPeer:
		peer, err := identity.ParsePeerID(text)
		if err != nil {
			return Target{}, refuse("ban-peer", "This is not a Tincan identity. Copy it again: it begins with tc1.")
		}
		return Target{Kind: BanPeer, Text: peer.String(), Peer: peer}, nil
	case BanAddress, BanRange:
		return parseNetwork(kind, text)
	case BanDomain:
		return parseDomain(text)
	}
	return Target{}, refuse("ban-kind", "A ban is about a peer, an address, a range or a domain.")
}

// refuse makes a Refused. Names and values alternate; "{name}" in the sentence stands for the value.
func refuse(code, sentence string, values ...string) error {
	refused := &Refused{Code: code, Sentence: sentence, Values: map[string]string{}}
	for at := 0; at+1 < len(values); at += 2 {
		refused.Values[values[at]] = values[at+1]
		refused.Sentence = strings.ReplaceAll(refused.Sentence, "{"+values[at]+"}", values[at+1])
	}
	return refused
}

func guessKind(text string) BanKind {
	if len(text) >= 3 && strings.EqualFold(text[:3], "tc1") && !strings.Contains(text, ".") {
		return BanPeer
	}
	if strings.Contains(text, "/") {
		return BanRange
	}
	if strings.Contains(text, ":") || strings.Trim(text, "0123456789.") == "" {
		return BanAddress
	}
	return BanDomain
}

func parseNetwork(kind BanKind, text string) (Target, error) {
	before, length, ranged := strings.Cut(strings.Trim(text, "[]"), "/")
	address, err := netip.ParseAddr(strings.Trim(before, "[]"))
	if err != nil {
		if kind == BanRange {
			return Target{}, refuse("ban-range", "This is not a range. Write it as 198.51.100.0/24 or 2001:db8::/48.")
		}
		return Target{}, refuse("ban-address", "This is not an address. Write it as 198.51.100.7 or 2001:db8::7.")
	}
	address = address.WithZone("")
	if !ranged {
		return network(netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()))
	}
	bits, err := strconv.Atoi(length)
	if err != nil || bits < 0 || strconv.Itoa(bits) != length {
		return Target{}, refuse("ban-range-like", "This is not a range. Write it as {like}.", "like", likely(address).String())
	}
	if address.Is4In6() {
		// The length is either of the mapped form or meant for IPv4.
		address = address.Unmap()
		if bits >= 96 {
			bits -= 96
		}
	}
	if most := address.BitLen(); bits > most {
		family := "IPv6"
		if address.Is4() {
			family = "IPv4"
		}
		return Target{}, refuse("ban-prefix", "/{bits} is too long for {family}, the most is /{most}. Did you mean {like}?",
			"bits", strconv.Itoa(bits), "family", family, "most", strconv.Itoa(most), "like", likely(address).String())
	}
	return network(netip.PrefixFrom(address, bits).Masked())
}

// network checks a prefix for slips.
func network(prefix netip.Prefix) (Target, error) {
	address, widest := prefix.Addr(), widestIPv6
	if address.Is4() {
		widest = widestIPv4
	}
	switch {
	case prefix.Bits() < widest:
		return Target{}, refuse("ban-wide", "{target} is most of the internet. The widest range is /{most}.", "target", prefix.String(), "most", strconv.Itoa(widest))
	case address.IsLoopback() || address.IsUnspecified():
		return Target{}, refuse("ban-self", "{target} is this machine itself: a ban would hit its own health checks.", "target", prefix.String())
	}
	target := Target{Kind: BanRange, Text: prefix.String(), Prefix: prefix}
	if prefix.IsSingleIP() {
		target.Kind, target.Text = BanAddress, address.String()
	}
	return target, nil
}

// likely is the range that somebody means by an address: /24, or the /64 of a household.
func likely(address netip.Addr) netip.Prefix {
	bits := 64
	if address = address.Unmap(); address.Is4() {
		bits = 24
	}
	return netip.PrefixFrom(address, bits).Masked()
}

// domains is idna.Lookup with the lengths of RFC 1035.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

func parseDomain(text string) (Target, error) {
	name, err := domains.ToASCII(strings.TrimPrefix(text, "*."))
	name = strings.TrimSuffix(name, ".")
	again, unstable := domains.ToASCII(name)
	if err != nil || unstable != nil || again != name || !strings.Contains(name, ".") || strings.HasSuffix(name, ".") {
		return Target{}, refuse("ban-domain", "This is not a domain. Write it as example.org: everything under it is meant too.")
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return Target{}, refuse("ban-domain-address", "{target} is an address, not a domain.", "target", name)
	}
	return Target{Kind: BanDomain, Text: name, Domain: name}, nil
}
