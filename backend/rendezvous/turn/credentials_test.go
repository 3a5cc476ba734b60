package turn

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/turn/v5"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestCredentialsNameEveryTransport(t *testing.T) {
	t.Parallel()
	config, _ := selfSigned(t)
	server := start(t, func(o *Options) { o.ListenTCP, o.ListenTLS, o.TLS = "127.0.0.1:0", "127.0.0.1:", config })
	if server.portTCP == server.portTLS {
		t.Fatal("two addresses became one port")
	}
	urls := func(host string) []string { return server.Credentials(identity.PeerID{1}, host).GetUrls() }
	want := func(host string) []string {
		at := func(port uint16) string { return strings.Replace(server.at(port), "127.0.0.1", host, 1) }
		return []string{
			"stun:" + at(server.port), "turn:" + at(server.port) + "?transport=udp",
			"turn:" + at(server.portTCP) + "?transport=tcp", "turns:" + at(server.portTLS) + "?transport=tcp",
		}
	}
	for host, written := range map[string]string{"": "127.0.0.1", "example.org": "example.org", "2001:db8::1": "[2001:db8::1]", "[2001:db8::1]": "[2001:db8::1]"} {
		if got := urls(host); !slices.Equal(got, want(written)) {
			t.Errorf("for %q: %q", host, got)
		}
		for _, url := range urls(host) {
			if _, err := stun.ParseURI(url); err != nil {
				t.Errorf("%q: %v", url, err)
			}
		}
	}
	server.options.TLSNamesOnly = true
	if got := urls("192.0.2.1"); !slices.Equal(got, want("192.0.2.1")[:3]) {
		t.Errorf("a certificate for names, an address: %q", got)
	}
	if got := urls("example.org"); len(got) != 4 {
		t.Errorf("a certificate for names, a name: %q", got)
	}
	server.options.Host = "relay.example.org"
	if got := urls("192.0.2.1"); !slices.Equal(got, want("relay.example.org")) {
		t.Errorf("with a host of its own: %q", got)
	}
}

// asked is what the library asks about a request.
func asked(server *Server, username, realm string, method stun.Method) bool {
	_, key, ok := server.authenticate(&turn.RequestAttributes{Username: username, Realm: realm, Method: method})
	return ok && len(key) > 0
}

func TestCredentialsExpire(t *testing.T) {
	t.Parallel()
	clock := newClock()
	server := start(t, func(o *Options) { o.Now = clock.Now })
	credentials := server.Credentials(identity.PeerID{1}, "")
	username := credentials.GetUsername()
	if !asked(server, username, realm, stun.MethodAllocate) {
		t.Fatal("good credentials are refused")
	}
	for _, bad := range []string{
		"", "x", "1:aa", ":", "99999999999999999999:aa", strings.Repeat("1", 100) + ":a",
		" " + username, "0" + username, "+" + username, "-1:0011223344556677", "9999999999999:0011223344556677", username + "0",
	} {
		if asked(server, bad, realm, stun.MethodAllocate) {
			t.Errorf("%q is good", bad)
		}
	}
	if asked(server, username, "other", stun.MethodAllocate) {
		t.Error("another realm is good")
	}
	// The right name with a wrong password, and somebody else's password.
	for _, password := range []string{"guess", server.Credentials(identity.PeerID{2}, "").GetPassword()} {
		wrong := clientOf(t, server, &wire.RelayCredentials{Username: username, Password: password})
		if _, err := wrong.Allocate(); err == nil {
			t.Error("a wrong password is good")
		}
	}
	clock.advance(time.Hour + time.Second)
	for _, method := range []stun.Method{stun.MethodAllocate, stun.MethodRefresh} {
		if asked(server, username, realm, method) {
			t.Errorf("expired credentials without an allocation are good for %v", method)
		}
	}
}

// TestLineOutlivesCredentials: what is in use goes on for twelve hours.
func TestLineOutlivesCredentials(t *testing.T) {
	t.Parallel()
	clock := newClock()
	server := start(t, func(o *Options) { o.Now = clock.Now })
	credentials := server.Credentials(identity.PeerID{1}, "")
	client := clientOf(t, server, credentials)
	allocation := allocate(t, client)
	peer, later := echo(t).LocalAddr(), echo(t).LocalAddr()
	if err := roundTrip(t, allocation, peer, "before"); err != nil {
		t.Fatal(err)
	}
	clock.advance(6 * time.Hour)
	if err := roundTrip(t, allocation, peer, "after"); err != nil {
		t.Errorf("a line in use broke: %v", err)
	}
	if err := roundTrip(t, allocation, later, "permission"); err != nil {
		t.Errorf("a line in use gets no new permission: %v", err)
	}
	username := credentials.GetUsername()
	if !asked(server, username, realm, stun.MethodRefresh) || asked(server, username, realm, stun.MethodAllocate) {
		t.Error("not refreshed, or a new allocation")
	}
	if _, err := clientOf(t, server, credentials).Allocate(); err == nil {
		t.Error("expired credentials get a new allocation")
	}
	clock.advance(7*time.Hour + time.Second)
	if asked(server, username, realm, stun.MethodRefresh) {
		t.Error("an allocation can be refreshed for ever")
	}
}

func TestBannedPeers(t *testing.T) {
	t.Parallel()
	clock := newClock()
	server := start(t, func(o *Options) { o.Now, o.ListenTCP = clock.Now, "127.0.0.1:0" })
	bad, good := identity.PeerID{1}, identity.PeerID{2}
	credentials := server.Credentials(bad, "")
	allocate(t, clientOf(t, server, credentials))
	socket, address := transport(t, server, "tcp", nil)
	allocate(t, clientOver(t, socket, address, credentials))
	line := allocate(t, clientOf(t, server, server.Credentials(good, "")))
	server.Ban(map[identity.PeerID]time.Time{bad: clock.Now().Add(time.Hour), {3}: {}})
	eventually(t, "the end of a banned peer's allocations", func() bool { return server.Counts().Allocations == 1 })
	if err := roundTrip(t, line, echo(t).LocalAddr(), "hello"); err != nil {
		t.Errorf("another peer: %v", err)
	}
	for _, given := range []*wire.RelayCredentials{credentials, server.Credentials(bad, "")} {
		if _, err := clientOf(t, server, given).Allocate(); err == nil {
			t.Error("a banned peer got an allocation")
		}
	}
	// Kept over another change, and over after its time.
	server.Ban(map[identity.PeerID]time.Time{bad: clock.Now().Add(30 * time.Minute), {4}: {}})
	if !server.isBanned(server.tag(bad)) || server.isBanned(server.tag(identity.PeerID{3})) || len(server.bannedPeers) != 2 {
		t.Error("the list was not replaced")
	}
	clock.advance(31 * time.Minute)
	allocate(t, clientOf(t, server, credentials))
}

func FuzzUsername(f *testing.F) {
	f.Add("1770000000:0011223344556677")
	f.Add("-1:0011223344556677")
	f.Add("::")
	f.Fuzz(func(t *testing.T, username string) {
		expires, tag, ok := readUsername(username)
		if ok && (len(username) > maxUsername || len(tag) != 2*tagSize || expires.Unix() < 0) {
			t.Errorf("%q is %v, %q", username, expires, tag)
		}
	})
}
