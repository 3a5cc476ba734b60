package app_test

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// TestFloodIsSaidAndTakenBack: a notice that stays, also over a restart, until the
// person hears of it again.
func TestFloodIsSaidAndTakenBack(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	talk := storetest.NewTalk(t, 1)
	if err := p.store.Commit(t.Context(), append([]node.Write{node.PutContact{Contact: talk.Contact()}}, talk.Fill(t, 12)...)); err != nil {
		t.Fatal(err)
	}
	p.again() // so that the device knows the contact
	must(p.api.Invites())(t)
	before := p.state().Conversations[0]
	if before.Unread == 0 || before.Notice != nil {
		t.Fatalf("unread %d, notice %+v", before.Unread, before.Notice)
	}
	muted := []node.Change{{Contact: &node.LiveContact{Contact: talk.Contact(), Muted: time.Now()}}}
	var said app.Conversation
	for range 2 { // what is told after the second was kept before: the first row may be of a change before it
		changes := p.Subscribe(-1)
		p.listener.Changed(muted)
		said = row(p, changes)
	}
	if noticeCode(said.Notice) != "flood" || said.Notice.ID != "" || said.Muted == "" || said.Unread != 0 {
		t.Fatalf("muted: %+v, notice %+v", said, said.Notice)
	}
	p.again()
	if said = p.state().Conversations[0]; noticeCode(said.Notice) != "flood" || said.Unread != 0 {
		t.Fatalf("after a restart: unread %d, notice %+v", said.Unread, said.Notice)
	}
	must(p.api.Invites())(t)
	if said = p.state().Conversations[0]; said.Muted == "" {
		t.Fatal("the device forgot it")
	}
	changes := p.Subscribe(-1)
	if err := p.api.Unmute(said.ID); err != nil {
		t.Fatal(err)
	}
	p.until("everything is read anew", changes, func(c app.Changes) bool { return c.Reset })
	if said = p.state().Conversations[0]; said.Notice != nil || said.Muted != "" || said.Unread != before.Unread {
		t.Errorf("taken back: unread %d, muted %q, notice %+v", said.Unread, said.Muted, said.Notice)
	}
	p.again()
	if said = p.state().Conversations[0]; said.Notice != nil {
		t.Errorf("taken back, and there after a restart: %+v", said.Notice)
	}
	if got := code(t, p.api.Unmute("nonsense")); got != "no-conversation" {
		t.Errorf("nobody: %q", got)
	}
}
