package desktoptest

import (
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	portalName     = "org.freedesktop.portal.Desktop"
	portalPath     = dbus.ObjectPath("/org/freedesktop/portal/desktop")
	portalSettings = "org.freedesktop.portal.Settings"
)

// Portal tells what the person chose for all programs.
type Portal struct {
	connection *dbus.Conn

	t      *testing.T
	mutex  sync.Mutex
	scheme uint32
}

// StartPortal starts one with a colour scheme: 1 is dark, 2 light, 0 either.
func StartPortal(t *testing.T, address string, scheme uint32) *Portal {
	t.Helper()
	p := &Portal{connection: Join(t, address), t: t, scheme: scheme}
	err := p.connection.ExportMethodTable(map[string]any{
		"Read": func(string, string) (dbus.Variant, *dbus.Error) {
			p.mutex.Lock()
			defer p.mutex.Unlock()
			return dbus.MakeVariant(dbus.MakeVariant(p.scheme)), nil
		},
	}, portalPath, portalSettings)
	if err != nil {
		t.Fatal(err)
	}
	take(t, p.connection, portalName)
	return p
}

// Choose chooses another colour scheme.
func (p *Portal) Choose(scheme uint32) {
	p.t.Helper()
	p.mutex.Lock()
	p.scheme = scheme
	p.mutex.Unlock()
	if err := p.connection.Emit(portalPath, portalSettings+".SettingChanged", "org.freedesktop.appearance", "color-scheme", dbus.MakeVariant(scheme)); err != nil {
		p.t.Fatal(err)
	}
}
