package handle

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
)

// Length of a name, in characters.
const (
	MinName = 3
	MaxName = 32
)

// scripts that a name may be written in, beside Latin: those in common use
// (UAX #31, table 5).
var scripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Armenian, unicode.Bengali, unicode.Bopomofo, unicode.Cyrillic, unicode.Devanagari,
	unicode.Ethiopic, unicode.Georgian, unicode.Greek, unicode.Gujarati, unicode.Gurmukhi, unicode.Han, unicode.Hangul,
	unicode.Hebrew, unicode.Hiragana, unicode.Kannada, unicode.Katakana, unicode.Khmer, unicode.Lao, unicode.Malayalam,
	unicode.Myanmar, unicode.Oriya, unicode.Sinhala, unicode.Tamil, unicode.Telugu, unicode.Thaana, unicode.Thai, unicode.Tibetan,
}

// together are the scripts that one language writes together (UTS #39, "highly
// restrictive"). Latin letters may stand beside each of them.
var together = [][]*unicode.RangeTable{
	{unicode.Han, unicode.Hiragana, unicode.Katakana},
	{unicode.Han, unicode.Bopomofo},
	{unicode.Han, unicode.Hangul},
}

// GoodName says whether a text is the part of a handle before the @: 3 to 32
// characters, beginning and ending with a letter or digit, no two of . _ - in a
// row; a to z, 0 to 9, or letters of one other script in common use, in the form
// that RFC 8265 gives a user name (NFC, small letters, no wide or narrow forms,
// RFC 5893's rule for right-to-left text). Chinese, Japanese and Korean may
// stand beside Latin.
func GoodName(text string) bool {
	if length := utf8.RuneCountInString(text); length < MinName || length > MaxName || len(text) > 4*MaxName || !utf8.ValidString(text) {
		return false
	}
	if form, err := precis.UsernameCaseMapped.String(text); err != nil || form != text {
		return false
	}
	var used []*unicode.RangeTable
	latin, marks, before := false, 0, '.'
	for _, character := range text {
		separator := strings.ContainsRune("._-", character)
		if separator && strings.ContainsRune("._-", before) {
			return false
		}
		switch {
		case separator, character >= '0' && character <= '9':
		case character >= 'a' && character <= 'z':
			latin = true
		case !unicode.IsLetter(character) && !unicode.IsMark(character):
			return false
		default:
			script := scriptOf(character)
			if script == nil {
				return false
			}
			used = addScript(used, script)
		}
		// A pile of marks covers what stands beside it.
		if !unicode.IsMark(character) {
			marks = 0
		} else if marks++; marks > 2 {
			return false
		}
		before = character
	}
	return !strings.ContainsRune("._-", before) && goTogether(used, latin)
}

// scriptOf returns nil for what no script of the list writes. The long vowel
// mark of Japanese belongs to two.
func scriptOf(character rune) *unicode.RangeTable {
	switch character {
	case 'ー':
		return unicode.Katakana
	case '々', '〆':
		return unicode.Han
	}
	for _, script := range scripts {
		if unicode.Is(script, character) {
			return script
		}
	}
	return nil
}

func addScript(used []*unicode.RangeTable, script *unicode.RangeTable) []*unicode.RangeTable {
	if slices.Contains(used, script) {
		return used
	}
	return append(used, script)
}

func goTogether(used []*unicode.RangeTable, latin bool) bool {
	if len(used) == 0 || (len(used) == 1 && !latin) {
		return true
	}
	for _, family := range together {
		if !slices.ContainsFunc(used, func(script *unicode.RangeTable) bool { return !slices.Contains(family, script) }) {
			return true
		}
	}
	return false
}
