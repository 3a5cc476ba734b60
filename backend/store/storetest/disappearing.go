package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

func (b *bench) expiring(t *testing.T, now time.Time, limit int) ([]node.Expired, time.Time) {
	t.Helper()
	due, next, err := b.store.Expiring(t.Context(), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	return due, next
}

func testDisappearing(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	equal(t, "nothing has a timer", b.load(t).Timed, false)
	theirs := talk.Tell(t, talk.Them, journal.Message{Text: "for a minute", Timer: time.Minute})
	edit := talk.Edit(t, talk.Them, theirs.Entry.Hash(), "for one minute")
	mine := talk.Tell(t, talk.Me, journal.Message{Text: "for two", Timer: 2 * time.Minute})
	forGood := talk.Say(t, talk.Them, "for good")
	b.commit(t, theirs, edit, mine, forGood)
	equal(t, "some have", b.load(t).Timed, true)
	at := Start.Add(time.Hour)
	b.commit(t, node.PutRead{Conversation: talk.ID, Read: talk.Held()}, // long ago, nobody knows when
		node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: journal.Vector{}}, At: at})
	due, next := b.expiring(t, at.AddDate(1, 0, 0), 9)
	equal(t, "not read yet", len(due) == 0 && next.IsZero(), true)

	b.commit(t, node.PutRead{Conversation: talk.ID, Read: talk.Held(), At: at})
	b.commit(t, node.PutRead{Conversation: talk.ID, Read: talk.Held(), At: at.Add(time.Minute)}) // again: it counts from the first time
	b.commit(t, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: talk.Held()}, At: at.Add(time.Second)})
	b.reopen(t)
	equal(t, "when it disappears", b.message(t, theirs.Entry.Hash()).Expires, at.Add(time.Minute))
	equal(t, "when mine does", b.message(t, mine.Entry.Hash()).Expires, at.Add(2*time.Minute+time.Second))
	equal(t, "what stays", b.message(t, forGood.Entry.Hash()).Expires, time.Time{})
	due, next = b.expiring(t, at.Add(time.Minute-1), 9)
	equal(t, "a moment before", due, []node.Expired(nil))
	equal(t, "the next", next, at.Add(time.Minute))
	first, second := node.Expired{Conversation: talk.ID, Message: theirs.Entry.Hash()}, node.Expired{Conversation: talk.ID, Message: mine.Entry.Hash()}
	due, next = b.expiring(t, at.Add(time.Minute), 9)
	equal(t, "at the time", due, []node.Expired{first})
	equal(t, "then mine", next, at.Add(2*time.Minute+time.Second))
	due, next = b.expiring(t, at.Add(time.Hour), 1)
	equal(t, "one at a time", due, []node.Expired{first})
	equal(t, "the other is late", next, at.Add(2*time.Minute+time.Second))
	due, next = b.expiring(t, at.Add(time.Hour), 2)
	equal(t, "both", due, []node.Expired{first, second})
	equal(t, "that was all", next, time.Time{})

	unread := b.row(t, talk.ID).Unread
	b.commit(t, node.EraseMessages{Messages: []journal.Hash{theirs.Entry.Hash(), {7}}})
	for range 2 {
		equal(t, "what is left", texts(b.before(t, talk.ID, journal.Order{}, 9)), []string{"for two", "for good"})
		_, err := b.store.Message(t.Context(), theirs.Entry.Hash())
		refused(t, "a message that disappeared", err, node.ErrNotFound)
		equal(t, "unread", b.row(t, talk.ID).Unread, unread)
		log := must(t, func(ctx context.Context) ([]journal.Entry, error) {
			return b.store.Entries(ctx, talk.ID, talk.Log(talk.Them), 0, 1<<20)
		})
		equal(t, "its log", len(log), 3)
		for i, erased := range []bool{true, true, false} {
			if log[i].Erased() != erased || log[i].Verify() != nil {
				t.Errorf("entry %d: erased %v", i, log[i].Erased())
			}
		}
		b.reopen(t)
	}
	// What comes about it later does not bring it back.
	again := talk.Edit(t, talk.Them, theirs.Entry.Hash(), "once more")
	b.commit(t, again, talk.React(t, talk.Me, theirs.Entry.Hash(), "👍", false), talk.Remove(t, talk.Them, theirs.Entry.Hash()))
	equal(t, "it stays gone", texts(b.before(t, talk.ID, journal.Order{}, 9)), []string{"for two", "for good"})
	log := must(t, func(ctx context.Context) ([]journal.Entry, error) {
		return b.store.Entries(ctx, talk.ID, talk.Log(talk.Them), again.Entry.Sequence-1, 1)
	})
	equal(t, "a late edit is erased", log[0].Erased(), true)
}

