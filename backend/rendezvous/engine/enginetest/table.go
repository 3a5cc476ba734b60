package enginetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// RunTable runs the suite on empty tables that open makes, and ends with its test.
func RunTable(t *testing.T, open func(t *testing.T) engine.Table) {
	t.Helper()
	tests := map[string]func(*testing.T, engine.Table){
		"what is put is got":                   putAndGet,
		"a revision is needed":                 revisionNeeded,
		"keys and values have limits":          tableLimits,
		"one of two writers wins":              oneWriterWins,
		"many count together":                  manyCount,
		"follow sees all, settled and changes": followSees,
		"follow while it changes":              followWhileChanging,
		"follow ends with its context":         followEnds,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func put(t *testing.T, table engine.Table, key, value string, revision uint64) uint64 {
	t.Helper()
	next, err := table.Put(t.Context(), key, []byte(value), revision)
	if err != nil {
		t.Fatalf("Put of %q: %v", key, err)
	}
	if next <= revision {
		t.Errorf("the revision of %q went from %d to %d", key, revision, next)
	}
	return next
}

func get(t *testing.T, table engine.Table, key, value string, revision uint64) {
	t.Helper()
	got, err := table.Get(t.Context(), key)
	if err != nil || got.Key != key || string(got.Data) != value || got.Data == nil || got.Revision != revision {
		t.Errorf("Get of %q = %+v, %v, want %q at %d", key, got, err, value, revision)
	}
}

func gone(t *testing.T, table engine.Table, key string) {
	t.Helper()
	if got, err := table.Get(t.Context(), key); !errors.Is(err, engine.ErrNoKey) {
		t.Errorf("Get of %q = %+v, %v", key, got, err)
	}
}

func putAndGet(t *testing.T, table engine.Table) {
	gone(t, table, "a")
	first := put(t, table, "a", "1", 0)
	get(t, table, "a", "1", first)
	second := put(t, table, "a", "2", first)
	get(t, table, "a", "2", second)
	empty := put(t, table, "empty", "", 0)
	get(t, table, "empty", "", empty)
	if err := table.Delete(t.Context(), "a", second); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	gone(t, table, "a")
	third := put(t, table, "a", "3", 0)
	if third <= second {
		t.Errorf("the revision fell from %d to %d", second, third)
	}
	get(t, table, "a", "3", third)
}

func revisionNeeded(t *testing.T, table engine.Table) {
	first := put(t, table, "a", "1", 0)
	second := put(t, table, "a", "2", first)
	for _, wrong := range []uint64{0, first, second + 1} {
		if _, err := table.Put(t.Context(), "a", []byte("x"), wrong); !errors.Is(err, engine.ErrConflict) {
			t.Errorf("Put at %d = %v", wrong, err)
		}
		if err := table.Delete(t.Context(), "a", wrong); !errors.Is(err, engine.ErrConflict) {
			t.Errorf("Delete at %d = %v", wrong, err)
		}
	}
	if _, err := table.Put(t.Context(), "b", []byte("x"), second); !errors.Is(err, engine.ErrConflict) {
		t.Errorf("Put of a new key at %d = %v", second, err)
	}
	if err := table.Delete(t.Context(), "b", second); !errors.Is(err, engine.ErrConflict) {
		t.Errorf("Delete of no key = %v", err)
	}
	get(t, table, "a", "2", second)
	gone(t, table, "b")
}

func tableLimits(t *testing.T, table engine.Table) {
	for _, key := range []string{"a", "A-Z_0=9/x", "a/b/c", strings.Repeat("k", engine.MaxKey), "=", "-/_"} {
		get(t, table, key, "v"+key, put(t, table, key, "v"+key, 0))
	}
	for _, key := range []string{"", "/", "/a", "a/", "a b", "a.b", "a*", ">", "*", "ü", "a\x00", strings.Repeat("k", engine.MaxKey+1)} {
		if _, err := table.Put(t.Context(), key, []byte("x"), 0); !errors.Is(err, engine.ErrOutOfRange) {
			t.Errorf("Put of the key %q = %v", key, err)
		}
		gone(t, table, key)
		if err := table.Delete(t.Context(), key, 1); !errors.Is(err, engine.ErrConflict) {
			t.Errorf("Delete of the key %q = %v", key, err)
		}
	}
	largest := strings.Repeat("v", engine.MaxValue)
	get(t, table, "large", largest, put(t, table, "large", largest, 0))
	if _, err := table.Put(t.Context(), "larger", []byte(largest+"v"), 0); !errors.Is(err, engine.ErrOutOfRange) {
		t.Errorf("Put of a large value = %v", err)
	}
	gone(t, table, "larger")
}

func oneWriterWins(t *testing.T, table engine.Table) {
	revision := uint64(0)
	for round := range 5 {
		const writers = 4
		revisions, errs := make([]uint64, writers), make([]error, writers)
		var group sync.WaitGroup
		for i := range writers {
			group.Go(func() {
				revisions[i], errs[i] = table.Put(t.Context(), "key", fmt.Appendf(nil, "%d by %d", round, i), revision)
			})
		}
		group.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				t.Fatal("two won")
			case err == nil:
				winner = i
			case !errors.Is(err, engine.ErrConflict):
				t.Errorf("Put: %v", err)
			}
		}
		if winner < 0 {
			t.Fatal("nobody won")
		}
		revision = revisions[winner]
		get(t, table, "key", fmt.Sprintf("%d by %d", round, winner), revision)
	}
}

