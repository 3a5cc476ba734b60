package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// maxClaim is the size of the largest body of a claim or a move, in bytes.
const maxClaim = 1 << 10

// Answer is what became of a question about a handle.
type Answer struct {
	Outcome wire.HandleOutcome
	Claim   *wire.Signed    // the one that holds, or that another one has to exceed; may be nil
	Peer    identity.PeerID // who holds it, after Resolve
}

// handleRecord is what the table keeps of a handle, as JSON.
type handleRecord struct {
	Handle     string `json:"handle"`
	Peer       []byte `json:"peer"`
	Version    uint64 `json:"version"`
	Body       []byte `json:"body"`
	Signature  []byte `json:"signature"`
	ReleasedMs int64  `json:"released_ms,omitempty"` // 0 while it is held
}

func (r *handleRecord) read(data []byte) error { return unmarshal(data, r) }

func (r *handleRecord) claim() *wire.Signed {
	if r.Body == nil {
		return nil
	}
	return &wire.Signed{Body: r.Body, Signature: r.Signature}
}

func (r *handleRecord) heldBy(peer identity.PeerID) bool {
	return r.ReleasedMs == 0 && string(r.Peer) == string(peer[:])
}

// free says whether somebody else may have it.
func (r *handleRecord) free(now time.Time) bool {
	return r.ReleasedMs != 0 && now.Sub(time.UnixMilli(r.ReleasedMs)) >= ReleasedTime
}

func unmarshal(data []byte, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("directory: a kept record: %w", err)
	}
	return nil
}

// Claim gives a handle to the peer that signed claim, renews it, or moves it
// with the holder's signature. Errors come from the engine: the outcome is
// unknown then.
func (d *Directory) Claim(ctx context.Context, peer identity.PeerID, claim, previous *wire.Signed) (Answer, error) {
	body, good := d.parseClaim(peer, claim)
	if !good {
		return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_INVALID}, nil
	}
	if d.reserved[reservedForm(body.GetHandle())] {
		return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_TAKEN}, nil
	}
	key := handleKey(body.GetHandle())
	for range retries {
		var held handleRecord
		revision, err := get(ctx, d.options.Handles, key, held.read)
		if err != nil {
			return Answer{}, err
		}
		if revision != 0 {
			if held.heldBy(peer) && string(held.Body) == string(claim.GetBody()) {
				return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_DONE, Claim: held.claim()}, nil // the answer got lost
			}
			if outcome := d.mayReplace(peer, body, &held, previous); outcome != wire.HandleOutcome_HANDLE_OUTCOME_DONE {
				return Answer{Outcome: outcome, Claim: held.claim()}, nil
			}
		}
		answer, err := d.replace(ctx, peer, key, revision, body, claim)
		if errors.Is(err, engine.ErrConflict) {
			continue
		}
		if err == nil && answer.Outcome == wire.HandleOutcome_HANDLE_OUTCOME_DONE && len(held.Peer) == len(peer) && identity.PeerID(held.Peer) != peer {
			// A ledger that names too much only costs its owner a look.
			d.forgetHeld(ctx, identity.PeerID(held.Peer), key)
		}
		return answer, err
	}
	return Answer{}, errBusy
}

func (d *Directory) parseClaim(peer identity.PeerID, claim *wire.Signed) (*wire.HandleClaim, bool) {
	body := &wire.HandleClaim{}
	if wire.DecodeCanonical(claim.GetBody(), maxClaim, body) != nil {
		return nil, false
	}
	return body, string(body.GetIdentity()) == string(peer[:]) && body.GetVersion() != 0 && d.hosts[body.GetServer()] &&
		handle.GoodName(body.GetHandle()) && identity.VerifySigned(peer, identity.ContextHandle, claim)
}

// mayReplace says whether a claim may take the place of a record.
func (d *Directory) mayReplace(peer identity.PeerID, body *wire.HandleClaim, held *handleRecord, previous *wire.Signed) wire.HandleOutcome {
	own := string(held.Peer) == string(peer[:])
	switch {
	case held.heldBy(peer) && held.Handle != body.GetHandle():
		return wire.HandleOutcome_HANDLE_OUTCOME_TAKEN // by oneself, in letters that look the same
	case own, held.free(d.options.Now()):
		if body.GetVersion() <= held.Version {
			return wire.HandleOutcome_HANDLE_OUTCOME_INVALID // an older claim
		}
	case previous == nil || held.ReleasedMs != 0:
		return wire.HandleOutcome_HANDLE_OUTCOME_TAKEN
	case !moves(previous, held, body):
		return wire.HandleOutcome_HANDLE_OUTCOME_INVALID
	}
	return wire.HandleOutcome_HANDLE_OUTCOME_DONE
}