func testHidden(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	theirs, mine, last := talk.Say(t, talk.Them, "theirs"), talk.Say(t, talk.Me, "mine"), talk.Say(t, talk.Me, "last")
	b.commit(t, theirs, mine, last)
	b.commit(t, node.HideMessage{Message: theirs.Entry.Hash()}, node.HideMessage{Message: mine.Entry.Hash()}, node.HideMessage{Message: journal.Hash{3}})
	body := func(write node.AppendEntry) bool {
		return !must(t, func(ctx context.Context) ([]journal.Entry, error) {
			return b.store.Entries(ctx, talk.ID, write.Entry.Log, write.Entry.Sequence-1, 1)
		})[0].Erased()
	}
	for range 2 {
		equal(t, "what is left", texts(b.before(t, talk.ID, journal.Order{}, 9)), []string{"last"})
		equal(t, "theirs is erased, mine has to arrive first", []bool{body(theirs), body(mine)}, []bool{false, true})
		equal(t, "counts", []int{b.row(t, talk.ID).Unread, b.row(t, talk.ID).Queued}, []int{0, 1})
		b.reopen(t)
	}
	b.commit(t, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: talk.Held()}, At: Start})
	due, _ := b.expiring(t, Start, 9)
	equal(t, "now it can go", due, []node.Expired{{Conversation: talk.ID, Message: mine.Entry.Hash()}})
	b.commit(t, node.EraseMessages{Messages: []journal.Hash{mine.Entry.Hash()}}, node.HideMessage{Message: last.Entry.Hash()})
	equal(t, "all are erased", []bool{body(mine), body(last)}, []bool{false, false})
	equal(t, "nothing is left", len(b.before(t, talk.ID, journal.Order{}, 9)), 0)
	if last := b.row(t, talk.ID).Last; last != nil {
		t.Errorf("the row shows %v", last)
	}
}

// testHiddenEdited: what others have still to get of a hidden message is kept.
func testHiddenEdited(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	early, late := talk.Say(t, talk.Me, "hidden before it arrives"), talk.Say(t, talk.Me, "hidden after it arrived")
	b.commit(t, early, late)
	held := talk.Held()
	edits := []node.AppendEntry{talk.Edit(t, talk.Me, early.Entry.Hash(), "put better"), talk.Edit(t, talk.Me, late.Entry.Hash(), "that too")}
	position := func(held journal.Vector) node.PutRemotePosition {
		return node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: held}, At: Start}
	}
	hidden := []journal.Hash{early.Entry.Hash(), late.Entry.Hash()}
	b.commit(t, edits[0], edits[1], node.HideMessage{Message: hidden[0]}, position(held), node.HideMessage{Message: hidden[1]})
	b.commit(t, node.EraseMessages{Messages: hidden})
	there := func() (bodies int) {
		for _, write := range append(edits, early, late) {
			entries := must(t, func(ctx context.Context) ([]journal.Entry, error) {
				return b.store.Entries(ctx, talk.ID, write.Entry.Log, write.Entry.Sequence-1, 1)
			})
			if !entries[0].Erased() {
				bodies++
			}
		}
		return bodies
	}
	for range 2 {
		equal(t, "what is shown", len(b.before(t, talk.ID, journal.Order{}, 9)), 0)
		equal(t, "edits that have to arrive first", there(), 2) // what was edited is there
		b.reopen(t)
	}
	b.commit(t, position(talk.Held()))
	due, _ := b.expiring(t, Start, 9)
	equal(t, "now they can go", len(due), 2)
	b.commit(t, node.EraseMessages{Messages: hidden})
	equal(t, "bodies that are left", there(), 0)
	due, _ = b.expiring(t, Start, 9)
	equal(t, "what is still due", len(due), 0)
}

