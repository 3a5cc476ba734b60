package webrtclink

import (
	"time"

	"github.com/tincan-chat/tincan/backend/link"
)

// Signals may overtake one another on the way: candidates that come before
// their offer wait here, and a hangup makes its offer void.
const (
	earlyFor      = 10 * time.Second
	earlySessions = 64
	earlyEach     = 32
)

type earlySignals struct{ waiting []earlySession }

type earlySession struct {
	id      link.Session
	remote  link.Remote
	since   time.Time
	signals []link.Parsed
}

// keepEarly stores a signal of a session that is not known (yet).
func (t *Transport) keepEarly(remote link.Remote, signal link.Parsed) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	now := time.Now()
	switch signal.Kind {
	case link.SignalHangup:
		t.seen.Add(remote.Device, signal.Session, t.config.Now())
		return
	case link.SignalCandidate:
	case link.SignalOffer, link.SignalAnswer, link.SignalDial:
		return
	}
	kept := t.early.waiting[:0]
	var found *earlySession
	for _, entry := range t.early.waiting {
		if now.Sub(entry.since) < earlyFor {
			kept = append(kept, entry)
			if entry.id == signal.Session && entry.remote == remote {
				found = &kept[len(kept)-1]
			}
		}
	}
	clear(t.early.waiting[len(kept):])
	t.early.waiting = kept
	switch {
	case found != nil && len(found.signals) < earlyEach:
		found.signals = append(found.signals, signal)
	case found == nil && len(kept) < earlySessions:
		t.early.waiting = append(kept, earlySession{id: signal.Session, remote: remote, since: now, signals: []link.Parsed{signal}})
	}
}

func (t *Transport) takeEarly(remote link.Remote, id link.Session) []link.Parsed {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for i, entry := range t.early.waiting {
		if entry.id == id && entry.remote == remote {
			t.early.waiting = append(t.early.waiting[:i], t.early.waiting[i+1:]...)
			return entry.signals
		}
	}
	return nil
}
