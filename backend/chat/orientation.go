package chat

import (
	"bytes"
	"encoding/binary"
	"image"
)

// upright is the orientation of an image that is as it is to be seen.
const upright = 1

// orientationOf reads how a JPEG of a camera is to be turned (Exif, tag 274):
// 1 to 8, upright where nothing says otherwise or what says so is broken.
func orientationOf(file []byte) int {
	if !bytes.HasPrefix(file, []byte{0xff, 0xd8}) {
		return upright
	}
	// Segments until the image begins: ff, kind, two bytes of length with themselves.
	for rest := file[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != 0xda; {
		length := int(binary.BigEndian.Uint16(rest[2:]))
		if length < 2 || len(rest) < 2+length {
			return upright
		}
		if tiff, found := bytes.CutPrefix(rest[4:2+length], []byte("Exif\x00\x00")); found && rest[1] == 0xe1 {
			return orientationIn(tiff)
		}
		rest = rest[2+length:]
	}
	return upright
}

// orientationIn reads the first directory of a TIFF: entries of twelve bytes.
func orientationIn(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(tiff, []byte("MM\x00\x2a")):
		order = binary.BigEndian
	case !bytes.HasPrefix(tiff, []byte("II\x2a\x00")):
		return upright
	}
	if len(tiff) < 8 {
		return upright
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return upright
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return upright
		}
		if order.Uint16(entries) == 0x0112 {
			if found := int(order.Uint16(entries[8:])); found >= upright && found <= 8 {
				return found
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}

// turned returns a square image as it is to be seen.
func turned(square *image.RGBA, orientation int) *image.RGBA {
	if orientation == upright {
		return square
	}
	result := image.NewRGBA(square.Bounds())
	last := square.Bounds().Dx() - 1
	for y := range last + 1 {
		for x := range last + 1 {
			fromX, fromY := x, y
			if orientation >= 5 {
				fromX, fromY = y, x
			}
			switch orientation {
			case 2, 7, 3, 8:
				fromX = last - fromX
			}
			switch orientation {
			case 4, 3, 6, 7:
				fromY = last - fromY
			}
			result.SetRGBA(x, y, square.RGBAAt(fromX, fromY))
		}
	}
	return result
}
