package link

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Seen remembers session ids, so that an offer is answered once. A signal is
// good for MaxSkew on either side of its time: an id that is older than twice
// that can be forgotten, because its offer would be refused for its time.
// The zero value is ready; it is not safe for concurrent use.
type Seen struct {
	sessions map[seenKey]time.Time
	order    []seenKey
}

type seenKey struct {
	device  identity.DeviceID
	session Session
}

const (
	seenFor = 3 * MaxSkew
	maxSeen = 1 << 16 // sessions that are remembered; the oldest goes
)

// Add reports whether the session is new, and remembers it.
func (s *Seen) Add(device identity.DeviceID, session Session, now time.Time) bool {
	if s.sessions == nil {
		s.sessions = make(map[seenKey]time.Time)
	}
	for len(s.order) > 0 && (len(s.order) >= maxSeen || now.Sub(s.sessions[s.order[0]]) > seenFor) {
		delete(s.sessions, s.order[0])
		s.order = s.order[1:]
	}
	key := seenKey{device, session}
	if _, known := s.sessions[key]; known {
		return false
	}
	s.sessions[key] = now
	s.order = append(s.order, key)
	return true
}
