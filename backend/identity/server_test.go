package identity

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/wire"
)

func TestParseServerAddress(t *testing.T) {
	t.Parallel()
	key := testServer(t, 3).Key
	for text, want := range map[string]string{
		"example.org":                     "wss://example.org:7117",
		" Example.ORG:443 \n":             "wss://example.org:443",
		"example.org.":                    "wss://example.org:7117",
		"my_host-2":                       "wss://my_host-2:7117",
		"wss://example.org":               "wss://example.org:7117",
		"WSS://example.org/":              "wss://example.org:7117",
		"example.org:0443":                "wss://example.org:443",
		"192.0.2.1":                       "wss://192.0.2.1:7117",
		"::1":                             "wss://[::1]:7117",
		"[::1]:80":                        "wss://[::1]:80",
		"2001:DB8:0:0::1":                 "wss://[2001:db8::1]:7117",
		"wss://[::ffff:192.0.2.1]:1":      "wss://192.0.2.1:1",
		"ws://127.0.0.1:80":               "ws://127.0.0.1:80",
		"ws://[::1]":                      "ws://[::1]:7117",
		"ws://LOCALHOST":                  "ws://localhost:7117",
		"example.org/#" + key.String():    "wss://example.org:7117/#" + key.String(),
		"wss://a:1/#" + upper(key):        "wss://a:1/#" + key.String(),
		strings.Repeat("a.", 100) + "org": "wss://" + strings.Repeat("a.", 100) + "org:7117",
	} {
		server, err := ParseServerAddress(text)
		if err != nil || server.Text() != want {
			t.Errorf("%q is %q, %v; want %q", text, server.Text(), err, want)
		}
		if again, err := ParseServerAddress(server.Text()); err != nil || again.Text() != want {
			t.Errorf("%q again: %v", text, err)
		}
	}
	spare := []byte(key.String())
	spare[51]++ // sets one of the 4 bits that mean nothing
	for _, text := range []string{
		"", "  ", ":", ":7117", "wss://", "https://example.org", "http://localhost", "ftp://a", "ws://example.org", "ws://192.0.2.1:1",
		"example.org:0", "example.org:65536", "example.org:-1", "example.org:1x", "a b", "a\x00b", "exam\nple.org", "-a.org", "a-.org", "a..org", ".",
		"wss://user@example.org", "wss://user:secret@example.org", "wss://example.org/path", "wss://example.org?", "wss://example.org/?q=1",
		"example.org#", "example.org/#" + key.String()[1:], "example.org/#" + string(spare), "example.org/#" + strings.Repeat("a", 52),
		"example.org/#" + key.String() + "#", "fe80::1%eth0", "[fe80::1%25eth0]:1", "127.1", "2130706433", "a.0x7f", "1.2.3.4.5", "256.1.1.1",
		"b\u00fccher.example", "ex\u0430mple.org", "a%20b", "wss://[::1", strings.Repeat("a", 64) + ".org", strings.Repeat("a.", 130) + "org",
		strings.Repeat("a", maxURL+1), "wss:example.org", "//example.org",
	} {
		server, err := ParseServerAddress(text)
		if !errors.Is(err, ErrServerAddress) {
			t.Errorf("%q: %q, %v", text, server.Text(), err)
		} else if len(text) > 8 && strings.Contains(err.Error(), text) {
			t.Errorf("%q: the error echoes it", text)
		}
	}
}

func upper(key ServerKey) string { return strings.ToUpper(key.String()) }

func TestServerText(t *testing.T) {
	t.Parallel()
	var none Server
	if none.Text() != "" || none.Address() != "" {
		t.Error("no URL")
	}
	server := testServer(t, 3, "wss://[2001:db8::1]:443", "wss://example.org:1")
	if server.Address() != "[2001:db8::1]:443" {
		t.Errorf("address %q", server.Address())
	}
	if (Server{URLs: []string{"://"}}).Address() != "" {
		t.Error("what is no URL has an address")
	}
}

func TestServersFromWireRefuses(t *testing.T) {
	t.Parallel()
	good := testServer(t, 3, "wss://example.org:7117")
	with := func(urls ...string) []Server { return []Server{testServer(t, 3, urls...)} }
	for name, servers := range map[string][]Server{
		"no key":          {{URLs: good.URLs}},
		"no URL":          with(),
		"9 URLs":          with(slices.Repeat(good.URLs, maxServerURLs+1)...),
		"9 servers":       slices.Repeat([]Server{good}, maxServersListed+1),
		"no port":         with("wss://example.org"),
		"upper case":      with("wss://Example.org:7117"),
		"a slash":         with("wss://example.org:7117/"),
		"long IPv6":       with("wss://[2001:db8:0::1]:7117"),
		"mapped IPv4":     with("wss://[::ffff:192.0.2.1]:7117"),
		"a key in it":     with(good.Text()),
		"a leading zero":  with("wss://example.org:07117"),
		"https":           with("https://example.org:7117"),
		"far without TLS": with("ws://example.org:7117"),
	} {
		if got, err := ServersFromWire(ServersToWire(servers)); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	if _, err := ServersFromWire(slices.Repeat(ServersToWire([]Server{good}), maxServersListed)); err != nil {
		t.Errorf("8 servers: %v", err)
	}
	if _, err := ServersFromWire([]*wire.ServerAddress{nil}); err == nil {
		t.Error("nothing is a server")
	}
}

func FuzzParseServerAddress(f *testing.F) {
	for _, seed := range []string{"example.org", "wss://[::1]:7117", "ws://localhost:1", "::1", "a:1/#" + testServer(f, 3).Key.String(), "wss://u@h?q#f"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		server, err := ParseServerAddress(text)
		if err != nil {
			if !errors.Is(err, ErrServerAddress) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		again, err := ParseServerAddress(server.Text())
		if err != nil || again.Text() != server.Text() {
			t.Fatalf("%q becomes %q, %v", server.Text(), again.Text(), err)
		}
		parsed, err := url.Parse(server.URLs[0])
		if err != nil || parsed.Port() == "" || parsed.Hostname() == "" || parsed.Host != server.Address() {
			t.Errorf("%q is not a URL with a host and a port", server.URLs[0])
		}
		if parsed.Scheme == "ws" && !loopback(parsed.Hostname()) {
			t.Errorf("%q: without TLS to somewhere else", server.URLs[0])
		}
	})
}

func FuzzServersFromWire(f *testing.F) {
	good := testServer(f, 3).Key
	f.Add(good[:], "wss://example.org:7117", "ws://127.0.0.1:7117")
	f.Add(make([]byte, 32), "wss://a:1", "")
	f.Fuzz(func(t *testing.T, key []byte, first, second string) {
		servers, err := ServersFromWire([]*wire.ServerAddress{{Key: key, Urls: []string{first}}, {Key: key, Urls: []string{first, second}}})
		if err != nil {
			return
		}
		if !slices.Equal(servers[1].URLs, []string{first, second}) || !slices.Equal(servers[0].Key[:], key) {
			t.Error("what was accepted changed")
		}
		for _, text := range servers[1].URLs {
			if parsed, err := ParseServerAddress(text); err != nil || parsed.URLs[0] != text {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}
