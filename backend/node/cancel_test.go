package node

import (
	"crypto/sha256"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// takeBack is the server's side of RecallMail.
func (w *world) takeBack(receipt signaling.Receipt) signaling.Answer {
	for owner, letters := range w.boxes {
		w.boxes[owner] = slices.DeleteFunc(letters, func(one signaling.Letter) bool {
			return len(one.Envelope) == receipt.Size && sha256.Sum256(one.Envelope) == receipt.Hash && w.tags[receipt.Tag] == owner
		})
		if len(w.boxes[owner]) < len(letters) {
			return signaling.AnswerDone
		}
	}
	return signaling.AnswerNotFound
}

// erase is what a store does with the content of a message.
func (p *person) erase(message journal.Hash) {
	for i := range p.logs {
		if p.logs[i].Entry.Hash() == message {
			p.logs[i].Entry.Body, p.logs[i].Entry.Salt = nil, nil
		}
	}
}

// cancels takes back what was written last, and returns what became of it.
func (p *person) cancels(from *person, sequence uint64, saved bool) (Cancelled, error) {
	p.world.t.Helper()
	var message Message
	for _, write := range p.logs {
		if write.Mine && write.Entry.Sequence == sequence {
			message = messageOf(write, journal.Message{})
		}
	}
	p.answered = Answer{}
	p.step(Command{ID: 9, Call: cancelCall{message: message, saved: saved}})
	cancelled, _ := p.answered.Value.(Cancelled)
	if p.answered.ID != 9 {
		p.world.t.Fatal("there is no answer")
	}
	if message.Conversation != chat.DirectConversation(p.keys.Peer(), from.keys.Peer()) {
		p.world.t.Fatal("another conversation")
	}
	return cancelled, p.answered.Err
}

// readable returns the texts that a person can read.
func (p *person) readable() []string {
	var texts []string
	for _, write := range p.logs {
		if text, err := write.Entry.Text(); err == nil {
			texts = append(texts, text)
		}
	}
	return texts
}

// away is a world in which Ana has a mailbox of Ben's, who is away.
func away(t *testing.T) (w *world, ana, ben *person) {
	t.Helper()
	w = newWorld(t, 2)
	ana, ben = w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	return w, ana, ben
}

// TestTakenBack: what was not delivered is taken back, wherever it is; what the
// others get is the rest, and Ana is told no more than what is certain.
func TestTakenBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		want   CancelOutcome
		before func(w *world, ana, ben *person)
		saved  bool
	}{
		"before it left":         {want: CancelledHere, before: func(*world, *person, *person) {}},
		"from the server":        {want: CancelledAtServer, before: func(w *world, _, _ *person) { w.pass(mailAfter) }},
		"from the server, later": {want: CancelledAtServer, before: func(w *world, ana, _ *person) { w.pass(mailAfter); ana.start(); ana.connect() }},
		"in a file":              {want: CancelledLate, before: func(*world, *person, *person) {}, saved: true},
		"refused by the server": {want: CancelledHere, before: func(w *world, _, _ *person) {
			w.answer = signaling.AnswerFull
			w.pass(mailAfter)
			w.answer = signaling.AnswerDone
		}},
		"written before this start": {want: CancelledLate, before: func(w *world, ana, _ *person) { w.now = w.now.Add(time.Second); ana.start(); ana.connect() }},
		"perhaps at the server":     {want: CancelledLate, before: func(w *world, ana, _ *person) { w.lost = true; w.pass(mailAfter); w.lost = false; ana.disconnect() }},
		"the server cannot":         {want: CancelledLate, before: func(w *world, _, _ *person) { w.pass(mailAfter); w.recall = signaling.AnswerUnavailable }},
		"the server is gone":        {want: CancelledLate, before: func(w *world, ana, _ *person) { w.pass(mailAfter); ana.disconnect() }},
		"fetched, not acknowledged": {want: CancelledLate, before: func(w *world, _, ben *person) { w.pass(mailAfter); ben.connect(); ben.disconnect() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ana, ben := away(t)
			ana.say(ben, "first")
			ana.say(ben, "regretted")
			ana.say(ben, "last")
			test.before(w, ana, ben)
			got, err := ana.cancels(ben, 2, test.saved)
			if err != nil || got.Outcome != test.want || (got.Server == w.address.Key) != (test.want == CancelledAtServer) {
				t.Fatalf("%+v, %v", got, err)
			}
			if !ana.up {
				ana.connect()
			}
			w.recall = signaling.AnswerDone
			w.pass(time.Hour)
			ben.connect()
			w.pass(time.Hour)
			ana.server(signaling.Event{Arrived: &signaling.Arrived{}})
			w.pass(time.Hour)
			if !slices.Contains(ben.readable(), "first") || !slices.Contains(ben.readable(), "last") || ana.undelivered(ben) || len(ana.disk.Outgoing) != 0 {
				t.Fatalf("Ben has %q, undelivered: %v, letters: %d", ben.readable(), ana.undelivered(ben), len(ana.disk.Outgoing))
			}
			if slices.Contains(ben.readable(), "regretted") { // also where it came first
				t.Error("it is readable still")
			}
			if _, err = ana.cancels(ben, 1, false); err == nil || refusalCode(err) != "delivered" {
				t.Errorf("what was delivered: %v", err)
			}
		})
	}
}

func refusalCode(err error) string {
	if refusal, ok := err.(*Refusal); ok { //nolint:errorlint // commands return it as it is
		return refusal.Code
	}
	return ""
}