func manyCount(t *testing.T, table engine.Table) {
	const writers, each = 4, 10
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for done := 0; done < each; {
				held, err := table.Get(t.Context(), "count")
				if err != nil && !errors.Is(err, engine.ErrNoKey) {
					t.Errorf("Get: %v", err)
					return
				}
				_, err = table.Put(t.Context(), "count", append(bytes.Clone(held.Data), '+'), held.Revision)
				switch {
				case err == nil:
					done++
				case !errors.Is(err, engine.ErrConflict):
					t.Errorf("Put: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
	held, err := table.Get(t.Context(), "count")
	if err != nil || len(held.Data) != writers*each {
		t.Errorf("%d counted, %v", len(held.Data), err)
	}
}

// tableFollower notes what Follow tells.
type tableFollower struct {
	mu      sync.Mutex
	notes   []string
	last    uint64
	settled int
	end     chan error
	stop    context.CancelFunc
}

func follow(t *testing.T, table engine.Table) *tableFollower {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f := &tableFollower{end: make(chan error, 1), stop: cancel}
	var ended sync.WaitGroup
	ended.Go(func() {
		f.end <- table.Follow(ctx, func(change engine.Change) {
			f.mu.Lock()
			defer f.mu.Unlock()
			if change.Revision <= f.last {
				t.Errorf("revision %d of %q came after %d", change.Revision, change.Key, f.last)
			}
			f.last = change.Revision
			note := change.Key + "=" + string(change.Data)
			if change.Data == nil {
				note = change.Key + " is gone"
			}
			f.notes = append(f.notes, note)
		}, func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.settled++
			f.notes = append(f.notes, "settled")
		})
	})
	t.Cleanup(func() {
		cancel()
		ended.Wait()
	})
	return f
}

func (f *tableFollower) expect(t *testing.T, want ...string) {
	t.Helper()
	told := func() []string {
		f.mu.Lock()
		defer f.mu.Unlock()
		return slices.Clip(f.notes)
	}
	eventually(t, strings.Join(want, ", "), func() bool { return len(told()) >= len(want) })
	if got := strings.Join(told(), ", "); got != strings.Join(want, ", ") {
		t.Errorf("told %s, want %s", got, strings.Join(want, ", "))
	}
}

func followSees(t *testing.T, table engine.Table) {
	nothing := follow(t, table)
	nothing.expect(t, "settled")
	a := put(t, table, "a", "1", 0)
	b := put(t, table, "b", "1", 0)
	c := put(t, table, "c", "1", 0)
	// What is changed again before it is told need not be told.
	nothing.expect(t, "settled", "a=1", "b=1", "c=1")
	if err := table.Delete(t.Context(), "b", b); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	a = put(t, table, "a", "2", a)
	later := follow(t, table)
	later.expect(t, "c=1", "a=2", "settled")
	if err := table.Delete(t.Context(), "c", c); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	b = put(t, table, "b", "3", 0)
	later.expect(t, "c=1", "a=2", "settled", "c is gone", "b=3")
	nothing.expect(t, "settled", "a=1", "b=1", "c=1", "b is gone", "a=2", "c is gone", "b=3")
	put(t, table, "b", "", b)
	put(t, table, "a", "4", a)
	changes := []string{"c is gone", "b=3", "b=", "a=4"}
	later.expect(t, append([]string{"c=1", "a=2", "settled"}, changes...)...)
	nothing.expect(t, append([]string{"settled", "a=1", "b=1", "c=1", "b is gone", "a=2"}, changes...)...)
}

func followWhileChanging(t *testing.T, table engine.Table) {
	const keys = 50
	revisions := make([]uint64, keys)
	for i := range keys {
		revisions[i] = put(t, table, fmt.Sprintf("key-%d", i), "old", 0)
	}
	f := follow(t, table)
	for i := range keys {
		put(t, table, fmt.Sprintf("key-%d", i), "new", revisions[i])
	}
	end := put(t, table, "end", "", 0)
	eventually(t, "the last change", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.last == end && f.settled > 0
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	held := map[string]string{}
	for _, note := range f.notes {
		if key, value, ok := strings.Cut(note, "="); ok {
			held[key] = value
		}
	}
	for i := range keys {
		if key := fmt.Sprintf("key-%d", i); held[key] != "new" {
			t.Errorf("%s is %q", key, held[key])
		}
	}
	if f.settled != 1 {
		t.Errorf("settled %d times", f.settled)
	}
}

func followEnds(t *testing.T, table engine.Table) {
	f := follow(t, table)
	f.expect(t, "settled")
	f.stop()
	if err := <-f.end; !errors.Is(err, context.Canceled) {
		t.Errorf("Follow = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := table.Follow(ctx, func(engine.Change) {}, func() {}); !errors.Is(err, context.Canceled) {
		t.Errorf("Follow with a context that ended = %v", err)
	}
}
