package desktoptest

import (
	"slices"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	notificationsName = "org.freedesktop.Notifications"
	notificationsPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Bubble is a notification as the service got it.
type Bubble struct {
	ID, Replaces uint32
	Title, Body  string
	Actions      []string
	Hints        map[string]dbus.Variant
	App, Icon    string
	Milliseconds int32 // for which it wants to be shown
}

// Bubbles is a service that shows notifications.
type Bubbles struct {
	Connection *dbus.Conn

	t       *testing.T
	mutex   sync.Mutex
	last    uint32
	all     []Bubble
	visible []uint32
}

// ShowBubbles starts one that can do something.
func ShowBubbles(t *testing.T, address string, capabilities ...string) *Bubbles {
	t.Helper()
	b := &Bubbles{Connection: Join(t, address), t: t}
	err := b.Connection.ExportMethodTable(map[string]any{
		"GetCapabilities": func() ([]string, *dbus.Error) { return capabilities, nil },
		"CloseNotification": func(id uint32) *dbus.Error {
			b.mutex.Lock()
			b.visible = slices.DeleteFunc(b.visible, func(one uint32) bool { return one == id })
			b.mutex.Unlock()
			b.Emit("NotificationClosed", id, uint32(3))
			return nil
		},
		"Notify": b.show,
	}, notificationsPath, notificationsName)
	if err != nil {
		t.Fatal(err)
	}
	take(t, b.Connection, notificationsName)
	return b
}

func (b *Bubbles) show(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, time int32) (uint32, *dbus.Error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	id := replaces
	if id == 0 {
		b.last++
		id = b.last
	}
	if !slices.Contains(b.visible, id) {
		b.visible = append(b.visible, id)
	}
	b.all = append(b.all, Bubble{ID: id, Replaces: replaces, Title: title, Body: body, Actions: actions, Hints: hints, App: app, Icon: icon, Milliseconds: time})
	return id, nil
}

// Emit sends a signal of the service.
func (b *Bubbles) Emit(signal string, arguments ...any) {
	b.t.Helper()
	if err := b.Connection.Emit(notificationsPath, notificationsName+"."+signal, arguments...); err != nil {
		b.t.Error(err)
	}
}

// Click does what a click on a notification does.
func (b *Bubbles) Click(id uint32) { b.Emit("ActionInvoked", id, "default") }

// Shown returns all that were ever shown, in order.
func (b *Bubbles) Shown() []Bubble {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return slices.Clone(b.all)
}

// OnScreen is how many are shown now.
func (b *Bubbles) OnScreen() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return len(b.visible)
}
