package node

import (
	"time"

	"github.com/google/uuid"
)

// owe makes the row that remembers, until it is sealed, that letters of a contact
// are to be acknowledged.
func (c *Core) owe(one *contact) []Write {
	if one.outbox.owed != uuid.Nil {
		return nil
	}
	one.outbox.owed = c.newID()
	return []Write{PutOutgoing{Outgoing: Outgoing{
		ID: one.outbox.owed, Conversation: one.Conversation, Peer: one.Peer, SealedAt: c.now, Expires: c.now.Add(mailLife),
	}}}
}

// owedNow goes on after the row of owe was written, or was not.
func (c *Core) owedNow(one *contact, err error) {
	switch {
	case err == nil && one.outbox.ackAt.IsZero() && one.outbox.owed != uuid.Nil:
		one.outbox.ackAt = c.now.Add(acknowledgeAfter)
		c.dirty(one.Peer)
	case err != nil && one.outbox.ackAt.IsZero():
		one.outbox.owed = uuid.Nil
	}
}

// load takes a row as it was kept.
func (o *outbox) load(kept Outgoing) {
	if kept.Sealed == nil && kept.Until.IsZero() {
		o.owed, o.ackAt = kept.ID, kept.SealedAt
		return
	}
	o.letters = append(o.letters, &kept)
}

// acknowledged: nothing is owed any more.
func (c *Core) acknowledged(one *contact) {
	one.outbox.ackAt = time.Time{}
	if one.outbox.owed != uuid.Nil {
		c.keep(DeleteOutgoing{ID: one.outbox.owed})
		one.outbox.owed = uuid.Nil
	}
}
