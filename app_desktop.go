//go:build !bindings

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/desktop"
	"github.com/tincan-chat/tincan/backend/notify"
)

// windowSizes are those of a new window, and the smallest.
var windowSizes = desktop.Sizes{Width: 1120, Height: 760, LeastWidth: 720, LeastHeight: 560}

// placeName is the file in the data folder that keeps where the window was.
const placeName = "window.json"

// title is that of the window while nothing waits.
const title = "Tincan"

var _ app.Outside = (*window)(nil)

// atDesktop says where the window belongs; nothing is connected yet. data is
// what was given for the folder.
func (w *window) atDesktop(data, folder string) {
	w.keeping, w.folder = filepath.Join(folder, placeName), folder
	w.desk = desktop.New(desktop.Options{
		Clicked: w.clicked, Opened: w.show, Quit: w.quit, NoTray: w.trayGone, Dark: preferDark, Icon: icon, Logger: w.logger,
	})
	program, err := os.Executable()
	if image := os.Getenv("APPIMAGE"); image != "" {
		program, err = image, nil // the program inside is gone when it ends
	}
	if err != nil {
		return
	}
	command := []string{program}
	if data != "" {
		command = append(command, "--data", folder)
	}
	w.login = loginFor(xdg.ConfigHome, command)
}

// Notify implements app.Outside.
func (w *window) Notify(effects []notify.Effect) { w.desk.Notify(effects) }

// Unread implements app.Outside: the window's title has the number, too.
func (w *window) Unread(count int, badge bool) {
	w.mutex.Lock()
	wails := w.context
	w.mutex.Unlock()
	if wails != nil {
		shown := title
		if count > 0 {
			shown = fmt.Sprintf("(%d) %s", count, title)
		}
		runtime.WindowSetTitle(wails, shown)
	}
	if !badge {
		count = 0
	}
	w.desk.Count(count)
}

// Chosen implements app.Outside.
func (w *window) Chosen(settings app.Settings) {
	w.mutex.Lock()
	w.tray = settings.Tray
	marked := w.marks
	w.marks = settings.Spelling
	w.mutex.Unlock()
	if settings.Theme == app.ThemeSystem {
		w.desk.Scheme()
	}
	switch {
	case settings.Spelling:
		checkSpelling(desktop.SpellingLanguages(settings.Language, os.Getenv))
	case marked:
		checkSpelling(nil)
	default: // what was never asked for costs nothing
	}
	w.desk.Tray(settings.Tray, notify.WordsOfTray(notify.IsChinese(settings.Language, os.Getenv)))
}

// Surrounding implements app.Outside.
func (w *window) Surrounding(ctx context.Context) app.DesktopState {
	state := w.desk.State(ctx)
	return app.DesktopState{
		Window: true, Notifications: state.Notifications, Tray: state.Tray,
		Login: w.login.Possible(), StartsAtLogin: w.login.On(),
	}
}

// StartAtLogin implements app.Outside.
func (w *window) StartAtLogin(on bool) error { return w.login.Set(on) }

// ShowFolder implements app.Outside.
func (w *window) ShowFolder(ctx context.Context) (string, error) {
	return w.folder, w.desk.ShowFolder(ctx, w.folder)
}

// clicked shows what a notification was about.
func (w *window) clicked(target notify.Target) {
	w.show()
	if w.app != nil {
		w.app.Clicked(target)
	}
}

// quit closes the window for good.
func (w *window) quit() {
	w.mutex.Lock()
	w.ending = true
	wails := w.context
	w.mutex.Unlock()
	if wails != nil {
		runtime.Quit(wails)
	}
}

// beforeClose keeps where the window is. It hides it instead of closing it if
// the person wants that, and there is a tray to bring it back from.
func (w *window) beforeClose(wails context.Context) (prevented bool) {
	w.keep(wails)
	w.mutex.Lock()
	hide := w.tray && !w.ending && w.desk.HasTray()
	w.hidden = hide
	w.ending = w.ending || !hide
	w.mutex.Unlock()
	if !hide {
		return false
	}
	runtime.Hide(wails)
	// It may have gone meanwhile, before anybody knew that the window is hidden.
	if !w.desk.HasTray() {
		w.trayGone()
	}
	return true
}

// trayGone shows the window if nothing else could bring it back.
func (w *window) trayGone() {
	w.mutex.Lock()
	lost := w.hidden && !w.ending
	w.mutex.Unlock()
	if lost {
		w.show()
	}
}

// place puts the window where it was, as far as the screens that there are allow.
func (w *window) place() {
	fitting := w.left.On(screens(), windowSizes)
	if fitting != w.left || fitting.Known {
		moveWindow(fitting, fitting.Width != w.left.Width || fitting.Height != w.left.Height)
	}
}

// keep keeps where the window is, and how large. While it fills the screen, what
// it goes back to is what it had before.
func (w *window) keep(wails context.Context) {
	if w.keeping == "" || runtime.WindowIsFullscreen(wails) {
		return
	}
	now := w.left
	now.Maximised = runtime.WindowIsMaximised(wails)
	if !now.Maximised {
		now.Rectangle, now.Known = whereWindow()
		if now.Width <= 0 {
			now.Rectangle = w.left.Rectangle
			now.Width, now.Height = runtime.WindowGetSize(wails)
		}
	}
	if err := now.Save(w.keeping); err != nil {
		w.logger.InfoContext(wails, "where the window is, is not kept", slog.Any("error", err))
	}
	w.left = now
}
