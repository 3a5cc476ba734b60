package timeline_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// history draws a conversation of two to four authors, some with two devices,
// whose clocks are wrong by up to days. It holds entries of all kinds, also
// about messages of others, about no message, and with bodies of nonsense.
func history(t *rapid.T) *talk {
	one := newTalk(t)
	writers := []*writer{newWriter(1, 1), newWriter(2, 1), newWriter(1, 2), newWriter(3, 1), newWriter(4, 1)}
	writers = writers[:rapid.IntRange(2, len(writers)).Draw(t, "writers")]
	skew := make([]time.Duration, len(writers))
	for i := range skew {
		skew[i] = rapid.SampledFrom([]time.Duration{0, -72 * time.Hour, -time.Second, time.Minute, 48 * time.Hour}).Draw(t, "skew")
	}
	var targets []journal.Hash
	target := func() journal.Hash {
		if len(targets) == 0 || rapid.IntRange(0, 19).Draw(t, "unknown") == 0 {
			return journal.Hash{1}
		}
		return rapid.SampledFrom(targets).Draw(t, "target")
	}
	for step := range rapid.IntRange(1, 40).Draw(t, "steps") {
		index := rapid.IntRange(0, len(writers)-1).Draw(t, "who")
		who := writers[index]
		at := time.Duration(step)*time.Second + skew[index] + time.Duration(rapid.IntRange(-3000, 3000).Draw(t, "jitter"))*time.Millisecond
		switch rapid.SampledFrom([]string{"learn", "learn", "text", "text", "text", "reply", "edit", "edit", "delete", "react", "react", "react", "profile", "timer", "nonsense"}).Draw(t, "what") {
		case "learn":
			who.learn(rapid.SampledFrom(writers).Draw(t, "from"))
		case "text":
			body := one.must(journal.MessageBody(journal.Message{Text: fmt.Sprint("text ", step), Timer: time.Duration(rapid.IntRange(0, 2).Draw(t, "timer")) * time.Hour}))
			targets = append(targets, one.write(who, start.Add(at), kindText, body).Hash())
		case "reply":
			targets = append(targets, one.text(who, at, fmt.Sprint("reply ", step), target()).Hash())
		case "edit":
			targets = append(targets, one.edit(who, at, target(), fmt.Sprint("edit ", step)).Hash())
		case "delete":
			one.remove(who, at, target())
		case "react":
			one.react(who, at, target(), rapid.SampledFrom([]string{"👍", "❤", "❤️", "🇪🇺"}).Draw(t, "emoji"), rapid.Bool().Draw(t, "remove"))
		case "profile":
			one.profile(who, at, fmt.Sprint("name ", step))
		case "timer":
			one.timer(who, at, time.Duration(rapid.IntRange(0, 3).Draw(t, "stay"))*time.Hour)
		case "nonsense":
			kind := rapid.SampledFrom([]int32{1, 1, 2, 3, 4, 5, 6, 99}).Draw(t, "kind")
			targets = append(targets, one.write(who, start.Add(at), wire.EntryKind(kind), []byte{0xff}).Hash())
		}
	}
	// Some come without a body, or with and without.
	var copies []timeline.Entry
	for i := range one.entries {
		switch rapid.IntRange(0, 15).Draw(t, "copy") {
		case 0:
			one.entries[i] = erased(one.entries[i])
		case 1:
			copies = append(copies, erased(one.entries[i]))
		}
	}
	one.entries = append(one.entries, copies...)
	return one
}

// deliver applies entries in a drawn order and in drawn batches, and keeps
// rows from the changes alone.
func deliver(t *rapid.T, entries []timeline.Entry) (*timeline.Timeline, *rows) {
	folded, kept := timeline.New(conversation), newRows()
	waiting := rapid.Permutation(entries).Draw(t, "arrival")
	for len(waiting) > 0 {
		count := rapid.IntRange(1, len(waiting)).Draw(t, "batch")
		folded.Apply(waiting[:count]...)
		waiting = waiting[count:]
		kept.update(t, folded.Changes())
	}
	kept.update(t, folded.Changes())
	return folded, kept
}

