package app_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// shown waits until a message looks in some way.
func shown(id string, as func(app.Message) bool) func(app.Changes) bool {
	return func(changes app.Changes) bool {
		return slices.ContainsFunc(changes.Messages, func(m app.Message) bool { return m.ID == id && as(m) })
	}
}

func TestChangesOfMessages(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	seen, told := ben.Subscribe(-1), ana.Subscribe(-1)
	sent := must(ana.api.SendText(conversation, "helo"))(t)
	if sent.Edited != "" || sent.Reply != nil || sent.Reactions != nil || sent.ClaimedTime != "" || sent.Timer != 0 {
		t.Errorf("a new message is %+v", sent)
	}
	edited := must(ana.api.EditMessage(conversation, sent.ID, "hello"))(t)
	if edited.Text != "hello" || edited.Edited == "" || edited.Order != sent.Order || edited.Time != sent.Time {
		t.Errorf("edited it is %+v", edited)
	}
	ben.until("the edit arrives", seen, shown(sent.ID, func(m app.Message) bool { return m.Text == "hello" && m.Edited == edited.Edited }))
	reacted := must(ben.api.React(conversation, sent.ID, "❤️", false))(t)
	want := app.Reaction{Emoji: "❤️", Count: 1, Mine: true, Authors: []string{ben.keys.Peer().String()}}
	if len(reacted.Reactions) != 1 || reacted.Reactions[0].Emoji != want.Emoji || !reacted.Reactions[0].Mine || !slices.Equal(reacted.Reactions[0].Authors, want.Authors) {
		t.Errorf("reactions %+v", reacted.Reactions)
	}
	ana.until("the reaction arrives", told, shown(sent.ID, func(m app.Message) bool {
		return len(m.Reactions) == 1 && m.Reactions[0].Count == 1 && !m.Reactions[0].Mine
	}))
	answer := must(ben.api.SendReply(conversation, "hi", sent.ID))(t)
	if answer.Reply == nil || *answer.Reply != (app.Reply{ID: sent.ID, Here: true, Author: ana.keys.Peer().String(), Text: "hello"}) {
		t.Errorf("the answer is %+v", answer.Reply)
	}
	ana.until("the answer arrives", told, shown(answer.ID, func(m app.Message) bool { return m.Reply != nil && m.Reply.Mine && m.Reply.Text == "hello" }))

	for name, check := range map[string]struct {
		got  error
		code string
	}{
		"editing theirs":    {second(ana.api.EditMessage(conversation, answer.ID, "x")), "not-mine"},
		"deleting theirs":   {ana.api.DeleteMessage(conversation, answer.ID, true), "not-mine"},
		"an empty edit":     {second(ana.api.EditMessage(conversation, sent.ID, "")), "text-empty"},
		"no message":        {second(ana.api.EditMessage(conversation, strings.Repeat("0", 64), "x")), "no-message"},
		"no id":             {second(ana.api.React(conversation, "x", "👍", false)), "no-message"},
		"no conversation":   {second(ana.api.React("x", sent.ID, "👍", false)), "no-conversation"},
		"another one":       {second(ana.api.SendReply("01890a5d-ac96-774b-bcce-b302099a8057", "x", sent.ID)), "no-message"},
		"words as an emoji": {second(ana.api.React(conversation, sent.ID, strings.Repeat("no", 99), false)), "emoji"},
		"a long timer":      {ana.api.SetTimer(conversation, 1<<40), "timer"},
		"a negative timer":  {ana.api.SetTimer(conversation, -5), "timer"},
	} {
		if got := code(t, check.got); got != check.code {
			t.Errorf("%s: %q instead of %q", name, got, check.code)
		}
	}

	if err := ben.api.DeleteMessage(conversation, sent.ID, false); err != nil {
		t.Fatal(err)
	}
	ben.until("it is hidden", seen, func(c app.Changes) bool { return slices.Contains(c.RemovedMessages, sent.ID) })
	if err := ana.api.DeleteMessage(conversation, sent.ID, true); err != nil {
		t.Fatal(err)
	}
	ana.until("it is deleted", told, shown(sent.ID, func(m app.Message) bool {
		return m.Deleted && m.Text == "" && m.Reactions == nil && m.Edited == ""
	}))
	if got := code(t, second(ana.api.React(conversation, sent.ID, "👍", false))); got != "no-message" {
		t.Errorf("a reaction to what is deleted: %s", got)
	}
	page := must(ben.api.PageLast(conversation, 9))(t)
	if len(page.Messages) != 2 || page.Messages[1].ID != answer.ID || page.Messages[1].Reply == nil || page.Messages[1].Reply.Here {
		t.Errorf("Ben's page is %+v", page.Messages)
	}
	if err := ana.api.SetTimer(conversation, 3600); err != nil {
		t.Fatal(err)
	}
	ben.until("the timer arrives", seen, func(c app.Changes) bool {
		return slices.ContainsFunc(c.Conversations, func(row app.Conversation) bool {
			return row.Timer == 3600 && !row.TimerMine && row.TimerSince != ""
		})
	})
	if row := ana.state().Conversations[0]; !row.TimerMine || row.TimerSince == "" {
		t.Errorf("who set the timer, and when: %v, %q", row.TimerMine, row.TimerSince)
	}
	if timed := must(ben.api.SendText(conversation, "for an hour"))(t); timed.Timer != 3600 || timed.Expires != "" {
		t.Errorf("it has the timer %d and disappears at %q", timed.Timer, timed.Expires)
	}
}

