package directory

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/tincan-chat/tincan/backend/identity"
)

// What the index does at most for one question; what is nearer comes first.
const (
	maxAsked    = 8       // words
	maxExpanded = 2000    // words that one asked word may stand for
	maxPostings = 200_000 // entries that are looked at for one asked word
	maxWords    = 600     // of one entry
)

// index finds entries by their words: exactly, by prefix, and with a typo. It
// is safe for concurrent use.
type index struct {
	limit int // entries

	mu        sync.RWMutex
	documents []document
	vacant    []uint32 // documents that are not used
	numbers   map[identity.PeerID]uint32
	words     []word
	unused    []uint32          // words that are not used
	known     map[string]uint32 // number of each word
	// sorted has the number of each word that there was when it was made, in
	// the words' order; recent has the later ones. Vacant ones may be in both.
	sorted, recent []uint32
}

type document struct {
	peer  identity.PeerID
	words []uint32
}

type word struct {
	text    string
	letters uint64
	piece   bool
	posted  []posting
}

// posting says that a word stands in a document, and how much that counts.
type posting struct {
	document uint32
	weight   uint8
}

func newIndex(limit int) *index {
	return &index{limit: limit, numbers: make(map[identity.PeerID]uint32), known: make(map[string]uint32)}
}

func (x *index) len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.numbers)
}

// put replaces what is known of a peer; false when there is no room.
func (x *index) put(peer identity.PeerID, weights map[found]uint8) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(peer)
	if len(x.numbers) >= x.limit {
		return false
	}
	number := uint32(len(x.documents))
	if last := len(x.vacant) - 1; last >= 0 {
		number, x.vacant = x.vacant[last], x.vacant[:last]
	} else {
		x.documents = append(x.documents, document{})
	}
	listed := make([]uint32, 0, min(len(weights), maxWords))
	for one, weight := range weights {
		if len(listed) == maxWords {
			break
		}
		at := x.wordNumber(one)
		x.words[at].posted = append(x.words[at].posted, posting{document: number, weight: weight})
		listed = append(listed, at)
	}
	x.documents[number] = document{peer: peer, words: listed}
	x.numbers[peer] = number
	x.order()
	return true
}

func (x *index) remove(peer identity.PeerID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(peer)
}

// keepOnly removes everybody whose key is not among those.
func (x *index) keepOnly(keys map[string]bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for peer := range x.numbers {
		if !keys[entryKey(peer)] {
			x.drop(peer)
		}
	}
}

// drop runs under mu.
func (x *index) drop(peer identity.PeerID) {
	number, listed := x.numbers[peer]
	if !listed {
		return
	}
	for _, at := range x.documents[number].words {
		one := &x.words[at]
		if i := slices.IndexFunc(one.posted, func(p posting) bool { return p.document == number }); i >= 0 {
			last := len(one.posted) - 1
			one.posted[i] = one.posted[last]
			one.posted = one.posted[:last]
		}
	}
	x.documents[number] = document{}
	x.vacant = append(x.vacant, number)
	delete(x.numbers, peer)
}

// wordNumber runs under mu.
func (x *index) wordNumber(one found) uint32 {
	if at, known := x.known[one.word]; known {
		return at
	}
	at := uint32(len(x.words))
	if last := len(x.unused) - 1; last >= 0 {
		at, x.unused = x.unused[last], x.unused[:last]
	} else {
		x.words = append(x.words, word{})
	}
	text := strings.Clone(one.word)
	x.words[at] = word{text: text, letters: letters(text), piece: one.piece}
	x.known[text] = at
	x.recent = append(x.recent, at)
	return at
}

// order runs under mu. It makes sorted anew once there are many new words, and
// forgets those that stand nowhere any more.
func (x *index) order() {
	if len(x.recent) < 512+len(x.sorted)/4 {
		return
	}
	all := slices.Concat(x.sorted, x.recent)
	all = slices.DeleteFunc(all, func(at uint32) bool {
		if len(x.words[at].posted) > 0 {
			return false
		}
		delete(x.known, x.words[at].text)
		x.words[at] = word{}
		x.unused = append(x.unused, at)
		return true
	})
	slices.SortFunc(all, func(a, b uint32) int { return strings.Compare(x.words[a].text, x.words[b].text) })
	x.sorted, x.recent = all, nil
}

// How much a word counts, by how it was found.
const (
	exactly  = 8
	asPrefix = 4
	withTypo = 2
	withTwo  = 1
)

