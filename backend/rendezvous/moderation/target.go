package moderation

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/netrange"
)

// ErrTarget says that a text names nobody who could be banned.
var ErrTarget = errors.New("moderation: neither a peer nor an address, a range of addresses or a domain")

// Kind says what is banned.
type Kind string

// The kinds.
const (
	KindPeer    Kind = "peer"
	KindAddress Kind = "address"
	KindRange   Kind = "range"
	KindDomain  Kind = "domain"
)

// Target is whom a ban means.
type Target struct {
	Kind   Kind
	Peer   identity.PeerID // of KindPeer
	Range  netip.Prefix    // of KindAddress and KindRange
	Domain string          // of KindDomain: in small letters, international ones in ASCII form; what is below it counts too
}

const maxTarget = 300 // bytes of its text

// narrowest is the unit of IPv6: whoever has one address has a /64.
const narrowest = 64

// ParseTarget reads the text of a peer's key, an address, a range (192.0.2.0/24)
// or a domain, with or without "*." before it. Error: ErrTarget.
func ParseTarget(text string) (Target, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxTarget {
		return Target{}, ErrTarget
	}
	if peer, err := identity.ParsePeerID(text); err == nil {
		return Target{Kind: KindPeer, Peer: peer}, nil
	}
	if address, err := netip.ParseAddr(text); err == nil {
		return ofRange(netip.PrefixFrom(address, address.BitLen()))
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return ofRange(prefix)
	}
	return ofDomain(text)
}

func ofRange(prefix netip.Prefix) (Target, error) {
	prefix = netrange.Normalize(prefix)
	kind := KindRange
	switch {
	case !prefix.IsValid() || prefix.Bits() == 0:
		return Target{}, fmt.Errorf("%w: that would be everybody", ErrTarget)
	case prefix.Addr().Is4() && prefix.Bits() == 32:
		kind = KindAddress
	case prefix.Addr().Is6() && prefix.Bits() >= narrowest:
		kind = KindAddress
		prefix = netip.PrefixFrom(prefix.Addr(), narrowest).Masked()
	}
	return Target{Kind: kind, Range: prefix}, nil
}

func ofDomain(text string) (Target, error) {
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.TrimPrefix(text, "*."), "."))
	if err != nil || !strings.Contains(name, ".") || len(name) > 253 {
		return Target{}, ErrTarget
	}
	if again, againErr := idna.Lookup.ToASCII(name); againErr != nil || again != name {
		return Target{}, ErrTarget // not what a resolver would call it
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return Target{}, ErrTarget
		}
	}
	if _, err = netip.ParseAddr(name); err == nil || !strings.ContainsAny(name[strings.LastIndexByte(name, '.')+1:], "abcdefghijklmnopqrstuvwxyz") {
		return Target{}, ErrTarget
	}
	return Target{Kind: KindDomain, Domain: name}, nil
}

// String is a text that ParseTarget reads.
func (t Target) String() string {
	switch t.Kind {
	case KindPeer:
		return t.Peer.String()
	case KindAddress:
		if t.Range.Addr().Is4() {
			return t.Range.Addr().String()
		}
		return t.Range.String()
	case KindRange:
		return t.Range.String()
	case KindDomain:
		return t.Domain
	}
	return ""
}

// key names the ban in the table.
func (t Target) key() string {
	digest := sha256.Sum256([]byte(t.String()))
	return string(t.Kind) + "/" + hex.EncodeToString(digest[:])
}
