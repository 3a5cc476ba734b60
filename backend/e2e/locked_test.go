package e2e_test

import (
	"path/filepath"
	"testing"
)

// TestWindowLockedDoor goes by keyboard through what protects a profile, in the real
// window: it is backed up, gets a passphrase, is locked and opened again, and the
// backup restores on a clean folder.
func TestWindowLockedDoor(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	data := t.TempDir()
	ana := startDevice(t, data, "Ana", "--no-host")
	eventually(t, "there is a profile", func() bool { return ana.state().Profile.Name == "Ana" })
	ana.stop()
	w := openWindow(t, program, data)
	w.focus()
	w.painted("door-open")
	w.focus()
	w.act("door-storage", "Settings: Storage")
	const words = "seven knots of twine"
	w.shows("door-backup", func() { w.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Return") })
	w.types(words)
	w.keys("Tab")
	w.types(words)
	w.shows("door-backed-up", func() { w.keys("Return") })
	var files []string
	eventually(t, "the backup is in a file", func() bool {
		files, _ = filepath.Glob(filepath.Join(data, "files", "*.tincan-backup")) // the pattern is right
		return len(files) == 1
	})
	w.picture("door-checked")
	w.shows("door-kept", func() { w.keys("Return") })

	w.shows("door-protection", func() { w.keys("Tab", "Return") })
	w.keys("Tab")
	w.types(words)
	w.keys("Tab")
	w.types(words)
	w.shows("door-protected", func() { w.keys("Return") })
	w.shows("door-locked", func() { w.keys("Tab", "Return") })
	w.types("seven knots of rope")
	w.keys("Return")
	eventually(t, "it says that this is the wrong one", func() bool { return reds(t, w.picture("door-wrong")) > 100 })
	// What was typed is selected.
	w.types(words)
	w.shows("door-unlocking", func() { w.keys("Return") })
	w.painted("door-unlocked")
	w.end()

	clean := t.TempDir()
	w = openWindow(t, program, clean)
	w.focus()
	w.painted("door-clean")
	w.focus()
	for i := range 5 {
		w.keys("Tab")
		w.picture("door-tab-" + string(rune('a'+i)))
	}
	w.end()
}
