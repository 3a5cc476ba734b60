package node

import (
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/signaling"
)

// TestHeldBackIsRecalled: what waits at servers for somebody whose number differs
// is taken back as far as it can be, also after a start, and goes if it may after
// all.
func TestHeldBackIsRecalled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ before, after func(w *world, ana *person) }{
		"at once":          {},
		"the server later": {before: func(_ *world, ana *person) { ana.disconnect() }, after: func(_ *world, ana *person) { ana.connect() }},
		"after a start": {before: func(_ *world, ana *person) { ana.disconnect() }, after: func(_ *world, ana *person) {
			ana.start()
			ana.connect()
		}},
		"the server cannot at first": {
			before: func(w *world, _ *person) { w.recall = signaling.AnswerUnavailable },
			after: func(w *world, _ *person) {
				w.recall = signaling.AnswerDone
				w.pass(recallAgain)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ana, ben := away(t)
			ana.say(ben, "first")
			w.pass(mailAfter)
			ana.say(ben, "second")
			w.pass(mailAfter)
			if len(w.boxes[ben]) != 2 {
				t.Fatalf("%d letters", len(w.boxes[ben]))
			}
			if test.before != nil {
				test.before(w, ana)
			}
			if refused := ana.do(comparedCall{ana.talk(ben), false}); refused != "" {
				t.Fatal(refused)
			}
			if ana.stored() != 0 {
				t.Error("a letter that is being taken back shows as stored")
			}
			if test.after != nil {
				test.after(w, ana)
			}
			if w.pass(time.Minute); len(w.boxes[ben]) != 0 || len(ana.disk.Outgoing) != 0 || ana.core.Sizes().Wishes != 0 {
				t.Fatalf("%d letters wait, rows: %+v", len(w.boxes[ben]), ana.disk.Outgoing)
			}
			if refused := ana.do(forgetComparedCall{ana.talk(ben)}); refused != "" {
				t.Fatal(refused)
			}
			w.pass(mailRetryMost)
			ben.connect()
			w.pass(time.Minute)
			ana.server(signaling.Event{Arrived: &signaling.Arrived{}})
			if texts := ben.readable(); !slices.Equal(texts, []string{"first", "second"}) || ana.undelivered(ben) {
				t.Errorf("Ben has %q", texts)
			}
		})
	}
}

// TestHeldBackOnAFullDisk: it holds, and is said not to be kept; the letters stay
// where they are, and are taken back the next time.
func TestHeldBackOnAFullDisk(t *testing.T) {
	t.Parallel()
	w, ana, ben := away(t)
	ana.say(ben, "first")
	w.pass(mailAfter)
	ana.full = ErrDiskFull
	if refused := ana.do(comparedCall{ana.talk(ben), false}); refused != "disk-full" || !ana.contact(ben).held() {
		t.Fatalf("%q, held: %t", refused, ana.contact(ben).held())
	}
	ana.full = nil
	if len(w.boxes[ben]) != 1 || ana.stored() != 1 || len(ana.contact(ben).outbox.letters) != 1 {
		t.Errorf("%d letters, %d stored", len(w.boxes[ben]), ana.stored())
	}
	if refused := ana.do(comparedCall{ana.talk(ben), false}); refused != "" {
		t.Fatal(refused)
	}
	if w.pass(time.Minute); len(w.boxes[ben]) != 0 {
		t.Errorf("%d letters", len(w.boxes[ben]))
	}
}

// TestBannedIsNotRecalled: what was sent before a ban was meant for them, and stays.
func TestBannedIsNotRecalled(t *testing.T) {
	t.Parallel()
	w, ana, ben := away(t)
	ana.say(ben, "first")
	w.pass(mailAfter)
	if refused := ana.do(addBanCall{Ban{Kind: BanPeer, Peer: ben.keys.Peer()}}); refused != "" {
		t.Fatal(refused)
	}
	if w.pass(time.Hour); len(w.boxes[ben]) != 1 {
		t.Errorf("%d letters", len(w.boxes[ben]))
	}
}
