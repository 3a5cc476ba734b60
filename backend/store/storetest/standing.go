package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

func testStanding(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	other.Clock = Start.Add(time.Hour)
	b.commit(t, talk.Say(t, talk.Them, "early"), other.Say(t, other.Them, "late"))
	first := func() uuid.UUID {
		return must(t, func(ctx context.Context) ([]node.Row, error) { return b.store.Rows(ctx) })[0].Conversation
	}
	equal(t, "the newest first", first(), other.ID)
	want := node.Standing{Pinned: 3, Folder: node.FolderArchived, Quiet: true, Marked: true, Cleared: Start.Add(2 * time.Hour)}
	b.commit(t, node.PutStanding{Conversation: talk.ID, Standing: want}, node.PutStanding{Conversation: uuid.UUID{9}, Standing: want})
	for range 2 {
		equal(t, "the row", b.row(t, talk.ID).Standing, want)
		equal(t, "the other row", b.row(t, other.ID).Standing, node.Standing{})
		for _, one := range b.load(t).Conversations {
			if one.ID == talk.ID {
				equal(t, "what the core loads", one.Standing, want)
			}
		}
		equal(t, "that it was cleared is activity", first(), talk.ID)
		b.reopen(t)
	}
	b.commit(t, node.PutStanding{Conversation: talk.ID})
	equal(t, "taken back", b.row(t, talk.ID).Standing, node.Standing{})
	asked := talk.Contact()
	asked.State, asked.AskEpoch = node.ContactForgotten, 7
	b.commit(t, node.PutVerification{Verification: node.Verification{Peer: asked.Peer, Link: true}})
	b.commit(t, node.PutContact{Contact: asked}, node.DeleteVerification{Peer: asked.Peer}, node.DeleteVerification{Peer: NewPersonOf(9)})
	b.reopen(t)
	equal(t, "somebody who is forgotten", b.row(t, talk.ID).Contact, asked)
	equal(t, "nothing verified", len(b.load(t).Verifications), 0)
}

// bodies tells of which of some entries the store has the content.
func (b *bench) bodies(t *testing.T, talk *Talk, writes ...node.AppendEntry) (there []bool) {
	t.Helper()
	for _, write := range writes {
		entries := must(t, func(ctx context.Context) ([]journal.Entry, error) {
			return b.store.Entries(ctx, talk.ID, write.Entry.Log, write.Entry.Sequence-1, 1)
		})
		if len(entries) != 1 || entries[0].Verify() != nil || entries[0].Hash() != write.Entry.Hash() {
			t.Fatalf("the header of entry %d is not as it was", write.Entry.Sequence)
		}
		there = append(there, !entries[0].Erased())
	}
	return there
}

func testClear(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	body, err := journal.ProfileBody(journal.Profile{Name: "Benno", Color: 2, Picture: []byte("a picture")})
	profile := talk.Append(t, talk.Them, wire.EntryKind_ENTRY_KIND_PROFILE, made(t, body, err))
	contact := talk.Contact()
	contact.Profile, contact.ProfileOrder = profile.Entry.Hash(), profile.Order
	theirs, mine := talk.Say(t, talk.Them, "walrus theirs"), talk.Say(t, talk.Me, "walrus mine")
	edit, reaction := talk.Edit(t, talk.Them, theirs.Entry.Hash(), "walrus edited"), talk.React(t, talk.Them, mine.Entry.Hash(), "👍", false)
	removed := talk.Say(t, talk.Them, "walrus removed")
	removal := talk.Remove(t, talk.Them, removed.Entry.Hash())
	timed := talk.Tell(t, talk.Them, journal.Message{Text: "walrus for a minute", Timer: time.Minute})
	b.commit(t, profile, node.PutContact{Contact: contact}, theirs, mine, edit, reaction, removed, removal, timed)
	position := func() node.PutRemotePosition {
		return node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: talk.Held()}, At: Start}
	}
	b.commit(t, position())
	late := talk.Edit(t, talk.Me, mine.Entry.Hash(), "walrus on its way")
	waiting := talk.Say(t, talk.Me, "walrus waits")
	b.commit(t, late, waiting, other.Say(t, other.Them, "walrus of another"))
	if err = b.store.SaveDraft(t.Context(), talk.ID, "a draft"); err != nil {
		t.Fatal(err)
	}
	equal(t, "found before", len(b.search(t, "walrus", talk.ID, journal.Order{}, 9).Hits), 4)

	b.commit(t, node.ClearConversation{Conversation: talk.ID}, node.ClearConversation{Conversation: uuid.UUID{9}})
	for range 2 {
		row := b.row(t, talk.ID)
		if row.Last != nil || row.Unread != 0 || row.Queued != 0 || row.Draft != "a draft" {
			t.Errorf("the row is %+v", row)
		}
		equal(t, "what is shown", len(b.before(t, talk.ID, journal.Order{}, 9)), 0)
		equal(t, "what is found", textsOf(b.search(t, "walrus", uuid.Nil, journal.Order{}, 9)), []string{"walrus of another"})
		equal(t, "what they have is erased", b.bodies(t, talk, theirs, mine, edit, reaction, removed, timed), make([]bool, 6))
		equal(t, "what has to arrive is there, and how they want to be shown", b.bodies(t, talk, late, waiting, profile), []bool{true, true, true})
		equal(t, "the picture", string(must(t, func(ctx context.Context) ([]byte, error) { return b.store.Picture(ctx, talk.ID) })), "a picture")
		_, err = b.store.Message(t.Context(), mine.Entry.Hash())
		refused(t, "a message", err, node.ErrNotFound)
		due, next := b.expiring(t, Start.AddDate(1, 0, 0), 9)
		equal(t, "nothing is due", len(due) == 0 && next.IsZero(), true)
		b.reopen(t)
	}
	// What comes again is known, and what is said about it later shows nothing.
	if err = b.store.Commit(t.Context(), []node.Write{theirs}); err == nil {
		t.Error("an entry was appended twice")
	}
	again := talk.Edit(t, talk.Them, theirs.Entry.Hash(), "walrus again")
	b.commit(t, again, talk.React(t, talk.Them, theirs.Entry.Hash(), "👍", false))
	equal(t, "an edit that comes later", b.bodies(t, talk, again), []bool{false})

	b.commit(t, position())
	due, _ := b.expiring(t, Start, 9)
	equal(t, "it arrived", len(due), 2)
	b.commit(t, node.EraseMessages{Messages: []journal.Hash{due[0].Message, due[1].Message}})
	equal(t, "that is erased too", b.bodies(t, talk, late, waiting), []bool{false, false})

	b.commit(t, talk.Say(t, talk.Them, "a new walrus"))
	equal(t, "what comes now", texts(b.before(t, talk.ID, journal.Order{}, 9)), []string{"a new walrus"})
	equal(t, "it is found", len(b.search(t, "walrus", talk.ID, journal.Order{}, 9).Hits), 1)
	equal(t, "it is unread", b.row(t, talk.ID).Unread, 1)
	b.commit(t, node.ClearConversation{Conversation: talk.ID, Draft: true})
	equal(t, "the draft goes too", b.row(t, talk.ID).Draft, "")
	equal(t, "the other conversation", texts(b.before(t, other.ID, journal.Order{}, 9)), []string{"walrus of another"})
}

