package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord is how many characters of a word count.
const maxWord = 32

// unspaced are written without spaces between words: they are found by every
// character and every two in a row.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// found is a word as it stands in a text. A piece of an unspaced script is
// found as it is, not by prefix and not with a typo.
type found struct {
	word  string
	piece bool
}

// plain brings a text to the form in which it is compared: no wide or narrow
// forms, small letters, no accents on Latin, Greek and Cyrillic letters.
func plain(value string) string {
	folded := strings.Builder{}
	for _, character := range norm.NFKD.String(strings.ToLower(value)) {
		if character < 0x300 || character > 0x36f { // the accents of European scripts
			folded.WriteRune(unicode.ToLower(character))
		}
	}
	return norm.NFC.String(folded.String())
}

// words calls each with the words of a text. whole leaves single characters of
// longer runs of an unspaced script out: what is asked for is found by its
// pairs, what is looked through has both.
func words(value string, whole bool, each func(found)) {
	var word, run []rune
	flush := func() {
		if len(word) > 0 {
			each(found{word: string(word[:min(len(word), maxWord)])})
			word = word[:0]
		}
		pieces(run, whole, each)
		run = run[:0]
	}
	for _, character := range plain(value) {
		switch {
		case unicode.In(character, unspaced...) || (character == 'ー' && len(run) > 0):
			if len(word) > 0 {
				flush()
			}
			run = append(run, character)
		case unicode.IsLetter(character), unicode.IsNumber(character), unicode.IsMark(character) && len(word) > 0:
			if len(run) > 0 {
				flush()
			}
			word = append(word, character)
		case unicode.IsMark(character) && len(run) > 0:
			run = append(run, character)
		default:
			flush()
		}
	}
	flush()
}

func pieces(run []rune, whole bool, each func(found)) {
	for i := range run {
		if !whole || len(run) == 1 {
			each(found{word: string(run[i]), piece: true})
		}
		if i > 0 {
			each(found{word: string(run[i-1 : i+1]), piece: true})
		}
	}
}

// letters is a set of a word's characters, with collisions.
func letters(word string) (set uint64) {
	for _, character := range word {
		set |= 1 << (uint32(character) % 64)
	}
	return set
}

// typos is how many mistakes a word may have.
func typos(word string) int {
	switch length := utf8.RuneCountInString(word); {
	case length < 4:
		return 0
	case length < 8:
		return 1
	}
	return 2
}

// near returns how many mistakes (a character too many, missing, another one, or
// two exchanged) lie between what was asked and the nearest beginning of a
// word, and whether they are at most so many.
func near(asked, word []rune, most int) (int, bool) {
	if len(asked) > maxWord || len(word)+most < len(asked) {
		return 0, false
	}
	// One row for each of the asked characters; a column for each of the word's.
	var rows [3][maxWord + maxWord/4 + 1]uint8
	columns := min(len(word), len(asked)+most, len(rows[0])-1)
	before, last, row := &rows[0], &rows[1], &rows[2]
	for column := range columns + 1 {
		last[column] = uint8(column)
	}
	for i, character := range asked {
		row[0] = uint8(i + 1)
		least := row[0]
		for column := 1; column <= columns; column++ {
			cost := uint8(1)
			if word[column-1] == character {
				cost = 0
			}
			value := min(last[column]+1, row[column-1]+1, last[column-1]+cost)
			if i > 0 && column > 1 && character == word[column-2] && asked[i-1] == word[column-1] {
				value = min(value, before[column-2]+1)
			}
			row[column] = value
			least = min(least, value)
		}
		if int(least) > most {
			return 0, false
		}
		before, last, row = last, row, before
	}
	nearest := last[0]
	for column := 1; column <= columns; column++ {
		nearest = min(nearest, last[column])
	}
	return int(nearest), int(nearest) <= most
}
