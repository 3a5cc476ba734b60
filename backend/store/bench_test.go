package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// message is 200 bytes.
var message = strings.Repeat("0123456789", 20)

// entriesOf makes a conversation of many messages, once for each count.
var entriesOf = func() func(b *testing.B, count int) *storetest.Talk {
	var mutex sync.Mutex
	made := map[int]*storetest.Talk{}
	return func(b *testing.B, count int) *storetest.Talk {
		b.Helper()
		mutex.Lock()
		defer mutex.Unlock()
		if made[count] == nil {
			talk := storetest.NewTalk(b, uint64(count))
			talk.Salted = true
			for i := range count {
				who := talk.Them
				if i%3 == 0 {
					who = talk.Me
				}
				talk.Say(b, who, message)
			}
			made[count] = talk
		}
		return made[count]
	}
}()

// fill writes a conversation into a new folder.
func fill(b *testing.B, talk *storetest.Talk) string {
	b.Helper()
	path := b.TempDir()
	one := open(b, path, store.Options{})
	commit(b, one, node.PutContact{Contact: talk.Contact()})
	for batch := range slices.Chunk(talk.Writes, 1000) {
		writes := make([]node.Write, len(batch))
		for i := range batch {
			writes[i] = batch[i]
		}
		commit(b, one, writes...)
	}
	closeStore(b, one)
	return path
}

// BenchmarkAppend writes messages of 200 bytes, so many in one transaction.
// Before each run the conversation holds 100,000 in the rows called "long".
func BenchmarkAppend(b *testing.B) {
	for _, long := range []bool{false, true} {
		for _, group := range []int{1, 16, 64, 256} {
			b.Run(fmt.Sprintf("%s/group=%d", map[bool]string{false: "new", true: "long"}[long], group), func(b *testing.B) {
				benchmarkAppend(b, long, group)
			})
		}
	}
}

func benchmarkAppend(b *testing.B, long bool, group int) {
	talk := entriesOf(b, 100_000)
	const count = 8192
	path := b.TempDir()
	writes := talk.Writes[:count]
	if long {
		before := *talk
		before.Writes = talk.Writes[:len(talk.Writes)-count]
		path = fill(b, &before)
		writes = talk.Writes[len(talk.Writes)-count:]
	}
	if group == 1 {
		writes = writes[:2048]
	}
	var total time.Duration
	appended := 0
	for b.Loop() {
		b.StopTimer()
		copied := b.TempDir()
		if long {
			copyDatabase(b, path, copied)
		}
		one := open(b, copied, store.Options{})
		commit(b, one, node.PutContact{Contact: talk.Contact()})
		b.StartTimer()
		start := time.Now()
		for batch := range slices.Chunk(writes, group) {
			batches := make([][]node.Write, len(batch))
			for i := range batch {
				batches[i] = []node.Write{batch[i]}
			}
			if err := one.Commit(context.Background(), batches...); err != nil {
				b.Fatal(err)
			}
		}
		total += time.Since(start)
		appended += len(writes)
		b.StopTimer()
		closeStore(b, one)
		b.StartTimer()
	}
	b.ReportMetric(float64(appended)/total.Seconds(), "entries/s")
	b.ReportMetric(float64(total.Microseconds())/float64(appended), "µs/entry")
}

func copyDatabase(b *testing.B, from, to string) {
	b.Helper()
	data, err := os.ReadFile(filepath.Join(from, "tincan.db"))
	if err != nil {
		b.Fatal(err)
	}
	copied, err := os.Create(filepath.Join(to, "tincan.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer copied.Close()
	if _, err = copied.Write(data); err != nil {
		b.Fatal(err)
	}
	// What is not on the disk yet would be waited for by the first checkpoint.
	if err = copied.Sync(); err != nil {
		b.Fatal(err)
	}
}

// percentiles runs a call for each iteration and reports the median and the 99th.
func percentiles(b *testing.B, call func()) {
	b.Helper()
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		call()
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "µs-median")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "µs-p99")
}

