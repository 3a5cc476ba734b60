package moderation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// Ban keeps somebody out.
type Ban struct {
	Target  Target
	Reason  string // for the operator; it is not told to those who are banned
	Created time.Time
	Expires time.Time // zero: never
	// Refused is how often it kept somebody out of this server, since it was made or the server started.
	Refused uint64

	met *atomic.Uint64 // of those that are held
}

// Met counts that a ban, as Refuse returned it, kept somebody out.
func (m *Moderation) Met(ban Ban) {
	if ban.met != nil {
		ban.met.Add(1)
	}
}

// Left is how long the ban holds still, 0 for always.
func (b Ban) Left(now time.Time) time.Duration {
	if b.Expires.IsZero() {
		return 0
	}
	return max(b.Expires.Sub(now), time.Millisecond)
}

func (b *Ban) over(now time.Time) bool { return !b.Expires.IsZero() && !now.Before(b.Expires) }

// banRecord is what the table keeps, as JSON.
type banRecord struct {
	Target    string `json:"target"`
	Reason    string `json:"reason,omitempty"`
	CreatedMs int64  `json:"created_ms"`
	ExpiresMs int64  `json:"expires_ms,omitempty"`
}

func parseBan(data []byte) (*Ban, error) {
	var record banRecord
	if err := json.Unmarshal(data, &record); err != nil {
		return nil, fmt.Errorf("moderation: a kept ban: %w", err)
	}
	target, err := ParseTarget(record.Target)
	if err != nil {
		return nil, err
	}
	ban := &Ban{met: new(atomic.Uint64), Target: target, Reason: clip(record.Reason), Created: time.UnixMilli(record.CreatedMs)}
	if record.ExpiresMs != 0 {
		ban.Expires = time.UnixMilli(record.ExpiresMs)
	}
	return ban, nil
}

func clip(reason string) string {
	if characters := []rune(reason); len(characters) > MaxReason {
		return string(characters[:MaxReason])
	}
	return reason
}

// Ban keeps a target out until expires, the zero time for always; a ban of the
// same target is replaced. Longer reasons are cut. It holds here and elsewhere
// once it was followed, in a moment. Error: the engine's.
func (m *Moderation) Ban(ctx context.Context, target Target, reason string, expires time.Time) error {
	record := banRecord{Target: target.String(), Reason: clip(reason), CreatedMs: m.options.Now().UnixMilli()}
	if !expires.IsZero() {
		record.ExpiresMs = expires.UnixMilli()
	}
	data, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("moderation: %w", err)
	}
	key := target.key()
	for range retries {
		held, getErr := m.options.Bans.Get(ctx, key)
		if getErr != nil && !errors.Is(getErr, engine.ErrNoKey) {
			return getErr
		}
		if _, err = m.options.Bans.Put(ctx, key, data, held.Revision); !errors.Is(err, engine.ErrConflict) {
			return err
		}
	}
	return errBusy
}

// Lift ends a ban; one that there is not is over already. Error: the engine's.
func (m *Moderation) Lift(ctx context.Context, target Target) error {
	return remove(ctx, m.options.Bans, target.key(), nil)
}

// remove deletes a key if it is as condition wants.
func remove(ctx context.Context, table engine.Table, key string, condition func([]byte) bool) error {
	for range retries {
		held, err := table.Get(ctx, key)
		if errors.Is(err, engine.ErrNoKey) {
			return nil
		}
		if err != nil {
			return err
		}
		if condition != nil && !condition(held.Data) {
			return nil
		}
		if err = table.Delete(ctx, key, held.Revision); !errors.Is(err, engine.ErrConflict) {
			return err
		}
	}
	return errBusy
}

