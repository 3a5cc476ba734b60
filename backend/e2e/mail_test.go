package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// reached waits until none of a person's own messages are in one of the states.
func (p *pair) reached(t *testing.T, what string, who *device, states ...app.MessageState) {
	t.Helper()
	eventually(t, what, func() bool {
		for _, message := range who.texts(p.conversation) {
			if message.Mine && slices.Contains(states, message.State) {
				return false
			}
		}
		return true
	})
}

// TestMailbox has two people write to one another who are never there at once.
func TestMailbox(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.reached(t, "the request is delivered", p.ben, app.MessageQueued, app.MessageStored)
	p.ben.stop()
	p.say(p.ana, &p.sentAna, 100)
	p.reached(t, "Ben's mailbox keeps all of it", p.ana, app.MessageQueued)
	p.ana.stop()

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	eventually(t, "Ben has all of it", func() bool { return len(p.ben.texts(p.conversation)) == p.sentAna+p.sentBen })
	p.say(p.ben, &p.sentBen, 3)
	p.reached(t, "Ana's mailbox keeps the answers", p.ben, app.MessageQueued)
	p.ben.stop()

	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	eventually(t, "Ana has the answers", func() bool { return len(p.ana.texts(p.conversation)) == p.sentAna+p.sentBen })
	p.reached(t, "Ana's texts are delivered", p.ana, app.MessageQueued, app.MessageStored)

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	p.same(t)
	p.ana.stop()
	p.ben.stop()
	server.stop()
}

// logged waits until a device wrote a line to its log.
func logged(t *testing.T, who *device, line string) {
	t.Helper()
	eventually(t, who.name+" logs: "+line, func() bool { return strings.Contains(who.errors.text(), line) })
}

// TestRequestByMail makes two people contacts, and lets them write, who are
// never there at once: not for the request, nor for its answer.
func TestRequestByMail(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := &pair{anaDir: t.TempDir(), benDir: t.TempDir(), options: []string{"--no-host", "--server", server.address}}
	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	logged(t, p.ana, "mail comes here")
	var invite app.Invite
	p.ana.call(&invite, "CreateInvite", app.InviteOptions{Label: "for Ben"})
	eventually(t, "the invite has a box", func() bool { return strings.Count(p.ana.errors.text(), "mail comes here") > 1 })
	p.ana.stop()

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	var asked app.Conversation
	p.ben.call(&asked, "SendRequest", invite.Link, "Hello Ana, it is Ben")
	p.conversation, p.sentBen = asked.ID, 1
	p.reached(t, "Ana's mailbox keeps the request", p.ben, app.MessageQueued)
	p.ben.stop()

	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	eventually(t, "the request is in the inbox", func() bool { return len(p.ana.state().Requests) == 1 })
	request := p.ana.state().Requests[0]
	if request.Name != "Ben" || request.Text != "Hello Ana, it is Ben" || request.InviteLabel != "for Ben" {
		t.Fatalf("the request is %+v", request)
	}
	p.ana.call(nil, "AcceptRequest", request.ID)
	logged(t, p.ana, "a server keeps a letter")
	p.ana.stop()

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	eventually(t, "Ben is a contact", func() bool { return p.ben.state().Conversations[0].Contact == app.ContactMutual })
	p.say(p.ben, &p.sentBen, 1)
	p.reached(t, "the request is delivered, and Ana's mailbox keeps the next", p.ben, app.MessageQueued)
	p.ben.stop()

	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	eventually(t, "Ana reads both", func() bool { return len(p.ana.texts(p.conversation)) == 2 })
	if state := p.ana.state(); len(state.Requests) != 0 || len(state.Conversations) != 1 {
		t.Fatalf("%d requests and %d conversations", len(state.Requests), len(state.Conversations))
	}
	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	p.same(t)
	p.ana.stop()
	p.ben.stop()
	server.stop()
}
