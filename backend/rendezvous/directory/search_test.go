package directory

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i, entry := range []*wire.DirectoryEntry{
		{Name: "Alexander Petrov", About: "plays the cello in Porto", Tags: []string{"music"}},
		{Name: "Ana Müller", About: "gardens and Go", Tags: []string{"go", "gardening"}},
		{Name: "张伟", About: "住在上海，喜欢摄影", Tags: []string{"摄影"}},
		{Name: "山田花子", About: "東京でラーメンを食べます"},
		{Name: "สมชาย", About: "ชอบทำอาหาร"},
		{Name: "Cello Club", Listings: []*wire.Listing{{Kind: wire.ListingKind_LISTING_KIND_ROOM, Title: "Bach evenings", About: "every Friday", Link: "tincan:room"}}},
		{Name: "김철수", About: "서울에서 일합니다"},
		{Name: "Анна Каренина"},
	} {
		entry.Version = uint64(i) + 1
		if outcome := b.list(newKeys(t), entry); outcome != listed {
			t.Fatalf("%s: %v", entry.GetName(), outcome)
		}
	}
	b.follow() // what was listed before is found too
	for query, want := range map[string][]string{
		"alexander":       {"Alexander Petrov"},
		"ALEX":            {"Alexander Petrov"},
		"alexnader":       {"Alexander Petrov"}, // two exchanged
		"aleksander":      {"Alexander Petrov"}, // one other, one more
		"alexandr petrof": {"Alexander Petrov"},
		"pertov":          {"Alexander Petrov"},
		"muller":          {"Ana Müller"},
		"müll":            {"Ana Müller"},
		"cello":           {"Cello Club", "Alexander Petrov"}, // the name counts more
		"cello porto":     {"Alexander Petrov"},
		"cello berlin":    nil,
		"bach":            {"Cello Club"},
		"friday":          {"Cello Club"},
		"garden":          {"Ana Müller"},
		"张":               {"张伟"},
		"张伟":              {"张伟"},
		"摄影":              {"张伟"},
		"上海 摄影":           {"张伟"},
		"伟张":              nil,
		"ラーメン":            {"山田花子"},
		"ﾗｰﾒﾝ":            {"山田花子"},
		"東京":              {"山田花子"},
		"花":               {"山田花子"},
		"อาหาร":           {"สมชาย"},
		"서울":              {"김철수"},
		"анна":            {"Анна Каренина"},
		"карен":           {"Анна Каренина"},
		"zz":              nil,
		"":                nil,
		"!?":              nil,
		"anx":             nil, // too short for a typo
	} {
		if got := b.names(query); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
	if entries, ready, err := b.Search(t.Context(), strings.Repeat("ana ", 33), 20); err != nil || !ready || entries != nil {
		t.Errorf("a long query finds %d, %t, %v", len(entries), ready, err)
	}
	if entries, _, err := b.Search(t.Context(), "a", 1); err != nil || len(entries) != 1 {
		t.Errorf("one asked for, %d found, %v", len(entries), err)
	}
}

// TestResultsFit: many large entries are as many as fit, not an error.
func TestResultsFit(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.follow()
	for i := range 8 {
		entry := &wire.DirectoryEntry{Version: 1, Name: fmt.Sprint("Common ", i)}
		for range 10 {
			entry.Listings = append(entry.Listings, &wire.Listing{
				Kind: wire.ListingKind_LISTING_KIND_FILE, Title: "file", Link: "tincan:" + strings.Repeat("a", 2000),
			})
		}
		if outcome := b.list(newKeys(t), entry); outcome != listed {
			t.Fatal(outcome)
		}
	}
	b.await("all of them", func() bool { return b.Listed() == 8 })
	if got := b.names("common"); len(got) != 4 {
		t.Errorf("%d found", len(got))
	}
}

// failingTable is a table whose Follow fails a few times.
type failingTable struct {
	engine.Table

	failures atomic.Int32
}

var errBroken = errors.New("broken")

func (f *failingTable) Follow(ctx context.Context, each func(engine.Change), settled func()) error {
	if f.failures.Add(-1) >= 0 {
		each(engine.Change{Key: entryKey(identity.PeerID{9}), Data: []byte(`{"version":1,"body":"GgNBbmE=","signature":""}`), Revision: 1})
		settled()
		return errBroken
	}
	return f.Table.Follow(ctx, each, settled)
}

// TestFollowGoesOn: after a failure the table is followed again, and what went meanwhile is forgotten.
func TestFollowGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		table := &failingTable{Table: b.options.Entries}
		table.failures.Store(2)
		b.options.Entries = table
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Follow(ctx) }()
		synctest.Wait()
		if b.Listed() != 1 || !b.Settled() {
			t.Errorf("%d listed at first", b.Listed())
		}
		<-time.After(2 * followPause) // of the bubble
		synctest.Wait()
		if b.Listed() != 0 {
			t.Errorf("%d listed", b.Listed())
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Follow = %v", err)
		}
	})
}

