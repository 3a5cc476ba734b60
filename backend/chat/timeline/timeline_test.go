package timeline_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestRulesAboutOneMessage: each case is one message of Alice and what others
// say about it, applied forwards and backwards.
func TestRulesAboutOneMessage(t *testing.T) {
	type people struct{ alice, phone, bob *writer }
	groups := func(groups ...timeline.Reaction) []timeline.Reaction { return groups }
	alice, bob := identity.PeerID{1}, identity.PeerID{2}
	for _, test := range []struct {
		name  string
		write func(k *talk, by people, message journal.Hash)
		want  timeline.Message // without hash, order, author, times
	}{
		{"nothing", func(*talk, people, journal.Hash) {}, timeline.Message{Text: "hello"}},
		{"the author edits", func(k *talk, by people, message journal.Hash) {
			k.edit(by.alice, time.Second, message, "hello!")
		}, timeline.Message{Text: "hello!", Edits: 1}},
		{"another device of the author edits", func(k *talk, by people, message journal.Hash) {
			k.edit(by.phone, time.Second, message, "hello!")
		}, timeline.Message{Text: "hello!", Edits: 1}},
		{"somebody else edits", func(k *talk, by people, message journal.Hash) {
			k.edit(by.bob, time.Second, message, "goodbye")
		}, timeline.Message{Text: "hello"}},
		{"the last edit by order wins", func(k *talk, by people, message journal.Hash) {
			k.edit(by.phone, 3*time.Second, message, "third")
			k.edit(by.alice, 2*time.Second, message, "second")
		}, timeline.Message{Text: "third", Edits: 2}},
		{"an edit that stands before its message counts", func(k *talk, by people, message journal.Hash) {
			by.phone.held = make(map[journal.Log]journal.Head)
			k.edit(by.phone, -time.Hour, message, "early")
		}, timeline.Message{Text: "early", Edits: 1}},
		{"the author deletes", func(k *talk, by people, message journal.Hash) {
			k.remove(by.alice, time.Second, message)
		}, timeline.Message{Deleted: true}},
		{"somebody else deletes", func(k *talk, by people, message journal.Hash) {
			k.remove(by.bob, time.Second, message)
		}, timeline.Message{Text: "hello"}},
		{"a deletion wins over a later edit", func(k *talk, by people, message journal.Hash) {
			k.remove(by.alice, time.Second, message)
			k.edit(by.alice, 2*time.Second, message, "still here")
			k.react(by.bob, 3*time.Second, message, "👍", false)
		}, timeline.Message{Deleted: true}},
		{"reactions stand by their first author", func(k *talk, by people, message journal.Hash) {
			k.react(by.bob, 3*time.Second, message, "👍", false)
			k.react(by.alice, 2*time.Second, message, "🎉", false)
			k.react(by.alice, 4*time.Second, message, "👍", false)
		}, timeline.Message{Text: "hello", Reactions: groups(timeline.Reaction{Emoji: "🎉", Authors: []identity.PeerID{alice}}, timeline.Reaction{Emoji: "👍", Authors: []identity.PeerID{bob, alice}})}},
		{"a reaction is taken away", func(k *talk, by people, message journal.Hash) {
			k.react(by.bob, time.Second, message, "👍", false)
			k.react(by.bob, 2*time.Second, message, "👍", true)
		}, timeline.Message{Text: "hello"}},
		{"and put back", func(k *talk, by people, message journal.Hash) {
			k.react(by.bob, time.Second, message, "👍", false)
			k.react(by.bob, 2*time.Second, message, "👍", true)
			k.react(by.bob, 3*time.Second, message, "👍", false)
		}, timeline.Message{Text: "hello", Reactions: groups(timeline.Reaction{Emoji: "👍", Authors: []identity.PeerID{bob}})}},
		{"one's own only", func(k *talk, by people, message journal.Hash) {
			k.react(by.bob, time.Second, message, "👍", false)
			k.react(by.alice, 2*time.Second, message, "👍", true)
		}, timeline.Message{Text: "hello", Reactions: groups(timeline.Reaction{Emoji: "👍", Authors: []identity.PeerID{bob}})}},
		{"style marks make no difference", func(k *talk, by people, message journal.Hash) {
			k.react(by.alice, time.Second, message, "❤", false)
			k.react(by.bob, 2*time.Second, message, "❤️", false)
			k.react(by.alice, 3*time.Second, message, "❤️", true)
		}, timeline.Message{Text: "hello", Reactions: groups(timeline.Reaction{Emoji: "❤️", Authors: []identity.PeerID{bob}})}},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := newTalk(t)
			by := people{newWriter(1, 1), newWriter(1, 2), newWriter(2, 1)}
			message := k.text(by.alice, 0, "hello", journal.Hash{})
			by.phone.learn(by.alice)
			by.bob.learn(by.alice)
			test.write(k, by, message.Hash())
			test.want.Hash, test.want.Order, test.want.Author = message.Hash(), message.Order, alice
			forwards := fold(k.entries...)
			slices.Reverse(k.entries)
			for _, folded := range []*timeline.Timeline{forwards, fold(k.entries...)} {
				if got := timeless(folded.Messages()); !reflect.DeepEqual(got, []timeline.Message{test.want}) {
					t.Errorf("got  %+v\nwant %+v", got, test.want)
				}
			}
		})
	}
}

