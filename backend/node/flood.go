package node

import (
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// What one contact may cost. A contact is let in, so their flood comes over a line
// that is allowed; none of this is about strangers, who have no line.
//
// Entries are counted in units of a KiB, one at least. Two kinds are told apart,
// because a friend who was away for a month brings all of it in seconds:
//
//   - Arrears: what stood in their logs when the line opened. They said so, in the
//     comparison that begins each line, and it is pulled: this side's
//     acknowledgements move their window. It is measured by the time at which they
//     claim to have written it, which moves forward only and never beyond now: a
//     month of talk has a month to pay for it, and who claims wrong times gains no
//     more than the time that really went by. What exceeds that is counted as live.
//   - Live: what they write now.
//
// Who lives beyond their means is slowed first: what came is kept and is not
// acknowledged until it is paid for. Their window, at most replica.Window, is then
// full, and their device waits: nothing is lost, and an honest device of any version
// does the right thing. One that goes on nevertheless breaks the protocol, and its
// line is closed.
//
// Who goes on while they are slowed, or sends more for minutes than anybody can
// read, is muted: the person is told so once and of nothing that comes after, until
// they take it back ([Commands.Unmute]) or ban. What comes is kept up to a bound;
// beyond it is neither kept nor acknowledged, stays in their log, and is asked for
// again when the mute ends.
//
// Frames that are no news (typing, positions that say nothing new, entries that are
// here already, profiles, checks) have a bucket of their own. It is for devices that
// misbehave: no honest one comes near, so the line is closed. It is not held instead:
// what waits to be read counts by its bytes in SCTP's window, and small messages take
// many times that. Offers of lines, and lines that end because a rule was broken,
// have a third, so that closing is not answered by opening without end.
const (
	liveBurst = 120_000 // units: twelve hours of talk at once, or 100,000 entries of a script
	liveRate  = 50      // a second: 50 KiB, or 3,000 short texts a minute
	// liveDebt bounds how long an acknowledgement waits, in units: 2 minutes.
	liveDebt = 120 * liveRate

	arrearsBurst = 150_000 // units, whatever their clock says
	arrearsRate  = 1       // for each second between what they claim

	frameBurst = 2_000
	frameRate  = 200 // a second

	lineBurst   = 60
	lineRate    = 0.5 // a second
	refusedLine = 5   // what a line costs that ended because they broke a rule

	// unpaidMost is what may come on one line without being acknowledged, in bytes:
	// the window, what goes ahead of it, and a batch that was under way.
	unpaidMost = 4 << 20

	// Muted: after so long of being slowed without a pause; or after so many minutes
	// in a row with more entries in each than anybody reads.
	slowedMost  = 30 * time.Second
	minuteMost  = 300
	minutesMost = 3

	// maxPromised is how many logs of a conversation it is noted of, for each line.
	maxPromised = 256

	// mutedKeeps is how much of a muted contact is kept on disk, in bytes.
	mutedKeeps = 8 << 20
)

// bucket counts what was spent and forgets it at a rate. The zero bucket is full
// of credit.
type bucket struct {
	spent float64
	at    time.Time
}

// spend takes from a bucket and returns what it lacks. debt is the most that it
// may lack, so that nobody pays for ever.
func (b *bucket) spend(now time.Time, cost, burst, rate, debt float64) (lacks float64) {
	if elapsed := now.Sub(b.at); elapsed > 0 {
		b.spent = max(0, b.spent-elapsed.Seconds()*rate)
		b.at = now
	}
	b.spent = min(b.spent+cost, burst+debt)
	return max(0, b.spent-burst)
}

// flood is what a contact has spent. Nothing of it is on disk but, by way of the
// interface, that they are muted.
type flood struct {
	live, arrears, frames, lines bucket

	minute    time.Time // in which is counted
	inMinute  int
	minutes   int       // before it, in a row, with too much in each
	slowSince time.Time // zero: they are not slowed
	credit    time.Time // when what came is acknowledged again; past or zero: at once
	muted     time.Time // since when; zero: they are not
	kept      int       // bytes kept since then
}

// closed tells whether nothing of a contact is kept any more, for now.
func (f *flood) closed() bool { return !f.muted.IsZero() && f.kept >= mutedKeeps }

// units is what an entry costs.
func units(entry *journal.Entry) float64 { return float64(1 + entry.Size()>>10) }

// chargeEntries counts what a line brought; letters have no session.
func (c *Core) chargeEntries(session *session, one *contact, writes []Write) {
	for _, write := range writes {
		appended, ok := write.(AppendEntry)
		if !ok || appended.Mine {
			continue
		}
		entry := &appended.Entry
		if !one.flood.muted.IsZero() {
			one.flood.kept += entry.Size()
		}
		stood := session == nil || entry.Sequence <= session.promised[entry.Conversation].Get(entry.Log)
		if stood && c.chargeArrears(one, entry) {
			continue
		}
		c.chargeLive(one, units(entry))
	}
}

// chargeArrears counts an entry that stood in their log; false when there is more
// of that than the time between explains.
func (c *Core) chargeArrears(one *contact, entry *journal.Entry) bool {
	bucket := &one.flood.arrears
	if bucket.at.IsZero() {
		bucket.at = one.Since
		for log, order := range c.conversationOf(one).heldOrders {
			if !c.elders[log.Device] && log.Device != c.keys.Device() && order.Effective().After(bucket.at) {
				bucket.at = order.Effective()
			}
		}
	}
	written := entry.Claimed
	if written.After(c.now) {
		written = c.now
	}
	return bucket.spend(written, units(entry), arrearsBurst, arrearsRate, 0) == 0 && bucket.spent < arrearsBurst
}

// chargeLive counts something that is news, slows who sends too much of it, and
// mutes who goes on.
func (c *Core) chargeLive(one *contact, cost float64) {
	f, burst := &one.flood, fault.Number("flood.burst", liveBurst)
	lacks := f.live.spend(c.now, cost, burst, liveRate, liveDebt)
	if f.live.spent < burst*9/10 {
		f.slowSince = time.Time{}
	}
	if lacks > 0 {
		f.credit = c.now.Add(time.Duration(lacks / liveRate * float64(time.Second)))
		if f.slowSince.IsZero() {
			f.slowSince = c.now
			c.do(Log{Message: "a contact sends more than is taken, and is slowed"})
		}
	}
	if since := c.now.Sub(f.minute); since >= time.Minute || since < 0 {
		if f.inMinute <= minuteMost || since >= 2*time.Minute || since < 0 {
			f.minutes = 0
		} else {
			f.minutes++
		}
		f.minute, f.inMinute = c.now, 0
	}
	f.inMinute++
	reads := f.minutes >= minutesMost-1 && f.inMinute > minuteMost
	waits := lacks > 0 && c.now.Sub(f.slowSince) >= slowedMost
	if f.muted.IsZero() && (reads || waits) {
		c.mute(one)
	}
}

// mute has a contact kept quiet from now on.
func (c *Core) mute(one *contact) {
	one.flood.muted, one.flood.kept = c.now, 0
	one.typingUntil = time.Time{}
	c.do(Log{Message: "a contact sends more than anybody can read, and is muted"})
	c.dirty(one.Peer)
}

type (
	muteCall struct {
		conversation uuid.UUID
		since        time.Time
	}
	unmuteCall struct{ conversation uuid.UUID }
)

// muteAgain mutes somebody who was muted when this device ran last.
func (c *Core) muteAgain(id uint64, call muteCall) {
	one := c.byConversation(call.conversation)
	if one == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	if one.flood.muted.IsZero() {
		c.mute(one)
		one.flood.muted = call.since
	}
	c.answer(id, nil, nil)
}

// unmute takes a mute back, and asks for what was not kept meanwhile. What they
// have spent stays spent: who goes on is muted again.
func (c *Core) unmute(id uint64, conversation uuid.UUID) {
	one := c.byConversation(conversation)
	if one == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	f := &one.flood
	missing := f.closed()
	f.muted, f.kept, f.slowSince, f.minutes, f.inMinute = time.Time{}, 0, time.Time{}, 0, 0
	if missing {
		for _, session := range c.sessionsTo(one.Peer) {
			if session.greeted {
				session.unpaid = 0
				c.askAgain(session, c.conversationOf(one), c.conversationOf(one).held)
			}
		}
	}
	c.dirty(one.Peer)
	c.answer(id, nil, nil)
}

// promise notes what stood in their logs when the line opened: the first that
// they say of each.
func (s *session) promise(conversation uuid.UUID, held journal.Vector) {
	if s.promised == nil {
		s.promised = map[uuid.UUID]journal.Vector{}
	}
	said := s.promised[conversation]
	if said == nil {
		said = make(journal.Vector, len(held))
		s.promised[conversation] = said
	}
	for log, head := range held {
		if _, named := said[log]; !named && len(said) < maxPromised {
			said[log] = head
		}
	}
}

// pays tells whether what a frame brings may be taken: not of somebody who is
// muted and of whom enough is kept, nor beyond their window.
func (c *Core) pays(session *session, one *contact, bytes int) bool {
	closed := one.flood.closed()
	if closed || c.now.Before(one.flood.credit) {
		if session.unpaid += bytes; session.unpaid > unpaidMost {
			c.refuse(session, one, "more entries than were acknowledged")
			return false
		}
	}
	return !closed
}

// withheld notes that an acknowledgement has to wait; false when it has not.
func (c *Core) withheld(session *session, conversation uuid.UUID) bool {
	one := c.contacts[session.remote.Peer]
	if one == nil || !c.now.Before(one.flood.credit) {
		return false
	}
	if session.owed == nil {
		session.owed = map[uuid.UUID]bool{}
	}
	session.owed[conversation] = true
	return true
}

// dueCredit acknowledges what has been paid for.
func (c *Core) dueCredit(session *session) {
	one := c.contacts[session.remote.Peer]
	if one == nil || len(session.owed) == 0 {
		return
	}
	if c.now.Before(one.flood.credit) {
		c.at(one.flood.credit)
		return
	}
	owed := session.owed
	session.owed, session.unpaid = nil, 0
	for _, conversation := range c.inCommon(one) {
		if owed[conversation.id] {
			c.sendPosition(session, conversation)
		}
	}
}

// chargeFrame counts a frame that is no news, before it is looked at; false when
// it was one too many and the line is closed.
func (c *Core) chargeFrame(session *session, one *contact, frame *wire.LinkFrame) bool {
	cost := 1.0
	switch kind := frame.GetKind().(type) {
	case *wire.LinkFrame_Entries, *wire.LinkFrame_Batch:
		return true // it depends on what is in it
	case *wire.LinkFrame_Vectors:
		cost += float64(len(kind.Vectors.GetPositions()))
	case *wire.LinkFrame_Hello, *wire.LinkFrame_Check, *wire.LinkFrame_Proof:
		cost = 20
	default:
	}
	return c.spendFrames(session, one, cost)
}

func (c *Core) spendFrames(session *session, one *contact, cost float64) bool {
	if one.flood.frames.spend(c.now, cost, frameBurst, frameRate, 0) > 0 || one.flood.frames.spent >= frameBurst {
		c.refuse(session, one, "more that brings nothing than any device sends")
		return false
	}
	return true
}

// news takes back what a frame cost, since it brought something after all.
func (k *contact) news() { k.flood.frames.spent = max(0, k.flood.frames.spent-1) }

// mayOpen tells whether a contact may have one more line made.
func (c *Core) mayOpen(one *contact, kind link.SignalKind) bool {
	if kind != link.SignalOffer && kind != link.SignalDial {
		return true
	}
	return c.chargeLine(one, 1)
}

func (c *Core) chargeLine(one *contact, cost float64) bool {
	return one.flood.lines.spend(c.now, cost, lineBurst, lineRate, refusedLine) == 0
}

// tellArrived tells of an entry that is on disk now, unless its author is muted:
// then only what the row of the conversation needs is taken from it.
func (c *Core) tellArrived(one *contact, appended AppendEntry) {
	if appended.Mine || one.flood.muted.IsZero() || appended.Entry.Kind == wire.EntryKind_ENTRY_KIND_TIMER {
		c.tellMessage(appended)
	}
}
