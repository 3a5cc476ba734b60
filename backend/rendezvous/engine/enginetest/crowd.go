package enginetest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// follower keeps what an attachment was told last of each peer.
type follower struct {
	mu     sync.Mutex
	online map[identity.PeerID]bool
}

func (*follower) Deliver([]byte) bool { return true }

func (f *follower) Presence(peer identity.PeerID, online bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.online[peer] = online
}

// forget drops what was told of peers that are watched no more.
func (f *follower) forget(peers []identity.PeerID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, peer := range peers {
		delete(f.online, peer)
	}
}

func (*follower) MailArrived() {}

func (*follower) Ended(engine.End) {}

// walker is a peer with one device that comes, goes and watches at random.
type walker struct {
	device     rendezvoustest.Device
	record     engine.Record
	random     *rand.Rand
	engines    []engine.Engine
	others     []identity.PeerID
	told       *follower
	attachment engine.Attachment // nil: away
	watched    map[identity.PeerID]bool
}

// crowd has peers do at random and at once what they can do with presence. When
// all has arrived, everybody was told the truth last.
func crowd(t *testing.T, opened *Cluster) {
	const count, rounds, steps = 12, 5, 20
	walkers := make([]*walker, count)
	var all []identity.PeerID
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for i := range walkers {
		device := rendezvoustest.NewDevice(t)
		walkers[i] = &walker{
			device: device, record: parse(t, device, device.Record), random: rand.New(rand.NewPCG(seed, uint64(i))), engines: opened.Engines,
		}
		all = append(all, device.Peer())
	}
	for range rounds {
		var group sync.WaitGroup
		for _, one := range walkers {
			one.others = all
			group.Go(func() {
				for range steps {
					if err := one.step(t); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
		opened.settle(t)
		compareCrowd(t, walkers)
	}
}

func (w *walker) step(t *testing.T) error {
	t.Helper()
	switch choice := w.random.IntN(10); {
	case w.attachment == nil || choice == 0:
		return w.attach(t)
	case choice == 1:
		w.attachment.Detach()
		w.attachment = nil
		return nil
	}
	var add, remove []identity.PeerID
	for range 1 + w.random.IntN(4) {
		other := w.others[w.random.IntN(len(w.others))]
		if w.random.IntN(3) > 0 {
			add = append(add, other)
			w.watched[other] = true
		} else {
			remove = append(remove, other)
		}
	}
	for _, other := range remove {
		delete(w.watched, other)
	}
	if err := w.attachment.Watch(t.Context(), add, remove); err != nil {
		return err
	}
	w.told.forget(remove)
	return nil
}

// attach comes back, or replaces the attachment, and declares that it watches half of them.
func (w *walker) attach(t *testing.T) (err error) {
	t.Helper()
	w.told, w.watched = &follower{online: make(map[identity.PeerID]bool)}, make(map[identity.PeerID]bool)
	there := w.engines[w.random.IntN(len(w.engines))]
	if w.attachment, err = there.Attach(t.Context(), w.device.Peer(), w.device.Keys.Device(), w.record, w.told); err != nil {
		return fmt.Errorf("attach: %w", err)
	}
	var add []identity.PeerID
	for _, other := range w.others {
		if w.random.IntN(2) == 0 {
			add = append(add, other)
			w.watched[other] = true
		}
	}
	return w.attachment.Watch(t.Context(), add, nil)
}

func compareCrowd(t *testing.T, walkers []*walker) {
	t.Helper()
	for i, one := range walkers {
		if one.attachment == nil {
			continue
		}
		for j, other := range walkers {
			if i == j || !one.watched[other.device.Peer()] {
				continue
			}
			want := other.attachment != nil && other.watched[one.device.Peer()]
			one.told.mu.Lock()
			got := one.told.online[other.device.Peer()]
			one.told.mu.Unlock()
			if got != want {
				t.Errorf("%d thinks that %d is here: %t", i, j, got)
			}
		}
	}
}