// moves says whether the holder signed that exactly this claim may follow.
func moves(signed *wire.Signed, held *handleRecord, claim *wire.HandleClaim) bool {
	var body wire.HandleMove
	if wire.DecodeCanonical(signed.GetBody(), maxClaim, &body) != nil || len(held.Peer) != len(identity.PeerID{}) {
		return false
	}
	return body.GetHandle() == claim.GetHandle() && body.GetHandle() == held.Handle && body.GetServer() == claim.GetServer() &&
		string(body.GetFrom()) == string(held.Peer) && string(body.GetTo()) == string(claim.GetIdentity()) &&
		body.GetVersion() == claim.GetVersion() && claim.GetVersion() > held.Version &&
		identity.VerifySigned(identity.PeerID(held.Peer), identity.ContextHandleMove, signed)
}

// replace writes ledger and record. Error: engine.ErrConflict when somebody was faster.
func (d *Directory) replace(ctx context.Context, peer identity.PeerID, key string, revision uint64, body *wire.HandleClaim, claim *wire.Signed) (Answer, error) {
	noted, err := d.note(ctx, peer, key)
	if err != nil || !noted {
		return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_TOO_MANY}, err
	}
	record := handleRecord{
		Handle: body.GetHandle(), Peer: peer[:], Version: body.GetVersion(), Body: claim.GetBody(), Signature: claim.GetSignature(),
	}
	data, err := json.Marshal(record)
	if err == nil {
		_, err = d.options.Handles.Put(ctx, key, data, revision)
	}
	if err != nil {
		if errors.Is(err, engine.ErrConflict) {
			d.unnote(ctx, peer, key)
		}
		return Answer{}, err
	}
	return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_DONE, Claim: record.claim()}, nil
}

// Release gives a handle of a peer back.
func (d *Directory) Release(ctx context.Context, peer identity.PeerID, name string) (Answer, error) {
	if !handle.GoodName(name) {
		return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_INVALID}, nil
	}
	key := handleKey(name)
	for range retries {
		var held handleRecord
		revision, err := get(ctx, d.options.Handles, key, held.read)
		switch {
		case err != nil:
			return Answer{}, err
		case revision == 0 || held.ReleasedMs != 0 || held.Handle != name:
			return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND}, nil
		case !held.heldBy(peer):
			return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_TAKEN, Claim: held.claim()}, nil
		}
		held.ReleasedMs = d.options.Now().UnixMilli()
		data, err := json.Marshal(held)
		if err == nil {
			_, err = d.options.Handles.Put(ctx, key, data, revision)
		}
		if errors.Is(err, engine.ErrConflict) {
			continue
		}
		if err == nil {
			d.forgetHeld(ctx, peer, key)
		}
		return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_DONE}, err
	}
	return Answer{}, errBusy
}

// Resolve says who holds a handle.
func (d *Directory) Resolve(ctx context.Context, name string) (Answer, error) {
	if !handle.GoodName(name) {
		return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_INVALID}, nil
	}
	var held handleRecord
	revision, err := get(ctx, d.options.Handles, handleKey(name), held.read)
	if err != nil {
		return Answer{}, err
	}
	if revision == 0 || held.ReleasedMs != 0 || held.Handle != name || len(held.Peer) != len(identity.PeerID{}) {
		return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND}, nil
	}
	return Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_DONE, Claim: held.claim(), Peer: identity.PeerID(held.Peer)}, nil
}

// holds says whether a handle, with or without the server's name, is a peer's now.
func (d *Directory) holds(ctx context.Context, peer identity.PeerID, handle string) (bool, error) {
	name, host, qualified := strings.Cut(handle, "@")
	if qualified && !d.hosts[host] {
		return false, nil
	}
	answer, err := d.Resolve(ctx, name)
	return err == nil && answer.Outcome == wire.HandleOutcome_HANDLE_OUTCOME_DONE && answer.Peer == peer, err
}
