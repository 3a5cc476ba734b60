package journal

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxEmoji is the most bytes of a reaction's emoji.
const MaxEmoji = 32

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

// pictographs are, below U+10000, what has the property Emoji in Unicode 14,
// but for digits, # and *; above it, what has Extended_Pictographic, places
// that are kept free included (emoji-data.txt). It never changes.
var pictographs = &unicode.RangeTable{
	LatinOffset: 2,
	R16: []unicode.Range16{
		{0x00a9, 0x00a9, 1}, {0x00ae, 0x00ae, 1}, {0x203c, 0x203c, 1}, {0x2049, 0x2049, 1}, {0x2122, 0x2122, 1},
		{0x2139, 0x2139, 1}, {0x2194, 0x2199, 1}, {0x21a9, 0x21aa, 1}, {0x231a, 0x231b, 1}, {0x2328, 0x2328, 1},
		{0x23cf, 0x23cf, 1}, {0x23e9, 0x23f3, 1}, {0x23f8, 0x23fa, 1}, {0x24c2, 0x24c2, 1}, {0x25aa, 0x25ab, 1},
		{0x25b6, 0x25b6, 1}, {0x25c0, 0x25c0, 1}, {0x25fb, 0x25fe, 1}, {0x2600, 0x2604, 1}, {0x260e, 0x260e, 1},
		{0x2611, 0x2611, 1}, {0x2614, 0x2615, 1}, {0x2618, 0x2618, 1}, {0x261d, 0x261d, 1}, {0x2620, 0x2620, 1},
		{0x2622, 0x2623, 1}, {0x2626, 0x2626, 1}, {0x262a, 0x262a, 1}, {0x262e, 0x262f, 1}, {0x2638, 0x263a, 1},
		{0x2640, 0x2640, 1}, {0x2642, 0x2642, 1}, {0x2648, 0x2653, 1}, {0x265f, 0x2660, 1}, {0x2663, 0x2663, 1},
		{0x2665, 0x2666, 1}, {0x2668, 0x2668, 1}, {0x267b, 0x267b, 1}, {0x267e, 0x267f, 1}, {0x2692, 0x2697, 1},
		{0x2699, 0x2699, 1}, {0x269b, 0x269c, 1}, {0x26a0, 0x26a1, 1}, {0x26a7, 0x26a7, 1}, {0x26aa, 0x26ab, 1},
		{0x26b0, 0x26b1, 1}, {0x26bd, 0x26be, 1}, {0x26c4, 0x26c5, 1}, {0x26c8, 0x26c8, 1}, {0x26ce, 0x26cf, 1},
		{0x26d1, 0x26d1, 1}, {0x26d3, 0x26d4, 1}, {0x26e9, 0x26ea, 1}, {0x26f0, 0x26f5, 1}, {0x26f7, 0x26fa, 1},
		{0x26fd, 0x26fd, 1}, {0x2702, 0x2702, 1}, {0x2705, 0x2705, 1}, {0x2708, 0x270d, 1}, {0x270f, 0x270f, 1},
		{0x2712, 0x2712, 1}, {0x2714, 0x2714, 1}, {0x2716, 0x2716, 1}, {0x271d, 0x271d, 1}, {0x2721, 0x2721, 1},
		{0x2728, 0x2728, 1}, {0x2733, 0x2734, 1}, {0x2744, 0x2744, 1}, {0x2747, 0x2747, 1}, {0x274c, 0x274c, 1},
		{0x274e, 0x274e, 1}, {0x2753, 0x2755, 1}, {0x2757, 0x2757, 1}, {0x2763, 0x2764, 1}, {0x2795, 0x2797, 1},
		{0x27a1, 0x27a1, 1}, {0x27b0, 0x27b0, 1}, {0x27bf, 0x27bf, 1}, {0x2934, 0x2935, 1}, {0x2b05, 0x2b07, 1},
		{0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b50, 1}, {0x2b55, 0x2b55, 1}, {0x3030, 0x3030, 1}, {0x303d, 0x303d, 1},
		{0x3297, 0x3297, 1}, {0x3299, 0x3299, 1},
	},
	R32: []unicode.Range32{
		{0x1f000, 0x1f0ff, 1}, {0x1f10d, 0x1f10f, 1}, {0x1f12f, 0x1f12f, 1}, {0x1f16c, 0x1f171, 1}, {0x1f17e, 0x1f17f, 1},
		{0x1f18e, 0x1f18e, 1}, {0x1f191, 0x1f19a, 1}, {0x1f1ad, 0x1f1e5, 1}, {0x1f201, 0x1f20f, 1}, {0x1f21a, 0x1f21a, 1},
		{0x1f22f, 0x1f22f, 1}, {0x1f232, 0x1f23a, 1}, {0x1f23c, 0x1f23f, 1}, {0x1f249, 0x1f3fa, 1}, {0x1f400, 0x1f53d, 1},
		{0x1f546, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f774, 0x1f77f, 1}, {0x1f7d5, 0x1f7ff, 1}, {0x1f80c, 0x1f80f, 1},
		{0x1f848, 0x1f84f, 1}, {0x1f85a, 0x1f85f, 1}, {0x1f888, 0x1f88f, 1}, {0x1f8ae, 0x1f8ff, 1}, {0x1f90c, 0x1f93a, 1},
		{0x1f93c, 0x1f945, 1}, {0x1f947, 0x1faff, 1}, {0x1fc00, 0x1fffd, 1},
	},
}
