package desktop

import (
	"os"
	"path/filepath"
	"testing"
)

var (
	usual  = Sizes{Width: 1120, Height: 760, LeastWidth: 720, LeastHeight: 560}
	laptop = Rectangle{Width: 1440, Height: 900}
	beside = Rectangle{X: 1440, Y: -100, Width: 1920, Height: 1080}
)

func at(x, y, width, height int) Place {
	return Place{Rectangle: Rectangle{X: x, Y: y, Width: width, Height: height}, Known: true}
}

func TestPlaceOnTheScreen(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		name    string
		place   Place
		screens []Rectangle
		want    Place
	}{
		{"as it was", at(100, 50, 1120, 760), []Rectangle{laptop}, at(100, 50, 1120, 760)},
		{"on the other screen", at(1600, 0, 1120, 760), []Rectangle{laptop, beside}, at(1600, 0, 1120, 760)},
		{"the other screen is gone", at(1600, 0, 1120, 760), []Rectangle{laptop}, at(320, 0, 1120, 760)},
		{"half outside, as it was left", at(-500, 50, 1120, 760), []Rectangle{laptop}, at(-500, 50, 1120, 760)},
		{"too far to the left", at(-1100, 50, 1120, 760), []Rectangle{laptop}, at(0, 50, 1120, 760)},
		{"its title above the screen", at(100, -300, 1120, 760), []Rectangle{laptop}, at(100, 0, 1120, 760)},
		{"its title below", at(100, 890, 1120, 760), []Rectangle{laptop}, at(100, 140, 1120, 760)},
		{"larger than the screen", at(0, 0, 3000, 2000), []Rectangle{laptop}, at(0, 0, 1440, 900)},
		{"a screen smaller than the least", at(0, 0, 800, 600), []Rectangle{{Width: 640, Height: 480}}, at(0, 0, 640, 480)},
		{"nothing is known of screens", at(9, 9, 800, 600), nil, Place{Rectangle: Rectangle{X: 9, Y: 9, Width: 800, Height: 600}}},
		{"it is not known where it was", Place{Rectangle: Rectangle{Width: 3000, Height: 600}}, []Rectangle{laptop}, Place{Rectangle: Rectangle{Width: 1440, Height: 600}}},
	} {
		if got := one.place.On(one.screens, usual); got != one.want {
			t.Errorf("%s: %+v, want %+v", one.name, got, one.want)
		}
	}
}

func TestPlaceIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "window.json")
	if got := ReadPlace(path, usual); got != (Place{Rectangle: Rectangle{Width: 1120, Height: 760}}) {
		t.Errorf("at first: %+v", got)
	}
	place := at(-7, 12, 900, 640)
	place.Maximised = true
	for range 2 {
		if err := place.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	if got := ReadPlace(path, usual); got != place {
		t.Errorf("%+v, want %+v", got, place)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := place.Save(filepath.Join(path, "nowhere")); err == nil {
		t.Error("it is kept nowhere")
	}
}

func FuzzPlace(f *testing.F) {
	for _, one := range []string{"", "{", `{"x":1,"y":2,"width":900,"height":700,"known":true}`, `{"width":-1}`, `{"width":1e300,"height":5}`, `{"x":99999999,"width":900,"height":700}`} {
		f.Add(one, 1440, 900)
	}
	f.Fuzz(func(t *testing.T, text string, width, height int) {
		path := filepath.Join(t.TempDir(), "window.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		screen := Rectangle{Width: 1 + abs(width)%8192, Height: 1 + abs(height)%8192}
		got := ReadPlace(path, usual).On([]Rectangle{screen}, usual)
		if got.Width <= 0 || got.Height <= 0 || got.Width > screen.Width || got.Height > screen.Height {
			t.Errorf("%q on %+v: %+v", text, screen, got)
		}
		if got.Known && got.common(screen) == 0 {
			t.Errorf("%q on %+v: %+v is outside", text, screen, got)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}
