package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Version says how texts are folded. An index made with another one does not
// fit: it must be made again.
const Version = "1/" + unicode.Version + "/" + norm.Version

// mostWord is how many runes of a word count.
const mostWord = 64

// Piece is a stretch of a folded text.
type Piece struct {
	Run   bool // of characters without spaces between words; otherwise a word
	Runes []rune
	spans []span // where each rune comes from, in the text
}

// span is a stretch of a text in bytes.
type span struct{ start, end int }

// runScripts are found by any part: they are written without spaces between
// words, or (Korean) with endings on them.
var runScripts = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Yi,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// pointed are the scripts whose marks are diacritics, not letters of their own.
var pointed = []*unicode.RangeTable{unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic}

// class is what a rune does to the piece it stands in.
type class int

const (
	separates class = iota
	joins           // is left out and separates nothing
	continues       // belongs to the piece before it
	inWord
	inRun
)

func classify(r rune) class {
	switch {
	case r < 0x80:
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
			return inWord
		case r == '\'':
			return joins
		}
		return separates
	case 0x4e00 <= r && r <= 0x9fff, r == 'ー':
		return inRun
	case r == '’', r == 'ʼ':
		return joins
	case unicode.Is(unicode.M, r):
		if unicode.In(r, pointed...) {
			return joins
		}
		return continues
	case unicode.In(r, unicode.Cf, unicode.Sk):
		return joins
	case unicode.Is(unicode.So, r), unicode.In(r, runScripts...) && unicode.In(r, unicode.L, unicode.N):
		return inRun
	case unicode.In(r, unicode.L, unicode.N):
		return inWord
	}
	return separates
}

// folder collects pieces.
type folder struct {
	pieces []Piece
	open   bool // the last piece may go on
}

// Fold returns the pieces of a text, which is valid UTF-8.
func Fold(text string) []Piece {
	var f folder
	for at := 0; at < len(text); {
		if text[at] < utf8.RuneSelf && (at+1 == len(text) || text[at+1] < utf8.RuneSelf) {
			f.add(rune(text[at]), span{at, at + 1}) // no mark follows
			at++
			continue
		}
		if size := plain(text[at:]); size > 0 {
			r, _ := utf8.DecodeRuneInString(text[at:])
			f.add(r, span{at, at + size})
			at += size
			continue
		}
		size := norm.NFKC.NextBoundaryInString(text[at:], true)
		if size <= 0 {
			_, size = utf8.DecodeRuneInString(text[at:])
		}
		for _, r := range norm.NFKC.String(text[at : at+size]) {
			f.add(r, span{at, at + size})
		}
		at += size
	}
	return f.pieces
}

// plain returns the length of a common Chinese character that is followed by
// another, by ASCII or by nothing: it is its own normal form, and nothing
// combines with it. 0 for all else.
func plain(text string) int {
	han := func(lead byte) bool { return lead >= 0xe5 && lead <= 0xe8 } // U+5000 to U+8FFF
	if len(text) < 3 || !han(text[0]) || len(text) > 3 && text[3] >= utf8.RuneSelf && !han(text[3]) {
		return 0
	}
	return 3
}

func (f *folder) add(r rune, where span) {
	kind := classify(r)
	switch kind {
	case separates:
		f.open = false
		return
	case joins:
		return
	case continues:
		if f.open {
			f.append(r, where)
		}
		return
	case inWord, inRun:
	}
	run := kind == inRun
	if !f.open || f.pieces[len(f.pieces)-1].Run != run {
		f.pieces = append(f.pieces, Piece{Run: run})
		f.open = true
	}
	if run || r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		f.append(r, where)
		return
	}
	parts := norm.NFD.PropertiesString(string(r)).Decomposition()
	if parts == nil {
		f.append(unicode.ToLower(unicode.ToUpper(r)), where)
		return
	}
	for _, part := range string(parts) {
		if !unicode.Is(unicode.M, part) {
			f.append(unicode.ToLower(unicode.ToUpper(part)), where)
		}
	}
}

// append adds a folded rune to the last piece.
func (f *folder) append(r rune, where span) {
	last := &f.pieces[len(f.pieces)-1]
	if !last.Run && len(last.Runes) == mostWord {
		return
	}
	last.Runes = append(last.Runes, r)
	last.spans = append(last.spans, where)
}
