package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// entryByEntry stands between a device and its store and reads one entry at a
// time, so that each goes in a frame of its own: what batches are compared with.
type entryByEntry struct{ node.Store }

func (s entryByEntry) Beyond(ctx context.Context, conversation uuid.UUID, vector journal.Vector, maxBytes, _ int) ([]journal.Entry, error) {
	return s.Store.Beyond(ctx, conversation, vector, maxBytes, 1)
}

// caught is how a catch-up went.
type caught struct {
	took  time.Duration
	spent time.Duration // of processors, both devices
	grown uint64        // bytes of heap, both devices
	live  time.Duration // a text the other way, written in the middle, until both have it
}

// catchup: one has written while the other was away; from the moment the other
// starts until both disks hold everything and the writer knows.
func catchup(ctx context.Context, folder string) ([]figure, error) {
	const length, single = 100_000, 10_000
	batches, err := catchUp(ctx, filepath.Join(folder, "batches"), length, func(s node.Store) node.Store { return s })
	if err != nil {
		return nil, err
	}
	alone, err := catchUp(ctx, filepath.Join(folder, "alone"), single, func(s node.Store) node.Store { return entryByEntry{s} })
	if err != nil {
		return nil, err
	}
	rate := func(count int, took time.Duration) float64 { return float64(count) / took.Seconds() }
	return []figure{{
		"catch-up of 100,000 entries over a fresh line, durable on both sides", fmt.Sprintf("%.1f s", batches.took.Seconds()), "10 s",
		fmt.Sprintf("a frame for each entry: %.0f/s against %.0f/s, ratio %.1f; %.1f s of CPU, both devices", rate(single, alone.took),
			rate(length, batches.took), rate(length, batches.took)/rate(single, alone.took), batches.spent.Seconds()),
	}, {
		"growth of the heap meanwhile, both devices", fmt.Sprintf("%.0f MiB", float64(batches.grown)/(1<<20)), "64 MiB", "",
	}, {
		"a text the other way in the middle of it, until both have it", milliseconds(batches.live), "", "",
	}}, nil
}

func catchUp(ctx context.Context, folder string, length int, wrap func(node.Store) node.Store) (_ caught, err error) {
	p, err := newPair(ctx, folder, wrap)
	if err != nil {
		return caught{}, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := errors.Join(p.ben.Close(), fill(ctx, p.ana, p, length)); err != nil {
		return caught{}, err
	}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var highest atomic.Uint64
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			highest.Store(max(highest.Load(), now.HeapAlloc))
			select {
			case <-watching.Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	defer stop()
	start, spent := time.Now(), processorTime()
	if err := p.ben.Open(ctx, nil); err != nil {
		return caught{}, err
	}
	p.wait(ctx, uint64(length/3))
	written := time.Now()
	if _, err := p.ben.SendText(ctx, p.conversation, text); err != nil {
		return caught{}, err
	}
	var result caught
	if err := p.ben.Until(ctx, "the text is there", func() bool {
		return p.ben.Delivered(ctx, p.ana.Keys.Peer()) > 1
	}); err != nil {
		return caught{}, err
	}
	result.live = time.Since(written)
	p.wait(ctx, uint64(length))
	result.took, result.spent = time.Since(start), processorTime()-spent
	stop()
	<-watched
	result.grown = highest.Load() - min(highest.Load(), before.HeapAlloc)
	return result, nil
}

// processorTime is what this process has used, as Linux tells it; 0 elsewhere.
// On a busy machine it says more than the time on the wall.
func processorTime() time.Duration {
	const user, system, tick = 11, 12, 10 * time.Millisecond // fields behind the name, proc(5)
	data, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, behind, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(behind)
	total := 0
	for _, field := range []int{user, system} {
		if field < len(fields) {
			ticks, _ := strconv.Atoi(fields[field])
			total += ticks
		}
	}
	return time.Duration(total) * tick
}
