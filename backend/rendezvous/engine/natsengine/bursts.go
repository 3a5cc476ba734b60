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
	// spareBundles is how many bundles' memory is used again.
	spareBundles = 8
)

// bursts lets messages leave together that come in quick succession: one that
// leaves alone wakes half a dozen goroutines here and on the other node, which
// costs more than the message itself. After a pause the first leaves at once.
// Who adds does not wait for the connection, which a slow server may hold up.
type bursts struct {
	publish func(*nats.Msg)
	send    func(node uint64, message []byte) // to a node, by incarnation; may not keep it
	added   chan struct{}

	mu      sync.Mutex
	waiting []*nats.Msg
	bundles []bundle
	open    map[uint64]int // the bundle of a node that has room
	size    int            // of what waits, in bytes
	used    [][]byte       // memory of bundles that left

	leaving sync.Mutex // held while messages leave, in their order
	spare   []*nats.Msg
}

// bundle is what one node will be told in one message: headerSize bytes of room
// for the message's header, then entries.
type bundle struct {
	node uint64
	data []byte
}

func newBursts(publish func(*nats.Msg), send func(node uint64, message []byte)) *bursts {
	return &bursts{publish: publish, send: send, added: make(chan struct{}, 1), open: make(map[uint64]int)}
}

// add has a message leave soon, after those that were added before; false when
// too many wait.
func (b *bursts) add(one *nats.Msg) bool {
	return b.gather(len(one.Data), func() { b.waiting = append(b.waiting, one) })
}

// tell has an entry leave soon, in one message with others for the same node;
// false when too many wait. It makes a copy.
func (b *bursts) tell(node uint64, one entry) bool {
	return b.gather(one.size(), func() {
		at, ok := b.open[node]
		if !ok || len(b.bundles[at].data)+one.size() > maxBundle {
			at = len(b.bundles)
			b.bundles, b.open[node] = append(b.bundles, bundle{node: node, data: b.room()}), at
		}
		b.bundles[at].data = one.append(b.bundles[at].data)
	})
}

// room is memory for a bundle. Growing a new one for each would be half of what
// the collector has to do while signals pass.
func (b *bursts) room() []byte {
	last := len(b.used) - 1
	if last < 0 {
		return make([]byte, headerSize, headerSize+4<<10)
	}
	data := b.used[last]
	b.used = b.used[:last]
	return data[:headerSize]
}

// gather adds what has a size, if there is room for it.
func (b *bursts) gather(size int, add func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.size+size > maxGathered {
		return false
	}
	b.size += size
	add()
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
	all, bundles := b.waiting, b.bundles
	b.waiting, b.bundles, b.size = b.spare[:0], nil, 0
	clear(b.open)
	b.mu.Unlock()
	for i, one := range all {
		b.publish(one)
		all[i] = nil
	}
	b.spare = all
	for _, one := range bundles {
		b.send(one.node, one.data)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, one := range bundles {
		if len(b.used) < spareBundles && cap(one.data) <= maxBundle {
			b.used = append(b.used, one.data)
		}
	}
}
