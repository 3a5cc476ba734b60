package desktop

import (
	"context"
	"log/slog"

	"github.com/godbus/dbus/v5"
)

// The settings that the desktop's portal tells: org.freedesktop.portal.Settings.
const (
	portalName     = "org.freedesktop.portal.Desktop"
	portalPath     = dbus.ObjectPath("/org/freedesktop/portal/desktop")
	portalSettings = "org.freedesktop.portal.Settings"
	appearance     = "org.freedesktop.appearance"
	colorScheme    = "color-scheme"
)

// preferDark is the colour scheme of who wants it dark; 0 is no preference, 2 light.
const preferDark = uint32(1)

// Scheme follows whether the person wants it dark: Options.Dark is told now and
// whenever that changes. Where nothing says so, it is never told.
func (d *Desk) Scheme() {
	d.do(d.followScheme)
}

func (d *Desk) followScheme() {
	if d.connect() != nil || d.scheming {
		return
	}
	err := d.follow(dbus.WithMatchInterface(portalSettings), dbus.WithMatchMember("SettingChanged"), dbus.WithMatchObjectPath(portalPath), dbus.WithMatchArg(0, appearance))
	if err != nil {
		d.options.Logger.Info("whether it is to be dark is not heard", slog.Any("error", err))
		return
	}
	d.scheming = true
	ctx, cancel := context.WithTimeout(d.context, answerTime)
	defer cancel()
	// A portal that does not run is not started for this.
	var answer dbus.Variant
	call := d.connection.Object(portalName, portalPath).CallWithContext(ctx, portalSettings+".Read", dbus.FlagNoAutoStart, appearance, colorScheme)
	if call.Store(&answer) == nil {
		d.schemeIs(answer)
	}
}

// heardPortal takes a change of the desktop's settings.
func (d *Desk) heardPortal(signal *dbus.Signal) {
	var namespace, key string
	var value dbus.Variant
	if dbus.Store(signal.Body, &namespace, &key, &value) == nil && namespace == appearance && key == colorScheme {
		d.schemeIs(value)
	}
}

// schemeIs tells what is preferred, as soon as something was.
func (d *Desk) schemeIs(value dbus.Variant) {
	for range 2 { // Read wraps it twice
		if inner, is := value.Value().(dbus.Variant); is {
			value = inner
		}
	}
	scheme, is := value.Value().(uint32)
	dark := scheme == preferDark
	if !is || scheme == 0 && !d.dark {
		return
	}
	d.dark = dark
	d.options.Dark(dark)
}