func second[T any](_ T, err error) error { return err }

func TestProfilesAndReceipts(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	seen, told := ben.Subscribe(-1), ana.Subscribe(-1)
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	upload := "data:image/png;base64," + base64.StdEncoding.EncodeToString(file.Bytes())
	profile := must(ana.api.SetProfile("Ana", 2, " at  sea ", upload))(t)
	if profile.About != "at sea" || profile.Picture == "" || !profile.Privacy.ReadReceipts {
		t.Errorf("the profile is %+v", profile)
	}
	var row app.Conversation
	ben.until("the profile and its picture arrive", seen, func(c app.Changes) bool {
		for _, one := range c.Conversations {
			row = one
		}
		return row.About == "at sea" && row.Picture != "" // which comes once it can be read
	})
	if row.Picture != profile.Picture {
		t.Errorf("the picture is %q instead of %q", row.Picture, profile.Picture)
	}
	mine, theirs := must(ana.api.Picture(""))(t), must(ben.api.Picture(conversation))(t)
	if mine == "" || mine != theirs || !strings.HasPrefix(mine, "data:image/jpeg;base64,") {
		t.Errorf("pictures of %d and %d characters", len(mine), len(theirs))
	}
	if none := must(ben.api.Picture(""))(t); none != "" {
		t.Error("Ben has a picture")
	}
	if kept := must(ana.api.SetProfile("Anna", 2, "at sea", profile.Picture))(t); kept.Picture != profile.Picture || kept.Name != "Anna" {
		t.Errorf("with the same picture: %+v", kept)
	}
	ben.until("the name arrives", seen, func(c app.Changes) bool {
		return slices.ContainsFunc(c.Conversations, func(one app.Conversation) bool { return one.Name == "Anna" && one.Picture == profile.Picture })
	})
	for _, bad := range []string{"x", "data:text/html;base64,AAAA", "data:image/png,AAAA", "data:image/png;base64,????", "data:image/svg+xml;base64,PHN2Zy8+", strings.Repeat("A", 4<<20)} {
		if got := code(t, second(ana.api.SetProfile("Ana", 2, "", bad))); got != "picture" {
			t.Errorf("%.30s: %q", bad, got)
		}
	}
	if got := code(t, second(ana.api.SetProfile("Ana", 2, strings.Repeat("x", 141), ""))); got != "about-long" {
		t.Errorf("a long about: %q", got)
	}

	if off := must(ben.api.SetPrivacy(app.Privacy{Presence: true, Typing: true, Route: app.RouteAny}))(t); off.Privacy.ReadReceipts {
		t.Error("receipts are on")
	}
	ben.until("everything is read again", seen, func(c app.Changes) bool { return c.Reset })
	sent := must(ana.api.SendText(conversation, "read this"))(t)
	ana.until("it is delivered", told, marked(sent.ID, app.MessageDelivered))
	if err := ben.api.MarkRead(conversation, sent.ID); err != nil {
		t.Fatal(err)
	}
	more := must(ana.api.SendText(conversation, "and this"))(t)
	ana.until("the next one is delivered", told, marked(more.ID, app.MessageDelivered))
	page := must(ana.api.PageLast(conversation, 2))(t)
	if page.Messages[0].State != app.MessageDelivered {
		t.Errorf("it is %q although Ben does not tell", page.Messages[0].State)
	}
	must(ben.api.SetPrivacy(app.Privacy{ReadReceipts: true, Presence: true, Typing: true, Route: app.RouteAny}))(t)
	ana.until("then it is read", told, marked(sent.ID, app.MessageRead))
	must(ana.api.SetPrivacy(app.Privacy{Presence: true, Typing: true, Route: app.RouteAny}))(t)
	if page = must(ana.api.PageLast(conversation, 2))(t); page.Messages[0].State != app.MessageDelivered {
		t.Errorf("it is %q although Ana does not tell either", page.Messages[0].State)
	}
}

// TestTimesFromTheFuture: what is shown is never after the arrival, and both
// times come along when they differ by more than five minutes.
func TestTimesFromTheFuture(t *testing.T) {
	p := newPerson(t)
	talk := storetest.NewTalk(t, 1)
	ahead, onTime, late := talk.Say(t, talk.Them, "ahead"), talk.Say(t, talk.Them, "on time"), talk.Say(t, talk.Them, "late")
	ahead.Arrived = ahead.Entry.Claimed.Add(-48 * time.Hour)
	onTime.Arrived = onTime.Entry.Claimed.Add(5 * time.Minute)
	late.Arrived = late.Entry.Claimed.Add(5*time.Minute + time.Second)
	if err := p.store.Commit(t.Context(), []node.Write{node.PutContact{Contact: talk.Contact()}, ahead, onTime, late}); err != nil {
		t.Fatal(err)
	}
	format := func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
	page := must(p.api.PageLast(talk.ID.String(), 9))(t)
	for i, want := range [][3]string{
		{format(ahead.Arrived), format(ahead.Entry.Claimed), format(ahead.Arrived)},
		{format(onTime.Entry.Claimed), "", ""},
		{format(late.Entry.Claimed), format(late.Entry.Claimed), format(late.Arrived)},
	} {
		if m := page.Messages[i]; [3]string{m.Time, m.ClaimedTime, m.ArrivedTime} != want {
			t.Errorf("%s: %s, %s, %s; want %v", m.Text, m.Time, m.ClaimedTime, m.ArrivedTime, want)
		}
	}
}
