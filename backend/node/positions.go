package node

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// sendPosition says what is on this disk and what was read: the opening of an
// exchange with an older version, and the acknowledgement.
func (c *Core) sendPosition(session *session, one *conversation) {
	if c.withheld(session, one.id) {
		return
	}
	for _, position := range replica.Positions(one.id, one.held, c.readToTell(one)) {
		c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Position{Position: position}})
	}
}

// position takes what the other side holds and has read.
func (c *Core) position(session *session, one *contact, position *wire.Position) {
	id, exchange, known := c.exchange(session, position.GetConversation())
	if !known {
		return
	}
	held, err := journal.DecodeVector(position.GetHeld())
	if err != nil {
		c.refuse(session, one, err.Error())
		return
	}
	read, err := journal.DecodeVector(position.GetRead())
	if err != nil {
		c.refuse(session, one, err.Error())
		return
	}
	conversation := c.conversations[id]
	other, impossible := c.compareOwn(one, conversation, held)
	if impossible != "" {
		c.refuse(session, one, "impossible: "+impossible)
		return
	}
	session.promise(id, held)
	c.filled(one, conversation, held)
	if position.GetAgain() {
		if session.rewinds++; session.rewinds > maxRewinds {
			c.refuse(session, one, "the same is asked for again and again")
			return
		}
		exchange.Again(held)
	}
	exchange.Position(held, c.now)
	if session.heard == nil {
		session.heard = map[uuid.UUID]RemotePosition{}
	}
	session.heard[id] = RemotePosition{Held: held, Read: read}
	c.countPosition(session, one, conversation)
	c.askForProof(session, conversation, other)
	c.pumpOne(session, id)
}

// countPosition takes their last position as far as what it names is on this disk:
// again when more of it is, since what a restored device takes back was there before.
func (c *Core) countPosition(session *session, one *contact, conversation *conversation) {
	heard := session.heard[conversation.id]
	way := c.broughtBy(session, one, heard.Held)
	if moved := conversation.moveRemote(session.remote.Device, heard.Held, heard.Read, way, c.now); len(moved) > 0 {
		one.news()
		c.commit(func(error) { c.tell(Change{Position: conversation.id}) }, moved...)
		c.dirty(one.Peer)
	}
}

// maxRewinds is how often one line may ask for something again.
const maxRewinds = 64

// askForProof asks for the entries that the other side has where this disk has
// others, once for each line.
func (c *Core) askForProof(session *session, conversation *conversation, logs []journal.Log) {
	logs = slices.DeleteFunc(logs, conversation.twofold)
	if len(logs) == 0 || session.asked[conversation.id] || !session.syncs() {
		return
	}
	if session.asked == nil {
		session.asked = map[uuid.UUID]bool{}
	}
	session.asked[conversation.id] = true
	held := conversation.held.Clone()
	for _, log := range logs {
		held[log] = journal.Head{Sequence: held.Get(log) - 1}
	}
	c.askAgain(session, conversation, held)
}

// moveRemote takes what a remote device says it holds and its person has read,
// and returns what is to be kept of it; nothing when that was known.
func (v *conversation) moveRemote(device identity.DeviceID, held, read journal.Vector, way Way, now time.Time) []Write {
	remote := v.remote(device)
	heldBefore, readBefore := remote.Held.Clone(), remote.Read.Clone()
	remote.Held.Merge(v.only(held))
	remote.Read.Merge(v.only(read))
	if heldBefore.Covers(remote.Held) && readBefore.Covers(remote.Read) {
		return nil
	}
	moved := PutRemotePosition{Conversation: v.id, Position: RemotePosition{
		Device: device, Held: remote.Held.Clone(), Read: remote.Read.Clone(),
	}}
	return append([]Write{moved}, v.stepsTo(device, heldBefore, readBefore, way, now)...)
}

// onDisk counts positions as durable.
func (c *Core) onDisk(writes []Write) {
	for _, write := range writes {
		switch one := write.(type) {
		case PutRead:
			if conversation := c.conversations[one.Conversation]; conversation != nil {
				conversation.readKept.Merge(one.Read)
				conversation.read.Merge(one.Read)
			}
		case PutStanding:
			if conversation := c.conversations[one.Conversation]; conversation != nil {
				conversation.standingKept = one.Standing
			}
		case PutRemotePosition:
			if conversation := c.conversations[one.Conversation]; conversation != nil {
				conversation.moveKept(one.Position)
			}
		default:
		}
	}
}

// moveKept counts a position as durable.
func (v *conversation) moveKept(position RemotePosition) {
	kept := v.remotesKept[position.Device]
	if kept == nil {
		kept = &RemotePosition{Device: position.Device, Held: journal.Vector{}, Read: journal.Vector{}}
		v.remotesKept[position.Device] = kept
	}
	kept.Held.Merge(position.Held)
	kept.Read.Merge(position.Read)
	now := v.remote(position.Device) // it may have been taken back for another write
	now.Held.Merge(position.Held)
	now.Read.Merge(position.Read)
}

// only keeps what of a vector this device can vouch for: nobody has read or
// holds what does not exist.
func (v *conversation) only(vector journal.Vector) journal.Vector { return within(vector, v.held) }

// within cuts a vector off at the heads of another.
func within(vector, heads journal.Vector) journal.Vector {
	known := journal.Vector{}
	for log, head := range vector {
		mine, exists := heads[log]
		if !exists {
			continue
		}
		known[log] = journal.Head{Sequence: min(head.Sequence, mine.Sequence)}
	}
	return known
}

// delivered returns up to where a device of theirs holds a log.
func (v *conversation) delivered(log journal.Log) uint64 {
	delivered := uint64(0)
	for _, position := range v.remotes {
		delivered = max(delivered, position.Held[log].Sequence)
	}
	return delivered
}

// undelivered tells whether some of my entries are on no device of theirs.
func (v *conversation) undelivered() bool {
	for log, head := range v.held {
		if !v.ours(log) || v.twofold(log) {
			continue
		}
		if head.Sequence > v.delivered(log) {
			return true
		}
	}
	return false
}