// match is a word that an asked word may stand for.
type match struct {
	word   uint32
	factor int
}

// search returns up to limit peers that have every asked word, the best first.
func (x *index) search(query string, limit int) []identity.PeerID {
	var asked []found
	words(query, true, func(one found) {
		if len(asked) < maxAsked && !slices.Contains(asked, one) {
			asked = append(asked, one)
		}
	})
	if len(asked) == 0 || limit <= 0 {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	var scores []int32
	for _, one := range asked {
		scores = x.narrow(scores, x.expand(one))
	}
	return x.best(scores, limit)
}

// best returns the documents with the highest scores; those with none are not among them.
func (x *index) best(scores []int32, limit int) []identity.PeerID {
	before := func(a, b uint32) bool {
		if scores[a] != scores[b] {
			return scores[a] > scores[b]
		}
		return compare(x.documents[a].peer, x.documents[b].peer) < 0
	}
	var best []uint32
	for at, score := range scores {
		number := uint32(at)
		if score == 0 || (len(best) == limit && !before(number, best[limit-1])) {
			continue
		}
		place, _ := slices.BinarySearchFunc(best, number, func(held, fresh uint32) int {
			if before(held, fresh) {
				return -1
			}
			return 1
		})
		best = slices.Insert(best, place, number)
		best = best[:min(len(best), limit)]
	}
	peers := make([]identity.PeerID, 0, len(best))
	for _, number := range best {
		peers = append(peers, x.documents[number].peer)
	}
	return peers
}

func compare(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) }

// narrow keeps of the scores by document, nil for all, those that have one of
// the words, and adds how much the best one counts.
func (x *index) narrow(scores []int32, matches []match) []int32 {
	next := make([]int32, len(x.documents))
	looked := 0
	for i, one := range matches {
		posted := x.words[one.word].posted
		if looked += len(posted); looked > maxPostings && i > 0 {
			break
		}
		for _, at := range posted {
			next[at.document] = max(next[at.document], int32(one.factor)*int32(at.weight))
		}
	}
	for at, score := range scores {
		if score == 0 || next[at] == 0 {
			next[at] = 0
		} else {
			next[at] += score
		}
	}
	return next
}

// expand returns the words that an asked word may stand for, the nearest first.
func (x *index) expand(asked found) []match {
	var matches []match
	if at, known := x.known[asked.word]; known {
		matches = append(matches, match{word: at, factor: exactly})
	}
	if asked.piece {
		return matches
	}
	add := func(at uint32, factor int) bool {
		one := &x.words[at]
		if len(one.posted) > 0 && !one.piece && one.text != asked.word {
			matches = append(matches, match{word: at, factor: factor})
		}
		return len(matches) < maxExpanded
	}
	x.withPrefix(asked.word, func(at uint32) bool { return add(at, asPrefix) })
	most := typos(asked.word)
	if most == 0 || len(matches) >= maxExpanded/4 || (len(matches) > 0 && matches[0].factor == exactly) {
		return matches // somebody is called just that, or much begins like it
	}
	runes, set := []rune(asked.word), letters(asked.word)
	var near1, near2 []uint32
	for _, list := range [][]uint32{x.sorted, x.recent} {
		for _, at := range list {
			one := &x.words[at]
			if missing(set, one.letters) > most || one.piece || len(one.posted) == 0 || strings.HasPrefix(one.text, asked.word) {
				continue
			}
			switch apart, good := near(runes, []rune(one.text), most); {
			case good && apart <= 1:
				near1 = append(near1, at)
			case good:
				near2 = append(near2, at)
			}
		}
	}
	for _, at := range near1 {
		if !add(at, withTypo) {
			return matches
		}
	}
	for _, at := range near2 {
		if !add(at, withTwo) {
			return matches
		}
	}
	return matches
}

// withPrefix calls each until it returns false.
func (x *index) withPrefix(prefix string, each func(uint32) bool) {
	from, _ := slices.BinarySearchFunc(x.sorted, prefix, func(at uint32, text string) int { return strings.Compare(x.words[at].text, text) })
	for _, at := range x.sorted[from:] {
		if !strings.HasPrefix(x.words[at].text, prefix) || !each(at) {
			break
		}
	}
	for _, at := range x.recent {
		if strings.HasPrefix(x.words[at].text, prefix) && !each(at) {
			return
		}
	}
}
