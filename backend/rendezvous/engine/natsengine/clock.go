package natsengine

import (
	"sync"
	"time"
)

// clock gives out stamps that are later than every stamp this node has seen,
// whatever the machines' clocks say (a hybrid logical clock: Kulkarni et al.,
// 2014). The high 48 bits are nanoseconds over 65,536, the others the node's, so
// that no two nodes give out the same.
type clock struct {
	now  func() time.Time
	node uint64

	mu   sync.Mutex
	last uint64
}

const clockBits = 16

func (c *clock) stamp() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := max(uint64(c.now().UnixNano()), c.last)>>clockBits + 1
	c.last = last<<clockBits | c.node&(1<<clockBits-1)
	return c.last
}

func (c *clock) observe(stamp uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = max(c.last, stamp)
}

// read returns what others must not fall behind.
func (c *clock) read() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}
