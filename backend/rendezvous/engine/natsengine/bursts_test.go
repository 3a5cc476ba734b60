package natsengine

import (
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
)

// TestBursts: what comes at once leaves together and in order, a millisecond
// after what left before; after a pause nothing waits.
func TestBursts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var left []string // subject and millisecond
		b := &bursts{publish: func(one *nats.Msg) {
			left = append(left, one.Subject+" at "+strconv.FormatInt(time.Since(began).Milliseconds(), 10))
		}}
		add := func(subjects ...string) {
			for _, subject := range subjects {
				b.add(&nats.Msg{Subject: subject})
			}
		}
		expect := func(when string, want ...string) {
			t.Helper()
			synctest.Wait()
			b.mu.Lock() // under which it publishes
			defer b.mu.Unlock()
			if !slices.Equal(left, want) {
				t.Errorf("%s: left %q, expected %q", when, left, want)
			}
			left = nil
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
		add("e", "f")
		expect("after another pause", "e at 4")
		b.flush()
		expect("flushed", "f at 4")
		time.Sleep(gatherTime)
		expect("flushed before")
		add("g")
		expect("after a flush and a pause", "g at 5")
		time.Sleep(2 * gatherTime)
	})
}

// TestBurstsWaitBounded: messages that never stop coming leave every millisecond.
func TestBurstsWaitBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := 0
		b := &bursts{publish: func(*nats.Msg) { left++ }}
		for sent := range 1000 {
			b.add(&nats.Msg{})
			b.mu.Lock() // under which it publishes
			missing := sent + 1 - left
			b.mu.Unlock()
			if missing > 10 { // ten come in a millisecond
				t.Fatalf("%d of %d wait", missing, sent+1)
			}
			time.Sleep(gatherTime / 10)
			synctest.Wait()
		}
		time.Sleep(2 * gatherTime)
		synctest.Wait()
		b.mu.Lock()
		defer b.mu.Unlock()
		if left != 1000 {
			t.Errorf("%d of 1000 left", left)
		}
	})
}
