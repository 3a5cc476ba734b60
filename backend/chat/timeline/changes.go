package timeline

import (
	"bytes"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
)

// Profile is how an author wants to be shown, made safe to show.
type Profile struct {
	Author identity.PeerID
	Name   string       // 1 to [wire.MaxName] characters on one line
	Color  int          // 1 to [chat.Colors]
	About  string       // up to [journal.MaxAbout] characters on one line
	Entry  journal.Hash // that says so; its body has the picture
}

type profile struct {
	place
	Profile
}

// timer is what goes into texts from its place on.
type timer struct {
	place
	stay time.Duration
}

func byPlace(a, b *message) int    { return a.compare(b.place) }
func byAuthor(a, b Profile) int    { return bytes.Compare(a.Author[:], b.Author[:]) }
func byHash(a, b journal.Hash) int { return bytes.Compare(a[:], b[:]) }

// Changes is what a store has to change.
type Changes struct {
	Inserted []Message      // messages that were not there, by order
	Changed  []Message      // messages that look different now, by order
	Erase    []journal.Hash // entries whose bodies have to be erased: deleted and erased messages, and their edits
	Profiles []Profile      // those that changed, in the order of their authors' keys
}

// Empty tells whether nothing changed.
func (c Changes) Empty() bool {
	return len(c.Inserted) == 0 && len(c.Changed) == 0 && len(c.Erase) == 0 && len(c.Profiles) == 0
}

// Changes returns what changed since the last call.
func (t *Timeline) Changes() Changes {
	t.settle()
	changes := Changes{Erase: t.erase}
	t.erase = nil
	slices.SortFunc(changes.Erase, byHash)
	slices.SortFunc(t.dirty, byPlace)
	for _, one := range t.dirty {
		one.dirty = false
		switch {
		case !one.shown():
		case one.told:
			changes.Changed = append(changes.Changed, one.render())
		default:
			one.told = true
			changes.Inserted = append(changes.Inserted, one.render())
		}
	}
	clear(t.dirty)
	t.dirty = t.dirty[:0]
	for author := range t.freshProfiles {
		changes.Profiles = append(changes.Profiles, t.profiles[author].Profile)
	}
	clear(t.freshProfiles)
	slices.SortFunc(changes.Profiles, byAuthor)
	return changes
}

// settle puts what came since the last time into its place.
func (t *Timeline) settle() {
	if len(t.fresh) > 0 {
		slices.SortFunc(t.fresh, byPlace)
		t.ordered = merge(t.ordered, t.fresh, byPlace)
		clear(t.fresh)
		t.fresh = t.fresh[:0]
	}
}

// merge puts fresh into sorted; both are sorted. It moves only what stands
// after the first of fresh.
func merge[T any](sorted, fresh []T, compare func(a, b T) int) []T {
	left := len(sorted)
	sorted = append(sorted, fresh...)
	for count := len(fresh); count > 0; count-- {
		last := fresh[count-1]
		at, _ := slices.BinarySearchFunc(sorted[:left], last, compare)
		copy(sorted[at+count:], sorted[at:left])
		sorted[at+count-1] = last
		left = at
	}
	return sorted
}
