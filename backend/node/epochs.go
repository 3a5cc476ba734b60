package node

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of what a contact may say about the logs of this device.
const (
	// maxClaims is how often in a row a contact may say that they hold entries of
	// mine that I do not, without showing one: each of these costs an epoch.
	maxClaims = 8
	// maxEpochJump is how far beyond mine an epoch that they name may be.
	maxEpochJump = 1024
	maxForks     = 16 // logs of one conversation with two histories; one proof of each is kept
	maxSuspects  = 8  // of one conversation, at the same time
)

// logPlace is where an entry stands.
type logPlace struct {
	log      journal.Log
	sequence uint64
}

// leaveEpochs gives up every log that this device wrote so far: the files are a
// copy, and the entries that were written after it was made may be anywhere.
func (c *Core) leaveEpochs(conversations []Conversation) {
	least := max(1, c.least[uuid.Nil])
	for id, other := range c.least {
		if id != uuid.Nil {
			least = max(least, other)
		}
	}
	for _, one := range conversations {
		for log := range one.Held {
			if log.Device == c.keys.Device() {
				least = max(least, log.Epoch)
			}
		}
	}
	c.least[uuid.Nil] = least + 1
}

// settleCopy makes the copy the place that is written to, once the epochs that
// it writes are on disk.
func (c *Core) settleCopy() {
	if !c.copied {
		return
	}
	c.do(Report{What: "the files are a copy: new epochs begin"})
	c.commit(func(err error) { c.copied = err != nil }, PutEpoch{Least: c.least[uuid.Nil]}, PutPlace{})
}

// moveOn closes the own log of a conversation: what comes next has at least an epoch.
func (c *Core) moveOn(conversation *conversation, epoch uint32) {
	if conversation.own.Epoch >= epoch {
		return
	}
	conversation.own.Epoch, conversation.least, c.least[conversation.id] = epoch, epoch, epoch
	c.keep(PutEpoch{Conversation: conversation.id, Least: epoch})
}

// compareOwn looks at what a contact says they hold of the logs of this device.
// If it is more than is here, or something else, this disk is an old copy: the
// log is closed before anything else is written to it. The entries come back
// with the exchange. It tells where they hold another head than this disk, and
// returns why what they say is impossible, "" if it is not.
func (c *Core) compareOwn(one *contact, conversation *conversation, held journal.Vector) (other []journal.Log, impossible string) {
	for _, log := range held.Logs() {
		theirs, mine := held[log], conversation.tip[log]
		differs := theirs.Sequence == mine.Sequence && !theirs.Hash.IsZero() && theirs.Hash != mine.Hash
		if differs {
			other = append(other, log)
		}
		if log.Device != c.keys.Device() || theirs.Sequence <= mine.Sequence && !differs {
			continue
		}
		if log.Epoch > conversation.own.Epoch && log.Epoch-conversation.own.Epoch > maxEpochJump {
			return nil, fmt.Sprintf("epoch %d of my log, where I write %d", log.Epoch, conversation.own.Epoch)
		}
		if conversation.own.Epoch > log.Epoch {
			continue // closed already
		}
		if one.claims++; one.claims > maxClaims {
			return nil, "entries of mine again and again, and none is shown"
		}
		c.moveOn(conversation, log.Epoch+1)
	}
	return other, ""
}

// report writes to the log what a contact did that was refused.
func (c *Core) report(one *contact, what string) { c.do(Report{Peer: one.Peer, What: what}) }

// refuse ends a line whose other end breaks the protocol, and does not open
// another one at once.
func (c *Core) refuse(session *session, one *contact, why string) {
	c.report(one, why)
	c.chargeLine(one, refusedLine)
	one.attempts = 10
	one.nextDial = c.now.Add(dialMost)
	c.hangUp(session.id, why)
	c.dirty(one.Peer)
}

// suspect takes an entry that contradicts what is held, and asks the disk what
// stands there.
func (c *Core) suspect(conversation *conversation, entry journal.Entry) {
	place := logPlace{log: entry.Log, sequence: entry.Sequence}
	_, asked := conversation.suspects[place]
	if asked || len(conversation.suspects) >= maxSuspects || len(conversation.forks) >= maxForks {
		return
	}
	conversation.suspects[place] = entry
	after := entry.Sequence - 1
	if entry.Sequence > conversation.held.Get(entry.Log) {
		after-- // it follows another entry than the head
	}
	c.do(ReadEntries{Conversation: conversation.id, Want: wantOf(place, after), MaxBytes: 1, Check: true})
}

// suspectRead compares a suspect with what the disk holds.
func (c *Core) suspectRead(e EntriesRead) {
	conversation := c.conversations[e.Conversation]
	one := c.byConversation(e.Conversation)
	if one == nil {
		return
	}
	for _, sequence := range []uint64{e.Want.After + 1, e.Want.After + 2} {
		place := logPlace{log: e.Want.Log, sequence: sequence}
		second, waiting := conversation.suspects[place]
		if !waiting {
			continue
		}
		delete(conversation.suspects, place)
		if e.Err == nil && len(e.Entries) > 0 && contradict(e.Entries[0], second) {
			c.forked(one, conversation, e.Entries[0], second)
		}
	}
}

// contradict tells whether two entries prove that their device signed two
// histories: two entries at one place, or one that follows another entry than
// the one before it.
func contradict(first, second journal.Entry) bool {
	switch {
	case first.Conversation != second.Conversation || first.Log != second.Log:
		return false
	case first.Sequence == second.Sequence:
		return first.Hash() != second.Hash()
	}
	return second.Sequence == first.Sequence+1 && second.Previous != first.Hash()
}

// twofold tells whether a log is known to have two histories.
func (v *conversation) twofold(log journal.Log) bool {
	_, known := v.forks[log]
	return known
}

