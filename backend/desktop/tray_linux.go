package desktop

import (
	"bytes"
	"fmt"
	"image/png"
	"log/slog"
	"os"

	"github.com/godbus/dbus/v5"

	"github.com/tincan-chat/tincan/backend/notify"
)

// The StatusNotifierItem specification, in the names that KDE gave it and all others use.
const (
	watcherName    = "org.kde.StatusNotifierWatcher"
	watcherPath    = dbus.ObjectPath("/StatusNotifierWatcher")
	itemInterface  = "org.kde.StatusNotifierItem"
	itemPath       = dbus.ObjectPath("/StatusNotifierItem")
	menuInterface  = "com.canonical.dbusmenu"
	menuPath       = dbus.ObjectPath("/StatusNotifierMenu")
	propertiesName = "org.freedesktop.DBus.Properties"
)

// largestIcon is the most pixels along one side of an icon that is sent.
const largestIcon = 256

// icon is ours in the tray.
type icon struct {
	words    notify.TrayWords
	name     string // on the bus
	exported bool
	watcher  string // the connection of whoever knows the trays
}

// pixmap is a picture as the specification has it: ARGB, big endian.
type pixmap struct {
	Width, Height int32
	Data          []byte
}

// toolTip is what is shown while the pointer is over the icon.
type toolTip struct {
	Icon        string
	Pictures    []pixmap
	Title, Text string
}

func (d *Desk) setTray(wanted bool, words notify.TrayWords) {
	switch {
	case !wanted && d.icon == nil:
		return
	case !wanted:
		d.takeIcon()
		return
	case d.icon != nil && d.icon.words == words:
		return
	case d.icon != nil: // in another language
		d.takeIcon()
	}
	d.icon = &icon{words: words}
	if d.connect() != nil {
		return
	}
	d.putIcon()
}

// takeIcon takes the icon away.
func (d *Desk) takeIcon() {
	if d.connection != nil && d.icon.exported {
		for path, name := range map[dbus.ObjectPath]string{itemPath: itemInterface, menuPath: menuInterface} {
			if err := d.connection.ExportMethodTable(nil, path, name); err != nil {
				d.options.Logger.Debug("the tray's icon stays on the bus", slog.Any("error", err))
			}
		}
		if _, err := d.connection.ReleaseName(d.icon.name); err != nil {
			d.options.Logger.Debug("the tray's name stays on the bus", slog.Any("error", err))
		}
	}
	d.icon = nil
	d.trayIs(false)
}

// putIcon puts what a tray asks for on the bus, and tells the tray if there is one.
func (d *Desk) putIcon() {
	item := itemOf(d)
	menu := menuOf(d)
	// One of each that tray hosts ask for; a second process of ours has another.
	d.icon.name = fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid())
	err := item.export(d.connection)
	if err == nil {
		err = menu.export(d.connection)
	}
	if err == nil {
		_, err = d.connection.RequestName(d.icon.name, dbus.NameFlagDoNotQueue)
	}
	if err == nil {
		err = d.followName(watcherName)
	}
	if err == nil {
		err = d.follow(dbus.WithMatchInterface(watcherName), dbus.WithMatchObjectPath(watcherPath))
	}
	d.icon.exported = err == nil
	if err != nil {
		d.options.Logger.Info("there is no icon in the tray", slog.Any("error", err))
		return
	}
	if owner := d.owner(watcherName); owner != "" {
		d.watcherIs(owner)
	}
}

// watcherIs says who knows the trays, "" nobody.
func (d *Desk) watcherIs(owner string) {
	if d.icon == nil || !d.icon.exported {
		return
	}
	d.icon.watcher = owner
	if owner == "" {
		d.trayIs(false)
		return
	}
	if err := d.call(watcherName, watcherPath, watcherName+".RegisterStatusNotifierItem", d.icon.name).Err; err != nil {
		d.options.Logger.Info("the tray does not take an icon", slog.Any("error", err))
		d.trayIs(false)
		return
	}
	d.trayIs(d.hostThere())
}

