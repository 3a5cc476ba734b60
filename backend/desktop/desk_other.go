//go:build !linux

package desktop

import (
	"context"
	"errors"

	"github.com/tincan-chat/tincan/backend/notify"
)

// Desk shows nothing on this system.
type Desk struct{}

// New makes a desk.
func New(Options) *Desk { return &Desk{} }

// Close ends it.
func (*Desk) Close() {}

// Notify shows nothing.
func (*Desk) Notify([]notify.Effect) {}

// Count shows nothing.
func (*Desk) Count(int) {}

// Tray shows nothing.
func (*Desk) Tray(bool, notify.TrayWords) {}

// Scheme follows nothing: this system tells the page itself.
func (*Desk) Scheme() {}

// HasTray says that there is none.
func (*Desk) HasTray() bool { return false }

// ShowFolder refuses.
func (*Desk) ShowFolder(context.Context, string) error {
	return errors.New("desktop: folders are not shown on this system")
}

// State says that there is nothing.
func (*Desk) State(context.Context) State { return State{} }

// Login is not known on this system.
type Login struct{ Command []string }

// Possible says that it is not.
func (Login) Possible() bool { return false }

// On says that it is not.
func (Login) On() bool { return false }

// Set refuses.
func (Login) Set(bool) error {
	return errors.New("desktop: the start at login is not known on this system")
}
