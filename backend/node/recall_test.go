package node

import (
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// message is what was written as a number, as whoever reads messages finds it.
func (p *person) message(sequence uint64) Message {
	p.world.t.Helper()
	for _, write := range p.logs {
		if write.Mine && write.Entry.Sequence == sequence {
			return messageOf(write, journal.Message{})
		}
	}
	p.world.t.Fatalf("there is no entry %d", sequence)
	return Message{}
}

// deletes takes a message back for everyone.
func (p *person) deletes(sequence uint64) {
	p.world.t.Helper()
	message := p.message(sequence)
	p.answered = Answer{}
	p.step(Command{ID: 9, Call: deleteCall{message: message, everywhere: true}})
	if p.answered.ID != 9 || p.answered.Err != nil {
		p.world.t.Fatalf("deleting: %+v", p.answered)
	}
	p.erase(message.Hash) // as a store does
}

// stored are the letters of which a person shows that a server keeps them.
func (p *person) stored() (count int) {
	for _, row := range p.disk.Outgoing {
		if row.Through > 0 && !row.Until.IsZero() {
			count++
		}
	}
	return count
}

// ended lets Ben come, and checks that he never had what was regretted, that
// everything else arrived, and that nothing is left.
func ended(t *testing.T, w *world, ana, ben *person) {
	t.Helper()
	w.pass(mailRetryMost)
	ben.connect()
	w.pass(time.Hour)
	ana.server(signaling.Event{Arrived: &signaling.Arrived{}})
	w.pass(time.Minute)
	if texts := ben.readable(); slices.Contains(texts, "regretted") || !slices.Contains(texts, "first") || !slices.Contains(texts, "last") {
		t.Errorf("Ben has %q", texts)
	}
	for _, write := range ben.logs {
		if write.Entry.Sequence == 2 && !write.Mine && !write.Entry.Erased() {
			t.Error("the words came")
		}
	}
	if ana.undelivered(ben) || len(ana.disk.Outgoing) != 0 || len(w.boxes[ben]) != 0 || ana.core.Sizes().Wishes != 0 || len(ana.core.network.recalling) != 0 {
		t.Errorf("undelivered: %v, rows: %+v, letters: %d", ana.undelivered(ben), ana.disk.Outgoing, len(w.boxes[ben]))
	}
}

// TestRecalledLater: a server that is not there, or cannot, when a letter is taken
// back or its message deleted is asked when it can, also after a restart.
func TestRecalledLater(t *testing.T) {
	t.Parallel()
	back := func(ana, ben *person) {
		if got, err := ana.cancels(ben, 2, false); err != nil || got.Outcome != CancelledLate {
			t.Fatalf("%+v, %v", got, err)
		}
		ana.erase(ana.message(2).Hash)
	}
	deleted := func(ana, _ *person) { ana.deletes(2) }
	for name, test := range map[string]struct {
		take   func(ana, ben *person)
		before func(w *world, ana *person)
		after  func(w *world, ana *person)
	}{
		"taken back, no server":           {take: back, before: func(_ *world, ana *person) { ana.disconnect() }},
		"deleted, no server":              {take: deleted, before: func(_ *world, ana *person) { ana.disconnect() }},
		"deleted, the server cannot":      {take: deleted, before: func(w *world, _ *person) { w.recall = signaling.AnswerUnavailable }},
		"taken back, the server cannot":   {take: back, before: func(w *world, _ *person) { w.recall = signaling.AnswerUnavailable }},
		"deleted, the session ends":       {take: deleted, before: func(w *world, _ *person) { w.recall = signaling.AnswerNoSession }},
		"deleted, no server, and a start": {take: deleted, before: func(_ *world, ana *person) { ana.disconnect() }, after: func(_ *world, ana *person) { ana.start() }},
		"deleted, and perhaps at the server": {
			take: deleted,
			before: func(w *world, ana *person) {
				ana.say(w.people[1], "and more")
				w.lost = true
				w.pass(mailAfter)
				w.lost = false
				ana.disconnect()
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ana, ben := away(t)
			ana.say(ben, "first")
			ana.say(ben, "regretted")
			ana.say(ben, "last")
			w.pass(mailAfter)
			test.before(w, ana)
			test.take(ana, ben)
			if ana.stored() != 0 {
				t.Error("a letter that is being taken back shows as stored")
			}
			if test.after != nil {
				test.after(w, ana)
			}
			w.recall = signaling.AnswerDone
			if !ana.up {
				ana.connect()
			}
			ended(t, w, ana, ben)
		})
	}
}

// TestDeletedIsRecalled at once, where the server is there.
func TestDeletedIsRecalled(t *testing.T) {
	t.Parallel()
	w, ana, ben := away(t)
	ana.say(ben, "first")
	ana.say(ben, "regretted")
	ana.say(ben, "last")
	w.pass(mailAfter)
	if len(w.boxes[ben]) != 1 {
		t.Fatalf("%d letters", len(w.boxes[ben]))
	}
	first := w.boxes[ben][0]
	ana.deletes(2)
	w.pass(mailAfter)
	if slices.ContainsFunc(w.boxes[ben], func(one signaling.Letter) bool { return slices.Equal(one.Envelope, first.Envelope) }) {
		t.Error("the server keeps it still")
	}
	ended(t, w, ana, ben)
}

// TestDeletionOnAFullDisk changes nothing: the letter stays where it is.
func TestDeletionOnAFullDisk(t *testing.T) {
	t.Parallel()
	w, ana, ben := away(t)
	ana.say(ben, "first")
	w.pass(mailAfter)
	ana.full = ErrDiskFull
	ana.step(Command{ID: 9, Call: deleteCall{message: ana.message(1), everywhere: true}})
	ana.full = nil
	if refusalCode(ana.answered.Err) != "disk-full" || len(w.boxes[ben]) != 1 || ana.stored() != 1 || len(ana.core.contacts[ben.keys.Peer()].outbox.letters) != 1 {
		t.Fatalf("%+v, %d letters, %d stored", ana.answered, len(w.boxes[ben]), ana.stored())
	}
	ben.connect()
	w.pass(time.Minute)
	ana.server(signaling.Event{Arrived: &signaling.Arrived{}})
	if !slices.Equal(ben.readable(), []string{"first"}) || ana.undelivered(ben) {
		t.Errorf("Ben has %q", ben.readable())
	}
}

// TestWishesEnd: with the letter's time, though the server never comes again.
func TestWishesEnd(t *testing.T) {
	t.Parallel()
	w, ana, ben := away(t)
	ana.say(ben, "first")
	w.pass(mailAfter)
	ana.disconnect()
	ana.deletes(1)
	if len(ana.disk.Outgoing) != 1 || ana.core.Sizes().Wishes != 1 {
		t.Fatalf("rows: %+v", ana.disk.Outgoing)
	}
	until := ana.disk.Outgoing[0].Until
	w.pass(until.Sub(w.now) - time.Second)
	if ana.core.Sizes().Wishes != 1 {
		t.Error("it was forgotten before")
	}
	w.pass(2 * time.Second)
	if len(ana.disk.Outgoing) != 0 || ana.core.Sizes().Wishes != 0 {
		t.Errorf("rows: %+v", ana.disk.Outgoing)
	}
}

// TestWishesAreBounded, and what they leave out is not said to be certain.
func TestWishesAreBounded(t *testing.T) {
	t.Parallel()
	w, ana, ben := away(t)
	ana.say(ben, "first")
	w.pass(mailAfter)
	for range maxWishes {
		ana.core.network.wishes = append(ana.core.network.wishes, &wish{row: Outgoing{Until: w.now.Add(time.Hour)}})
	}
	if got, err := ana.cancels(ben, 1, false); err != nil || got.Outcome != CancelledLate || ana.core.Sizes().Wishes != maxWishes {
		t.Errorf("%+v, %v, %d wishes", got, err, ana.core.Sizes().Wishes)
	}
}
