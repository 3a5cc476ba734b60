package ban

import (
	"net/netip"
	"strings"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/netrange"
)

// Target is whom a ban means: exactly one of the fields is set. Targets of the
// same people are equal if they are normalised.
type Target struct {
	Peer   identity.PeerID
	Invite uuid.UUID    // one of my own: everybody who came by it
	Range  netip.Prefix // unmapped and masked; of full length for an address
	Domain string       // see NormalizeDomain
}

// Normalize brings a range to its one form.
func (t Target) Normalize() Target {
	if t.Range.IsValid() {
		t.Range = netrange.Normalize(t.Range)
	}
	return t
}

// Rule is one ban.
type Rule struct {
	ID     uuid.UUID
	Target Target
}

// Engine decides. It never changes: With and its like return another one that
// shares what is the same, so that sockets may ask it while the list is edited.
// The zero value and nil ban nobody.
//
// Of rules with the same target the last one counts.
type Engine struct {
	peers   layers[identity.PeerID]
	invites layers[uuid.UUID]
	names   layers[string] // domains without the wildcard
	below   layers[string] // those with it, without it
	ranges  netrange.Table[uuid.UUID]
	hosts   netrange.Table[uuid.UUID] // addresses that banned domains have today
}

// New builds the engine from a list.
func New(rules []Rule) *Engine {
	e := &Engine{}
	e.makeRoom(rules)
	for _, rule := range rules {
		target := rule.Target.Normalize()
		switch {
		case target.Range.IsValid():
			e.ranges.Insert(target.Range, rule.ID)
		case target.Domain != "":
			if parent, below := strings.CutPrefix(target.Domain, wildcard); below {
				e.below.put(parent, rule.ID)
			} else {
				e.names.put(target.Domain, rule.ID)
			}
		case target.Invite != uuid.Nil:
			e.invites.put(target.Invite, rule.ID)
		default:
			e.peers.put(target.Peer, rule.ID)
		}
	}
	return e
}

// makeRoom makes the maps of a new engine as large as they will be: a map that
// grows is copied again and again.
func (e *Engine) makeRoom(rules []Rule) {
	var peers, invites, names, below int
	for _, rule := range rules {
		switch target := rule.Target; {
		case target.Range.IsValid():
		case strings.HasPrefix(target.Domain, wildcard):
			below++
		case target.Domain != "":
			names++
		case target.Invite != uuid.Nil:
			invites++
		default:
			peers++
		}
	}
	e.peers.grow(peers)
	e.invites.grow(invites)
	e.names.grow(names)
	e.below.grow(below)
}

// With returns the engine with one rule more.
func (e *Engine) With(rule Rule) *Engine {
	next := e.copied()
	target := rule.Target.Normalize()
	switch {
	case target.Range.IsValid():
		next.ranges = next.ranges.With(target.Range, rule.ID)
	case target.Domain != "":
		next.setDomain(target.Domain, rule.ID)
	case target.Invite != uuid.Nil:
		next.invites = next.invites.with(target.Invite, rule.ID)
	default:
		next.peers = next.peers.with(target.Peer, rule.ID)
	}
	return next
}

// Without returns the engine without the rule on a target. Addresses that a
// domain had stay until WithHosts replaces them.
func (e *Engine) Without(target Target) *Engine {
	next := e.copied()
	target = target.Normalize()
	switch {
	case target.Range.IsValid():
		next.ranges = next.ranges.Without(target.Range)
	case target.Domain != "":
		next.setDomain(target.Domain, uuid.Nil)
	case target.Invite != uuid.Nil:
		next.invites = next.invites.with(target.Invite, uuid.Nil)
	default:
		next.peers = next.peers.with(target.Peer, uuid.Nil)
	}
	return next
}

func (e *Engine) setDomain(domain string, id uuid.UUID) {
	if parent, below := strings.CutPrefix(domain, wildcard); below {
		e.below = e.below.with(parent, id)
	} else {
		e.names = e.names.with(domain, id)
	}
}

// WithHosts returns the engine with these addresses banned by domains, each by
// the rule it is mapped to, instead of those before.
func (e *Engine) WithHosts(hosts map[netip.Addr]uuid.UUID) *Engine {
	next := e.copied()
	next.hosts = netrange.Table[uuid.UUID]{}
	for address, id := range hosts {
		next.hosts.Insert(netip.PrefixFrom(address, address.BitLen()), id)
	}
	return next
}

func (e *Engine) copied() *Engine {
	if e == nil {
		return &Engine{}
	}
	next := *e
	return &next
}

// Peer returns the ban on a person.
func (e *Engine) Peer(peer identity.PeerID) (uuid.UUID, bool) {
	if e == nil {
		return uuid.Nil, false
	}
	return e.peers.get(peer)
}

// Invite returns the ban on those who came by an invite of mine.
func (e *Engine) Invite(invite uuid.UUID) (uuid.UUID, bool) {
	if e == nil {
		return uuid.Nil, false
	}
	return e.invites.get(invite)
}

// Address returns the ban that holds for an address: that of the longest range
// that contains it, or else of the domain that has it. IPv4-mapped IPv6 counts
// as IPv4, and zones do not matter.
func (e *Engine) Address(address netip.Addr) (uuid.UUID, bool) {
	if e == nil {
		return uuid.Nil, false
	}
	if id, banned := e.ranges.Lookup(address); banned {
		return id, true
	}
	return e.hosts.Lookup(address)
}

// Host returns the ban on a name: that of the name itself, or else of the
// longest domain above it that is banned with its wildcard.
func (e *Engine) Host(name string) (uuid.UUID, bool) {
	if !e.HasDomains() {
		return uuid.Nil, false
	}
	name, good := inOneForm(name)
	if !good {
		return uuid.Nil, false
	}
	if id, banned := e.names.get(name); banned {
		return id, true
	}
	for {
		_, above, more := strings.Cut(name, ".")
		if !more {
			return uuid.Nil, false
		}
		if id, banned := e.below.get(above); banned {
			return id, true
		}
		name = above
	}
}

// inOneForm is NormalizeHost without the cost for names that are in their one form.
func inOneForm(name string) (string, bool) {
	for i := range len(name) {
		if c := name[i]; c >= 'A' && c <= 'Z' || c >= 0x80 || c == '.' && i == len(name)-1 {
			return NormalizeHost(name)
		}
	}
	return name, name != "" && len(name) <= MaxDomain
}

// HasDomains tells whether names are worth looking up.
func (e *Engine) HasDomains() bool { return e != nil && e.names.length+e.below.length > 0 }

// HasInvites tells whether an invite is banned.
func (e *Engine) HasInvites() bool { return e != nil && e.invites.length > 0 }

// Len is how many rules there are.
func (e *Engine) Len() int {
	if e == nil {
		return 0
	}
	return e.peers.length + e.invites.length + e.names.length + e.below.length + e.ranges.Len()
}
