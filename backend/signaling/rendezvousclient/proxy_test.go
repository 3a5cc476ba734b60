package rendezvousclient

import (
	"net"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/proxy/proxytest"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// TestThroughAProxy: a server whose name only the proxy knows is reached through that one
// alone, the words tell a proxy that is down, and a session ends when another is chosen.
func TestThroughAProxy(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	_, port, err := net.SplitHostPort(server.Rendezvous().Listening().String())
	if err != nil {
		t.Fatal(err)
	}
	target := "home.example:" + port
	home := identity.Server{Key: server.Server().Key, URLs: []string{"wss://" + target}}
	names := map[string]string{"home.example": "127.0.0.1"}
	gone := proxytest.Socks(t, "", "", names)
	gone.Close()
	var choice proxy.Choice
	choose := func(text string) {
		address, err := proxy.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		choice.Set(address)
	}
	choose("socks5://" + gone.Host())
	ana := newPerson(t, func(o *Options) { o.Proxy = &choice })
	ana.client.Connect("home", home)
	ana.awaitDown(t, signaling.CodeProxy)
	for _, one := range []struct {
		kind string
		*proxytest.Server
	}{
		{"socks5://", proxytest.Socks(t, "", "", names)},
		{"http://ana:secret@", proxytest.HTTP(t, "ana", "secret", names)},
	} {
		choose(one.kind + one.Host())
		ana.client.NetworkChanged()
		ana.awaitUp(t)
		if asked := one.Asked(); !slices.Equal(asked, []string{target}) {
			t.Errorf("%s was asked for %q", one.kind, asked)
		}
		if info, err := Check(t.Context(), target, &choice); err != nil || info.Server.Key != home.Key {
			t.Errorf("%s: %+v, %v", one.kind, info, err)
		}
	}
	choose("socks5://" + gone.Host())
	ana.client.NetworkChanged()
	ana.awaitDown(t, signaling.CodeProxy)
	if _, err := Check(t.Context(), target, &choice); failureOf(err).Code != signaling.CodeProxy {
		t.Errorf("%v", err)
	}
}
