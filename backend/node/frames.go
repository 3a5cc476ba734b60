package node

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of what a remote device may make this one hold in memory.
const (
	maxWaiting = 4096 // entries of one session whose parents have not come
)

// waitingEntry came before its parents.
type waitingEntry struct {
	entry  journal.Entry
	orders map[journal.Hash]journal.Order
}

// sendHello says who this is; again when the record or the profile changes.
func (c *Core) sendHello(session *session) {
	c.do(SendFrame{Session: session.id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{
		Major: wire.Major, Minor: wire.Minor, Profile: c.profile(), Record: c.ownRecord(),
	}}}})
}

func (c *Core) frameReceived(e FrameReceived) {
	session := c.sessions[e.Session]
	if session == nil {
		return
	}
	one := c.contacts[session.remote.Peer]
	if one == nil || e.Err != nil {
		c.hangUp(e.Session, "a frame that cannot be read")
		return
	}
	if hello := e.Frame.GetHello(); hello != nil {
		c.hello(session, one, hello)
		return
	}
	if !session.greeted {
		c.hangUp(e.Session, "no hello first")
		return
	}
	switch kind := e.Frame.GetKind().(type) {
	case *wire.LinkFrame_Position:
		c.position(session, one, kind.Position)
	case *wire.LinkFrame_Entries:
		c.entries(session, one, kind.Entries.GetConversation(), e)
	case *wire.LinkFrame_Typing:
		if bytes.Equal(kind.Typing.GetConversation(), one.Conversation[:]) {
			one.typingUntil = c.now.Add(typingShown)
			c.dirty(one.Peer)
		}
	default: // of a newer minor version
	}
}

// hello negotiates the version and learns how they show and where they are found.
func (c *Core) hello(session *session, one *contact, hello *wire.Hello) {
	before := one.trouble
	one.trouble = nil
	if hello.GetMajor() != wire.Major {
		one.trouble = versionTrouble(one.Name, hello.GetMajor())
		one.attempts = 10 // not again at once
		one.nextDial = c.now.Add(dialMost)
		c.hangUp(session.id, "another major version")
		c.dirty(one.Peer)
		return
	}
	if before != nil {
		c.dirty(one.Peer)
	}
	c.learn(one, hello.GetRecord())
	c.learnProfile(one, hello.GetProfile())
	if session.greeted {
		return
	}
	session.greeted = true
	session.features = hello.GetFeatures()
	session.exchanges[one.Conversation] = replica.NewExchange()
	c.sendPosition(session, c.conversationOf(one))
}

func versionTrouble(name string, major uint32) *Refusal {
	params := map[string]string{"name": name, "theirs": strconv.FormatUint(uint64(major), 10), "mine": strconv.Itoa(wire.Major)}
	if major > wire.Major {
		return &Refusal{Code: "version-newer", Message: name + " uses a newer Tincan that this one does not understand. Update Tincan to chat.", Params: params}
	}
	return &Refusal{Code: "version-older", Message: name + " uses an older Tincan. They need to update it to chat.", Params: params}
}

// exchange finds the exchange that a frame belongs to.
func (c *Core) exchange(session *session, one *contact, conversation []byte) (uuid.UUID, *replica.Exchange, bool) {
	id, err := uuid.FromBytes(conversation)
	if err != nil || id != one.Conversation || session.exchanges[id] == nil {
		return uuid.Nil, nil, false
	}
	return id, session.exchanges[id], true
}

// pump sends what the other side is missing, as far as the window allows.
func (c *Core) pump(session *session) {
	for id, exchange := range session.exchanges {
		want, more := exchange.Next(c.conversations[id].held)
		if more {
			c.do(ReadEntries{Session: session.id, Conversation: id, Want: want, MaxBytes: replica.Batch})
		}
	}
}

func (c *Core) entriesRead(e EntriesRead) {
	if e.Mail {
		c.mailRead(e)
		return
	}
	if e.Session == uuid.Nil {
		for _, one := range c.contacts {
			if one.Conversation == e.Conversation {
				c.composeRequest(one, e.Entries)
			}
		}
		return
	}
	session := c.sessions[e.Session]
	if session == nil {
		return
	}
	exchange := session.exchanges[e.Conversation]
	if e.Err != nil || len(e.Entries) == 0 {
		exchange.Failed()
		return // the next position of theirs, or the next line, tries again
	}
	c.send(session, e.Conversation, exchange.Read(e.Want, e.Entries))
	c.pump(session)
}

// push sends an entry that was just committed without reading it back, when
// nothing is owed before it.
func (c *Core) push(entry journal.Entry, peer identity.PeerID) {
	for _, session := range c.sessionsTo(peer) {
		exchange := session.exchanges[entry.Conversation]
		if exchange == nil || !exchange.Room() || session.remote.Device == entry.Log.Device {
			continue
		}
		send := exchange.Push(entry.Log, []journal.Entry{entry})
		c.send(session, entry.Conversation, send)
		if len(send) == 0 {
			c.pump(session)
		}
	}
}

func (c *Core) send(session *session, conversation uuid.UUID, entries []journal.Entry) {
	if len(entries) == 0 {
		return
	}
	frame := &wire.Entries{Conversation: conversation[:], Entries: make([]*wire.Entry, 0, len(entries))}
	for _, entry := range entries {
		frame.Entries = append(frame.Entries, entry.Wire())
	}
	session.lastUsed = c.now
	c.do(SendFrame{Session: session.id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Entries{Entries: frame}}})
}

