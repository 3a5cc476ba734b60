package node

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// spent leaves a contact nothing of what lives now.
func (p *person) spent(of *person) *flood {
	f := &p.contact(of).flood
	f.live = bucket{spent: liveBurst, at: p.world.now}
	return f
}

// toldOf counts the messages of others that the interface was told of.
func (p *person) toldOf(do func()) (messages int) {
	before := p.messages
	do()
	return p.messages - before
}

func journalHead(sequence int) journal.Head {
	return journal.Head{Sequence: uint64(sequence), Hash: journal.Hash{1}}
}

func TestBucketForgetsAndBoundsItsDebt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	var b bucket
	for i, one := range []struct {
		after time.Duration
		cost  float64
		lacks float64
	}{
		{0, 100, 0},
		{0, 5, 5},
		{time.Second, 0, 0},
		{0, 1000, 50}, // no more than the debt
		{-time.Hour, 0, 50},
		{time.Hour + 15*time.Second, 0, 0},
	} {
		now = now.Add(one.after)
		if lacks := b.spend(now, one.cost, 100, 10, 50); lacks != one.lacks {
			t.Errorf("step %d: it lacks %v, not %v", i, lacks, one.lacks)
		}
	}
}

// TestSlowedContactLosesNothing: what comes beyond the means is kept and not
// acknowledged until it is paid for.
func TestSlowedContactLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	w.connectLine(ana, ben)
	ben.spent(ana)
	for i := range 3 * liveRate {
		ana.say(ben, fmt.Sprint("text ", i))
	}
	w.flow()
	if !ana.undelivered(ben) || len(ben.logs) != 3*liveRate {
		t.Fatalf("%d texts came, all acknowledged: %v", len(ben.logs), !ana.undelivered(ben))
	}
	w.settle(5 * time.Second)
	if ana.undelivered(ben) {
		t.Error("what was paid for is not acknowledged")
	}
	sameTimelines(t, ana, ben, 3*liveRate)
	if !ben.contact(ana).flood.muted.IsZero() {
		t.Error("she is muted for one burst")
	}
}

// TestWindowHoldsASlowedSender: who is not acknowledged sends no more than a
// window, and all of it in the end.
func TestWindowHoldsASlowedSender(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	w.connectLine(ana, ben)
	ben.spent(ana)
	const length = 100
	long := strings.Repeat("x", 30_000)
	for i := range length {
		ana.say(ben, fmt.Sprint(long, i))
		w.flow()
	}
	if size := len(ben.logs) * len(long); size > unpaidMost || len(ben.logs) == length {
		t.Fatalf("%d bytes came unpaid", size)
	}
	w.settle(10 * time.Minute)
	sameTimelines(t, ana, ben, length)
	if ben.reported("") {
		t.Error("an honest device is reported")
	}
}

// TestWhoGoesOnIsMuted, told once, and of nothing that comes after.
func TestWhoGoesOnIsMuted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	w.connectLine(ana, ben)
	flood := ben.spent(ana)
	for second := 0; flood.muted.IsZero(); second++ {
		if second > 60 {
			t.Fatal("she is not muted")
		}
		for i := range 2 * liveRate {
			ana.say(ben, fmt.Sprint("text ", second, " ", i))
		}
		w.flow()
		w.pass(time.Second)
		w.flow()
	}
	if live := ben.core.live(ben.contact(ana)); !live.Muted.Equal(flood.muted) {
		t.Error("the interface does not know")
	}
	count := ben.toldOf(func() {
		ana.say(ben, "not told")
		w.settle(3 * time.Minute)
	})
	if count != 0 || ben.core.live(ben.contact(ana)).Typing {
		t.Errorf("told of %d messages of somebody who is muted", count)
	}
	if ana.undelivered(ben) {
		t.Error("what she sent within the bound is not kept")
	}
	ben.do(unmuteCall{conversation: ben.talk(ana)})
	if count = ben.toldOf(func() {
		ana.say(ben, "told")
		w.settle(time.Second)
	}); count != 1 {
		t.Errorf("told of %d messages after the mute", count)
	}
}

