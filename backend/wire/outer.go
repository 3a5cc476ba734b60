package wire

import (
	"encoding/binary"
	"errors"
	"time"
)

// Sizes of a sealed envelope's outside, in bytes. Its layout stands in the doc
// of package envelope; it is here because a mailbox reads it without being
// able to read more.
const (
	OuterHeaderSize   = 75
	EncapsulationSize = 1120 // of MLKEM768-X25519
	SealOverhead      = 16   // of ChaCha20-Poly1305
	SmallestPadded    = 512
	LargestPadded     = 64 << 10
	OuterVersion      = 1
	OuterSuite        = 1

	maxTime = 1 << 53 // Unix milliseconds that every language's numbers hold exactly
)

// Errors of an outer header.
var (
	ErrNotEnvelope  = errors.New("wire: not a sealed envelope")
	ErrOuterVersion = errors.New("wire: a sealed envelope of another version")
)

var outerMagic = [4]byte{'T', 'C', 'E', 'N'}

// OuterHeader is what stands outside of a sealed envelope.
type OuterHeader struct {
	Kind    EnvelopeKind
	Tag     [16]byte
	KeyID   [16]byte
	Expires time.Time // milliseconds count
}

// Encode returns the header of an envelope whose ciphertext has so many bytes.
func (h OuterHeader) Encode(ciphertext int) []byte {
	header := make([]byte, OuterHeaderSize)
	copy(header, outerMagic[:])
	header[4], header[5], header[6] = OuterVersion, OuterSuite, byte(h.Kind)
	copy(header[7:], h.Tag[:])
	copy(header[23:], h.KeyID[:])
	binary.BigEndian.PutUint64(header[39:], uint64(max(h.Expires.UnixMilli(), 0)))
	binary.BigEndian.PutUint32(header[47:], uint32(ciphertext))
	return header
}

// ParseOuter reads the outer header of a sealed envelope; it proves nothing.
// Errors: ErrNotEnvelope, ErrOuterVersion.
func ParseOuter(sealed []byte) (OuterHeader, error) {
	if len(sealed) < OuterHeaderSize+EncapsulationSize+SmallestPadded+SealOverhead || len(sealed) > MaxEnvelope || [4]byte(sealed[:4]) != outerMagic {
		return OuterHeader{}, ErrNotEnvelope
	}
	if sealed[4] != OuterVersion || sealed[5] != OuterSuite {
		return OuterHeader{}, ErrOuterVersion
	}
	for _, reserved := range sealed[51:OuterHeaderSize] {
		if reserved != 0 {
			return OuterHeader{}, ErrNotEnvelope
		}
	}
	length := int(binary.BigEndian.Uint32(sealed[47:]))
	expires := binary.BigEndian.Uint64(sealed[39:])
	if length != len(sealed)-OuterHeaderSize-EncapsulationSize || PaddedSize(length-SealOverhead) != length-SealOverhead || expires > maxTime {
		return OuterHeader{}, ErrNotEnvelope
	}
	return OuterHeader{
		Kind:    EnvelopeKind(sealed[6]),
		Tag:     [16]byte(sealed[7:23]),
		KeyID:   [16]byte(sealed[23:39]),
		Expires: time.UnixMilli(int64(expires)),
	}, nil
}

// PaddedSize returns what a plaintext of so many bytes takes once padded, 0 when it is too large.
func PaddedSize(size int) int {
	for padded := SmallestPadded; padded <= LargestPadded; padded *= 2 {
		if size <= padded {
			return padded
		}
	}
	return 0
}
