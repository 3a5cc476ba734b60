package node

import (
	"net/netip"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/wire"
)

func buildBans(list []Ban) *chat.Bans {
	rules := make([]chat.BanRule, 0, len(list))
	for _, ban := range list {
		rule := chat.BanRule{ID: ban.ID}
		if ban.Kind == BanPeer {
			rule.Peer = ban.Peer
		} else {
			rule.Range = ban.Range
		}
		rules = append(rules, rule)
	}
	return chat.NewBans(rules)
}

// addBan keeps a ban and makes it hold at once. A restored one keeps its id,
// date and counter.
func (c *Core) addBan(id uint64, ban Ban, restored bool) {
	if err := c.checkBan(&ban); err != nil {
		c.answer(id, nil, err)
		return
	}
	if !restored || ban.ID == uuid.Nil || ban.Added.IsZero() || ban.Blocked < 0 {
		ban.ID, ban.Added, ban.Blocked = c.newID(), c.now, 0
	}
	writes := []Write{PutBan{Ban: ban}}
	if ban.Kind == BanPeer {
		if one := c.contacts[ban.Peer]; one != nil {
			ban.Name, ban.Color = one.Name, one.Color
		} else if request, asks := c.requests[ban.Peer]; asks {
			ban.Name, ban.Color = request.Name, request.Color
			writes = append(writes, DeleteRequest{Peer: ban.Peer})
		}
		writes[0] = PutBan{Ban: ban}
	}
	c.commit(func(err error) {
		if err == nil {
			if _, asks := c.requests[ban.Peer]; asks && ban.Kind == BanPeer {
				delete(c.requests, ban.Peer)
				c.tell(Change{Answered: &ban.Peer})
			}
			c.setBans(append(slices.Clone(c.bans), ban))
		}
		c.answer(id, ban, refusal(err))
	}, writes...)
}

// checkBan refuses what cannot be banned, and makes the target canonical.
func (c *Core) checkBan(ban *Ban) error {
	if utf8.RuneCountInString(ban.Reason) > wire.MaxReason {
		return &Refusal{
			Code:    "reason-long",
			Message: "This reason is longer than " + number(wire.MaxReason) + " characters. Shorten it.",
			Params:  map[string]string{"limit": number(wire.MaxReason)},
		}
	}
	exists := &Refusal{Code: "ban-exists", Message: "This is on the ban list already."}
	if ban.Kind == BanPeer {
		ban.Range = netip.Prefix{}
		if ban.Peer == c.keys.Peer() {
			return &Refusal{Code: "ban-self", Message: "This is you. Nobody can ban themselves."}
		}
		if _, banned := c.banned.Peer(ban.Peer); banned {
			return exists
		}
		return nil
	}
	if !ban.Range.IsValid() {
		return &Refusal{Code: "ban-target", Message: "This is neither an address nor a range. Write 198.51.100.7 or 198.51.100.0/24."}
	}
	ban.Range = chat.NormalizePrefix(ban.Range)
	ban.Kind = BanRange
	if ban.Range.IsSingleIP() {
		ban.Kind = BanAddress
	}
	if slices.ContainsFunc(c.bans, func(b Ban) bool { return b.Kind != BanPeer && b.Range == ban.Range }) {
		return exists
	}
	return nil
}

func (c *Core) removeBan(id uint64, which uuid.UUID) {
	index := slices.IndexFunc(c.bans, func(b Ban) bool { return b.ID == which })
	if index < 0 {
		c.answer(id, nil, &Refusal{Code: "no-ban", Message: "This ban is not on the list any more."})
		return
	}
	gone := c.bans[index]
	c.commit(func(err error) {
		if err == nil {
			c.setBans(slices.DeleteFunc(slices.Clone(c.bans), func(b Ban) bool { return b.ID == which }))
		}
		c.answer(id, gone, refusal(err))
	}, DeleteBan{ID: which})
}

// setBans makes a list hold: sockets, lines, presence, servers.
func (c *Core) setBans(list []Ban) {
	c.bans = list
	c.banned = buildBans(list)
	c.do(SetBans{Rules: slices.Clone(list)})
	for _, peer := range c.peersSorted() {
		if _, banned := c.banned.Peer(peer); banned {
			one := c.contacts[peer]
			if current := c.sessions[one.session]; current != nil {
				c.hangUp(current.id, "banned")
			}
			clear(one.presence)
		}
	}
	c.arrangeServers()
	c.allDirty()
	c.tell(Change{Bans: true})
}

// blocked counts attempts against a ban.
func (c *Core) blocked(id uuid.UUID, count int) {
	for i := range c.bans {
		if c.bans[i].ID == id {
			c.bans[i].Blocked += count
			c.keep(CountBlocked{ID: id, Add: count})
			c.tell(Change{Bans: true})
			return
		}
	}
}
