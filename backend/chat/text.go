package chat

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/wire"
)

// Colors is how many enamel colours there are; colours count from 1.
const Colors = 8

// CheckText refuses what cannot be a message.
func CheckText(text string) error {
	return checkText(text, wire.MaxText, "text-long", "This message is too long")
}

// CheckRequestText refuses what cannot be the text of a request.
func CheckRequestText(text string) error {
	return checkText(text, wire.MaxRequestText, "request-long", "This first message is too long")
}

func checkText(text string, limit int, code, sentence string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return &Refusal{Code: "text-empty", Message: "There is nothing to send. Write something first."}
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return &Refusal{Code: "text-invalid", Message: "This text holds characters that cannot be sent. Remove them, then try again."}
	case len(text) > limit:
		return &Refusal{
			Code:    code,
			Message: sentence + ": " + strconv.Itoa(len(text)) + " bytes, the most is " + strconv.Itoa(limit) + ". Send it in parts.",
			Params:  map[string]string{"size": strconv.Itoa(len(text)), "limit": strconv.Itoa(limit)},
		}
	}
	return nil
}

// CheckName trims a display name and refuses what cannot be one.
func CheckName(name string) (string, error) {
	name = CleanName(name)
	switch {
	case name == "":
		return "", &Refusal{Code: "name-empty", Message: "A name is needed so that people know who writes. Type one."}
	case utf8.RuneCountInString(name) > wire.MaxName:
		return "", &Refusal{
			Code:    "name-long",
			Message: "This name is longer than " + strconv.Itoa(wire.MaxName) + " characters. Choose a shorter one.",
			Params:  map[string]string{"limit": strconv.Itoa(wire.MaxName)},
		}
	}
	return name, nil
}

// CheckColor refuses a colour that does not exist.
func CheckColor(color int) error {
	if color < 1 || color > Colors {
		return &Refusal{Code: "color", Message: "This colour does not exist. Choose one of the eight."}
	}
	return nil
}

// CleanName makes somebody else's name safe to show on one line: what cannot be
// seen goes, so that two names that look the same are the same in this respect
// and none looks empty; white space folds. The characters that join emoji and
// letters stay, between others. It may return "".
func CleanName(name string) string {
	var clean strings.Builder
	var between rune // what is written only if something follows: a space or a joiner
	for _, r := range strings.ToValidUTF8(name, "") {
		switch {
		case unicode.IsSpace(r):
			between = ' '
		case r == zeroWidthJoiner || r == zeroWidthNonJoiner:
			if between == 0 {
				between = r
			}
		case unicode.In(r, unicode.Cc, unicode.Cf) || strings.ContainsRune(blanks, r):
		default:
			if between != 0 && clean.Len() > 0 {
				clean.WriteRune(between)
			}
			between = 0
			clean.WriteRune(r)
		}
	}
	return clean.String()
}

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	// blanks are letters and symbols without a shape: fillers of Hangul, Khmer
	// vowels that are not written, and empty Braille.
	blanks = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
)

// TheirName is CleanName cut to the limit, with a fallback for an empty one.
func TheirName(name, fallback string) string {
	runes := []rune(CleanName(name))
	if len(runes) > wire.MaxName {
		runes = runes[:wire.MaxName]
	}
	if len(runes) == 0 {
		return fallback
	}
	return string(runes)
}

// TheirColor is somebody else's colour, or a fixed one when it does not exist.
func TheirColor(color uint32) int {
	if color < 1 || color > Colors {
		return Colors
	}
	return int(color)
}
