package storetest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

func texts(messages []node.Message) []string {
	found := []string{}
	for _, message := range messages {
		found = append(found, message.Text)
	}
	return found
}

func (b *bench) before(t *testing.T, conversation uuid.UUID, order journal.Order, limit int) []node.Message {
	t.Helper()
	return must(t, func(ctx context.Context) ([]node.Message, error) {
		return b.store.PageBefore(ctx, conversation, order, limit)
	})
}

func (b *bench) after(t *testing.T, conversation uuid.UUID, order journal.Order, limit int) []node.Message {
	t.Helper()
	return must(t, func(ctx context.Context) ([]node.Message, error) {
		return b.store.PageAfter(ctx, conversation, order, limit)
	})
}

func testPages(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	b.commit(t, talk.Fill(t, 10)...)
	b.commit(t, other.Fill(t, 3)...)
	all := b.after(t, talk.ID, journal.Order{}, 100)
	if len(all) != 10 {
		t.Fatalf("%d messages", len(all))
	}
	for i, message := range all {
		write := talk.Writes[i]
		equal(t, "a message", message, node.Message{
			Hash: write.Entry.Hash(), Conversation: talk.ID, Log: write.Entry.Log, Sequence: write.Entry.Sequence, Order: write.Order, Mine: write.Mine,
			Author: write.Author, Text: "message " + string(rune('0'+i)), Claimed: write.Entry.Claimed, Arrived: write.Arrived,
		})
	}
	b.reopen(t)
	equal(t, "the last page", b.before(t, talk.ID, journal.Order{}, 3), all[7:])
	equal(t, "a page back", b.before(t, talk.ID, all[7].Order, 3), all[4:7])
	equal(t, "the first page", b.before(t, talk.ID, all[2].Order, 3), all[:2])
	equal(t, "before the first", len(b.before(t, talk.ID, all[0].Order, 3)), 0)
	equal(t, "from the first", b.after(t, talk.ID, journal.Order{}, 4), all[:4])
	equal(t, "a page on", b.after(t, talk.ID, all[3].Order, 4), all[4:8])
	equal(t, "after the last", len(b.after(t, talk.ID, all[9].Order, 4)), 0)
	equal(t, "nothing asked", len(b.before(t, talk.ID, journal.Order{}, 0)), 0)
	equal(t, "another conversation", len(b.before(t, other.ID, journal.Order{}, 100)), 3)
	equal(t, "no conversation", len(b.before(t, uuid.UUID{1}, journal.Order{}, 100)), 0)
}

// testLateEntries appends what was written at the same time elsewhere.
func testLateEntries(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	late := NewTalk(t, 1) // the same people, who did not hear of one another
	late.Them = talk.Them
	b.commit(t, talk.Say(t, talk.Me, "one"), talk.Say(t, talk.Me, "three"))
	late.Clock = Start.Add(time.Second + 500*time.Millisecond - time.Second)
	b.commit(t, late.Say(t, late.Them, "two"))
	equal(t, "the order of all", texts(b.before(t, talk.ID, journal.Order{}, 10)), []string{"one", "two", "three"})
}

func testChain(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	first, second, third := talk.Say(t, talk.Me, "first"), talk.Say(t, talk.Me, "second"), talk.Say(t, talk.Me, "third")
	fork := NewTalk(t, 1)
	otherFirst := fork.Say(t, fork.Me, "another first")
	otherSecond := fork.Say(t, fork.Me, "another second")
	wrongOrder := second
	wrongOrder.Order = third.Order
	wrongAuthor := second
	wrongAuthor.Mine = false
	b.commit(t, first)
	for name, write := range map[string]node.AppendEntry{
		"the same again": first, "a gap": third, "a second first": otherFirst, "another chain": otherSecond, "another's order": wrongOrder, "another's log": wrongAuthor,
	} {
		if err := b.store.Commit(t.Context(), []node.Write{write}); err == nil {
			t.Errorf("%s was appended", name)
		}
	}
	unknown := NewTalk(t, 5)
	if err := b.store.Commit(t.Context(), []node.Write{unknown.Say(t, unknown.Me, "lost")}); err == nil {
		t.Error("an entry of no conversation was appended")
	}
	b.commit(t, second, third)
	equal(t, "the log", texts(b.before(t, talk.ID, journal.Order{}, 10)), []string{"first", "second", "third"})
	held := b.load(t).Conversations[0]
	equal(t, "the head", held.Held, talk.Held())
	equal(t, "the head's order", held.HeadOrders, map[journal.Log]journal.Order{talk.Log(talk.Me): third.Order})

	talk.Me.Epoch = 2
	b.commit(t, talk.Say(t, talk.Me, "after a restored copy"))
	equal(t, "a new epoch", b.load(t).Conversations[0].Held, talk.Held())
}

