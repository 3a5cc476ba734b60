package directory

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// leaf goes through all pages of a size.
func (b *bench) leaf(query string, removed bool, size int) []string {
	b.testing.Helper()
	var names []string
	var after identity.PeerID
	for {
		entries, next, err := b.Browse(b.testing.Context(), query, removed, after, size)
		if err != nil || len(entries) > size {
			b.testing.Fatalf("Browse = %d entries, %v", len(entries), err)
		}
		for _, entry := range entries {
			content, ok := entry.Decode()
			if !ok || entry.Removed != removed || entry.Listed.IsZero() {
				b.testing.Fatalf("entry %+v", entry)
			}
			names = append(names, content.GetName())
		}
		if next == (identity.PeerID{}) {
			return names
		}
		after = next
	}
}

func TestBrowse(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.follow()
	var keys []*identity.Keys
	var want []string
	for i := range 23 {
		one := newKeys(t)
		keys = append(keys, one)
		name := fmt.Sprintf("Name %02d", i)
		want = append(want, name)
		if outcome := b.list(one, &wire.DirectoryEntry{Version: 1, Name: name, About: "plays chess"}); outcome != wire.ListOutcome_LIST_OUTCOME_DONE {
			t.Fatalf("list: %v", outcome)
		}
	}
	b.await("all listed", func() bool { return b.Listed() == len(keys) })
	for _, query := range []string{"", "chess"} {
		for _, size := range []int{1, 7, 23, 100} {
			if got := slices.Sorted(slices.Values(b.leaf(query, false, size))); !slices.Equal(got, want) {
				t.Errorf("%q by %d: %v", query, size, got)
			}
		}
	}
	if got := b.leaf("", true, 5); len(got) != 0 {
		t.Errorf("removed are %v", got)
	}
	for i := range 3 {
		if err := b.Remove(t.Context(), keys[i].Peer(), "spam"); err != nil {
			t.Fatal(err)
		}
	}
	b.await("three removed", func() bool { return b.Removed() == 3 && b.Listed() == len(keys)-3 })
	if got := slices.Sorted(slices.Values(b.leaf("", true, 2))); !slices.Equal(got, want[:3]) {
		t.Errorf("removed are %v", got)
	}
	if got := b.leaf("NAME 01", true, 2); !slices.Equal(got, want[1:2]) {
		t.Errorf("of the removed that is %v", got)
	}
	if got := slices.Sorted(slices.Values(b.leaf("", false, 6))); !slices.Equal(got, want[3:]) {
		t.Errorf("left are %v", got)
	}
	if err := b.Restore(t.Context(), keys[0].Peer()); err != nil {
		t.Fatal(err)
	}
	b.await("one restored", func() bool { return !b.IsRemoved(keys[0].Peer()) && b.Removed() == 2 })
	if entries, next, err := b.Browse(t.Context(), "chess", false, newKeys(t).Peer(), 5); err != nil || len(entries) != 0 || next != (identity.PeerID{}) {
		t.Errorf("behind somebody who is not there: %d, %v", len(entries), err)
	}
}
