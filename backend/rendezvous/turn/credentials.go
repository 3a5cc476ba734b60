package turn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/turn/v5"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	realm = "tincan"
	// afterlife is how long an allocation that is in use may be refreshed after
	// its credentials expired: a line must not break after an hour.
	afterlife   = 12 * time.Hour
	maxUsername = 64 // bytes
	tagSize     = 8  // bytes, before hexadecimal
)

// Credentials are for one peer, and name every transport that there is, the
// best first; host is how its device reaches this machine.
func (s *Server) Credentials(peer identity.PeerID, host string) *wire.RelayCredentials {
	if s.options.Host != "" {
		host = s.options.Host
	}
	host = strings.Trim(host, "[]")
	if host == "" {
		host = s.address.String()
	}
	expires := s.options.Now().Add(s.options.Lifetime)
	username := strconv.FormatInt(expires.Unix(), 10) + ":" + s.tag(peer)
	at := func(port uint16) string { return net.JoinHostPort(host, strconv.Itoa(int(port))) }
	urls := []string{"stun:" + at(s.port), "turn:" + at(s.port) + "?transport=udp"}
	if s.portTCP != 0 {
		urls = append(urls, "turn:"+at(s.portTCP)+"?transport=tcp")
	}
	if _, err := netip.ParseAddr(host); s.portTLS != 0 && (err != nil || !s.options.TLSNamesOnly) {
		urls = append(urls, "turns:"+at(s.portTLS)+"?transport=tcp")
	}
	return &wire.RelayCredentials{Urls: urls, Username: username, Password: s.password(username), ExpiresMs: expires.UnixMilli()}
}

func (s *Server) mac(purpose, text string) []byte {
	mac := hmac.New(sha256.New, s.secret[:])
	_, _ = io.WriteString(mac, purpose+"\x00"+text) // a hash takes everything
	return mac.Sum(nil)
}

func (s *Server) tag(peer identity.PeerID) string {
	return hex.EncodeToString(s.mac("tag", string(peer[:]))[:tagSize])
}

func (s *Server) password(username string) string {
	return base64.RawURLEncoding.EncodeToString(s.mac("password", username))
}

// readUsername takes a username apart; it may be anything.
func readUsername(username string) (expires time.Time, tag string, ok bool) {
	expiry, tag, found := strings.Cut(username, ":")
	if !found || len(username) > maxUsername || len(tag) != hex.EncodedLen(tagSize) {
		return time.Time{}, "", false
	}
	seconds, err := strconv.ParseInt(expiry, 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<40 || strconv.FormatInt(seconds, 10) != expiry {
		return time.Time{}, "", false
	}
	return time.Unix(seconds, 0), tag, true
}

// authenticate implements turn.AuthHandler. The library compares the message's
// integrity with the key that is returned; forged names end there.
func (s *Server) authenticate(request *turn.RequestAttributes) (tag string, key []byte, ok bool) {
	expires, tag, ok := readUsername(request.Username)
	if !ok || request.Realm != realm || s.isBanned(tag) {
		s.refused.Add(1)
		return "", nil, false
	}
	late := s.options.Now().Sub(expires)
	if late > 0 && (request.Method == stun.MethodAllocate || late > afterlife || s.quotas.held(tag) == 0) {
		s.refused.Add(1)
		return "", nil, false
	}
	return tag, turn.GenerateAuthKey(request.Username, realm, s.password(request.Username)), true
}

// Ban replaces the list of banned peers, with until when (the zero time: for
// ever). Their credentials are worth nothing from now on, and their allocations
// end. So do the allocations and connections of addresses that Options.Refuse
// refuses by now.
func (s *Server) Ban(list map[identity.PeerID]time.Time) {
	s.banMu.Lock()
	// The tags of those who stay are not computed again.
	known := make(map[identity.PeerID]string, len(list))
	until := make(map[string]time.Time, len(list))
	for peer, end := range list {
		tag, ok := s.bannedPeers[peer]
		if !ok {
			tag = s.tag(peer)
		}
		known[peer], until[tag] = tag, end
	}
	s.bannedPeers = known
	s.banned.Store(&until)
	s.banMu.Unlock()
	for _, allocation := range s.allocations() {
		client := allocation.client.Load()
		if s.isBanned(allocation.tag) || client != nil && s.isRefused(client.Addr()) {
			_ = allocation.Close()
		}
	}
	for _, one := range s.connections.all() {
		if s.isRefused(one.from.Addr()) {
			one.cut()
		}
	}
}

func (s *Server) isBanned(tag string) bool {
	list := s.banned.Load()
	if list == nil {
		return false
	}
	until, ok := (*list)[tag]
	return ok && (until.IsZero() || s.options.Now().Before(until))
}

func (s *Server) isRefused(addr netip.Addr) bool { return s.options.Refuse(addr) }
