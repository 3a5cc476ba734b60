package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
)

const (
	// gatherFor is the shortest time between two changes.
	gatherFor = 16 * time.Millisecond
	// kept is how many changes are remembered for Since.
	kept = 256
	// keptMessages bounds how many messages are in those, and how many rows: a
	// reader that is so far behind reads everything anew.
	keptMessages = 2000
	// mostMessages is how many messages one change carries.
	mostMessages = 500
)

// waiting is what has to be told with the next change.
type waiting struct {
	rows            map[uuid.UUID]bool
	allRows         bool
	removed         map[uuid.UUID]bool
	cleared         map[uuid.UUID]bool
	messages        []journal.Hash        // new, changed or gone
	arrived         map[journal.Hash]bool // those of them that are new
	positions       map[uuid.UUID]bool
	requests        map[uuid.UUID]Request
	removedRequests map[uuid.UUID]bool
	bans            bool
	live            bool // profile, network, problem may have changed
	settings        *Settings
	doubts          bool // what is not as it should be may have changed
	repair          bool
}

// gatherer collects what happens, numbers what is told and remembers it.
type gatherer struct {
	wake chan struct{} // something waits

	mutex    sync.Mutex
	next     waiting
	sequence int64
	ring     []Changes     // the last ones, oldest first
	weight   int           // of ring
	grown    chan struct{} // closed and replaced when one is added
	closed   bool
}

func newGatherer() *gatherer {
	return &gatherer{wake: make(chan struct{}, 1), next: newWaiting(), grown: make(chan struct{})}
}

func newWaiting() waiting {
	return waiting{
		rows: map[uuid.UUID]bool{}, removed: map[uuid.UUID]bool{}, cleared: map[uuid.UUID]bool{}, positions: map[uuid.UUID]bool{},
		requests: map[uuid.UUID]Request{}, arrived: map[journal.Hash]bool{}, removedRequests: map[uuid.UUID]bool{},
	}
}

// mark notes that something has to be told.
func (g *gatherer) mark(note func(*waiting)) {
	g.mutex.Lock()
	note(&g.next)
	g.mutex.Unlock()
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// take returns what waits, and begins anew.
func (g *gatherer) take() waiting {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	taken := g.next
	g.next = newWaiting()
	if rest := len(taken.messages) - mostMessages; rest > 0 {
		g.next.messages, g.next.arrived = slices.Clone(taken.messages[mostMessages:]), taken.arrived
		taken.messages = taken.messages[:mostMessages:mostMessages]
		select {
		case g.wake <- struct{}{}:
		default:
		}
	}
	return taken
}

// publish numbers a change and hands it to everybody who listens.
func (g *gatherer) publish(changes Changes) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.sequence++
	changes.Sequence = g.sequence
	g.ring = append(g.ring, changes)
	g.weight += weightOf(changes)
	forget := 0
	for len(g.ring)-forget > kept || g.weight > keptMessages && len(g.ring)-forget > 1 {
		g.weight -= weightOf(g.ring[forget])
		forget++
	}
	g.ring = slices.Delete(g.ring, 0, forget)
	close(g.grown)
	g.grown = make(chan struct{})
}

// weightOf is what it takes to remember a change: a row or a message counts one,
// a long text more.
func weightOf(changes Changes) int {
	weight := len(changes.Conversations) + len(changes.RemovedMessages)
	for _, message := range changes.Messages {
		weight += 1 + len(message.Text)>>10
	}
	return weight
}

// last returns the number of the last change.
func (g *gatherer) last() int64 {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.sequence
}

// after returns the changes after a number, and a channel that is closed when
// there are more. known is false when they are not remembered any more.
func (g *gatherer) after(sequence int64) (changes []Changes, more <-chan struct{}, known bool) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	missing := g.sequence - sequence
	if sequence < 0 || missing < 0 || missing > int64(len(g.ring)) {
		return nil, g.grown, false
	}
	return slices.Clone(g.ring[int64(len(g.ring))-missing:]), g.grown, true
}

func (g *gatherer) close() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if !g.closed {
		g.closed = true
		close(g.grown)
		g.grown = make(chan struct{})
	}
}

func (g *gatherer) isClosed() bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.closed
}

// Subscription reads the changes in order, from one goroutine.
type Subscription struct {
	changes  *gatherer
	sequence int64
	waiting  []Changes
}

// Subscribe returns a reader of the changes after a number; negative: from now on.
func (a *App) Subscribe(sequence int64) *Subscription {
	if sequence < 0 {
		sequence = a.changes.last()
	}
	return &Subscription{changes: a.changes, sequence: sequence}
}

// Next returns the next change as soon as there is one. A reader that is too
// slow gets one with Reset instead of those that are forgotten. Errors: those
// of ctx, and one with the code "closing" after Close.
func (s *Subscription) Next(ctx context.Context) (Changes, error) {
	for len(s.waiting) == 0 {
		if s.changes.isClosed() {
			return Changes{}, errClosed
		}
		found, more, known := s.changes.after(s.sequence)
		switch {
		case !known:
			s.sequence = s.changes.last()
			return Changes{Sequence: s.sequence, Reset: true}, nil
		case len(found) > 0:
			s.waiting = found
		default:
			select {
			case <-more:
			case <-ctx.Done():
				return Changes{}, ctx.Err()
			}
		}
	}
	next := s.waiting[0]
	s.waiting = s.waiting[1:]
	s.sequence = next.Sequence
	return next, nil
}

// flushAll tells what waits, at most once in gatherFor and at once after a rest.
func (a *App) flushAll(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.changes.wake:
		}
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		a.flush(ctx)
		pause.Reset(gatherFor)
	}
}
