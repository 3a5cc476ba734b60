package node

import (
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/wire"
)

// The calls about whole conversations.
type (
	pinCall    struct{ conversations []uuid.UUID }
	folderCall struct {
		conversation uuid.UUID
		folder       Folder
	}
	quietCall struct {
		conversation uuid.UUID
		quiet        bool
	}
	markCall struct {
		conversation uuid.UUID
		unread       bool
	}
	clearCall struct {
		conversation uuid.UUID
		leave        bool // the list as well
	}
	forgetCall struct {
		conversation uuid.UUID
		erase        bool
	}
)

var (
	errPins   = &Refusal{Code: "pins", Message: "At most 50 conversations can be pinned. Unpin one first.", Params: map[string]string{"limit": "50"}}
	errFolder = &Refusal{Code: "internal", Message: "This cannot be done."}
)

// standingCall does what is asked about whole conversations; false for other calls.
func (c *Core) standingCall(id uint64, call any) bool {
	switch call := call.(type) {
	case pinCall:
		c.pin(id, call.conversations)
	case folderCall:
		if call.folder < FolderList || call.folder > FolderHidden {
			c.answer(id, nil, errFolder)
			return true
		}
		c.stand(id, call.conversation, func(kept *Standing) { kept.Folder = call.folder })
	case quietCall:
		c.stand(id, call.conversation, func(kept *Standing) { kept.Quiet = call.quiet })
	case markCall:
		c.stand(id, call.conversation, func(kept *Standing) { kept.Marked = call.unread })
	case clearCall:
		c.clear(id, call)
	case forgetCall:
		c.forget(id, call)
	default:
		return false
	}
	return true
}

// listed returns a conversation that has a row in the list, also one with somebody
// who is no contact any more.
func (c *Core) listed(id uuid.UUID) *conversation {
	conversation := c.conversations[id]
	if conversation == nil {
		return nil
	}
	_, forgotten := c.forgotten[conversation.peer]
	if c.contacts[conversation.peer] == nil && !forgotten {
		return nil
	}
	return conversation
}

// stand changes how one conversation is kept.
func (c *Core) stand(id uint64, which uuid.UUID, change func(*Standing)) {
	conversation := c.listed(which)
	if conversation == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	before := conversation.standing
	change(&conversation.standing)
	if conversation.standing == before {
		c.answer(id, nil, nil)
		return
	}
	c.commit(func(err error) {
		if err == nil {
			c.tell(Change{Position: which})
		}
		c.answer(id, nil, refusal(err))
	}, conversation.putStanding())
}

func (v *conversation) putStanding() PutStanding {
	return PutStanding{Conversation: v.id, Standing: v.standing}
}

// pin has exactly some conversations stand at the top, in an order.
func (c *Core) pin(id uint64, wanted []uuid.UUID) {
	if len(wanted) > MaxPins {
		c.answer(id, nil, errPins)
		return
	}
	for _, which := range wanted {
		if c.listed(which) == nil {
			c.answer(id, nil, errNoConversation)
			return
		}
	}
	var writes []Write
	var changed []uuid.UUID
	for _, which := range sortedIDs(c.conversations) {
		conversation := c.conversations[which]
		place := slices.Index(wanted, which) + 1
		if conversation.standing.Pinned != place {
			conversation.standing.Pinned = place
			writes, changed = append(writes, conversation.putStanding()), append(changed, which)
		}
	}
	if len(writes) == 0 {
		c.answer(id, nil, nil)
		return
	}
	c.commit(func(err error) {
		if err == nil {
			for _, which := range changed {
				c.tell(Change{Position: which})
			}
		}
		c.answer(id, nil, refusal(err))
	}, writes...)
}

func sortedIDs[V any](from map[uuid.UUID]V) []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(from))
	for id := range from {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// comesBack adds to entries that are about to be written that their conversation is
// in the list again: somebody wrote. One that is archived and quiet, or muted because
// it was too much, stays where it is; what this person writes brings back only what
// they deleted.
func (c *Core) comesBack(one *contact, writes []Write) []Write {
	conversation := c.conversationOf(one)
	noisy := !conversation.standing.Quiet && one.flood.muted.IsZero()
	back := slices.ContainsFunc(writes, func(write Write) bool {
		appended, is := write.(AppendEntry)
		if !is || appended.Entry.Kind != wire.EntryKind_ENTRY_KIND_TEXT || appended.Entry.Erased() {
			return false
		}
		return conversation.standing.Folder == FolderHidden && (appended.Mine || one.flood.muted.IsZero()) ||
			conversation.standing.Folder == FolderArchived && !appended.Mine && noisy
	})
	if !back {
		return writes
	}
	conversation.standing.Folder = FolderList
	return append(slices.Clip(writes), conversation.putStanding())
}

// clear erases the messages of a conversation on this device.
func (c *Core) clear(id uint64, call clearCall) {
	conversation := c.listed(call.conversation)
	if conversation == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	_, forgotten := c.forgotten[conversation.peer]
	if forgotten && call.leave {
		c.forget(id, forgetCall{conversation: call.conversation, erase: true})
		return
	}
	conversation.standing.Cleared, conversation.standing.Marked = c.now, false
	if call.leave {
		conversation.standing.Folder = FolderHidden
	}
	c.commit(func(err error) {
		if err == nil {
			c.expiry.timed = true // what has to arrive first is erased later
			c.tell(Change{Cleared: call.conversation})
		}
		c.answer(id, nil, refusal(err))
	}, ClearConversation{Conversation: call.conversation, All: forgotten || c.former[call.conversation], Draft: call.leave}, conversation.putStanding())
}
