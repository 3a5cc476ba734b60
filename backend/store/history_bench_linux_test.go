package store_test

import (
	"context"
	"database/sql/driver"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

var (
	historySize   = flag.Int("history", 1_000_000, "messages of BenchmarkHistory")
	historyFolder = flag.String("history-folder", "", "keep the database of BenchmarkHistory here for the next run")
	historyPeople = flag.Int("history-people", historyTalks, "contacts of BenchmarkHistory; beyond the first 200 they have no messages")
)

const historyTalks = 200

// historyTalk returns a conversation of the history, without its messages.
func historyTalk(b *testing.B, number int) *storetest.Talk {
	b.Helper()
	return storetest.NewTalk(b, uint64(number+1))
}

// writeHistory makes the messages with the store's own code: conversations of
// very different lengths, spread over three years.
func writeHistory(b *testing.B, one *store.Store, size int) (text int64) {
	b.Helper()
	var lock sync.Mutex
	var makers sync.WaitGroup
	const workers = 4
	for worker := range workers {
		makers.Go(func() {
			words := newSpeech(uint64(worker + 10))
			mine := int64(0)
			for number := worker; number < historyTalks; number += workers {
				// A tenth of them has half of the messages.
				count := size / historyTalks * 5 / 9
				if number < historyTalks/10 {
					count = size / historyTalks * 5
				}
				talk := historyTalk(b, number)
				commit(b, one, node.PutContact{Contact: named(talk, words)})
				step := time.Duration(3*365*24) * time.Hour / time.Duration(count)
				for done := 0; done < count; {
					var batch []node.Write
					for ; len(batch) < 1000 && done < count; done++ {
						who := talk.Them
						if words.random.IntN(5) < 2 {
							who = talk.Me
						}
						said := words.message()
						mine += int64(len(said))
						talk.Clock = talk.Clock.Add(time.Duration(words.random.Int64N(int64(2 * step))))
						batch = append(batch, talk.Say(b, who, said))
					}
					talk.Writes = nil
					commit(b, one, batch...)
				}
				commit(b, one, node.PutRead{Conversation: talk.ID, Read: talk.Held()},
					node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: talk.Held()}})
			}
			lock.Lock()
			text += mine
			lock.Unlock()
		})
	}
	makers.Wait()
	words := newSpeech(1)
	for number := historyTalks; number < *historyPeople; number++ {
		commit(b, one, node.PutContact{Contact: named(historyTalk(b, number), words)})
	}
	return text
}

// named returns the other person of a conversation under a name of their own.
func named(talk *storetest.Talk, words *speech) node.Contact {
	contact := talk.Contact()
	contact.Name = words.name()
	return contact
}

func fileSize(b *testing.B, folder string) int64 {
	b.Helper()
	information, err := os.Stat(filepath.Join(folder, store.FileName))
	if err != nil {
		b.Fatal(err)
	}
	return information.Size()
}

// waitForIndex waits until all is in the index.
func waitForIndex(b *testing.B, one *store.Store) {
	b.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		found, err := one.Search(b.Context(), search.Query{}, uuid.Nil, journal.Order{}, 1)
		if err != nil {
			b.Fatal(err)
		}
		if found.Waiting == 0 {
			return
		}
		<-tick.C
	}
}

// history opens the database, which is made first when it is not there.
func history(b *testing.B) *store.Store {
	b.Helper()
	folder := *historyFolder
	if folder == "" {
		folder = b.TempDir()
	}
	if _, err := os.Stat(filepath.Join(folder, store.FileName)); err != nil {
		one := open(b, folder, store.Options{})
		store.StopIndexer(one)
		start, used := time.Now(), allProcessors(b)
		text := writeHistory(b, one, *historySize)
		written, writing := time.Since(start), allProcessors(b)-used
		closeStore(b, one)
		before := fileSize(b, folder)
		start, used = time.Now(), allProcessors(b)
		one = open(b, folder, store.Options{})
		waitForIndex(b, one)
		indexed, indexing := time.Since(start), allProcessors(b)-used
		closeStore(b, one)
		if err := nodetest.KeepKeys(folder, historyTalk(b, 0).Me.Keys); err != nil {
			b.Fatal(err)
		}
		after := fileSize(b, folder)
		b.Logf("%d messages, %d MB of text; written in %.0f s (processor %.0f), indexed in %.0f (processor %.0f); database %d MB, index %d MB: %.1f times the text",
			*historySize, text>>20, written.Seconds(), writing.Seconds(), indexed.Seconds(), indexing.Seconds(), before>>20, (after-before)>>20,
			float64(after-before)/float64(text))
	}
	start := time.Now()
	one := open(b, folder, store.Options{})
	b.Logf("opened in %v", time.Since(start))
	waitForIndex(b, one)
	return one
}

// BenchmarkWriteHistory makes a data folder that a device opens. Use
// -benchtime 1x and -history-folder.
func BenchmarkWriteHistory(b *testing.B) {
	closeStore(b, history(b))
}

