package search

import (
	"slices"
	"strings"
)

// Word is a folded word of the texts that are searched, and how many have it.
type Word struct {
	Text  string
	Texts int
}

// shortest words that are respelled, in letters, and the shortest in which two
// letters may be wrong.
const (
	shortestRespelled = 3
	twoWrongFrom      = 6
)

// Respell returns what somebody may have meant with a query that found nothing:
// each word that no text has, nor the beginning of one, is replaced by the
// nearest word that is there, and among those as near by the one in most texts.
// Near is one letter added, left out, changed, or exchanged with its neighbour
// (the optimal string alignment distance), two in longer words; the first letter
// is taken to be right. "" when nothing is near, or nothing was wrong.
//
// words lists the words that begin with a string.
func (q Query) Respell(words func(beginning string) ([]Word, error)) (string, error) {
	var respelled []string
	changed := false
	for _, term := range q.Terms {
		text := term.text()
		if term.Prefix && len(term.Pieces) == 1 && len(term.Pieces[0].Runes) >= shortestRespelled {
			near, err := nearest(term.Pieces[0].Runes, words)
			if err != nil || near == "" {
				return "", err
			}
			changed = changed || near != text
			text = near
		}
		respelled = append(respelled, text)
	}
	if !changed {
		return "", nil
	}
	return strings.Join(respelled, " "), nil
}

// text writes a term as it could be typed.
func (t Term) text() string {
	parts := make([]string, len(t.Pieces))
	for i, piece := range t.Pieces {
		parts[i] = string(piece.Runes)
	}
	text := strings.Join(parts, " ")
	if len(t.Pieces) == 1 && (t.Prefix || t.Pieces[0].Run || len(t.Pieces[0].Runes) == 1) {
		return text
	}
	return `"` + text + `"`
}

// nearest returns the word itself when one begins with it, else the nearest
// one, "" if none is near.
func nearest(typed []rune, words func(beginning string) ([]Word, error)) (string, error) {
	list, err := words(string(typed[:1]))
	if err != nil {
		return "", err
	}
	most := 1
	if len(typed) >= twoWrongFrom {
		most = 2
	}
	var best Word
	nearestBy := most + 1
	for _, word := range list {
		if strings.HasPrefix(word.Text, string(typed)) {
			return string(typed), nil
		}
		by := distance(typed, []rune(word.Text), most)
		if by < nearestBy || by == nearestBy && by <= most && word.Texts > best.Texts {
			best, nearestBy = word, by
		}
	}
	return best.Text, nil
}

// distance returns the optimal string alignment distance of two words, or
// something above most when it is more.
func distance(a, b []rune, most int) int {
	if max(len(a), len(b))-min(len(a), len(b)) > most {
		return most + 1
	}
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			changed := 1
			if a[i] == b[j] {
				changed = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+changed)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		if slices.Min(row) > most {
			return most + 1
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
