package webrtclink

import (
	"fmt"
	"strings"
	"time"

	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/link"
)

// pion looks at its candidate pairs every 200 ms, which v3 cannot be told to
// change: a pair whose check was answered in a millisecond waits that long to
// be nominated. A new remote candidate makes it look at once. So the offerer,
// who nominates, offers it the first host candidate again under another name,
// as if it were a peer-reflexive one of the same address: pion answers for both with
// the first, and the second is never selected.

// firstNudge is when it is nudged first after a candidate, then at double times.
const (
	firstNudge = 6 * time.Millisecond
	mostNudges = 5 // the last at 6·(1+2+4+8+16) ms, close to the 200 ms that it would take anyway
)

// nudging begins when the offerer has the other side's first host candidate.
func (s *session) nudging(candidate webrtc.ICECandidateInit) {
	if s.role != link.RoleOfferer || s.nudge != "" || !strings.Contains(candidate.Candidate, " typ host") {
		return
	}
	s.nudge, _, _ = strings.Cut(candidate.Candidate, " typ host")
	s.nudgeAt = time.Now().Add(firstNudge)
}

// nudgePion makes pion look at its pairs now.
func (s *session) nudgePion(now time.Time) {
	s.nudges++
	s.nudgeAt = time.Time{}
	if s.nudges < mostNudges {
		s.nudgeAt = now.Add(firstNudge << s.nudges)
	}
	section := uint16(0)
	again := webrtc.ICECandidateInit{
		Candidate:     fmt.Sprintf("%s typ prflx raddr 0.0.0.0 rport %d", s.nudge, s.nudges),
		SDPMLineIndex: &section,
	}
	if err := s.connection.AddICECandidate(again); err != nil {
		s.transport.logger.Debug("a candidate cannot be used", "error", err)
	}
}
