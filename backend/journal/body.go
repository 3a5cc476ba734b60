package journal

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrBody is wrapped by what is wrong with the body of a kind other than text.
var ErrBody = errors.New("journal: the body is not one of its kind")

// Sizes of bodies in bytes, with room for fields of newer versions.
const (
	maxTextBody    = wire.MaxText + 1<<10
	maxProfileBody = MaxPicture + 2<<10
	maxSmallBody   = 2 << 10
)

// decodeBody reads a body. The fields that it knows must be in canonical form;
// behind them may stand fields with larger numbers, of newer versions, which
// are left alone: the commitment fixed the bytes already.
func decodeBody(body []byte, limit int, message proto.Message) error {
	if len(body) > limit {
		return fmt.Errorf("%w: %d bytes, the most is %d", wire.ErrTooLarge, len(body), limit)
	}
	if err := (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(body, message); err != nil {
		return wire.ErrMalformed
	}
	known, err := wire.Encode(message)
	if err != nil {
		return fmt.Errorf("%w: %w", wire.ErrMalformed, err)
	}
	newer, canonical := bytes.CutPrefix(body, known)
	if !canonical {
		return wire.ErrNotCanonical
	}
	largest := protowire.Number(message.ProtoReflect().Descriptor().Fields().Len())
	for len(newer) > 0 {
		number, _, length := protowire.ConsumeField(newer)
		if length < 0 {
			return wire.ErrMalformed
		}
		if number <= largest {
			return wire.ErrNotCanonical
		}
		newer = newer[length:]
	}
	return nil
}

// readBody is decodeBody for an entry that should be of a kind with a small body.
func (e Entry) readBody(kind wire.EntryKind, message proto.Message) error {
	if e.Kind != kind {
		return fmt.Errorf("%w: another kind", ErrBody)
	}
	if err := decodeBody(e.Body, maxSmallBody, message); err != nil {
		return fmt.Errorf("%w: %w", ErrBody, err)
	}
	return nil
}

// encodeBody writes a body whose fields were checked.
func encodeBody(message proto.Message) ([]byte, error) {
	body, err := wire.Encode(message)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBody, err)
	}
	return body, nil
}

// readTarget reads the hash of the entry that a body is about.
func readTarget(target []byte) (Hash, error) {
	if len(target) != len(Hash{}) {
		return Hash{}, fmt.Errorf("%w: target of %d bytes", ErrBody, len(target))
	}
	return Hash(target), checkTarget(Hash(target))
}

func checkTarget(target Hash) error {
	if target.IsZero() {
		return fmt.Errorf("%w: no target", ErrBody)
	}
	return nil
}

// checkLine refuses what is not least to most characters of valid UTF-8
// without NUL.
func checkLine(what, text string, least, most int) error {
	// The bytes first: what is far too long is not counted.
	switch {
	case len(text) > most*utf8.UTFMax || utf8.RuneCountInString(text) > most:
		return fmt.Errorf("%w: %s of more than %d characters", ErrBody, what, most)
	case len(text) < least:
		return fmt.Errorf("%w: no %s", ErrBody, what)
	case !utf8.ValidString(text):
		return fmt.Errorf("%w: %s is not valid UTF-8", ErrBody, what)
	case bytes.IndexByte([]byte(text), 0) >= 0:
		return fmt.Errorf("%w: %s holds a NUL", ErrBody, what)
	}
	return nil
}
