package e2e_test

import "testing"

// TestWindowMarksWords: words that no dictionary knows are marked in the real window
// when that is wanted, and not before.
func TestWindowMarksWords(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	settings := p.ana.state().Settings
	p.ana.stop()
	writes := func(name string) *window {
		t.Helper()
		w := openWindow(t, program, p.anaDir)
		w.focus()
		w.painted(name)
		w.focus()
		w.shows(name, func() { w.keys("ctrl+k") })
		w.shows(name, func() { w.types("Ben") })
		w.shows(name, func() { w.keys("Return") })
		w.shows(name, func() { w.types("This is wrogn and qwxzy is no word either ") })
		return w
	}
	w := writes("spelling-off")
	if count := points(t, w.picture("spelling-off"), isRed); count > 0 {
		t.Errorf("%d points are marked although nobody wanted it", count)
	}
	w.end()

	p.ana = startDevice(t, p.anaDir, "Ana", "--no-host", "--server", server.address)
	settings.Spelling = true
	p.ana.call(nil, "SaveSettings", settings)
	p.ana.stop()
	w = writes("spelling-on")
	eventually(t, "words are marked", func() bool { return points(t, w.picture("spelling-on"), isRed) > 30 })
	w.end()
}