// Bans returns the bans that hold, the newest first.
func (m *Moderation) Bans() []Ban {
	m.mu.RLock()
	now := m.options.Now()
	all := make([]Ban, 0, len(m.bans))
	for _, ban := range m.bans {
		if !ban.over(now) {
			one := *ban
			one.Refused = ban.met.Load()
			all = append(all, one)
		}
	}
	m.mu.RUnlock()
	slices.SortFunc(all, func(a, b Ban) int {
		if order := b.Created.Compare(a.Created); order != 0 {
			return order
		}
		return strings.Compare(a.Target.String(), b.Target.String())
	})
	return all
}

// BannedPeers returns until when each peer is banned, the zero time for ever;
// addresses and domains are for Refuse alone.
func (m *Moderation) BannedPeers() map[identity.PeerID]time.Time {
	m.mu.RLock()
	defer m.mu.RUnlock()
	found := make(map[identity.PeerID]time.Time, len(m.peers))
	for peer, ban := range m.peers {
		found[peer] = ban.Expires
	}
	return found
}

// apply brings a change of the table into effect.
func (m *Moderation) apply(change engine.Change) {
	var ban *Ban
	if change.Data != nil {
		parsed, err := parseBan(change.Data)
		if err != nil || parsed.Target.key() != change.Key {
			m.options.Logger.Warn("a ban in the table cannot be read", "error", err)
		} else {
			ban = parsed
		}
	}
	m.mu.Lock()
	dropped := m.drop(change.Key)
	kept := ban != nil && len(m.bans) < MaxBans
	if kept {
		m.hold(change.Key, ban)
	}
	tell := (kept || dropped) && m.settled
	m.mu.Unlock()
	if ban != nil && !kept {
		m.options.Logger.Warn("there are too many bans", "most", MaxBans)
	}
	if tell {
		m.changed()
	}
}

// hold runs under mu.
func (m *Moderation) hold(key string, ban *Ban) {
	m.bans[key] = ban
	switch ban.Target.Kind {
	case KindPeer:
		m.peers[ban.Target.Peer] = ban
	case KindAddress, KindRange:
		m.ranges.Insert(ban.Target.Range, ban)
	case KindDomain:
		m.domains[ban.Target.Domain] = ban
	}
}

// drop runs under mu; it says whether there was such a ban.
func (m *Moderation) drop(key string) bool {
	ban := m.bans[key]
	if ban == nil {
		return false
	}
	delete(m.bans, key)
	switch ban.Target.Kind {
	case KindPeer:
		delete(m.peers, ban.Target.Peer)
	case KindAddress, KindRange:
		m.ranges.Delete(ban.Target.Range)
	case KindDomain:
		delete(m.domains, ban.Target.Domain)
	}
	return true
}

// keepOnly ends what is not in the table any more; those that are hold from now on.
func (m *Moderation) keepOnly(keys map[string]bool) {
	m.mu.Lock()
	some := len(m.bans) > 0
	for _, key := range slices.Collect(maps.Keys(m.bans)) {
		if !keys[key] {
			m.drop(key)
		}
	}
	m.settled = true
	some = some || len(m.bans) > 0
	m.mu.Unlock()
	if some {
		m.changed()
	}
}

// sweepBans deletes bans that are over from the table; it is enough if one server does.
func (m *Moderation) sweepBans(ctx context.Context) {
	m.mu.RLock()
	var over []string
	for key, ban := range m.bans {
		if ban.over(m.options.Now()) {
			over = append(over, key)
		}
	}
	m.mu.RUnlock()
	for _, key := range over {
		err := remove(ctx, m.options.Bans, key, func(data []byte) bool {
			ban, parseErr := parseBan(data)
			return parseErr == nil && ban.over(m.options.Now())
		})
		if err != nil {
			m.options.Logger.Warn("a ban that is over could not be deleted", "error", err)
			return
		}
	}
}

// domainsAbove are a name and all that it is below: a.b.c, b.c, c.
func domainsAbove(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for yield(name) {
			_, above, more := strings.Cut(name, ".")
			if !more {
				return
			}
			name = above
		}
	}
}