// entries takes what the other side sent, in order; entries that came before
// their parents wait.
func (c *Core) entries(session *session, one *contact, conversation []byte, e FrameReceived) {
	id, _, known := c.exchange(session, one, conversation)
	if !known {
		return
	}
	session.lastUsed = c.now
	writes, left := c.admitAll(c.conversations[id], one, waitingEntries(e.Entries, e.Orders))
	left = append(left, session.waiting...)
	if len(writes) > 0 {
		var more []Write
		more, left = c.admitAll(c.conversations[id], one, left)
		writes = append(writes, more...)
	}
	session.waiting = left[:min(len(left), maxWaiting)]
	if len(writes) == 0 {
		if len(e.Entries) > 0 {
			c.sendPosition(session, c.conversations[id]) // all known already: say so
		}
		return
	}
	c.commitEntries(one, id, writes, nil)
}

func waitingEntries(entries []journal.Entry, orders map[journal.Hash]journal.Order) []waitingEntry {
	waiting := make([]waitingEntry, 0, len(entries))
	for _, entry := range entries {
		waiting = append(waiting, waitingEntry{entry: entry, orders: orders})
	}
	return waiting
}

// admitAll decides on entries, whatever brought them: what is to be written,
// and what is left because entries before it have not come yet.
func (c *Core) admitAll(conversation *conversation, one *contact, arrived []waitingEntry) (writes []Write, left []waitingEntry) {
	for progress := true; progress && len(arrived) > 0; {
		progress = false
		var later []waitingEntry
		for _, candidate := range arrived {
			write, standing := c.admit(conversation, one, candidate)
			switch standing {
			case journal.Next:
				writes = append(writes, write)
				progress = true
			case journal.Gap, journal.Orphan:
				later = append(later, candidate)
			case journal.Fork:
				one.trouble = &Refusal{
					Code:    "fork",
					Message: "Two different messages of " + one.Name + " claim the same place. One copy of their Tincan may have been restored from an old backup. New messages go on.",
					Params:  map[string]string{"name": one.Name},
				}
				c.dirty(one.Peer)
			case journal.Duplicate:
			}
		}
		arrived = later
	}
	return writes, arrived
}

// admit decides on one entry and, if it is the next, counts on it.
func (c *Core) admit(conversation *conversation, one *contact, candidate waitingEntry) (AppendEntry, journal.Standing) {
	entry := candidate.entry
	if entry.Conversation != conversation.id {
		return AppendEntry{}, journal.Duplicate
	}
	mine := entry.Log.Device == c.keys.Device()
	if !mine && !one.record.devices.Has(entry.Log.Device) {
		return AppendEntry{}, journal.Duplicate // nobody who belongs here wrote it
	}
	order := func(hash journal.Hash) (journal.Order, bool) {
		if found, known := conversation.recent.orders[hash]; known {
			return found, true
		}
		for log, head := range conversation.tip {
			if head.Hash == hash {
				return conversation.tipOrders[log], true
			}
		}
		found, known := candidate.orders[hash]
		return found, known
	}
	standing := journal.Check(conversation.tip, entry, func(hash journal.Hash) bool {
		_, known := order(hash)
		return known
	})
	if standing == journal.Fork && entry.Sequence > conversation.held.Get(entry.Log) && entry.Sequence <= conversation.tip.Get(entry.Log) {
		standing = journal.Duplicate // it came over another link and is being written
	}
	if standing != journal.Next {
		return AppendEntry{}, standing
	}
	after := make([]journal.Order, 0, 1+len(entry.Parents))
	if entry.Sequence > 1 {
		after = append(after, conversation.tipOrders[entry.Log])
	}
	for _, parent := range entry.Parents {
		found, _ := order(parent)
		after = append(after, found)
	}
	author := one.Peer
	if mine {
		author = c.keys.Peer()
	}
	write := AppendEntry{Entry: entry, Order: journal.NewOrder(entry, after), Author: author, Mine: mine, Arrived: c.now}
	conversation.count(write, true)
	if mine && entry.Log.Epoch >= conversation.own.Epoch {
		// An entry of this device that was not on this disk: the folder is an old
		// copy. The log is closed; what is written next begins a new epoch.
		conversation.own.Epoch = entry.Log.Epoch + 1
	}
	return write, standing
}

// count moves the tip, and also what is held, to an appended entry.
func (v *conversation) count(write AppendEntry, tipOnly bool) {
	head := journal.Head{Sequence: write.Entry.Sequence, Hash: write.Entry.Hash()}
	if tipOnly {
		v.tip[write.Entry.Log] = head
		v.tipOrders[write.Entry.Log] = write.Order
		v.recent.put(head.Hash, write.Order)
		return
	}
	v.held[write.Entry.Log] = head
	v.heldOrders[write.Entry.Log] = write.Order
}

// commitEntries keeps received entries, then acknowledges and shows them; done
// is called at the end, unless it is nil.
func (c *Core) commitEntries(one *contact, id uuid.UUID, writes []Write, done func(error)) {
	writes, forget := c.learnEntries(one, writes)
	c.commit(func(err error) {
		if done != nil {
			defer done(err)
		}
		if err != nil {
			forget()
			return // failed() closed the line; they are sent again
		}
		conversation := c.conversations[id]
		for _, write := range writes {
			appended, ok := write.(AppendEntry)
			if !ok {
				continue
			}
			conversation.count(appended, false)
			c.tellMessage(appended)
		}
		one.lastTalk = c.now
		one.typingUntil = time.Time{}
		for _, session := range c.sessionsTo(one.Peer) {
			if session.greeted {
				c.sendPosition(session, conversation)
				c.pump(session)
			}
		}
		c.dirty(one.Peer)
		c.admitLetters(one)
	}, slices.Clone(writes)...)
}

// firstEntry is the stretch that a request is composed from.
func firstEntry(one *conversation) replica.Want {
	return replica.Want{Log: journal.Log{Device: one.own.Device, Epoch: 1}, After: 0}
}
