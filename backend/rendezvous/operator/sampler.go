package operator

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// How often the source is asked.
const (
	watchedEvery = time.Second
	idleEvery    = 10 * time.Second
	askFor       = 2 * time.Second  // at most
	ratesOver    = 10 * time.Second // rates are of this long
	mostWatchers = 32
)

var errTooManyWatchers = errors.New("too many watch the status already")

// sampler asks the source again and again, makes rates of its counters, keeps
// the history, and hands the newest status to who watches.
type sampler struct {
	source Source
	wake   chan struct{}

	mu       sync.Mutex
	status   *operatorwire.Status // the newest, never changed afterwards; nil before the first
	answered bool                 // the source, the last time
	at       time.Time
	changed  chan struct{} // closed with the next status
	watchers int
	recent   []sample // of the last ratesOver, oldest first
	history  history
}

// sample is the counters at a moment.
type sample struct {
	at                             time.Time
	signals, mails, relay, refused uint64
}

func newSampler(source Source) *sampler {
	return &sampler{source: source, wake: make(chan struct{}, 1), changed: make(chan struct{}), history: newHistory()}
}

// run samples until ctx ends.
func (s *sampler) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-timer.C:
		}
		s.take(ctx)
		timer.Reset(s.pause())
	}
}

func (s *sampler) pause() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watchers > 0 {
		return watchedEvery
	}
	return idleEvery
}

// take asks the source once.
func (s *sampler) take(ctx context.Context) {
	ask, cancel := context.WithTimeout(ctx, askFor)
	got, err := s.source.Status(ask)
	cancel()
	if ctx.Err() != nil {
		return
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.status = unanswered(s.status, now)
	} else {
		s.status = s.digest(got, now)
	}
	s.answered, s.at = err == nil, now
	close(s.changed)
	s.changed = make(chan struct{})
}

// digest makes a status of what the source says. The lock is held.
func (s *sampler) digest(got Status, now time.Time) *operatorwire.Status {
	newest := sample{at: now, signals: got.Signals, mails: got.Mails, relay: got.RelayBytes, refused: got.Refused}
	for len(s.recent) > 1 && now.Sub(s.recent[1].at) >= ratesOver {
		s.recent = s.recent[1:]
	}
	status := statusMessage(got, now)
	if len(s.recent) > 0 {
		status.SignalsPerSecond, status.MailsPerSecond, status.RelayBytesPerSecond = rates(s.recent[0], newest)
		s.history.add(got, s.recent[len(s.recent)-1], newest)
	}
	s.recent = append(s.recent, newest)
	s.history.peak(got.Sessions, now)
	peak := s.history.highest(now)
	status.SessionsPeak, status.SessionsPeakMs = peak.sessions, peak.at.UnixMilli()
	status.RefusedLastHour = s.history.refusedLastHour(now)
	status.RefusedAlarm = alarmOf(s.history.days.points(now), float64(status.GetRefusedLastHour()), now)
	return status
}

// grown is how much a counter grew; one that fell began anew.
func grown(before, after uint64) float64 {
	if after < before {
		return float64(after)
	}
	return float64(after - before)
}

func rates(from, to sample) (signals, mails, relay float64) {
	seconds := to.at.Sub(from.at).Seconds()
	if seconds <= 0 {
		return 0, 0, 0
	}
	return grown(from.signals, to.signals) / seconds, grown(from.mails, to.mails) / seconds, grown(from.relay, to.relay) / seconds
}

// current returns the newest status, at most a second old, and whether the source answered.
func (s *sampler) current(ctx context.Context) (*operatorwire.Status, bool) {
	s.mu.Lock()
	fresh := s.status != nil && time.Since(s.at) < watchedEvery
	s.mu.Unlock()
	if !fresh {
		s.take(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status, s.answered
}

// watch hands every new status to each, the newest one at once, until ctx ends or each fails.
func (s *sampler) watch(ctx context.Context, each func(*operatorwire.Status) error) error {
	s.mu.Lock()
	if s.watchers >= mostWatchers {
		s.mu.Unlock()
		return errTooManyWatchers
	}
	s.watchers++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.watchers--
		s.mu.Unlock()
	}()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	for {
		s.mu.Lock()
		status, changed := s.status, s.changed
		s.mu.Unlock()
		if status != nil {
			if err := each(status); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// points returns the history of a span.
func (s *sampler) points(span operatorwire.Span, now time.Time) (time.Duration, []*operatorwire.Point) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tier := &s.history.hours
	switch span {
	case operatorwire.Span_SPAN_DAY:
		tier = &s.history.days
	case operatorwire.Span_SPAN_MONTH:
		tier = &s.history.months
	default:
	}
	return tier.step, tier.points(now)
}
