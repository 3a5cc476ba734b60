//go:build !bindings

package main

import (
	"os/exec"
	"runtime"
	"slices"
)

// browserThere tells whether there is something to open a link with. Wails
// does not say when it found nothing; these are what it looks for.
func browserThere() bool {
	if runtime.GOOS != "linux" {
		return true
	}
	return slices.ContainsFunc([]string{"xdg-open", "x-www-browser", "www-browser"}, func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	})
}

// onMac tells whether the menu bar is part of the screen, and has the keys of the clipboard.
func onMac() bool { return runtime.GOOS == "darwin" }
