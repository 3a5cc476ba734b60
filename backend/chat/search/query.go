package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a query. What is beyond them is not looked for.
const (
	MaxQuery = 1024 // bytes
	MaxTerms = 16
)

// Query is what somebody looks for. The zero value finds nothing.
type Query struct{ Terms []Term }

// Term is found where its pieces follow one another.
type Term struct {
	Pieces []Piece
	// Prefix tells that the last piece, a word of two letters or more, may go on.
	Prefix bool
}

// quotes begin and end a phrase.
const quotes = "\"“”„＂"

// Parse reads what somebody typed, whatever it is. A quote that is not closed
// reaches to the end.
func Parse(text string) Query {
	text = strings.ToValidUTF8(text[:min(len(text), MaxQuery)], " ")
	var query Query
	for quoted := false; ; quoted = !quoted {
		at := strings.IndexAny(text, quotes)
		part := text
		if at >= 0 {
			part = text[:at]
		}
		pieces := Fold(part)
		switch {
		case quoted && len(pieces) > 0:
			query.add(Term{Pieces: pieces, Prefix: at < 0})
		case !quoted:
			for _, piece := range pieces {
				query.add(Term{Pieces: []Piece{piece}, Prefix: true})
			}
		}
		if at < 0 {
			return query
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		text = text[at+size:]
	}
}

func (q *Query) add(term Term) {
	last := term.Pieces[len(term.Pieces)-1]
	term.Prefix = term.Prefix && !last.Run && len(last.Runes) > 1
	if len(q.Terms) < MaxTerms && !slices.ContainsFunc(q.Terms, term.same) {
		q.Terms = append(q.Terms, term)
	}
}

func (t Term) same(other Term) bool {
	return t.Prefix == other.Prefix && slices.EqualFunc(t.Pieces, other.Pieces, func(a, b Piece) bool { return a.Run == b.Run && slices.Equal(a.Runes, b.Runes) })
}

// IsEmpty tells that nothing is looked for: every text is as good.
func (q Query) IsEmpty() bool { return len(q.Terms) == 0 }

// mostSpans bounds how many places of a text are told.
const mostSpans = 64

// match returns where a text that was folded has the terms, nil if it lacks one.
func (q Query) match(pieces []Piece) []span {
	var found []span
	for _, term := range q.Terms {
		before := len(found)
		for i := 0; i < len(pieces) && len(found)-before < mostSpans; i++ {
			found = term.matchAt(found, pieces[i:])
		}
		if len(found) == before {
			return nil
		}
	}
	return found
}

// matchAt adds where a term is found whose first piece is the first of those.
func (t Term) matchAt(found []span, pieces []Piece) []span {
	last := len(t.Pieces) - 1
	if len(pieces) <= last {
		return found
	}
	if last == 0 && t.Pieces[0].Run {
		return within(found, pieces[0], t.Pieces[0])
	}
	first := len(found)
	for i, want := range t.Pieces {
		got := pieces[i]
		from, to := 0, len(got.Runes)
		switch {
		case got.Run != want.Run || len(got.Runes) < len(want.Runes):
			return found[:first]
		case i == last && (want.Run || t.Prefix):
			to = len(want.Runes)
		case i == 0 && want.Run:
			from = to - len(want.Runes)
		}
		if !slices.Equal(got.Runes[from:to], want.Runes) {
			return found[:first]
		}
		found = append(found, span{got.spans[from].start, got.spans[to-1].end})
	}
	return found
}

// within adds all places of one run in another that do not overlap.
func within(found []span, piece, part Piece) []span {
	if !piece.Run {
		return found
	}
	for i := 0; i+len(part.Runes) <= len(piece.Runes); i++ {
		if slices.Equal(piece.Runes[i:i+len(part.Runes)], part.Runes) {
			found = append(found, span{piece.spans[i].start, piece.spans[i+len(part.Runes)-1].end})
			i += len(part.Runes) - 1
		}
	}
	return found
}

// Matches tells whether a text has all terms.
func (q Query) Matches(text string) bool { return q.match(Fold(text)) != nil }
