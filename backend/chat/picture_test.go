package chat_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/journal"
)

// noise is an image that hardly becomes smaller.
func noise(width, height int) image.Image {
	random := rand.New(rand.NewPCG(1, 2))
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range picture.Pix {
		picture.Pix[i] = byte(random.Uint32())
	}
	return picture
}

func encoded(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := encode(&file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestPicturesBecomeSmall(t *testing.T) {
	wide := image.NewRGBA(image.Rect(0, 0, 300, 100))
	for x := range 300 {
		for y := range 100 {
			shade := color.RGBA{R: 255, A: 255}
			if x >= 100 && x < 200 {
				shade = color.RGBA{B: 255, A: 255}
			}
			wide.Set(x, y, shade)
		}
	}
	for name, file := range map[string][]byte{
		"a wide PNG":  encoded(t, func(to *bytes.Buffer) error { return png.Encode(to, wide) }),
		"a wide JPEG": encoded(t, func(to *bytes.Buffer) error { return jpeg.Encode(to, wide, nil) }),
		"a wide GIF":  encoded(t, func(to *bytes.Buffer) error { return gif.Encode(to, wide, nil) }),
		"noise":       encoded(t, func(to *bytes.Buffer) error { return png.Encode(to, noise(500, 400)) }),
		"a dot":       encoded(t, func(to *bytes.Buffer) error { return png.Encode(to, noise(1, 1)) }),
	} {
		made, err := chat.MakePicture(file)
		if err != nil || len(made) > journal.MaxPicture {
			t.Errorf("%s: %d bytes, %v", name, len(made), err)
			continue
		}
		picture, err := jpeg.Decode(bytes.NewReader(made))
		if err != nil || picture.Bounds() != image.Rect(0, 0, chat.PictureSide, chat.PictureSide) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if red, _, blue, _ := picture.At(5, 64).RGBA(); name[:2] == "a " && name != "a dot" && (blue < 0xc000 || red > 0x4000) {
			t.Errorf("%s is not cut to its middle: red %x, blue %x", name, red, blue)
		}
		if again, err := chat.TheirPicture(made); err != nil || len(again) > journal.MaxPicture {
			t.Errorf("%s as somebody else's: %v", name, err)
		}
	}
}

func TestNoPictures(t *testing.T) {
	large := encoded(t, func(to *bytes.Buffer) error { return png.Encode(to, image.NewGray(image.Rect(0, 0, 9000, 2))) })
	bomb := encoded(t, func(to *bytes.Buffer) error { return png.Encode(to, image.NewGray(image.Rect(0, 0, 8000, 5000))) })
	for name, file := range map[string][]byte{
		"nothing": nil, "words": []byte("not an image"), "a script": []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"9,000 pixels wide": large, "40 million pixels": bomb, "half a file": large[:40],
	} {
		if _, err := chat.MakePicture(file); !errors.Is(err, chat.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string][]byte{
		"too many bytes":  make([]byte, journal.MaxPicture+1),
		"too many pixels": encoded(t, func(to *bytes.Buffer) error { return png.Encode(to, image.NewGray(image.Rect(0, 0, 600, 600))) }),
	} {
		if _, err := chat.TheirPicture(file); !errors.Is(err, chat.ErrPicture) {
			t.Errorf("%s of somebody else: %v", name, err)
		}
	}
}

func FuzzTheirPicture(f *testing.F) {
	f.Add(encoded(f, func(to *bytes.Buffer) error { return jpeg.Encode(to, noise(8, 8), nil) }))
	f.Add(encoded(f, func(to *bytes.Buffer) error { return png.Encode(to, noise(4, 4)) }))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		picture, err := chat.TheirPicture(data)
		if err != nil {
			return
		}
		if config, err := jpeg.DecodeConfig(bytes.NewReader(picture)); err != nil || config.Width > 512 || config.Height > 512 {
			t.Fatalf("%d by %d, %v", config.Width, config.Height, err)
		}
	})
}
