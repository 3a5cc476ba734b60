package wire

import (
	"bytes"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"
)

// Errors of Decode and DecodeCanonical.
var (
	ErrTooLarge     = errors.New("wire: larger than the protocol allows")
	ErrMalformed    = errors.New("wire: cannot be decoded")
	ErrNotCanonical = errors.New("wire: not in canonical form")
)

// Decode parses outside bytes of at most limit bytes into message.
func Decode(data []byte, limit int, message proto.Message) error {
	if len(data) > limit {
		return fmt.Errorf("%w: %d bytes, the most is %d", ErrTooLarge, len(data), limit)
	}
	if err := proto.Unmarshal(data, message); err != nil {
		return ErrMalformed
	}
	return nil
}

// DecodeCanonical is Decode for bytes that are signed or hashed: it refuses
// every form but the one that Encode writes, unknown fields included, so that
// no two byte strings mean the same.
func DecodeCanonical(data []byte, limit int, message proto.Message) error {
	if len(data) > limit {
		return fmt.Errorf("%w: %d bytes, the most is %d", ErrTooLarge, len(data), limit)
	}
	// Unknown fields are dropped at every depth, so that they show as a difference.
	if err := (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(data, message); err != nil {
		return ErrMalformed
	}
	again, err := Encode(message)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if !bytes.Equal(data, again) {
		return ErrNotCanonical
	}
	return nil
}

// Encode serialises deterministically.
func Encode(message proto.Message) ([]byte, error) {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("wire: encoding: %w", err)
	}
	return data, nil
}
