package app

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/node"
)

// banText is what a text was read as: a ban, or an error and perhaps what was
// meant.
type banText struct {
	kind       BanKind
	target     string // canonical
	suggestion string
	ban        node.Ban
	refused    *Error
}

// readBan reads a target from outside. It accepts a PeerID in any case, an
// address, and a range in CIDR form (RFC 4632, RFC 4291); IPv4-mapped IPv6 is
// IPv4, and host bits of a range are cleared.
func readBan(kind BanKind, text string) banText {
	if len(text) > maxTarget {
		return banText{kind: kind, refused: badTarget("text")}
	}
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\ufffd"))
	switch kind {
	case BanPeer, BanAddress, BanRange:
	case "":
		kind = guessKind(text)
	default:
		return banText{kind: kind, refused: badTarget("kind")}
	}
	if kind == BanPeer {
		return readBannedPeer(text)
	}
	return readBannedRange(kind, text)
}

func guessKind(text string) BanKind {
	switch {
	case len(text) >= 3 && strings.EqualFold(text[:3], "tc1"):
		return BanPeer
	case strings.Contains(text, "/"):
		return BanRange
	}
	return BanAddress
}

func readBannedPeer(text string) banText {
	peer, err := parsePeer(text)
	if err != nil {
		return banText{kind: BanPeer, refused: refuse("ban-target", "This is not a Tincan identity. Copy it again from their details: it begins with tc1.", "what", "peer")}
	}
	return banText{kind: BanPeer, target: peer.String(), ban: node.Ban{Kind: node.BanPeer, Peer: peer}}
}

// badTarget says that a text is not what can be banned; what is "empty", "address",
// "range", "name", "text" or "kind".
func badTarget(what string) *Error {
	message := "This is neither an address nor a range. Write 198.51.100.7 or 198.51.100.0/24."
	switch what {
	case "empty":
		message = "There is nothing to ban yet. Write an address like 198.51.100.7, a range like 198.51.100.0/24, or an identity."
	case "name":
		message = "This looks like a name. Names of computers cannot be banned yet: write an address like 198.51.100.7."
	case "range":
		message = "This is not a range. Write it as 198.51.100.0/24."
	}
	return refuse("ban-target", message, "what", what)
}

func readBannedRange(kind BanKind, text string) banText {
	if text == "" {
		return banText{kind: kind, refused: badTarget("empty")}
	}
	before, length, ranged := strings.Cut(strings.Trim(text, "[]"), "/")
	address, err := netip.ParseAddr(strings.Trim(before, "[]"))
	if err != nil {
		return banText{kind: kind, refused: badTarget(whatInstead(kind, before))}
	}
	address = address.WithZone("")
	if !ranged {
		return readBannedAddress(address.Unmap())
	}
	bits, err := strconv.Atoi(length)
	if err != nil || bits < 0 || strconv.Itoa(bits) != length {
		return banText{kind: BanRange, refused: badTarget("range"), suggestion: widest(address.Unmap()).String()}
	}
	most := address.BitLen()
	if address.Is4In6() && bits < 96 {
		// A mapped address with the length of an IPv4 range, most likely.
		address, most = address.Unmap(), 32
	}
	if bits > most {
		return tooLong(address, bits, most)
	}
	prefix := chat.NormalizePrefix(netip.PrefixFrom(address, bits))
	if prefix.IsSingleIP() {
		return readBannedAddress(prefix.Addr())
	}
	read := banText{kind: BanRange, target: prefix.String(), ban: node.Ban{Kind: node.BanRange, Range: prefix}}
	if prefix.Addr().Is6() && prefix.Bits() > 64 {
		read.suggestion = household(prefix.Addr()).String()
	}
	return read
}

// readBannedAddress takes one address. One of IPv6 is a drop in the /64 that
// every household has, so the suggestion is that.
func readBannedAddress(address netip.Addr) banText {
	read := banText{kind: BanAddress, target: address.String(), ban: node.Ban{Kind: node.BanAddress, Range: single(address)}}
	if address.Is6() {
		read.suggestion = household(address).String()
	}
	return read
}

func household(address netip.Addr) netip.Prefix { return netip.PrefixFrom(address, 64).Masked() }

// tooLong says that no range is that small, and what was probably meant.
func tooLong(address netip.Addr, bits, most int) banText {
	family := "IPv6"
	if most == 32 {
		family = "IPv4"
	}
	suggestion := widest(address.Unmap()).String()
	prefix, longest := "/"+strconv.Itoa(bits), "/"+strconv.Itoa(most)
	return banText{
		kind: BanRange, suggestion: suggestion,
		refused: refuse("ban-prefix",
			prefix+" is too long for "+family+", the most is "+longest+". Did you mean "+suggestion+"?",
			"prefix", prefix, "most", longest, "suggestion", suggestion, "family", family),
	}
}

// widest is the range that an address looks like: as many whole bytes (IPv4) or
// a /48 or /64 (IPv6) as end in zeros, otherwise the address itself.
func widest(address netip.Addr) netip.Prefix {
	lengths := []int{8, 16, 24}
	if address.Is6() {
		lengths = []int{48, 64}
	}
	for _, bits := range lengths {
		if prefix := netip.PrefixFrom(address, bits); prefix.Masked() == prefix {
			return prefix
		}
	}
	if address.Is6() {
		return household(address)
	}
	return single(address)
}

// whatInstead guesses what a text that is no address wanted to be.
func whatInstead(kind BanKind, text string) string {
	letters := strings.ContainsFunc(text, func(r rune) bool { return (r >= 'g' && r <= 'z') || (r >= 'G' && r <= 'Z') })
	switch {
	case letters && strings.Contains(text, "."):
		return "name"
	case kind == BanRange:
		return "range"
	}
	return "address"
}
