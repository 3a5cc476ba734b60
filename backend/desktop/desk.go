package desktop

import (
	"log/slog"

	"github.com/tincan-chat/tincan/backend/notify"
)

// Options of a Desk. Functions are called on goroutines of the desk, may be nil,
// and must not call Close.
type Options struct {
	Address string              // of the session's bus, "" to look for it
	Clicked func(notify.Target) // a notification was
	Opened  func()              // the tray was clicked, or "Open" in its menu
	Quit    func()              // in the menu of the tray
	NoTray  func()              // the tray that there was is gone
	Dark    func(bool)          // whether the person wants it dark: see Scheme
	Icon    []byte              // PNG, for trays that have no icon of that name; nil for none
	Logger  *slog.Logger
}

// State is what a desktop can do.
type State struct {
	Notifications bool
	Tray          bool // something shows icons; not whether ours is shown
}

func (o Options) filled() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clicked == nil {
		o.Clicked = func(notify.Target) {}
	}
	if o.Dark == nil {
		o.Dark = func(bool) {}
	}
	for _, one := range []*func(){&o.Opened, &o.Quit, &o.NoTray} {
		if *one == nil {
			*one = func() {}
		}
	}
	return o
}
