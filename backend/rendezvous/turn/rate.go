package turn

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// rate is a bucket that leaks: what it lets pass takes time to flow off, and it
// holds as much as flows off in its depth. It is one number, so that packets
// of several goroutines need no lock.
type rate struct {
	empty atomic.Int64 // Unix nanoseconds at which everything will have flowed off
}

// take lets something pass that takes cost to flow off, or says that it is too much.
func (r *rate) take(cost, depth time.Duration, now int64) bool {
	for {
		was := r.empty.Load()
		next, ok := flow(was, cost, depth, now)
		if !ok {
			return false
		}
		if r.empty.CompareAndSwap(was, next) {
			return true
		}
	}
}

func flow(empty int64, cost, depth time.Duration, now int64) (next int64, ok bool) {
	if empty-now > int64(2*depth) {
		empty = now // the clock went back
	}
	next = max(empty, now) + int64(cost)
	return next, next-now <= int64(depth)
}

// costOf is how long size bytes take at so many a second.
func costOf(size, perSecond int) time.Duration {
	return time.Duration(int64(size) * int64(time.Second) / int64(perSecond))
}

const (
	placeSets = 1024
	placeWays = 4
	// How many seconds' worth of requests may come at once.
	placeBurst = 5 * time.Second
	allBurst   = 2 * time.Second
)

// places bounds what is answered to those who have not proved anything: an
// answer goes where the request says it is from, which may be a lie. The table
// is of fixed size (4,096 prefixes); who is longest at rest makes room, and the
// bound on all together holds for those who come from everywhere.
type places struct {
	each, all time.Duration // that one request takes to flow off
	seed      maphash.Seed
	together  rate

	mu   sync.Mutex
	sets [placeSets][placeWays]place
}

type place struct {
	prefix netip.Prefix
	empty  int64
}

func newPlaces(each, all int) *places {
	return &places{each: time.Second / time.Duration(each), all: time.Second / time.Duration(all), seed: maphash.MakeSeed()}
}

// take counts a request from an address, or says that it is too much.
func (p *places) take(addr netip.Addr, now int64) bool {
	return p.takePlace(prefixOf(addr), now) && p.together.take(p.all, allBurst, now)
}

func (p *places) takePlace(prefix netip.Prefix, now int64) bool {
	set := &p.sets[maphash.Comparable(p.seed, prefix)%placeSets]
	p.mu.Lock()
	defer p.mu.Unlock()
	found := &set[0]
	for way := range set {
		one := &set[way]
		if one.prefix == prefix {
			found = one
			break
		}
		if one.empty < found.empty {
			found = one
		}
	}
	if found.prefix != prefix {
		*found = place{prefix: prefix}
	}
	next, ok := flow(found.empty, p.each, placeBurst, now)
	if ok {
		found.empty = next
	}
	return ok
}
