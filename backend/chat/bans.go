package chat

import (
	"net/netip"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/netrange"
)

// Bans decides who is banned. It never changes after it was built, so that the
// sockets may ask it while the list is edited. The zero value bans nobody.
type Bans struct {
	peers     map[identity.PeerID]uuid.UUID
	addresses netrange.Table[uuid.UUID]
	ranges    []netip.Prefix
}

// BanRule is what a ban means to the engine. Range is valid for addresses and
// ranges, Peer for people.
type BanRule struct {
	ID    uuid.UUID
	Peer  identity.PeerID
	Range netip.Prefix
}

// NewBans builds the engine from a list.
func NewBans(rules []BanRule) *Bans {
	bans := &Bans{peers: make(map[identity.PeerID]uuid.UUID)}
	for _, rule := range rules {
		if rule.Range.IsValid() {
			prefix := NormalizePrefix(rule.Range)
			bans.addresses.Insert(prefix, rule.ID)
			bans.ranges = append(bans.ranges, prefix)
		} else {
			bans.peers[rule.Peer] = rule.ID
		}
	}
	return bans
}

// Peer returns the ban on a person.
func (b *Bans) Peer(peer identity.PeerID) (uuid.UUID, bool) {
	if b == nil {
		return uuid.Nil, false
	}
	id, banned := b.peers[peer]
	return id, banned
}

// Address returns the ban that holds for an address: the longest range that
// contains it. IPv4-mapped IPv6 counts as IPv4, and zones do not matter.
func (b *Bans) Address(address netip.Addr) (uuid.UUID, bool) {
	if b == nil {
		return uuid.Nil, false
	}
	return b.addresses.Lookup(address)
}

// Ranges returns the banned addresses and ranges.
func (b *Bans) Ranges() []netip.Prefix {
	if b == nil {
		return nil
	}
	return b.ranges
}

// NormalizePrefix unmaps IPv4-mapped IPv6 and clears the host bits.
func NormalizePrefix(prefix netip.Prefix) netip.Prefix { return netrange.Normalize(prefix) }
