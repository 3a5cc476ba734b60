package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/tincan-chat/tincan/backend/wire"
)

// MaxSize is the size of a file in bytes that is written and read at most.
const MaxSize = 16 << 20

// Extension is how the names of bundle files end.
const Extension = ".tincan"

const (
	first      = "tincan-bundle/1\n"
	anyVersion = "tincan-bundle/"
	lengthSize = 4
	smallest   = 1                // what else an envelope must be is not known here
	largest    = wire.MaxEnvelope // bytes of one envelope
)

// The errors of Read.
var (
	ErrNotBundle = errors.New("bundle: this is no bundle")
	ErrVersion   = errors.New("bundle: of another version")
	ErrDamaged   = errors.New("bundle: cut off or damaged")
	ErrTooLarge  = errors.New("bundle: larger than a bundle may be")
)

// Writer makes a bundle in memory.
type Writer struct{ data []byte }

// Add appends an envelope. It returns false, and adds nothing, when the bundle
// would be larger than MaxSize.
func (w *Writer) Add(envelope []byte) bool {
	if len(w.data) == 0 {
		w.data = append(w.data, first...)
	}
	if len(w.data)+lengthSize+len(envelope) > MaxSize {
		return false
	}
	w.data = binary.BigEndian.AppendUint32(w.data, uint32(len(envelope)))
	w.data = append(w.data, envelope...)
	return true
}

// Bytes returns the file so far; nil when nothing was added.
func (w *Writer) Bytes() []byte { return w.data }

// Read returns the envelopes of a bundle, which alias data. What can be read
// before a damage comes with ErrDamaged.
func Read(data []byte) ([][]byte, error) {
	switch {
	case len(data) > MaxSize:
		return nil, ErrTooLarge
	case !bytes.HasPrefix(data, []byte(anyVersion)):
		return nil, ErrNotBundle
	case !bytes.HasPrefix(data, []byte(first)):
		return nil, ErrVersion
	}
	var envelopes [][]byte
	for rest := data[len(first):]; len(rest) > 0; {
		if len(rest) < lengthSize {
			return envelopes, ErrDamaged
		}
		length := binary.BigEndian.Uint32(rest)
		rest = rest[lengthSize:]
		if length < smallest || length > largest || int(length) > len(rest) {
			return envelopes, ErrDamaged
		}
		envelopes = append(envelopes, rest[:length:length])
		rest = rest[length:]
	}
	return envelopes, nil
}