func testAtomic(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	first, second := talk.Say(t, talk.Me, "first"), talk.Say(t, talk.Them, "second")
	b.commit(t, first)
	want := b.load(t)
	bad := [][]node.Write{
		{second, node.PutSelf{Self: node.Self{Name: "Ana"}}, node.PutRead{Conversation: talk.ID, Read: talk.Held()}},
		{node.PutBan{Ban: node.Ban{ID: name(1)}}, node.PutContact{Contact: NewTalk(t, 2).Contact()}, node.DeleteContact{Peer: talk.Them.Keys.Peer()}},
		{first},
	}
	if err := b.store.Commit(t.Context(), bad...); err == nil {
		t.Fatal("a batch with an error was committed")
	}
	for range 2 {
		equal(t, "after a failure", b.load(t), want)
		b.reopen(t)
	}
	if err := b.store.Commit(t.Context(), bad[0]); err != nil {
		t.Error(err)
	}
	equal(t, "the heads", b.load(t).Conversations[0].Held, talk.Held())
	if err := b.store.Commit(t.Context()); err != nil {
		t.Error(err)
	}
}

func testPositions(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	b.commit(t, talk.Fill(t, 12)...) // 4 of mine, 8 of theirs
	mine, theirs := talk.Log(talk.Me), talk.Log(talk.Them)
	phone, laptop := identity.DeviceID{1}, identity.DeviceID{2}
	at := func(log journal.Log, sequence uint64) journal.Vector {
		return journal.Vector{log: {Sequence: sequence, Hash: journal.Hash{byte(sequence)}}}
	}
	put := func(device identity.DeviceID, held, read journal.Vector) node.PutRemotePosition {
		return node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: device, Held: held, Read: read}}
	}
	b.commit(t,
		put(phone, at(mine, 3), at(mine, 1)), put(phone, at(mine, 2), journal.Vector{mine: {Sequence: 2}}), put(laptop, journal.Vector{theirs: {}}, nil),
		put(laptop, at(theirs, 8), nil), node.PutRead{Conversation: talk.ID, Read: journal.Vector{theirs: {Sequence: 5}}},
		node.PutRead{Conversation: talk.ID, Read: journal.Vector{theirs: {Sequence: 4}, mine: {}}},
		node.PutRead{Conversation: uuid.UUID{9}, Read: at(mine, 1)},
		node.PutRemotePosition{Conversation: uuid.UUID{9}, Position: node.RemotePosition{Device: phone, Held: at(mine, 1)}},
	)
	for range 2 {
		conversation := b.load(t).Conversations[0]
		equal(t, "my read position", conversation.Read, journal.Vector{theirs: {Sequence: 5}})
		equal(t, "remote positions", conversation.Remote, []node.RemotePosition{
			{Device: phone, Held: at(mine, 3), Read: journal.Vector{mine: {Sequence: 2}}},
			{Device: laptop, Held: at(theirs, 8), Read: journal.Vector{}},
		})
		for _, message := range b.before(t, talk.ID, journal.Order{}, 100) {
			if message.Mine {
				equal(t, "delivered", message.Delivered, message.Sequence <= 3)
				equal(t, "read by them", message.Read, message.Sequence <= 2)
			} else {
				equal(t, "delivered to me", message.Delivered, false)
				equal(t, "read by me", message.Read, message.Sequence <= 5)
			}
		}
		b.reopen(t)
	}
}

