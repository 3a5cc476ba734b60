package node

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// reported tells whether somebody's log says something.
func (p *person) reported(what string) bool {
	return slices.ContainsFunc(p.reports, func(one string) bool { return strings.Contains(one, what) })
}

// TestOldCopyThatNobodyNoticed: the disk is an old copy and cannot tell. The
// other side's positions say so before anything is written, what is missing is
// taken back, and what comes next is in a new log.
func TestOldCopyThatNobodyNoticed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "one")
	w.cut(w.connectLine(ana, ben))
	old, logs := ana.disk, slices.Clone(ana.logs)
	for i := range 5 {
		ana.say(ben, fmt.Sprint("after the copy ", i))
	}
	w.cut(w.connectLine(ana, ben))
	ana.disk, ana.logs = old, logs
	ana.start()
	w.now = w.now.Add(time.Minute)
	w.openLine(ana, ben)
	for ana.core.conversations[ana.talk(ben)].own.Epoch == 1 {
		w.deliver() // until their vector is heard
	}
	ana.say(ben, "on the copy")
	w.flow()
	sameTimelines(t, ana, ben, 7)
	if ana.notice(ben)+ben.notice(ana) != "" {
		t.Errorf("notices %q and %q", ana.notice(ben), ben.notice(ana))
	}
	ana.start()
	if epoch := ana.core.conversations[ana.talk(ben)].own.Epoch; epoch != 2 {
		t.Errorf("after a restart it writes epoch %d", epoch)
	}
}

// TestCopyThatTheStoreNoticed: nothing is written to the old logs, even without a line.
func TestCopyThatTheStoreNoticed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "one")
	w.cut(w.connectLine(ana, ben))
	old, logs := ana.disk, slices.Clone(ana.logs)
	ana.say(ben, "two")
	w.cut(w.connectLine(ana, ben))
	ana.disk, ana.logs = old, logs
	ana.disk.Copied = true
	ana.start()
	w.now = w.now.Add(time.Minute)
	ana.say(ben, "three, written alone")
	if ana.disk.Copied {
		t.Error("the copy is not settled")
	}
	ana.start() // before anything was heard
	ana.say(ben, "four")
	w.connectLine(ana, ben)
	sameTimelines(t, ana, ben, 4)
	if ana.notice(ben)+ben.notice(ana) != "" {
		t.Errorf("notices %q and %q", ana.notice(ben), ben.notice(ana))
	}
}

// TestTwoCopiesAtOnce: both write in logs of their own, nothing is lost, and it
// is said on both sides.
func TestTwoCopiesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "one")
	w.cut(w.connectLine(ana, ben))
	twin := &person{world: w, keys: ana.keys, disk: ana.disk, logs: slices.Clone(ana.logs)}
	twin.disk.Copied = true
	twin.start()
	for i := range 3 {
		w.now = w.now.Add(time.Minute)
		ana.say(ben, fmt.Sprint("first copy ", i))
		w.cut(w.connectLine(ana, ben))
		w.now = w.now.Add(time.Minute)
		twin.say(ben, fmt.Sprint("second copy ", i))
		w.cut(w.connectLine(twin, ben))
	}
	w.cut(w.connectLine(ana, ben))
	sameTimelines(t, ana, ben, 7)
	sameTimelines(t, twin, ben, 7)
	if ben.notice(ana) != "copies" || ana.notice(ben) != "copies-own" || !ben.reported("two copies") {
		t.Errorf("notices %q and %q", ben.notice(ana), ana.notice(ben))
	}
}

// TestEquivocation: a device signs two entries for one place. The first stays,
// the proof is on disk and named on both sides, also after a restart, and what
// comes next goes on in a new log.
func TestEquivocation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "one")
	w.cut(w.connectLine(ana, ben))
	old, logs := ana.disk, slices.Clone(ana.logs)
	ana.say(ben, "two")
	w.cut(w.connectLine(ana, ben))
	ana.disk, ana.logs = old, logs // in place: nothing tells that it is a copy
	ana.start()
	w.now = w.now.Add(time.Minute)
	ana.say(ben, "another two, written alone")
	w.connectLine(ana, ben)
	if ben.notice(ana) != "fork" || ana.notice(ben) != "fork-own" {
		t.Errorf("notices %q and %q", ben.notice(ana), ana.notice(ben))
	}
	if texts := ben.timeline(ben.talk(ana)); !slices.Equal(texts, []string{"one", "two"}) {
		t.Errorf("he has %v", texts)
	}
	ana.say(ben, "three")
	w.flow()
	if texts := ben.timeline(ben.talk(ana)); !slices.Contains(texts, "three") {
		t.Errorf("it does not go on: %v", texts)
	}
	for _, p := range w.people {
		if len(p.disk.Forks) != 1 {
			t.Fatalf("%d proofs are kept", len(p.disk.Forks))
		}
		var both [2]journal.Entry
		for i, data := range [][]byte{p.disk.Forks[0].First, p.disk.Forks[0].Second} {
			carried := &wire.Entry{}
			if err := wire.Decode(data, wire.MaxEntry, carried); err != nil {
				t.Fatal(err)
			}
			entry, err := journal.Parse(carried)
			if err != nil || entry.Verify() != nil || !entry.Erased() {
				t.Fatalf("a proof that does not hold: %v", err)
			}
			both[i] = entry
		}
		if !contradict(both[0], both[1]) {
			t.Error("the proof proves nothing")
		}
		other := w.people[(slices.Index(w.people, p)+1)%2]
		before := p.doubts(other)
		p.start()
		if after := p.doubts(other); len(after) != 1 || !slices.Equal(after, before) {
			t.Errorf("after a restart %q, before %q", after, before)
		}
	}
}

