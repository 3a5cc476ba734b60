package chat_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/chat"
)

// exif is the segment of a camera that held the film so.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	tiff := []byte("II\x2a\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00\x2a")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x0100, 7}, {0x0112, orientation}} { // the width stands before it
		tiff = order.AppendUint16(order.AppendUint16(tiff, entry[0]), 3)
		tiff = order.AppendUint16(order.AppendUint32(tiff, 1), entry[1])
		tiff = append(tiff, 0, 0)
	}
	content := append([]byte("Exif\x00\x00"), tiff...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(content)+2)), content...)
}

// TestPicturesStandUpright looks where the red and the blue corner of the film
// come to stand, for each way to hold a camera.
func TestPicturesStandUpright(t *testing.T) {
	t.Parallel()
	film := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for y := range 200 {
		for x := range 200 {
			shade := color.RGBA{R: 255, G: 255, B: 255, A: 255}
			switch {
			case x < 100 && y < 100:
				shade = color.RGBA{R: 255, A: 255}
			case y < 100:
				shade = color.RGBA{B: 255, A: 255}
			}
			film.SetRGBA(x, y, shade)
		}
	}
	plain := encoded(t, func(to *bytes.Buffer) error { return jpeg.Encode(to, film, nil) })
	const left, right, top, bottom = 20, 107, 20, 107
	corners := map[uint16][2]image.Point{ // of the red and of the blue one
		0: {{left, top}, {right, top}}, // no such orientation
		1: {{left, top}, {right, top}},
		2: {{right, top}, {left, top}},
		3: {{right, bottom}, {left, bottom}},
		4: {{left, bottom}, {right, bottom}},
		5: {{left, top}, {left, bottom}},
		6: {{right, top}, {right, bottom}},
		7: {{right, bottom}, {right, top}},
		8: {{left, bottom}, {left, top}},
		9: {{left, top}, {right, top}}, // no such orientation
	}
	for orientation, want := range corners {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			segment := exif(order, orientation)
			made, err := chat.MakePicture(slices.Concat(plain[:2], segment, plain[2:]))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(made, []byte("Exif")) {
				t.Errorf("%d: what the camera said is sent", orientation)
			}
			picture, err := jpeg.Decode(bytes.NewReader(made))
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range []string{"red", "blue"} {
				r, g, b, _ := picture.At(want[i].X, want[i].Y).RGBA()
				if g > 0x4000 || (i == 0) != (r > 0xc000 && b < 0x4000) || (i == 1) != (b > 0xc000 && r < 0x4000) {
					t.Errorf("%d, %v: %s is not at %v: %x %x %x", orientation, order, name, want[i], r, g, b)
				}
			}
			// What is broken off anywhere is no reason to fail, or to turn it.
			for end := 10; end < len(segment)-4; end += 3 {
				short := slices.Clone(segment[:end])
				binary.BigEndian.PutUint16(short[2:], uint16(end-2))
				if _, err := chat.MakePicture(slices.Concat(plain[:2], short, plain[2:])); err != nil {
					t.Errorf("%d, the first %d bytes: %v", orientation, end, err)
				}
			}
		}
	}
}