// BenchmarkRead reads from a conversation of 100,000 messages.
func BenchmarkRead(b *testing.B) {
	talk := entriesOf(b, 100_000)
	one := open(b, fill(b, talk), store.Options{})
	page := func(conversation uuid.UUID, order journal.Order) []node.Message {
		messages, err := one.PageBefore(context.Background(), conversation, order, 50)
		if err != nil || len(messages) != 50 {
			b.Fatalf("%d messages, %v", len(messages), err)
		}
		return messages
	}
	b.Run("last page", func(b *testing.B) {
		percentiles(b, func() { page(talk.ID, journal.Order{}) })
	})
	b.Run("page back", func(b *testing.B) {
		at, next := 0, uint64(1)
		percentiles(b, func() {
			next = next*6364136223846793005 + 1442695040888963407
			at = 50 + int(next>>33)%(len(talk.Writes)-50)
			page(talk.ID, talk.Writes[at].Order)
		})
	})
	b.Run("row, 66,667 unread", func(b *testing.B) {
		percentiles(b, func() {
			if row, err := one.Row(context.Background(), talk.ID); err != nil || row.Unread < 60_000 {
				b.Fatal(row.Unread, err)
			}
		})
	})
	commit(b, one, node.PutRead{Conversation: talk.ID, Read: talk.Held()},
		node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: talk.Held()}})
	b.Run("row, all read", func(b *testing.B) {
		percentiles(b, func() {
			if _, err := one.Row(context.Background(), talk.ID); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("read vector", func(b *testing.B) {
		at := 0
		percentiles(b, func() {
			at = (at + 7919) % len(talk.Writes)
			if _, err := one.ReadVectorAt(context.Background(), talk.ID, talk.Writes[at].Order); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("message by name", func(b *testing.B) {
		at := 0
		percentiles(b, func() {
			at = (at + 7919) % len(talk.Writes)
			if _, err := one.Message(context.Background(), talk.Writes[at].Entry.Hash()); err != nil {
				b.Fatal(err)
			}
		})
	})
	changed := storetest.NewTalk(b, 7)
	changes := append([]node.Write{node.PutContact{Contact: changed.Contact()}}, changed.Fill(b, 50)...)
	for _, write := range changed.Writes {
		who := changed.Me
		if !write.Mine {
			who = changed.Them
		}
		name := write.Entry.Hash()
		changes = append(changes, changed.Edit(b, who, name, message), changed.React(b, changed.Me, name, "👍", false), changed.React(b, changed.Them, name, "🎉", false))
	}
	commit(b, one, changes...)
	b.Run("last page, edited and with reactions", func(b *testing.B) {
		percentiles(b, func() {
			if messages := page(changed.ID, journal.Order{}); messages[7].Edited.IsZero() || len(messages[7].Reactions) != 2 {
				b.Fatalf("%+v", messages[7])
			}
		})
	})
	b.Run("entries, 256 KiB", func(b *testing.B) {
		percentiles(b, func() {
			if entries, err := one.Entries(context.Background(), talk.ID, talk.Log(talk.Them), 30_000, 256<<10); err != nil || len(entries) < 400 {
				b.Fatal(len(entries), err)
			}
		})
	})
}

// BenchmarkRows lists 200 conversations.
func BenchmarkRows(b *testing.B) {
	one := open(b, b.TempDir(), store.Options{})
	for i := range 200 {
		talk := storetest.NewTalk(b, uint64(i+1))
		commit(b, one, append([]node.Write{node.PutContact{Contact: talk.Contact()}}, talk.Fill(b, 40)...)...)
	}
	percentiles(b, func() {
		if rows, err := one.Rows(context.Background()); err != nil || len(rows) != 200 {
			b.Fatal(len(rows), err)
		}
	})
}

// BenchmarkOpen opens, loads and lists a profile with a conversation of
// 100,000 messages: what a start waits for.
func BenchmarkOpen(b *testing.B) {
	path := fill(b, entriesOf(b, 100_000))
	percentiles(b, func() {
		one, err := store.Open(context.Background(), path, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err = one.Load(context.Background()); err != nil {
			b.Fatal(err)
		}
		if _, err = one.Rows(context.Background()); err != nil {
			b.Fatal(err)
		}
		closeStore(b, one)
	})
}
