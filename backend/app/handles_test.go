package app_test

import (
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// TestHandles: a handle is taken, found, asked by and given back, and the
// interface is told each time.
func TestHandles(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t, func(options *rendezvous.Options) {
		options.Mailbox, options.Directory.Hosts = true, []string{"127.0.0.1"}
	})
	ana, ben := newPerson(t), newPerson(t)
	for name, p := range map[string]*person{"Ana": ana, "Ben": ben} {
		must(p.api.CreateProfile(name, 2))(t)
		changes := p.Subscribe(-1)
		must(p.api.AddServer(server.Address()))(t)
		p.until("its handles are offered", changes, func(c app.Changes) bool {
			return c.Network != nil && len(c.Network.Servers) == 1 && c.Network.Servers[0].Handles == "127.0.0.1"
		})
	}
	if held := ana.state().Profile.Handles; held == nil || len(held) != 0 {
		t.Errorf("handles before any was taken: %#v", held)
	}
	changes := ana.Subscribe(-1)
	if profile := must(ana.api.ClaimHandle("@Ana"))(t); len(profile.Handles) != 1 || profile.Handles[0] != (app.OwnHandle{Handle: "ana@127.0.0.1", Host: "127.0.0.1"}) {
		t.Errorf("claimed %+v", profile.Handles)
	}
	ana.until("every interface learns of the handle", changes, func(c app.Changes) bool { return c.Profile != nil && len(c.Profile.Handles) == 1 })
	for text, want := range map[string]string{
		"": "handle-empty", "a": "handle-name", "ana@a b": "handle-host", "ana@elsewhere.example": "handle-server-unknown", "nobody": "handle-not-found",
	} {
		if _, err := ben.api.FindHandle(text); code(t, err) != want {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
	if _, err := ben.api.AskHandle("ana", "somebody", "Hello"); code(t, err) != "peer" {
		t.Errorf("asking nobody: %v", err)
	}
	found := must(ben.api.FindHandle(" ana@127.0.0.1 "))(t)
	if found.Handle != "ana@127.0.0.1" || found.PeerID != ana.keys.Peer().String() || found.Name != "ana" || found.SafetyNumber == "" || found.Conversation != "" || found.Asking {
		t.Errorf("found %+v", found)
	}
	asked := must(ben.api.AskHandle(found.Handle, found.PeerID, "Hello Ana"))(t)
	if asked.Contact != app.ContactAsked || asked.Handle != found.Handle || asked.Preview != "Hello Ana" {
		t.Errorf("asked %+v", asked)
	}
	ana.until("the request arrives", changes, func(c app.Changes) bool {
		return len(c.Requests) == 1 && c.Requests[0].Stranger && c.Requests[0].InviteLabel == "" && c.Requests[0].InviteMade == ""
	})
	must(ana.api.ClaimHandle("ana.k"))(t)
	must(ben.api.ClaimHandle("ben"))(t)
	if theirs := must(ana.api.FindHandle("ben"))(t); !theirs.Asking {
		t.Errorf("whoever asks already is %+v", theirs)
	}
	if accepted := must(ana.api.AcceptRequest(asked.ID))(t); !accepted.Stranger || accepted.Handle != "" {
		t.Errorf("accepted %+v", accepted)
	}
	if again := must(ben.api.FindHandle("ana"))(t); again.Conversation != asked.ID {
		t.Errorf("a contact is found: %+v", again)
	}
	if left := must(ana.api.ReleaseHandle("ana@127.0.0.1"))(t); len(left.Handles) != 1 {
		t.Errorf("left %+v", left.Handles)
	}
	ana.close()
	ana.open()
	if kept := ana.state().Profile.Handles; len(kept) != 1 || kept[0].Handle != "ana.k@127.0.0.1" {
		t.Errorf("after a restart %+v", kept)
	}
}
