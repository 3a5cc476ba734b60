package app_test

import (
	"fmt"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	ana, _, conversation := meet(t)
	for i := range 60 {
		must(ana.api.SendText(conversation, fmt.Sprintf("number %d 🎉 of the 会议室 talks", i)))(t)
	}
	page := must(ana.api.Search("会议 TALK", conversation, ""))(t)
	if len(page.Hits) != 50 || page.Before == "" || page.Waiting != 0 {
		t.Fatalf("%d hits, before %q", len(page.Hits), page.Before)
	}
	first := page.Hits[0]
	// The emoji is two code units.
	want := []app.MatchRange{{Start: 20, End: 22}, {Start: 24, End: 28}}
	if first.Snippet != "number 59 🎉 of the 会议室 talks" || len(first.Matches) != 2 || first.Matches[0] != want[0] || first.Matches[1] != want[1] || !first.Mine || first.Conversation != conversation {
		t.Errorf("%+v", first)
	}
	rest := must(ana.api.Search("会议 TALK", "", page.Before))(t)
	if len(rest.Hits) != 10 || rest.Before != "" || rest.Hits[0].Order >= page.Hits[49].Order {
		t.Errorf("%d more, before %q", len(rest.Hits), rest.Before)
	}
	for _, nothing := range []string{"", "*", `"`, "nowhere"} {
		if page = must(ana.api.Search(nothing, "", ""))(t); len(page.Hits) != 0 || page.Hits == nil {
			t.Errorf("%q: %+v", nothing, page)
		}
	}
	if _, err := ana.api.Search("x", "not-an-id", ""); code(t, err) != "no-conversation" {
		t.Errorf("a wrong conversation: %v", err)
	}
	if _, err := ana.api.Search("x", "", "here"); code(t, err) != "order" {
		t.Errorf("a wrong place: %v", err)
	}
}
