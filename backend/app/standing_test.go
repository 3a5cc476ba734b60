package app_test

import (
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// rowIs waits until a row of the list is so.
func rowIs(p *person, what string, changes *app.Subscription, holds func(app.Conversation) bool) app.Conversation {
	p.t.Helper()
	var found app.Conversation
	p.until(what, changes, func(c app.Changes) bool {
		at := slices.IndexFunc(c.Conversations, holds)
		if at >= 0 {
			found = c.Conversations[at]
		}
		return at >= 0
	})
	return found
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func textsOf(page app.Page) []string {
	list := []string{}
	for _, message := range page.Messages {
		list = append(list, message.Text)
	}
	return list
}

// TestConversationIsKept: pinned, muted, marked and archived, over a restart; what
// they write brings it back.
func TestConversationIsKept(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	changes := ana.Subscribe(-1)
	ok(t, ana.api.PinConversations([]string{conversation}))
	ok(t, ana.api.QuietConversation(conversation, true))
	ok(t, ana.api.MarkUnread(conversation, true))
	ok(t, ana.api.ArchiveConversation(conversation, true))
	kept := func(c app.Conversation) bool {
		return c.Pinned == 1 && c.Quiet && c.Marked && c.Folder == app.FolderArchived
	}
	rowIs(ana, "the row says so", changes, kept)
	must(ben.api.SendText(conversation, "quietly"))(t)
	rowIs(ana, "a quiet one stays where it is", changes, func(c app.Conversation) bool { return c.Preview == "quietly" && kept(c) })
	ana.again()
	if state := ana.state(); len(state.Conversations) != 1 || !kept(state.Conversations[0]) {
		t.Errorf("after a restart: %+v", state.Conversations)
	}
	must(ana.api.Invites())(t)
	changes = ana.Subscribe(-1)
	ok(t, ana.api.ReadConversation(conversation))
	ok(t, ana.api.QuietConversation(conversation, false))
	rowIs(ana, "all is read", changes, func(c app.Conversation) bool { return c.Unread == 0 && !c.Marked && !c.Quiet })
	must(ben.api.SendText(conversation, "aloud"))(t)
	rowIs(ana, "it is in the list again", changes, func(c app.Conversation) bool { return c.Preview == "aloud" && c.Folder == app.FolderList })
	ok(t, ana.api.PinConversations(nil))
	if got := code(t, ana.api.PinConversations(slices.Repeat([]string{conversation}, 60))); got != "pins" {
		t.Errorf("too many: %q", got)
	}
	if got := code(t, ana.api.PinConversations([]string{"nonsense"})); got != "no-conversation" {
		t.Errorf("nobody: %q", got)
	}
}

// TestClearAndDelete: what is erased here stays there, and does not come back.
func TestClearAndDelete(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	seen := ana.Subscribe(-1)
	sent := must(ana.api.SendText(conversation, "before it was cleared"))(t)
	ana.until("it is delivered", seen, marked(sent.ID, app.MessageDelivered))
	ok(t, ana.api.SaveDraft(conversation, "a draft"))
	changes := ana.Subscribe(-1)
	ok(t, ana.api.ClearConversation(conversation))
	ana.until("the interface hears of it", changes, func(c app.Changes) bool { return slices.Contains(c.ClearedConversations, conversation) })
	page := must(ana.api.Open(conversation))(t)
	if row := page.Conversation; len(page.Messages) != 0 || row.Preview != "" || row.Cleared == "" || row.LastTime != row.Cleared || row.Draft != "a draft" {
		t.Errorf("cleared: %+v", page)
	}
	if found := must(ana.api.Search("before", "", ""))(t); len(found.Hits) != 0 {
		t.Errorf("found: %+v", found)
	}
	if theirs := textsOf(must(ben.api.Open(conversation))(t)); !slices.Equal(theirs, []string{"Hello Ana", "before it was cleared"}) {
		t.Errorf("Ben has %q", theirs)
	}
	// Both begin anew and compare what they have: nothing of it comes again.
	ana.again()
	must(ana.api.Invites())(t)
	changes = ana.Subscribe(-1)
	must(ben.api.SendText(conversation, "after it"))(t)
	rowIs(ana, "a new one comes", changes, func(c app.Conversation) bool { return c.Preview == "after it" })
	if mine := textsOf(must(ana.api.Open(conversation))(t)); !slices.Equal(mine, []string{"after it"}) {
		t.Errorf("Ana has %q", mine)
	}

	ok(t, ana.api.DeleteConversation(conversation))
	rowIs(ana, "it leaves the list", changes, func(c app.Conversation) bool {
		return c.Folder == app.FolderHidden && c.Draft == "" && c.Contact == app.ContactMutual
	})
	must(ben.api.SendText(conversation, "and again"))(t)
	rowIs(ana, "it comes back", changes, func(c app.Conversation) bool { return c.Folder == app.FolderList && c.Preview == "and again" })
	if mine := textsOf(must(ana.api.Open(conversation))(t)); !slices.Equal(mine, []string{"and again"}) {
		t.Errorf("Ana has %q", mine)
	}
	if texts := ana.disk.Texts(); texts["before it was cleared"] || texts["after it"] || texts["a draft"] || texts["Hello Ana"] {
		t.Errorf("still on the disk: %v", texts)
	}
}

// TestForgetContact: they are strangers, and can meet again.
func TestForgetContact(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	seen := ana.Subscribe(-1)
	sent := must(ana.api.SendText(conversation, "to be read"))(t)
	ana.until("it is delivered", seen, marked(sent.ID, app.MessageDelivered))
	must(ana.api.Verify(conversation, true))(t)
	changes, theirs := ana.Subscribe(-1), ben.Subscribe(-1)
	ok(t, ana.api.ForgetContact(conversation, false))
	row := rowIs(ana, "the row says so", changes, func(c app.Conversation) bool { return c.Contact == app.ContactForgotten })
	if row.Presence != app.PresenceUnknown || row.Verified.Trust != app.TrustNone || row.Unread != 0 || row.Name != "Ben" {
		t.Errorf("the row is %+v", row)
	}
	ben.until("Ben's line is gone", theirs, func(c app.Changes) bool {
		return slices.ContainsFunc(c.Conversations, func(row app.Conversation) bool {
			return row.Line.State != app.LineLAN && row.Line.State != app.LineDirect && row.Line.State != app.LineRelayed
		})
	})
	if _, err := ana.api.SendText(conversation, "hello?"); code(t, err) != "forgotten" {
		t.Errorf("writing: %v", err)
	}
	must(ben.api.SendText(conversation, "are you there?"))(t)
	ana.again()
	must(ana.api.Invites())(t)
	page := must(ana.api.Open(conversation))(t)
	if page.Conversation.Contact != app.ContactForgotten || !slices.Contains(textsOf(page), "to be read") || slices.Contains(textsOf(page), "are you there?") {
		t.Errorf("after a restart: %+v", page)
	}

	// Ana asks again, by an invite of Ben's.
	changes = ana.Subscribe(-1)
	link := must(ben.api.CreateInvite(app.InviteOptions{}))(t).Link
	if preview := must(ana.api.ReadInvite(link))(t); preview.Conversation != "" {
		t.Errorf("the preview says that they are a contact: %+v", preview)
	}
	again := must(ana.api.SendRequest(link, "It is me again"))(t)
	if again.ID != conversation {
		t.Errorf("another conversation: %+v", again)
	}
	rowIs(ana, "what waited comes", changes, func(c app.Conversation) bool {
		return c.Contact == app.ContactMutual && c.Preview == "are you there?" || c.Preview == "It is me again" && c.Unread == 1
	})
	if found := must(ben.api.Search("again", conversation, ""))(t); len(found.Hits) != 1 {
		t.Errorf("Ben has %+v", found)
	}

	ok(t, ana.api.ForgetContact(conversation, true))
	ana.until("it is gone", changes, func(c app.Changes) bool { return slices.Contains(c.RemovedConversations, conversation) })
	if got := code(t, ana.api.ClearConversation(conversation)); got != "no-conversation" {
		t.Errorf("it is there: %q", got)
	}
	if texts := ana.disk.Texts(); texts["to be read"] || texts["It is me again"] {
		t.Errorf("still on the disk: %v", texts)
	}
}
