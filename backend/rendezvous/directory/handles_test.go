package directory

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	done    = wire.HandleOutcome_HANDLE_OUTCOME_DONE
	taken   = wire.HandleOutcome_HANDLE_OUTCOME_TAKEN
	missed  = wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND
	invalid = wire.HandleOutcome_HANDLE_OUTCOME_INVALID
	tooMany = wire.HandleOutcome_HANDLE_OUTCOME_TOO_MANY
)

func TestClaim(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana, ben := newKeys(t), newKeys(t)
	b.expectHolder("ana", nil)
	b.expectClaim("a free one", ana, "ana", 1, nil, done)
	b.expectClaim("the same again", ana, "ana", 1, nil, done)
	b.expectHolder("ana", ana)
	b.expectClaim("somebody else", ben, "ana", 2, nil, taken)
	b.expectClaim("renewed", ana, "ana", 2, nil, done)
	b.expectClaim("an older claim", ana, "ana", 1, nil, invalid)
	b.expectClaim("two characters", ana, "an", 1, nil, invalid)
	b.expectClaim("version 0", ana, "anna", 0, nil, invalid)
	b.expectClaim("in Chinese", ben, "张伟明", 1, nil, done)
	b.expectHolder("张伟明", ben)
	for _, name := range []string{"admin", "operator", "support", "support-1", "ad.min", "supp0rt", "boss", "b.o.s.s", "管理员"} {
		b.expectClaim("reserved: "+name, ben, name, 1, nil, taken)
	}
}

func TestLookalikesAreOneHandle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for first, second := range map[string]string{
		"paypal": "paypa1", "modern": "modem", "cape": "саре", "ovo": "оѵо", "カカカ": "力力力",
	} {
		ana, ben := newKeys(t), newKeys(t)
		b.expectClaim(first, ana, first, 1, nil, done)
		b.expectClaim(second, ben, second, 1, nil, taken)
		b.expectClaim(second+" for its own holder", ana, second, 2, nil, taken)
		b.expectHolder(second, nil)
		if answer, err := b.Release(t.Context(), ana.Peer(), second); err != nil || answer.Outcome != missed {
			t.Errorf("releasing %s: %v, %v", second, answer, err)
		}
	}
}