func TestWhatIsNoMessageIsLeftAlone(t *testing.T) {
	k := newTalk(t)
	alice, bob := newWriter(1, 1), newWriter(2, 1)
	message := k.text(alice, 0, "hello", journal.Hash{})
	bob.learn(alice)
	folded := fold(message)
	folded.Changes()

	edit := k.edit(alice, time.Second, journal.Hash{7}, "of nothing that is here")
	reaction := k.react(bob, time.Second, edit.Hash(), "👍", false)
	ignored := []timeline.Entry{
		edit, reaction,
		k.edit(bob, 2*time.Second, message.Hash(), "not mine"),
		k.remove(bob, 2*time.Second, message.Hash()),
		k.remove(alice, 2*time.Second, edit.Hash()),
		k.react(bob, 2*time.Second, message.Hash(), "👍", true),
		k.write(bob, start, kindText, []byte{0xff}),
		k.write(bob, start, kindEdit, []byte{0xff}),
		k.write(bob, start, wire.EntryKind(99), []byte("from a newer version")),
		erased(k.react(bob, 3*time.Second, message.Hash(), "🎉", false)),
		erased(k.remove(alice, 3*time.Second, message.Hash())),
		k.write(bob, start, kindProfile, k.must(journal.ProfileBody(journal.Profile{Name: "\u202e \t", Color: 1}))),
	}
	elsewhere := k.text(alice, 4*time.Second, "elsewhere", journal.Hash{})
	elsewhere.Conversation = uuid.Max
	folded.Apply(append(ignored, elsewhere)...)
	if changes := folded.Changes(); !changes.Empty() {
		t.Errorf("it changed %+v", changes)
	}
	if got := only(t, folded); got.Text != "hello" {
		t.Errorf("message %+v", got)
	}
}

func TestABodyThatComesLaterCounts(t *testing.T) {
	k := newTalk(t)
	alice := newWriter(1, 1)
	message := k.text(alice, 0, "hello", journal.Hash{})
	gone := k.remove(alice, time.Second, message.Hash())
	folded := fold(message, erased(gone))
	if got := only(t, folded); got.Deleted {
		t.Errorf("a deletion without its body deleted %+v", got)
	}
	folded.Apply(gone)
	if got := only(t, folded); !got.Deleted || got.Text != "" {
		t.Errorf("not deleted: %+v", got)
	}
}

