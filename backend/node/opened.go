package node

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/wire"
)

func (c *Core) envelopeOpened(e EnvelopeOpened) {
	content := e.Content
	if _, again := c.seen[content.ID]; again {
		return
	}
	if id, banned := c.bannedPeer(content.FromPeer); banned {
		c.blocked(id)
		return
	}
	switch content.Kind {
	case wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL:
		c.seen[content.ID] = c.now.Add(seenFor)
		c.signalOpened(content, e.Signal, recordIn(content))
	case wire.EnvelopeKind_ENVELOPE_KIND_REQUEST:
		if e.Request != nil && c.letters[content.ID] == nil {
			c.requestOpened(content, e.Request, carried{left: c.now, seen: seenFor})
		}
	case wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES, wire.EnvelopeKind_ENVELOPE_KIND_UNSPECIFIED:
		// Entries come out of a mailbox. Whoever relays them must not have them taken
		// for known when they come from there.
	}
}

// recordIn is what an envelope says of its sender.
func recordIn(content envelope.Content) *wire.PeerRecord {
	record := &wire.PeerRecord{DeviceList: content.DeviceList}
	if content.ReplyKey != nil {
		record.KeyRecords = []*wire.Signed{content.ReplyKey}
	}
	return record
}

// forgetSeen drops ids of envelopes that would be refused by their age anyway,
// and the oldest of too many: entries and requests that are here already change
// nothing. It looks at most once in forgetEvery: letters stay for days.
func (c *Core) forgetSeen() {
	if c.now.Before(c.forgotAt.Add(forgetEvery)) && len(c.seen) <= maxSeen {
		return
	}
	c.forgotAt = c.now
	ended := c.now
	if len(c.seen) > maxSeen {
		ends := slices.SortedFunc(maps.Values(c.seen), time.Time.Compare)
		ended = later(ended, ends[len(ends)/4].Add(time.Millisecond))
	}
	before := len(c.seen)
	maps.DeleteFunc(c.seen, func(_ uuid.UUID, end time.Time) bool { return end.Before(ended) })
	if len(c.seen) < before {
		c.keep(DeleteSeen{Before: ended})
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// senderListed tells whether the device that sealed an envelope is in the
// newest device list that is known of its peer.
func senderListed(one *contact, content envelope.Content) bool {
	return one.record.devices.Version == 0 || one.record.devices.Has(content.FromDevice)
}