// TestMinutesOfTooMuchMute, long before a bucket is empty.
func TestMinutesOfTooMuchMute(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		aMinute int
		muted   bool
	}{{minuteMost * 2, true}, {minuteMost / 2, false}} {
		w := newWorld(t, 2)
		ana, ben := w.people[0], w.people[1]
		w.connectLine(ana, ben)
		for second := range 5 * 60 {
			for i := range one.aMinute / 60 {
				ana.say(ben, fmt.Sprint(second, " ", i))
			}
			w.flow()
			w.pass(time.Second)
		}
		if muted := !ben.contact(ana).flood.muted.IsZero(); muted != one.muted {
			t.Errorf("%d a minute for 5 minutes: muted %v", one.aMinute, muted)
		}
	}
}

// TestMutedIsKeptWithinABound, and all of it comes when the mute ends, although
// the other side waits for ever.
func TestMutedIsKeptWithinABound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	session := w.connectLine(ana, ben)
	ben.core.mute(ben.contact(ana))
	ben.contact(ana).flood.kept = mutedKeeps - 1
	ana.say(ben, "the last that is kept")
	w.flow()
	for i := range 20 {
		ana.say(ben, fmt.Sprint("not kept ", i))
		w.flow()
	}
	w.settle(10 * time.Minute)
	if len(ben.logs) != 1 || ben.core.sessions[session] == nil {
		t.Fatalf("%d texts are kept", len(ben.logs))
	}
	ben.say(ana, "please stop") // the line is there for what I write
	w.flow()
	if ben.undelivered(ana) {
		t.Error("a mute holds back what I write")
	}
	ben.do(unmuteCall{conversation: ben.talk(ana)})
	w.flow()
	w.settle(time.Minute)
	sameTimelines(t, ana, ben, 22)
}

// TestMutedLetters are left alone once enough is kept, and come over a line later.
func TestMutedLetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	ben.connect()
	ben.core.mute(ben.contact(ana))
	ben.contact(ana).flood.kept = mutedKeeps
	ana.say(ben, "by mail")
	w.pass(time.Minute)
	ben.arrived()
	w.pass(time.Minute)
	if len(ben.logs) != 0 {
		t.Fatal("a letter is kept")
	}
	ben.do(unmuteCall{conversation: ben.talk(ana)})
	w.connectLine(ana, ben)
	w.settle(time.Minute)
	sameTimelines(t, ana, ben, 1)
}

// TestCatchUpIsNoFlood: what stood in their log when the line opened costs them
// nothing of what they may send now.
func TestCatchUpIsNoFlood(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	const length = 3 * minuteMost
	for i := range length {
		ana.say(ben, fmt.Sprint("while he was away ", i))
		w.now = w.now.Add(time.Second)
	}
	flood := ben.spent(ana)
	w.connectLine(ana, ben)
	sameTimelines(t, ana, ben, length)
	if ana.undelivered(ben) || !flood.muted.IsZero() || !flood.slowSince.IsZero() {
		t.Error("a catch-up is slowed")
	}
	ana.say(ben, "live")
	w.flow()
	if !ana.undelivered(ben) {
		t.Error("what is live is counted as if it were old")
	}
}

// TestClaimedTimesPayOnce: who says that everything is old has the time since the
// last entry to pay with, and what goes beyond is live.
func TestClaimedTimesPayOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	w.now = w.now.Add(24 * time.Hour)
	ben.step(Tick{})
	one := ben.contact(ana)
	one.flood.arrears = bucket{spent: arrearsBurst, at: w.now.Add(-time.Hour)}
	paid := 0
	for _, back := range []time.Duration{20 * time.Hour, time.Hour, 30 * time.Minute, 10 * time.Hour, 0, -time.Hour} {
		for range 2000 {
			entry := ana.forge(ben.talk(ana), 1, journalHead(paid), "old", w.now.Add(-back))
			if ben.core.chargeArrears(one, &entry) {
				paid++
			}
		}
	}
	if paid < 3000 || paid > 3600 {
		t.Errorf("%d entries were paid by an hour", paid)
	}
}

