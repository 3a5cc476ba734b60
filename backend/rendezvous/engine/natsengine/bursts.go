package natsengine

import (
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// gatherTime is how long a message waits for others at most.
const gatherTime = time.Millisecond

// bursts lets messages leave together that come in quick succession: one that
// leaves alone wakes half a dozen goroutines here and on the other node, which
// costs more than the message itself. After a pause the first leaves at once.
type bursts struct {
	publish func(*nats.Msg)

	mu      sync.Mutex
	waiting []*nats.Msg
	lately  bool // something left less than gatherTime ago
}

// add publishes a message now or soon, after those that were added before.
func (b *bursts) add(one *nats.Msg) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, one)
	if !b.lately {
		b.leave()
	}
}

// flush publishes what waits.
func (b *bursts) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.publishAll()
}

// leave runs under mu.
func (b *bursts) leave() {
	b.lately = len(b.waiting) > 0
	if !b.lately {
		return
	}
	b.publishAll()
	time.AfterFunc(gatherTime, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.leave()
	})
}

// publishAll runs under mu.
func (b *bursts) publishAll() {
	for i, one := range b.waiting {
		b.publish(one)
		b.waiting[i] = nil
	}
	b.waiting = b.waiting[:0]
}
