package node

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
)

// owe makes the row that remembers, until it is sealed, that letters of a contact
// are to be acknowledged.
func (c *Core) owe(one *contact) []Write {
	if one.outbox.owed != uuid.Nil {
		return nil
	}
	one.outbox.owed, one.outbox.owedKept = c.newID(), false
	return []Write{PutOutgoing{Outgoing: Outgoing{
		ID: one.outbox.owed, Conversation: one.Conversation, Peer: one.Peer, SealedAt: c.now, Expires: c.now.Add(mailLife),
	}}}
}

// owedNow goes on after the row of owe was written, or was not.
func (c *Core) owedNow(one *contact, err error) {
	one.outbox.owedKept = one.outbox.owedKept || err == nil
	switch {
	case err == nil && one.outbox.ackAt.IsZero() && one.outbox.owed != uuid.Nil:
		one.outbox.ackAt = c.now.Add(acknowledgeAfter)
		c.dirty(one.Peer)
	case err != nil && one.outbox.ackAt.IsZero() && !one.outbox.owedKept:
		one.outbox.owed = uuid.Nil
	}
}

// owesReading tells whether a contact should hear that something is read now,
// and no line tells them.
func (c *Core) owesReading(one *contact, read journal.Vector) bool {
	conversation := c.conversationOf(one)
	news := slices.ContainsFunc(read.Logs(), func(log journal.Log) bool {
		return !conversation.ours(log) && read.Get(log) > conversation.readKept.Get(log)
	})
	heard := func(line *session) bool { return line.greeted }
	return news && !c.self.HideReads && one.State == ContactMutual && !slices.ContainsFunc(c.sessionsTo(one.Peer), heard)
}

// owedReading is owedNow for what was read: they hear of it a while later, when
// more is read, and seldom, since each letter takes room in their mailbox.
func (c *Core) owedReading(one *contact, err error) {
	box := &one.outbox
	if err != nil || !box.ackAt.IsZero() {
		c.owedNow(one, err)
		return
	}
	box.owedKept = true
	box.ackAt = c.now.Add(tellReadAfter)
	if again := box.toldRead.Add(tellReadAgain); box.ackAt.Before(again) {
		box.ackAt = again
	}
	box.toldRead = box.ackAt
	c.dirty(one.Peer)
}

// load takes a row as it was kept.
func (o *outbox) load(kept Outgoing) {
	if kept.Sealed == nil && kept.Until.IsZero() {
		o.owed, o.owedKept, o.ackAt = kept.ID, true, kept.SealedAt
		return
	}
	if kept.Until.IsZero() { // nobody knows what became of putting it
		o.isLoose(kept.ID, 1)
	}
	o.letters = append(o.letters, &kept)
}

// acknowledged: nothing is owed any more.
func (c *Core) acknowledged(one *contact) {
	one.outbox.ackAt = time.Time{}
	if one.outbox.owed != uuid.Nil {
		c.deleteOutgoing(one.outbox.owed)
		one.outbox.owed = uuid.Nil
	}
}

// deleteOutgoing ends a row of the outbox, after a while if the disk refuses now:
// the person would see a letter that is not there.
func (c *Core) deleteOutgoing(ids ...uuid.UUID) {
	writes := make([]Write, 0, len(ids))
	for _, id := range ids {
		writes = append(writes, DeleteOutgoing{ID: id})
	}
	c.commit(func(err error) {
		if err != nil && !c.readOnly {
			c.undeleted = append(c.undeleted, ids...)
			c.deleteAt = c.now.Add(mailRetryOwn)
		}
	}, writes...)
}

// dueOutgoing deletes again what the disk refused to.
func (c *Core) dueOutgoing() {
	switch {
	case len(c.undeleted) == 0:
	case c.now.Before(c.deleteAt):
		c.at(c.deleteAt)
	default:
		again := c.undeleted
		c.undeleted = nil
		c.deleteOutgoing(again...)
	}
}
