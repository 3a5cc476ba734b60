package node

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
)

// errForgotten says that somebody is no contact any more.
func errForgotten(contact Contact) error {
	return &Refusal{
		Code: "forgotten", Params: map[string]string{"name": contact.Name},
		Message: contact.Name + " is not a contact any more. One of you has to ask the other again before you can write.",
	}
}

// forget makes a contact somebody who is not one: no line, no presence, nothing of
// theirs is taken, nothing of mine is sent, and what servers keep for them is taken
// back as far as that can be. They are not told. The logs stay, without what they say
// if it is erased, so that nothing of it comes back if the two become contacts again,
// and so that this device never signs one place twice.
func (c *Core) forget(id uint64, call forgetCall) {
	conversation := c.listed(call.conversation)
	if conversation == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	one := c.contacts[conversation.peer]
	if one == nil {
		c.forgetHistory(id, conversation, call.erase)
		return
	}
	if c.answering[one.Peer] {
		c.answer(id, nil, errAnswering)
		return
	}
	conversation = c.conversationOf(one) // and not one of before a key changed
	if current := c.sessions[one.session]; current != nil {
		c.cut(current.id, "forgotten")
	}
	for _, session := range c.sessionsTo(one.Peer) {
		c.cut(session.id, "forgotten")
	}
	waiting := one.outbox
	taken := c.withdraw(one, slices.Clone(one.outbox.letters))
	writes := taken.writes
	if waiting.owed != uuid.Nil {
		writes = append(writes, DeleteOutgoing{ID: waiting.owed})
	}
	kept := one.Contact
	kept.State, kept.TheirInvite, kept.Record, kept.Servers, kept.Route = ContactForgotten, nil, nil, nil, RouteInherited
	standing := conversation.standing
	if call.erase {
		conversation.standing = Standing{}
		for _, former := range c.formerWith(one.Peer) {
			writes = append(writes, ClearConversation{Conversation: former, All: true})
		}
		writes = append(writes, ClearConversation{Conversation: conversation.id, All: true}, DropContact{Peer: one.Peer})
	} else {
		read := within(conversation.tip, conversation.tip)
		maps.DeleteFunc(read, func(log journal.Log, _ journal.Head) bool { return conversation.ours(log) })
		conversation.read.Merge(read)
		conversation.standing.Marked = false
		writes = append(writes, PutContact{Contact: kept}, DeleteVerification{Peer: one.Peer}, PutRead{Conversation: conversation.id, Read: conversation.read.Clone()})
	}
	writes = append(writes, conversation.putStanding())
	// From now on, whatever the disk says: what comes meanwhile is a stranger's.
	c.answering[one.Peer] = true
	delete(c.contacts, one.Peer)
	if !call.erase {
		c.forgotten[one.Peer] = kept
	}
	c.dropWaiting(one.Peer)
	c.watch()
	c.commit(func(err error) {
		delete(c.answering, one.Peer)
		if err != nil {
			delete(c.forgotten, one.Peer)
			conversation.standing = standing
			c.contacts[one.Peer] = one
		}
		c.withdrawn(one, taken, err)
		c.resealing(one)
		switch {
		case err != nil:
			c.dirty(one.Peer)
		case call.erase:
			c.tell(Change{Removed: conversation.id})
			for _, former := range c.formerWith(one.Peer) {
				c.tell(Change{Removed: former})
			}
		default:
			c.tell(Change{Contact: &LiveContact{Contact: kept}})
		}
		if err == nil {
			for _, wished := range taken.wishes {
				c.network.farewells.add(wished.row.Server, one.places())
			}
		}
		c.arrangeServers()
		c.roomAgain()
		c.answer(id, nil, refusal(err))
	}, writes...)
}

// forgetHistory erases what was kept of somebody who is no contact.
func (c *Core) forgetHistory(id uint64, conversation *conversation, erase bool) {
	if !erase {
		c.answer(id, nil, nil)
		return
	}
	conversation.standing = Standing{}
	c.commit(func(err error) {
		if err == nil {
			delete(c.forgotten, conversation.peer)
			c.tell(Change{Removed: conversation.id})
		}
		c.answer(id, nil, refusal(err))
	}, ClearConversation{Conversation: conversation.id, All: true}, DropContact{Peer: conversation.peer}, conversation.putStanding())
}

// dropWaiting drops the letters of somebody that wait for entries before theirs.
func (c *Core) dropWaiting(peer identity.PeerID) {
	for _, id := range sortedIDs(c.letters) {
		arrived := c.letters[id]
		if arrived.peer != peer || arrived.keeping {
			continue
		}
		delete(c.letters, id)
		for _, where := range arrived.places {
			c.doneWith(where)
		}
	}
}

// markForgotten notes that all is read of a conversation with somebody who is no contact.
func (c *Core) markForgotten(id uint64, conversation *conversation, read journal.Vector) {
	conversation.read.Merge(within(read, conversation.tip))
	c.commit(func(err error) {
		if err == nil {
			c.tell(Change{Position: conversation.id})
		}
		c.answer(id, nil, refusal(err))
	}, PutRead{Conversation: conversation.id, Read: conversation.read.Clone()})
}

// farewells are the servers at which letters to those who are forgotten are still to
// be taken back: nobody else may be found there.
type farewells map[identity.ServerKey]identity.Server

func (f *farewells) add(key identity.ServerKey, servers []identity.Server) {
	for _, server := range servers {
		if server.Key != key {
			continue
		}
		if *f == nil {
			*f = farewells{}
		}
		(*f)[key] = server
	}
}

func (f farewells) sorted() []identity.Server {
	return slices.SortedFunc(maps.Values(f), func(a, b identity.Server) int { return slices.Compare(a.Key[:], b.Key[:]) })
}

// dueFarewells leaves those servers when nothing is to be taken back there.
func (c *Core) dueFarewells() {
	left := false
	for key := range c.network.farewells {
		if !slices.ContainsFunc(c.network.wishes, func(one *wish) bool { return one.row.Server == key }) {
			delete(c.network.farewells, key)
			left = true
		}
	}
	if left {
		c.arrangeServers()
	}
}

// beginsAnew has a request to somebody with whom there is a log already begin a new
// one, since a request is the first entry of a log.
func (v *conversation) beginsAnew(device identity.DeviceID) (epoch uint32, needed bool) {
	for log := range v.tip {
		if log.Device == device {
			needed = true
			epoch = max(epoch, log.Epoch)
		}
	}
	return max(epoch+1, v.own.Epoch), needed
}
