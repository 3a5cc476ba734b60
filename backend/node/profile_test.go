package node

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/invite"
)

// TestProfilesReachWhoWasAsked: somebody who did not answer yet learns it as well,
// also when it changes while the request is being written.
func TestProfilesReachWhoWasAsked(t *testing.T) {
	t.Parallel()
	asked := func(d *desk, about string) {
		t.Helper()
		if code := d.asked(setProfileCall{name: "Mira", color: 1, more: true, about: about}); code != "" {
			t.Fatal(code)
		}
	}
	said := func(d *desk) string {
		t.Helper()
		about := ""
		for _, one := range wrote[AppendEntry](d) {
			if profile, err := one.Entry.Profile(); err == nil {
				about = profile.About
			}
		}
		return about
	}
	ana := testKeys(t, 1)
	opened := invite.Invite{ID: uuid.New(), Peer: ana.Peer(), Name: "Ana", Color: 1, Expires: time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC)}
	d := newDesk(t)
	asked(d, "before")
	if code := d.asked(askCall{invite: opened, text: "hello"}); code != "" {
		t.Fatal(code)
	}
	d.did = nil
	asked(d, "while asked")
	if got := said(d); got != "while asked" {
		t.Errorf("it says %q", got)
	}

	d = newDesk(t)
	asked(d, "before")
	commits := map[uint64]Commit{}
	step := func(event Event) {
		for _, effect := range d.core.Step(d.now, event) {
			d.did = append(d.did, effect)
			if commit, ok := effect.(Commit); ok {
				commits[commit.Token] = commit
			}
		}
	}
	d.did = nil
	step(Command{ID: 1, Call: askCall{invite: opened, text: "hello"}})
	step(Command{ID: 2, Call: setProfileCall{name: "Mira", color: 1, more: true, about: "while it is written"}})
	for len(commits) > 0 {
		first := slices.Min(slices.Collect(maps.Keys(commits)))
		delete(commits, first)
		step(Committed{Token: first})
	}
	if got := said(d); got != "while it is written" {
		t.Errorf("it says %q", got)
	}
}

// TestARequestIsNotDeleted: what it consists of is sealed anew until it is answered.
func TestARequestIsNotDeleted(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	opened := invite.Invite{ID: uuid.New(), Peer: ana.Peer(), Name: "Ana", Color: 1, Expires: time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC)}
	d := newDesk(t)
	if code := d.asked(askCall{invite: opened, text: "hello"}); code != "" {
		t.Fatal(code)
	}
	hello := wrote[AppendEntry](d)[0].Entry.Hash()
	for _, everywhere := range []bool{true, false} {
		code := d.asked(deleteCall{message: Message{Conversation: d.conversation(ana), Hash: hello}, everywhere: everywhere})
		if (code == "delete-asked") != everywhere {
			t.Errorf("for everyone: %v, %q", everywhere, code)
		}
	}
}
