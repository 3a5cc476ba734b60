package desktoptest

import (
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
)

// Tray knows the trays of a desktop.
type Tray struct {
	Connection *dbus.Conn

	t     *testing.T
	mutex sync.Mutex
	host  bool
	items []string
}

// StartTray starts one; host: something shows the icons.
func StartTray(t *testing.T, address string, host bool) *Tray {
	t.Helper()
	w := &Tray{Connection: Join(t, address), t: t, host: host}
	err := w.Connection.ExportMethodTable(map[string]any{
		"RegisterStatusNotifierItem": func(item string) *dbus.Error {
			w.mutex.Lock()
			defer w.mutex.Unlock()
			w.items = append(w.items, item)
			return nil
		},
	}, watcherPath, watcherName)
	if err == nil {
		err = w.Connection.ExportMethodTable(map[string]any{
			"Get": func(string, string) (dbus.Variant, *dbus.Error) {
				w.mutex.Lock()
				defer w.mutex.Unlock()
				return dbus.MakeVariant(w.host), nil
			},
		}, watcherPath, "org.freedesktop.DBus.Properties")
	}
	if err != nil {
		t.Fatal(err)
	}
	take(t, w.Connection, watcherName)
	return w
}

// SetHost has something show the icons, or not; told: it is said aloud.
func (w *Tray) SetHost(there, told bool) {
	w.t.Helper()
	w.mutex.Lock()
	w.host = there
	w.mutex.Unlock()
	if !told {
		return
	}
	name := "StatusNotifierHostUnregistered"
	if there {
		name = "StatusNotifierHostRegistered"
	}
	if err := w.Connection.Emit(watcherPath, watcherName+"."+name); err != nil {
		w.t.Fatal(err)
	}
}

// Item waits for an icon and returns the name of its program on the bus.
func (w *Tray) Item() string {
	w.t.Helper()
	var item string
	Eventually(w.t, "an icon is registered", func() bool {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		if len(w.items) > 0 {
			item = w.items[len(w.items)-1]
		}
		return item != ""
	})
	return item
}

// Activate does what a click on the icon does.
func (w *Tray) Activate() error {
	return w.Connection.Object(w.Item(), "/StatusNotifierItem").Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err
}

// Choose does what a click on an item of its menu does.
func (w *Tray) Choose(id int32) error {
	return w.Connection.Object(w.Item(), "/StatusNotifierMenu").Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(""), uint32(0)).Err
}

// Crash ends it without a word.
func (w *Tray) Crash() {
	w.t.Helper()
	if err := w.Connection.Close(); err != nil {
		w.t.Fatal(err)
	}
}