// sample reads pages of messages from all over the history.
func sample(b *testing.B, one *store.Store, count int) []node.Message {
	b.Helper()
	random := rand.New(rand.NewPCG(5, 6))
	var found []node.Message
	for len(found) < count {
		id := historyTalk(b, random.IntN(historyTalks)).ID
		at := storetest.Start.Add(time.Duration(random.Int64N(int64(3 * 365 * 24 * time.Hour))))
		messages, err := one.PageBefore(b.Context(), id, journal.OrderOf(uint64(at.UnixMilli()), journal.Log{}, 0), 20)
		if err != nil {
			b.Fatal(err)
		}
		found = append(found, messages...)
	}
	return found
}

// pair returns two neighbouring Chinese characters of a text, "" if it has none.
func pair(random *rand.Rand, text string) string {
	runes := []rune(text)
	start := random.IntN(len(runes))
	for i := range runes {
		at := (start + i) % len(runes)
		if at+1 < len(runes) && unicode.Is(unicode.Han, runes[at]) && unicode.Is(unicode.Han, runes[at+1]) {
			return string(runes[at : at+2])
		}
	}
	return ""
}

// prefix returns the first letters, two or more, of a word of a text, "" if it has none.
func prefix(random *rand.Rand, text string) string {
	pieces := search.Fold(text)
	for range 10 {
		piece := pieces[random.IntN(len(pieces))]
		if !piece.Run && len(piece.Runes) > 1 {
			return string(piece.Runes[:2+random.IntN(len(piece.Runes)-1)])
		}
	}
	return ""
}

// processor returns the processor time of this thread: what a call costs
// whatever else the machine does.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Nano())
}

// allProcessors returns the processor time of the whole process.
func allProcessors(b *testing.B) time.Duration {
	b.Helper()
	var used unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Nano())
}

// measured is like percentiles, with the processor's time beside the clock's.
func measured(b *testing.B, call func()) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var used []time.Duration
	percentiles(b, func() {
		before := processor(b)
		call()
		used = append(used, processor(b)-before)
	})
	slices.Sort(used)
	b.ReportMetric(float64(used[len(used)/2].Microseconds()), "µs-cpu-median")
	b.ReportMetric(float64(used[len(used)*99/100].Microseconds()), "µs-cpu-p99")
	b.ReportMetric(0, "ns/op")
}

func texts(b *testing.B, messages []node.Message, draw func(*rand.Rand, string) string) []string {
	b.Helper()
	random := rand.New(rand.NewPCG(7, 8))
	var list []string
	for _, message := range messages {
		if query := draw(random, message.Text); query != "" {
			list = append(list, query)
		}
	}
	return list
}

// checkRecall looks for two neighbouring characters of many messages and sees
// that the message itself is the first hit from its own place on.
func checkRecall(b *testing.B, one *store.Store, messages []node.Message) {
	b.Helper()
	random := rand.New(rand.NewPCG(11, 12))
	looked := 0
	for _, message := range messages {
		query := pair(random, message.Text)
		if query == "" {
			continue
		}
		after := message.Order
		for i := len(after) - 1; ; i-- {
			if after[i]++; after[i] != 0 {
				break
			}
		}
		found, err := one.Search(b.Context(), search.Parse(query), uuid.Nil, after, 1)
		if err != nil || len(found.Hits) == 0 || found.Hits[0].Message.Hash != message.Hash {
			b.Fatalf("%q in %q is not found: %v", query, message.Text, err)
		}
		looked++
	}
	b.Logf("%d of %d pairs of Chinese characters found", looked, looked)
}

