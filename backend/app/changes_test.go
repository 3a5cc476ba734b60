package app

import (
	"reflect"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

func TestMergeIsTheSameAsBoth(t *testing.T) {
	t.Parallel()
	row := func(id, name string) Conversation { return Conversation{ID: id, Name: name} }
	first := Changes{
		Sequence: 1, Conversations: []Conversation{row("a", "1"), row("b", "1")}, RemovedConversations: []string{"c", "d"},
		Messages: []Message{{ID: "m", State: MessageQueued}}, Profile: &Profile{Name: "x"}, BansChanged: true, OpenConversation: "a",
	}
	second := Changes{
		Sequence: 2, Conversations: []Conversation{row("b", "2"), row("c", "2")}, RemovedConversations: []string{"a"},
		Messages: []Message{{ID: "n"}, {ID: "m", State: MessageRead}}, Network: &Network{Lines: 2},
	}
	want := Changes{
		Sequence: 2, Conversations: []Conversation{row("b", "2"), row("c", "2")}, RemovedConversations: []string{"d", "a"},
		Messages: []Message{{ID: "m", State: MessageRead}, {ID: "n"}}, Profile: &Profile{Name: "x"}, Network: &Network{Lines: 2},
		BansChanged: true, OpenConversation: "a",
	}
	if got := mergeChanges(first, second); !reflect.DeepEqual(got, want) {
		t.Errorf("merged\n%+v instead of\n%+v", got, want)
	}
}

func TestRing(t *testing.T) {
	t.Parallel()
	g := newGatherer()
	for range kept + 10 {
		g.publish(Changes{})
	}
	if got, _, known := g.after(g.last()); !known || len(got) != 0 {
		t.Error("who has everything gets something")
	}
	got, _, known := g.after(10)
	if !known || len(got) != kept || got[0].Sequence != 11 || got[kept-1].Sequence != kept+10 {
		t.Errorf("after 10: %d, known %v", len(got), known)
	}
	for _, sequence := range []int64{9, 0, -1, kept + 11, -1 << 63, 1<<63 - 1} {
		if _, _, known := g.after(sequence); known {
			t.Errorf("after %d is known", sequence)
		}
	}
	slow := &Subscription{changes: g, sequence: 3}
	if next, err := slow.Next(t.Context()); err != nil || !next.Reset || next.Sequence != kept+10 {
		t.Errorf("a slow reader gets %+v, %v", next, err)
	}
}

func TestShownTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	m := node.Message{Claimed: now.Add(time.Hour), Arrived: now}
	if got := messageOf(m).Time; got != "2026-01-02T03:04:05.006Z" {
		t.Errorf("from the future: %s", got)
	}
	m.Claimed = now.Add(-time.Hour)
	if got := messageOf(m).Time; got != "2026-01-02T02:04:05.006Z" {
		t.Errorf("from the past: %s", got)
	}
}

func TestBefore(t *testing.T) {
	t.Parallel()
	order := journal.OrderOf(7, journal.Log{Epoch: 1}, 0)
	if got := before(order); got.Compare(order) >= 0 {
		t.Error("before is not before")
	}
	if got := before(journal.OrderOf(7, journal.Log{}, 3)); got != journal.OrderOf(7, journal.Log{}, 2) {
		t.Errorf("before is %v", got)
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	if got := preview("\n \n  first \nsecond"); got != "first" {
		t.Errorf("%q", got)
	}
	if got := preview("```go\nx := 1\n```"); got != "x := 1" {
		t.Errorf("%q", got)
	}
	if got := preview("```go\n\n"); got != "```go" {
		t.Errorf("%q", got)
	}
	if got := preview("```x``` and\nmore"); got != "```x``` and" {
		t.Errorf("%q", got)
	}
	long := make([]rune, 500)
	for i := range long {
		long[i] = '长'
	}
	if got := []rune(preview(string(long))); len(got) != previewLength {
		t.Errorf("%d characters", len(got))
	}
}
