package app

import (
	"context"

	"github.com/tincan-chat/tincan/backend/notify"
)

// Outside is a Desktop that also shows what happens outside of the window. Its
// methods return at once, but those that return an error.
type Outside interface {
	Desktop
	// Notify shows notifications and takes them away, in order.
	Notify([]notify.Effect)
	// Unread says how many messages and requests wait; badge: the person wants to
	// see it on the app's icon.
	Unread(count int, badge bool)
	// Chosen says what the person chose, after the first paint and whenever it changes.
	Chosen(Settings)
	// Surrounding says what this desktop can do.
	Surrounding(ctx context.Context) DesktopState
	// StartAtLogin begins with the person's session from now on, or not.
	StartAtLogin(on bool) error
	// ShowFolder has the system show the data folder, and returns its path in any case.
	ShowFolder(ctx context.Context) (path string, err error)
}

// DesktopState is what the desktop around the window can do; nothing where there
// is no window.
type DesktopState struct {
	Window        bool `json:"window"`        // there is one, and not only a browser
	Notifications bool `json:"notifications"` // something shows them
	Tray          bool `json:"tray"`          // there is one
	Login         bool `json:"login"`         // Tincan can be started with the session
	StartsAtLogin bool `json:"startsAtLogin"` // and it is
}

// NotifyAbout is what a person is told outside of the window.
type NotifyAbout string

// The choices.
const (
	NotifyEverything NotifyAbout = "everything"
	NotifyNothing    NotifyAbout = "nothing"
)

// NotifyShow is how much a notification says.
type NotifyShow string

// The ways.
const (
	NotifyText    NotifyShow = "text" // who, and what
	NotifyName    NotifyShow = "name" // who
	NotifyNeither NotifyShow = "neither"
)

// Notifications are the choices about what is told outside of the window.
type Notifications struct {
	About NotifyAbout `json:"about"`
	Show  NotifyShow  `json:"show"`
	Sound bool        `json:"sound"`
	Count bool        `json:"count"` // how much waits, on the app's icon
	Quiet bool        `json:"quiet"` // nothing is told from QuietFrom to QuietTo
	// In minutes after midnight here, 0 to 1439; after QuietTo: over midnight.
	QuietFrom int `json:"quietFrom"`
	QuietTo   int `json:"quietTo"`
}
