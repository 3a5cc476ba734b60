package desktop

import (
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/tincan-chat/tincan/backend/desktop/desktoptest"
	"github.com/tincan-chat/tincan/backend/notify"
)

func told(key, message, body string) []notify.Effect {
	return []notify.Effect{{Key: key, Target: notify.Target{Conversation: key, Message: message}, Title: "Ana <3", Body: body}}
}

// TestNotification shows one on a real bus, replaces it, clicks it and takes another away.
func TestNotification(t *testing.T) {
	t.Parallel()
	address, _ := desktoptest.StartBus(t)
	service := desktoptest.ShowBubbles(t, address, "body", "actions", "body-markup")
	clicked := make(chan notify.Target, 8)
	d := newDesk(t, Options{Address: address, Clicked: func(target notify.Target) { clicked <- target }})
	if state := d.State(t.Context()); !state.Notifications || state.Tray {
		t.Errorf("%+v", state)
	}
	d.Notify(told("c", "m1", "<b>Hello</b> & <img src=x onerror=y>"))
	desktoptest.Eventually(t, "it is shown", func() bool { return len(service.Shown()) == 1 })
	got := service.Shown()[0]
	if got.App != "Tincan" || got.Title != "Ana <3" || got.Body != "&lt;b&gt;Hello&lt;/b&gt; &amp; &lt;img src=x onerror=y&gt;" || got.Milliseconds != -1 {
		t.Errorf("%+v", got)
	}
	if quiet, _ := got.Hints["suppress-sound"].Value().(bool); !quiet || got.Hints["sound-name"].Value() != nil {
		t.Errorf("it makes a sound: %v", got.Hints)
	}
	if len(got.Actions) != 2 || got.Actions[0] != "default" {
		t.Errorf("a click does nothing: %v", got.Actions)
	}
	loud := told("c", "m2", "Again")
	loud[0].Sound = true
	d.Notify(append(loud, told("other", "m3", "Hello")...))
	desktoptest.Eventually(t, "both are shown", func() bool { return len(service.Shown()) == 3 })
	all := service.Shown()
	if all[1].Replaces != got.ID || all[2].Replaces != 0 || all[1].Hints["sound-name"].Value() == nil || service.OnScreen() != 2 {
		t.Errorf("%+v, %d on the screen", all, service.OnScreen())
	}

	// Whoever is not the service cannot click.
	stranger := desktoptest.Join(t, address)
	if err := stranger.Emit(notificationsPath, notificationsName+".ActionInvoked", got.ID, "default"); err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"other", "default"} {
		service.Emit("ActionInvoked", got.ID, action)
	}
	if target := <-clicked; target != (notify.Target{Conversation: "c", Message: "m2"}) {
		t.Errorf("the click opens %+v", target)
	}
	desktoptest.Eventually(t, "what was clicked is taken away", func() bool { return service.OnScreen() == 1 })
	d.Notify([]notify.Effect{{Key: "other", Withdraw: true}, {Key: "nothing", Withdraw: true}})
	desktoptest.Eventually(t, "it is taken away", func() bool { return service.OnScreen() == 0 })

	d.Notify(told("c", "m4", "Last"))
	desktoptest.Eventually(t, "it is shown", func() bool { return service.OnScreen() == 1 })
	d.Close()
	if service.OnScreen() != 0 {
		t.Error("after Close it is still shown")
	}
	if len(clicked) != 0 {
		t.Errorf("clicked more than once: %+v", <-clicked)
	}
}

// TestAnotherService: the one that shows notifications ends, and another one
// comes, which knows no markup.
func TestAnotherService(t *testing.T) {
	t.Parallel()
	address, _ := desktoptest.StartBus(t)
	first := desktoptest.ShowBubbles(t, address, "body-markup")
	d := newDesk(t, Options{Address: address})
	d.Notify(told("c", "m1", "a & b"))
	desktoptest.Eventually(t, "it is shown", func() bool { return len(first.Shown()) == 1 })
	if err := first.Connection.Close(); err != nil {
		t.Fatal(err)
	}
	d.Notify(told("c", "m2", "nobody shows this"))
	desktoptest.Eventually(t, "nobody is there", func() bool { return !d.State(t.Context()).Notifications })
	second := desktoptest.ShowBubbles(t, address, "body")
	d.Notify(told("c", "m3", "a & b"))
	desktoptest.Eventually(t, "it is shown", func() bool { return len(second.Shown()) == 1 })
	if got := second.Shown()[0]; got.Body != "a & b" || got.Replaces != 0 {
		t.Errorf("%+v", got)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	address, _ := desktoptest.StartBus(t)
	launcher := desktoptest.Join(t, address)
	signals := make(chan *dbus.Signal, 8)
	launcher.Signal(signals)
	if err := launcher.AddMatchSignal(dbus.WithMatchInterface("com.canonical.Unity.LauncherEntry")); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, Options{Address: address})
	for _, count := range []int{0, 3, 3, 0} {
		d.Count(count)
	}
	for _, want := range []int64{3, 0} {
		signal := <-signals
		for !strings.HasPrefix(signal.Name, "com.canonical.") {
			signal = <-signals // the bus greets
		}
		var application string
		var what map[string]dbus.Variant
		if err := dbus.Store(signal.Body, &application, &what); err != nil {
			t.Fatal(err)
		}
		if application != "application://tincan.desktop" || what["count"].Value() != want || what["count-visible"].Value() != (want > 0) {
			t.Errorf("%s: %v, want %d", application, what, want)
		}
	}
}

// TestNoBus: where there is none, nothing is shown and nothing fails; one that
// goes away is the same.
func TestNoBus(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"disabled:", "unix:path=/nonexistent/bus", "nonsense", "unix:"} {
		d := newDesk(t, Options{Address: address})
		d.Notify(told("c", "m", "x"))
		d.Count(3)
		d.Tray(true, notify.WordsOfTray(false))
		if state := d.State(t.Context()); state != (State{}) || d.HasTray() {
			t.Errorf("%s: %+v", address, state)
		}
		d.Notify([]notify.Effect{{Key: "c", Withdraw: true}})
		d.Close()
		d.Close()
		d.Notify(told("c", "m", "after the end"))
	}
	address, kill := desktoptest.StartBus(t)
	service := desktoptest.ShowBubbles(t, address)
	d := newDesk(t, Options{Address: address})
	d.Notify(told("c", "m", "x"))
	desktoptest.Eventually(t, "it is shown", func() bool { return len(service.Shown()) == 1 })
	kill()
	desktoptest.Eventually(t, "the bus is missed", func() bool { return d.State(t.Context()) == (State{}) })
	d.Notify(told("c", "m", "x"))
	d.Close()
}

// TestUnused: a desk that nothing is asked of connects to nothing.
func TestUnused(t *testing.T) {
	t.Parallel()
	d := New(Options{Address: "nonsense"})
	if d.started {
		t.Error("it runs")
	}
	d.Close()
}
