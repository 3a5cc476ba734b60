package app_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// doubtful is a person with one contact, of whom the device tells doubts.
func doubtful(t *testing.T) (p *person, tell func(...node.Doubt) app.Conversation) {
	t.Helper()
	p = newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	talk := storetest.NewTalk(t, 1)
	if err := p.store.Commit(t.Context(), []node.Write{node.PutContact{Contact: talk.Contact()}}); err != nil {
		t.Fatal(err)
	}
	return p, func(doubts ...node.Doubt) app.Conversation {
		t.Helper()
		changes := p.Subscribe(-1)
		p.listener.Changed([]node.Change{{Contact: &node.LiveContact{Contact: talk.Contact(), Doubts: doubts}}})
		return row(p, changes)
	}
}

// row waits for the next change of the only conversation.
func row(p *person, changes *app.Subscription) (told app.Conversation) {
	p.t.Helper()
	p.until("the row is told", changes, func(c app.Changes) bool {
		for _, one := range c.Conversations {
			told = one
		}
		return len(c.Conversations) > 0
	})
	return told
}

func noticeCode(notice *app.Notice) string {
	if notice == nil {
		return ""
	}
	return notice.Code
}

func (p *person) dismiss(conversation string, notice *app.Notice) app.Conversation {
	p.t.Helper()
	changes := p.Subscribe(-1)
	if err := p.api.DismissNotice(conversation, notice.ID); err != nil {
		p.t.Fatal(err)
	}
	return row(p, changes)
}

func (p *person) again() {
	p.close()
	p.open()
}

func TestNoticesAreDismissed(t *testing.T) {
	t.Parallel()
	p, tell := doubtful(t)
	fork := func(which string) node.Doubt {
		return node.Doubt{What: &node.Refusal{Code: "fork", Message: "Two.", Params: map[string]string{"name": "Ben"}}, Which: which}
	}
	gap := node.Doubt{What: &node.Refusal{Code: "gap", Message: "A gap.", Params: map[string]string{"name": "Ben"}}, Which: "x"}
	if held := tell(); held.Notice != nil {
		t.Errorf("a notice of nothing: %+v", held.Notice)
	}
	held := tell(fork("one"), fork("two"), gap)
	if noticeCode(held.Notice) != "fork" || held.Notice.Params["name"] != "Ben" || held.Notice.ID == "" {
		t.Fatalf("the notice is %+v", held.Notice)
	}
	// What says the same goes with it; what says something else comes after it.
	if held = p.dismiss(held.ID, held.Notice); noticeCode(held.Notice) != "gap" {
		t.Errorf("after the first: %+v", held.Notice)
	}
	if held = p.dismiss(held.ID, held.Notice); held.Notice != nil {
		t.Errorf("after the second: %+v", held.Notice)
	}
	if err := p.api.DismissNotice(held.ID, "fork/one"); err != nil {
		t.Errorf("one that is gone: %v", err)
	}
	p.again()
	p.state()
	must(p.api.Invites())(t) // the device runs
	if held = tell(fork("one"), fork("two"), gap); held.Notice != nil {
		t.Errorf("dismissed, and there after a restart: %+v", held.Notice)
	}
	if held = tell(fork("one"), fork("three")); noticeCode(held.Notice) != "fork" {
		t.Errorf("a new one is not told: %+v", held.Notice)
	}
}

func TestTroubleStaysUntilItIsOver(t *testing.T) {
	t.Parallel()
	p, tell := doubtful(t)
	held := tell()
	id := uuid.MustParse(held.ID)
	changes := p.Subscribe(-1)
	peer := must(p.store.Row(t.Context(), id))(t).Contact
	trouble := &node.Refusal{Code: "version-newer", Message: "Newer.", Params: map[string]string{"name": "Ben"}}
	p.listener.Changed([]node.Change{{Contact: &node.LiveContact{Contact: peer, Trouble: trouble}}})
	if held = row(p, changes); noticeCode(held.Notice) != "version-newer" || held.Notice.ID != "" {
		t.Errorf("the notice is %+v", held.Notice)
	}
	if err := p.api.DismissNotice(held.ID, ""); err != nil {
		t.Fatal(err)
	}
	if held = p.state().Conversations[0]; held.Notice == nil {
		t.Error("it can be dismissed")
	}
}

// TestCopiesAreKept: what the device sees only once is told until it is dismissed.
func TestCopiesAreKept(t *testing.T) {
	t.Parallel()
	p, tell := doubtful(t)
	copies := node.Doubt{What: node.Copies(false, "Ben"), Which: "device/2026-11-21"}
	tell(copies)
	p.again()
	held := p.state().Conversations[0]
	if noticeCode(held.Notice) != "copies" || held.Notice.Params["name"] != held.Name {
		t.Fatalf("after a restart: %+v", held.Notice)
	}
	must(p.api.Invites())(t)
	if held = tell(); noticeCode(held.Notice) != "copies" {
		t.Errorf("the device tells nothing: %+v", held.Notice)
	}
	if held = p.dismiss(held.ID, held.Notice); held.Notice != nil {
		t.Errorf("dismissed: %+v", held.Notice)
	}
	if held = tell(copies); held.Notice != nil {
		t.Errorf("dismissed, and told again on the same day: %+v", held.Notice)
	}
	p.again()
	if held = p.state().Conversations[0]; held.Notice != nil {
		t.Errorf("dismissed, and there after a restart: %+v", held.Notice)
	}
	must(p.api.Invites())(t)
	copies.Which = "device/2026-11-22"
	if held = tell(copies); noticeCode(held.Notice) != "copies" {
		t.Errorf("on another day: %+v", held.Notice)
	}
}

// TestDismissedIsRefusedByTheDisk: nothing is dismissed that would come back.
func TestDismissedIsRefusedByTheDisk(t *testing.T) {
	t.Parallel()
	p, tell := doubtful(t)
	held := tell(node.Doubt{What: node.Copies(true, "Ben"), Which: "device/2026-11-21"})
	p.disk.Fail(node.ErrDiskFull)
	if got := code(t, p.api.DismissNotice(held.ID, held.Notice.ID)); got != "disk-full" {
		t.Errorf("a full disk: %q", got)
	}
	if held = p.state().Conversations[0]; noticeCode(held.Notice) != "copies-own" {
		t.Errorf("it is gone: %+v", held.Notice)
	}
	p.disk.Fail(nil)
}

// TestCopiedFilesAreSaid: whoever restored a folder learns what that means, until they dismiss it.
func TestCopiedFilesAreSaid(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	p.copied = true
	p.again()
	if state := p.state(); state.Notice != nil {
		t.Errorf("without a profile: %+v", state.Notice)
	}
	must(p.api.CreateProfile("Ana", 1))(t)
	p.again()
	if state := p.state(); noticeCode(state.Notice) != "copied" || state.Notice.ID == "" {
		t.Fatalf("the notice is %+v", state.Notice)
	}
	p.copied = false
	p.again()
	kept := p.state().Notice
	if noticeCode(kept) != "copied" {
		t.Fatalf("after a restart: %+v", kept)
	}
	changes := p.Subscribe(-1)
	if err := p.api.DismissNotice("", kept.ID); err != nil {
		t.Fatal(err)
	}
	p.until("it is over", changes, func(c app.Changes) bool { return c.Notice != nil && c.Notice.Code == "" })
	p.again()
	if state := p.state(); state.Notice != nil {
		t.Errorf("dismissed: %+v", state.Notice)
	}
}
