package desktop

import (
	"context"
	"net/url"

	"github.com/godbus/dbus/v5"
)

// What file managers answer to: the File Manager D-Bus Interface of
// freedesktop.org.
const (
	managerName      = "org.freedesktop.FileManager1"
	managerPath      = dbus.ObjectPath("/org/freedesktop/FileManager1")
	managerInterface = "org.freedesktop.FileManager1"
)

// ShowFolder has a file manager show a folder, and waits until it says that it does.
func (d *Desk) ShowFolder(ctx context.Context, folder string) error {
	answer := make(chan error, 1)
	if !d.do(func() { answer <- d.showFolder(folder) }) { //nolint:contextcheck // it has the time that the desk gives it
		return context.Canceled
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-d.context.Done():
		return context.Canceled
	}
}

func (d *Desk) showFolder(folder string) error {
	if err := d.connect(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(d.context, answerTime)
	defer cancel()
	address := url.URL{Scheme: "file", Path: folder}
	return d.connection.Object(managerName, managerPath).CallWithContext(ctx, managerInterface+".ShowFolders", 0, []string{address.String()}, "").Err
}
