//go:build !linux && !bindings

package main

import "github.com/tincan-chat/tincan/backend/desktop"

// loginFor is not known on this system.
func loginFor(_ string, command []string) desktop.Login { return desktop.Login{Command: command} }
