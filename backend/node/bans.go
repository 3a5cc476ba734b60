package node

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/netrange"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	// endedStays is how long a ban that ended stays on the list, so that it can be
	// seen what it blocked, and be made to hold again.
	endedStays = 30 * 24 * time.Hour
	// countEvery bounds how often counters are written, whoever floods.
	countEvery = 2 * time.Second
)

// Target is whom a ban means.
func (b Ban) Target() ban.Target {
	switch b.Kind {
	case BanPeer:
		return ban.Target{Peer: b.Peer}
	case BanInvite:
		return ban.Target{Invite: b.Invite}
	case BanDomain:
		return ban.Target{Domain: b.Domain}
	case BanAddress, BanRange:
	}
	return ban.Target{Range: b.Range}
}

// Ended tells whether a ban does not hold any more.
func (b Ban) Ended(now time.Time) bool { return !b.Expires.IsZero() && !now.Before(b.Expires) }

// BanList is the answer of Commands.Bans.
type BanList struct {
	Revision uint64
	Bans     []Ban // nil if the revision is the known one
}

// BansImported is the answer of Commands.ImportBans.
type BansImported struct{ Added, Already int }

// bans is the list; Core.banned is what holds of it.
type bans struct {
	all      map[uuid.UUID]*Ban
	targets  map[ban.Target]uuid.UUID
	revision uint64
	due      time.Time                // when the next one ends, or goes; zero: none does
	counted  map[uuid.UUID]int        // attempts that are not written yet
	countAt  time.Time                // when they may be
	from     map[uuid.UUID]netip.Addr // where the last of these came from, as far as that is known
	hosts    hosts
}

func loadBans(list []Ban) bans {
	b := bans{
		all:      make(map[uuid.UUID]*Ban, len(list)),
		targets:  make(map[ban.Target]uuid.UUID, len(list)),
		counted:  make(map[uuid.UUID]int),
		from:     make(map[uuid.UUID]netip.Addr),
		revision: 1,
		hosts:    newHosts(),
	}
	for _, one := range list {
		b.put(one)
	}
	return b
}

func (b *bans) put(one Ban) {
	b.all[one.ID] = &one
	b.targets[one.Target()] = one.ID
	b.changed(one.Kind)
}

func (b *bans) drop(id uuid.UUID) {
	if one := b.all[id]; one != nil {
		delete(b.targets, one.Target())
		delete(b.all, id)
		delete(b.counted, id)
		delete(b.from, id)
		b.changed(one.Kind)
	}
}

// changed notes that a ban came, went, or is another one.
func (b *bans) changed(kind BanKind) {
	b.revision++
	if kind == BanDomain {
		b.hosts.due = time.Time{}
	}
}

// list copies the list, in no order.
func (b *bans) list(known uint64) BanList {
	list := BanList{Revision: b.revision}
	if known == b.revision {
		return list
	}
	list.Bans = make([]Ban, 0, len(b.all))
	for _, one := range b.all {
		list.Bans = append(list.Bans, *one)
	}
	return list
}

func sortBans(list []Ban) {
	slices.SortFunc(list, func(a, b Ban) int { return cmp.Or(a.Added.Compare(b.Added), bytes.Compare(a.ID[:], b.ID[:])) })
}

// startBans makes what was loaded hold.
func (c *Core) startBans() {
	c.rebuildBans()
	c.do(SetBans{Engine: c.banned})
}

// rebuildBans makes the engine of the whole list, and finds when the next ban ends.
func (c *Core) rebuildBans() {
	rules := make([]ban.Rule, 0, len(c.bans.all))
	for _, one := range c.bans.all {
		if !one.Ended(c.now) {
			rules = append(rules, ban.Rule{ID: one.ID, Target: one.Target()})
		}
	}
	c.banned = ban.New(rules).WithHosts(c.bans.hosts.banned)
	c.nextEnd()
}

func (c *Core) nextEnd() {
	c.bans.due = time.Time{}
	for _, one := range c.bans.all {
		if one.Expires.IsZero() {
			continue
		}
		due := one.Expires
		if one.Ended(c.now) {
			due = due.Add(endedStays)
		}
		if c.bans.due.IsZero() || due.Before(c.bans.due) {
			c.bans.due = due
		}
	}
}

