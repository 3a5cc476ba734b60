package chat

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // people choose these, too
	"image/jpeg"
	_ "image/png" // and these

	"golang.org/x/image/draw"

	"github.com/tincan-chat/tincan/backend/journal"
)

// Measures of pictures, in pixels.
const (
	PictureSide  = 128     // of the square that is sent
	mostSide     = 8192    // of an image that becomes one
	mostPixels   = 1 << 25 // of it: 128 MiB in memory while it is made small
	theirSide    = 512     // of a picture that somebody else sent
	firstQuality = 85      // of the JPEG; lower if it would be too large
	lastQuality  = 25
)

// ErrPicture is wrapped by what is wrong with an image.
var ErrPicture = errors.New("chat: not an image that can be a picture")

// MakePicture makes the picture that is sent out of a JPEG, PNG or GIF file:
// the middle, turned as its camera says, as a square of [PictureSide] pixels, as
// a JPEG of at most [journal.MaxPicture] bytes that holds nothing else of the
// file (no place, no camera). Error: [ErrPicture].
func MakePicture(file []byte) ([]byte, error) {
	decoded, err := decodePicture(file, mostSide, mostPixels)
	if err != nil {
		return nil, err
	}
	bounds := decoded.Bounds()
	side := min(bounds.Dx(), bounds.Dy())
	from := image.Rect(0, 0, side, side).Add(bounds.Min).Add(image.Pt((bounds.Dx()-side)/2, (bounds.Dy()-side)/2))
	small := image.NewRGBA(image.Rect(0, 0, PictureSide, PictureSide))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Bounds(), decoded, from, draw.Over, nil)
	return encodePicture(turned(small, orientationOf(file)))
}

// TheirPicture decodes the picture of somebody else and encodes it again, so
// that what is shown was made here. Error: [ErrPicture].
func TheirPicture(data []byte) ([]byte, error) {
	if len(data) > journal.MaxPicture {
		return nil, fmt.Errorf("%w: %d bytes", ErrPicture, len(data))
	}
	decoded, err := decodePicture(data, theirSide, theirSide*theirSide)
	if err != nil {
		return nil, err
	}
	bounds := decoded.Bounds()
	copied := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	draw.Draw(copied, copied.Bounds(), decoded, bounds.Min, draw.Src)
	return encodePicture(copied)
}

// decodePicture looks at the measures before it decodes.
func decodePicture(data []byte, side, pixels int) (image.Image, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	case config.Width < 1 || config.Height < 1 || config.Width > side || config.Height > side || config.Width*config.Height > pixels:
		return nil, fmt.Errorf("%w: %d by %d pixels", ErrPicture, config.Width, config.Height)
	}
	decoded, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return decoded, nil
}

func encodePicture(picture image.Image) ([]byte, error) {
	for quality := firstQuality; quality >= lastQuality; quality -= 20 {
		var encoded bytes.Buffer
		if err := jpeg.Encode(&encoded, picture, &jpeg.Options{Quality: quality}); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPicture, err)
		}
		if encoded.Len() <= journal.MaxPicture {
			return encoded.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("%w: it does not become small", ErrPicture)
}
