package e2e_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/desktop/desktoptest"
)

// allOfIt is how many points of the window change at least when all of it is another
// view, or when a dialog and the shade around it come or go.
const allOfIt = 200_000

// TestWindowLockedDoor goes by keyboard through what protects a profile, in the real
// window: its folder is shown, it is backed up, gets a passphrase, is locked and opened again, and the
// backup restores on a clean folder.
func TestWindowLockedDoor(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	data := t.TempDir()
	ana := startDevice(t, data, "Ana", "--no-host")
	eventually(t, "there is a profile", func() bool { return ana.state().Profile.Name == "Ana" })
	ana.stop()
	bus, _ := desktoptest.StartBus(t)
	manager := desktoptest.StartManager(t, bus)
	w := openWindowAt(t, bus, program, data)
	w.focus()
	w.painted("door-open")
	w.focus()
	w.act("door-storage", "Settings: Storage")

	w.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Return")
	eventually(t, "the folder is shown", func() bool { return slices.Equal(manager.Shown(), []string{"file://" + data}) })

	const words = "seven knots of twine"
	twice := func() {
		w.types(words)
		w.keys("Tab")
		w.types(words)
		w.keys("Return")
	}
	w.shows("door-backup", func() { w.keys("Tab", "Return") })
	twice()
	eventually(t, "it says that the backup was checked", func() bool { return points(t, w.picture("door-backed-up"), isWell) > 5000 })
	files, err := filepath.Glob(filepath.Join(data, "files", "*.tincan-backup"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the backup: %v, %v", files, err)
	}
	w.changes("door-kept", allOfIt, func() { w.keys("Return") })

	w.changes("door-protection", allOfIt, func() { w.keys("Tab", "Tab", "Tab", "Return") }) // past automatic backups and restoring
	w.keys("Tab")                                                                           // from where the key is kept, which is a passphrase already
	w.changes("door-protected", allOfIt, twice)
	w.changes("door-locked", allOfIt, func() { w.keys("Tab", "Return") })
	w.types("seven knots of rope")
	w.keys("Return")
	eventually(t, "it says that this is the wrong one", func() bool { return points(t, w.picture("door-wrong"), isRed) > 100 })
	w.changes("door-unlocked", allOfIt, func() {
		w.types(words) // what was typed before is selected
		w.keys("Return")
	})
	w.end()

	clean := t.TempDir()
	w = openWindow(t, program, clean)
	w.focus()
	w.painted("door-clean")
	w.focus()
	w.keys("Tab", "Tab", "Tab") // past name, colour and "Create my line"
	w.shows("door-restore", func() { w.keys("Return") })
	w.shows("door-chooser", func() { w.keys("Return") })
	tool(t, "xdotool", "windowfocus", "--sync", tool(t, "xdotool", "search", "--sync", "--onlyvisible", "--pid", strconv.Itoa(w.command.Process.Pid), "--name", "Select File"))
	w.shows("door-chooser", func() { w.keys("slash") }) // it makes a field for a path
	w.types(strings.TrimPrefix(files[0], "/"))
	w.shows("door-chosen", func() { w.keys("Return") })
	w.focus()
	w.changes("door-restored", allOfIt, func() {
		w.types(words)
		w.keys("Return")
	})
	eventually(t, "everything is back", func() bool { return profileName(clean) == "Ana" })
	w.end()
}
