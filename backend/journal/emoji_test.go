package journal_test

import (
	"testing"

	"github.com/rivo/uniseg"

	"github.com/tincan-chat/tincan/backend/journal"
)

func TestIsEmoji(t *testing.T) {
	for _, emoji := range []string{
		"👍", "👍🏽", "❤", "❤️", "☝🏿", "🇪🇺", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👨‍👩‍👧‍👦", "🏳️‍🌈", "1️⃣", "#️⃣", "🧑🏻‍🚀", "©️", "🀄", "\U0001faff", "🅰️", "⭐", "👁️‍🗨️",
	} {
		if !journal.IsEmoji(emoji) {
			t.Errorf("%q is refused", emoji)
		}
		if count := uniseg.GraphemeClusterCount(emoji); count != 1 {
			t.Errorf("%q has %d grapheme clusters", emoji, count)
		}
	}
	for name, text := range map[string]string{
		"nothing":                 "",
		"a letter":                "a",
		"a digit":                 "1",
		"a letter with a keycap":  "a\ufe0f\u20e3",
		"a digit with a style":    "1\ufe0f",
		"a keycap of two digits":  "12\u20e3",
		"a keycap without mark":   "1\ufe0f\ufe0f",
		"two":                     "👍👍",
		"a space behind":          "👍 ",
		"one regional indicator":  "🇪",
		"three of them":           "🇪🇺🇪",
		"a skin tone alone":       "🏽",
		"two skin tones":          "👍🏽🏽",
		"a style alone":           "\ufe0f",
		"two styles":              "❤\ufe0f\ufe0f",
		"a joiner in front":       "\u200d👍",
		"a joiner behind":         "👍\u200d",
		"joined with a letter":    "👍\u200da",
		"tags without an end":     "🏴\U000e0067\U000e0062",
		"an end without tags":     "🏴\U000e007f",
		"the text style":          "❤\ufe0e",
		"a combining mark":        "👍\u0301",
		"not UTF-8":               "\xf0\x9f\x91",
		"a star without a colour": "★",
		"more than 40 bytes":      "👨‍👩‍👧‍👦‍👦‍👦‍👦",
		"a Chinese character":     "好",
		"a right-to-left mark":    "\u202e",
	} {
		if journal.IsEmoji(text) {
			t.Errorf("%s is accepted: %q", name, text)
		}
	}
}

func TestPlainEmoji(t *testing.T) {
	if journal.PlainEmoji("❤️") != "❤" || journal.PlainEmoji("🏳️‍🌈") != "🏳‍🌈" || journal.PlainEmoji("👍🏽") != "👍🏽" {
		t.Error("style marks are not all that goes")
	}
}
