package rendezvous

import (
	"context"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	maxRequests    = 32               // of one device that wait for their turn
	requestTime    = 10 * time.Second // for the engine to answer one
	requestTakings = 256              // bytes that a request takes beside its content, roughly
	maxAnswerers   = 32 << 10         // devices whose requests are worked on at once
	lastAnswerers  = 64               // goroutines for that which stay: their stacks have the size by then
)

// request is an effect that may have to wait for other machines and for disks.
// Those of one device are answered one after the other, in the order in which
// they came, while the session goes on.
type request interface {
	effect
	// size is how much it holds on to while it waits and is worked on, in bytes.
	size() int
	// run answers it.
	run(ctx context.Context, server *Server) *wire.ServerFrame
	// unavailable is the answer when it cannot be worked on now.
	unavailable() *wire.ServerFrame
}

// requests are what one device asked and was not answered yet. Somebody works
// on them only while there are some.
type requests struct {
	mu      sync.Mutex
	waiting []request
	running bool
}

// queue takes a request, or answers at once that it cannot.
func (c *connection) queue(asked request) {
	if _, fetches := asked.(fetchMail); fetches {
		c.hinted.Store(false) // what comes from now on, it may miss
	}
	switch asked.(type) {
	case claimHandle, listEntry, report:
		if !c.server.writes.take(c.place.from().Addr(), c.server.options.Now()) {
			c.send(asked.unavailable())
			return
		}
	}
	q, size := &c.asked, asked.size()+requestTakings
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= maxRequests || !c.server.Reserve(size) {
		c.send(asked.unavailable())
		return
	}
	q.waiting = append(q.waiting, asked)
	if q.running {
		return
	}
	if q.running = c.server.mayWork(); !q.running { // the server is closed: nobody waits for an answer
		q.waiting = nil
		c.server.Release(size)
		return
	}
	c.server.answerers.add(c, (*connection).answerRequests)
}

// answerRequests works until nothing waits.
func (c *connection) answerRequests() {
	defer c.server.running.Done()
	q := &c.asked
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.running, q.waiting = false, nil
			q.mu.Unlock()
			return
		}
		asked := q.waiting[0]
		q.waiting[0] = nil
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		ctx, cancel := context.WithTimeout(c.server.context, requestTime)
		if !c.out.put(c, asked.run(ctx, c.server), false) {
			c.cut()
		}
		cancel()
		c.out.flush(c)
		c.server.Release(asked.size() + requestTakings)
	}
}

// mayWork counts work that Close waits for; false when the server is closed.
func (s *Server) mayWork() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}