// holds brings a ban into the engine, or takes it out.
func (c *Core) holds(one Ban, now bool) {
	if now && !one.Ended(c.now) {
		c.banned = c.banned.With(ban.Rule{ID: one.ID, Target: one.Target()})
	} else {
		c.banned = c.banned.Without(one.Target())
	}
}

// addBan makes a ban hold at once, before it is on the disk: a line must not
// stay open for as long as a slow disk takes. A restored one keeps its id, date
// and counter.
func (c *Core) addBan(id uint64, added Ban, restored bool) {
	ended, err := c.checkBan(&added)
	if err == nil && !restored && added.Ended(c.now) {
		err = &Refusal{Code: "ban-ended", Message: "This ban would have ended already. Choose a later day, or none."}
	}
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	if !restored || added.ID == uuid.Nil || added.Added.IsZero() || added.Blocked < 0 || c.bans.all[added.ID] != nil {
		added.ID, added.Added, added.Blocked = c.newID(), c.now, 0
	}
	c.nameBan(&added)
	var writes []Write
	if ended != nil {
		writes = append(writes, DeleteBan{ID: ended.ID})
		c.bans.drop(ended.ID)
	}
	writes = append(writes, PutBan{Ban: added})
	asking, asks := c.requests[added.Peer]
	if asks = asks && added.Kind == BanPeer; asks {
		writes = append(writes, DeleteRequest{Peer: added.Peer})
		delete(c.requests, added.Peer)
	}
	c.bans.put(added)
	c.holds(added, true)
	c.enforceBans()
	c.commit(func(failed error) {
		switch {
		case failed != nil:
			c.bans.drop(added.ID)
			c.holds(added, false)
			if ended != nil {
				c.bans.put(*ended)
			}
			if asks {
				c.requests[added.Peer] = asking
			}
			c.enforceBans()
		case asks:
			c.tell(Change{Answered: &added.Peer})
		}
		c.answer(id, added, refusal(failed))
	}, writes...)
}

// nameBan notes what the target is called now.
func (c *Core) nameBan(added *Ban) {
	switch added.Kind {
	case BanPeer:
		if one := c.contacts[added.Peer]; one != nil {
			added.Name, added.Color = one.Name, one.Color
		} else if request, asks := c.requests[added.Peer]; asks {
			added.Name, added.Color = request.Name, request.Color
		}
	case BanInvite:
		if made, known := c.invites[added.Invite]; known {
			added.Name = made.Label
		}
	case BanAddress, BanRange, BanDomain:
	}
}

// checkBan refuses what cannot be banned, and makes the target canonical. It
// returns the ban on the same target that ended, which the new one replaces.
func (c *Core) checkBan(added *Ban) (ended *Ban, err error) {
	if err = checkReason(added.Reason); err != nil {
		return nil, err
	}
	peer, invite, domain, banned := added.Peer, added.Invite, added.Domain, added.Range
	added.Peer, added.Invite, added.Domain, added.Range = identity.PeerID{}, uuid.Nil, "", netip.Prefix{}
	switch added.Kind {
	case BanPeer:
		if added.Peer = peer; peer == c.keys.Peer() {
			return nil, &Refusal{Code: "ban-self", Message: "This is you. Nobody can ban themselves."}
		}
	case BanInvite:
		if added.Invite = invite; invite == uuid.Nil {
			return nil, &Refusal{Code: "no-invite", Message: "This link is not here any more."}
		}
	case BanDomain:
		if added.Domain, err = ban.NormalizeDomain(domain); err != nil {
			return nil, &Refusal{Code: "ban-domain", Message: "This is not a domain. Write example.net, or *.example.net for everything below it."}
		}
	default:
		if !banned.IsValid() {
			return nil, &Refusal{Code: "ban-target", Message: "This is neither an address nor a range. Write 198.51.100.7 or 198.51.100.0/24."}
		}
		added.Range, added.Kind = netrange.Normalize(banned), BanRange
		if added.Range.IsSingleIP() {
			added.Kind = BanAddress
		}
	}
	other := c.bans.all[c.bans.targets[added.Target()]]
	if other != nil && !other.Ended(c.now) {
		return nil, &Refusal{Code: "ban-exists", Message: "This is on the ban list already."}
	}
	return other, nil
}

