package e2e_test

import (
	"image/png"
	"os"
	"testing"
)

// marked counts the points of a picture that are as red as a wavy line under a word.
func marked(t *testing.T, path string) (points int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if red, green, blue, _ := picture.At(x, y).RGBA(); red > 0xcccc && green < 0x9999 && blue < 0x9999 {
				points++
			}
		}
	}
	return points
}

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
	if points := marked(t, w.picture("spelling-off")); points > 0 {
		t.Errorf("%d points are marked although nobody wanted it", points)
	}
	w.end()

	p.ana = startDevice(t, p.anaDir, "Ana", "--no-host", "--server", server.address)
	settings.Spelling = true
	p.ana.call(nil, "SaveSettings", settings)
	p.ana.stop()
	w = writes("spelling-on")
	eventually(t, "words are marked", func() bool { return marked(t, w.picture("spelling-on")) > 30 })
	w.end()
}
