package node

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

// TestNothingNewCostsOneFrame: 200 conversations, and nothing is new.
func TestNothingNewCostsOneFrame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "hello")
	w.connectLine(ana, ben)
	ben.step(Command{ID: 1, Call: markReadCall{conversation: ben.talk(ana), read: ben.core.conversations[ben.talk(ana)].held.Clone()}})
	w.flow()
	further(t, ana, ben, 199)
	w.cut(ana.contact(ben).session)
	w.connectLine(ana, ben)
	for _, p := range w.people {
		hello, digest := 0, 0
		for _, frame := range w.wires.frames[p] {
			data, err := wire.Encode(frame)
			if err != nil {
				t.Fatal(err)
			}
			if frame.GetHello() != nil {
				hello += len(data)
			} else {
				digest += len(data)
			}
		}
		if kinds := w.kinds(p); !slices.Equal(kinds, []string{"Hello", "Digest"}) || hello+digest >= 2<<10 {
			t.Errorf("%d bytes in %v", hello+digest, kinds)
		}
		t.Logf("200 conversations with nothing new: %d bytes one way, %d of them who this is", hello+digest, hello)
	}
}

// TestOnlyWhatDiffersIsCompared: of 200 conversations one has something new.
func TestOnlyWhatDiffersIsCompared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	further(t, ana, ben, 200)
	for i := range 30 {
		ana.say(ben, fmt.Sprint("text ", i))
	}
	w.connectLine(ana, ben)
	sameTimelines(t, ana, ben, 30)
	if kinds := w.kinds(ana); !slices.Equal(kinds, []string{"Hello", "Digest", "Digests", "Vectors", "Batch"}) {
		t.Errorf("%v", kinds)
	}
	for _, frame := range w.wires.frames[ana] {
		if vectors := frame.GetVectors(); vectors != nil && len(vectors.GetPositions()) != 1 {
			t.Errorf("%d vectors", len(vectors.GetPositions()))
		}
	}
	if ana.undelivered(ben) {
		t.Error("she does not know that they arrived")
	}
}

// TestFormerMinorVersion: a device that does not compare by digest gets what it
// got before, in both directions.
func TestFormerMinorVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.old = true
	for i := range 30 {
		ana.say(ben, fmt.Sprint("text ", i))
	}
	w.connectLine(ana, ben)
	ben.say(ana, "live")
	w.flow()
	for _, kind := range w.kinds(ana) {
		if !slices.Contains([]string{"Hello", "Position", "Entries"}, kind) {
			t.Errorf("an old device is sent %s", kind)
		}
	}
	sameTimelines(t, ana, ben, 31)
}

// TestReadPositionsAreCompared: what was read while there was no line is told
// on the next, although both hold the same.
func TestReadPositionsAreCompared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "hello")
	w.cut(w.connectLine(ana, ben))
	talk := ben.talk(ana)
	ben.step(Command{ID: 1, Call: markReadCall{conversation: talk, read: ben.core.conversations[talk].held.Clone()}})
	w.connectLine(ana, ben)
	if read := ana.core.conversations[talk].remotes[ben.keys.Device()].Read; len(read) != 1 {
		t.Errorf("she knows of %v", read)
	}
}

// TestLiveTextPassesACatchUp: while many entries stream one way, a text of
// either side is sent at once, and that of the side that is behind is shown at once.
func TestLiveTextPassesACatchUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	const length = 3000
	long := strings.Repeat("x", 500)
	for i := range length {
		ana.say(ben, fmt.Sprint(long, i))
	}
	w.openLine(ana, ben)
	for len(ben.logs) == 0 {
		w.deliver()
	}
	sent := len(w.wires.frames[ana])
	ana.say(ben, "live")
	if live := w.wires.frames[ana][sent:]; len(live) != 1 || len(live[0].GetEntries().GetEntries()) != 1 {
		t.Fatalf("her text is not sent on its own: %v", w.kinds(ana)[sent:])
	}
	ben.say(ana, "from the other side")
	for !slices.Contains(ana.timeline(ana.talk(ben)), "from the other side") {
		w.deliver()
		if len(ben.logs) > length {
			t.Fatal("his text waits until everything has arrived")
		}
	}
	for len(ben.core.sessions[ben.contact(ana).session].waiting) == 0 {
		w.deliver()
		if len(ben.logs) > length {
			t.Fatal("her text did not pass the stream")
		}
	}
	w.flow()
	sameTimelines(t, ana, ben, length+2)
	if ben.notice(ana) != "" || len(ben.core.sessions[ben.contact(ana).session].waiting) != 0 {
		t.Errorf("notice %q", ben.notice(ana))
	}
}

// TestLostFramesAreAskedForAgain: whatever the line swallows, what follows it
// waits, and what is missing is asked for.
func TestLostFramesAreAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	w.connectLine(ana, ben)
	lost := 0
	w.wires.lose = func(frame *wire.LinkFrame) bool {
		if frame.GetEntries() == nil && frame.GetBatch() == nil {
			return false
		}
		lost++
		return lost%3 == 1 && lost < 10
	}
	for i := range 20 {
		ana.say(ben, fmt.Sprint("text ", i))
		w.flow()
	}
	if len(ben.logs) == 20 {
		t.Fatal("nothing was lost")
	}
	w.settle(2 * time.Minute)
	sameTimelines(t, ana, ben, 20)
	if ben.notice(ana) != "" {
		t.Errorf("notice %q though nothing is missing", ben.notice(ana))
	}
}

// settle lets time and frames pass.
func (w *world) settle(d time.Duration) {
	w.t.Helper()
	for end := w.now.Add(d); w.now.Before(end); {
		w.pass(time.Second)
		w.flow()
	}
}
