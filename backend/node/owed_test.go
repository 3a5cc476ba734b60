package node

import (
	"fmt"
	"testing"
	"time"
)

// marksRead marks what a person has of another as read, up to a sequence.
func (p *person) marksRead(of *person, through uint64) {
	p.world.t.Helper()
	read := p.core.conversations[p.talk(of)].held.Clone()
	for log, head := range read {
		if log.Device == of.keys.Device() {
			head.Sequence = min(head.Sequence, through)
			read[log] = head
		}
	}
	p.step(Command{ID: 1, Call: markReadCall{conversation: p.talk(of), read: read}})
}

// readBy is up to where a person knows that another read.
func (p *person) readBy(by *person) uint64 {
	read := uint64(0)
	for _, position := range p.core.conversations[p.talk(by)].remotes {
		for log, head := range position.Read {
			if log.Device == p.keys.Device() {
				read = max(read, head.Sequence)
			}
		}
	}
	return read
}

// TestReadingIsToldByMail: who is away learns what was read after it had been
// acknowledged, also when the reader's device ended before it could say so.
func TestReadingIsToldByMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	for i := range 30 {
		ana.say(ben, fmt.Sprint("text ", i))
	}
	w.pass(mailAfter)
	ana.disconnect()

	ben.connect()
	w.pass(time.Minute)
	acknowledged := len(w.puts)
	ben.marksRead(ana, 10)
	w.pass(tellReadAfter)
	if len(w.puts) != acknowledged+1 {
		t.Fatalf("%d letters tell what was read", len(w.puts)-acknowledged)
	}
	for i := range 10 { // one every second
		ben.marksRead(ana, uint64(11+i))
		w.pass(time.Second)
	}
	ben.marksRead(ana, 5) // which is known
	w.pass(24 * time.Hour)
	if len(w.puts) != acknowledged+2 || len(ben.disk.Outgoing) != 0 {
		t.Fatalf("then %d letters, %d kept", len(w.puts)-acknowledged, len(ben.disk.Outgoing))
	}
	ben.marksRead(ana, 30)
	ben.start()
	ben.connect()
	w.pass(time.Minute)
	ben.disconnect()

	w.pass(72 * time.Hour)
	ana.connect()
	w.pass(time.Minute)
	if told := ana.steps[len(ana.steps)-1]; told.Kind != StepRead || w.now.Sub(told.At) < 72*time.Hour {
		t.Errorf("%v ago Ana's device says %d", w.now.Sub(told.At), told.Kind)
	}
	if read := ana.readBy(ben); read != 30 || len(w.puts) != acknowledged+3 {
		t.Fatalf("Ana knows of %d that they were read, after %d letters", read, len(w.puts)-acknowledged)
	}
}

// TestReadingIsNotTold when receipts are off.
func TestReadingIsNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	ana.say(ben, "hello")
	w.pass(mailAfter)
	ana.disconnect()
	ben.connect()
	w.pass(time.Minute)
	before := len(w.puts)
	ben.step(Command{ID: 1, Call: setPrivacyCall{Privacy{HideReads: true, Route: RouteAny}}})
	ben.marksRead(ana, 1)
	w.pass(time.Hour)
	if len(w.puts) != before || len(ben.disk.Outgoing) != 0 {
		t.Errorf("%d letters, %d kept", len(w.puts)-before, len(ben.disk.Outgoing))
	}
}
