package turn

import (
	"sync"
	"sync/atomic"
	"time"
)

const day = 24 * time.Hour

// account is one peer's use.
type account struct {
	held    int  // allocations; guarded by quotas.mu
	in, out rate // from others to the peer, and from it to others
	day     atomic.Int64
	bytes   atomic.Int64 // moved on that day
}

// spend counts bytes and says whether they are within the day's quota. At
// midnight a packet may be counted on the wrong side, no more.
func (a *account) spend(size int, quota int64, now time.Time) bool {
	today := dayOf(now)
	if was := a.day.Load(); was != today && a.day.CompareAndSwap(was, today) {
		a.bytes.Store(0)
	}
	if a.bytes.Load() >= quota {
		return false
	}
	a.bytes.Add(int64(size))
	return true
}

func (a *account) spent(now time.Time) int64 {
	if a.day.Load() != dayOf(now) {
		return 0
	}
	return a.bytes.Load()
}

func dayOf(now time.Time) int64 { return now.Unix() / int64(day/time.Second) }

// quotas is the bounded table of accounts, by tag. Accounts with allocations
// are always in it, and those are bounded by the number of allocations.
type quotas struct {
	most int

	mu       sync.Mutex
	accounts map[string]*account
}

func newQuotas(most int) *quotas {
	return &quotas{most: most, accounts: make(map[string]*account)}
}

// held returns how many allocations a peer has.
func (q *quotas) held(tag string) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if found := q.accounts[tag]; found != nil {
		return found.held
	}
	return 0
}

// mayTake says whether a peer's quotas have room for another allocation.
func (q *quotas) mayTake(tag string, most int, bytes int64, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	found := q.accounts[tag]
	return found == nil || found.hasRoom(most, bytes, now)
}

// hasRoom runs under quotas.mu.
func (a *account) hasRoom(most int, bytes int64, now time.Time) bool {
	return a.held < most && a.spent(now) < bytes
}

// take counts an allocation of a peer; nil when the quotas have no room.
func (q *quotas) take(tag string, most int, bytes int64, now time.Time) *account {
	q.mu.Lock()
	defer q.mu.Unlock()
	found := q.accounts[tag]
	if found == nil {
		if len(q.accounts) >= q.most {
			q.forget(now)
		}
		found = &account{}
		q.accounts[tag] = found
	}
	if !found.hasRoom(most, bytes, now) {
		return nil
	}
	found.held++
	return found
}

func (q *quotas) give(tag string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if found := q.accounts[tag]; found != nil {
		found.held--
	}
}

// forget makes room, under mu: everybody without an allocation who moved
// nothing today, and if that is nobody, whoever moved least of some.
func (q *quotas) forget(now time.Time) {
	const looked = 64
	least, at := int64(-1), ""
	seen := 0
	for tag, one := range q.accounts {
		if one.held > 0 {
			continue
		}
		spent := one.spent(now)
		if spent == 0 {
			delete(q.accounts, tag)
			continue
		}
		if seen++; seen <= looked && (least < 0 || spent < least) {
			least, at = spent, tag
		}
	}
	if len(q.accounts) >= q.most && at != "" {
		delete(q.accounts, at)
	}
}
