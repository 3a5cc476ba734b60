package journal

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxEmoji is the most bytes of a reaction's emoji.
const MaxEmoji = 40

var errEmoji = fmt.Errorf("%w: not one emoji of at most %d bytes", ErrBody, MaxEmoji)

// Code points that join and mark emoji.
const (
	zeroWidthJoiner = 0x200d
	keycapMark      = 0x20e3
	emojiStyle      = 0xfe0f // variation selector 16
	firstRegional   = 0x1f1e6
	lastRegional    = 0x1f1ff
	firstModifier   = 0x1f3fb // skin tones
	lastModifier    = 0x1f3ff
	firstTag        = 0xe0020
	lastTag         = 0xe007e
	endTag          = 0xe007f
)

// IsEmoji tells whether a text is exactly one emoji of at most [MaxEmoji]
// bytes: the grammar of Unicode Technical Standard 51, section 1.4.9, whose
// words are single grapheme clusters, with the digits, # and * only in keycaps.
//
// Every device has to answer the same, whatever version of Unicode it was made
// with. So what counts as a pictograph is part of the protocol (pictographs),
// and it holds the places that Unicode keeps for emoji to come.
func IsEmoji(text string) bool {
	if text == "" || len(text) > MaxEmoji || !utf8.ValidString(text) {
		return false
	}
	points := []rune(text)
	if len(points) == 2 && isRegional(points[0]) && isRegional(points[1]) {
		return true
	}
	if len(points) == 3 && strings.ContainsRune("0123456789#*", points[0]) {
		return points[1] == emojiStyle && points[2] == keycapMark
	}
	for {
		rest, good := cutElement(points)
		switch {
		case !good:
			return false
		case len(rest) == 0:
			return true
		case rest[0] != zeroWidthJoiner:
			return false
		}
		points = rest[1:]
	}
}

// cutElement takes one pictograph with its skin tone, style or tags away.
func cutElement(points []rune) (rest []rune, good bool) {
	if len(points) == 0 || !unicode.Is(pictographs, points[0]) {
		return nil, false
	}
	rest = points[1:]
	switch {
	case len(rest) == 0:
	case rest[0] == emojiStyle, rest[0] >= firstModifier && rest[0] <= lastModifier:
		rest = rest[1:]
	case rest[0] >= firstTag && rest[0] <= lastTag:
		for len(rest) > 0 && rest[0] >= firstTag && rest[0] <= lastTag {
			rest = rest[1:]
		}
		if len(rest) == 0 || rest[0] != endTag {
			return nil, false
		}
		rest = rest[1:]
	}
	return rest, true
}

func isRegional(point rune) bool { return point >= firstRegional && point <= lastRegional }

// PlainEmoji returns an emoji without its style marks (U+FE0F). Two that are
// the same without them are the same reaction: keyboards differ in where they
// put them.
func PlainEmoji(emoji string) string {
	return strings.ReplaceAll(emoji, string(rune(emojiStyle)), "")
}