// hostThere tells whether something shows the icons.
func (d *Desk) hostThere() bool {
	if d.owner(watcherName) == "" {
		return false
	}
	var there bool
	err := d.call(watcherName, watcherPath, propertiesName+".Get", watcherName, "IsStatusNotifierHostRegistered").Store(&there)
	return err == nil && there
}

// heardWatcher takes a signal of whoever knows the trays.
func (d *Desk) heardWatcher(signal *dbus.Signal) {
	switch signal.Name {
	case watcherName + ".StatusNotifierHostRegistered", watcherName + ".StatusNotifierHostUnregistered":
		d.trayIs(d.hostThere())
	}
}

// trayIs keeps whether our icon is shown, and tells when it is not any more.
func (d *Desk) trayIs(there bool) {
	if had := d.tray.Swap(there); had && !there {
		d.options.NoTray()
	}
}

// exported is an object on the bus: its methods, and properties that do not change.
type exported struct {
	path       dbus.ObjectPath
	name       string
	methods    map[string]any
	properties map[string]dbus.Variant
}

func (e exported) export(connection *dbus.Conn) error {
	if err := connection.ExportMethodTable(e.methods, e.path, e.name); err != nil {
		return err
	}
	return connection.ExportMethodTable(map[string]any{
		"Get": func(_, property string) (dbus.Variant, *dbus.Error) {
			value, known := e.properties[property]
			if !known {
				return value, dbus.NewError("org.freedesktop.DBus.Error.UnknownProperty", nil)
			}
			return value, nil
		},
		"GetAll": func(string) (map[string]dbus.Variant, *dbus.Error) { return e.properties, nil },
		"Set": func(string, string, dbus.Variant) *dbus.Error {
			return dbus.NewError("org.freedesktop.DBus.Error.PropertyReadOnly", nil)
		},
	}, e.path, propertiesName)
}

// itemOf is the icon as trays ask for it.
func itemOf(d *Desk) exported {
	open := func(int32, int32) *dbus.Error {
		d.options.Opened()
		return nil
	}
	return exported{
		path: itemPath, name: itemInterface,
		methods: map[string]any{
			"Activate": open, "SecondaryActivate": open,
			// Trays that do not show the menu themselves ask for it so; there is none of our own.
			"ContextMenu": open,
			"Scroll":      func(int32, string) *dbus.Error { return nil },
		},
		properties: map[string]dbus.Variant{
			"Category":            dbus.MakeVariant("Communications"),
			"Id":                  dbus.MakeVariant(appID),
			"Title":               dbus.MakeVariant(appName),
			"Status":              dbus.MakeVariant("Active"),
			"WindowId":            dbus.MakeVariant(int32(0)),
			"IconName":            dbus.MakeVariant(appID),
			"IconThemePath":       dbus.MakeVariant(""),
			"IconPixmap":          dbus.MakeVariant(pixmaps(d.options.Icon)),
			"OverlayIconName":     dbus.MakeVariant(""),
			"OverlayIconPixmap":   dbus.MakeVariant([]pixmap{}),
			"AttentionIconName":   dbus.MakeVariant(""),
			"AttentionIconPixmap": dbus.MakeVariant([]pixmap{}),
			"AttentionMovieName":  dbus.MakeVariant(""),
			"ToolTip":             dbus.MakeVariant(toolTip{Pictures: []pixmap{}, Title: appName}),
			"ItemIsMenu":          dbus.MakeVariant(false),
			"Menu":                dbus.MakeVariant(menuPath),
		},
	}
}

// pixmaps makes a PNG what trays take; nothing of what is no such picture.
func pixmaps(file []byte) []pixmap {
	config, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width > largestIcon || config.Height > largestIcon {
		return []pixmap{}
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return []pixmap{}
	}
	data := make([]byte, 0, 4*config.Width*config.Height)
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r, g, b, a := picture.At(x, y).RGBA()
			data = append(data, byte(a>>8), byte(r>>8), byte(g>>8), byte(b>>8))
		}
	}
	return []pixmap{{Width: int32(config.Width), Height: int32(config.Height), Data: data}}
}
