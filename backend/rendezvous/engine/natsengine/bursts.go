package natsengine

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// gatherTime is how long a message waits for others at most.
	gatherTime = time.Millisecond
	// maxGathered is what may wait, in bytes of content; what comes beyond is lost.
	maxGathered = 16 << 20
)

// bursts lets messages leave together that come in quick succession: one that
// leaves alone wakes half a dozen goroutines here and on the other node, which
// costs more than the message itself. After a pause the first leaves at once.
// Who adds does not wait for the connection, which a slow server may hold up.
type bursts struct {
	publish func(*nats.Msg)
	added   chan struct{}

	mu      sync.Mutex
	waiting []*nats.Msg
	size    int // of what waits, in bytes

	leaving sync.Mutex // held while messages leave, in their order
	spare   []*nats.Msg
}

func newBursts(publish func(*nats.Msg)) *bursts {
	return &bursts{publish: publish, added: make(chan struct{}, 1)}
}

// add has a message leave soon, after those that were added before; false when
// too many wait.
func (b *bursts) add(one *nats.Msg) bool {
	b.mu.Lock()
	if b.size += len(one.Data); b.size > maxGathered {
		b.size -= len(one.Data)
		b.mu.Unlock()
		return false
	}
	b.waiting = append(b.waiting, one)
	b.mu.Unlock()
	select {
	case b.added <- struct{}{}:
	default:
	}
	return true
}

// run lets messages leave until the context ends.
func (b *bursts) run(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		select {
		case <-b.added:
		case <-ctx.Done():
			return
		}
		b.flush()
		pause.Reset(gatherTime)
	}
}

// flush publishes what waits.
func (b *bursts) flush() {
	b.leaving.Lock()
	defer b.leaving.Unlock()
	b.mu.Lock()
	all := b.waiting
	b.waiting, b.size = b.spare[:0], 0
	b.mu.Unlock()
	for i, one := range all {
		b.publish(one)
		all[i] = nil
	}
	b.spare = all
}
