package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/proxy/proxytest"
)

// TestBehindAProxy: somebody whose proxy alone knows the server's name talks with
// somebody who has none, through the mailbox, since nothing goes past the proxy. A
// proxy that is down is said to be that, and what waits goes out when it is back.
func TestBehindAProxy(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	through := proxytest.HTTP(t, "ana", "s:e@t", map[string]string{"home.example": "127.0.0.1"})
	p := &pair{anaDir: t.TempDir(), benDir: t.TempDir()}
	p.ana = startDevice(t, p.anaDir, "Ana", "--no-host")
	settings := p.ana.state().Settings
	settings.Proxy = "http://home.example"
	if refused := p.ana.try(nil, "SaveSettings", settings); refused == nil || refused.Code != "proxy-address" {
		t.Errorf("an address without a port: %+v", refused)
	}
	settings.Proxy = "http://ana:s%3Ae%40t@" + through.Host()
	p.ana.call(nil, "SaveSettings", settings)
	p.ana.call(nil, "AddServer", strings.Replace(server.address, "127.0.0.1", "home.example", 1))
	online(t, p.ana)
	p.ben = startDevice(t, p.benDir, "Ben", "--no-host", "--server", server.address)
	online(t, p.ben)
	var invite app.Invite
	p.ben.call(&invite, "CreateInvite", app.InviteOptions{})
	var asked app.Conversation
	p.ana.call(&asked, "SendRequest", invite.Link, "Hello Ben, it is Ana")
	p.conversation, p.sentAna = asked.ID, 1
	eventually(t, "the request arrives", func() bool { return len(p.ben.state().Requests) == 1 })
	p.ben.call(nil, "AcceptRequest", p.ben.state().Requests[0].ID)
	for range 3 {
		p.say(p.ana, &p.sentAna, 1)
		p.say(p.ben, &p.sentBen, 1)
	}
	eventually(t, "all of it is on both sides", func() bool {
		return len(p.ana.texts(p.conversation)) == 7 && len(p.ben.texts(p.conversation)) == 7
	})
	if line := p.ana.state().Conversations[0].Line.State; line == app.LineDirect || line == app.LineLAN {
		t.Errorf("a line past the proxy: %s", line)
	}
	if asked := through.Asked(); slices.ContainsFunc(asked, func(one string) bool { return !strings.HasPrefix(one, "home.example:") }) {
		t.Errorf("the proxy was asked for %q", asked)
	}

	settings.Proxy = "socks5://" + through.Host() // which speaks HTTP
	p.ana.call(nil, "SaveSettings", settings)
	eventually(t, "the proxy is named", func() bool {
		servers := p.ana.state().Network.Servers
		return len(servers) == 1 && servers[0].Error != nil && servers[0].Error.Code == "server-proxy"
	})
	p.say(p.ana, &p.sentAna, 1)
	settings.Proxy = "http://ana:s%3Ae%40t@" + through.Host()
	p.ana.call(nil, "SaveSettings", settings)
	eventually(t, "what waited is there", func() bool { return len(p.ben.texts(p.conversation)) == 8 })
}
