package desktop

import (
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/tincan-chat/tincan/backend/notify"
)

func told(key, message, body string) []notify.Effect {
	return []notify.Effect{{Key: key, Target: notify.Target{Conversation: key, Message: message}, Title: "Ana <3", Body: body}}
}

// TestNotification shows one on a real bus, replaces it, clicks it and takes another away.
func TestNotification(t *testing.T) {
	t.Parallel()
	address, _ := startBus(t)
	service := showBubbles(t, address, "body", "actions", "body-markup")
	clicked := make(chan notify.Target, 8)
	d := newDesk(t, Options{Address: address, Clicked: func(target notify.Target) { clicked <- target }})
	if state := d.State(t.Context()); !state.Notifications || state.Tray {
		t.Errorf("%+v", state)
	}
	d.Notify(told("c", "m1", "<b>Hello</b> & <img src=x onerror=y>"))
	eventually(t, "it is shown", func() bool { return len(service.shown()) == 1 })
	got := service.shown()[0]
	if got.app != "Tincan" || got.title != "Ana <3" || got.body != "&lt;b&gt;Hello&lt;/b&gt; &amp; &lt;img src=x onerror=y&gt;" || got.shownForSoLong != -1 {
		t.Errorf("%+v", got)
	}
	if quiet, _ := got.hints["suppress-sound"].Value().(bool); !quiet || got.hints["sound-name"].Value() != nil {
		t.Errorf("it makes a sound: %v", got.hints)
	}
	if len(got.actions) != 2 || got.actions[0] != "default" {
		t.Errorf("a click does nothing: %v", got.actions)
	}
	loud := told("c", "m2", "Again")
	loud[0].Sound = true
	d.Notify(append(loud, told("other", "m3", "Hello")...))
	eventually(t, "both are shown", func() bool { return len(service.shown()) == 3 })
	all := service.shown()
	if all[1].replaces != got.id || all[2].replaces != 0 || all[1].hints["sound-name"].Value() == nil || service.onScreen() != 2 {
		t.Errorf("%+v, %d on the screen", all, service.onScreen())
	}

	// Whoever is not the service cannot click.
	stranger := joinBus(t, address, "")
	if err := stranger.Emit(notificationsPath, notificationsName+".ActionInvoked", got.id, "default"); err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"other", "default"} {
		service.emit(t, "ActionInvoked", got.id, action)
	}
	if target := <-clicked; target != (notify.Target{Conversation: "c", Message: "m2"}) {
		t.Errorf("the click opens %+v", target)
	}
	eventually(t, "what was clicked is taken away", func() bool { return service.onScreen() == 1 })
	d.Notify([]notify.Effect{{Key: "other", Withdraw: true}, {Key: "nothing", Withdraw: true}})
	eventually(t, "it is taken away", func() bool { return service.onScreen() == 0 })

	d.Notify(told("c", "m4", "Last"))
	eventually(t, "it is shown", func() bool { return service.onScreen() == 1 })
	d.Close()
	if service.onScreen() != 0 {
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
	address, _ := startBus(t)
	first := showBubbles(t, address, "body-markup")
	d := newDesk(t, Options{Address: address})
	d.Notify(told("c", "m1", "a & b"))
	eventually(t, "it is shown", func() bool { return len(first.shown()) == 1 })
	if err := first.connection.Close(); err != nil {
		t.Fatal(err)
	}
	d.Notify(told("c", "m2", "nobody shows this"))
	eventually(t, "nobody is there", func() bool { return !d.State(t.Context()).Notifications })
	second := showBubbles(t, address, "body")
	d.Notify(told("c", "m3", "a & b"))
	eventually(t, "it is shown", func() bool { return len(second.shown()) == 1 })
	if got := second.shown()[0]; got.body != "a & b" || got.replaces != 0 {
		t.Errorf("%+v", got)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	address, _ := startBus(t)
	launcher := joinBus(t, address, "")
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
	address, kill := startBus(t)
	service := showBubbles(t, address)
	d := newDesk(t, Options{Address: address})
	d.Notify(told("c", "m", "x"))
	eventually(t, "it is shown", func() bool { return len(service.shown()) == 1 })
	kill()
	eventually(t, "the bus is missed", func() bool { return d.State(t.Context()) == (State{}) })
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
