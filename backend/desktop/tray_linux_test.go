package desktop

import (
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/tincan-chat/tincan/backend/desktop/desktoptest"
	"github.com/tincan-chat/tincan/backend/notify"
)

// TestTray is what a tray does with an icon: it looks, clicks, opens the menu.
func TestTray(t *testing.T) {
	t.Parallel()
	address, _ := desktoptest.StartBus(t)
	w := desktoptest.StartTray(t, address, true)
	opened, quit, gone := make(chan bool, 4), make(chan bool, 4), make(chan bool, 4)
	d := newDesk(t, Options{
		Address: address, Opened: func() { opened <- true }, Quit: func() { quit <- true }, NoTray: func() { gone <- true },
		Icon: []byte("no picture"),
	})
	if !d.State(t.Context()).Tray || d.HasTray() {
		t.Error("there is a tray, and nothing in it")
	}
	d.Tray(true, notify.WordsOfTray(false))
	desktoptest.Eventually(t, "the icon is in the tray", d.HasTray)
	item := w.Connection.Object(w.Item(), itemPath)
	for name, want := range map[string]any{"Id": "tincan", "Title": "Tincan", "Status": "Active", "Category": "Communications", "Menu": menuPath, "ItemIsMenu": false} {
		got, err := item.GetProperty(itemInterface + "." + name)
		if err != nil || got.Value() != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	var all map[string]dbus.Variant
	if err := item.Call(propertiesName+".GetAll", 0, itemInterface).Store(&all); err != nil || len(all) < 15 {
		t.Errorf("%v, %v", all, err)
	}
	for name, want := range map[string]string{"IconPixmap": "a(iiay)", "ToolTip": "(sa(iiay)ss)"} {
		if got, err := item.GetProperty(itemInterface + "." + name); err != nil || got.Signature().String() != want {
			t.Errorf("%s: %s, %v", name, got.Signature(), err)
		}
	}
	if err := item.SetProperty(itemInterface+".Title", dbus.MakeVariant("x")); err == nil {
		t.Error("a tray changes the title")
	}
	if _, err := item.GetProperty(itemInterface + ".Nothing"); err == nil {
		t.Error("a property that is not there has a value")
	}
	if err := item.Call(itemInterface+".Activate", 0, int32(3), int32(4)).Err; err != nil {
		t.Error(err)
	}
	<-opened

	menu := w.Connection.Object(w.Item(), menuPath)
	var revision uint32
	var root layout
	if err := menu.Call(menuInterface+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil || len(root.Below) != 3 {
		t.Fatalf("%+v, %v", root, err)
	}
	var labels []string
	var ids []int32
	for _, one := range root.Below {
		var below layout
		if err := dbus.Store([]any{one.Value()}, &below); err != nil {
			t.Fatal(err)
		}
		label, _ := below.Properties["label"].Value().(string)
		labels, ids = append(labels, label), append(ids, below.ID)
	}
	if labels[0] != "Open Tincan" || labels[2] != "Quit" {
		t.Errorf("%q", labels)
	}
	var group []properties
	if err := menu.Call(menuInterface+".GetGroupProperties", 0, append(ids, 99), []string{}).Store(&group); err != nil || len(group) != 3 {
		t.Errorf("%+v, %v", group, err)
	}
	if err := menu.Call(menuInterface+".Event", 0, ids[2], "hovered", dbus.MakeVariant(""), uint32(0)).Err; err != nil {
		t.Error(err)
	}
	if err := menu.Call(menuInterface+".Event", 0, ids[2], "clicked", dbus.MakeVariant(""), uint32(0)).Err; err != nil {
		t.Error(err)
	}
	<-quit
	if err := menu.Call(menuInterface+".EventGroup", 0, []event{{ID: ids[0], Kind: "clicked", Data: dbus.MakeVariant("")}}).Err; err != nil {
		t.Error(err)
	}
	<-opened
	if err := menu.Call(menuInterface+".GetLayout", 0, int32(99), int32(-1), []string{}).Err; err == nil {
		t.Error("an item that is not there has a layout")
	}

	// In another language it is another icon.
	d.Tray(true, notify.WordsOfTray(true))
	<-gone
	desktoptest.Eventually(t, "it is there again", d.HasTray)
	if label := new(dbus.Variant); menu.Call(menuInterface+".GetProperty", 0, ids[2], "label").Store(label) != nil || label.Value() != "退出" {
		t.Errorf("the label is %v", label)
	}
	d.Tray(false, notify.TrayWords{})
	<-gone
	if d.HasTray() {
		t.Error("the icon is still there")
	}
}

// TestTrayComesAndGoes: the tray is told of as long as it is there, and only then.
func TestTrayComesAndGoes(t *testing.T) {
	t.Parallel()
	address, kill := desktoptest.StartBus(t)
	gone := make(chan bool, 4)
	d := newDesk(t, Options{Address: address, NoTray: func() { gone <- true }})
	d.Tray(true, notify.WordsOfTray(false))
	if d.State(t.Context()).Tray || d.HasTray() {
		t.Error("there is no tray")
	}
	w := desktoptest.StartTray(t, address, false) // nobody shows the icons
	w.Item()
	if d.State(t.Context()).Tray || d.HasTray() {
		t.Error("nobody shows the icons")
	}
	w.SetHost(true, true)
	desktoptest.Eventually(t, "somebody shows them", d.HasTray)
	w.SetHost(false, true)
	<-gone
	w.SetHost(true, true)
	desktoptest.Eventually(t, "somebody shows them again", d.HasTray)
	w.Crash()
	<-gone
	if d.HasTray() {
		t.Error("the tray is gone")
	}
	again := desktoptest.StartTray(t, address, true)
	again.Item()
	desktoptest.Eventually(t, "the tray is back", d.HasTray)
	kill()
	<-gone
	if d.HasTray() {
		t.Error("the bus is gone")
	}
}

// TestStrangersAreNotHeard: nobody but the watcher says whether there is a tray.
func TestStrangersAreNotHeard(t *testing.T) {
	t.Parallel()
	address, _ := desktoptest.StartBus(t)
	w := desktoptest.StartTray(t, address, true)
	d := newDesk(t, Options{Address: address, NoTray: func() { t.Error("a stranger took the tray away") }})
	t.Cleanup(func() { d.options.NoTray = func() {} })
	d.Tray(true, notify.WordsOfTray(false))
	desktoptest.Eventually(t, "the icon is in the tray", d.HasTray)
	w.SetHost(false, false) // who believes the stranger would ask, and find none
	stranger := desktoptest.Join(t, address)
	for _, body := range [][]any{{}, {watcherName, w.Connection.Names()[0], ""}, {uint32(1)}} {
		for _, name := range []string{watcherName + ".StatusNotifierHostUnregistered", busInterface + ".NameOwnerChanged"} {
			if err := stranger.Emit(watcherPath, name, body...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if d.State(t.Context()).Tray || !d.HasTray() {
		t.Error("a stranger is believed")
	}
}
