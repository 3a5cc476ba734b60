package app_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/node"
)

func TestFirstRun(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	state := p.state()
	if !state.FirstRun || state.Version != "1.2.3" || state.Profile.PeerID != p.keys.Peer().String() ||
		state.Conversations == nil || state.Requests == nil || state.Network.Servers == nil || !state.Settings.Hosting {
		t.Errorf("the first state is %+v", state)
	}
	if p.started != 0 {
		t.Error("networking started before the first paint")
	}
	for _, wrong := range []struct {
		name  string
		color int
		code  string
	}{{"", 1, "name-empty"}, {" \n ", 1, "name-empty"}, {strings.Repeat("n", 65), 1, "name-long"}, {"Ana", 0, "color"}, {"Ana", 9, "color"}} {
		if _, err := p.api.CreateProfile(wrong.name, wrong.color); code(t, err) != wrong.code {
			t.Errorf("%q %d: %v", wrong.name, wrong.color, err)
		}
	}
	state = must(p.api.CreateProfile("  Ana ", 3))(t)
	if state.FirstRun || state.Profile.Name != "Ana" || state.Profile.Color != 3 {
		t.Errorf("after the profile: %+v", state)
	}
	if _, err := p.api.CreateProfile("Eva", 3); code(t, err) != "profile-exists" {
		t.Errorf("a second profile: %v", err)
	}
	if profile := must(p.api.SetProfile("Anna", 4, "", ""))(t); profile.Name != "Anna" || profile.Color != 4 {
		t.Errorf("the profile is %+v", profile)
	}
	p.close()
	p.open()
	if state = p.state(); state.FirstRun || state.Profile.Name != "Anna" {
		t.Errorf("after a restart: %+v", state.Profile)
	}
}