// TestUselessFramesEndTheLine: neither typing nor repeating oneself is free.
func TestUselessFramesEndTheLine(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	id := d.greet(ana, nil)
	conversation := d.conversation(ana)
	typing := &wire.LinkFrame{Kind: &wire.LinkFrame_Typing{Typing: &wire.Typing{Conversation: conversation[:]}}}
	frames := func(count int) []HangUp {
		done[HangUp](d)
		for range count {
			d.step(FrameReceived{Session: id, Frame: typing})
		}
		return done[HangUp](d)
	}
	for range 3 {
		if ended := frames(frameBurst - 100); len(ended) != 0 {
			t.Fatalf("ended before there is too much: %v", ended)
		}
		d.now = d.now.Add(frameBurst / frameRate * time.Second)
	}
	if ended := frames(frameBurst + 1); len(ended) != 1 {
		t.Fatalf("ended %d times", len(ended))
	}
}

// TestLinesCost: who has one line made after the other gets no more of them.
func TestLinesCost(t *testing.T) {
	t.Parallel()
	d, theirs, offered := offering(t)
	d.step(LinkEvent{Event: link.Event{Session: offered, Closed: &link.Closed{Reason: link.ReasonTimeout}}})
	one := d.core.contacts[theirs.Peer()]
	asks := func(count int) (dialed int) {
		for range count {
			d.signal(theirs, link.Signal{Session: uuid.New(), Kind: link.SignalDial})
			for _, dial := range done[DialLink](d) {
				dialed++
				d.step(LinkEvent{Event: link.Event{Session: dial.Session, Closed: &link.Closed{Reason: link.ReasonRemote}}})
			}
		}
		return dialed
	}
	if dialed := asks(10); dialed != 10 {
		t.Fatalf("%d of 10 lines were made", dialed)
	}
	if dialed := asks(10 * lineBurst); dialed > lineBurst {
		t.Errorf("%d lines were made", dialed)
	}
	d.now = d.now.Add(time.Hour)
	if dialed := asks(10); dialed != 10 || one.flood.lines.spent > lineBurst {
		t.Errorf("an hour later %d of 10 lines were made", dialed)
	}
}

// TestWhoIgnoresTheWindowLosesTheLine: a sender that is not acknowledged and goes on.
func TestWhoIgnoresTheWindowLosesTheLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	session := w.connectLine(ana, ben)
	ben.spent(ana)
	head := journal.Head{}
	long := strings.Repeat("x", 32_000)
	for i := range 2 * unpaidMost / len(long) {
		if ben.core.sessions[session] == nil {
			break
		}
		entry := ana.forge(ben.talk(ana), 1, head, fmt.Sprint(i, long[:31_000]), w.now)
		w.send(session, ben, entriesFrame(ben.talk(ana), entry))
		head = entry.Head()
	}
	if ben.core.sessions[session] != nil || !ben.reported("not acknowledged") && !ben.reported("were acknowledged") {
		t.Error("the line is still there")
	}
}

// TestMutedBeforeTheLastStart: the interface remembers it, and says so.
func TestMutedBeforeTheLastStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	since := w.now.Add(-time.Hour)
	if refused := ben.do(muteCall{conversation: ben.talk(ana), since: since}); refused != "" {
		t.Fatal(refused)
	}
	if live := ben.core.live(ben.contact(ana)); !live.Muted.Equal(since) {
		t.Errorf("muted since %v", live.Muted)
	}
	for _, call := range []any{muteCall{conversation: uuid.New()}, unmuteCall{conversation: uuid.New()}} {
		if refused := ben.do(call); refused != "no-conversation" {
			t.Errorf("%T of nobody: %q", call, refused)
		}
	}
}

// TestRefusedOffersTeachNothing: an offer too many does not even move a record.
func TestRefusedOffersTeachNothing(t *testing.T) {
	t.Parallel()
	d, theirs, _ := offering(t)
	one := d.core.contacts[theirs.Peer()]
	one.flood.lines = bucket{spent: lineBurst + refusedLine, at: d.now}
	one.lastTalk = time.Time{}
	d.step(EnvelopeOpened{
		Content: envelope.Content{FromPeer: theirs.Peer(), FromDevice: theirs.Device(), ID: uuid.New(), Kind: wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL},
		Signal:  link.Signal{Session: uuid.New(), Kind: link.SignalDial},
	})
	if !one.lastTalk.IsZero() {
		t.Error("it is a reason for a line")
	}
}
