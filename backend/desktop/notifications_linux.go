package desktop

import (
	"log/slog"
	"slices"

	"github.com/godbus/dbus/v5"

	"github.com/tincan-chat/tincan/backend/notify"
)

// The Desktop Notifications Specification 1.2.
const (
	notificationsName = "org.freedesktop.Notifications"
	notificationsPath = dbus.ObjectPath("/org/freedesktop/Notifications")
	defaultAction     = "default" // what a click on the notification itself is called
	urgencyNormal     = byte(1)
	byServer          = int32(-1) // how long it is shown
)

const (
	appName = "Tincan"
	appID   = "tincan" // of the .desktop file and the icon
	// mostShown is how many notifications are known to be shown; the oldest is
	// forgotten first.
	mostShown = 256
)

// shown is a notification on the screen, or in the desktop's list of them.
type shown struct {
	key    string
	id     uint32
	target notify.Target
}

// notifier is the service that shows notifications.
type notifier struct {
	owner    string // its connection
	followed bool   // its signals come here
	markup   bool   // its bodies are markup
	asked    bool   // markup was asked for
	shown    []shown
}

func (d *Desk) notify(effects []notify.Effect) {
	for _, effect := range effects {
		switch {
		case !effect.Withdraw:
			d.show(effect)
		case d.connection != nil:
			d.withdraw(effect.Key)
		}
	}
}

// show shows a notification, in place of the one with its key.
func (d *Desk) show(effect notify.Effect) {
	if d.connect() != nil {
		return
	}
	d.followNotifier()
	body := effect.Body
	if !d.notifier.asked {
		var capabilities []string
		if err := d.call(notificationsName, notificationsPath, notificationsName+".GetCapabilities").Store(&capabilities); err != nil {
			d.options.Logger.Info("nothing shows notifications", slog.Any("error", err))
			return
		}
		d.notifier.asked, d.notifier.markup = true, slices.Contains(capabilities, "body-markup")
	}
	if d.notifier.markup {
		body = notify.Markup(body)
	}
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant(appID),
		"category":      dbus.MakeVariant("im.received"),
		"urgency":       dbus.MakeVariant(urgencyNormal),
	}
	if effect.Sound {
		hints["sound-name"] = dbus.MakeVariant("message-new-instant")
	} else {
		hints["suppress-sound"] = dbus.MakeVariant(true)
	}
	var replaces, id uint32
	at := d.find(effect.Key)
	if at >= 0 {
		replaces = d.notifier.shown[at].id
	}
	err := d.call(notificationsName, notificationsPath, notificationsName+".Notify",
		appName, replaces, appID, effect.Title, body, []string{defaultAction, ""}, hints, byServer).Store(&id)
	if err != nil {
		d.options.Logger.Info("a notification is not shown", slog.Any("error", err))
		return
	}
	d.notifier.owner = d.owner(notificationsName)
	now := shown{key: effect.Key, id: id, target: effect.Target}
	if at >= 0 {
		d.notifier.shown[at] = now
		return
	}
	if len(d.notifier.shown) >= mostShown {
		d.notifier.shown = slices.Delete(d.notifier.shown, 0, 1)
	}
	d.notifier.shown = append(d.notifier.shown, now)
}

// followNotifier hears of clicks, and of another service that shows notifications.
func (d *Desk) followNotifier() {
	if d.notifier.followed {
		return
	}
	err := d.follow(dbus.WithMatchInterface(notificationsName), dbus.WithMatchObjectPath(notificationsPath))
	if err == nil {
		err = d.followName(notificationsName)
	}
	if err != nil {
		d.options.Logger.Info("clicks on notifications are not heard", slog.Any("error", err))
	}
	d.notifier.followed = true
}

// withdraw takes a notification away, if it is shown.
func (d *Desk) withdraw(key string) {
	at := d.find(key)
	if at < 0 {
		return
	}
	id := d.notifier.shown[at].id
	d.notifier.shown = slices.Delete(d.notifier.shown, at, at+1)
	if err := d.call(notificationsName, notificationsPath, notificationsName+".CloseNotification", id).Err; err != nil {
		d.options.Logger.Debug("a notification is not taken away", slog.Any("error", err))
	}
}

func (d *Desk) withdrawAll() {
	for _, one := range slices.Clone(d.notifier.shown) {
		d.withdraw(one.key)
	}
}

func (d *Desk) find(key string) int {
	return slices.IndexFunc(d.notifier.shown, func(one shown) bool { return one.key == key })
}

// heardNotifier takes a signal of the service that shows notifications.
func (d *Desk) heardNotifier(signal *dbus.Signal) {
	var id, reason uint32
	var action string
	switch signal.Name {
	case notificationsName + ".ActionInvoked":
		if dbus.Store(signal.Body, &id, &action) != nil || action != defaultAction {
			return
		}
	case notificationsName + ".NotificationClosed":
		if dbus.Store(signal.Body, &id, &reason) != nil {
			return
		}
	default:
		return
	}
	at := slices.IndexFunc(d.notifier.shown, func(one shown) bool { return one.id == id })
	if at < 0 {
		return
	}
	clicked := d.notifier.shown[at]
	d.notifier.shown = slices.Delete(d.notifier.shown, at, at+1)
	if action == "" {
		return
	}
	d.options.Clicked(clicked.target)
	if err := d.call(notificationsName, notificationsPath, notificationsName+".CloseNotification", id).Err; err != nil {
		d.options.Logger.Debug("a notification that was clicked is gone already", slog.Any("error", err))
	}
}

// countTo tells launchers how much waits; Unity's way, which others took over.
func (d *Desk) countTo(count int) {
	if count == d.count && d.counted || count == 0 && !d.counted {
		d.count = count
		return
	}
	if d.connect() != nil {
		return
	}
	d.count, d.counted = count, true
	err := d.connection.Emit("/org/tincan/Launcher", "com.canonical.Unity.LauncherEntry.Update", "application://"+appID+".desktop", map[string]dbus.Variant{
		"count": dbus.MakeVariant(int64(count)), "count-visible": dbus.MakeVariant(count > 0),
	})
	if err != nil {
		d.options.Logger.Debug("the count is not told", slog.Any("error", err))
	}
}
