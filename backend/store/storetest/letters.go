package storetest

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// testLetters: what a mailbox keeps is marked so, until a device of theirs holds it.
func testLetters(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	b.commit(t, talk.Fill(t, 15)...) // 5 of mine
	b.commit(t, other.Fill(t, 15)...)
	mine := talk.Log(talk.Me)
	letter := node.Outgoing{
		ID: name(1), Conversation: talk.ID, Peer: talk.Them.Keys.Peer(), Device: talk.Them.Keys.Device(), Log: mine, After: 1, Through: 3,
		Sealed: []byte{1}, SealedAt: Start, Expires: Start.Add(time.Hour),
	}
	acknowledgement := letter
	acknowledgement.ID, acknowledgement.Log, acknowledgement.After, acknowledgement.Through = name(2), journal.Log{}, 0, 0
	acknowledgement.Sealed, acknowledgement.Until = nil, Start.Add(time.Hour)
	check := func(what string, want ...uint64) {
		t.Helper()
		var stored []uint64
		for _, message := range b.after(t, talk.ID, journal.Order{}, 100) {
			if message.Stored {
				stored = append(stored, message.Sequence)
				equal(t, "whose it is", message.Log, mine)
			}
		}
		equal(t, what, stored, want)
		for _, message := range b.after(t, other.ID, journal.Order{}, 100) {
			if message.Stored {
				t.Errorf("%s: a message of another conversation", what)
			}
		}
	}
	b.commit(t, node.PutOutgoing{Outgoing: letter}, node.PutOutgoing{Outgoing: acknowledgement})
	check("sealed only")
	letter.Until, letter.Sealed = Start.Add(time.Hour), nil
	b.commit(t, node.PutOutgoing{Outgoing: letter})
	check("kept by a server", 2, 3)
	b.commit(t, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{
		Device: talk.Them.Keys.Device(), Held: journal.Vector{mine: {Sequence: 2, Hash: journal.Hash{1}}},
	}})
	check("a device of theirs holds some", 3)
	b.reopen(t)
	check("opened again", 3)
	b.commit(t, node.DeleteOutgoing{ID: letter.ID})
	check("the letter is gone")
	b.commit(t, node.DeleteContact{Peer: talk.Them.Keys.Peer()})
	equal(t, "letters of a conversation that is gone", len(b.load(t).Outgoing), 0)
}
