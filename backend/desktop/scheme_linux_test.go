package desktop

import (
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/tincan-chat/tincan/backend/desktop/desktoptest"
)

func TestScheme(t *testing.T) {
	t.Parallel()
	address, _ := desktoptest.StartBus(t)
	portal := desktoptest.StartPortal(t, address, 1)
	dark := make(chan bool, 8)
	d := newDesk(t, Options{Address: address, Dark: func(wanted bool) { dark <- wanted }})
	for range 2 {
		d.Scheme()
	}
	if !<-dark {
		t.Error("it is light at first")
	}
	stranger := desktoptest.Join(t, address)
	if err := stranger.Emit(portalPath, portalSettings+".SettingChanged", appearance, colorScheme, dbus.MakeVariant("dark")); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []uint32{2, 1, 0} {
		portal.Choose(scheme)
		if got := <-dark; got != (scheme == 1) {
			t.Errorf("scheme %d: dark is %v", scheme, got)
		}
	}
	d.Close()
	if len(dark) != 0 {
		t.Errorf("told once more: %v", <-dark)
	}
}

// TestNoPortal: where nobody says what is wanted, nothing is told.
func TestNoPortal(t *testing.T) {
	t.Parallel()
	address, _ := desktoptest.StartBus(t)
	d := newDesk(t, Options{Address: address, Dark: func(bool) { t.Error("it was told") }})
	d.Scheme()
	if state := d.State(t.Context()); state != (State{}) {
		t.Errorf("%+v", state)
	}
}
