package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/notify"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// board is a desktop that shows things.
type board struct {
	mutex   sync.Mutex
	effects []notify.Effect
	unread  int
	badge   bool
	login   bool
	chosen  []app.Settings
	refuses bool
	changed chan struct{} // something was told
}

func newBoard() *board { return &board{changed: make(chan struct{}, 1)} }

func (b *board) OpenURL(context.Context, string) error { return nil }

func (b *board) Notify(effects []notify.Effect) {
	b.mutex.Lock()
	b.effects = append(b.effects, effects...)
	b.mutex.Unlock()
	b.tell()
}

func (b *board) Unread(count int, badge bool) {
	b.mutex.Lock()
	b.unread, b.badge = count, badge
	b.mutex.Unlock()
	b.tell()
}

func (b *board) tell() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

func (b *board) Chosen(settings app.Settings) {
	b.mutex.Lock()
	b.chosen = append(b.chosen, settings)
	b.mutex.Unlock()
}

func (b *board) Surrounding(context.Context) app.DesktopState {
	return app.DesktopState{Window: true, Notifications: true, Login: true, StartsAtLogin: b.login}
}

func (b *board) StartAtLogin(on bool) error {
	if b.refuses {
		return errors.New("refused")
	}
	b.login = on
	return nil
}

func (b *board) ShowFolder(context.Context) (string, error) {
	if b.refuses {
		return "/home/mira/tincan", errors.New("refused")
	}
	return "/home/mira/tincan", nil
}

// until waits for what is shown.
func (b *board) until(t *testing.T, what string, holds func(last notify.Effect, unread int) bool) notify.Effect {
	t.Helper()
	deadline := time.After(patience)
	for {
		b.mutex.Lock()
		var last notify.Effect
		if len(b.effects) > 0 {
			last = b.effects[len(b.effects)-1]
		}
		unread, all := b.unread, len(b.effects)
		b.mutex.Unlock()
		if holds(last, unread) {
			return last
		}
		select {
		case <-b.changed:
		case <-deadline:
			t.Fatalf("it never came that %s: %d effects, the last is %+v; %d unread", what, all, last, unread)
		}
	}
}

func (b *board) count() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return len(b.effects)
}

