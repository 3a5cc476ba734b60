package store

import (
	"strconv"
	"strings"

	"github.com/tincan-chat/tincan/backend/chat/search"
)

// What stands before tokens that are not part of the text. Folded texts have no
// control characters.
const (
	startMark        = "\u0080" // the first letters of a word
	characterMark    = "\u0081" // a character of a run
	conversationMark = "\u0082" // the number of the conversation
)

// Beginnings of words that are tokens of their own, in letters: what is asked
// for most often while somebody types is then one list in the index, not
// thousands that must be merged.
const (
	shortestStart = 2
	longestStart  = 4
)

// tokens returns the text that FTS5's ascii tokenizer splits at spaces.
//
// First come the pieces in order, for phrases: a word as it is; a run as its
// overlapping pairs of characters and then its last character. Two characters
// are one token, more are a phrase, and a phrase in quotes can begin at the
// end of a run or end at its beginning. After them, once each, come the
// beginnings of words, single characters, and the conversation.
func tokens(pieces []search.Piece, conversation int64) string {
	var text strings.Builder
	extra := map[string]bool{}
	for _, piece := range pieces {
		for _, token := range sequence(nil, piece) {
			text.WriteString(token)
			text.WriteByte(' ')
		}
		if piece.Run {
			for _, r := range piece.Runes {
				extra[characterMark+string(r)] = true
			}
			continue
		}
		for length := shortestStart; length <= min(longestStart, len(piece.Runes)); length++ {
			extra[startMark+string(piece.Runes[:length])] = true
		}
	}
	for token := range extra {
		text.WriteString(token)
		text.WriteByte(' ')
	}
	text.WriteString(conversationToken(conversation))
	return text.String()
}

func conversationToken(number int64) string { return conversationMark + strconv.FormatInt(number, 36) }

// sequence adds the tokens of a piece in order.
func sequence(list []string, piece search.Piece) []string {
	if !piece.Run {
		return append(list, string(piece.Runes))
	}
	for i := range piece.Runes {
		list = append(list, string(piece.Runes[i:min(i+2, len(piece.Runes))]))
	}
	return list
}

// expression returns the FTS5 query that finds exactly what a query does; a
// conversation of 0 is all. Tokens consist of letters, digits and marks, so
// that in double quotes nothing is syntax.
func expression(query search.Query, conversation int64) string {
	parts := make([]string, 0, len(query.Terms)+1)
	for _, term := range query.Terms {
		parts = append(parts, phrase(term))
	}
	if conversation != 0 {
		parts = append(parts, quote([]string{conversationToken(conversation)}))
	}
	return strings.Join(parts, " AND ")
}

// phrase returns the FTS5 query of one term.
func phrase(term search.Term) string {
	last := term.Pieces[len(term.Pieces)-1]
	if len(term.Pieces) == 1 {
		switch length := len(last.Runes); {
		case last.Run && length == 1:
			return quote([]string{characterMark + string(last.Runes)})
		case term.Prefix && length >= shortestStart && length <= longestStart:
			return quote([]string{startMark + string(last.Runes)})
		}
	}
	var list []string
	for _, piece := range term.Pieces {
		list = sequence(list, piece)
	}
	switch {
	case last.Run && len(last.Runes) == 1:
		return quote(list) + "*" // it may be followed in its run
	case last.Run:
		return quote(list[:len(list)-1])
	case term.Prefix:
		return quote(list) + "*"
	}
	return quote(list)
}

func quote(list []string) string { return `"` + strings.Join(list, " ") + `"` }