func TestAnyOrderOfArrivalGivesTheSameTimeline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := history(t).entries
		one, oneRows := deliver(t, entries)
		other, otherRows := deliver(t, entries)
		want := reference(entries)

		if got := one.Messages(); !reflect.DeepEqual(got, want.messages) {
			t.Fatalf("messages:\n%+v\nwant by the rules:\n%+v", got, want.messages)
		}
		if !reflect.DeepEqual(one.Messages(), other.Messages()) || !reflect.DeepEqual(one.Profiles(), other.Profiles()) || one.Timer() != other.Timer() {
			t.Fatal("two orders of arrival give two timelines")
		}
		if !reflect.DeepEqual(one.Profiles(), want.profiles) || one.Timer() != want.timer {
			t.Fatalf("profiles %+v, timer %s, want %+v, %s", one.Profiles(), one.Timer(), want.profiles, want.timer)
		}
		for _, kept := range []*rows{oneRows, otherRows} {
			if len(kept.messages)+len(want.messages) > 0 && !reflect.DeepEqual(kept.all(), want.messages) {
				t.Fatalf("rows made from changes:\n%+v\nwant\n%+v", kept.all(), want.messages)
			}
			if !maps.Equal(kept.erase, want.erase) {
				t.Fatalf("bodies to erase: %v, want %v", kept.erase, want.erase)
			}
			for _, profile := range one.Profiles() {
				if kept.profiles[profile.Author] != profile {
					t.Fatal("a profile did not reach the rows")
				}
			}
		}
	})
}

// TestOneMessageAlone: the fold over one message and what is about it, trimmed
// in any order of arrival, gives what the whole conversation gives.
func TestOneMessageAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := history(t).entries
		whole, _ := deliver(t, entries)
		bases, about := make(map[journal.Hash]timeline.Base), make(map[journal.Hash][]timeline.Part)
		seen := make(map[journal.Hash]bool)
		for _, entry := range rapid.Permutation(entries).Draw(t, "arrival") {
			hash := entry.Hash()
			if part, readable := timeline.PartOf(entry.Entry, entry.Order, entry.Author, entry.Arrived); readable && !seen[hash] {
				seen[hash] = true
				about[part.Target], _ = timeline.Trim(append(about[part.Target], part))
				if target, named := timeline.Target(entry.Entry); !named || target != part.Target {
					t.Fatal("two targets of one entry")
				}
			}
			if entry.Kind != kindText {
				continue
			}
			base := timeline.Base{Hash: hash, Order: entry.Order, Author: entry.Author, Claimed: entry.Claimed, Arrived: entry.Arrived, Erased: entry.Erased()}
			base.Content, _ = entry.Message()
			if before, there := bases[hash]; there && before.Erased {
				base.Erased = true
			}
			bases[hash] = base
		}
		for _, want := range whole.Messages() {
			if got := timeline.Fold(bases[want.Hash], about[want.Hash]); !reflect.DeepEqual(got, want) {
				t.Fatalf("alone:\n%+v\nin the conversation:\n%+v", got, want)
			}
		}
	})
}

func TestTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := history(t).entries
		folded, _ := deliver(t, entries)
		before := folded.Messages()
		folded.Apply(rapid.Permutation(entries).Draw(t, "again")...)
		if changes := folded.Changes(); !changes.Empty() {
			t.Fatalf("entries that were there changed %+v", changes)
		}
		if !reflect.DeepEqual(before, folded.Messages()) {
			t.Fatal("entries that were there changed the messages")
		}
	})
}

func TestTwoDevicesDifferInTimesOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := history(t).entries
		one, _ := deliver(t, entries)
		elsewhere := slices.Clone(entries)
		delay := time.Duration(rapid.IntRange(-100, 100).Draw(t, "hours")) * time.Hour
		for i := range elsewhere {
			elsewhere[i].Arrived = elsewhere[i].Arrived.Add(delay)
		}
		other, _ := deliver(t, elsewhere)
		if !reflect.DeepEqual(timeless(one.Messages()), timeless(other.Messages())) {
			t.Fatal("the arrival changed more than times")
		}
	})
}

func TestTheTimelineOfAPartGrowsIntoThatOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.Permutation(history(t).entries).Draw(t, "split")
		cut := rapid.IntRange(0, len(entries)).Draw(t, "cut")
		folded, kept := deliver(t, entries[:cut])
		if part := reference(entries[:cut]); !reflect.DeepEqual(folded.Messages(), part.messages) {
			t.Fatal("a part does not give its own timeline")
		}
		folded.Apply(entries[cut:]...)
		kept.update(t, folded.Changes())
		if want := reference(entries); !reflect.DeepEqual(folded.Messages(), want.messages) || !maps.Equal(kept.erase, want.erase) {
			t.Fatal("the rest does not give the timeline of all")
		}
	})
}

// TestADeletionErasesInEveryInterleaving goes through all 5,040 orders of
// seven entries, with the changes taken after each entry and only at the end.
func TestADeletionErasesInEveryInterleaving(t *testing.T) {
	one := newTalk(t)
	alice, bob := newWriter(1, 1), newWriter(2, 1)
	message := one.text(alice, 0, "secret", journal.Hash{})
	bob.learn(alice)
	first := one.edit(alice, time.Second, message.Hash(), "secret!")
	one.react(bob, 2*time.Second, message.Hash(), "👍", false)
	answer := one.text(bob, 3*time.Second, "what?", message.Hash())
	one.remove(alice, 4*time.Second, message.Hash())
	last := one.edit(alice, 5*time.Second, message.Hash(), "secret again")
	one.edit(bob, 6*time.Second, message.Hash(), "not mine")
	want := map[journal.Hash]int{message.Hash(): 1, first.Hash(): 1, last.Hash(): 1}

	permute(one.entries, func(entries []timeline.Entry) {
		for _, each := range []bool{true, false} {
			folded, kept := timeline.New(conversation), newRows()
			for i, entry := range entries {
				folded.Apply(entry)
				if each || i == len(entries)-1 {
					kept.update(t, folded.Changes())
				}
			}
			all := kept.all()
			if len(all) != 2 || !reflect.DeepEqual(all, folded.Messages()) {
				t.Fatalf("messages %+v", all)
			}
			gone := timeline.Message{Hash: message.Hash(), Order: message.Order, Author: alice.author, Times: timeline.Times{Shown: start}, Deleted: true}
			if !reflect.DeepEqual(all[0], gone) {
				t.Fatalf("something is left: %+v", all[0])
			}
			if all[1].Hash != answer.Hash() || all[1].Text != "what?" || all[1].Reply != message.Hash() {
				t.Fatalf("the answer is %+v", all[1])
			}
			if !maps.Equal(kept.erase, want) {
				t.Fatalf("erased %v, want %v", kept.erase, want)
			}
		}
	})
}

// permute calls with every order of entries.
func permute(entries []timeline.Entry, with func([]timeline.Entry)) {
	var place func(int)
	place = func(at int) {
		if at == len(entries) {
			with(entries)
			return
		}
		for i := at; i < len(entries); i++ {
			entries[at], entries[i] = entries[i], entries[at]
			place(at + 1)
			entries[at], entries[i] = entries[i], entries[at]
		}
	}
	place(0)
}

// timeless returns messages without what depends on this device.
func timeless(messages []timeline.Message) []timeline.Message {
	for i := range messages {
		messages[i].Times, messages[i].Edited = timeline.Times{}, timeline.Times{}
	}
	return messages
}
