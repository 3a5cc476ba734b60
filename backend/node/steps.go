package node

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
)

// Step is something that happened to entries of mine on their way to a device
// of theirs.
type Step struct {
	Conversation uuid.UUID
	Log          journal.Log // the entries of this log after After, up to Through
	After        uint64
	Through      uint64
	Device       identity.DeviceID // theirs
	Kind         StepKind
	Way          Way
	At           time.Time
	Until        time.Time          // StepStored: how long the server keeps them
	Server       identity.ServerKey // StepStored: which
}

// StepKind is what happened.
type StepKind int

// The kinds. The numbers are kept on disk.
const (
	StepTried     StepKind = iota + 1 // a line was tried and did not open
	StepStored                        // a mailbox of theirs keeps them
	StepExported                      // they were written to a bundle file
	StepDelivered                     // the device holds them
	StepRead                          // they were read there
	StepTooLate                       // they were taken back, and may have reached the device before
)

// Way is what brought entries to a device.
type Way int

// The ways. The numbers are kept on disk.
const (
	WayUnknown Way = iota
	WayLAN
	WayDirect
	WayRelayed
	WayMail
	WayBundle
)

// KeptSteps is how many steps of a conversation the store keeps, the newest.
const KeptSteps = 1000

func wayOf(path link.Path) Way {
	switch path {
	case link.PathLAN:
		return WayLAN
	case link.PathDirect:
		return WayDirect
	case link.PathRelayed:
		return WayRelayed
	case link.PathUnknown:
	}
	return WayUnknown
}

// stepsTo returns the steps by which a device came from what it held and had
// read to what it holds and has read now.
func (v *conversation) stepsTo(device identity.DeviceID, heldBefore, readBefore journal.Vector, way Way, now time.Time) []Write {
	var writes []Write
	remote := v.remote(device)
	add := func(kind StepKind, log journal.Log, before, after uint64) {
		if log.Device == v.own.Device && after > before {
			writes = append(writes, PutStep{Step: Step{
				Conversation: v.id, Log: log, After: before, Through: after, Device: device, Kind: kind, Way: way, At: now,
			}})
		}
	}
	for _, log := range remote.Held.Logs() {
		add(StepDelivered, log, heldBefore[log].Sequence, remote.Held[log].Sequence)
	}
	for _, log := range remote.Read.Logs() {
		add(StepRead, log, readBefore[log].Sequence, remote.Read[log].Sequence)
	}
	return writes
}

// broughtBy tells what brought what a position over a session acknowledges for
// the first time: the session, unless it sent nothing of it.
func (c *Core) broughtBy(session *session, one *contact, held journal.Vector) Way {
	exchange, conversation := session.exchanges[one.Conversation], c.conversationOf(one)
	for _, log := range held.Logs() {
		if before := conversation.delivered(log); log.Device == conversation.own.Device && exchange.Sent(log) > before {
			return wayOf(session.path)
		}
	}
	return c.broughtEarlier(one, held)
}

// broughtEarlier tells what brought what is acknowledged now and was not sent
// over the line that says so: a letter, a bundle, or a line that closed before
// it could be acknowledged.
func (c *Core) broughtEarlier(one *contact, held journal.Vector) Way {
	conversation := c.conversationOf(one)
	for _, log := range held.Logs() {
		before := conversation.delivered(log)
		mailed := func(letter *Outgoing) bool {
			return letter.Log == log && letter.Through > before && !letter.Until.IsZero()
		}
		switch {
		case log.Device != conversation.own.Device || held[log].Sequence <= before:
		case slices.ContainsFunc(one.outbox.letters, mailed):
			return WayMail
		case one.exported[log] > before:
			return WayBundle
		}
	}
	return WayUnknown
}

// triedInVain remembers, once for what waits, that a line did not open.
func (c *Core) triedInVain(one *contact, session *session) {
	conversation := c.conversationOf(one)
	for _, log := range conversation.held.Logs() {
		head, delivered := conversation.held[log].Sequence, conversation.delivered(log)
		if log.Device != conversation.own.Device || head <= max(delivered, one.tried[log]) {
			continue
		}
		if one.tried == nil {
			one.tried = map[journal.Log]uint64{}
		}
		step := Step{
			Conversation: one.Conversation, Log: log, After: max(delivered, one.tried[log]), Through: head,
			Device: session.remote.Device, Kind: StepTried, At: c.now,
		}
		one.tried[log] = head
		c.keep(PutStep{Step: step})
	}
}
