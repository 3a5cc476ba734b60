package webrtclink

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/link"
)

// place is where the other end of a session is, and where it says it is.
type place struct {
	// told are the addresses on the internet of the candidates that the other side
	// signalled as its own, so that a ban on one holds through a relay too. Those
	// within a network are not: many networks have the same.
	told []netip.Addr
}

// tells notes an address of a candidate; false when it is banned, which ends the session.
func (s *session) tells(candidate string, address netip.Addr) bool {
	if !ownCandidate(candidate) || near(address) || slices.Contains(s.place.told, address) {
		return true
	}
	s.place.told = append(s.place.told, address) // candidates are counted
	return !s.toldBanned()
}

// toldBanned ends the session when the other side says that it is somewhere banned.
func (s *session) toldBanned() bool {
	filter := s.transport.config.Filter
	if filter == nil {
		return false
	}
	for _, address := range s.place.told {
		if filter(address) {
			s.finishBanned(address)
			return true
		}
	}
	return false
}

// finishBanned ends the session because of an address, which is told first.
func (s *session) finishBanned(address netip.Addr) {
	if s.transport.tellBlocked(address) {
		s.emit(link.Event{Blocked: address})
	}
	s.finish(link.ReasonBanned, fmt.Errorf("webrtclink: %w", errBanned))
}

// ownCandidate tells whether a candidate names an address of the device itself,
// and not of its relay. It was read by readCandidate.
func ownCandidate(candidate string) bool {
	fields := strings.Split(candidate, " ")
	return len(fields) >= 8 && (fields[7] == "host" || fields[7] == "srflx")
}

// address is that of the other end; zero when it is a relay's, or not known.
func (s *session) address() netip.Addr {
	pair := s.pair()
	if pair == nil || pair.Remote.Typ == webrtc.ICECandidateTypeRelay || s.remoteSays {
		return netip.Addr{}
	}
	address, err := netip.ParseAddr(pair.Remote.Address)
	if err != nil {
		return netip.Addr{}
	}
	address = address.WithZone("").Unmap()
	if _, relay := s.relays.name(address); relay && !near(address) {
		return netip.Addr{}
	}
	return address
}