func TestErasedMessagesStayErased(t *testing.T) {
	k := newTalk(t)
	alice, bob := newWriter(1, 1), newWriter(2, 1)
	message := k.text(alice, 0, "for a minute", journal.Hash{})
	bob.learn(alice)
	edit := k.edit(alice, time.Second, message.Hash(), "for one minute")
	reaction := k.react(bob, 2*time.Second, message.Hash(), "👍", false)
	folded := fold(message, edit, reaction)
	if got := only(t, folded); got.Text != "for one minute" || len(got.Reactions) != 1 {
		t.Fatalf("before: %+v", got)
	}
	folded.Changes()

	folded.Apply(erased(message))
	want := timeline.Message{Hash: message.Hash(), Order: message.Order, Author: alice.author, Times: timeline.Times{Shown: start}, Erased: true}
	changes := folded.Changes()
	if !reflect.DeepEqual(changes.Changed, []timeline.Message{want}) || len(changes.Inserted) != 0 {
		t.Errorf("changes %+v", changes)
	}
	if !slices.Equal(changes.Erase, sortHashes([]journal.Hash{message.Hash(), edit.Hash()})) {
		t.Errorf("erase %v", changes.Erase)
	}
	folded.Apply(message)
	late := k.edit(alice, 3*time.Second, message.Hash(), "back again")
	folded.Apply(late)
	if changes = folded.Changes(); len(changes.Changed) != 0 || !slices.Equal(changes.Erase, []journal.Hash{late.Hash()}) {
		t.Errorf("a late edit: %+v", changes)
	}
	folded.Apply(k.remove(alice, 4*time.Second, message.Hash()))
	want.Erased, want.Deleted = false, true
	if got := only(t, folded); !reflect.DeepEqual(got, want) {
		t.Errorf("deleted after it was erased: %+v", got)
	}
}

func TestATextThatCannotBeReadCanBeDeleted(t *testing.T) {
	k := newTalk(t)
	alice := newWriter(1, 1)
	broken := k.write(alice, start, kindText, []byte{0xff})
	folded := fold(broken)
	if _, there := folded.Message(broken.Hash()); there || len(folded.Messages()) != 0 {
		t.Error("it is shown")
	}
	folded.Apply(k.remove(alice, time.Second, broken.Hash()))
	changes := folded.Changes()
	if len(changes.Inserted) != 1 || !changes.Inserted[0].Deleted || !slices.Equal(changes.Erase, []journal.Hash{broken.Hash()}) {
		t.Errorf("changes %+v", changes)
	}
	// Somebody who was given it without its body shows the same.
	other := fold(erased(broken), k.entries[1])
	if !reflect.DeepEqual(other.Messages(), folded.Messages()) {
		t.Errorf("%+v and %+v", other.Messages(), folded.Messages())
	}
}

// TestATimerHoldsForNothingThatIsThere: a text has its own, and a backdated
// TIMER is no way to erase what others wrote.
func TestATimerHoldsForNothingThatIsThere(t *testing.T) {
	k := newTalk(t)
	alice, bob := newWriter(1, 1), newWriter(2, 1)
	forGood := k.text(alice, 0, "for good", journal.Hash{})
	timed := k.write(alice, start.Add(time.Minute), kindText, k.must(journal.MessageBody(journal.Message{Text: "for a day", Timer: 24 * time.Hour})))
	k.timer(bob, 2*time.Minute, time.Hour)
	k.timer(bob, -time.Hour, time.Second) // the last by its log, whatever its clock says
	folded := fold(k.entries...)
	for hash, want := range map[journal.Hash]time.Duration{forGood.Hash(): 0, timed.Hash(): 24 * time.Hour} {
		if got, there := folded.Message(hash); !there || got.Timer != want {
			t.Errorf("timer %s, want %s", got.Timer, want)
		}
	}
	if folded.Timer() != time.Second {
		t.Errorf("the conversation's timer is %s", folded.Timer())
	}
	slices.Reverse(k.entries)
	if other := fold(k.entries...); other.Timer() != time.Second {
		t.Errorf("backwards it is %s", other.Timer())
	}
}

