package identity

import "sync"

// answers is a bounded set of what was found good once and never changes: the
// keys that are usable, the signatures that are right. It is safe for
// concurrent use. When a generation is full the one before it is forgotten, so
// that what is asked for often stays.
type answers struct {
	most int // of a generation; there are two

	mu             sync.Mutex
	younger, older map[[32]byte]struct{}
}

func newAnswers(most int) *answers { return &answers{most: most, younger: make(map[[32]byte]struct{})} }

func (a *answers) has(name [32]byte) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, found := a.younger[name]; found {
		return true
	}
	_, found := a.older[name]
	if found {
		a.put(name)
	}
	return found
}

func (a *answers) add(name [32]byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.put(name)
}

// put runs under mu.
func (a *answers) put(name [32]byte) {
	if len(a.younger) >= a.most {
		a.older, a.younger = a.younger, make(map[[32]byte]struct{})
	}
	a.younger[name] = struct{}{}
}
