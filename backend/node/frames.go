package node

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// sendHello says who this is; again when the record or the profile changes.
func (c *Core) sendHello(session *session) {
	var theirs []*wire.Signed
	if one := c.contacts[session.remote.Peer]; one != nil {
		theirs = one.record.signed.GetFormerLists()
	}
	c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{
		Major: wire.Major, Minor: wire.Minor, Features: wire.Features, Profile: c.profile(), Record: c.ownRecord(), YourLists: theirs,
	}}})
}

func (c *Core) frameReceived(e FrameReceived) {
	session := c.sessions[e.Session]
	if session == nil {
		return
	}
	one := c.contacts[session.remote.Peer]
	switch {
	case one == nil:
		c.hangUp(e.Session, "a frame of nobody")
		return
	case e.Err != nil:
		c.refuse(session, one, "a frame that cannot be read: "+e.Err.Error())
		return
	}
	c.came(one, e.Size)
	if !c.chargeFrame(session, one, e.Frame) {
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
	if c.comparison(session, one, e.Frame) {
		return
	}
	switch kind := e.Frame.GetKind().(type) {
	case *wire.LinkFrame_Position:
		c.position(session, one, kind.Position)
	case *wire.LinkFrame_Entries:
		c.entries(session, one, kind.Entries.GetConversation(), e)
	case *wire.LinkFrame_Batch:
		c.entries(session, one, kind.Batch.GetConversation(), e)
	case *wire.LinkFrame_Proof:
		c.proof(session, one, e.Entries)
	case *wire.LinkFrame_Typing:
		if bytes.Equal(kind.Typing.GetConversation(), one.Conversation[:]) && !c.self.HideTyping && one.flood.muted.IsZero() {
			one.typingUntil = c.now.Add(typingShown)
			c.dirty(one.Peer)
		}
	case *wire.LinkFrame_Check:
		c.checkFrame(session, one, kind.Check)
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
	list := one.record.devices.Version
	c.learn(one, hello.GetRecord())
	if one.record.devices.Version != list && len(one.record.signed.GetFormerLists()) > 0 {
		c.sendHello(session) // of lists that they may have lost, before any entries
	}
	c.learnProfile(one, hello.GetProfile())
	c.recollect(hello.GetYourLists())
	if session.greeted {
		return
	}
	session.greeted = true
	session.features = hello.GetFeatures()
	c.beginExchanges(session, one)
}

func versionTrouble(name string, major uint32) *Refusal {
	params := map[string]string{"name": name, "theirs": strconv.FormatUint(uint64(major), 10), "mine": strconv.Itoa(wire.Major)}
	if major > wire.Major {
		return &Refusal{Code: "version-newer", Message: name + " uses a newer Tincan that this one does not understand. Update Tincan to chat.", Params: params}
	}
	return &Refusal{Code: "version-older", Message: name + " uses an older Tincan. They need to update it to chat.", Params: params}
}

// exchange finds the exchange that a frame belongs to.
func (c *Core) exchange(session *session, conversation []byte) (uuid.UUID, *replica.Exchange, bool) {
	id, err := uuid.FromBytes(conversation)
	if err != nil || session.exchanges[id] == nil || c.conversations[id] == nil {
		return uuid.Nil, nil, false
	}
	return id, session.exchanges[id], true
}

// pump sends what the other side is missing, as far as the windows allow.
func (c *Core) pump(session *session) {
	ids := slices.SortedFunc(maps.Keys(session.exchanges), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range ids {
		c.pumpOne(session, id)
	}
}

func (c *Core) pumpOne(session *session, id uuid.UUID) {
	beyond, more := session.exchanges[id].Next(c.conversations[id].toSend(session.exchanges[id]))
	if more {
		c.do(ReadEntries{Session: session.id, Conversation: id, Beyond: beyond, MaxBytes: session.exchanges[id].Stretch(), Pack: session.syncs()})
	}
}

func (c *Core) entriesRead(e EntriesRead) {
	switch {
	case e.Mail:
		c.mailRead(e)
		return
	case e.Check:
		c.suspectRead(e)
		return
	case e.Session == uuid.Nil:
		for _, one := range c.contacts {
			if one.Conversation == e.Conversation {
				c.composeRequest(one, e.Entries)
			}
		}
		return
	}
	session := c.sessions[e.Session]
	if session == nil || session.exchanges[e.Conversation] == nil {
		return
	}
	exchange := session.exchanges[e.Conversation]
	if e.Err != nil || len(e.Entries) == 0 {
		exchange.Failed()
		return // the next position of theirs, or the next line, tries again
	}
	outdated := exchange.Outdated()
	send, whole := exchange.Read(e.Entries, c.now)
	switch {
	case whole && e.Packed != nil:
		session.lastUsed = c.now
		c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Batch{Batch: e.Packed}})
	case len(send) > 0:
		c.send(session, e.Conversation, send)
	case !outdated:
		return // an acknowledgement goes on
	}
	c.pumpOne(session, e.Conversation)
}

// push sends an entry that was just committed without reading it back: at once,
// also while a stream of older ones is under way.
func (c *Core) push(entry journal.Entry, peer identity.PeerID) {
	for _, session := range c.sessionsTo(peer) {
		exchange := session.exchanges[entry.Conversation]
		if exchange == nil || session.remote.Device == entry.Log.Device {
			continue
		}
		if exchange.Push(entry, c.conversations[entry.Conversation].toSend(exchange), c.now) {
			c.send(session, entry.Conversation, []journal.Entry{entry})
		}
		c.pumpOne(session, entry.Conversation)
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
	c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Entries{Entries: frame}})
}

