package moderation

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a moderation that is followed, with a clock that only the test moves.
type bench struct {
	*Moderation

	testing  testing.TB
	engine   *memory.Engine
	resolver *resolver

	mu   sync.Mutex
	time time.Time
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{
		testing: t, engine: memory.New(memory.Options{}), time: time.Unix(1_800_000_000, 0),
		resolver: &resolver{names: make(map[string][]string), addresses: make(map[string][]netip.Addr)},
	}
	b.Moderation = b.another()
	b.follow(b.Moderation)
	return b
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.time
}

func (b *bench) pass(more time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.time = b.time.Add(more)
}

// another is another server of the cluster.
func (b *bench) another() *Moderation {
	return New(Options{
		Bans: b.engine.Table(engine.TableBans), Reports: b.engine.Table(engine.TableReports), Resolver: b.resolver, Now: b.now,
	})
}

func (b *bench) follow(m *Moderation) {
	b.testing.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.Follow(ctx) }()
	b.testing.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			b.testing.Errorf("Follow = %v", err)
		}
	})
	b.await("settled", m.Settled)
}

func (b *bench) await(what string, met func() bool) {
	b.testing.Helper()
	deadline := time.NewTimer(15 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-deadline.C:
			b.testing.Fatalf("it never came to %s", what)
		}
	}
}

// ban bans a target given as text and waits until it holds.
func (b *bench) ban(text string, expires time.Time) Target {
	b.testing.Helper()
	target, err := ParseTarget(text)
	if err != nil {
		b.testing.Fatalf("%s: %v", text, err)
	}
	if err = b.Ban(b.testing.Context(), target, "spam", expires); err != nil {
		b.testing.Fatalf("%s: %v", text, err)
	}
	b.await("a ban of "+text, func() bool {
		return slices.ContainsFunc(b.Bans(), func(one Ban) bool { return one.Target == target && one.Expires.Equal(expires) })
	})
	return target
}

func (b *bench) lift(target Target) {
	b.testing.Helper()
	if err := b.Lift(b.testing.Context(), target); err != nil {
		b.testing.Fatal(err)
	}
	b.await("no ban", func() bool {
		return !slices.ContainsFunc(b.Bans(), func(one Ban) bool { return one.Target == target })
	})
}

func (b *bench) expect(m *Moderation, address string, want bool) {
	b.testing.Helper()
	if _, banned := m.Refuse(identity.PeerID{}, netip.MustParseAddr(address)); banned != want {
		b.testing.Errorf("%s: banned %t", address, banned)
	}
}

func peerOf(number byte) (peer identity.PeerID) {
	for i := range peer {
		peer[i] = number
	}
	return peer
}

// resolver is a DNS of a test's own.
type resolver struct {
	mu        sync.Mutex
	names     map[string][]string
	addresses map[string][]netip.Addr
	asked     int
	hold      chan struct{} // answers wait for it when it is there
}

func (r *resolver) LookupAddr(ctx context.Context, address string) ([]string, error) {
	r.mu.Lock()
	r.asked++
	found, hold := r.names[address], r.hold
	r.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if found == nil {
		return nil, errors.New("no such host")
	}
	return found, nil
}

func (r *resolver) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if found := r.addresses[host]; found != nil {
		return found, nil
	}
	return nil, errors.New("no such host")
}

func (r *resolver) questions() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

func usablePeer(t testing.TB) identity.PeerID {
	t.Helper()
	for number := range 100 {
		if peer, err := identity.PeerIDFromBytes(append(make([]byte, 0, 32), slices.Repeat([]byte{byte(number)}, 32)...)); err == nil {
			return peer
		}
	}
	t.Fatal("no peer")
	return identity.PeerID{}
}