// TestAnswersToTheOtherHistory: he answered what her restored disk does not have
// and cannot take, since something else stands there. His answers arrive all the same.
func TestAnswersToTheOtherHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "one")
	w.cut(w.connectLine(ana, ben))
	old, logs := ana.disk, slices.Clone(ana.logs)
	ana.say(ben, "two")
	w.cut(w.connectLine(ana, ben))
	for i := range 5 {
		w.now = w.now.Add(time.Second)
		ben.say(ana, fmt.Sprint("answer ", i))
	}
	ana.disk, ana.logs = old, logs
	ana.start()
	w.now = w.now.Add(time.Minute)
	for i := range 5 {
		ana.say(ben, fmt.Sprint("another two ", i))
	}
	w.connectLine(ana, ben)
	ana.say(ben, "three")
	ben.say(ana, "four")
	w.settle(time.Minute)
	texts := ana.timeline(ana.talk(ben))
	for _, text := range []string{"answer 0", "answer 4", "three", "four"} {
		if !slices.Contains(texts, text) || !slices.Contains(ben.timeline(ana.talk(ben)), text) {
			t.Errorf("%q is not on both sides", text)
		}
	}
	if ana.undelivered(ben) || ben.undelivered(ana) || ana.notice(ben) != "fork-own" || ben.notice(ana) != "fork" {
		t.Errorf("notices %q and %q", ana.notice(ben), ben.notice(ana))
	}
}

// TestRefusedHistoryDoesNotFillTheWindow: what she wrote on a restored disk and
// he refuses is more than may be unacknowledged, and what comes after it arrives.
func TestRefusedHistoryDoesNotFillTheWindow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "one")
	w.cut(w.connectLine(ana, ben))
	old, logs := ana.disk, slices.Clone(ana.logs)
	ana.say(ben, "two")
	w.cut(w.connectLine(ana, ben))
	ana.disk, ana.logs = old, logs
	ana.start()
	long := strings.Repeat("x", 30_000)
	for range 2 * replica.Window / len(long) {
		ana.say(ben, long)
	}
	w.connectLine(ana, ben)
	for i := range 2 * replica.MaxAheadEntries {
		ana.say(ben, fmt.Sprint("after ", i))
	}
	w.settle(time.Minute)
	if texts := ben.timeline(ben.talk(ana)); texts[len(texts)-1] != fmt.Sprint("after ", 2*replica.MaxAheadEntries-1) {
		t.Errorf("he has %d texts, and not the last", len(texts))
	}
}

// TestEndlessForks: somebody signs one place a thousand times. What is kept and
// looked up is bounded.
func TestEndlessForks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	for range 40 {
		ben.say(ana, "a text")
	}
	session := w.connectLine(ana, ben)
	talk := ana.talk(ben)
	reads := ana.reads
	log := journal.Log{Device: ben.keys.Device(), Epoch: 1}
	for i := range 1000 {
		previous := journal.Head{Sequence: uint64(i % 40)}
		if previous.Sequence > 0 {
			previous.Hash = journal.Hash{byte(i), byte(i >> 8), 1}
		}
		w.send(session, ana, entriesFrame(talk, ben.forge(talk, 1, previous, fmt.Sprint("other ", i), w.now)))
	}
	if len(ana.disk.Forks) != 1 || ana.reads-reads > 1 || len(ana.core.conversations[talk].suspects) > maxSuspects {
		t.Errorf("%d proofs, %d reads", len(ana.disk.Forks), ana.reads-reads)
	}
	if held := ana.core.conversations[talk].held.Get(log); held != 40 || ana.notice(ben) != "fork" {
		t.Errorf("%d entries, notice %q", held, ana.notice(ben))
	}
}

