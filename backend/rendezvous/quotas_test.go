package rendezvous

import (
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

func numberedPeer(number int) identity.PeerID {
	return identity.PeerID(binary.BigEndian.AppendUint64(make([]byte, 24), uint64(number)))
}

func TestPutQuotas(t *testing.T) {
	t.Parallel()
	q, now, peer := newPutQuotas(Limits{PutsPerHour: 10, PutBytesPerDay: 1000}), time.Unix(1_800_000_000, 0), numberedPeer(1)
	if !q.take(peer, 900, now) || q.take(peer, 200, now) || !q.take(peer, 100, now) {
		t.Error("the bytes are not counted")
	}
	now = now.Add(12 * time.Hour) // half of a day's bytes
	for i := range 11 {
		if got := q.take(peer, 1, now); got != (i < 10) {
			t.Errorf("put %d: %t", i, got)
		}
	}
	if now = now.Add(6 * time.Minute); !q.take(peer, 1, now) || q.take(peer, 1, now) {
		t.Error("a tenth of an hour does not give a tenth of the puts")
	}
}

func TestRecallQuotas(t *testing.T) {
	t.Parallel()
	q, now, peer := newPutQuotas(Limits{PutsPerHour: 10, PutBytesPerDay: 1000, RecalledPerHour: 1000}), time.Unix(1_800_000_000, 0), numberedPeer(1)
	if !q.recall(peer, now) {
		t.Error("the first is too much")
	}
	q.read(peer, 3000, now)
	if q.recall(peer, now) || !q.take(peer, 1, now) || !q.recall(numberedPeer(2), now) {
		t.Error("what is read is not counted, or it counts for something else")
	}
	if now = now.Add(2 * time.Hour); q.recall(peer, now) {
		t.Error("what was more than there was left is forgotten")
	}
	if now = now.Add(time.Minute); !q.recall(peer, now) {
		t.Error("it does not end")
	}
	now = now.Add(time.Hour)
	for i := range 11 {
		if got := q.recall(peer, now); got != (i < 10) {
			t.Errorf("recall %d: %t", i, got)
		}
	}
	if q.take(peer, 1, now) {
		t.Error("they do not count as puts")
	}
}

// TestQuotasAreBounded: however many come, the tables stay small, and those
// who were there lately are kept before those who were not.
func TestQuotasAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	q := newPutQuotas(Limits{PutsPerHour: 1, PutBytesPerDay: 1000})
	places := placeQuotas{most: 1, by: make(map[netip.Prefix]*bucket)}
	for i := range maxPutQuotas - 1 {
		q.take(numberedPeer(i), 1, now)
	}
	now = now.Add(2 * time.Hour)
	q.take(numberedPeer(1<<20), 1, now)
	for i := range 3 * maxPutQuotas {
		if !q.take(numberedPeer(1<<21+i), 1, now) {
			t.Fatal("a new identity has no quota")
		}
		if i == 0 && q.take(numberedPeer(1<<20), 1, now) {
			t.Error("an identity that was here a moment ago is forgotten")
		}
		if !places.take(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(i)))), now) {
			t.Fatal("a new place has no quota")
		}
		if len(q.by) > maxPutQuotas || len(places.by) > maxPlaceQuotas {
			t.Fatalf("%d identities, %d places", len(q.by), len(places.by))
		}
	}
	if one := netip.MustParseAddr("2001:db8::1"); !places.take(one, now) || places.take(netip.MustParseAddr("2001:db8::2"), now) {
		t.Error("a /64 is one place")
	}
}

func TestUsedWork(t *testing.T) {
	t.Parallel()
	var used usedWork
	now := time.Unix(1_800_000_000, 0)
	work := func(i int) [sha256.Size]byte { return sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i))) }
	if used.spent(work(0), now) {
		t.Error("new work is spent")
	}
	used.spend(work(0), now)
	used.spend(work(0), now.Add(time.Minute)) // the first time counts
	if used.spent(work(0), now.Add(repeatTime-1)) || !used.spent(work(0), now.Add(repeatTime)) {
		t.Error("work can be repeated at another time than it should")
	}
	for i := range 3 * maxUsedWork {
		used.spend(work(i+1), now)
		if i == maxUsedWork && !used.spent(work(0), now.Add(repeatTime)) {
			t.Error("work is forgotten too early")
		}
	}
	if len(used.fresh)+len(used.aged) > 2*maxUsedWork || used.spent(work(0), now.Add(repeatTime)) {
		t.Errorf("%d and %d remembered", len(used.fresh), len(used.aged))
	}
}
