package replica_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// disk is one side's logs.
type disk map[journal.Log][]journal.Entry

func (d disk) held() journal.Vector {
	held := journal.Vector{}
	for log, entries := range d {
		if len(entries) > 0 {
			last := entries[len(entries)-1]
			held[log] = journal.Head{Sequence: last.Sequence, Hash: last.Hash()}
		}
	}
	return held
}

// beyond returns what a vector does not cover. The logs of these tests know
// nothing of one another, so that any order puts parents first.
func (d disk) beyond(vector journal.Vector, most int) []journal.Entry {
	var entries []journal.Entry
	for _, log := range d.held().Logs() {
		entries = append(entries, d[log][min(vector.Get(log), uint64(len(d[log]))):]...)
	}
	return entries[:min(most, len(entries))]
}

// add appends what continues a log and drops what does not.
func (d disk) add(entries []journal.Entry) {
	for _, entry := range entries {
		if entry.Sequence == uint64(len(d[entry.Log]))+1 {
			d[entry.Log] = append(d[entry.Log], entry)
		}
	}
}

func author(t interface{ Fatal(...any) }, seed byte) *identity.Keys {
	keys, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func write(t interface{ Fatal(...any) }, keys *identity.Keys, into disk, text string) {
	log := journal.Log{Device: keys.Device(), Epoch: 1}
	body, err := journal.TextBody(text)
	if err != nil {
		t.Fatal(err)
	}
	draft := journal.Draft{Conversation: uuid.Max, Log: log, Previous: into.held()[log], Claimed: time.UnixMilli(1), Kind: wire.EntryKind_ENTRY_KIND_TEXT, Body: body}
	entry, err := journal.Write(draft, keys.SignAsDevice)
	if err != nil {
		t.Fatal(err)
	}
	into.add([]journal.Entry{entry})
}

// side is a device: its disk, what it waits with, and its exchange.
type side struct {
	keys     *identity.Keys
	disk     disk
	waiting  []journal.Entry
	exchange *replica.Exchange
}

// take appends what arrived and can be appended, and keeps the rest, as a
// device does; some of the rest may be lost.
func (s *side) take(t *rapid.T, entries []journal.Entry) {
	s.waiting = append(s.waiting, entries...)
	for progress := true; progress; {
		progress = false
		var left []journal.Entry
		for _, entry := range s.waiting {
			switch length := uint64(len(s.disk[entry.Log])); {
			case entry.Sequence == length+1:
				s.disk[entry.Log] = append(s.disk[entry.Log], entry)
				progress = true
			case entry.Sequence > length:
				left = append(left, entry)
			}
		}
		s.waiting = left
	}
	if rapid.IntRange(0, 20).Draw(t, "forget") == 0 {
		s.waiting = nil
	}
}

// frame is one of those that two sides send.
type frame struct {
	entries  []journal.Entry
	position journal.Vector // nil: entries
	again    bool
}

// TestAnyScheduleConverges drives two exchanges over links that lose, repeat and
// reorder frames and break, with writes in between: once frames arrive, each
// side asks again for what it lacks, and in the end both hold all.
func TestAnyScheduleConverges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sides := [2]*side{{keys: author(t, 1), disk: disk{}}, {keys: author(t, 2), disk: disk{}}}
		now := time.UnixMilli(0)
		var frames [2][]frame // on the way to each side
		connect := func() {
			for to := range 2 {
				sides[to].exchange, sides[to].waiting = replica.NewExchange(), nil
				frames[to] = []frame{{position: sides[1-to].disk.held()}}
			}
		}
		pump := func(from int) {
			one := sides[from]
			if beyond, more := one.exchange.Next(one.disk.held()); more {
				send, _ := one.exchange.Read(one.disk.beyond(beyond, rapid.IntRange(1, 3).Draw(t, "batch")), now)
				if len(send) > 0 {
					frames[1-from] = append(frames[1-from], frame{entries: send})
				}
			}
		}
		push := func(from int) {
			one := sides[from]
			write(t, one.keys, one.disk, "text")
			log := journal.Log{Device: one.keys.Device(), Epoch: 1}
			entry := one.disk[log][len(one.disk[log])-1]
			if one.exchange.Push(entry, one.disk.held(), now) {
				frames[1-from] = append(frames[1-from], frame{entries: []journal.Entry{entry}})
			}
		}
		deliver := func(to, at int) {
			one, taken := sides[to], frames[to][at]
			frames[to] = slices.Delete(frames[to], at, at+1)
			now = now.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "ms")) * time.Millisecond)
			if taken.position != nil {
				if taken.again {
					one.exchange.Again(taken.position)
				}
				one.exchange.Position(taken.position, now)
			} else {
				one.take(t, taken.entries)
				frames[1-to] = append(frames[1-to], frame{position: one.disk.held()})
			}
			pump(to)
		}
		connect()
		for range rapid.IntRange(0, 80).Draw(t, "steps") {
			to := rapid.IntRange(0, 1).Draw(t, "side")
			waiting := len(frames[to])
			switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
			case what == 0:
				connect()
			case what <= 3:
				push(to)
			case waiting == 0:
				pump(to)
			case what == 4: // lost
				frames[to] = slices.Delete(frames[to], 0, 1)
			case what == 5: // twice
				frames[to] = append(frames[to], frames[to][0])
			case what == 6: // out of order
				deliver(to, waiting-1)
			default:
				deliver(to, 0)
			}
		}
		for rounds := 0; ; rounds++ {
			for len(frames[0])+len(frames[1]) > 0 {
				for to := range 2 {
					if len(frames[to]) > 0 {
						deliver(to, 0)
					}
				}
			}
			if sides[0].disk.held().Covers(sides[1].disk.held()) && sides[1].disk.held().Covers(sides[0].disk.held()) {
				return
			}
			if rounds > 200 {
				t.Fatalf("one side lacks something: %v and %v", sides[0].disk.held(), sides[1].disk.held())
			}
			for to := range 2 { // patience is over
				frames[1-to] = append(frames[1-to], frame{position: sides[to].disk.held(), again: true})
			}
		}
	})
}

