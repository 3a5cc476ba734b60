package storetest

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// testSteps: the way of an entry of mine is told in order, of the entries that
// it happened to and of no others, and the oldest steps are forgotten.
func testSteps(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	b.commit(t, talk.Fill(t, 15)...) // 5 of mine
	b.commit(t, other.Fill(t, 15)...)
	mine := talk.Log(talk.Me)
	step := func(kind node.StepKind, after, through uint64, minute int) node.Step {
		return node.Step{
			Conversation: talk.ID, Log: mine, After: after, Through: through, Device: talk.Them.Keys.Device(),
			Kind: kind, At: Start.Add(time.Duration(minute) * time.Minute),
		}
	}
	tried := step(node.StepTried, 0, 3, 1)
	stored := step(node.StepStored, 1, 3, 2)
	stored.Way, stored.Until, stored.Server = node.WayMail, Start.Add(time.Hour), identity.ServerKey{7}
	delivered := step(node.StepDelivered, 0, 2, 3)
	delivered.Way = node.WayMail
	b.commit(t, node.PutStep{Step: tried}, node.PutStep{Step: stored})
	b.commit(t, node.PutStep{Step: delivered}, node.PutStep{Step: node.Step{Conversation: name(77)}}) // the last of no conversation
	hashes := map[bool]map[uint64]journal.Hash{true: {}, false: {}}                                   // by whose, and sequence
	for _, message := range b.after(t, talk.ID, journal.Order{}, 100) {
		hashes[message.Mine][message.Sequence] = message.Hash
	}
	steps := func(of journal.Hash) []node.Step {
		t.Helper()
		got, err := b.store.Steps(t.Context(), of)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	check := func(what string) {
		t.Helper()
		for i, want := range [][]node.Step{{tried, delivered}, {tried, stored, delivered}, {tried, stored}, nil} {
			equal(t, what, steps(hashes[true][uint64(i+1)]), want)
		}
		equal(t, "steps of theirs", len(steps(hashes[false][1])), 0)
		equal(t, "steps of nothing", len(steps(journal.Hash{1})), 0)
	}
	check("written")
	b.reopen(t)
	check("opened again")
	for i := range node.KeptSteps + 200 {
		if i%50 == 49 { // a device that is started often
			b.reopen(t)
		}
		b.commit(t, node.PutStep{Step: step(node.StepTried, 4, 5, 9)})
	}
	if many := len(steps(hashes[true][5])); many < node.KeptSteps || many >= node.KeptSteps+200 {
		t.Errorf("%d steps are kept", many)
	}
	equal(t, "the oldest", len(steps(hashes[true][1])), 0)
	b.commit(t, node.DeleteContact{Peer: talk.Them.Keys.Peer()})
}
