package load

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// SignalOptions say how messages of MessageSize are relayed.
type SignalOptions struct {
	Clients int           // each sends to its partner; even
	Rate    float64       // messages a second in all; 0: as many as can be
	Window  int           // messages under way at a time while Rate is 0; 256
	For     time.Duration // what is measured
	Warm    time.Duration // before that
	// Joined, if it is not nil, is called when all clients are logged in and nothing was sent yet.
	Joined func(context.Context) error
	// Measuring, if it is not nil, is called with true when the measured time
	// begins and with false when it ended.
	Measuring func(bool)
}

// SignalResult is what Signals saw, of the measured time.
type SignalResult struct {
	Clients  int           `json:"clients"`
	Asked    float64       `json:"asked_a_second,omitempty"`
	Rate     float64       `json:"a_second"`
	Sent     int64         `json:"sent"`
	Received int64         `json:"received"`
	Failed   int64         `json:"failed"` // here and below: of the whole run
	Lost     int64         `json:"lost"`
	Latency  Latency       `json:"latency"`
	Took     time.Duration `json:"took_ns"`
	// Held: there were too few clients, each within its rate, to load the server fully.
	Held bool `json:"held_back_by_the_clients_rate,omitempty"`
}

// traffic is one run of Signals.
type traffic struct {
	options SignalOptions
	fleet   *Fleet
	pause   time.Duration
	base    time.Time
	sentAt  []atomic.Int64 // when a client sent last, since base
	turn    atomic.Uint64  // whose turn it is
	waiting atomic.Int64   // messages of the window that wait for a client that may send
	held    atomic.Int64

	measuring              atomic.Bool
	sent, received, failed atomic.Int64
	shards                 [16]*histogram // by client, so that readers do not wait for each other
}

// Signals relays messages between pairs.
//
// With a rate, messages are sent when they are due, whatever became of those
// before, and latency counts from when each was due: a server that falls
// behind cannot hide it. Without, a window of messages is always under way.
func Signals(ctx context.Context, service Service, options SignalOptions) (SignalResult, error) {
	if options.Clients < 2 || options.Clients%2 != 0 {
		return SignalResult{}, fmt.Errorf("load: %d clients cannot be paired", options.Clients)
	}
	if options.Window == 0 {
		options.Window = 256
	}
	t := &traffic{options: options, pause: service.Pause(), base: time.Now(), sentAt: make([]atomic.Int64, options.Clients)}
	if t.pause > 0 && options.Rate*t.pause.Seconds() > float64(options.Clients) {
		return SignalResult{}, fmt.Errorf("load: %.0f messages a second take at least %.0f clients", options.Rate, options.Rate*t.pause.Seconds())
	}
	for i := range t.sentAt {
		t.sentAt[i].Store(-int64(time.Hour))
	}
	for i := range t.shards {
		t.shards[i] = newHistogram()
	}
	ready := make(chan struct{})
	fleet, _, err := Join(ctx, service, options.Clients, 0, func(index int) Events {
		return Events{
			Received: func(stamp uint64) { t.arrived(index, stamp) },
			Failed: func() {
				<-ready
				t.failed.Add(1)
				t.again()
			},
		}
	})
	t.fleet = fleet
	close(ready)
	if err != nil {
		return SignalResult{}, err
	}
	defer fleet.Leave()
	if options.Joined != nil {
		if err = options.Joined(ctx); err != nil {
			return SignalResult{}, err
		}
	}
	return t.run(ctx)
}

