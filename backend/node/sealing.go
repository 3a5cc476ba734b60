package node

import (
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// sealTo returns the sealing key of a contact, and how long a letter to it may
// live: when they delete the key nobody can open it any more.
func (c *Core) sealTo(one *contact) (to envelope.Record, life time.Duration, known bool) {
	device, _ := one.record.first()
	to, known = one.record.sealTo(device)
	life = min(mailLife, to.Expires.Add(sealingKeyKept).Sub(c.now))
	return to, life, known && life >= mailLeastLife
}

// writeLetter has a letter sealed, with as many of the entries as it holds.
func (c *Core) writeLetter(one *contact, want replica.Want, entries []journal.Entry) {
	to, life, known := c.sealTo(one)
	servers := c.mailServers(one)
	if !known || len(servers) == 0 {
		c.mailFailed(one, mailRetryMost)
		return
	}
	body, through, err := packLetter(c.letterHead(one), entries)
	if err != nil {
		c.mailFailed(one, mailRetryMost)
		return
	}
	letter := Outgoing{
		ID: c.newID(), Conversation: one.Conversation, Peer: one.Peer, Device: to.Device, Log: want.Log, After: want.After, Through: through,
		SealedAt: c.now, Expires: c.now.Add(life),
	}
	one.outbox.ackAt = time.Time{}
	if len(entries) > 0 && through == one.outbox.through {
		one.outbox.rested(c.now)
	}
	c.do(SealLetter{
		Letter: letter, Kind: wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES, To: to, Time: c.now.Add(servers[0].offset), Life: life, Body: body,
		DeviceList: c.ownRecord().GetDeviceList(), ReplyKey: c.network.keyRecord,
	})
}

// letterHead is what every letter to a contact says, beside the entries.
func (c *Core) letterHead(one *contact) *wire.EntriesBody {
	conversation := c.conversationOf(one)
	return &wire.EntriesBody{
		Version: wire.Major, Conversation: one.Conversation[:], Held: conversation.held.Encode(), Read: c.readToTell(conversation).Encode(),
		Profile: c.profile(), Location: c.network.location,
	}
}

// packLetter puts as many entries into a letter as it holds, at least one, and
// returns the sequence of the last; 0 without entries.
func packLetter(body *wire.EntriesBody, entries []journal.Entry) (data []byte, through uint64, err error) {
	for _, entry := range entries {
		body.Entries = append(body.Entries, entry.Wire())
		if len(body.GetEntries()) > 1 && proto.Size(body) > maxEntriesBody {
			body.Entries = body.GetEntries()[:len(body.GetEntries())-1]
			break
		}
		through = entry.Sequence
	}
	if proto.Size(body) > maxEntriesBody { // a long text and many logs: the next letter says the rest
		body.Held, body.Read, body.Location = nil, nil, nil
	}
	data, err = wire.Encode(body)
	return data, through, err
}

// letterSealed keeps a letter before it goes anywhere: the same bytes are put
// again as long as no server answered.
func (c *Core) letterSealed(e LetterSealed) {
	one := c.contacts[e.Letter.Peer]
	if one == nil {
		return
	}
	if e.Err != nil {
		c.mailFailed(one, mailRetryMost)
		return
	}
	if one.outbox.discard {
		c.mailFailed(one, 0) // nothing failed: it is sealed again, without what was taken back
		return
	}
	letter := e.Letter
	c.commit(func(err error) {
		if err != nil {
			c.mailFailed(one, mailRetryOwn)
			return
		}
		if one.outbox.discard {
			c.deleteOutgoing(letter.ID)
			c.mailFailed(one, 0)
			return
		}
		if one.outbox.ackAt.IsZero() { // otherwise something came meanwhile
			c.acknowledged(one)
		}
		one.outbox.letters = append(one.outbox.letters, &letter)
		c.mailFailed(one, 0) // nothing failed: on to the servers
	}, PutOutgoing{Outgoing: letter})
}