// TestGapThatCannotBeFilled is shown, until it is filled.
func TestGapThatCannotBeFilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	session := w.connectLine(ana, ben)
	talk := ana.talk(ben)
	first := ben.forge(talk, 1, journal.Head{}, "first", w.now)
	second := ben.forge(talk, 1, first.Head(), "second", w.now)
	w.send(session, ana, entriesFrame(talk, second))
	again := 0
	for range 300 {
		w.settle(time.Second)
		again = 0
		for _, frame := range w.wires.frames[ana] {
			if frame.GetPosition().GetAgain() {
				again++
			}
		}
	}
	if again != gapQuestions || ana.notice(ben) != "gap" || !ana.reported("a gap") {
		t.Fatalf("asked %d times, notice %q", again, ana.notice(ben))
	}
	w.send(session, ana, entriesFrame(talk, first))
	w.send(session, ana, positionFrame(talk, journal.Vector{second.Log: second.Head()}))
	if texts := ana.timeline(talk); !slices.Equal(texts, []string{"first", "second"}) || ana.notice(ben) != "" {
		t.Errorf("%v, notice %q", texts, ana.notice(ben))
	}
}

// TestEndlessGaps: entries that follow nothing take bounded memory, and end the
// line with a reason.
func TestEndlessGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	session := w.connectLine(ana, ben)
	talk := ana.talk(ben)
	var entries []journal.Entry
	for i := range 500 {
		entries = append(entries, ben.forge(talk, 1, journal.Head{Sequence: uint64(i + 10), Hash: journal.Hash{1}}, fmt.Sprint(i), w.now))
	}
	for epoch := uint32(1); ana.core.sessions[session] != nil; epoch++ {
		if epoch > 100 {
			t.Fatal("it goes on for ever")
		}
		for i := range entries {
			entries[i] = ben.forge(talk, epoch, journal.Head{Sequence: uint64(i + 10), Hash: journal.Hash{1}}, fmt.Sprint(i), w.now)
		}
		w.send(session, ana, entriesFrame(talk, entries...))
		if one := ana.core.sessions[session]; one != nil && len(one.waiting) > maxWaiting {
			t.Fatalf("%d entries wait", len(one.waiting))
		}
	}
	if !ana.reported("without end") {
		t.Errorf("the log says %v", ana.reports)
	}
}

// TestImpossibleClaims: positions in logs of mine that I never wrote cost a few
// epochs at most, then the line.
func TestImpossibleClaims(t *testing.T) {
	t.Parallel()
	for name, claim := range map[string]func(epoch uint32) (uint32, uint64){
		"far epochs":     func(uint32) (uint32, uint64) { return 1 << 30, 1 },
		"one after one":  func(epoch uint32) (uint32, uint64) { return epoch, 1 << 62 },
		"in small steps": func(epoch uint32) (uint32, uint64) { return epoch + 1000, 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 2)
			ana, ben := w.people[0], w.people[1]
			session := w.connectLine(ana, ben)
			conversation := ana.core.conversations[ana.talk(ben)]
			for rounds := 0; ana.core.sessions[session] != nil; rounds++ {
				if rounds > maxClaims {
					t.Fatal("it goes on for ever")
				}
				epoch, sequence := claim(conversation.own.Epoch)
				w.send(session, ana, positionFrame(conversation.id, journal.Vector{{Device: ana.keys.Device(), Epoch: epoch}: {Sequence: sequence, Hash: journal.Hash{1}}}))
			}
			if !ana.reported("impossible") || conversation.own.Epoch > 1+maxClaims*maxEpochJump {
				t.Errorf("epoch %d, the log says %v", conversation.own.Epoch, ana.reports)
			}
		})
	}
}

// TestMoreThanTheWindow: a sender that waits for no acknowledgement is cut off.
func TestMoreThanTheWindow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	session := w.connectLine(ana, ben)
	talk := ana.talk(ben)
	entry := ben.forge(talk, 1, journal.Head{}, "first", w.now)
	ana.core.Step(w.now, FrameReceived{Session: session, Frame: entriesFrame(talk, entry), Entries: []journal.Entry{entry}, Bytes: maxUnwritten})
	next := ben.forge(talk, 1, entry.Head(), "second", w.now)
	ana.core.Step(w.now, FrameReceived{Session: session, Frame: entriesFrame(talk, next), Entries: []journal.Entry{next}, Bytes: 100})
	if ana.core.sessions[session] != nil {
		t.Error("the line is still open")
	}
}

// TestBombEndsTheLine: a batch that would grow is refused with a reason, and
// the line is not opened again at once.
func TestBombEndsTheLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.say(ana, "a text")
	session := w.connectLine(ana, ben)
	talk := ana.talk(ben)
	batch, err := w.wires.packer.Pack(talk[:], []journal.Entry{ben.logs[0].Entry})
	if err != nil {
		t.Fatal(err)
	}
	batch.Size = 1 << 30
	w.send(session, ana, &wire.LinkFrame{Kind: &wire.LinkFrame_Batch{Batch: batch}})
	if ana.core.sessions[session] != nil || !ana.reported("the batch is refused") || !ana.contact(ben).nextDial.After(w.now) {
		t.Errorf("the log says %v", ana.reports)
	}
}
