package moderation

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of reports.
const (
	ReportLife   = 30 * 24 * time.Hour // for which one counts, less each day
	MaxReporters = 64                  // of one peer that are kept; the oldest goes
	MaxReported  = 50_000              // peers; reports of further ones are dropped
)

// Reported is what the operator sees of a peer that several others reported.
type Reported struct {
	Peer      identity.PeerID
	Reporters int                       // different ones, within 30 days
	Weight    float64                   // the sum of the reports: 1 when new, 0 after 30 days
	Reasons   map[wire.ReportReason]int // how many of them gave each
	First     time.Time                 // of those that count
	Latest    time.Time
}

// reportRecord is what the table keeps of a reported peer, as JSON.
type reportRecord struct {
	Reports []oneReport `json:"reports"` // one for each reporter, the oldest first
}

type oneReport struct {
	By     []byte            `json:"by"`
	AtMs   int64             `json:"at_ms"`
	Reason wire.ReportReason `json:"reason"`
}

func parseReports(data []byte) (reportRecord, error) {
	var record reportRecord
	if err := json.Unmarshal(data, &record); err != nil {
		return reportRecord{}, fmt.Errorf("moderation: kept reports: %w", err)
	}
	if len(record.Reports) > MaxReporters {
		record.Reports = record.Reports[len(record.Reports)-MaxReporters:]
	}
	return record, nil
}

// expire drops what does not count any more.
func (r *reportRecord) expire(now time.Time) {
	r.Reports = slices.DeleteFunc(r.Reports, func(one oneReport) bool { return now.Sub(time.UnixMilli(one.AtMs)) >= ReportLife })
}

func (r *reportRecord) sum(peer identity.PeerID, now time.Time) Reported {
	sum := Reported{Peer: peer, Reasons: make(map[wire.ReportReason]int)}
	for _, one := range r.Reports {
		age := max(now.Sub(time.UnixMilli(one.AtMs)), 0)
		if age >= ReportLife {
			continue
		}
		sum.Reporters++
		sum.Weight += 1 - float64(age)/float64(ReportLife)
		sum.Reasons[one.Reason]++
		at := time.UnixMilli(one.AtMs)
		if at.After(sum.Latest) {
			sum.Latest = at
		}
		if sum.First.IsZero() || at.Before(sum.First) {
			sum.First = at
		}
	}
	return sum
}

// reports are the table's, as this server followed it.
type reports struct {
	mu sync.Mutex
	by map[identity.PeerID]*reportRecord
}

func reportKey(peer identity.PeerID) string { return hex.EncodeToString(peer[:]) }

func peerOfKey(key string) (peer identity.PeerID, ok bool) {
	decoded, err := hex.DecodeString(key)
	if err != nil || len(decoded) != len(peer) {
		return peer, false
	}
	return identity.PeerID(decoded), true
}

func (r *reports) apply(change engine.Change) {
	peer, ok := peerOfKey(change.Key)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.by, peer)
	if change.Data == nil || len(r.by) >= MaxReported {
		return
	}
	if record, err := parseReports(change.Data); err == nil {
		r.by[peer] = &record
	}
}

func (r *reports) keepOnly(keys map[string]bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.by, func(peer identity.PeerID, _ *reportRecord) bool { return !keys[reportKey(peer)] })
}

// room says whether a report of a peer may be kept.
func (r *reports) room(peer identity.PeerID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.by[peer] != nil || len(r.by) < MaxReported
}

// Report counts that from reports about; again within 30 days counts as one
// report, made now. Nothing else comes of it. Error: the engine's.
func (m *Moderation) Report(ctx context.Context, from, about identity.PeerID, reason wire.ReportReason) error {
	if from == about || !m.reports.room(about) {
		return nil
	}
	if _, known := wire.ReportReason_name[int32(reason)]; !known {
		reason = wire.ReportReason_REPORT_REASON_UNSPECIFIED
	}
	key, now := reportKey(about), m.options.Now()
	for range retries {
		var record reportRecord
		held, err := m.options.Reports.Get(ctx, key)
		switch {
		case errors.Is(err, engine.ErrNoKey):
		case err != nil:
			return err
		default:
			if record, err = parseReports(held.Data); err != nil {
				return err
			}
		}
		record.expire(now)
		record.Reports = slices.DeleteFunc(record.Reports, func(one oneReport) bool { return string(one.By) == string(from[:]) })
		record.Reports = append(record.Reports, oneReport{By: from[:], AtMs: now.UnixMilli(), Reason: reason})
		record.Reports = record.Reports[max(len(record.Reports)-MaxReporters, 0):]
		data, err := json.Marshal(record)
		if err == nil {
			_, err = m.options.Reports.Put(ctx, key, data, held.Revision)
		}
		if !errors.Is(err, engine.ErrConflict) {
			return err
		}
	}
	return errBusy
}

// Reported returns those whom enough different peers reported, the worst first.
func (m *Moderation) Reported() []Reported {
	now := m.options.Now()
	m.reports.mu.Lock()
	defer m.reports.mu.Unlock()
	var all []Reported
	for peer, one := range m.reports.by {
		if sum := one.sum(peer, now); sum.Reporters >= m.options.Threshold {
			all = append(all, sum)
		}
	}
	slices.SortFunc(all, func(a, b Reported) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return slices.Compare(a.Peer[:], b.Peer[:])
	})
	return all
}

// Dismiss forgets the reports of a peer: the operator saw them. Error: the engine's.
func (m *Moderation) Dismiss(ctx context.Context, peer identity.PeerID) error {
	return remove(ctx, m.options.Reports, reportKey(peer), nil)
}

// sweepReports deletes what does not count any more.
func (m *Moderation) sweepReports(ctx context.Context) {
	now := m.options.Now()
	m.reports.mu.Lock()
	var over []identity.PeerID
	for peer, one := range m.reports.by {
		if one.sum(peer, now).Reporters == 0 {
			over = append(over, peer)
		}
	}
	m.reports.mu.Unlock()
	for _, peer := range over {
		err := remove(ctx, m.options.Reports, reportKey(peer), func(data []byte) bool {
			record, err := parseReports(data)
			return err != nil || record.sum(peer, now).Reporters == 0
		})
		if err != nil {
			m.options.Logger.Warn("old reports could not be deleted", "error", err)
			return
		}
	}
}
