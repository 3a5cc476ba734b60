package memlink

import (
	"container/heap"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
)

// Network is what transports reach each other through. Its methods are safe
// for concurrent use; Step is run by one caller at a time.
type Network struct {
	now   func() time.Time
	delay func(from, to link.Remote) time.Duration

	stepping sync.Mutex // held while handlers run
	mutex    sync.Mutex
	queue    queue
	order    uint64
	devices  map[identity.DeviceID]*Transport
	lines    map[route]*line
	told     []telling
	wake     chan struct{}
}

// route is one direction between two devices.
type route struct{ from, to identity.DeviceID }

// line is what is on its way in one direction, in order.
type line struct {
	waiting []func()
	stalled int       // deliveries that came due while the line was cut
	last    time.Time // when the last packet arrives
	cut     atomic.Bool
}

// deliver hands over the next packet; the mutex is held.
func (l *line) deliver() {
	if l.cut.Load() {
		l.stalled++
		return
	}
	next := l.waiting[0]
	l.waiting[0] = nil
	l.waiting = l.waiting[1:]
	next()
}

// telling is an event that waits for the mutex to be free.
type telling struct {
	transport *Transport
	event     link.Event
}

// item is something that happens at a time.
type item struct {
	at    time.Time
	order uint64
	run   func() // under the mutex
}

type queue []item

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].order < q[j].order
}

func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	if one, ok := x.(item); ok {
		*q = append(*q, one)
	}
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(*q) - 1
	one := (*q)[last]
	(*q)[last] = item{}
	*q = (*q)[:last]
	return one
}

// NewNetwork makes a network. Now is its clock; delay says how long a packet
// takes (nil: no time). Packets between two devices never overtake each other.
func NewNetwork(now func() time.Time, delay func(from, to link.Remote) time.Duration) *Network {
	if delay == nil {
		delay = func(link.Remote, link.Remote) time.Duration { return 0 }
	}
	return &Network{
		now: now, delay: delay,
		devices: make(map[identity.DeviceID]*Transport),
		lines:   make(map[route]*line),
		wake:    make(chan struct{}, 1),
	}
}

// at queues something; the mutex is held.
func (n *Network) at(when time.Time, run func()) {
	n.order++
	heap.Push(&n.queue, item{at: when, order: n.order, run: run})
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// line answers the line of a direction; the mutex is held.
func (n *Network) line(way route) *line {
	one := n.lines[way]
	if one == nil {
		one = &line{}
		n.lines[way] = one
	}
	return one
}

// packet queues what arrives at the other end; the mutex is held.
func (n *Network) packet(from, to link.Remote, arrive func()) {
	way := n.line(route{from.Device, to.Device})
	when := n.now().Add(n.delay(from, to))
	if when.Before(way.last) {
		when = way.last
	}
	way.last = when
	way.waiting = append(way.waiting, arrive)
	n.at(when, way.deliver)
}

// Next tells when the next thing happens; ok is false when nothing is queued.
func (n *Network) Next() (at time.Time, ok bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if len(n.queue) == 0 {
		return time.Time{}, false
	}
	return n.queue[0].at, true
}

// Step does the next thing that is due by now, with the events that come of
// it, and reports whether there was one.
func (n *Network) Step() bool {
	n.stepping.Lock()
	defer n.stepping.Unlock()
	n.mutex.Lock()
	if len(n.queue) == 0 || n.queue[0].at.After(n.now()) {
		n.mutex.Unlock()
		return false
	}
	next, ok := heap.Pop(&n.queue).(item)
	if ok {
		next.run()
	}
	n.mutex.Unlock()
	n.tell()
	return ok
}

// tell runs the handlers; stepping is held, the mutex is not.
func (n *Network) tell() {
	for {
		n.mutex.Lock()
		if len(n.told) == 0 {
			n.mutex.Unlock()
			return
		}
		next := n.told[0]
		n.told[0] = telling{}
		n.told = n.told[1:]
		silent := next.transport.silent
		n.mutex.Unlock()
		if !silent {
			next.transport.config.Events(next.event)
		}
	}
}

// Cut keeps everything between two devices from arriving, until Heal. What is
// sent meanwhile arrives then, in order, if the session lives so long.
func (n *Network) Cut(a, b identity.DeviceID) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.line(route{a, b}).cut.Store(true)
	n.line(route{b, a}).cut.Store(true)
}

// CutWay is Cut in one direction only.
func (n *Network) CutWay(from, to identity.DeviceID) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.line(route{from, to}).cut.Store(true)
}

// Heal ends a Cut and a CutWay.
func (n *Network) Heal(a, b identity.DeviceID) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, way := range []route{{a, b}, {b, a}} {
		one := n.line(way)
		one.cut.Store(false)
		for range one.stalled {
			n.at(n.now(), one.deliver)
		}
		one.stalled = 0
		if transport := n.devices[way.from]; transport != nil {
			for _, s := range transport.ordered() {
				s.wakeStreams()
			}
		}
	}
}

// Break ends the sessions between two devices, as if ICE had failed.
func (n *Network) Break(a, b identity.DeviceID) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, pair := range []route{{a, b}, {b, a}} {
		if transport := n.devices[pair.from]; transport != nil {
			n.at(n.now(), func() {
				for _, s := range transport.ordered() {
					if s.remote.Device == pair.to {
						s.finish(link.ReasonFailed, nil)
					}
				}
			})
		}
	}
}

// Pump steps whenever something is due, in a goroutine of its own, until ctx
// ends; then it closes done. Times are those of the machine: give NewNetwork
// time.Now.
func (n *Network) Pump(ctx context.Context) (done <-chan struct{}) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		timer := time.NewTimer(0)
		defer timer.Stop()
		for {
			for more := true; more && ctx.Err() == nil; {
				more = n.Step()
			}
			wait := time.Hour
			if at, ok := n.Next(); ok {
				wait = max(at.Sub(n.now()), 0)
			}
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return
			case <-n.wake:
			case <-timer.C:
			}
		}
	}()
	return ended
}