func TestNetworkingFollowsThePaint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := newPerson(t)
		var runs atomic.Int32
		quiet := app.New(t.Context(), app.Config{
			Keys: one.keys, Store: one.store, Logger: slog.New(slog.DiscardHandler),
			Run: func(context.Context, app.Listener) (app.Running, error) {
				runs.Add(1)
				return nil, errors.New("no network in a bubble")
			},
		})
		must(quiet.API().Start())(t)
		time.Sleep(1990 * time.Millisecond)
		synctest.Wait()
		if runs.Load() != 0 {
			t.Error("networking did not wait for the paint")
		}
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		if runs.Load() != 1 {
			t.Errorf("networking started %d times after 2 s", runs.Load())
		}
		if err := quiet.API().Painted(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if runs.Load() != 2 {
			t.Error("a start that failed is not tried again")
		}
		if err := quiet.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestTwoChat(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	seen := ana.Subscribe(-1)
	page := must(ben.api.Open(conversation))(t)
	if len(page.Messages) != 1 || page.Messages[0].Text != "Hello Ana" {
		t.Fatalf("Ben's page is %+v", page)
	}
	sent := must(ana.api.SendText(conversation, "Hi\nBen"))(t)
	if sent.State != app.MessageQueued && sent.State != app.MessageDelivered {
		t.Errorf("a new message is %q", sent.State)
	}
	ana.until("it is delivered", seen, marked(sent.ID, app.MessageDelivered))
	if err := ben.api.MarkRead(conversation, sent.ID); err != nil {
		t.Fatal(err)
	}
	ana.until("it is read", seen, marked(sent.ID, app.MessageRead))
	last := must(ana.api.PageLast(conversation, 10))(t)
	if len(last.Messages) != 2 || last.Messages[1].State != app.MessageRead || last.HasBefore || last.HasAfter {
		t.Errorf("Ana's last page is %+v", last)
	}
	row := last.Conversation
	if (row.Line.State != app.LineLAN && row.Line.State != app.LineRelayed) || row.Presence != app.PresenceOnline || row.Preview != "Hi" || row.PreviewState != app.MessageRead {
		t.Errorf("the row is %+v", row)
	}
	if network := ana.state().Network; network.Lines != 1 || !network.Online {
		t.Errorf("the network is %+v", network)
	}
	if number := must(ana.api.SafetyNumber(row.PeerID))(t); number != must(ben.api.SafetyNumber(ana.keys.Peer().String()))(t) {
		t.Error("two safety numbers for one pair")
	}
	ban := must(ana.api.AddBan(app.BanOptions{Kind: app.BanPeer, Target: row.PeerID, Reason: "loud"}))(t)
	if ban.Name != "Ben" || ban.Color != 5 {
		t.Errorf("the ban is %+v", ban)
	}
	if _, err := ana.api.SendText(conversation, "?"); code(t, err) != "banned" {
		t.Errorf("writing to a banned person: %v", err)
	}
	if row = ana.state().Conversations[0]; row.Contact != app.ContactBanned || row.Line.State != app.LineBanned {
		t.Errorf("the banned row is %+v", row)
	}
	gone := must(ana.api.RemoveBan(ban.ID))(t)
	if back := must(ana.api.RestoreBan(gone))(t); back != gone || gone.ID != ban.ID {
		t.Errorf("restored %+v instead of %+v", back, gone)
	}
}

func marked(id string, state app.MessageState) func(app.Changes) bool {
	return func(changes app.Changes) bool {
		return slices.ContainsFunc(changes.Messages, func(m app.Message) bool { return m.ID == id && m.State == state })
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	seen := ben.Subscribe(-1)
	var last app.Message
	for range 90 {
		last = must(ana.api.SendText(conversation, "one of many"))(t)
	}
	ben.until("all arrived", seen, func(c app.Changes) bool {
		return slices.ContainsFunc(c.Messages, func(m app.Message) bool { return m.ID == last.ID })
	})
	page := must(ben.api.Open(conversation))(t)
	if page.UnreadCount != 90 || page.FirstUnread == "" || page.HasBefore || !page.HasAfter {
		t.Fatalf("unread %d, first %q, before %v, after %v", page.UnreadCount, page.FirstUnread, page.HasBefore, page.HasAfter)
	}
	place := slices.IndexFunc(page.Messages, func(m app.Message) bool { return m.ID == page.FirstUnread })
	if place != 1 {
		t.Errorf("the first unread message is at %d", place)
	}
	var all []app.Message
	for after, more := "", true; more; {
		part := must(ben.api.PageAfter(conversation, after, 40))(t)
		all = append(all, part.Messages...)
		more = part.HasAfter
		after = part.Messages[len(part.Messages)-1].Order
	}
	if len(all) != 91 || !slices.IsSortedFunc(all, func(a, b app.Message) int { return strings.Compare(a.Order, b.Order) }) {
		t.Errorf("%d messages forward", len(all))
	}
	back := must(ben.api.PageBefore(conversation, all[50].Order, 20))(t)
	if len(back.Messages) != 20 || back.Messages[19].ID != all[49].ID || !back.HasBefore || !back.HasAfter {
		t.Error("backward is not forward")
	}
	if err := ben.api.MarkRead(conversation, last.ID); err != nil {
		t.Fatal(err)
	}
	if page = must(ben.api.Open(conversation))(t); page.UnreadCount != 0 || page.HasAfter || page.Messages[len(page.Messages)-1].ID != last.ID {
		t.Error("a read conversation does not open at its end")
	}
}

func TestPageAround(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	var sent []app.Message
	for range 60 {
		sent = append(sent, must(ana.api.SendText(conversation, "one of many"))(t))
	}
	around := func(message app.Message, limit int) (app.Page, int) {
		page := must(ana.api.PageAround(conversation, message.ID, limit))(t)
		if !slices.IsSortedFunc(page.Messages, func(a, b app.Message) int { return strings.Compare(a.Order, b.Order) }) {
			t.Errorf("%d around a message are not in order", limit)
		}
		return page, slices.IndexFunc(page.Messages, func(m app.Message) bool { return m.ID == message.ID })
	}
	for name, check := range map[string]struct {
		at, limit, place, count int
		before, after           bool
	}{
		"in the middle": {at: 30, limit: 20, place: 10, count: 20, before: true, after: true},
		"alone":         {at: 30, limit: 1, place: 0, count: 1, before: true, after: true},
		"a limit of 0":  {at: 30, limit: 0, place: 0, count: 1, before: true, after: true},
		"the last one":  {at: 59, limit: 20, place: 10, count: 11, before: true},
		"near the end":  {at: 55, limit: 20, place: 10, count: 15, before: true},
	} {
		page, place := around(sent[check.at], check.limit)
		if place != check.place || len(page.Messages) != check.count || page.HasBefore != check.before || page.HasAfter != check.after {
			t.Errorf("%s: at %d of %d, before %v, after %v", name, place, len(page.Messages), page.HasBefore, page.HasAfter)
		}
	}
	whole, _ := around(sent[0], 200)
	if whole.HasBefore || whole.HasAfter || len(whole.Messages) < 60 {
		t.Errorf("the whole conversation: %d, before %v, after %v", len(whole.Messages), whole.HasBefore, whole.HasAfter)
	}
	if page, place := around(whole.Messages[0], 20); place != 0 || len(page.Messages) != 20 || page.HasBefore || !page.HasAfter {
		t.Errorf("the first one: at %d of %d, before %v, after %v", place, len(page.Messages), page.HasBefore, page.HasAfter)
	}

	// What was deleted for everyone keeps its place; what was hidden here has none.
	if err := ana.api.DeleteMessage(conversation, sent[20].ID, true); err != nil {
		t.Fatal(err)
	}
	if page, place := around(sent[20], 20); place != 10 || !page.Messages[place].Deleted {
		t.Errorf("a deleted message is at %d", place)
	}
	if err := ana.api.DeleteMessage(conversation, sent[21].ID, false); err != nil {
		t.Fatal(err)
	}
	other := must(ben.api.Start())(t).Profile.PeerID
	for name, check := range map[string]struct{ conversation, message, code string }{
		"a hidden message":     {conversation, sent[21].ID, "no-message"},
		"no message":           {conversation, strings.Repeat("0", 64), "no-message"},
		"no id":                {conversation, other, "no-message"},
		"another conversation": {"6f1cd4ae-7a0f-4f6b-9a1e-5b1f0c7d2e3a", sent[30].ID, "no-message"},
		"no conversation":      {"x", sent[30].ID, "no-conversation"},
	} {
		if _, err := ana.api.PageAround(check.conversation, check.message, 20); code(t, err) != check.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	ana, _, conversation := meet(t)
	seen := ana.Subscribe(-1)
	ana.disk.Fail(node.ErrDiskFull)
	if _, err := ana.api.SendText(conversation, "lost?"); code(t, err) != "disk-full" {
		t.Errorf("a full disk: %v", err)
	}
	ana.until("the problem is told", seen, func(c app.Changes) bool { return c.Problem != nil && c.Problem.Code == app.ProblemDiskFull })
	if state := ana.state(); state.Problem == nil || state.Problem.Code != app.ProblemDiskFull {
		t.Errorf("the problem is %+v", state.Problem)
	}
	ana.disk.Fail(nil)
	must(ana.api.SendText(conversation, "kept"))(t)
	ana.until("the problem is over", seen, func(c app.Changes) bool { return c.Problem != nil && c.Problem.Code == "" })
}

func TestSettings(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	settings := p.state().Settings
	settings.Theme, settings.TextSize, settings.Hosting, settings.Compact = app.ThemeDark, 1.15, false, true
	settings.LinePort = 50000
	settings.Spelling, settings.EmojiTone, settings.RecentEmoji = true, 5, "👍 🎉"
	if got := must(p.api.SaveSettings(settings))(t); got != settings {
		t.Errorf("saved %+v", got)
	}
	p.mutex.Lock()
	hosting, linePort := slices.Clone(p.hosting), p.linePort
	p.mutex.Unlock()
	if linePort != 50000 {
		t.Errorf("lines are told to use port %d", linePort)
	}
	if len(hosting) == 0 || hosting[len(hosting)-1] || !slices.Contains(hosting, true) {
		t.Errorf("hosting went %v", hosting)
	}
	for _, wrong := range []app.Settings{
		{},
		{Theme: "pink", Language: "en", TextSize: 1},
		{Theme: app.ThemeDark, Language: "xx", TextSize: 1},
		{Theme: app.ThemeDark, Language: "en", TextSize: 7},
		{Theme: app.ThemeDark, Language: "en", TextSize: 1, Notifications: settings.Notifications, EmojiTone: 6},
		{Theme: app.ThemeDark, Language: "en", TextSize: 1, Notifications: settings.Notifications, LinePort: 1023},
		{Theme: app.ThemeDark, Language: "en", TextSize: 1, Notifications: settings.Notifications, LinePort: 65437},
		{Theme: app.ThemeDark, Language: "en", TextSize: 1, Notifications: settings.Notifications, RecentEmoji: strings.Repeat("👍 ", 500)},
	} {
		if _, err := p.api.SaveSettings(wrong); code(t, err) != "settings" {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	p.close()
	p.open()
	if got := p.Settings(); got != settings {
		t.Errorf("after a restart %+v", got)
	}
}

func TestLinksFromOutside(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	p.Arrived([]string{"--flag", "tincan:invite/1#abc", "https://example.com"})
	state := p.state()
	changes := p.Subscribe(state.Sequence)
	if err := p.api.Painted(); err != nil {
		t.Fatal(err)
	}
	p.until("the link is shown", changes, func(c app.Changes) bool { return c.PasteInvite == "tincan:invite/1#abc" })
	p.Arrived([]string{"TINCAN:invite/1#later"})
	p.until("the second is shown", changes, func(c app.Changes) bool { return c.PasteInvite == "TINCAN:invite/1#later" })
}

func TestOpenLink(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	for _, good := range []string{"https://example.com/a?b=c#d", "http://[2001:db8::1]:8080/", "https://例え.jp/"} {
		if err := p.api.OpenLink(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "javascript:alert(1)", "file:///etc/passwd", "https://", "http:/x", "https:example.com", "https://a:b@example.com", "data:text/html,x",
		"https://exa mple.com", "https://example.com/\nx", " https://example.com", "tincan:invite/1#x", "https://" + strings.Repeat("a", 3000), "-https://x",
	} {
		if err := p.api.OpenLink(bad); code(t, err) != "link-scheme" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := p.api.OpenLink("https://nowhere.example/"); code(t, err) != "no-browser" {
		t.Errorf("without a browser: %v", err)
	}
	if len(p.opened) != 4 {
		t.Errorf("opened %q", p.opened)
	}
}
