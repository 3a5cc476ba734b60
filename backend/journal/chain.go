package journal

// Standing is how an entry stands to what is held.
type Standing int

// The standings.
const (
	Next      Standing = iota + 1 // it continues its log: append it
	Duplicate                     // it is held already
	Gap                           // entries of its log before it are missing
	Orphan                        // it continues its log, but a parent is missing
	Fork                          // its device signed something else at the same place
)

// String names the standing.
func (s Standing) String() string {
	switch s {
	case Next:
		return "next"
	case Duplicate:
		return "duplicate"
	case Gap:
		return "gap"
	case Orphan:
		return "orphan"
	case Fork:
		return "fork"
	}
	return "unknown"
}

// Check tells how an entry stands to what is held of its conversation. held
// has the hashes of the heads; has tells whether an entry is held at all. Fork
// is equivocation: two entries at one sequence, or an entry that follows
// another one than the head. It is never resolved silently.
func Check(held Vector, entry Entry, has func(Hash) bool) Standing {
	head := held[entry.Log]
	switch {
	case entry.Sequence == head.Sequence:
		if entry.Hash() == head.Hash {
			return Duplicate
		}
		return Fork
	case entry.Sequence < head.Sequence:
		if has(entry.Hash()) {
			return Duplicate
		}
		return Fork
	case entry.Sequence > head.Sequence+1:
		return Gap
	case entry.Previous != head.Hash:
		return Fork
	}
	for _, parent := range entry.Parents {
		if !has(parent) {
			return Orphan
		}
	}
	return Next
}