func TestForgedClaims(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana, ben := newKeys(t), newKeys(t)
	peer := ana.Peer()
	good := claimOf(t, ana, "ana", 1)
	for name, claim := range map[string]*wire.Signed{
		"none":            nil,
		"empty":           {},
		"by the device":   ana.SignedAsDevice(identity.ContextHandle, good.GetBody()),
		"by another":      ben.SignedAsIdentity(identity.ContextHandle, good.GetBody()),
		"another purpose": ana.SignedAsIdentity(identity.ContextHandleMove, good.GetBody()),
		"for another":     claimOf(t, ben, "ana", 1),
		"another server": ana.SignedAsIdentity(identity.ContextHandle, encode(t, &wire.HandleClaim{
			Handle: "ana", Server: "other.example.org", Identity: peer[:], Version: 1,
		})),
		"changed":       {Body: claimOf(t, ana, "anb", 1).GetBody(), Signature: good.GetSignature()},
		"not canonical": ana.SignedAsIdentity(identity.ContextHandle, append(good.GetBody(), 0xf8, 0x7f, 1)),
		"too large":     ana.SignedAsIdentity(identity.ContextHandle, make([]byte, maxClaim+1)),
	} {
		answer, err := b.Claim(t.Context(), peer, claim, nil)
		if err != nil || answer.Outcome != invalid {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
	}
	b.expectHolder("ana", nil)
}

func TestMove(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana, ben, eve := newKeys(t), newKeys(t), newKeys(t)
	b.expectClaim("claim", ana, "ana", 5, nil, done)
	b.expectClaim("another", ana, "other", 5, nil, done)
	for name, move := range map[string]*wire.Signed{
		"by the new one":    moveOf(t, ben, ben, "ana", 6),
		"by somebody":       moveOf(t, eve, ben, "ana", 6),
		"to somebody":       moveOf(t, ana, eve, "ana", 6),
		"another handle":    moveOf(t, ana, ben, "other", 6),
		"another version":   moveOf(t, ana, ben, "ana", 7),
		"a claim":           claimOf(t, ana, "ana", 6),
		"wrongly signed":    eve.SignedAsIdentity(identity.ContextHandleMove, moveOf(t, ana, ben, "ana", 6).GetBody()),
		"by a device":       ana.SignedAsDevice(identity.ContextHandleMove, moveOf(t, ana, ben, "ana", 6).GetBody()),
		"nothing in it":     {},
		"too large":         {Body: make([]byte, maxClaim+1)},
		"another purpose":   ana.SignedAsIdentity(identity.ContextHandle, moveOf(t, ana, ben, "ana", 6).GetBody()),
		"not the canonical": ana.SignedAsIdentity(identity.ContextHandleMove, append(moveOf(t, ana, ben, "ana", 6).GetBody(), 0xf8, 0x7f, 1)),
	} {
		b.expectClaim(name, ben, "ana", 6, move, invalid)
	}
	b.expectClaim("an old move", ben, "ana", 5, moveOf(t, ana, ben, "ana", 5), invalid)
	b.expectHolder("ana", ana)
	move := moveOf(t, ana, ben, "ana", 6)
	b.expectClaim("moved", ben, "ana", 6, move, done)
	b.expectHolder("ana", ben)
	b.expectClaim("back with the same move", ana, "ana", 7, move, invalid)
	b.expectClaim("back with an older claim", ana, "ana", 5, nil, taken)
	b.expectClaim("back", ana, "ana", 7, moveOf(t, ben, ana, "ana", 7), done)
	b.expectClaim("the move replayed", ben, "ana", 6, move, invalid)
	b.expectHolder("ana", ana)
}

func TestRelease(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana, ben := newKeys(t), newKeys(t)
	b.expectClaim("claim", ana, "ana", 1, nil, done)
	for name, c := range map[string]struct {
		handle string
		want   wire.HandleOutcome
	}{"somebody else's": {"ana", taken}, "nobody's": {"nobody.x", missed}, "not a handle": {"A", invalid}} {
		if answer, err := b.Release(t.Context(), ben.Peer(), c.handle); err != nil || answer.Outcome != c.want {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
	}
	if answer, err := b.Release(t.Context(), ana.Peer(), "ana"); err != nil || answer.Outcome != done {
		t.Fatalf("release: %v, %v", answer, err)
	}
	b.expectHolder("ana", nil)
	b.time = b.time.Add(ReleasedTime - time.Second)
	b.expectClaim("within 30 days", ben, "ana", 2, nil, taken)
	b.expectClaim("with a move", ben, "ana", 2, moveOf(t, ana, ben, "ana", 2), taken)
	b.expectClaim("the old claim again", ana, "ana", 1, nil, invalid)
	b.expectClaim("taken back", ana, "ana", 2, nil, done)
	if answer, err := b.Release(t.Context(), ana.Peer(), "ana"); err != nil || answer.Outcome != done {
		t.Fatalf("release again: %v, %v", answer, err)
	}
	b.time = b.time.Add(ReleasedTime)
	answer, err := b.Claim(t.Context(), ben.Peer(), claimOf(t, ben, "ana", 2), nil)
	if err != nil || answer.Outcome != invalid || answer.Claim == nil {
		t.Errorf("a version that does not grow: %v, %v", answer, err)
	}
	b.expectClaim("after 30 days", ben, "ana", 3, nil, done)
	b.expectHolder("ana", ben)
}

func TestLimits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana, ben := newKeys(t), newKeys(t)
	for i := range MaxHeld {
		b.expectClaim("within the limit", ana, fmt.Sprintf("name-%da", i), 1, nil, done)
	}
	b.expectClaim("a fourth", ana, "name-4a", 1, nil, tooMany)
	b.expectHolder("name-4a", nil)
	// What moved away or was given back makes room.
	b.expectClaim("moved", ben, "name-0a", 2, moveOf(t, ana, ben, "name-0a", 2), done)
	b.expectClaim("the fourth", ana, "name-4a", 1, nil, done)
	if answer, err := b.Release(t.Context(), ana.Peer(), "name-1a"); err != nil || answer.Outcome != done {
		t.Fatalf("release: %v, %v", answer, err)
	}
	b.expectClaim("the fifth claim", ana, "name-5a", 1, nil, done)
	b.expectClaim("a sixth claim in a day", ana, "name-5a", 2, nil, tooMany)
	b.time = b.time.Add(24 * time.Hour)
	b.expectClaim("a day later", ana, "name-5a", 2, nil, done)
	b.expectClaim("still three held", ana, "name-6a", 2, nil, tooMany)
	b.expectClaim("somebody who was refused there", ben, "name-6a", 2, nil, done)
}

// TestLedgerIsPutRight: a server that stopped between ledger and record leaves
// a handle in the ledger that nobody holds.
func TestLedgerIsPutRight(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana := newKeys(t)
	for i := range MaxHeld {
		if noted, err := b.note(t.Context(), ana.Peer(), handleKey(fmt.Sprintf("name-%da", i))); err != nil || !noted {
			t.Fatal(noted, err)
		}
	}
	b.expectClaim("at once", ana, "ana", 1, nil, tooMany)
	b.time = b.time.Add(noteTime)
	b.expectClaim("later", ana, "ana", 1, nil, done)
}

// TestClaimedOnce: of many who claim the same handle at many servers at once, one has it.
func TestClaimedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for round := range 5 {
		handle := fmt.Sprintf("wanted-%d-x", round)
		var winners, refused atomic.Int32
		var group sync.WaitGroup
		for range 16 {
			keys, server := newKeys(t), b.another()
			claim := claimOf(t, keys, handle, 1)
			group.Go(func() {
				answer, err := server.Claim(t.Context(), keys.Peer(), claim, nil)
				switch {
				case err == nil && answer.Outcome == done:
					winners.Add(1)
				case err == nil && answer.Outcome == taken:
					refused.Add(1)
				default:
					t.Errorf("claim: %v, %v", answer, err)
				}
			})
		}
		group.Wait()
		if winners.Load() != 1 || refused.Load() != 15 {
			t.Errorf("%d have it, %d were refused", winners.Load(), refused.Load())
		}
	}
}

// TestOneIdentityAtManyServers: the limits hold for an identity wherever it asks.
func TestOneIdentityAtManyServers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana := newKeys(t)
	var held atomic.Int32
	var group sync.WaitGroup
	for i := range 6 {
		server, claim := b.another(), claimOf(t, ana, fmt.Sprintf("name-%da", i), 1)
		group.Go(func() {
			answer, err := server.Claim(t.Context(), ana.Peer(), claim, nil)
			if err != nil && !errors.Is(err, errBusy) {
				t.Errorf("claim: %v", err)
			}
			if err == nil && answer.Outcome == done {
				held.Add(1)
			}
		})
	}
	group.Wait()
	if held.Load() < 1 || held.Load() > MaxHeld {
		t.Errorf("%d held", held.Load())
	}
}

func TestEngineIsGone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana := newKeys(t)
	if err := b.engine.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Claim(t.Context(), ana.Peer(), claimOf(t, ana, "ana", 1), nil); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Claim = %v", err)
	}
	if _, err := b.Resolve(t.Context(), "ana"); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Resolve = %v", err)
	}
	if _, err := b.Release(t.Context(), ana.Peer(), "ana"); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Release = %v", err)
	}
}
