package rendezvousclient

import (
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// takeRelay passes credentials on, with their expiry by our clock.
func (s *session) takeRelay(credentials *wire.RelayCredentials) {
	s.relay, s.relayAgain = nil, time.Time{}
	if credentials == nil {
		return
	}
	now := s.now()
	expires := time.UnixMilli(credentials.GetExpiresMs()).Add(-s.offset)
	relay := link.Relay{Username: credentials.GetUsername(), Password: credentials.GetPassword(), Key: s.key}
	for _, address := range credentials.GetUrls() {
		if len(relay.URLs) < maxRelayURLs && isRelayURL(address) {
			relay.URLs = append(relay.URLs, address)
		}
	}
	if len(relay.URLs) == 0 || len(relay.Username) > maxRelayText || len(relay.Password) > maxRelayText || !expires.After(now) {
		return
	}
	left := expires.Sub(now)
	s.relayAgain = now.Add(max(left-relayAhead, left/2))
	s.push(signaling.Event{Relays: &signaling.Relays{Relay: relay, Expires: expires}})
}

func isRelayURL(address string) bool {
	scheme, rest, found := strings.Cut(address, ":")
	return found && rest != "" && len(address) <= maxRelayText &&
		(scheme == "stun" || scheme == "stuns" || scheme == "turn" || scheme == "turns")
}