func checkReason(reason string) error {
	if utf8.RuneCountInString(reason) <= wire.MaxReason {
		return nil
	}
	return &Refusal{
		Code:    "reason-long",
		Message: "This reason is longer than " + number(wire.MaxReason) + " characters. Shorten it.",
		Params:  map[string]string{"limit": number(wire.MaxReason)},
	}
}

var errNoBan = &Refusal{Code: "no-ban", Message: "This ban is not on the list any more."}

func (c *Core) removeBan(id uint64, which uuid.UUID) {
	gone := c.bans.all[which]
	if gone == nil {
		c.answer(id, nil, errNoBan)
		return
	}
	c.commit(func(err error) {
		if err == nil && c.bans.all[which] != nil {
			c.bans.drop(which)
			c.holds(*gone, false)
			c.enforceBans()
		}
		c.answer(id, *gone, refusal(err))
	}, DeleteBan{ID: which})
}

// editBan changes why, how long and whether servers are told.
func (c *Core) editBan(id uint64, changed Ban) {
	one := c.bans.all[changed.ID]
	if one == nil {
		c.answer(id, nil, errNoBan)
		return
	}
	next := *one
	next.Reason, next.Expires, next.Tell = changed.Reason, changed.Expires, changed.Tell
	err := checkReason(next.Reason)
	if err == nil && next.Ended(c.now) && !next.Expires.Equal(one.Expires) {
		err = &Refusal{Code: "ban-ended", Message: "This ban would have ended already. Choose a later day, or none."}
	}
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	c.commit(func(failed error) {
		if now := c.bans.all[next.ID]; failed == nil && now != nil {
			next.Blocked = now.Blocked
			c.bans.put(next)
			c.holds(next, true)
			c.enforceBans()
		}
		c.answer(id, next, refusal(failed))
	}, PutBan{Ban: next})
}

// importBans adds many in one transaction. One that is there twice counts as there already.
func (c *Core) importBans(id uint64, list []Ban) {
	var result BansImported
	var replaced []Ban
	added, writes := make([]Ban, 0, len(list)), make([]Write, 0, len(list))
	fresh := make(map[ban.Target]struct{}, len(list))
	base := c.newID()
	for i, one := range list {
		ended, err := c.checkBan(&one)
		if refused, ok := err.(*Refusal); ok && refused.Code == "ban-exists" { //nolint:errorlint // made here
			result.Already++
			continue
		} else if err != nil {
			c.answer(id, nil, err)
			return
		}
		before := len(fresh)
		if fresh[one.Target()] = struct{}{}; len(fresh) == before {
			result.Already++
			continue
		}
		if ended != nil {
			writes = append(writes, DeleteBan{ID: ended.ID})
			replaced = append(replaced, *ended)
		}
		// In the order of the list: ids of one import differ by their place in it.
		one.ID, one.Added, one.Blocked = base, c.now, 0
		binary.BigEndian.PutUint32(one.ID[10:14], uint32(i))
		c.nameBan(&one)
		added = append(added, one)
		writes = append(writes, PutBan{Ban: one})
	}
	result.Added = len(added)
	if len(added) == 0 {
		c.answer(id, result, nil)
		return
	}
	swap := func(away, here []Ban) {
		for _, one := range away {
			c.bans.drop(one.ID)
		}
		for _, one := range here {
			c.bans.put(one)
		}
		c.rebuildBans()
		c.enforceBans()
	}
	swap(replaced, added)
	c.commit(func(err error) {
		if err != nil {
			swap(added, replaced)
		}
		c.answer(id, result, refusal(err))
	}, writes...)
}

func (c *Core) clearBans(id uint64) {
	list := c.bans.list(0).Bans
	if len(list) == 0 {
		c.answer(id, 0, nil)
		return
	}
	writes := make([]Write, 0, len(list))
	for _, one := range list {
		writes = append(writes, DeleteBan{ID: one.ID})
	}
	c.commit(func(err error) {
		if err == nil {
			for _, one := range list {
				c.bans.drop(one.ID)
			}
			c.rebuildBans()
			c.enforceBans()
		}
		c.answer(id, len(list), refusal(err))
	}, writes...)
}
