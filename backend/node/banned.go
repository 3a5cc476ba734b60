package node

import (
	"bytes"
	"maps"
	"net/netip"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// maxTouched bounds the people that a preview names.
const maxTouched = 100

// Touch is whom a ban would reach, of those who are known here.
type Touch struct {
	Through []string // names of contacts whose line goes through it now
	Known   []string // whose last address is in it
	Came    []string // who came by the invite, or are the person
	Asking  int      // requests that it would end
	Count   int      // contacts and requests in all, each once
	Exists  bool     // it is on the list, and holds
}

// bannedPeer returns the ban that holds for a person: that on their key, or on
// the invite by which they came.
func (c *Core) bannedPeer(peer identity.PeerID) (uuid.UUID, bool) {
	if id, banned := c.banned.Peer(peer); banned || !c.banned.HasInvites() {
		return id, banned
	}
	for _, invite := range c.cameBy(peer) {
		if id, banned := c.banned.Invite(invite); banned {
			return id, true
		}
	}
	return uuid.Nil, false
}

// cameBy returns the invites of mine by which somebody came, in a fixed order.
func (c *Core) cameBy(peer identity.PeerID) []uuid.UUID {
	var found []uuid.UUID
	if one := c.contacts[peer]; one != nil && one.InviteID != uuid.Nil {
		found = append(found, one.InviteID)
	}
	if request, asks := c.requests[peer]; asks {
		found = append(found, request.InviteID)
	}
	for id, made := range c.invites {
		if slices.Contains(made.Used, peer) && !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	slices.SortFunc(found, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return found
}

// enforceBans makes the list hold everywhere: sockets, lines, requests, presence, servers.
func (c *Core) enforceBans() {
	c.nextEnd()
	c.lookAtHosts()
	c.do(SetBans{Engine: c.banned})
	for _, peer := range c.peersSorted() {
		if _, banned := c.bannedPeer(peer); banned {
			one := c.contacts[peer]
			if current := c.sessions[one.session]; current != nil {
				c.cut(current.id, "banned")
			}
			clear(one.presence)
		}
	}
	c.endBannedRequests()
	c.arrangeServers()
	c.allDirty()
	c.tell(Change{Bans: true})
}

// endBannedRequests drops those that came by an invite that is banned now.
func (c *Core) endBannedRequests() {
	if !c.banned.HasInvites() {
		return
	}
	for _, peer := range slices.SortedFunc(maps.Keys(c.requests), func(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) }) {
		request := c.requests[peer]
		if _, banned := c.banned.Invite(request.InviteID); !banned || c.answering[peer] {
			continue
		}
		delete(c.requests, peer)
		c.commit(func(err error) {
			if err != nil {
				c.requests[peer] = request
				return
			}
			c.tell(Change{Answered: &peer})
		}, DeleteRequest{Peer: peer})
	}
}

// blocked counts an attempt against a ban. They are written now and then.
func (c *Core) blocked(id uuid.UUID) {
	one := c.bans.all[id]
	if one == nil {
		return
	}
	one.Blocked++
	c.bans.counted[id]++
	c.bans.revision++
}

// blockedAt counts one that is known to come from an address.
func (c *Core) blockedAt(id uuid.UUID, from netip.Addr) {
	if c.blocked(id); c.bans.counted[id] > 0 {
		c.bans.from[id] = from
	}
}

// dueBans ends bans whose time is over, writes counters, and has names looked up again.
func (c *Core) dueBans() {
	if len(c.bans.counted) > 0 && !c.now.Before(c.bans.countAt) {
		c.bans.countAt = c.now.Add(countEvery)
		writes := make([]Write, 0, len(c.bans.counted))
		for id, count := range c.bans.counted {
			writes = append(writes, CountBlocked{ID: id, Add: count})
		}
		slices.SortFunc(writes, compareCounted)
		for _, write := range writes[:min(len(writes), mostMatched)] {
			if one, is := write.(CountBlocked); is {
				c.happened(Happened{Kind: BanMatched, Ban: one.ID, Count: one.Add, Address: c.bans.from[one.ID]})
			}
		}
		clear(c.bans.counted)
		clear(c.bans.from)
		c.keep(writes...)
		c.tell(Change{Bans: true})
	}
	if len(c.bans.counted) > 0 {
		c.at(c.bans.countAt)
	}
	if !c.bans.due.IsZero() && !c.now.Before(c.bans.due) {
		c.endBans()
	}
	c.at(c.bans.due)
	c.dueHosts()
}

func compareCounted(a, b Write) int {
	one, _ := a.(CountBlocked)
	other, _ := b.(CountBlocked)
	return bytes.Compare(one.ID[:], other.ID[:])
}

// endBans takes those whose time is over out of the engine, and those that ended
// long ago off the list.
func (c *Core) endBans() {
	var gone []uuid.UUID
	for id, one := range c.bans.all {
		if !one.Expires.IsZero() && !c.now.Before(one.Expires.Add(endedStays)) {
			gone = append(gone, id)
		}
	}
	slices.SortFunc(gone, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range gone {
		c.bans.drop(id)
		c.keep(DeleteBan{ID: id}) // one that the disk keeps goes the next time
	}
	c.bans.revision++ // what ended looks different
	c.rebuildBans()
	c.enforceBans()
}

// tellRefused tells my own servers whom not to route to this device: people whose
// ban says so.
func (c *Core) tellRefused() {
	peers := c.toldPeers()
	for _, token := range sortedTokens(c.network.servers) {
		server := c.network.servers[token]
		if server.guest || slices.Equal(peers, server.refused) {
			continue
		}
		server.refused = peers
		c.do(RefusePeers{Token: token, Peers: peers})
	}
}

func (c *Core) toldPeers() []identity.PeerID {
	told := map[identity.PeerID]bool{}
	for _, one := range c.bans.all {
		if !one.Tell || one.Ended(c.now) {
			continue
		}
		switch one.Kind {
		case BanPeer:
			told[one.Peer] = true
		case BanInvite:
			for _, peer := range c.invites[one.Invite].Used {
				told[peer] = true
			}
			for peer, contact := range c.contacts {
				if contact.InviteID == one.Invite {
					told[peer] = true
				}
			}
		case BanAddress, BanRange, BanDomain: // a server is told of people only
		}
	}
	peers := slices.SortedFunc(maps.Keys(told), func(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) })
	return peers[:min(len(peers), wire.MaxRefused)]
}

// touched tells whom a ban would reach.
func (c *Core) touched(meant Ban) Touch {
	var touch Touch
	if same := c.bans.all[c.bans.targets[meant.Target()]]; same != nil {
		touch.Exists = !same.Ended(c.now)
	}
	name := func(list *[]string, name string) {
		if len(*list) < maxTouched {
			*list = append(*list, name)
		}
	}
	inside := func(address netip.Addr) bool {
		switch meant.Kind {
		case BanAddress, BanRange:
			return address.IsValid() && meant.Range.Contains(address)
		case BanDomain:
			return c.bans.hosts.covered(meant.Domain, address)
		case BanPeer, BanInvite:
		}
		return false
	}
	means := func(peer identity.PeerID) bool {
		return meant.Kind == BanPeer && peer == meant.Peer || meant.Kind == BanInvite && slices.Contains(c.cameBy(peer), meant.Invite)
	}
	for _, peer := range c.peersSorted() {
		one := c.contacts[peer]
		session := c.sessions[one.session]
		open := session != nil && session.open
		switch {
		case open && (means(peer) || inside(session.address)):
			name(&touch.Through, one.Name)
			if meant.Kind == BanInvite {
				name(&touch.Came, one.Name)
			}
		case means(peer):
			name(&touch.Came, one.Name)
		case inside(one.address):
			name(&touch.Known, one.Name)
		default:
			continue
		}
		touch.Count++
	}
	for peer := range c.requests {
		if means(peer) {
			touch.Asking++
			touch.Count++
		}
	}
	return touch
}

func (c *Core) banOn(id uint64, peer identity.PeerID) {
	which, banned := c.bannedPeer(peer)
	if one := c.bans.all[which]; banned && one != nil {
		c.answer(id, *one, nil)
		return
	}
	c.answer(id, nil, errNoBan)
}