func testCounts(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	check := func(what string, unread, queued int) {
		t.Helper()
		row := must(t, func(ctx context.Context) (node.Row, error) { return b.store.Row(ctx, talk.ID) })
		order, count, err := b.store.FirstUnread(t.Context(), talk.ID)
		if row.Unread != unread || row.Queued != queued || count != unread || err != nil {
			t.Errorf("%s: %d unread, %d counted, %d queued, %v; want %d, %d", what, row.Unread, count, row.Queued, err, unread, queued)
		}
		if order.IsZero() != (unread == 0) {
			t.Errorf("%s: the first unread is %v", what, order)
		}
	}
	check("nothing", 0, 0)
	b.commit(t, talk.Fill(t, 12)...)
	check("all is new", 8, 4)
	theirs := talk.Log(talk.Them)
	b.commit(t, node.PutRead{Conversation: talk.ID, Read: journal.Vector{theirs: {Sequence: 3}}})
	check("some is read", 5, 4)
	order, _, err := b.store.FirstUnread(t.Context(), talk.ID)
	if want := talk.Writes[5].Order; err != nil || order != want {
		t.Errorf("the first unread is %v, want %v: %v", order, want, err)
	}
	b.commit(t, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: identity.DeviceID{1}, Held: journal.Vector{talk.Log(talk.Me): {Sequence: 3}}}})
	check("some is delivered", 5, 1)
	talk.Them.Epoch = 2
	b.commit(t, talk.Say(t, talk.Them, "in another log"))
	check("another log", 6, 1)
	// Positions ahead of what is held count nothing twice.
	b.commit(t, node.PutRead{Conversation: talk.ID, Read: journal.Vector{theirs: {Sequence: 1<<63 - 1}, talk.Log(talk.Them): {Sequence: 50}}})
	b.commit(t, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: identity.DeviceID{1}, Held: journal.Vector{talk.Log(talk.Me): {Sequence: 1 << 60}}}})
	check("positions ahead", 0, 0)
}

func testReadVector(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	b.commit(t, talk.Fill(t, 30)...)
	talk.Them.Epoch = 2
	b.commit(t, talk.Fill(t, 9)...)
	want := journal.Vector{}
	for _, write := range talk.Writes {
		if !write.Mine {
			want[write.Entry.Log] = journal.Head{Sequence: write.Entry.Sequence}
		}
		got := must(t, func(ctx context.Context) (journal.Vector, error) {
			return b.store.ReadVectorAt(ctx, talk.ID, write.Order)
		})
		equal(t, "what is read at an order", got, want)
	}
	none := must(t, func(ctx context.Context) (journal.Vector, error) {
		return b.store.ReadVectorAt(ctx, talk.ID, journal.Order{})
	})
	equal(t, "before all", none, journal.Vector{})
	nowhere := must(t, func(ctx context.Context) (journal.Vector, error) {
		return b.store.ReadVectorAt(ctx, uuid.UUID{3}, talk.Writes[0].Order)
	})
	equal(t, "no conversation", nowhere, journal.Vector{})
}

func testEntries(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	b.commit(t, talk.Fill(t, 30)...)
	log := talk.Log(talk.Them)
	var want []journal.Entry
	for _, write := range talk.Writes {
		if write.Entry.Log == log {
			want = append(want, write.Entry)
		}
	}
	read := func(after uint64, maxBytes int) []journal.Entry {
		t.Helper()
		return must(t, func(ctx context.Context) ([]journal.Entry, error) {
			return b.store.Entries(ctx, talk.ID, log, after, maxBytes)
		})
	}
	equal(t, "the whole log", read(0, 1<<20), want)
	equal(t, "the rest", read(15, 1<<20), want[15:])
	equal(t, "at least one", read(4, 1), want[4:5])
	equal(t, "two", read(4, want[4].Size()+want[5].Size()), want[4:6])
	equal(t, "not quite two", read(4, want[4].Size()+want[5].Size()-1), want[4:5])
	equal(t, "nothing after the head", len(read(20, 1<<20)), 0)
	equal(t, "nothing after the end of numbers", len(read(1<<63, 1<<20)), 0)
	for _, entry := range read(0, 1<<20) {
		if err := entry.Verify(); err != nil {
			t.Error(err)
		}
	}
	log.Epoch = 2
	equal(t, "no such log", len(read(0, 1<<20)), 0)
}