// testClearMany clears more than is taken out one by one.
func testClearMany(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	b.commit(t, talk.Fill(t, 1500)...)
	b.commit(t, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: talk.Held()}})
	waiting := talk.Say(t, talk.Me, "message that waits")
	b.commit(t, waiting)
	equal(t, "found before", len(b.search(t, "message", talk.ID, journal.Order{}, 9).Hits), 9)
	b.commit(t, node.ClearConversation{Conversation: talk.ID})
	for range 2 {
		equal(t, "what is shown", len(b.before(t, talk.ID, journal.Order{}, 9)), 0)
		equal(t, "what is found", len(b.search(t, "message", talk.ID, journal.Order{}, 9).Hits), 0)
		equal(t, "a few of them", b.bodies(t, talk, talk.Writes[0], talk.Writes[700], talk.Writes[1499], waiting), []bool{false, false, false, true})
		b.reopen(t)
	}
	for i := range 3 {
		b.commit(t, talk.Say(t, talk.Them, fmt.Sprint("later ", i)))
	}
	equal(t, "what comes now", texts(b.before(t, talk.ID, journal.Order{}, 9)), []string{"later 0", "later 1", "later 2"})
}

func testForgotten(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	theirs, mine := talk.Say(t, talk.Them, "theirs"), talk.Say(t, talk.Me, "mine")
	edit := talk.Edit(t, talk.Me, mine.Entry.Hash(), "mine, edited")
	b.commit(t, theirs, mine, edit, node.PutVerification{Verification: node.Verification{Peer: talk.Them.Keys.Peer(), Compared: node.ComparedSame}})
	letter := node.Outgoing{ID: name(10), Conversation: talk.ID, Peer: talk.Them.Keys.Peer(), SealedAt: Start, Expires: Start.Add(time.Hour), Until: Start.Add(time.Hour)}
	b.commit(t, node.PutOutgoing{Outgoing: letter})
	held := b.load(t).Conversations
	b.commit(t, node.ClearConversation{Conversation: talk.ID, All: true}, node.DropContact{Peer: talk.Them.Keys.Peer()}, node.DropContact{Peer: NewPersonOf(9)})
	for range 2 {
		snapshot := b.load(t)
		equal(t, "contacts and how they were known", len(snapshot.Contacts)+len(snapshot.Verifications), 0)
		equal(t, "the heads of the logs", snapshot.Conversations, held)
		equal(t, "what is to be taken back at servers", len(snapshot.Outgoing), 1)
		equal(t, "nothing is left to read", b.bodies(t, talk, theirs, mine, edit), []bool{false, false, false})
		_, err := b.store.Row(t.Context(), talk.ID)
		refused(t, "the row", err, node.ErrNotFound)
		equal(t, "rows", len(must(t, func(ctx context.Context) ([]node.Row, error) { return b.store.Rows(ctx) })), 0)
		b.reopen(t)
	}
	// They may become contacts again: the logs go on.
	b.commit(t, node.PutContact{Contact: talk.Contact()}, talk.Say(t, talk.Them, "back"))
	equal(t, "what is shown then", texts(b.before(t, talk.ID, journal.Order{}, 9)), []string{"back"})
	equal(t, "the row is there", b.row(t, talk.ID).Unread, 1)
}