// toSend is what may be sent to a device: all that is held but for the histories
// that it can never append, since it holds another one.
func (v *conversation) toSend(exchange *replica.Exchange) journal.Vector {
	if len(v.forks) == 0 {
		return v.held
	}
	theirs, _ := exchange.Remote()
	held := v.held.Clone()
	for log, sequence := range v.forks {
		if theirs.Get(log) >= sequence {
			delete(held, log)
		}
	}
	return held
}

// admitOrphans appends entries whose parents cannot be had because they belong
// to the other history of a log. Their place is that which the parents that are
// held give them: the same as on the other side, unless clocks were far apart.
func (c *Core) admitOrphans(session *session, one *contact) {
	for _, id := range session.waitsIn() {
		conversation := c.conversations[id]
		if conversation == nil || len(conversation.forks) == 0 {
			continue
		}
		conversation.lenient = true
		writes, left := c.admitAll(conversation, one, session.waiting)
		conversation.lenient = false
		c.wait(session, one, left, len(writes) > 0)
		if len(writes) > 0 {
			c.commitEntries(one, id, writes, nil)
		}
	}
}

// forked keeps the proof of an equivocation and names it, here and, over their
// line, there. The entry that was here first stays.
func (c *Core) forked(one *contact, conversation *conversation, first, second journal.Entry) {
	if conversation.twofold(second.Log) || len(conversation.forks) >= maxForks {
		return
	}
	conversation.forks[second.Log] = first.Sequence
	kept := Fork{Conversation: conversation.id, Log: second.Log, Sequence: first.Sequence, Seen: c.now}
	var err error
	if kept.First, err = wire.Encode(headerOnly(first)); err == nil {
		kept.Second, err = wire.Encode(headerOnly(second))
	}
	if err != nil {
		return // cannot happen: both were decoded
	}
	c.keep(PutFork{Fork: kept})
	c.report(one, "two entries are signed for place "+fmt.Sprint(first.Sequence)+" of a log")
	if second.Log.Device == c.keys.Device() {
		c.moveOn(conversation, second.Log.Epoch+1)
	}
	c.nameFork(one, second.Log)
	for _, session := range c.sessionsTo(one.Peer) {
		if exchange := session.exchanges[conversation.id]; exchange != nil {
			exchange.Forget(second.Log)
			c.pumpOne(session, conversation.id)
		}
		if session.syncs() {
			c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Proof{Proof: &wire.Proof{First: headerOnly(first), Second: headerOnly(second)}}})
		}
	}
}

func headerOnly(entry journal.Entry) *wire.Entry {
	return &wire.Entry{Header: entry.HeaderBytes, Signature: entry.Signature}
}

// proof takes a proof of theirs, parsed and verified: of what somebody with the
// keys of this device signed, or somebody with theirs.
func (c *Core) proof(session *session, one *contact, entries []journal.Entry) {
	if len(entries) != 2 || !contradict(entries[0], entries[1]) {
		c.refuse(session, one, "a proof that proves nothing")
		return
	}
	conversation := c.conversations[entries[1].Conversation]
	device := entries[1].Log.Device
	if conversation == nil || conversation.peer != one.Peer || device != c.keys.Device() && !c.elders[device] && !one.record.devices.Has(device) {
		return
	}
	c.forked(one, conversation, entries[0], entries[1])
}

// loadForks names again what was found out before.
func (c *Core) loadForks(forks []Fork) {
	for _, fork := range forks {
		conversation := c.conversations[fork.Conversation]
		if conversation == nil {
			continue
		}
		conversation.forks[fork.Log] = fork.Sequence
		if one := c.contacts[conversation.peer]; one != nil {
			c.nameFork(one, fork.Log)
		}
	}
}

func (c *Core) nameFork(one *contact, log journal.Log) {
	params := map[string]string{"name": one.Name}
	doubt := Doubt{Which: fmt.Sprintf("%s/%d", log.Device, log.Epoch)}
	if log.Device == c.keys.Device() || c.elders[log.Device] {
		doubt.What = &Refusal{Code: "fork-own", Message: "Two different messages of yours to " + one.Name + " claim the same place: a second copy of your Tincan wrote with the same keys. Each side keeps the one that came first. Use one copy only; new messages go on.", Params: params}
	} else {
		doubt.What = &Refusal{Code: "fork", Message: "Two different messages of " + one.Name + " claim the same place. One copy of their Tincan may have been restored from an old backup. New messages go on.", Params: params}
	}
	if !slices.ContainsFunc(one.doubts.forks, func(other Doubt) bool { return other.Which == doubt.Which }) {
		one.doubts.forks = append(one.doubts.forks, doubt)
	}
	c.dirty(one.Peer)
}

// watchCopies looks at an entry that is being appended: does it tell that two
// copies of one device are writing at the same time? One log of a device is
// closed when the next begins, so what is added to it after the next was
// written to comes from another copy.
func (c *Core) watchCopies(one *contact, conversation *conversation, write AppendEntry) {
	log := write.Entry.Log
	mine := log.Device == c.keys.Device() || c.elders[log.Device]
	twice := mine && write.Entry.Claimed.After(c.began) // I am running, and did not write it
	for other, order := range conversation.tipOrders {
		if other.Device == log.Device && other.Epoch > log.Epoch && bytes.Compare(order[:8], write.Order[:8]) < 0 {
			twice = true
		}
	}
	if !twice {
		return
	}
	before := one.doubts.copies
	now := Doubt{What: Copies(mine, one.Name), Which: log.Device.String() + "/" + c.now.UTC().Format(time.DateOnly)}
	if before != nil && before.Which == now.Which {
		return
	}
	one.doubts.copies = &now
	c.report(one, "two copies of one device are writing")
	c.dirty(one.Peer)
}
