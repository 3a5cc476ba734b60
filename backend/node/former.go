package node

import (
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
)

var errFormer = &Refusal{
	Code: "former", Message: "This was written before you changed your key. It can be read; go on in the newer conversation with this person.",
}

// findFormer finds the conversations that were those of contacts before a key of
// mine changed.
func (c *Core) findFormer() {
	for id, conversation := range c.conversations {
		if one := c.contacts[conversation.peer]; one != nil && one.Conversation != id {
			c.former[id] = true
		}
	}
}

// formerWith returns those with one contact, sorted.
func (c *Core) formerWith(peer identity.PeerID) []uuid.UUID {
	return slices.DeleteFunc(sortedIDs(c.former), func(id uuid.UUID) bool { return c.conversations[id].peer != peer })
}

// markFormerRead moves the read position where nobody is told any more.
func (c *Core) markFormerRead(id uint64, conversation *conversation, wanted journal.Vector) {
	read := within(wanted, conversation.tip)
	if conversation.readKept.Covers(read) {
		c.answer(id, nil, nil)
		return
	}
	conversation.read.Merge(read)
	c.commit(func(err error) {
		if err == nil {
			c.tell(Change{Position: conversation.id})
		}
		c.answer(id, nil, refusal(err))
	}, PutRead{Conversation: conversation.id, Read: conversation.read.Clone()})
}
