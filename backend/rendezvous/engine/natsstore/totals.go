package natsstore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

const (
	totalsLife = 2 * time.Second
	agesLife   = 5 * time.Minute // they cost a consumer for each age and stream that has mail
	askerLife  = 10 * time.Second
)

// ageBounds are those of MailTotals.Ages; the last one is the life of mail.
var ageBounds = [...]time.Duration{time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, engine.MaxMailLife}

// totals are what was counted last.
type totals struct {
	mu      sync.Mutex
	counted engine.MailTotals
	at      time.Time
	younger [len(ageBounds)]uint64 // than each bound
	agesAt  time.Time
}

// MailTotals implements engine.MailCounter. The ages are of up to five minutes ago.
func (m mailbox) MailTotals(ctx context.Context) (engine.MailTotals, error) {
	t := &m.totals
	t.mu.Lock()
	defer t.mu.Unlock()
	now := m.options.Now()
	if since := now.Sub(t.at); !t.at.IsZero() && since >= 0 && since < totalsLife {
		return t.counted, nil
	}
	err := m.call(ctx, func(ctx context.Context) error {
		states, err := m.mailStates(ctx)
		if err != nil {
			return err
		}
		counted := engine.MailTotals{}
		for _, state := range states {
			counted.Envelopes += state.Msgs
			counted.Bytes += state.Bytes
			if state.Msgs > 0 && (counted.Oldest.IsZero() || state.FirstTime.Before(counted.Oldest)) {
				counted.Oldest = state.FirstTime
			}
		}
		if t.agesAt.IsZero() || now.Sub(t.agesAt) >= agesLife {
			if t.younger, err = m.younger(ctx, states, now); err != nil {
				return err
			}
			t.agesAt = now
		}
		counted.Ages = spread(t.younger, counted.Envelopes)
		t.counted, t.at = counted, now
		return nil
	})
	if err != nil {
		return engine.MailTotals{}, err
	}
	return t.counted, nil
}

// spread makes buckets of what is younger than each bound. What came since that was counted is young.
func spread(younger [len(ageBounds)]uint64, envelopes uint64) []engine.MailAge {
	ages := make([]engine.MailAge, len(ageBounds))
	before := uint64(0)
	for i, bound := range ageBounds {
		ages[i] = engine.MailAge{UpTo: bound, Envelopes: younger[i] - min(before, younger[i])}
		before = max(before, younger[i])
	}
	ages[0].Envelopes += envelopes - min(before, envelopes)
	return ages
}

// mailStates asks for the state of every stream of mail, by name.
func (s *Store) mailStates(ctx context.Context) (map[string]jetstream.StreamState, error) {
	var names []string
	for _, one := range s.classes {
		for shard := range one.shards {
			names = append(names, one.stream(shard))
		}
	}
	found := make([]jetstream.StreamState, len(names))
	if err := each(ctx, len(names), func(ctx context.Context, i int) error {
		return retry(ctx, func(ctx context.Context) error {
			info, err := s.streams[names[i]].Info(ctx)
			if err == nil {
				found[i] = info.State
			}
			return err
		})
	}); err != nil {
		return nil, fmt.Errorf("natsstore: totals: %w", err)
	}
	states := make(map[string]jetstream.StreamState, len(names))
	for i, name := range names {
		states[name] = found[i]
	}
	return states, nil
}

// younger counts envelopes that came within each bound. A consumer that begins
// at a time knows how many are behind it; it is never read from.
func (s *Store) younger(ctx context.Context, states map[string]jetstream.StreamState, now time.Time) (younger [len(ageBounds)]uint64, err error) {
	for name, state := range states {
		if state.Msgs == 0 {
			continue
		}
		for i, bound := range ageBounds {
			from := now.Add(-bound)
			if !state.FirstTime.Before(from) {
				younger[i] += state.Msgs
				continue
			}
			asker, err := s.js.CreateConsumer(ctx, name, jetstream.ConsumerConfig{
				DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &from, AckPolicy: jetstream.AckNonePolicy,
				MemoryStorage: true, Replicas: 1, HeadersOnly: true, InactiveThreshold: askerLife,
			})
			if err != nil {
				return younger, fmt.Errorf("natsstore: ages of mail: %w", err)
			}
			younger[i] += asker.CachedInfo().NumPending
			_ = s.js.DeleteConsumer(ctx, name, asker.CachedInfo().Name) // it goes by itself otherwise
		}
	}
	return younger, nil
}
