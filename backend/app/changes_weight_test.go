package app

import (
	"strings"
	"testing"
)

// TestFewLargeChangesAreRemembered: what is kept for those who lag is bounded by
// what is in it; a reader behind that reads everything anew.
func TestFewLargeChangesAreRemembered(t *testing.T) {
	t.Parallel()
	g := newGatherer()
	long := Message{Text: strings.Repeat("x", 32<<10)}
	for range kept {
		g.publish(Changes{Messages: []Message{long, long}})
	}
	if g.weight > keptMessages || len(g.ring) == 0 || len(g.ring) > keptMessages/60 {
		t.Fatalf("%d changes are kept, of a weight of %d", len(g.ring), g.weight)
	}
	if _, _, known := g.after(0); known {
		t.Error("the first is still known")
	}
	if changes, _, known := g.after(g.last() - 1); !known || len(changes) != 1 {
		t.Error("the last is not known")
	}
	g.publish(Changes{Messages: make([]Message, 2*keptMessages)})
	if len(g.ring) != 1 {
		t.Errorf("%d are kept beside one that is too large", len(g.ring))
	}
	for range 2 * kept {
		g.publish(Changes{BansChanged: true})
	}
	if len(g.ring) != kept || g.weight != 0 {
		t.Errorf("%d small ones are kept, of a weight of %d", len(g.ring), g.weight)
	}
}
