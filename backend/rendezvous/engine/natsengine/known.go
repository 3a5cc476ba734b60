package natsengine

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// known remembers which records are held, so that a device that comes back with
// the same one costs no question to the store. It is right for the only server
// that writes to the store, and bounded: when a generation is full the one
// before it is forgotten. The nil pointer remembers nothing.
type known struct {
	most  int // peers of a generation; there are two
	now   func() time.Time
	began time.Time

	mu             sync.Mutex
	younger, older map[identity.PeerID]heldRecord
}

// heldRecord tells of a record without its bytes. Times are seconds since known.began.
type heldRecord struct {
	sum      [16]byte // of SHA-256: a peer that finds two records with the same one deceives itself
	revision uint64
	created  int32 // below 0 for what an earlier process wrote
	seen     int32 // in the store
}

const (
	maxKnown = 1 << 15 // peers of a generation, about 90 bytes each
	// trustKnown is how long nobody looks whether the store still has it.
	trustKnown = time.Hour
)

func newKnown(now func() time.Time) *known {
	return &known{most: maxKnown, now: now, began: now(), younger: make(map[identity.PeerID]heldRecord)}
}

func sumOf(encoded []byte) [16]byte {
	sum := sha256.Sum256(encoded)
	return [16]byte(sum[:16])
}

// has says whether exactly this record is held, and is younger than age.
func (k *known) has(peer identity.PeerID, record engine.Record, age time.Duration) bool {
	if k == nil {
		return false
	}
	sum := sumOf(record.Encoded())
	now := k.since(k.now())
	k.mu.Lock()
	defer k.mu.Unlock()
	found, ok := k.find(peer)
	return ok && found.sum == sum && now-found.seen < seconds(trustKnown) && now-found.created < seconds(age)
}

// note tells what was seen in the store. What another noted of a later revision stays.
func (k *known) note(peer identity.PeerID, encoded []byte, revision uint64, created time.Time) {
	if k == nil {
		return
	}
	one := heldRecord{sum: sumOf(encoded), revision: revision, created: k.since(created), seen: k.since(k.now())}
	k.mu.Lock()
	defer k.mu.Unlock()
	if found, ok := k.find(peer); !ok || found.revision <= revision {
		k.put(peer, one)
	}
}

// forget has the store asked at the next time.
func (k *known) forget(peer identity.PeerID) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.younger, peer)
	delete(k.older, peer)
}

// find runs under mu.
func (k *known) find(peer identity.PeerID) (heldRecord, bool) {
	found, ok := k.younger[peer]
	if !ok {
		if found, ok = k.older[peer]; ok {
			k.put(peer, found)
		}
	}
	return found, ok
}

// put runs under mu.
func (k *known) put(peer identity.PeerID, one heldRecord) {
	if _, ok := k.younger[peer]; !ok && len(k.younger) >= k.most {
		k.older, k.younger = k.younger, make(map[identity.PeerID]heldRecord)
	}
	k.younger[peer] = one
}

func (k *known) since(when time.Time) int32 { return seconds(when.Sub(k.began)) }

// seconds are enough for 68 years.
func seconds(d time.Duration) int32 { return int32(max(min(d/time.Second, 1<<31-1), -1<<31)) }
