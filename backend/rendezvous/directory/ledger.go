package directory

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// noteTime is how long a handle that a ledger names may take to be written.
const noteTime = time.Minute

// ledger is what the table keeps of an identity, as JSON.
type ledger struct {
	Held     []noted `json:"held"`
	ClaimsMs []int64 `json:"claims_ms"` // of the last 24 hours
}

// noted is a handle that an identity holds or is about to.
type noted struct {
	Key  string `json:"key"`
	AtMs int64  `json:"at_ms"`
}

func (l *ledger) read(data []byte) error { return unmarshal(data, l) }

func (l *ledger) has(key string) bool {
	return slices.ContainsFunc(l.Held, func(one noted) bool { return one.Key == key })
}

// change rewrites a ledger; edit says whether there is something to write, and
// may be called more than once.
func (d *Directory) change(ctx context.Context, peer identity.PeerID, edit func(*ledger) (bool, error)) (bool, error) {
	key := ledgerKey(peer)
	for range retries {
		var kept ledger
		revision, err := get(ctx, d.options.Handles, key, kept.read)
		if err != nil {
			return false, err
		}
		write, err := edit(&kept)
		if err != nil || !write {
			return false, err
		}
		data, err := json.Marshal(kept)
		if err == nil {
			_, err = d.options.Handles.Put(ctx, key, data, revision)
		}
		if !errors.Is(err, engine.ErrConflict) {
			return err == nil, err
		}
	}
	return false, errBusy
}

// note counts a claim and the handle it is for; false when it is too much.
func (d *Directory) note(ctx context.Context, peer identity.PeerID, key string) (bool, error) {
	return d.change(ctx, peer, func(kept *ledger) (bool, error) {
		now := d.options.Now()
		kept.ClaimsMs = slices.DeleteFunc(kept.ClaimsMs, func(at int64) bool { return now.Sub(time.UnixMilli(at)) >= 24*time.Hour })
		if len(kept.ClaimsMs) >= MaxClaims {
			return false, nil
		}
		kept.ClaimsMs = append(kept.ClaimsMs, now.UnixMilli())
		if kept.has(key) {
			return true, nil
		}
		if len(kept.Held) >= MaxHeld {
			if err := d.verify(ctx, peer, kept, now); err != nil {
				return false, err
			}
			if len(kept.Held) >= MaxHeld {
				return false, nil
			}
		}
		kept.Held = append(kept.Held, noted{Key: key, AtMs: now.UnixMilli()})
		return true, nil
	})
}

// verify drops what a ledger names and its owner does not hold: it moved, or a
// server stopped in the middle of a claim.
func (d *Directory) verify(ctx context.Context, peer identity.PeerID, kept *ledger, now time.Time) error {
	var still []noted
	for _, one := range kept.Held {
		var held handleRecord
		_, err := get(ctx, d.options.Handles, one.Key, held.read)
		if err != nil {
			return err
		}
		if held.heldBy(peer) || now.Sub(time.UnixMilli(one.AtMs)) < noteTime {
			still = append(still, one)
		}
	}
	kept.Held = still
	return nil
}

// unnote takes back what note counted, for a claim that somebody else was faster with.
func (d *Directory) unnote(ctx context.Context, peer identity.PeerID, key string) {
	_, err := d.change(ctx, peer, func(kept *ledger) (bool, error) {
		if len(kept.ClaimsMs) > 0 {
			kept.ClaimsMs = kept.ClaimsMs[:len(kept.ClaimsMs)-1]
		}
		var held handleRecord
		if _, err := get(ctx, d.options.Handles, key, held.read); err != nil {
			return false, err
		}
		if !held.heldBy(peer) {
			kept.drop(key)
		}
		return true, nil
	})
	d.logLedger(err)
}

// forgetHeld drops a handle that is not held any more.
func (d *Directory) forgetHeld(ctx context.Context, peer identity.PeerID, key string) {
	_, err := d.change(ctx, peer, func(kept *ledger) (bool, error) {
		if !kept.has(key) {
			return false, nil
		}
		kept.drop(key)
		return true, nil
	})
	d.logLedger(err)
}

func (l *ledger) drop(key string) {
	l.Held = slices.DeleteFunc(l.Held, func(one noted) bool { return one.Key == key })
}

// logLedger tells of a ledger that names too much: it is put right when its owner is at the limit.
func (d *Directory) logLedger(err error) {
	if err != nil {
		d.options.Logger.Warn("a ledger of handles could not be written", "error", err)
	}
}
