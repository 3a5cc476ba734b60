//go:build !bindings && (!linux || !cgo || !desktop)

package main

import "github.com/tincan-chat/tincan/backend/desktop"

// screens are not asked for on this system: it keeps windows where they can be seen.
func screens() []desktop.Rectangle { return nil }

// moveWindow does nothing: the size alone is kept.
func moveWindow(desktop.Place, bool) {}

// whereWindow says that nothing but the size is known.
func whereWindow() (desktop.Rectangle, bool) { return desktop.Rectangle{}, false }
