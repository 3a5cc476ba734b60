package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/journal"
)

// long returns a conversation of two with as many entries: of each ten seven
// are messages, one an edit, one a reaction, and one a deletion or a timer.
func long(b *testing.B, count int) []timeline.Entry {
	b.Helper()
	k := newTalk(b)
	writers := []*writer{newWriter(1, 1), newWriter(2, 1)}
	var last [2]journal.Hash
	for i := range count {
		side := i / 5 % 2
		who, at := writers[side], time.Duration(i)*time.Second
		who.learn(writers[1-side])
		switch {
		case i%10 == 4:
			k.edit(who, at, last[side], fmt.Sprintf("message %d, as it should have been written", i))
		case i%10 == 7:
			k.react(who, at, last[1-side], "👍", false)
		case i%1000 == 9:
			k.timer(who, at, time.Duration(i%7)*time.Hour)
		case i%10 == 9:
			k.remove(who, at, last[side])
		default:
			last[side] = k.text(who, at, fmt.Sprintf("message %d of some length, as people send them all day", i), journal.Hash{}).Hash()
		}
	}
	return k.entries
}

func BenchmarkApply(b *testing.B) {
	const count = 100_000
	entries := long(b, count)
	shuffled := append([]timeline.Entry(nil), entries...)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for _, arrival := range []struct {
		name    string
		entries []timeline.Entry
	}{{"in order", entries}, {"shuffled", shuffled}} {
		for _, batch := range []int{count, 256} {
			b.Run(fmt.Sprintf("%s by %d", arrival.name, batch), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					folded := timeline.New(conversation)
					for at := 0; at < count; at += batch {
						folded.Apply(arrival.entries[at:min(at+batch, count)]...)
						folded.Changes()
					}
				}
			})
		}
	}
}

// BenchmarkOneMore is what a message costs that comes into a long conversation.
func BenchmarkOneMore(b *testing.B) {
	entries := long(b, 100_000)
	folded := fold(entries...)
	folded.Changes()
	k := newTalk(b)
	from := newWriter(3, 1)
	next := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		if next == len(k.entries) {
			for range 1000 {
				k.text(from, 200_000*time.Second, "one more", journal.Hash{})
			}
		}
		b.StartTimer()
		folded.Apply(k.entries[next])
		if got := folded.Changes(); len(got.Inserted) != 1 {
			b.Fatal("not inserted")
		}
		next++
	}
}

func BenchmarkMessages(b *testing.B) {
	folded := fold(long(b, 100_000)...)
	for b.Loop() {
		folded.Messages()
	}
}