func testLookups(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	b.commit(t, talk.Fill(t, 6)...)
	unknown := journal.Hash{1}
	hashes, want := []journal.Hash{unknown}, map[journal.Hash]journal.Order{}
	for _, write := range talk.Writes {
		hash := write.Entry.Hash()
		hashes = append(hashes, hash)
		want[hash] = write.Order
		message := must(t, func(ctx context.Context) (node.Message, error) { return b.store.Message(ctx, hash) })
		equal(t, "a message's order", message.Order, write.Order)
	}
	orders := must(t, func(ctx context.Context) (map[journal.Hash]journal.Order, error) { return b.store.Orders(ctx, hashes) })
	equal(t, "orders", orders, want)
	_, err := b.store.Message(t.Context(), unknown)
	refused(t, "an unknown message", err, node.ErrNotFound)
	// The same first bytes, another name.
	similar := talk.Writes[0].Entry.Hash()
	similar[31] ^= 1
	_, err = b.store.Message(t.Context(), similar)
	refused(t, "a similar name", err, node.ErrNotFound)
}

// testOtherKinds keeps what a newer version wrote without showing it.
func testOtherKinds(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	b.commit(t, talk.Say(t, talk.Them, "before"))
	newer := talk.Append(t, talk.Them, 77, []byte("something newer"))
	broken := talk.Append(t, talk.Them, wire.EntryKind_ENTRY_KIND_TEXT, []byte{0xff})
	b.commit(t, newer, broken, talk.Say(t, talk.Them, "after"))
	equal(t, "what is shown", texts(b.before(t, talk.ID, journal.Order{}, 10)), []string{"before", "after"})
	row := must(t, func(ctx context.Context) (node.Row, error) { return b.store.Row(ctx, talk.ID) })
	equal(t, "unread", row.Unread, 2)
	equal(t, "the head", b.load(t).Conversations[0].Held, talk.Held())
	entries := must(t, func(ctx context.Context) ([]journal.Entry, error) {
		return b.store.Entries(ctx, talk.ID, talk.Log(talk.Them), 0, 1<<20)
	})
	equal(t, "the log", len(entries), 4)
	orders := must(t, func(ctx context.Context) (map[journal.Hash]journal.Order, error) {
		return b.store.Orders(ctx, []journal.Hash{newer.Entry.Hash()})
	})
	equal(t, "its order", orders[newer.Entry.Hash()], newer.Order)
	_, err := b.store.Message(t.Context(), newer.Entry.Hash())
	refused(t, "it is no message", err, node.ErrNotFound)
}

func testDeleteContact(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	b.commit(t, other.Fill(t, 3)...)
	want := b.load(t)
	want.Contacts, want.Conversations = want.Contacts[1:], want.Conversations[1:]
	if want.Contacts[0].Conversation != other.ID {
		want.Contacts[0] = b.load(t).Contacts[0]
	}
	b.commit(t, talk.Fill(t, 9)...)
	b.commit(t, node.PutRead{Conversation: talk.ID, Read: talk.Held()},
		node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: identity.DeviceID{1}, Held: talk.Held()}})
	if err := b.store.SaveDraft(t.Context(), talk.ID, "draft"); err != nil {
		t.Fatal(err)
	}
	// In one transaction: more entries, the end, and a new beginning.
	again := NewTalk(t, 1)
	b.commit(t, talk.Say(t, talk.Me, "more"), node.DeleteContact{Peer: talk.Them.Keys.Peer()}, node.DeleteContact{Peer: talk.Them.Keys.Peer()},
		node.PutContact{Contact: again.Contact()}, again.Say(t, again.Me, "once more"))
	row := must(t, func(ctx context.Context) (node.Row, error) { return b.store.Row(ctx, talk.ID) })
	if row.Draft != "" || row.Unread != 0 || row.Queued != 1 || row.Last == nil || row.Last.Text != "once more" {
		t.Errorf("the new beginning remembers: %+v", row)
	}
	b.commit(t, node.DeleteContact{Peer: talk.Them.Keys.Peer()})
	for range 2 {
		equal(t, "what is left", b.load(t), want)
		equal(t, "the timeline", len(b.before(t, talk.ID, journal.Order{}, 10)), 0)
		_, err := b.store.Message(t.Context(), again.Writes[0].Entry.Hash())
		refused(t, "a deleted message", err, node.ErrNotFound)
		_, err = b.store.Row(t.Context(), talk.ID)
		refused(t, "a deleted row", err, node.ErrNotFound)
		equal(t, "the other conversation", len(b.before(t, other.ID, journal.Order{}, 10)), 3)
		b.reopen(t)
	}
}

