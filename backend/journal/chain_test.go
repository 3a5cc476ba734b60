package journal_test

import (
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
)

func TestCheck(t *testing.T) {
	ana, ben := newKeys(t, 1), newKeys(t, 2)
	reader := newDevice(nil)
	first := write(t, ana, textDraft(t, ana, journal.Head{}, "first"))
	second := write(t, ana, textDraft(t, ana, first.Head(), "second"))
	third := write(t, ana, textDraft(t, ana, second.Head(), "third"))
	answerDraft := textDraft(t, ben, journal.Head{}, "answer")
	answerDraft.Parents = []journal.Hash{second.Hash()}
	answer := write(t, ben, answerDraft)
	otherFirst := write(t, ana, textDraft(t, ana, journal.Head{}, "something else"))
	otherSecond := write(t, ana, textDraft(t, ana, first.Head(), "something else"))
	onOtherFirst := write(t, ana, textDraft(t, ana, otherFirst.Head(), "on a branch"))

	expect := func(name string, entry journal.Entry, want journal.Standing) {
		t.Helper()
		if got := journal.Check(reader.held, entry, reader.has); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	expect("first", first, journal.Next)
	expect("second before first", second, journal.Gap)
	expect("answer before what it answers", answer, journal.Orphan)
	reader.append(first)
	expect("first again", first, journal.Duplicate)
	expect("another first", otherFirst, journal.Fork)
	expect("an entry on another first", onOtherFirst, journal.Fork)
	expect("second", second, journal.Next)
	expect("third before second", third, journal.Gap)
	reader.append(second)
	expect("answer", answer, journal.Next)
	expect("first after second", first, journal.Duplicate)
	expect("another first, later", otherFirst, journal.Fork)
	expect("another second", otherSecond, journal.Fork)
	reader.append(answer)
	expect("answer again", answer, journal.Duplicate)
	for standing, want := range map[journal.Standing]string{journal.Next: "next", journal.Duplicate: "duplicate", journal.Gap: "gap", journal.Orphan: "orphan", journal.Fork: "fork", 0: "unknown"} {
		if standing.String() != want {
			t.Errorf("%v, want %s", standing, want)
		}
	}
}