func (t *traffic) run(ctx context.Context) (SignalResult, error) {
	sendContext, cancel := context.WithCancel(ctx)
	defer cancel()
	var sending sync.WaitGroup
	if t.options.Rate > 0 {
		sending.Go(func() { t.pace(sendContext) })
	} else {
		sending.Go(func() { t.fill(sendContext) })
	}
	waitUntil(ctx, time.Now().Add(t.options.Warm))
	sentBefore, receivedBefore, heldBefore := t.sent.Load(), t.received.Load(), t.held.Load()
	if t.options.Measuring != nil {
		t.options.Measuring(true)
	}
	t.measuring.Store(true)
	began := time.Now()
	waitUntil(ctx, began.Add(t.options.For))
	sent, received, held := t.sent.Load()-sentBefore, t.received.Load()-receivedBefore, t.held.Load()-heldBefore
	took := time.Since(began)
	if t.options.Measuring != nil {
		t.options.Measuring(false)
	}
	cancel()
	sending.Wait()
	t.drain(ctx)
	t.measuring.Store(false)
	whole := newHistogram()
	for _, shard := range t.shards {
		shard.mu.Lock()
		whole.counts.Merge(shard.counts)
		shard.mu.Unlock()
	}
	result := SignalResult{
		Clients: t.options.Clients, Asked: t.options.Rate, Rate: float64(received) / took.Seconds(),
		Sent: sent, Received: received, Failed: t.failed.Load(), Latency: whole.latency(), Took: took,
		Lost: max(t.sent.Load()-t.received.Load()-t.failed.Load(), 0), Held: held > sent/10,
	}
	return result, t.fleet.check()
}

// drain waits for what is under way, as long as some of it still comes.
func (t *traffic) drain(ctx context.Context) {
	const quiet = 500 * time.Millisecond
	for before := int64(-1); t.received.Load() != before && t.received.Load()+t.failed.Load() < t.sent.Load(); {
		before = t.received.Load()
		if !waitUntil(ctx, time.Now().Add(quiet)) {
			return
		}
	}
}

// arrived counts a message and sends the next one of the window.
func (t *traffic) arrived(index int, stamp uint64) {
	now := time.Since(t.base)
	t.received.Add(1)
	if t.measuring.Load() {
		t.shards[index%len(t.shards)].record(now - time.Duration(stamp))
	}
	t.again()
}

// again sends another message of the window, or leaves it to fill when no client may.
func (t *traffic) again() {
	if t.options.Rate == 0 {
		t.waiting.Add(1)
		t.release()
	}
}

// release sends messages that wait as long as there are clients that may send.
// Whose turn it is goes around, so the next one is always the one that waited longest.
func (t *traffic) release() {
	for {
		waiting := t.waiting.Load()
		if waiting <= 0 || t.fleet == nil {
			return
		}
		turn := t.turn.Load()
		index := int(turn % uint64(t.options.Clients))
		now := time.Since(t.base)
		if now-time.Duration(t.sentAt[index].Load()) < t.pause {
			t.held.Add(1)
			return
		}
		if !t.turn.CompareAndSwap(turn, turn+1) {
			continue
		}
		t.waiting.Add(-1)
		t.transmit(index, now)
	}
}

// transmit sends one message that was due at a time since base.
func (t *traffic) transmit(index int, due time.Duration) {
	t.sentAt[index].Store(int64(time.Since(t.base)))
	t.sent.Add(1)
	if t.fleet.clients[index].Send(partner(index), uint64(due)) != nil {
		t.failed.Add(1) // the reader tells why
	}
}

// fill keeps the window full: at the start, when clients may send again, and
// after messages got lost.
func (t *traffic) fill(ctx context.Context) {
	const (
		look  = 2 * time.Millisecond
		stall = 2 * time.Second
	)
	t.waiting.Store(int64(t.options.Window))
	moved, count := time.Now(), int64(0)
	for ctx.Err() == nil {
		t.release()
		if received := t.received.Load(); received != count {
			moved, count = time.Now(), received
		} else if time.Since(moved) > stall {
			t.waiting.Store(int64(t.options.Window))
			moved = time.Now()
		}
		waitUntil(ctx, time.Now().Add(look))
	}
	t.waiting.Store(-1 << 40) // nothing more is sent
}

// pace sends at the rate that was asked for.
func (t *traffic) pace(ctx context.Context) {
	began := time.Since(t.base)
	for count := 0; ; count++ {
		due := began + time.Duration(float64(count)/t.options.Rate*float64(time.Second))
		if !waitUntil(ctx, t.base.Add(due)) {
			return
		}
		t.transmit(count%t.options.Clients, due)
	}
}
