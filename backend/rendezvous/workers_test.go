package rendezvous

import (
	"sync/atomic"
	"testing"
)

// TestWorkers has more tasks than goroutines: no more run at once, none is
// lost, and each that can run does although others block.
func TestWorkers(t *testing.T) {
	t.Parallel()
	const most, tasks = 8, 5000
	w := newWorkers(most, 2)
	gate, started := make(chan struct{}), make(chan struct{}, tasks)
	var running, peak, done atomic.Int64
	for range tasks {
		w.add(nil, func(*connection) {
			now := running.Add(1)
			for {
				highest := peak.Load()
				if now <= highest || peak.CompareAndSwap(highest, now) {
					break
				}
			}
			started <- struct{}{}
			<-gate
			running.Add(-1)
			done.Add(1)
		})
	}
	for range most {
		<-started
	}
	if len(started) != 0 {
		t.Error("more run than may")
	}
	close(gate)
	w.stop()
	if done.Load() != tasks || peak.Load() != most || running.Load() != 0 {
		t.Errorf("%d done, %d at once", done.Load(), peak.Load())
	}
	w.add(nil, func(*connection) { t.Error("run after the end") })
}

// TestWorkersKeepOrder has one goroutine.
func TestWorkersKeepOrder(t *testing.T) {
	t.Parallel()
	w := newWorkers(1, 1)
	var order []int
	for i := range 3 * keptTasks {
		w.add(nil, func(*connection) { order = append(order, i) })
	}
	w.stop()
	for i, got := range order {
		if got != i {
			t.Fatalf("task %d is the %dth", got, i)
		}
	}
	if len(order) != 3*keptTasks {
		t.Errorf("%d tasks", len(order))
	}
}
