package rendezvous

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

const (
	maxPutQuotas   = 20_000   // identities whose use is remembered
	maxPlaceQuotas = 20_000   // networks whose use is remembered
	maxUsedWork    = 32 << 10 // of each of two generations; 5 MiB in all
)

// putQuotas bounds what each identity leaves in mailboxes, whatever number of
// devices and sessions it has here.
type putQuotas struct {
	puts, bytes, recalled float64 // an hour, a day, an hour

	mu sync.Mutex
	by map[identity.PeerID]*putQuota
}

type putQuota struct{ puts, bytes, recalled bucket }

func newPutQuotas(limits Limits) putQuotas {
	return putQuotas{
		puts: float64(limits.PutsPerHour), bytes: float64(limits.PutBytesPerDay), recalled: float64(limits.RecalledPerHour),
		by: make(map[identity.PeerID]*putQuota),
	}
}

// take counts an envelope, or says that it is too much.
func (q *putQuotas) take(peer identity.PeerID, size int, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	held := q.of(peer, now)
	perHour, perDay := q.puts/time.Hour.Seconds(), q.bytes/(24*time.Hour).Seconds()
	if !held.puts.takeMany(1, perHour, q.puts, now) {
		return false
	}
	if !held.bytes.takeMany(float64(size), perDay, q.bytes, now) {
		held.puts.tokens++ // a smaller one may still go
		return false
	}
	return true
}

// recall counts an envelope that is to be taken back as one that is put, or says
// that it is too much: also while what was read for others is more than an hour's.
func (q *putQuotas) recall(peer identity.PeerID, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	held := q.of(peer, now)
	return held.recalled.takeMany(1, q.recalled/time.Hour.Seconds(), q.recalled, now) &&
		held.puts.takeMany(1, q.puts/time.Hour.Seconds(), q.puts, now)
}

// read counts what was read to take something back, which is known only then: it
// may be more than there was left.
func (q *putQuotas) read(peer identity.PeerID, size int, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.of(peer, now).recalled.tokens -= float64(size)
}

// of runs under mu.
func (q *putQuotas) of(peer identity.PeerID, now time.Time) *putQuota {
	held := q.by[peer]
	if held == nil {
		q.makeRoom(now)
		full := func(tokens float64) bucket { return bucket{tokens: tokens, filled: now} }
		held = &putQuota{puts: full(q.puts), bytes: full(q.bytes), recalled: full(q.recalled)}
		q.by[peer] = held
	}
	return held
}

// makeRoom runs under mu. It forgets those who put nothing for an hour, and if
// that is nobody, any half.
func (q *putQuotas) makeRoom(now time.Time) {
	if len(q.by) < maxPutQuotas {
		return
	}
	for peer, held := range q.by {
		if now.Sub(held.puts.filled) >= time.Hour {
			delete(q.by, peer)
		}
	}
	for peer := range q.by {
		if len(q.by) <= maxPutQuotas/2 {
			return
		}
		delete(q.by, peer)
	}
}

// placeQuotas bound what all identities at one place (an IPv4 address, an IPv6
// /64) write into the tables: an identity costs nothing, a table's room does.
type placeQuotas struct {
	most float64 // an hour

	mu sync.Mutex
	by map[netip.Prefix]*bucket
}

// take counts a claim, an entry or a report, or says that it is too much.
func (q *placeQuotas) take(address netip.Addr, now time.Time) bool {
	place := prefixOf(address)
	q.mu.Lock()
	defer q.mu.Unlock()
	held := q.by[place]
	if held == nil {
		q.makeRoom(now)
		held = &bucket{tokens: q.most, filled: now}
		q.by[place] = held
	}
	return held.takeMany(1, q.most/time.Hour.Seconds(), q.most, now)
}

// makeRoom runs under mu, as that of putQuotas.
func (q *placeQuotas) makeRoom(now time.Time) {
	if len(q.by) < maxPlaceQuotas {
		return
	}
	for place, held := range q.by {
		if now.Sub(held.filled) >= time.Hour {
			delete(q.by, place)
		}
	}
	for place := range q.by {
		if len(q.by) <= maxPlaceQuotas/2 {
			return
		}
		delete(q.by, place)
	}
}

// repeatTime is how long the same work may be shown again: for a receipt that
// was lost, while the engine knows the envelope again.
const repeatTime = 10 * time.Minute

// usedWork remembers proofs of work whose envelopes were stored here, so that
// one proof doesn't pay for the same envelope again and again. It is bounded:
// the oldest are forgotten first.
type usedWork struct {
	mu          sync.Mutex
	fresh, aged map[[sha256.Size]byte]time.Time // when each was first used
}

// spent says whether a proof was used too long ago to be a repetition.
func (u *usedWork) spent(work [sha256.Size]byte, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	at, known := u.find(work)
	return known && now.Sub(at) >= repeatTime
}

// spend remembers a proof.
func (u *usedWork) spend(work [sha256.Size]byte, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, known := u.find(work); known {
		return
	}
	if u.fresh == nil || len(u.fresh) >= maxUsedWork {
		u.fresh, u.aged = make(map[[sha256.Size]byte]time.Time), u.fresh
	}
	u.fresh[work] = now
}

func (u *usedWork) find(work [sha256.Size]byte) (time.Time, bool) {
	if at, known := u.fresh[work]; known {
		return at, true
	}
	at, known := u.aged[work]
	return at, known
}
