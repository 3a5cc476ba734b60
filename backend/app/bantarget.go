package app

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/netrange"
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
	case BanPeer, BanInvite, BanDomain:
	case BanAddress, BanRange:
		if guessKind(text) == BanDomain {
			kind = BanDomain
		}
	case "":
		kind = guessKind(text)
	default:
		return banText{kind: kind, refused: badTarget("kind")}
	}
	switch kind {
	case BanPeer:
		return readBannedPeer(text)
	case BanInvite:
		return readBannedInvite(text)
	case BanDomain:
		return readBannedDomain(text)
	case BanAddress, BanRange:
	}
	return readBannedRange(kind, text)
}

// invitePrefix is what the target of a ban on an invite begins with.
const invitePrefix = "invite:"

func guessKind(text string) BanKind {
	switch {
	case len(text) >= 3 && strings.EqualFold(text[:3], "tc1") && !strings.Contains(text, "."):
		return BanPeer
	case strings.HasPrefix(text, invitePrefix):
		return BanInvite
	case strings.Contains(text, "://") || strings.Contains(text, "*"):
		return BanDomain
	case strings.Contains(text, "/"):
		return BanRange
	case strings.Contains(text, ".") && !strings.Contains(text, ":") && strings.Trim(text, "0123456789.[]") != "":
		return BanDomain
	}
	return BanAddress
}

func readBannedInvite(text string) banText {
	id, ok := parseID(strings.TrimPrefix(text, invitePrefix))
	if !ok {
		return banText{kind: BanInvite, refused: refuse("no-invite", "This link is not here any more.")}
	}
	return banText{kind: BanInvite, target: invitePrefix + id.String(), ban: node.Ban{Kind: node.BanInvite, Invite: id}}
}

// readBannedDomain reads a domain; of the address of a page, its host is suggested.
func readBannedDomain(text string) banText {
	domain, err := ban.NormalizeDomain(text)
	if err == nil {
		return banText{kind: BanDomain, target: domain, ban: node.Ban{Kind: node.BanDomain, Domain: domain}}
	}
	read := banText{kind: BanDomain, refused: domainRefused(err)}
	switch rest := strings.TrimPrefix(text, "*."); {
	case strings.Contains(text, "://"):
		if host, hostErr := ban.NormalizeDomain(hostOf(text)); hostErr == nil {
			read.suggestion = host
		}
	case errors.Is(err, ban.ErrDomainAddress):
		if address, addressErr := netip.ParseAddr(strings.Trim(rest, "[]")); addressErr == nil {
			read.suggestion = address.Unmap().WithZone("").String()
		}
	}
	return read
}

// hostOf is the host in the address of a page or a server, "" if there is none.
func hostOf(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return parsed.Hostname()
}

func readBannedPeer(text string) banText {
	peer, err := parsePeer(text)
	if err != nil {
		return banText{kind: BanPeer, refused: refuse("ban-target", "This is not a Tincan identity. Copy it again from their details: it begins with tc1.", "what", "peer")}
	}
	return banText{kind: BanPeer, target: peer.String(), ban: node.Ban{Kind: node.BanPeer, Peer: peer}}
}

// badTarget says that a text is not what can be banned; what is "empty", "address",
// "range", "text" or "kind".
func badTarget(what string) *Error {
	message := "This is neither an address, a range nor a domain. Write 198.51.100.7, 198.51.100.0/24 or *.example.net."
	switch what {
	case "empty":
		message = "There is nothing to ban yet. Write an address like 198.51.100.7, a range like 198.51.100.0/24, a domain like *.example.net, or an identity."
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
		return banText{kind: kind, refused: badTarget(whatInstead(kind))}
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
	prefix := netrange.Normalize(netip.PrefixFrom(address, bits))
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
func whatInstead(kind BanKind) string {
	if kind == BanRange {
		return "range"
	}
	return "address"
}
