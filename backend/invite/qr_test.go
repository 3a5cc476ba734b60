package invite

import (
	"fmt"
	"strings"
	"testing"

	"rsc.io/qr/coding"
)

// drawn returns the modules of SVG path data: a decoder of its own, which knows
// only "M x y h w v1 h-w z".
func drawn(t *testing.T, path string, size int) [][]bool {
	t.Helper()
	grid := make([][]bool, size)
	for y := range grid {
		grid[y] = make([]bool, size)
	}
	for run := range strings.SplitAfterSeq(path, "z") {
		if run == "" {
			continue
		}
		var x, y, width, back int
		if n, err := fmt.Sscanf(run, "M%d %dh%dv1h-%dz", &x, &y, &width, &back); n != 4 || err != nil || width != back || width < 1 || x+width > size {
			t.Fatalf("%q: %v", run, err)
		}
		for i := range width {
			if grid[y][x+i] {
				t.Fatalf("%q is drawn twice", run)
			}
			grid[y][x+i] = true
		}
	}
	return grid
}

// read decodes byte-mode QR modules without correcting errors: there are none.
func read(t *testing.T, grid [][]bool) string {
	t.Helper()
	version := coding.Version((len(grid) - 17) / 4)
	// Format information, bits 14 to 10, beside the first finder: error
	// correction level (2) and mask (3), under the mask 10101 (ISO/IEC 18004, 7.9).
	format := 0
	for x := range 5 {
		format <<= 1
		if grid[8][x] {
			format |= 1
		}
	}
	format ^= 0b10101
	if level := format >> 3; level != 0b01 {
		t.Fatalf("error correction %02b is not L", level)
	}
	plan, err := coding.NewPlan(version, coding.L, coding.Mask(format&7))
	if err != nil {
		t.Fatal(err)
	}
	bits := make([]byte, plan.DataBytes+plan.CheckBytes)
	for y, row := range plan.Pixel {
		for x, pixel := range row {
			switch role := pixel.Role(); role {
			case coding.Data, coding.Check:
				dark := grid[y][x] != (pixel&coding.Invert != 0)
				if at := pixel.Offset(); dark {
					bits[at/8] |= 0x80 >> (at % 8)
				}
			case coding.Position, coding.Alignment, coding.Timing:
				if grid[y][x] != (pixel&coding.Black != 0) {
					t.Fatalf("the pattern at %d, %d is wrong", x, y)
				}
			default:
			}
		}
	}
	if mode := bits[0] >> 4; mode != 0b0100 {
		t.Fatalf("mode %04b is not bytes", mode)
	}
	at, length := 12, int(bits[0]&15)<<4|int(bits[1]>>4)
	if version >= 10 {
		at, length = 20, length<<8|int(bits[1]&15)<<4|int(bits[2]>>4)
	}
	text := make([]byte, length)
	for i := range text {
		text[i] = bits[at/8+i]<<4 | bits[at/8+i+1]>>4
	}
	return string(text)
}

func TestQRDecodesBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"tincan:invite/1#a", link(t), link(t) + strings.Repeat("b", 2000)} {
		path, size, err := QR(text)
		if err != nil {
			t.Fatal(err)
		}
		if size < 21 || size > 177 || (size-17)%4 != 0 {
			t.Fatalf("%d modules are no QR code", size)
		}
		grid := drawn(t, path, size)
		for _, corner := range [][2]int{{0, 0}, {size - 7, 0}, {0, size - 7}} {
			for i := range 7 {
				if !grid[corner[1]][corner[0]+i] || !grid[corner[1]+6][corner[0]+i] || !grid[corner[1]+3][corner[0]+3] {
					t.Errorf("there is no finder at %v", corner)
				}
			}
		}
		if got := read(t, grid); got != text {
			t.Errorf("it reads %q, want %q", got, text)
		}
	}
}

func TestQRTooLong(t *testing.T) {
	t.Parallel()
	if _, _, err := QR(strings.Repeat("a", 2954)); err == nil {
		t.Error("more than a QR code holds")
	}
}

func BenchmarkQR(b *testing.B) {
	text := link(b)
	for b.Loop() {
		if _, _, err := QR(text); err != nil {
			b.Fatal(err)
		}
	}
}