// TestNotifications is what somebody is told whose window is not looked at.
func TestNotifications(t *testing.T) {
	t.Parallel()
	shown := newBoard()
	ana := newPersonAt(t, shown)
	if err := ana.api.Painted(); err != nil {
		t.Fatal(err)
	}
	_, ben, conversation := meetAt(t, ana)
	request := shown.until(t, "the request is taken away, since it is answered", func(last notify.Effect, unread int) bool {
		return last.Withdraw
	})
	if request.Key != conversation {
		t.Errorf("%+v", request)
	}
	shown.mutex.Lock()
	first := shown.effects[0]
	shown.mutex.Unlock()
	if first.Title != "Ben would like to connect" || first.Body != "Hello Ana" || first.Target != (notify.Target{Conversation: conversation}) {
		t.Errorf("the request: %+v", first)
	}

	sent := must(ben.api.SendText(conversation, "The <b>ferry</b> leaves at 9"))(t)
	got := shown.until(t, "the message is told", func(last notify.Effect, unread int) bool { return last.Target.Message == sent.ID && unread > 0 })
	if got.Title != "Ben" || got.Body != "The <b>ferry</b> leaves at 9" || got.Sound {
		t.Errorf("%+v", got)
	}
	if err := ana.api.MarkRead(conversation, sent.ID); err != nil {
		t.Fatal(err)
	}
	shown.until(t, "what was read is taken away", func(last notify.Effect, unread int) bool {
		return last.Withdraw && last.Key == conversation && unread == 0
	})

	// On the screen of a focused window nothing is told, but it counts until it is read.
	if err := ana.api.Focus(conversation, true); err != nil {
		t.Fatal(err)
	}
	before := shown.count()
	must(ben.api.SendText(conversation, "Are you there?"))(t)
	shown.until(t, "it counts", func(_ notify.Effect, unread int) bool { return unread == 1 })
	if now := shown.count(); now != before {
		t.Errorf("%d effects more for what is on the screen", now-before)
	}

	// A conversation that is kept quiet counts nowhere outside.
	if err := ana.api.Focus("", false); err != nil {
		t.Fatal(err)
	}
	changes := ana.Subscribe(-1)
	if err := ana.api.QuietConversation(conversation, true); err != nil {
		t.Fatal(err)
	}
	ana.until("the row says so", changes, func(c app.Changes) bool {
		return len(c.Conversations) == 1 && c.Conversations[0].Quiet && c.Conversations[0].Unread == 1
	})
	shown.until(t, "it does not count", func(_ notify.Effect, unread int) bool { return unread == 0 })
	before = shown.count()
	must(ben.api.SendText(conversation, "Hello?"))(t)
	ana.until("it comes", changes, func(c app.Changes) bool { return len(c.Messages) == 1 })
	if now := shown.count(); now != before {
		t.Errorf("%d effects more for what is quiet", now-before)
	}
	if !ana.state().Conversations[0].Quiet {
		t.Error("the row does not say that it is quiet")
	}
	if err := ana.api.QuietConversation(conversation, false); err != nil {
		t.Fatal(err)
	}

	// The name alone, then nothing.
	settings := ana.Settings()
	settings.Notifications.Show, settings.Notifications.Sound = app.NotifyNeither, true
	must(ana.api.SaveSettings(settings))(t)
	must(ben.api.SendText(conversation, "A secret"))(t)
	got = shown.until(t, "it says nothing", func(last notify.Effect, _ int) bool { return last.Sound })
	if got.Title != "Tincan" || got.Body == "A secret" {
		t.Errorf("%+v", got)
	}
	settings.Notifications.About = app.NotifyNothing
	must(ana.api.SaveSettings(settings))(t)
	shown.until(t, "switched off, it is taken away", func(last notify.Effect, _ int) bool { return last.Withdraw })
}

// resting is a device that tells what the test has it tell.
type resting struct{ app.Running }

func (resting) Live(context.Context) (node.Live, error) { return node.Live{}, nil }
func (resting) Hosting(bool)                            {}
func (resting) Close() error                            { return nil }

// TestABurstMakesOneNotification follows many messages from the device to the
// desktop: the first is shown, and after a while one that stands for all of them.
func TestABurstMakesOneNotification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const messages = 40
		p, shown, talk := newPerson(t), newBoard(), storetest.NewTalk(t, 1)
		if err := p.store.Commit(t.Context(), []node.Write{node.PutContact{Contact: talk.Contact()}}); err != nil {
			t.Fatal(err)
		}
		var device app.Listener
		busy := app.New(t.Context(), app.Config{
			Keys: p.keys, Store: p.store, Desktop: shown, Logger: slog.New(slog.DiscardHandler),
			Run: func(_ context.Context, listener app.Listener) (app.Running, error) {
				device = listener
				return resting{}, nil
			},
		})
		t.Cleanup(func() {
			if err := busy.Close(); err != nil {
				t.Error(err)
			}
		})
		must(busy.API().Start())(t)
		if err := busy.API().Painted(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		var last string
		for i := range messages {
			said := talk.Say(t, talk.Them, fmt.Sprint("message ", i+1))
			if err := p.store.Commit(t.Context(), []node.Write{said}); err != nil {
				t.Fatal(err)
			}
			last = said.Entry.Hash().String()
			device.Changed([]node.Change{{Message: &node.Message{Hash: said.Entry.Hash(), Conversation: talk.ID}}})
			time.Sleep(20 * time.Millisecond)
		}
		after := func(wait time.Duration, want int) notify.Effect {
			time.Sleep(wait)
			synctest.Wait()
			shown.mutex.Lock()
			defer shown.mutex.Unlock()
			if len(shown.effects) != want {
				t.Fatalf("%d notifications, want %d: %+v", len(shown.effects), want, shown.effects)
			}
			if shown.unread != messages {
				t.Errorf("%d unread", shown.unread)
			}
			return shown.effects[want-1]
		}
		first := after(0, 1)
		if first.Title != "Ben" || first.Body != "message 1" {
			t.Errorf("%+v", first)
		}
		after(2*time.Second, 1)
		rest := after(time.Second, 2)
		if rest.Title != "Ben (40)" || rest.Body != "message 40" || rest.Key != talk.ID.String() || rest.Key != first.Key || rest.Target.Message != last {
			t.Errorf("%+v, the last message is %s", rest, last)
		}
		after(time.Hour, 2)
	})
}

