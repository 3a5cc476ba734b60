package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// testFormer: a contact gets another conversation when a key of mine changed, and
// the one before stays with all that is in it, as a former one.
func testFormer(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	b.commit(t, talk.Fill(t, 6)...)
	b.commit(t, node.PutVerification{Verification: node.Verification{Peer: talk.Them.Keys.Peer(), Link: true}})
	said := b.before(t, talk.ID, journal.Order{}, 100)
	next := NewTalk(t, 3)
	next.Them, next.Me = talk.Them, NewPerson(t, 77)
	moved := talk.Contact()
	moved.Conversation, moved.State, moved.KnownAs = next.ID, node.ContactAsked, talk.Me.Keys.Peer()
	first := next.Say(t, next.Me, "first of the new one")
	b.commit(t, node.MoveContact{Contact: moved}, first)
	for range 2 {
		snapshot := b.load(t)
		at := slices.IndexFunc(snapshot.Contacts, func(one node.Contact) bool { return one.Peer == moved.Peer })
		equal(t, "the contact", snapshot.Contacts[at], moved)
		equal(t, "contacts", len(snapshot.Contacts), 2)
		equal(t, "conversations", len(snapshot.Conversations), 3)
		equal(t, "verifications", len(snapshot.Verifications), 1)
		rows := map[uuid.UUID]node.Row{}
		for _, row := range must(t, b.store.Rows) {
			rows[row.Conversation] = row
			one := must(t, func(ctx context.Context) (node.Row, error) { return b.store.Row(ctx, row.Conversation) })
			equal(t, "a row on its own", one, row)
		}
		for id, former := range map[uuid.UUID]bool{talk.ID: true, next.ID: false, other.ID: false} {
			row, there := rows[id]
			if !there || row.Former != former || row.Contact.Conversation != id {
				t.Errorf("%v: there %v, former %v, of %v", id, there, row.Former, row.Contact.Conversation)
			}
		}
		equal(t, "whose they are", rows[talk.ID].Contact.Peer, rows[next.ID].Contact.Peer)
		equal(t, "what was said before", b.before(t, talk.ID, journal.Order{}, 100), said)
		equal(t, "what is said now", texts(b.before(t, next.ID, journal.Order{}, 100)), []string{"first of the new one"})
		b.reopen(t)
	}
	// The contact is that of the new conversation now, and of no other one.
	answered := moved
	answered.State, answered.KnownAs = node.ContactMutual, identity.PeerID{}
	b.commit(t, node.PutContact{Contact: answered})
	stray := NewTalk(t, 4)
	b.commit(t, node.PutFormer{Conversation: stray.ID, Peer: moved.Peer}, node.PutFormer{Conversation: talk.ID, Peer: moved.Peer})
	snapshot := b.load(t)
	equal(t, "conversations", len(snapshot.Conversations), 4)
	for _, one := range snapshot.Contacts {
		if one.Peer == moved.Peer {
			equal(t, "the contact that answered", one, answered)
		}
	}
	if row := b.row(t, stray.ID); !row.Former || row.Last != nil {
		t.Errorf("%+v", row)
	}
}

// testSuccessors: which identity follows another one is kept as it was first said.
func testSuccessors(t *testing.T, b *bench) {
	first := node.Retirement{Peer: NewPersonOf(1), At: Start, Signed: []byte{1}, Successor: NewPersonOf(2)}
	second := first
	second.At, second.Successor = Start.Add(time.Hour), NewPersonOf(3)
	b.commit(t, node.PutRetirement{Retirement: first}, node.PutRetirement{Retirement: second})
	for range 2 {
		equal(t, "who follows", b.load(t).Retirements, []node.Retirement{first})
		b.reopen(t)
	}
}
