package rendezvousclient

import (
	"context"
	"time"
)

// A server's frames are read as fast as they come until it has sent many more
// than it has reason to, and then at a rate at which they cost next to nothing:
// it is not trusted with the processor either. The burst is more than what all
// the contacts there can be, and a full mailbox, bring at once.
const (
	readBurst = 8192
	readRate  = 500 // frames a second
)

// pace is how far ahead of the rate a server is.
type pace struct {
	spent float64
	at    time.Time
}

// take counts a frame and returns how long to wait before the next is read.
func (p *pace) take(now time.Time) time.Duration {
	p.spent = max(0, p.spent-now.Sub(p.at).Seconds()*readRate) + 1
	p.at = now
	if p.spent <= readBurst {
		return 0
	}
	return time.Duration((p.spent - readBurst) / readRate * float64(time.Second))
}

// wait takes a frame's time; false when ctx ended.
func (p *pace) wait(ctx context.Context) bool {
	pause := p.take(time.Now())
	if pause <= 0 {
		return true
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