// TestAClickOpensTheMessage follows a notification's target into the interface.
func TestAClickOpensTheMessage(t *testing.T) {
	t.Parallel()
	p := newPersonAt(t, newBoard())
	must(p.api.CreateProfile("Ana", 1))(t)
	if err := p.api.Painted(); err != nil {
		t.Fatal(err)
	}
	changes := p.Subscribe(-1)
	entrance := app.NewEntrance(t.Context(), nil, nil)
	defer func() { _ = entrance.Close() }()
	entrance.Clicked(notify.Target{Conversation: "x", Message: "y"}) // nobody is there: nothing happens
	p.ShowRequests()
	p.until("who asks is shown", changes, func(c app.Changes) bool { return c.OpenRequests })
}

func TestDesktop(t *testing.T) {
	t.Parallel()
	bare := newPerson(t)
	if got := must(bare.api.Desktop())(t); got != (app.DesktopState{}) {
		t.Errorf("without a desktop: %+v", got)
	}
	if _, err := bare.api.StartAtLogin(true); code(t, err) != "login" {
		t.Errorf("without a desktop: %v", err)
	}
	shown := newBoard()
	p := newPersonAt(t, shown)
	if got := must(p.api.StartAtLogin(true))(t); !got.StartsAtLogin || !got.Window {
		t.Errorf("%+v", got)
	}
	settings := p.Settings()
	settings.Tray = true
	must(p.api.SaveSettings(settings))(t) // the first paint is not over: nothing is told
	if err := p.api.Painted(); err != nil {
		t.Fatal(err)
	}
	settings.Compact = true
	for range 2 {
		must(p.api.SaveSettings(settings))(t)
	}
	shown.mutex.Lock()
	if len(shown.chosen) != 2 || !shown.chosen[0].Tray || shown.chosen[0].Compact || !shown.chosen[1].Compact {
		t.Errorf("told of %+v", shown.chosen)
	}
	shown.mutex.Unlock()
	shown.refuses = true
	if _, err := p.api.StartAtLogin(false); code(t, err) != "login" {
		t.Errorf("%v", err)
	}
}

func TestShowFolder(t *testing.T) {
	t.Parallel()
	if err := newPerson(t).api.ShowFolder(); code(t, err) != "show-folder" {
		t.Errorf("without a desktop: %v", err)
	}
	shown := newBoard()
	p := newPersonAt(t, shown)
	if err := p.api.ShowFolder(); err != nil {
		t.Error(err)
	}
	shown.refuses = true
	if err := p.api.ShowFolder(); code(t, err) != "show-folder" || app.AsError(err).Params["path"] != "/home/mira/tincan" {
		t.Errorf("nothing shows it: %v", err)
	}
}

func TestNotificationSettings(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	for _, change := range []func(*app.Notifications){
		func(n *app.Notifications) { n.About = "all" },
		func(n *app.Notifications) { n.Show = "" },
		func(n *app.Notifications) { n.QuietFrom = -1 },
		func(n *app.Notifications) { n.QuietTo = 24 * 60 },
	} {
		settings := p.Settings()
		change(&settings.Notifications)
		if _, err := p.api.SaveSettings(settings); code(t, err) != "settings" {
			t.Errorf("%+v: %v", settings.Notifications, err)
		}
	}
	settings := p.Settings()
	if n := settings.Notifications; n.About != app.NotifyEverything || n.Sound || n.Quiet || !n.Count || settings.Tray {
		t.Errorf("a new install has %+v", settings)
	}
}
