package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// pair is two people who are contacts.
type pair struct {
	ana, ben         *device
	anaDir, benDir   string
	options          []string
	conversation     string
	sentAna, sentBen int
}

// meet makes two people contacts the way people do: an invite, a request, an answer.
func meet(t *testing.T, options ...string) *pair {
	t.Helper()
	p := &pair{anaDir: t.TempDir(), benDir: t.TempDir(), options: options}
	p.ana = startDevice(t, p.anaDir, "Ana", options...)
	p.ben = startDevice(t, p.benDir, "Ben", options...)
	online(t, p.ana)
	online(t, p.ben)
	var invite app.Invite
	p.ana.call(&invite, "CreateInvite", app.InviteOptions{Label: "for Ben"})
	var preview app.InvitePreview
	p.ben.call(&preview, "ReadInvite", invite.Link)
	if preview.Name != "Ana" {
		t.Fatalf("the invite says %q", preview.Name)
	}
	var asked app.Conversation
	p.ben.call(&asked, "SendRequest", invite.Link, "Hello Ana, it is Ben")
	p.conversation = asked.ID
	var request app.Request
	eventually(t, "the request arrives", func() bool {
		requests := p.ana.state().Requests
		if len(requests) == 1 {
			request = requests[0]
		}
		return len(requests) == 1
	})
	if request.Name != "Ben" || request.Text != "Hello Ana, it is Ben" || request.InviteLabel != "for Ben" {
		t.Fatalf("the request is %+v", request)
	}
	var accepted app.Conversation
	p.ana.call(&accepted, "AcceptRequest", request.ID)
	if accepted.ID != asked.ID {
		t.Fatalf("two names for one conversation: %s and %s", accepted.ID, asked.ID)
	}
	p.sentBen = 1
	p.same(t)
	return p
}

func online(t *testing.T, d *device) {
	t.Helper()
	d.call(nil, "Painted")
	eventually(t, "a server is reached", func() bool {
		for _, server := range d.state().Network.Servers {
			if server.State == app.ServerOnline {
				return true
			}
		}
		return false
	})
}

func (p *pair) say(from *device, count *int, n int) {
	p.ana.t.Helper()
	for range n {
		*count++
		who := "Ana"
		if from == p.ben {
			who = "Ben"
		}
		var sent app.Message
		from.call(&sent, "SendText", p.conversation, fmt.Sprintf("%s says %d", who, *count))
	}
}

// same waits until both disks hold the same logs: all that was sent, once, in one order.
func (p *pair) same(t *testing.T) {
	t.Helper()
	var a, b []app.Message
	eventually(t, "both hold the same", func() bool {
		a, b = p.ana.texts(p.conversation), p.ben.texts(p.conversation)
		return len(a) == p.sentAna+p.sentBen && len(b) == len(a)
	})
	counts := map[string]int{}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Order != b[i].Order || a[i].Text != b[i].Text {
			t.Fatalf("at %d Ana has %q and Ben %q", i, a[i].Text, b[i].Text)
		}
		counts[a[i].ID]++
		if counts[a[i].ID] > 1 {
			t.Fatalf("%q is there twice", a[i].Text)
		}
	}
	next := map[string]int{"Ana": 1, "Ben": 2} // Ben's first was the request
	for _, message := range a {
		who, count, found := strings.Cut(message.Text, " says ")
		if !found {
			continue
		}
		if count != fmt.Sprint(next[who]) {
			t.Fatalf("%s's %s stands where %d should", who, count, next[who])
		}
		next[who]++
	}
}

func TestMeetAndChat(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.say(p.ana, &p.sentAna, 20)
	p.say(p.ben, &p.sentBen, 20)
	p.same(t)
	eventually(t, "Ana's last message is delivered", func() bool {
		var page app.Page
		p.ana.call(&page, "PageLast", p.conversation, 50)
		for _, message := range page.Messages {
			if message.Mine && message.State == app.MessageQueued {
				return false
			}
		}
		return true
	})
	last := p.ben.texts(p.conversation)
	p.ben.call(nil, "MarkRead", p.conversation, last[len(last)-1].ID)
	eventually(t, "Ana's messages are read", func() bool {
		for _, message := range p.ana.texts(p.conversation) {
			if message.Mine && message.State != app.MessageRead {
				return false
			}
		}
		return true
	})
	p.ana.stop()
	p.ben.stop()
	server.stop()
}

// TestHosted is what `make run` twice on one machine does: no server, no setting.
func TestHosted(t *testing.T) {
	t.Parallel()
	p := meet(t, "--host-at", "127.0.0.1")
	p.say(p.ana, &p.sentAna, 3)
	p.say(p.ben, &p.sentBen, 3)
	p.same(t)
}

func TestRestartInTheMiddle(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	for round := range 4 {
		p.say(p.ana, &p.sentAna, 5)
		p.say(p.ben, &p.sentBen, 5)
		end := (*process).stop
		if round%2 == 1 {
			end = (*process).kill
		}
		if round < 2 {
			end(p.ana.process)
			p.say(p.ben, &p.sentBen, 5)
			p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
			online(t, p.ana)
			p.say(p.ana, &p.sentAna, 5)
		} else {
			end(p.ben.process)
			p.say(p.ana, &p.sentAna, 5)
			p.ben = startDevice(t, p.benDir, "Ben", p.options...)
			online(t, p.ben)
			p.say(p.ben, &p.sentBen, 5)
		}
		p.same(t)
	}
}

func TestServerGoneWhileChatting(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	server := startServer(t, folder, "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.say(p.ana, &p.sentAna, 1)
	p.same(t)
	server.kill()
	eventually(t, "Ana notices", func() bool { return p.ana.state().Network.Servers[0].State == app.ServerDown })
	p.say(p.ana, &p.sentAna, 10)
	p.say(p.ben, &p.sentBen, 10)
	p.same(t)
	// Both restart while there is no server: what they write now waits.
	p.ana.stop()
	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	p.ana.call(nil, "Painted")
	p.say(p.ana, &p.sentAna, 3)
	host := strings.TrimPrefix(server.address, "wss://")
	host, _, _ = strings.Cut(host, "/")
	startServer(t, folder, host)
	p.same(t)
}

func TestBan(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.say(p.ana, &p.sentAna, 1)
	p.same(t)
	peer := p.ana.state().Conversations[0].PeerID
	var ban app.Ban
	p.ana.call(&ban, "AddBan", app.BanOptions{Kind: app.BanPeer, Target: peer, Reason: "enough"})
	eventually(t, "the line is closed", func() bool { return p.ana.state().Network.Lines == 0 })
	if refused := p.ana.try(nil, "SendText", p.conversation, "hello?"); refused == nil || refused.Code != "banned" {
		t.Fatalf("writing to a banned person: %v", refused)
	}
	p.say(p.ben, &p.sentBen, 3)
	if got := len(p.ana.texts(p.conversation)); got != p.sentAna+p.sentBen-3 {
		t.Fatalf("a banned person's message arrived: %d", got)
	}
	p.ana.call(nil, "RemoveBan", ban.ID)
	p.same(t)
}
