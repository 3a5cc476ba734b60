package e2e_test

import (
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// findAndAsk looks somebody up by handle and sends the request.
func findAndAsk(t *testing.T, who *device, handle, text string) app.Conversation {
	t.Helper()
	var found app.FoundPerson
	who.call(&found, "FindHandle", handle)
	if found.PeerID == "" || found.Handle != handle || found.SafetyNumber == "" || found.Conversation != "" {
		t.Fatalf("found %+v", found)
	}
	var asked app.Conversation
	who.call(&asked, "AskHandle", found.Handle, found.PeerID, text)
	if asked.Contact != app.ContactAsked || asked.Handle != handle {
		t.Fatalf("asked %+v", asked)
	}
	return asked
}

// TestFindByHandle: one claims a handle, the other finds it, asks and is
// accepted; both chat, and the handle is given back.
func TestFindByHandle(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0", "--host", "127.0.0.1")
	p := &pair{anaDir: t.TempDir(), benDir: t.TempDir(), options: []string{"--no-host", "--server", server.address}}
	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ana)
	online(t, p.ben)
	if held := p.ana.state().Profile.Handles; len(held) != 0 {
		t.Fatalf("a handle that nobody asked for: %+v", held)
	}
	var profile app.Profile
	p.ana.call(&profile, "ClaimHandle", "ana")
	if len(profile.Handles) != 1 || profile.Handles[0].Handle != "ana@127.0.0.1" || profile.Handles[0].Lost {
		t.Fatalf("claimed %+v", profile.Handles)
	}
	for text, code := range map[string]string{
		"ana@127.0.0.1": "", "nobody@127.0.0.1": "handle-not-found", "ana@elsewhere.example": "handle-server-unknown", "a": "handle-name",
	} {
		if refused := p.ben.try(nil, "FindHandle", text); code == "" && refused != nil || code != "" && (refused == nil || refused.Code != code) {
			t.Errorf("%s: %+v, not %s", text, refused, code)
		}
	}
	if refused := p.ben.try(nil, "ClaimHandle", "ana"); refused == nil || refused.Code != "handle-taken" {
		t.Errorf("somebody else's handle: %+v", refused)
	}
	if refused := p.ana.try(nil, "FindHandle", "ana@127.0.0.1"); refused == nil || refused.Code != "handle-own" {
		t.Errorf("one's own handle: %+v", refused)
	}

	asked := findAndAsk(t, p.ben, "ana@127.0.0.1", "Hello Ana, it is Ben")
	p.conversation, p.sentBen = asked.ID, 1
	eventually(t, "the request arrives", func() bool { return len(p.ana.state().Requests) == 1 })
	request := p.ana.state().Requests[0]
	if request.Name != "Ben" || request.Text != "Hello Ana, it is Ben" || !request.Stranger || request.InviteLabel != "" {
		t.Fatalf("the request is %+v", request)
	}
	var accepted app.Conversation
	p.ana.call(&accepted, "AcceptRequest", request.ID)
	if accepted.ID != asked.ID || !accepted.Stranger {
		t.Fatalf("accepted %+v", accepted)
	}
	p.say(p.ana, &p.sentAna, 5)
	p.same(t)
	p.say(p.ben, &p.sentBen, 5)
	p.same(t)
	if name := p.ben.state().Conversations[0].Name; name != "Ana" {
		t.Errorf("Ben calls her %q", name)
	}
	var again app.FoundPerson
	p.ben.call(&again, "FindHandle", "ana")
	if again.Conversation != asked.ID || again.Name != "Ana" {
		t.Errorf("found again: %+v", again)
	}
	if refused := p.ben.try(nil, "AskHandle", again.Handle, again.PeerID, "Once more"); refused == nil || refused.Code != "contact-already" {
		t.Errorf("asked again: %+v", refused)
	}

	var left app.Profile
	p.ana.call(&left, "ReleaseHandle", "ana@127.0.0.1")
	if len(left.Handles) != 0 {
		t.Errorf("released, and still %+v", left.Handles)
	}
	if refused := p.ben.try(nil, "FindHandle", "ana@127.0.0.1"); refused == nil || refused.Code != "handle-not-found" {
		t.Errorf("a handle that was given back: %+v", refused)
	}
	p.ana.stop()
	p.ben.stop()
	server.stop()
}

// TestFindByHandleApart does it with two people who are never there at once: the
// request lies in the box for strangers.
func TestFindByHandleApart(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0", "--host", "127.0.0.1")
	p := &pair{anaDir: t.TempDir(), benDir: t.TempDir(), options: []string{"--no-host", "--server", server.address}}
	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	logged(t, p.ana, "mail comes here")
	p.ana.call(nil, "ClaimHandle", "ana")
	eventually(t, "strangers have a box", func() bool { return strings.Count(p.ana.errors.text(), "mail comes here") > 1 })
	p.ana.stop()

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	asked := findAndAsk(t, p.ben, "ana@127.0.0.1", "Hello Ana, it is Ben")
	p.conversation, p.sentBen = asked.ID, 1
	p.reached(t, "Ana's box for strangers keeps the request", p.ben, app.MessageQueued)
	p.ben.stop()

	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	if held := p.ana.state().Profile.Handles; len(held) != 1 || held[0].Handle != "ana@127.0.0.1" {
		t.Fatalf("after a restart: %+v", held)
	}
	eventually(t, "the request is in the inbox", func() bool { return len(p.ana.state().Requests) == 1 })
	request := p.ana.state().Requests[0]
	if request.Name != "Ben" || request.Text != "Hello Ana, it is Ben" || !request.Stranger {
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
	p.say(p.ana, &p.sentAna, 1)
	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	p.same(t)
	p.ana.stop()
	p.ben.stop()
	server.stop()
}
