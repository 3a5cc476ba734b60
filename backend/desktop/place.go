package desktop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	// maxPlace is the most bytes of a kept place.
	maxPlace = 4 << 10
	// farthest is the most that a number of a place may be, in points.
	farthest = 1 << 15
	// grip is how much of a window's top has to be on a screen to be caught, in points.
	grip = 64
)

// Rectangle is a part of the desktop, in points.
type Rectangle struct {
	X      int `json:"x"`
	Y      int `json:"y"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Place is how a window was left.
type Place struct {
	Rectangle

	Known     bool `json:"known"` // X and Y say something: not every desktop tells
	Maximised bool `json:"maximised"`
}

// Sizes of a window, in points.
type Sizes struct{ Width, Height, LeastWidth, LeastHeight int }

// ReadPlace reads how the window was left, or returns one in the usual size.
func ReadPlace(path string, sizes Sizes) Place {
	place := Place{Rectangle: Rectangle{Width: sizes.Width, Height: sizes.Height}}
	file, err := os.Open(path)
	if err != nil {
		return place
	}
	defer func() { _ = file.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(file, maxPlace))
	kept := Place{}
	if err != nil || json.Unmarshal(data, &kept) != nil || !kept.possible() {
		return place
	}
	kept.Width, kept.Height = max(kept.Width, sizes.LeastWidth), max(kept.Height, sizes.LeastHeight)
	return kept
}

func (p Place) possible() bool {
	for _, one := range []int{p.X, p.Y, -p.X, -p.Y, p.Width, p.Height} {
		if one > farthest {
			return false
		}
	}
	return p.Width > 0 && p.Height > 0
}

// Save keeps it.
func (p Place) Save(path string) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return replace(path, data)
}

// On returns the place as it fits on what there is of screens: no larger than one
// of them, and so that it can be seen and moved. Without screens it is not known
// where it belongs.
func (p Place) On(screens []Rectangle, sizes Sizes) Place {
	if len(screens) == 0 {
		p.Known = false
		return p
	}
	best, most := screens[0], -1
	for _, screen := range screens {
		if common := p.common(screen); common > most {
			best, most = screen, common
		}
	}
	p.Width = max(min(p.Width, best.Width), min(sizes.LeastWidth, best.Width))
	p.Height = max(min(p.Height, best.Height), min(sizes.LeastHeight, best.Height))
	if !p.Known {
		return p
	}
	if most <= 0 || !p.catchable(best) {
		p.X = min(max(p.X, best.X), best.X+best.Width-p.Width)
		p.Y = min(max(p.Y, best.Y), best.Y+best.Height-p.Height)
	}
	return p
}

// common is how many square points of the place are on a screen.
func (p Place) common(screen Rectangle) int {
	width := min(p.X+p.Width, screen.X+screen.Width) - max(p.X, screen.X)
	height := min(p.Y+p.Height, screen.Y+screen.Height) - max(p.Y, screen.Y)
	if width <= 0 || height <= 0 {
		return 0
	}
	return width * height
}

// catchable tells whether the top of a window can be caught with the pointer.
func (p Place) catchable(screen Rectangle) bool {
	return p.Y >= screen.Y && p.Y <= screen.Y+screen.Height-grip && p.X+p.Width >= screen.X+grip && p.X <= screen.X+screen.Width-grip
}

// replace writes a file as a whole, readable by this user alone.
func replace(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("desktop: %w", err)
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		if gone := os.Remove(file.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return fmt.Errorf("desktop: %w", err)
	}
	return nil
}
