package invite

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// QR returns the dark modules of a link's QR code (ISO/IEC 18004, error
// correction L) as SVG path data on a grid of size modules, quiet zone not
// included: draw 4 empty modules around. Runs of a row are one rectangle.
func QR(link string) (path string, size int, err error) {
	code, err := qr.Encode(link, qr.L)
	if err != nil {
		return "", 0, fmt.Errorf("invite: QR code: %w", err)
	}
	var data strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&data, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
			}
		}
	}
	return data.String(), code.Size, nil
}