func TestIndexIsBounded(t *testing.T) {
	t.Parallel()
	x := newIndex(2)
	one := map[found]uint8{{word: "word"}: 1}
	for i, want := range []bool{true, true, false} {
		if got := x.put(identity.PeerID{byte(i)}, one); got != want {
			t.Errorf("entry %d: %t", i, got)
		}
	}
	x.remove(identity.PeerID{0})
	if !x.put(identity.PeerID{7}, one) || x.len() != 2 {
		t.Error("no room after one went")
	}
}

// TestWordsAreForgotten: words that stand nowhere any more take no memory.
func TestWordsAreForgotten(t *testing.T) {
	t.Parallel()
	x := newIndex(10)
	for i := range 20_000 {
		x.put(identity.PeerID{1}, map[found]uint8{{word: fmt.Sprintf("word%d", i)}: 1})
	}
	if len(x.words) > 2000 || len(x.known) > 2000 || len(x.documents) > 2 {
		t.Errorf("%d words, %d known, %d documents", len(x.words), len(x.known), len(x.documents))
	}
	if got := x.search("word19999", 5); len(got) != 1 {
		t.Errorf("found %v", got)
	}
}

// FuzzSearch: whatever is listed and asked, the index answers, and an entry is
// found by a word that it has.
func FuzzSearch(f *testing.F) {
	f.Add("Ana Müller 张伟", "müller")
	f.Add("ラーメン ﾗｰﾒﾝ", "ー")
	f.Add("\u0301\u0301a\u0301", "\xff")
	f.Fuzz(func(t *testing.T, listed, query string) {
		x, peer := newIndex(10), identity.PeerID{1}
		x.put(peer, weigh(&wire.DirectoryEntry{Name: listed}))
		x.search(query, 20)
		words(listed, true, func(one found) {
			if utf8.RuneCountInString(one.word) > maxWord {
				t.Errorf("%q is too long", one.word)
			}
			if !slices.Equal(x.search(one.word, 20), []identity.PeerID{peer}) && normalised(one.word) {
				t.Errorf("%q is not found in %q", one.word, listed)
			}
		})
	})
}

// normalised says that a word stays what it is when it is asked for; a piece
// of two marks, for one, does not.
func normalised(word string) bool {
	var again []found
	words(word, true, func(one found) { again = append(again, one) })
	return len(again) == 1 && again[0].word == word
}

// FuzzNear compares with the definition.
func FuzzNear(f *testing.F) {
	f.Add("petrov", "pertov", 1)
	f.Add("alexander", "aleksander", 2)
	f.Fuzz(func(t *testing.T, asked, word string, most int) {
		a, w := []rune(asked), []rune(word)
		if len(a) > 12 || len(w) > 12 || most < 0 || most > 2 {
			return
		}
		best := len(a)
		for end := range len(w) + 1 {
			best = min(best, distance(a, w[:end]))
		}
		got, good := near(a, w, most)
		if good != (best <= most) || (good && got != best) {
			t.Errorf("near(%q, %q, %d) = %d, %t; the distance is %d", asked, word, most, got, good, best)
		}
	})
}

// distance is the optimal string alignment distance, by its recursion.
func distance(a, b []rune) int {
	table := make(map[[2]int]int)
	var from func(i, j int) int
	from = func(i, j int) int {
		if i == 0 || j == 0 {
			return i + j
		}
		if known, ok := table[[2]int{i, j}]; ok {
			return known
		}
		cost := 1
		if a[i-1] == b[j-1] {
			cost = 0
		}
		best := min(from(i-1, j)+1, from(i, j-1)+1, from(i-1, j-1)+cost)
		if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
			best = min(best, from(i-2, j-2)+1)
		}
		table[[2]int{i, j}] = best
		return best
	}
	return from(len(a), len(b))
}

// fill makes an index of so many entries with 20 words of 20,000 each, and a name of their own.
func fill(entries int) *index {
	x := newIndex(entries)
	source := rand.New(rand.NewPCG(1, 2))
	for i := range entries {
		about := strings.Builder{}
		for range 20 {
			fmt.Fprintf(&about, "word%d ", source.IntN(20_000))
		}
		digest := sha256.Sum256(fmt.Append(nil, i))
		x.put(identity.PeerID(digest), weigh(&wire.DirectoryEntry{Name: fmt.Sprintf("Person%d 张伟", i), About: about.String()}))
	}
	return x
}

func BenchmarkSearch(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	x := fill(100_000)
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for name, query := range map[string]string{
		"exact": "person50000", "prefix": "person50", "typo": "persom50000", "typo and two words": "persom500 word77", "pieces": "张伟", "short prefix": "w",
	} {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				if len(x.search(query, 20)) == 0 {
					b.Fatal("nothing found")
				}
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/100_000, "B/entry")
			b.ReportMetric(took.Seconds(), "s/100k-indexed")
		})
	}
	runtime.KeepAlive(x)
}
