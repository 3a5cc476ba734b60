package storetest

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// testBeyond: whatever of a conversation a vector covers, the rest comes in
// order, parents first, in pieces that lose nothing.
func testBeyond(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	b.commit(t, talk.Fill(t, 400)...)
	talk.Me.Epoch = 2
	b.commit(t, talk.Fill(t, 400)...)
	b.commit(t, other.Fill(t, 9)...)
	for _, start := range []int{0, 1, 399, 401, 799, 800} {
		held := journal.Vector{}
		for _, write := range talk.Writes[:start] {
			held[write.Entry.Log] = write.Entry.Head()
		}
		at := start
		for rounds := 0; ; rounds++ {
			entries := must(t, func(ctx context.Context) ([]journal.Entry, error) {
				return b.store.Beyond(ctx, talk.ID, held, 20_000, 70)
			})
			if len(entries) == 0 {
				break
			}
			if size := entries[0].Size(); len(entries) > 70 || len(entries)*size > 25_000 || rounds > 800 {
				t.Fatalf("%d entries of about %d bytes at once", len(entries), size)
			}
			for _, entry := range entries {
				if want := talk.Writes[at].Entry; entry.Hash() != want.Hash() {
					t.Fatalf("from %d: entry %d is another one", start, at)
				}
				held[entry.Log] = entry.Head()
				at++
			}
		}
		if at != len(talk.Writes) {
			t.Fatalf("from %d: it ends at %d", start, at)
		}
	}
	one := must(t, func(ctx context.Context) ([]journal.Entry, error) { return b.store.Beyond(ctx, talk.ID, nil, 1, 10) })
	equal(t, "at least one", len(one), 1)
	none := must(t, func(ctx context.Context) ([]journal.Entry, error) { return b.store.Beyond(ctx, name(9), nil, 1, 10) })
	equal(t, "of a conversation that is not there", len(none), 0)
}

// testEpochs: the least epochs only grow, and proofs stay as they were first.
// testCopied: a copy is known as one until the device has taken notice.
func testCopied(t *testing.T, b *bench) {
	copied := func(what string, want bool) {
		t.Helper()
		for range 2 {
			equal(t, what, b.load(t).Copied, want)
			b.reopen(t)
		}
	}
	b.commit(t, node.PutSelf{Self: node.Self{Name: "Ana", Color: 4, Created: Start}})
	copied("where it was written", false)
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	b.disk.PutBack(t)
	b.store = b.disk.Open(t)
	copied("put back", true)
	b.commit(t, node.PutEpoch{Least: 2})
	copied("with a later epoch alone", true)
	b.commit(t, node.PutEpoch{Least: 3}, node.PutPlace{})
	copied("taken notice of", false)
	equal(t, "the epoch", b.load(t).Epochs[uuid.Nil], uint32(3))
}

func testEpochs(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	b.commit(t, talk.Fill(t, 6)...)
	fork := node.Fork{Conversation: talk.ID, Log: talk.Log(talk.Them), Sequence: 2, First: []byte{1}, Second: []byte{2}, Seen: Start}
	again := fork
	again.Second = []byte{3}
	unknown := fork
	unknown.Conversation = name(9)
	b.commit(t, node.PutEpoch{Least: 3}, node.PutEpoch{Conversation: talk.ID, Least: 5}, node.PutEpoch{Conversation: talk.ID, Least: 4}, node.PutPlace{},
		node.PutFork{Fork: fork}, node.PutFork{Fork: again}, node.PutFork{Fork: unknown})
	for range 2 {
		snapshot := b.load(t)
		equal(t, "epochs", snapshot.Epochs, map[uuid.UUID]uint32{uuid.Nil: 3, talk.ID: 5})
		equal(t, "forks", snapshot.Forks, []node.Fork{fork})
		equal(t, "copied", snapshot.Copied, false)
		b.reopen(t)
	}
	b.commit(t, node.DeleteContact{Peer: talk.Them.Keys.Peer()})
	snapshot := b.load(t)
	equal(t, "forks of a conversation that is gone", len(snapshot.Forks), 0)
	equal(t, "epochs of a conversation that is gone", snapshot.Epochs[talk.ID], uint32(5))
}
