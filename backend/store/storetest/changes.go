package storetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// made returns the body that a builder made.
func made(t testing.TB, body []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// Tell makes a message with all that one can say.
func (k *Talk) Tell(t testing.TB, who *Person, message journal.Message) node.AppendEntry {
	t.Helper()
	body, err := journal.MessageBody(message)
	return k.Append(t, who, wire.EntryKind_ENTRY_KIND_TEXT, made(t, body, err))
}

// Edit makes an edit.
func (k *Talk) Edit(t testing.TB, who *Person, target journal.Hash, text string) node.AppendEntry {
	t.Helper()
	body, err := journal.EditBody(journal.Edit{Target: target, Text: text})
	return k.Append(t, who, wire.EntryKind_ENTRY_KIND_EDIT, made(t, body, err))
}

// Remove makes a deletion for everyone.
func (k *Talk) Remove(t testing.TB, who *Person, target journal.Hash) node.AppendEntry {
	t.Helper()
	body, err := journal.DeleteBody(target)
	return k.Append(t, who, wire.EntryKind_ENTRY_KIND_DELETE, made(t, body, err))
}

// React makes a reaction.
func (k *Talk) React(t testing.TB, who *Person, target journal.Hash, emoji string, remove bool) node.AppendEntry {
	t.Helper()
	body, err := journal.ReactionBody(journal.Reaction{Target: target, Emoji: emoji, Remove: remove})
	return k.Append(t, who, wire.EntryKind_ENTRY_KIND_REACTION, made(t, body, err))
}

// history draws a conversation of two people, one with two devices' logs, who
// write all kinds of entries about one another's messages and about nothing.
func history(t *testing.T, r *rapid.T, talk *Talk) {
	targets := []journal.Hash{{1}}
	skew := rapid.SampledFrom([]time.Duration{0, -48 * time.Hour, 48 * time.Hour}).Draw(r, "skew")
	for i := range rapid.IntRange(1, 40).Draw(r, "entries") {
		who := talk.Me
		if rapid.Bool().Draw(r, "theirs") {
			who = talk.Them
			talk.Them.Epoch = rapid.Uint32Range(1, 2).Draw(r, "epoch")
		}
		talk.Apart = rapid.Bool().Draw(r, "apart")
		talk.Clock = Start.Add(time.Duration(i) * time.Second)
		if who == talk.Them {
			talk.Clock = talk.Clock.Add(skew)
		}
		target := rapid.SampledFrom(targets).Draw(r, "target")
		switch rapid.SampledFrom([]string{"text", "text", "answer", "edit", "edit", "delete", "react", "react", "nonsense"}).Draw(r, "what") {
		case "text":
			timer := time.Duration(rapid.IntRange(0, 1).Draw(r, "timer")) * time.Hour
			targets = append(targets, talk.Tell(t, who, journal.Message{Text: fmt.Sprint("text ", i), Timer: timer}).Entry.Hash())
		case "answer":
			targets = append(targets, talk.Tell(t, who, journal.Message{Text: fmt.Sprint("answer ", i), Reply: target}).Entry.Hash())
		case "edit":
			talk.Edit(t, who, target, fmt.Sprint("edit ", i))
		case "delete":
			talk.Remove(t, who, target)
		case "react":
			talk.React(t, who, target, rapid.SampledFrom([]string{"👍", "❤", "❤️"}).Draw(r, "emoji"), rapid.Bool().Draw(r, "remove"))
		case "nonsense":
			kind := rapid.SampledFrom([]wire.EntryKind{1, 2, 3, 4, 99}).Draw(r, "kind")
			targets = append(targets, talk.Append(t, who, kind, []byte{0xff}).Entry.Hash())
		}
	}
}

// erasedCopy is a write as it comes from somebody who erased it.
func erasedCopy(write node.AppendEntry) node.AppendEntry {
	write.Entry.Salt, write.Entry.Body = nil, nil
	return write
}

// testFold compares what the store shows, whatever came first, with the pure
// fold over all entries.
func testFold(t *testing.T, b *bench) {
	other := &bench{disk: b.newDisk(t)}
	other.store = other.disk.Open(t)
	defer func() {
		if err := other.store.Close(); err != nil {
			t.Error(err)
		}
	}()
	seed := uint64(0)
	rapid.Check(t, func(r *rapid.T) {
		seed++
		talk := NewTalk(t, seed)
		binary.BigEndian.PutUint64(talk.ID[8:], seed|1<<63) // many more than NewTalk tells apart
		history(t, r, talk)
		for i := range talk.Writes {
			if rapid.IntRange(0, 15).Draw(r, "erased") == 0 {
				talk.Writes[i] = erasedCopy(talk.Writes[i])
			}
		}
		want := timeline.New(talk.ID)
		for _, write := range talk.Writes {
			want.Apply(timeline.Entry{Entry: write.Entry, Order: write.Order, Author: write.Author, Arrived: write.Arrived})
		}
		deliver(t, r, b.store, talk, talk.Writes)
		deliver(t, r, other.store, talk, reversed(talk.Writes))
		erase := make(map[journal.Hash]bool)
		for _, hash := range want.Changes().Erase {
			erase[hash] = true
		}
		for _, one := range []*bench{b, other} {
			if err := compareFold(t.Context(), one.store, talk, want, erase); err != nil {
				r.Fatal(err)
			}
		}
	})
}

// reversed is the other way round as far as logs allow: the log whose first
// entry came last comes first.
func reversed(writes []node.AppendEntry) []node.AppendEntry {
	var logs []journal.Log
	byLog := make(map[journal.Log][]node.AppendEntry)
	for _, write := range writes {
		if byLog[write.Entry.Log] == nil {
			logs = append(logs, write.Entry.Log)
		}
		byLog[write.Entry.Log] = append(byLog[write.Entry.Log], write)
	}
	var all []node.AppendEntry
	for _, log := range slices.Backward(logs) {
		all = append(all, byLog[log]...)
	}
	return all
}

func deliver(t *testing.T, r *rapid.T, store Store, talk *Talk, writes []node.AppendEntry) {
	t.Helper()
	batch := []node.Write{node.PutContact{Contact: talk.Contact()}}
	for i, write := range writes {
		batch = append(batch, write)
		if i < len(writes)-1 && rapid.Bool().Draw(r, "together") {
			continue
		}
		if err := store.Commit(t.Context(), batch); err != nil {
			r.Fatal(err)
		}
		batch = nil
	}
}

func compareFold(ctx context.Context, store Store, talk *Talk, want *timeline.Timeline, erase map[journal.Hash]bool) error {
	messages, err := store.PageAfter(ctx, talk.ID, journal.Order{}, len(talk.Writes)+1)
	if err != nil {
		return err
	}
	var shown []timeline.Message
	for _, message := range want.Messages() {
		if !message.Erased {
			shown = append(shown, message)
		}
	}
	if len(messages) != len(shown) {
		return fmt.Errorf("%d messages, the entries make %d", len(messages), len(shown))
	}
	unread := 0
	for i, message := range messages {
		if got, wanted := plainly(message), foldedPlainly(shown[i]); got != wanted {
			return fmt.Errorf("message %d is\n%s\nthe entries make\n%s", i, got, wanted)
		}
		alone, failure := store.Message(ctx, message.Hash)
		if failure != nil || plainly(alone) != plainly(message) {
			return fmt.Errorf("alone it is %s: %w", plainly(alone), failure)
		}
		if !message.Mine && !message.Deleted {
			unread++
		}
	}
	row, err := store.Row(ctx, talk.ID)
	if err != nil || row.Unread != unread {
		return fmt.Errorf("%d unread, the entries make %d: %w", row.Unread, unread, err)
	}
	if (row.Last == nil) != (len(messages) == 0) || row.Last != nil && plainly(*row.Last) != plainly(messages[len(messages)-1]) {
		return fmt.Errorf("the last message of the row is %v", row.Last)
	}
	return compareBodies(ctx, store, talk, erase)
}

// compareBodies sees that exactly the bodies are gone that have to go.
func compareBodies(ctx context.Context, store Store, talk *Talk, erase map[journal.Hash]bool) error {
	for _, write := range talk.Writes {
		kept, err := store.Entries(ctx, talk.ID, write.Entry.Log, write.Entry.Sequence-1, 1)
		if err != nil || len(kept) != 1 || kept[0].Hash() != write.Entry.Hash() || kept[0].Verify() != nil {
			return fmt.Errorf("an entry does not come back: %w", err)
		}
		if kept[0].Erased() != (erase[kept[0].Hash()] || write.Entry.Erased()) {
			return fmt.Errorf("entry %d of kind %v is erased: %v", kept[0].Sequence, kept[0].Kind, kept[0].Erased())
		}
	}
	return nil
}

// plainly says what matters of a message in one line.
func plainly(m node.Message) string {
	words := []string{fmt.Sprintf("%v deleted=%v %q timer=%s edited=%v", m.Hash, m.Deleted, m.Text, m.Timer, m.Edited.UnixMilli())}
	if m.Reply != nil {
		words = append(words, fmt.Sprintf("answers %v", m.Reply.Message))
	}
	for _, reaction := range m.Reactions {
		words = append(words, fmt.Sprintf("%s %v", reaction.Emoji, reaction.Authors))
	}
	return strings.Join(words, " ")
}

func foldedPlainly(m timeline.Message) string {
	same := node.Message{Hash: m.Hash, Deleted: m.Deleted, Text: m.Text, Timer: m.Timer, Edited: m.Edited.Shown}
	if !m.Reply.IsZero() {
		same.Reply = &node.Reply{Message: m.Reply}
	}
	for _, reaction := range m.Reactions {
		same.Reactions = append(same.Reactions, node.Reaction{Emoji: reaction.Emoji, Authors: reaction.Authors})
	}
	return plainly(same)
}

func (b *bench) message(t *testing.T, hash journal.Hash) node.Message {
	t.Helper()
	return must(t, func(ctx context.Context) (node.Message, error) { return b.store.Message(ctx, hash) })
}

func (b *bench) row(t *testing.T, conversation uuid.UUID) node.Row {
	t.Helper()
	return must(t, func(ctx context.Context) (node.Row, error) { return b.store.Row(ctx, conversation) })
}

func testChanges(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	theirs := talk.Say(t, talk.Them, "helo")
	name := theirs.Entry.Hash()
	b.commit(t, theirs)
	talk.Clock = talk.Clock.Add(time.Minute)
	b.commit(t, talk.Edit(t, talk.Them, name, "hello"), talk.React(t, talk.Me, name, "👍", false), talk.React(t, talk.Them, name, "👍", false),
		talk.Edit(t, talk.Me, name, "not mine"), talk.Remove(t, talk.Me, name))
	want := node.Message{
		Hash: name, Conversation: talk.ID, Log: theirs.Entry.Log, Sequence: 1, Order: theirs.Order, Author: theirs.Author, Claimed: theirs.Entry.Claimed,
		Arrived: theirs.Arrived, Text: "hello", Edited: talk.Clock,
		Reactions: []node.Reaction{{Emoji: "👍", Authors: []identity.PeerID{talk.Me.Keys.Peer(), talk.Them.Keys.Peer()}, Mine: true}},
	}
	for range 2 {
		equal(t, "alone", b.message(t, name), want)
		equal(t, "on a page", b.before(t, talk.ID, journal.Order{}, 9), []node.Message{want})
		equal(t, "in the list", b.row(t, talk.ID).Last, &want)
		equal(t, "unread", b.row(t, talk.ID).Unread, 1)
		b.reopen(t)
	}
	b.commit(t, talk.React(t, talk.Me, name, "👍", true))
	equal(t, "taken away", b.message(t, name).Reactions, []node.Reaction{{Emoji: "👍", Authors: []identity.PeerID{talk.Them.Keys.Peer()}}})
	b.commit(t, talk.Remove(t, talk.Them, name))
	late := talk.Edit(t, talk.Them, name, "too late")
	b.commit(t, late, talk.React(t, talk.Me, name, "👍", false))
	for range 2 {
		equal(t, "deleted", b.message(t, name), node.Message{
			Hash: name, Conversation: talk.ID, Log: theirs.Entry.Log, Sequence: 1, Order: theirs.Order, Author: theirs.Author,
			Claimed: theirs.Entry.Claimed, Arrived: theirs.Arrived, Deleted: true,
		})
		row := b.row(t, talk.ID)
		equal(t, "the row", row.Last != nil && row.Last.Deleted && row.Unread == 0, true)
		for _, entry := range must(t, func(ctx context.Context) ([]journal.Entry, error) {
			return b.store.Entries(ctx, talk.ID, talk.Log(talk.Them), 0, 1<<20)
		}) {
			words := entry.Kind == wire.EntryKind_ENTRY_KIND_TEXT || entry.Kind == wire.EntryKind_ENTRY_KIND_EDIT
			if entry.Erased() != words {
				t.Errorf("an entry of kind %v: erased %v", entry.Kind, entry.Erased())
			}
		}
		b.reopen(t)
	}
}

func testAnswers(t *testing.T, b *bench) {
	talk, elsewhere := b.begin(t, 1), b.begin(t, 2)
	question := talk.Say(t, talk.Them, "who?")
	strange := elsewhere.Say(t, elsewhere.Them, "not here")
	answer := talk.Tell(t, talk.Me, journal.Message{Text: "I", Reply: question.Entry.Hash()})
	lost := talk.Tell(t, talk.Me, journal.Message{Text: "what?", Reply: journal.Hash{5}})
	foreign := talk.Tell(t, talk.Me, journal.Message{Text: "that", Reply: strange.Entry.Hash()})
	b.commit(t, strange, question, answer, lost, foreign)
	want := &node.Reply{Message: question.Entry.Hash(), Here: true, Author: question.Author, Text: "who?"}
	equal(t, "an answer", b.message(t, answer.Entry.Hash()).Reply, want)
	equal(t, "an answer to what is not there", b.message(t, lost.Entry.Hash()).Reply, &node.Reply{Message: journal.Hash{5}})
	equal(t, "to another conversation", b.message(t, foreign.Entry.Hash()).Reply, &node.Reply{Message: strange.Entry.Hash()})
	long := fmt.Sprintf("%0300d", 0)
	b.commit(t, talk.Edit(t, talk.Them, question.Entry.Hash(), long))
	want.Text = long[:node.ReplyText]
	equal(t, "as it stands, and not all of it", b.message(t, answer.Entry.Hash()).Reply, want)
	b.commit(t, talk.Remove(t, talk.Them, question.Entry.Hash()))
	want.Text, want.Deleted = "", true
	equal(t, "after it was deleted", b.message(t, answer.Entry.Hash()).Reply, want)
}

// testWaiting has more about a message arrive before it than counts.
func testWaiting(t *testing.T, b *bench) {
	talk := b.begin(t, 1)
	talk.Apart = true
	message := talk.Say(t, talk.Them, "first")
	name := message.Entry.Hash()
	elsewhere := b.begin(t, 2)
	b.commit(t, elsewhere.React(t, elsewhere.Them, name, "🎉", false)) // a stranger to this conversation
	for i := range timeline.MostReactions + 5 {
		emoji := "👍"
		if i == 0 {
			emoji = "❤"
		}
		b.commit(t, talk.React(t, talk.Me, name, emoji, false))
	}
	b.commit(t, message)
	for i := range timeline.MostEdits + 5 {
		b.commit(t, talk.Edit(t, talk.Them, name, fmt.Sprint("edit ", i)))
	}
	b.reopen(t)
	got := b.message(t, name)
	equal(t, "the text", got.Text, fmt.Sprint("edit ", timeline.MostEdits+4))
	equal(t, "reactions", got.Reactions, []node.Reaction{{Emoji: "👍", Authors: []identity.PeerID{talk.Me.Keys.Peer()}, Mine: true}})
	kept := 0
	for _, entry := range must(t, func(ctx context.Context) ([]journal.Entry, error) {
		return b.store.Entries(ctx, talk.ID, talk.Log(talk.Them), 0, 1<<20)
	}) {
		if !entry.Erased() {
			kept++
		}
	}
	equal(t, "bodies that are kept", kept, 1+timeline.MostEdits)
}
