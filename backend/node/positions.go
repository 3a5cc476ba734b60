package node

import (
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// sendPosition says what is on this disk and what was read: the opening of the
// exchange, and the acknowledgement.
func (c *Core) sendPosition(session *session, one *conversation) {
	c.do(SendFrame{Session: session.id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Position{Position: &wire.Position{
		Conversation: one.id[:], Held: one.held.Encode(), Read: one.read.Encode(),
	}}}})
}

// position takes what the other side holds and has read.
func (c *Core) position(session *session, one *contact, position *wire.Position) {
	id, exchange, known := c.exchange(session, one, position.GetConversation())
	if !known {
		return
	}
	held, err := journal.DecodeVector(position.GetHeld())
	if err != nil {
		c.hangUp(session.id, "a position that cannot be read")
		return
	}
	read, err := journal.DecodeVector(position.GetRead())
	if err != nil {
		c.hangUp(session.id, "a position that cannot be read")
		return
	}
	exchange.Position(held)
	if moved, changed := c.conversations[id].moveRemote(session.remote.Device, held, read); changed {
		c.commit(func(error) { c.tell(Change{Position: id}) }, moved)
		c.dirty(one.Peer)
	}
	c.pump(session)
}

// moveRemote takes what a remote device says it holds and its person has read.
func (v *conversation) moveRemote(device identity.DeviceID, held, read journal.Vector) (PutRemotePosition, bool) {
	remote := v.remote(device)
	heldBefore, readBefore := remote.Held.Clone(), remote.Read.Clone()
	remote.Held.Merge(v.only(held))
	remote.Read.Merge(v.only(read))
	if heldBefore.Covers(remote.Held) && readBefore.Covers(remote.Read) {
		return PutRemotePosition{}, false
	}
	return PutRemotePosition{Conversation: v.id, Position: RemotePosition{
		Device: device, Held: remote.Held.Clone(), Read: remote.Read.Clone(),
	}}, true
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
		if log.Device != v.own.Device {
			continue
		}
		if head.Sequence > v.delivered(log) {
			return true
		}
	}
	return false
}
