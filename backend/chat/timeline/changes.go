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
	Name   string // 1 to [wire.MaxName] characters on one line
	Color  int    // 1 to [chat.Colors]
	About  string // up to [journal.MaxAbout] characters on one line
}

type profile struct {
	place
	Profile
}

// timer is how long what stands after its place stays.
type timer struct {
	place
	stay time.Duration
}

func byPlace(a, b *message) int    { return a.compare(b.place) }
func byTimer(a, b timer) int       { return a.compare(b.place) }
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

// settle puts what came since the last time into its place. It takes time in
// proportion to what came and to how far back the first of it stands.
func (t *Timeline) settle() {
	if len(t.fresh) == 0 && len(t.freshTimers) == 0 {
		return
	}
	slices.SortFunc(t.fresh, byPlace)
	slices.SortFunc(t.freshTimers, byTimer)
	var first place
	if len(t.fresh) > 0 {
		first = t.fresh[0].place
	}
	if len(t.freshTimers) > 0 && (len(t.fresh) == 0 || first.after(t.freshTimers[0].place)) {
		first = t.freshTimers[0].place
	}
	t.ordered = merge(t.ordered, t.fresh, byPlace)
	t.timers = merge(t.timers, t.freshTimers, byTimer)
	clear(t.fresh)
	t.fresh, t.freshTimers = t.fresh[:0], t.freshTimers[:0]
	t.setTimers(first)
}

// setTimers gives the messages from a place on the timers that stand for them.
func (t *Timeline) setTimers(first place) {
	from, _ := slices.BinarySearchFunc(t.ordered, first, func(one *message, at place) int { return one.compare(at) })
	next, _ := slices.BinarySearchFunc(t.timers, first, func(one timer, at place) int { return one.compare(at) })
	var stay time.Duration
	if next > 0 {
		stay = t.timers[next-1].stay
	}
	for _, one := range t.ordered[from:] {
		for next < len(t.timers) && one.after(t.timers[next].place) {
			stay = t.timers[next].stay
			next++
		}
		if one.timer != stay {
			one.timer = stay
			t.mark(one)
		}
	}
}

// merge puts fresh into sorted; both are sorted. It moves only what stands
// after the first of fresh.
func merge[T any](sorted, fresh []T, compare func(a, b T) int) []T {
	left := len(sorted)
	sorted = append(sorted, fresh...)
	for to := len(sorted) - 1; len(fresh) > 0; to-- {
		last := fresh[len(fresh)-1]
		if left > 0 && compare(sorted[left-1], last) > 0 {
			left--
			sorted[to] = sorted[left]
		} else {
			sorted[to] = last
			fresh = fresh[:len(fresh)-1]
		}
	}
	return sorted
}
