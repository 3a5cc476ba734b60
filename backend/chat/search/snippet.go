package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// How much of a text is shown, in bytes before and after the beginning of the
// first place: some 30 Chinese characters or 90 letters before.
const (
	showBefore = 90
	showAfter  = 300
	// A grapheme that is longer than this is cut.
	mostGrapheme = 64
)

// Range is a stretch of a snippet in UTF-16 code units, the end excluded.
type Range struct{ Start, End int }

// Snippet is the part of a text that shows why it was found: one line, with "…"
// where the text goes on. Ranges are in order, do not touch, and begin and end
// between graphemes.
type Snippet struct {
	Text   string
	Ranges []Range
}

// Show returns the snippet of a text; false when the text lacks a term.
func (q Query) Show(text string) (Snippet, bool) {
	found := q.match(Fold(text))
	if found == nil {
		return Snippet{}, false
	}
	slices.SortFunc(found, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	return cut(text, found), true
}

// cut shows the surroundings of the first of sorted places.
func cut(text string, found []span) Snippet {
	first := found[0].start
	from := runeStart(text, first-showBefore-mostGrapheme)
	to := runeStart(text, first+showAfter+mostGrapheme)
	var shown strings.Builder
	var snippet Snippet
	units := 0
	put := func(part string) {
		shown.WriteString(part)
		for _, r := range part {
			units++
			if r > 0xffff {
				units++
			}
		}
	}
	state := -1
	open := false // the last range ends where the next grapheme begins
	for at, rest := from, text[from:to]; len(rest) > 0; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		here := span{at, at + len(cluster)}
		at = here.end
		switch {
		case here.end <= first && from > 0 && here.start < first-showBefore:
			continue
		case here.start > first && here.start >= first+showAfter:
			put("…")
			snippet.Text = shown.String()
			return snippet
		}
		if units == 0 && here.start > 0 {
			put("…")
		}
		start := units
		put(oneLine(cluster))
		for len(found) > 0 && found[0].end <= here.start {
			found = found[1:]
		}
		marked := len(found) > 0 && found[0].start < here.end
		switch {
		case marked && open:
			snippet.Ranges[len(snippet.Ranges)-1].End = units
		case marked:
			snippet.Ranges = append(snippet.Ranges, Range{Start: start, End: units})
		}
		open = marked
	}
	if to < len(text) {
		put("…")
	}
	snippet.Text = shown.String()
	return snippet
}

// runeStart returns the start of the rune at a place, which is brought into the text.
func runeStart(text string, at int) int {
	at = min(max(at, 0), len(text))
	for at < len(text) && at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// oneLine shows what breaks a line as a space.
func oneLine(cluster string) string {
	switch cluster {
	case "\n", "\r", "\r\n", "\t", "\v", "\f", "\u0085", "\u2028", "\u2029":
		return " "
	}
	return cluster
}
