//go:build !bindings

package main

import "github.com/tincan-chat/tincan/backend/desktop"

// loginFor is how a command is started with the session.
func loginFor(folder string, command []string) desktop.Login {
	return desktop.Login{Folder: folder, Command: command}
}