// entries takes what the other side sent, in order; entries that came before
// their parents wait.
func (c *Core) entries(session *session, one *contact, conversation []byte, e FrameReceived) {
	id, _, known := c.exchange(session, conversation)
	if !known {
		return
	}
	if session.unwritten+e.Bytes > maxUnwritten {
		c.refuse(session, one, "more entries than the window allows")
		return
	}
	if !c.pays(session, one, e.Bytes) {
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
	c.wait(session, one, left, len(writes) > 0)
	if len(writes) == 0 {
		if c.spendFrames(session, one, 1+float64(len(e.Entries))/16) && len(e.Entries) > len(left) {
			c.sendPosition(session, c.conversations[id]) // known already: say so
		}
		return
	}
	c.chargeEntries(session, one, writes)
	session.unwritten += e.Bytes
	c.commitEntries(one, id, writes, func(err error) {
		session.unwritten -= e.Bytes
		if err == nil && tookBack(writes) {
			c.countPosition(session, one, c.conversations[id])
		}
	})
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
	arrived = conversation.fresh(arrived)
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
				if standing == journal.Orphan || !conversation.twofold(candidate.entry.Log) {
					later = append(later, candidate)
				}
			case journal.Fork:
				if conversation.twofold(candidate.entry.Log) {
					continue // it is named already
				}
				c.suspect(conversation, candidate.entry)
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
	own := entry.Log.Device == c.keys.Device()
	mine := own || c.elders[entry.Log.Device]
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
	if standing == journal.Orphan && conversation.lenient {
		standing = journal.Next
	}
	if standing != journal.Next {
		return AppendEntry{}, standing
	}
	after := make([]journal.Order, 0, 1+len(entry.Parents))
	if entry.Sequence > 1 {
		after = append(after, conversation.tipOrders[entry.Log])
	}
	for _, parent := range entry.Parents {
		if found, known := order(parent); known {
			after = append(after, found)
		}
	}
	author := one.Peer
	if mine {
		author = c.keys.Peer()
	}
	write := AppendEntry{Entry: entry, Order: journal.NewOrder(entry, after), Author: author, Mine: mine, Arrived: c.now}
	c.watchCopies(one, conversation, write)
	conversation.count(write, true)
	if own {
		// An entry of this device that was not on this disk: the folder is an old
		// copy. The log is closed; what is written next begins a new epoch.
		one.claims = 0
		c.moveOn(conversation, entry.Log.Epoch+1)
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
	v.recent.written(head.Hash)
}

// commitEntries keeps received entries, then acknowledges and shows them; done
// is called at the end, unless it is nil.
func (c *Core) commitEntries(one *contact, id uuid.UUID, writes []Write, done func(error)) {
	writes, kept := c.learnEntries(one, writes)
	retiredBefore := one.retired
	writes = c.comesBack(one, c.learnRetirement(one, writes))
	c.commit(func(err error) {
		if done != nil {
			defer done(err)
		}
		kept(err)
		if err != nil {
			one.retired = retiredBefore
			return // failed() closed the line; they are sent again
		}
		conversation := c.conversations[id]
		for _, write := range writes {
			appended, ok := write.(AppendEntry)
			if !ok {
				continue
			}
			conversation.count(appended, false)
			c.tellArrived(one, appended)
		}
		one.lastTalk = c.now
		one.typingUntil = time.Time{}
		for _, session := range c.sessionsTo(one.Peer) {
			if session.greeted {
				c.sendPosition(session, conversation)
				if session.exchanges[id] != nil {
					c.pumpOne(session, id)
				}
			}
		}
		c.dirty(one.Peer)
		c.admitLetters(one)
	}, slices.Clone(writes)...)
}

func wantOf(place logPlace, after uint64) replica.Want {
	return replica.Want{Log: place.log, After: after}
}