// testExpiredEdited: a message whose time is over is gone, and its words with it;
// those of an edit that others have still to get go when they have it.
func testExpiredEdited(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	position := func(held journal.Vector) node.PutRemotePosition {
		return node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: held}, At: Start}
	}
	mine := talk.Tell(t, talk.Me, journal.Message{Text: "for a minute", Timer: time.Minute})
	name := mine.Entry.Hash()
	b.commit(t, mine, position(talk.Held()))
	edit := talk.Edit(t, talk.Me, name, "for one minute")
	nobodys := talk.Say(t, talk.Me, "nobody has this")
	better := talk.Edit(t, talk.Me, nobodys.Entry.Hash(), "nor this")
	b.commit(t, edit, nobodys, better)
	body := func(writes ...node.AppendEntry) (there []bool) {
		for _, write := range writes {
			entries := must(t, func(ctx context.Context) ([]journal.Entry, error) {
				return b.store.Entries(ctx, talk.ID, write.Entry.Log, write.Entry.Sequence-1, 1)
			})
			there = append(there, !entries[0].Erased())
		}
		return there
	}
	gone := func(what string) {
		t.Helper()
		for range 2 {
			equal(t, what, len(b.before(t, talk.ID, journal.Order{}, 9)), 0)
			_, err := b.store.Message(t.Context(), name)
			refused(t, what, err, node.ErrNotFound)
			due, next := b.expiring(t, Start.AddDate(1, 0, 0), 9)
			equal(t, what+": nothing is due", len(due) == 0 && next.IsZero(), true)
			b.reopen(t)
		}
	}
	arrive := func() {
		t.Helper()
		b.commit(t, position(talk.Held()))
		due, _ := b.expiring(t, Start, 9)
		equal(t, "it arrived", due, []node.Expired{{Conversation: talk.ID, Message: name}})
		b.commit(t, node.EraseMessages{Messages: []journal.Hash{name}})
	}
	b.commit(t, node.EraseMessages{Messages: []journal.Hash{name, nobodys.Entry.Hash()}})
	equal(t, "the message, its edit, what nobody has", body(mine, edit, nobodys, better), []bool{false, true, false, false})
	gone("its time is over")
	b.commit(t, node.HideMessage{Message: name})
	equal(t, "the edit of one that is hidden then", body(edit), []bool{true})
	arrive()
	equal(t, "the edit, when they have it", body(mine, edit), []bool{false, false})
	gone("all is erased")
	late := talk.Edit(t, talk.Me, name, "written while it went")
	b.commit(t, late)
	equal(t, "an edit that was written while it went", body(late), []bool{true})
	gone("it stays gone")
	arrive()
	equal(t, "that too, when they have it", body(late), []bool{false})
	gone("for good")
}

func testProfiles(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	equal(t, "no picture", len(must(t, func(ctx context.Context) ([]byte, error) { return b.store.Picture(ctx, talk.ID) })), 0)
	body, err := journal.ProfileBody(journal.Profile{Name: "Benno", Color: 2, About: "at sea", Picture: []byte("a picture")})
	profile := talk.Append(t, talk.Them, wire.EntryKind_ENTRY_KIND_PROFILE, made(t, body, err))
	timer := func(who *Person, stay time.Duration) node.AppendEntry {
		body, err := journal.TimerBody(stay)
		return talk.Append(t, who, wire.EntryKind_ENTRY_KIND_TIMER, made(t, body, err))
	}
	contact := talk.Contact()
	contact.About, contact.Profile, contact.ProfileOrder, contact.Picture = "at sea", profile.Entry.Hash(), profile.Order, [32]byte{9}
	talk.Apart = true
	talk.Clock = talk.Clock.Add(time.Minute)
	hour := timer(talk.Them, time.Hour)
	talk.Clock = talk.Clock.Add(-time.Second)
	day := timer(talk.Me, 24*time.Hour) // earlier by its clock
	b.commit(t, profile, node.PutContact{Contact: contact}, hour, day)
	b.reopen(t)
	equal(t, "the contact", b.load(t).Contacts[0], contact)
	equal(t, "the timer", b.load(t).Conversations[0].Timer, node.Timer{Stay: time.Hour, Order: hour.Order})
	equal(t, "the timer of the row", b.row(t, talk.ID).Timer, node.Timer{Stay: time.Hour, Order: hour.Order})
	equal(t, "the picture", string(must(t, func(ctx context.Context) ([]byte, error) { return b.store.Picture(ctx, talk.ID) })), "a picture")
	equal(t, "no conversation", len(must(t, func(ctx context.Context) ([]byte, error) { return b.store.Picture(ctx, uuid.UUID{4}) })), 0)
	self := node.Self{Name: "Ana", Color: 1, Created: Start, About: "here", Picture: []byte("mine"), HideReads: true, HidePresence: true, HideTyping: true, Route: node.RouteRelayed}
	b.commit(t, node.PutSelf{Self: self})
	b.reopen(t)
	equal(t, "this person", b.load(t).Self, self)
}
