package rendezvousclient

import (
	"sync"

	"github.com/tincan-chat/tincan/backend/signaling"
)

// Beyond these the sockets are read no further.
const (
	maxWaiting      = 1024    // events that wait
	maxWaitingBytes = 4 << 20 // bytes of the envelopes in them
)

// events hands events to the owner in their order, from one goroutine.
type events struct {
	handle func(signaling.Event)

	mu      sync.Mutex
	changed *sync.Cond
	waiting []signaling.Event
	bytes   int // of envelopes in waiting
	taken   int // out of waiting, and not handled yet
	closed  bool
	ended   chan struct{}
}

func newEvents(handle func(signaling.Event)) *events {
	e := &events{handle: handle, ended: make(chan struct{})}
	e.changed = sync.NewCond(&e.mu)
	go e.run()
	return e
}

func (e *events) run() {
	defer close(e.ended)
	for {
		e.mu.Lock()
		for len(e.waiting) == 0 && !e.closed {
			e.changed.Wait()
		}
		batch := e.waiting
		e.waiting, e.bytes, e.taken = nil, 0, len(batch)
		closed := e.closed
		e.changed.Broadcast()
		e.mu.Unlock()
		for _, event := range batch {
			e.handle(event)
			e.mu.Lock()
			e.taken--
			e.mu.Unlock()
		}
		if closed && len(batch) == 0 {
			return
		}
	}
}

// push adds an event and never waits.
func (e *events) push(event signaling.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	e.waiting = append(e.waiting, event)
	e.bytes += envelopes(event)
	e.changed.Broadcast()
}

// envelopes is how many bytes of envelopes an event holds.
func envelopes(event signaling.Event) int {
	held := len(event.Received)
	if event.Fetched != nil {
		for _, letter := range event.Fetched.Mails {
			held += len(letter.Envelope)
		}
	}
	return held
}

// throttle waits while the owner is far behind: whoever reads a socket calls it.
func (e *events) throttle() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for (len(e.waiting) >= maxWaiting || e.bytes >= maxWaitingBytes) && !e.closed {
		e.changed.Wait()
	}
}

// behind says whether the owner has at least so many events still to handle.
func (e *events) behind(count int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.waiting)+e.taken >= count
}

// close hands over what waits and returns after the last event.
func (e *events) close() {
	e.mu.Lock()
	e.closed = true
	e.changed.Broadcast()
	e.mu.Unlock()
	<-e.ended
}
