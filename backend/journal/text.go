package journal

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrText is wrapped by what is wrong with a text.
var ErrText = errors.New("journal: not a text message")

// Message is what the body of a text message says.
type Message struct {
	Text  string        // valid UTF-8 without NUL, 1 to [wire.MaxText] bytes
	Reply Hash          // the message that is answered, an earlier one of the conversation; zero for none
	Timer time.Duration // how long it stays once it was read: whole seconds up to [MaxTimer]; 0 for good
}

// TextBody returns the body of a text message that answers none. Error: [ErrText].
func TextBody(text string) ([]byte, error) {
	return MessageBody(Message{Text: text})
}

// MessageBody returns the body of a text message. Error: [ErrText].
func MessageBody(message Message) ([]byte, error) {
	if err := checkText(message.Text); err != nil {
		return nil, err
	}
	if err := checkTimer(message.Timer); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrText, err)
	}
	content := &wire.TextBody{Text: message.Text, Timer: uint32(message.Timer / time.Second)}
	if !message.Reply.IsZero() {
		content.Reply = message.Reply[:]
	}
	body, err := wire.Encode(content)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrText, err)
	}
	return body, nil
}

// Text returns the text of an entry. Error: [ErrText], when it is another
// kind, erased, or not a text that may be sent.
func (e Entry) Text() (string, error) {
	message, err := e.Message()
	return message.Text, err
}

// Message returns what a text message says. Errors are those of [Entry.Text].
func (e Entry) Message() (Message, error) {
	if e.Kind != wire.EntryKind_ENTRY_KIND_TEXT {
		return Message{}, fmt.Errorf("%w: another kind", ErrText)
	}
	return DecodeMessage(e.Body)
}

// DecodeText reads the text out of the body of a text message.
func DecodeText(body []byte) (string, error) {
	message, err := DecodeMessage(body)
	return message.Text, err
}

// DecodeMessage reads the body of a text message. Fields of newer versions are
// left alone. Error: [ErrText].
func DecodeMessage(body []byte) (Message, error) {
	decoded := &wire.TextBody{}
	if err := decodeBody(body, maxTextBody, decoded); err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrText, err)
	}
	if err := checkText(decoded.GetText()); err != nil {
		return Message{}, err
	}
	message := Message{Text: decoded.GetText(), Timer: time.Duration(decoded.GetTimer()) * time.Second}
	if err := checkTimer(message.Timer); err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrText, err)
	}
	if reply := decoded.GetReply(); len(reply) > 0 {
		target, err := readTarget(reply)
		if err != nil {
			return Message{}, fmt.Errorf("%w: reply: %w", ErrText, err)
		}
		message.Reply = target
	}
	return message, nil
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