// TestOnlyTheLastCount: of many edits and reactions of one author the last by
// order are kept, whatever came first, and the bodies of the other edits go.
func TestOnlyTheLastCount(t *testing.T) {
	k := newTalk(t)
	alice, bob := newWriter(1, 1), newWriter(2, 1)
	message := k.text(alice, 0, "first", journal.Hash{})
	bob.learn(alice)
	erase := make([]journal.Hash, 0, 4)
	for i := range timeline.MostEdits + 4 {
		edit := k.edit(alice, time.Duration(i)*time.Second, message.Hash(), fmt.Sprint("edit ", i))
		if i < 4 {
			erase = append(erase, edit.Hash())
		}
	}
	k.react(bob, time.Second, message.Hash(), "🎉", false)
	for i := range timeline.MostReactions {
		k.react(bob, 2*time.Second, message.Hash(), "👍", i%2 == 0)
	}
	forwards := fold(k.entries...)
	slices.Reverse(k.entries)
	for _, folded := range []*timeline.Timeline{forwards, fold(k.entries...)} {
		got := only(t, folded)
		if got.Text != "edit 19" || got.Edits != timeline.MostEdits || len(got.Reactions) != 1 || got.Reactions[0].Emoji != "👍" {
			t.Errorf("message %+v", got)
		}
		if changes := folded.Changes(); !slices.Equal(changes.Erase, sortHashes(slices.Clone(erase))) {
			t.Errorf("erase %v, want %v", changes.Erase, erase)
		}
	}
}

func TestTheLastProfileByOrderStands(t *testing.T) {
	k := newTalk(t)
	alice, bob := newWriter(1, 1), newWriter(2, 1)
	first, last := k.profile(alice, 0, "Alice"), k.profile(alice, time.Second, "Ada")
	strange := k.write(bob, start, kindProfile, k.must(journal.ProfileBody(journal.Profile{Name: " B\u202eob\n", Color: 77, About: "one\ntwo"})))
	folded := fold(last)
	if got := folded.Changes(); len(got.Profiles) != 1 || got.Profiles[0].Name != "Ada" {
		t.Errorf("changes %+v", got)
	}
	folded.Apply(first)
	if got := folded.Changes(); !got.Empty() {
		t.Errorf("an earlier one changed %+v", got)
	}
	folded.Apply(strange)
	want := []timeline.Profile{
		{Author: alice.author, Name: "Ada", Color: 3, About: "about Ada", Entry: last.Hash()},
		{Author: bob.author, Name: "Bob", Color: 8, About: "one two", Entry: strange.Hash()},
	}
	if got := folded.Profiles(); !reflect.DeepEqual(got, want) {
		t.Errorf("profiles %+v", got)
	}
}

func TestTimesOf(t *testing.T) {
	after := func(offset time.Duration) time.Time { return start.Add(offset) }
	for _, test := range []struct {
		name    string
		claimed time.Time
		arrived time.Time
		want    timeline.Times
	}{
		{"at once", start, start, timeline.Times{Shown: start}},
		{"five minutes on its way", start, after(5 * time.Minute), timeline.Times{Shown: start}},
		{"longer", start, after(5*time.Minute + 1), timeline.Times{Shown: start, Claimed: start, Arrived: after(5*time.Minute + 1)}},
		{"a little ahead", after(time.Minute), start, timeline.Times{Shown: start}},
		{"far ahead", after(48 * time.Hour), start, timeline.Times{Shown: start, Claimed: after(48 * time.Hour), Arrived: start}},
		{"arrival not known", start, time.Time{}, timeline.Times{Shown: start}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := timeline.TimesOf(test.claimed, test.arrived); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestEquivocationHasOnePlace: two entries of one log with one sequence have
// one order, and still stand the same way round for everybody.
func TestEquivocationHasOnePlace(t *testing.T) {
	k := newTalk(t)
	alice, twin := newWriter(1, 1), newWriter(1, 1)
	one, other := k.text(alice, 0, "one", journal.Hash{}), k.text(twin, 0, "other", journal.Hash{})
	if one.Order != other.Order || one.Hash() == other.Hash() {
		t.Fatal("not an equivocation")
	}
	if a, b := fold(one, other).Messages(), fold(other, one).Messages(); len(a) != 2 || !reflect.DeepEqual(a, b) {
		t.Errorf("%+v and %+v", a, b)
	}
}
