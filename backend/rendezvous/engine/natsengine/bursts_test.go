package natsengine

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
)

// gathered notes what leaves.
type gathered struct {
	mu   sync.Mutex
	left []string // subject, or node and numbers, and millisecond
}

// gather starts bursts that end with the test.
func gather(t *testing.T) (*bursts, *gathered) {
	t.Helper()
	began, seen := time.Now(), &gathered{}
	note := func(what string) {
		seen.mu.Lock()
		defer seen.mu.Unlock()
		seen.left = append(seen.left, what+" at "+strconv.FormatInt(time.Since(began).Milliseconds(), 10))
	}
	b := newBursts(func(one *nats.Msg) { note(one.Subject) }, func(node uint64, message []byte) {
		bundle := message[headerSize:]
		what := "node " + strconv.FormatUint(node, 10) + ":"
		for len(bundle) > 0 {
			one, rest, err := nextEntry(bundle)
			if err != nil {
				t.Errorf("a bundle cannot be read: %v", err)
				return
			}
			what += " " + strconv.FormatUint(one.number, 10)
			bundle = rest
		}
		note(what)
	})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { b.run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return b, seen
}

// take returns what left since the last call.
func (g *gathered) take() []string {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	left := g.left
	g.left = nil
	return left
}

// TestBursts: what comes at once leaves together and in order, a millisecond
// after what left before; after a pause nothing waits.
func TestBursts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, seen := gather(t)
		add := func(subjects ...string) {
			for _, subject := range subjects {
				if !b.add(&nats.Msg{Subject: subject}) {
					t.Errorf("there is no room for %s", subject)
				}
			}
		}
		expect := func(when string, want ...string) {
			t.Helper()
			if left := seen.take(); !slices.Equal(left, want) {
				t.Errorf("%s: left %q, expected %q", when, left, want)
			}
		}

		add("a")
		expect("after a pause", "a at 0")
		add("b", "c")
		expect("right after another")
		time.Sleep(gatherTime)
		expect("a millisecond after it", "b at 1", "c at 1")
		add("d")
		expect("again right after others")
		time.Sleep(gatherTime)
		expect("again a millisecond after them", "d at 2")
		time.Sleep(2 * gatherTime)
		add("e")
		expect("after another pause", "e at 4")
		add("f")
		b.flush()
		expect("flushed", "f at 4")
		time.Sleep(gatherTime)
		expect("flushed before")
	})
}

// TestBundles: what is for one node leaves in one message, as long as that is not too large.
func TestBundles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, seen := gather(t)
		large := make([]byte, maxBundle/2)
		for _, told := range []struct {
			node uint64
			entry
		}{
			{1, entry{what: entrySignal, number: 1, envelope: large}},
			{2, entry{what: entryNobody, number: 2}},
			{1, entry{what: entryTaken, number: 3}},
			{1, entry{what: entrySignal, number: 4, envelope: large}},
			{1, entry{what: entryTaken, number: 5}},
		} {
			if !b.tell(told.node, told.entry) {
				t.Errorf("there is no room for %d", told.number)
			}
		}
		want := []string{"node 1: 1 3 at 0", "node 2: 2 at 0", "node 1: 4 5 at 0"}
		if left := seen.take(); !slices.Equal(left, want) {
			t.Errorf("left %q, expected %q", left, want)
		}
		b.tell(1, entry{what: entryTaken, number: 6})
		time.Sleep(gatherTime)
		if left := seen.take(); !slices.Equal(left, []string{"node 1: 6 at 1"}) {
			t.Errorf("a millisecond later left %q", left)
		}
	})
}

// TestBurstsWaitBounded: messages that never stop coming leave every millisecond.
func TestBurstsWaitBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, seen := gather(t)
		left := 0
		for sent := range 1000 {
			b.add(&nats.Msg{})
			left += len(seen.take())
			if missing := sent + 1 - left; missing > 10 { // ten come in a millisecond
				t.Fatalf("%d of %d wait", missing, sent+1)
			}
			time.Sleep(gatherTime / 10)
		}
		time.Sleep(2 * gatherTime)
		if left += len(seen.take()); left != 1000 {
			t.Errorf("%d of 1000 left", left)
		}
	})
}

// TestBurstsAreBounded: while nothing leaves, so much waits and not more.
func TestBurstsAreBounded(t *testing.T) {
	b := newBursts(func(*nats.Msg) {}, func(uint64, []byte) {})
	half := &nats.Msg{Data: make([]byte, maxGathered/2)}
	for i, want := range []bool{true, true, false} {
		if b.add(half) != want {
			t.Errorf("message %d: there is room: %t, expected %t", i+1, !want, want)
		}
	}
	if b.flush(); !b.add(half) {
		t.Error("there is no room after everything left")
	}
}
