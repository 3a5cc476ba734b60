package device_test

import (
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/device"
)

// acquainted are two people on one machine who have written to each other; both
// host a server, and have no other.
func acquainted(t *testing.T, folder string) (ana, ben *device.Device, conversation string) {
	t.Helper()
	ana, ben = open(t, folder), open(t, t.TempDir())
	profile(t, ana, "Ana")
	profile(t, ben, "Ben")
	made, err := ana.App().API().CreateInvite(app.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := ben.App().API().SendRequest(made.Link, "Hello")
	if err != nil {
		t.Fatal(err)
	}
	until(t, ana, "the request arrives", func(s app.State) bool { return len(s.Requests) == 1 })
	if _, err = ana.App().API().AcceptRequest(asked.ID); err != nil {
		t.Fatal(err)
	}
	say(t, ana, asked.ID, "before")
	until(t, ben, "it arrives", hears("before"))
	return ana, ben, asked.ID
}

func say(t *testing.T, one *device.Device, conversation, text string) {
	t.Helper()
	if _, err := one.App().API().SendText(conversation, text); err != nil {
		t.Fatal(err)
	}
}

// hears tells whether something is the last that was said in a conversation.
func hears(text string) func(app.State) bool {
	return func(s app.State) bool {
		return slices.ContainsFunc(s.Conversations, func(one app.Conversation) bool { return one.Preview == text })
	}
}

// goingOn is the conversation that goes on.
func goingOn(s app.State) app.Conversation {
	at := slices.IndexFunc(s.Conversations, func(one app.Conversation) bool { return one.Next == "" && !one.Former })
	if at < 0 {
		return app.Conversation{}
	}
	return s.Conversations[at]
}

// changeKey does it as a window does: it is painted again afterwards.
func changeKey(t *testing.T, one *device.Device, passphrase string) app.State {
	t.Helper()
	api := one.App().API()
	if err := api.ChangeKey(passphrase); err != nil {
		t.Fatal(err)
	}
	state, err := api.Start()
	if err == nil {
		err = api.Painted()
	}
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// TestChangeKeyWhileRunning: with servers that are nowhere but in the two apps,
// and without a restart, a contact who is there follows, again and again.
func TestChangeKeyWhileRunning(t *testing.T) {
	ana, ben, conversation := acquainted(t, t.TempDir())
	before := conversation
	for _, round := range []string{"first", "second"} {
		state := changeKey(t, ana, "")
		next := goingOn(state)
		if next.ID == before || next.ID == "" || len(next.PeerID) == 0 {
			t.Fatalf("%s: %+v", round, next)
		}
		say(t, ana, next.ID, round+" of the new key")
		followed := until(t, ben, "he follows", hears(round+" of the new key"))
		if row := goingOn(followed); row.ID != next.ID || row.Name != "Ana" || row.PeerID != state.Profile.PeerID {
			t.Errorf("%s: %+v", round, row)
		}
		say(t, ben, next.ID, round+" answer")
		until(t, ana, "she hears it", hears(round+" answer"))
		if row := goingOn(until(t, ana, "she knows that he followed", func(s app.State) bool { return !goingOn(s).Following })); row.Contact != app.ContactMutual {
			t.Errorf("%s: %+v", round, row)
		}
		before = next.ID
	}
}