func testRows(t *testing.T, b *bench) {
	var talks []*Talk
	for i := range 5 {
		talk := NewTalk(t, uint64(i+1))
		contact := talk.Contact()
		contact.Since = Start.Add(time.Duration(i) * time.Millisecond)
		b.commit(t, node.PutContact{Contact: contact})
		talks = append(talks, talk)
	}
	ids := func() (found []uuid.UUID) {
		for _, row := range must(t, b.store.Rows) {
			found = append(found, row.Conversation)
		}
		return found
	}
	want := []uuid.UUID{talks[4].ID, talks[3].ID, talks[2].ID, talks[1].ID, talks[0].ID}
	equal(t, "the newest contact first", ids(), want)
	b.commit(t, talks[1].Fill(t, 3)...)
	// Its author's clock is a year ahead; it arrived before the others'.
	talks[2].Clock = Start.AddDate(1, 0, 0)
	ahead := talks[2].Say(t, talks[2].Them, "from the future")
	ahead.Arrived = Start.Add(time.Second)
	b.commit(t, ahead)
	want = []uuid.UUID{talks[1].ID, talks[2].ID, talks[4].ID, talks[3].ID, talks[0].ID}
	equal(t, "the newest activity first", ids(), want)
	for _, row := range must(t, b.store.Rows) {
		one := must(t, func(ctx context.Context) (node.Row, error) { return b.store.Row(ctx, row.Conversation) })
		equal(t, "a row on its own", one, row)
		page := b.before(t, row.Conversation, journal.Order{}, 1)
		if len(page) == 0 != (row.Last == nil) || row.Last != nil && !reflect.DeepEqual(page, []node.Message{*row.Last}) {
			t.Errorf("the last message is %v", row.Last)
		}
	}
	_, err := b.store.Row(t.Context(), uuid.UUID{7})
	refused(t, "an unknown row", err, node.ErrNotFound)
}

func testInterface(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	draft := func() string {
		t.Helper()
		return must(t, func(ctx context.Context) (string, error) { return b.store.Draft(ctx, talk.ID) })
	}
	equal(t, "no draft", draft(), "")
	for _, text := range []string{"half a sent", "half a sentence", "", "  spaces stay \n"} {
		if err := b.store.SaveDraft(t.Context(), talk.ID, text); err != nil {
			t.Fatal(err)
		}
		b.reopen(t)
		equal(t, "the draft", draft(), text)
		row := must(t, func(ctx context.Context) (node.Row, error) { return b.store.Row(ctx, talk.ID) })
		equal(t, "the row's draft", row.Draft, text)
	}
	refused(t, "a draft of no conversation", b.store.SaveDraft(t.Context(), uuid.UUID{1}, "x"), node.ErrNotFound)
	for _, value := range []string{"dark", "light", ""} {
		if err := b.store.SaveSetting(t.Context(), "theme", value); err != nil {
			t.Fatal(err)
		}
		b.reopen(t)
		equal(t, "the setting", must(t, func(ctx context.Context) (string, error) { return b.store.Setting(ctx, "theme") }), value)
	}
	equal(t, "another setting", must(t, func(ctx context.Context) (string, error) { return b.store.Setting(ctx, "language") }), "")
}

func testClosed(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	for range 2 {
		if err := b.store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.store.Commit(t.Context(), []node.Write{talk.Say(t, talk.Me, "late")}); err == nil {
		t.Error("committed after Close")
	}
	if _, err := b.store.Load(t.Context()); err == nil {
		t.Error("loaded after Close")
	}
	if _, err := b.store.PageBefore(t.Context(), talk.ID, journal.Order{}, 1); err == nil {
		t.Error("read after Close")
	}
	if err := b.store.SaveDraft(t.Context(), talk.ID, "late"); err == nil {
		t.Error("saved after Close")
	}
	b.store = b.disk.Open(t)
	equal(t, "the log", len(b.load(t).Conversations[0].Held), 0)
}