// many writes entries without spending time on signatures.
func many(t *testing.T, count, size int) disk {
	t.Helper()
	keys, written := author(t, 1), disk{}
	log := journal.Log{Device: keys.Device(), Epoch: 1}
	body, err := journal.TextBody(strings.Repeat("a", size))
	if err != nil {
		t.Fatal(err)
	}
	var head journal.Head
	for range count {
		entry, err := journal.Write(journal.Draft{
			Conversation: uuid.Max, Log: log, Previous: head, Claimed: time.UnixMilli(1), Kind: wire.EntryKind_ENTRY_KIND_TEXT, Body: body,
			Salt: head.Hash,
		}, func(identity.Context, []byte) []byte { return make([]byte, 64) })
		if err != nil {
			t.Fatal(err)
		}
		head = entry.Head()
		written[log] = append(written[log], entry)
	}
	return written
}

func TestWindowHoldsBack(t *testing.T) {
	t.Parallel()
	mine := many(t, 2*replica.Window/wire.MaxText, wire.MaxText)
	exchange := replica.NewExchange()
	if _, more := exchange.Next(mine.held()); more {
		t.Fatal("it sends before the other side said what it holds")
	}
	now := time.UnixMilli(0)
	held := journal.Vector{}
	drain := func() (bytes int) {
		for {
			beyond, more := exchange.Next(mine.held())
			if !more {
				return bytes
			}
			send, _ := exchange.Read(mine.beyond(beyond, 1), now)
			for _, entry := range send {
				bytes += entry.Size()
				held[entry.Log] = entry.Head()
			}
		}
	}
	exchange.Position(journal.Vector{}, now)
	if sent := drain(); sent < replica.FirstWindow || sent > replica.FirstWindow+wire.MaxEntry {
		t.Fatalf("%d bytes are in flight at first", sent)
	}
	now = now.Add(time.Millisecond)
	exchange.Position(held.Clone(), now)
	if sent := drain(); sent < 2*replica.FirstWindow || sent > 2*replica.FirstWindow+wire.MaxEntry {
		t.Fatalf("%d bytes are in flight on a fast line", sent)
	}
	for range 5 {
		now = now.Add(time.Minute)
		exchange.Position(held.Clone(), now)
		drain()
	}
	if left := exchange.Unacknowledged(); left > replica.LeastWindow+wire.MaxEntry {
		t.Fatalf("%d bytes are in flight on a slow line", left)
	}
}

// TestLivePassesACatchUp: while 100,000 entries stream over a slow line, one that
// is written has at most a second of them in front of it.
func TestLivePassesACatchUp(t *testing.T) {
	t.Parallel()
	mine := many(t, 100_000, 40)
	theirs := disk{}
	const perSecond = 256 << 10 // of the line
	exchange := replica.NewExchange()
	exchange.Position(journal.Vector{}, time.UnixMilli(0))
	log := mine.held().Logs()[0]
	whole := mine[log]
	mine[log] = whole[:len(whole)-20]
	type sent struct {
		entries []journal.Entry
		live    bool
		arrives time.Time
	}
	var queue []sent
	now, free := time.UnixMilli(0), time.UnixMilli(0) // free: when the line has nothing to send
	send := func(entries []journal.Entry, live bool) {
		size := 0
		for _, entry := range entries {
			size += entry.Size()
		}
		free = free.Add(max(0, now.Sub(free)) + time.Duration(size)*time.Second/perSecond)
		queue = append(queue, sent{entries: entries, live: live, arrives: free})
	}
	pump := func() {
		for {
			beyond, more := exchange.Next(mine.held())
			if !more {
				return
			}
			from := beyond.Get(log)
			stretch, size := mine[log][from:], 0
			for i, entry := range stretch {
				if size += entry.Size(); size > exchange.Stretch() {
					stretch = stretch[:i]
					break
				}
			}
			entries, _ := exchange.Read(stretch, now)
			send(entries, false)
		}
	}
	pump()
	worst, lives := time.Duration(0), 0
	for step := 0; len(queue) > 0; step++ {
		first := queue[0]
		queue = queue[1:]
		now = first.arrives
		theirs.add(first.entries)
		exchange.Position(theirs.held(), now)
		if step%5 == 2 && len(mine[log]) < len(whole) {
			mine[log] = whole[:len(mine[log])+1]
			if live := mine[log][len(mine[log])-1]; exchange.Push(live, mine.held(), now) {
				send([]journal.Entry{live}, true)
				worst, lives = max(worst, queue[len(queue)-1].arrives.Sub(now)), lives+1
			}
		}
		pump()
	}
	if len(theirs[log]) != len(whole) {
		t.Fatalf("%d of %d entries arrived", len(theirs[log]), len(whole))
	}
	if lives != 20 || worst > 1500*time.Millisecond {
		t.Fatalf("%d live entries went ahead; the slowest took %v", lives, worst)
	}
	t.Logf("the slowest live entry took %v while %d entries took %v", worst, len(whole), now.Sub(time.UnixMilli(0)))
}
