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

func TestSearchKnowsWhatWasMeant(t *testing.T) {
	t.Parallel()
	ana, _, conversation := meet(t)
	for _, text := range []string{"The ferry leaves at nine", "ferry or boat, 会议室 first"} {
		must(ana.api.SendText(conversation, text))(t)
	}
	for typed, want := range map[string]string{
		"fery": "ferry", "FERYR 会议": "ferry 会议", "boat ferrt": "boat ferry",
		"leaves boat": "", // both are there, and no text has both
		"train":       "", "fery train": "", "": "", "会议宝": "",
	} {
		page := must(ana.api.Search(typed, "", ""))(t)
		if len(page.Hits) != 0 || page.Meant != want {
			t.Errorf("%q: %d hits, meant %q, want %q", typed, len(page.Hits), page.Meant, want)
		}
	}
	if page := must(ana.api.Search("ferry", "", ""))(t); len(page.Hits) != 2 || page.Meant != "" {
		t.Errorf("what is found needs no other spelling: %+v", page)
	}
}
