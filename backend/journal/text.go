package journal

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrText is wrapped by what is wrong with a text.
var ErrText = errors.New("journal: not a text message")

// maxTextBody leaves room for fields of newer versions beside the text.
const maxTextBody = wire.MaxText + 1<<10

// TextBody returns the body of a text message: valid UTF-8 without NUL, 1 to
// [wire.MaxText] bytes.
func TextBody(text string) ([]byte, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	body, err := wire.Encode(&wire.TextBody{Text: text})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrText, err)
	}
	return body, nil
}

// Text returns the text of an entry. Error: [ErrText], when it is another
// kind, erased, or not a text that may be sent.
func (e Entry) Text() (string, error) {
	if e.Kind != wire.EntryKind_ENTRY_KIND_TEXT {
		return "", fmt.Errorf("%w: another kind", ErrText)
	}
	return DecodeText(e.Body)
}

// DecodeText reads the body of a text message. Fields that it does not know
// are left alone: the commitment already fixed the bytes.
func DecodeText(body []byte) (string, error) {
	decoded := &wire.TextBody{}
	if err := wire.Decode(body, maxTextBody, decoded); err != nil {
		return "", fmt.Errorf("%w: %w", ErrText, err)
	}
	if err := checkText(decoded.GetText()); err != nil {
		return "", err
	}
	return decoded.GetText(), nil
}

func checkText(text string) error {
	switch {
	case text == "":
		return fmt.Errorf("%w: empty", ErrText)
	case len(text) > wire.MaxText:
		return fmt.Errorf("%w: %d bytes, the most is %d", ErrText, len(text), wire.MaxText)
	case !utf8.ValidString(text):
		return fmt.Errorf("%w: not valid UTF-8", ErrText)
	case strings.IndexByte(text, 0) >= 0:
		return fmt.Errorf("%w: it holds a NUL", ErrText)
	}
	return nil
}