// BenchmarkHistory measures a history of a million messages, a third of them
// Chinese. Use -benchtime 4000x: each iteration is another query.
func BenchmarkHistory(b *testing.B) {
	one := history(b)
	messages := sample(b, one, 6000)
	ctx := context.Background()
	checkRecall(b, one, messages)
	newest := func(b *testing.B, query string, scope uuid.UUID) node.Finding {
		b.Helper()
		found, err := one.Search(ctx, search.Parse(query), scope, journal.Order{}, 50)
		if err != nil || len(found.Hits) == 0 {
			b.Fatalf("%q: %d found, %v", query, len(found.Hits), err)
		}
		return found
	}
	next := 0
	each := func(name string, call func(b *testing.B, message node.Message)) {
		b.Run(name, func(b *testing.B) {
			measured(b, func() {
				next = (next + 7919) % len(messages)
				call(b, messages[next])
			})
		})
	}
	// What everything below shares: how long two milliseconds of work take.
	each("the machine, a loop of 2 ms", func(b *testing.B, _ node.Message) {
		start := processor(b)
		for processor(b)-start < 2*time.Millisecond {
			runtime.KeepAlive(next)
		}
	})
	each("open a conversation", func(b *testing.B, message node.Message) {
		if _, _, err := one.FirstUnread(ctx, message.Conversation); err != nil {
			b.Fatal(err)
		}
		if page, err := one.PageBefore(ctx, message.Conversation, journal.Order{}, 51); err != nil || len(page) != 51 {
			b.Fatal(len(page), err)
		}
		if _, err := one.Row(ctx, message.Conversation); err != nil {
			b.Fatal(err)
		}
	})
	each("page back", func(b *testing.B, message node.Message) {
		if _, err := one.PageBefore(ctx, message.Conversation, message.Order, 51); err != nil {
			b.Fatal(err)
		}
	})
	for _, kind := range []struct {
		name string
		draw func(*rand.Rand, string) string
	}{
		{"two Chinese characters", pair},
		{"a Latin prefix", prefix},
		{"one Chinese character", func(r *rand.Rand, text string) string {
			if two := []rune(pair(r, text)); len(two) > 0 {
				return string(two[:1])
			}
			return ""
		}},
		{"a prefix of two letters", func(r *rand.Rand, text string) string { return prefix(r, text)[:min(2, len(prefix(r, text)))] }},
		{"two words", func(r *rand.Rand, text string) string {
			if one, two := prefix(r, text), prefix(r, text); one != "" && two != "" {
				return one + " " + two
			}
			return ""
		}},
	} {
		queries := texts(b, messages, kind.draw)
		b.Run("newest 50 of "+kind.name, func(b *testing.B) {
			measured(b, func() {
				next = (next + 7919) % len(queries)
				newest(b, queries[next], uuid.Nil)
			})
		})
	}
	random := rand.New(rand.NewPCG(9, 10))
	each("newest 50 in one conversation", func(b *testing.B, message node.Message) {
		query := pair(random, message.Text)
		if query == "" {
			query = prefix(random, message.Text)
		}
		if query != "" {
			newest(b, query, message.Conversation)
		}
	})
}

// BenchmarkSend measures what a commit of one message waits for beside an
// indexer that stands still, follows, or makes the whole index again; and what
// a look at all texts takes beside the index. Use -benchtime 1x. The database of
// -history-folder grows.
func BenchmarkSend(b *testing.B) {
	one := history(b)
	talk := storetest.NewTalk(b, rand.Uint64())
	words := newSpeech(99)
	commit(b, one, node.PutContact{Contact: talk.Contact()})
	send := func(count int) (times []time.Duration) {
		for range count {
			write := talk.Say(b, talk.Me, words.message())
			talk.Writes = nil
			start := time.Now()
			commit(b, one, write)
			times = append(times, time.Since(start))
		}
		return times
	}
	report := func(name string, times []time.Duration) time.Duration {
		slices.Sort(times)
		b.Logf("%d messages, %s: median %v, p99 %v, most %v", len(times), name, times[len(times)/2], times[len(times)*99/100], times[len(times)-1])
		return times[len(times)/2]
	}
	var alone, beside []time.Duration
	for range 8 { // by turns, since other work comes and goes
		store.StopIndexer(one)
		alone = append(alone, send(500)...)
		store.StartIndexer(one)
		beside = append(beside, send(500)...)
		waitForIndex(b, one)
	}
	without := report("without an indexer", alone)
	with := report("beside an indexer that follows", beside)
	if err := store.EmptyIndex(one); err != nil {
		b.Fatal(err)
	}
	start, used := time.Now(), allProcessors(b)
	building := report("beside an indexer that makes the whole index", send(4000))
	b.ReportMetric(float64(with)/float64(without), "ratio-following")
	b.ReportMetric(float64(building)/float64(without), "ratio-building")
	if found, err := one.Search(b.Context(), search.Query{}, uuid.Nil, journal.Order{}, 1); err != nil || found.Waiting == 0 {
		b.Fatalf("the indexer was done too soon: %d, %v", found.Waiting, err)
	}
	waitForIndex(b, one)
	b.Logf("the whole index in %.0f s, processor %.0f", time.Since(start).Seconds(), (allProcessors(b) - used).Seconds())
	var looked, found []time.Duration
	for range 3 {
		start := time.Now()
		rows, err := store.Connection(one).Query(`SELECT id FROM entries WHERE shown = 1 AND CAST(body AS TEXT) LIKE '%会议%' ORDER BY effective DESC LIMIT 50`, nil)
		if err != nil {
			b.Fatal(err)
		}
		for values := make([]driver.Value, 1); err == nil; {
			err = rows.Next(values)
		}
		if err = rows.Close(); err != nil {
			b.Fatal(err)
		}
		looked = append(looked, time.Since(start))
	}
	for _, query := range texts(b, sample(b, one, 500), pair) {
		start := time.Now()
		if _, err := one.Search(b.Context(), search.Parse(query), uuid.Nil, journal.Order{}, 50); err != nil {
			b.Fatal(err)
		}
		found = append(found, time.Since(start))
	}
	b.ReportMetric(float64(report("looked at all texts", looked))/float64(report("found by the index", found)), "ratio-looking")
	b.ReportMetric(0, "ns/op")
}
