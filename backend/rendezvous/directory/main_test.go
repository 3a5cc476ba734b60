package directory

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const host = "chat.example.org"

// bench is a directory that is followed, with a clock that only the test moves.
type bench struct {
	*Directory

	testing testing.TB
	engine  *memory.Engine
	time    time.Time
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{testing: t, engine: memory.New(memory.Options{}), time: time.Unix(1_800_000_000, 0)}
	b.Directory = b.another()
	return b
}

// another is another server of the same cluster.
func (b *bench) another() *Directory {
	b.testing.Helper()
	d, err := New(Options{
		Hosts: []string{host}, Reserved: []string{"boss"}, Now: func() time.Time { return b.time },
		Handles: b.engine.Table(engine.TableHandles), Entries: b.engine.Table(engine.TableDirectory),
	})
	if err != nil {
		b.testing.Fatal(err)
	}
	return d
}

// follow runs Follow until the test ends.
func (b *bench) follow() {
	b.testing.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Follow(ctx) }()
	b.testing.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			b.testing.Errorf("Follow = %v", err)
		}
	})
	b.await("settled", b.Settled)
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

func newKeys(t testing.TB) *identity.Keys {
	t.Helper()
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func encode(t testing.TB, message proto.Message) []byte {
	t.Helper()
	data, err := wire.Encode(message)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func claimOf(t testing.TB, keys *identity.Keys, handle string, version uint64) *wire.Signed {
	t.Helper()
	peer := keys.Peer()
	return keys.SignedAsIdentity(identity.ContextHandle, encode(t, &wire.HandleClaim{
		Handle: handle, Server: host, Identity: peer[:], Version: version,
	}))
}

func moveOf(t testing.TB, from, to *identity.Keys, handle string, version uint64) *wire.Signed {
	t.Helper()
	source, target := from.Peer(), to.Peer()
	return from.SignedAsIdentity(identity.ContextHandleMove, encode(t, &wire.HandleMove{
		Handle: handle, Server: host, From: source[:], To: target[:], Version: version,
	}))
}

func (b *bench) claim(keys *identity.Keys, handle string, version uint64, previous *wire.Signed) wire.HandleOutcome {
	b.testing.Helper()
	answer, err := b.Claim(b.testing.Context(), keys.Peer(), claimOf(b.testing, keys, handle, version), previous)
	if err != nil {
		b.testing.Fatalf("Claim: %v", err)
	}
	return answer.Outcome
}

func (b *bench) expectClaim(what string, keys *identity.Keys, handle string, version uint64, previous *wire.Signed, want wire.HandleOutcome) {
	b.testing.Helper()
	if got := b.claim(keys, handle, version, previous); got != want {
		b.testing.Errorf("%s: %v, want %v", what, got, want)
	}
}

func (b *bench) expectHolder(handle string, keys *identity.Keys) {
	b.testing.Helper()
	answer, err := b.Resolve(b.testing.Context(), handle)
	if err != nil {
		b.testing.Fatal(err)
	}
	if keys == nil {
		if answer.Outcome != wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND {
			b.testing.Errorf("%s: %v", handle, answer.Outcome)
		}
		return
	}
	if answer.Outcome != wire.HandleOutcome_HANDLE_OUTCOME_DONE || answer.Peer != keys.Peer() ||
		!identity.VerifySigned(answer.Peer, identity.ContextHandle, answer.Claim) {
		b.testing.Errorf("%s: %v", handle, answer)
	}
}

func entryOf(t testing.TB, keys *identity.Keys, entry *wire.DirectoryEntry) *wire.Signed {
	t.Helper()
	peer := keys.Peer()
	entry.Identity = peer[:]
	return keys.SignedAsIdentity(identity.ContextDirectory, encode(t, entry))
}

func (b *bench) list(keys *identity.Keys, entry *wire.DirectoryEntry) wire.ListOutcome {
	b.testing.Helper()
	outcome, err := b.List(b.testing.Context(), keys.Peer(), entryOf(b.testing, keys, entry))
	if err != nil {
		b.testing.Fatalf("List: %v", err)
	}
	return outcome
}

// names searches and returns the names of what was found.
func (b *bench) names(query string) []string {
	b.testing.Helper()
	entries, ready, err := b.Search(b.testing.Context(), query, MaxResults)
	if err != nil || !ready {
		b.testing.Fatalf("Search: %t, %v", ready, err)
	}
	var names []string
	for _, signed := range entries {
		var entry wire.DirectoryEntry
		if err = wire.Decode(signed.GetBody(), maxEntry, &entry); err != nil {
			b.testing.Fatal(err)
		}
		if !identity.VerifySigned(identity.PeerID(entry.GetIdentity()), identity.ContextDirectory, signed) {
			b.testing.Errorf("%s: the signature is wrong", entry.GetName())
		}
		names = append(names, entry.GetName())
	}
	return names
}
