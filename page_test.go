//go:build !bindings

package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// What people call themselves and write comes with the page; none of it may
// become a part of the page.
func TestDataStaysData(t *testing.T) {
	t.Parallel()
	name := "</script><script>alert(1)</script><!--<script>&lt;\u2028"
	page, err := withData([]byte("<body><div></div></body></html>"), "start", app.State{Conversations: []app.Conversation{{Name: name}}})
	if err != nil {
		t.Fatal(err)
	}
	data, found := strings.CutPrefix(string(page), `<body><div></div><script type="application/json" id="start">`)
	data, whole := strings.CutSuffix(data, "</script></body></html>")
	if !found || !whole || strings.ContainsAny(data, "<>&\u2028") {
		t.Errorf("the page is %s", page)
	}
	var state app.State
	if err := json.Unmarshal([]byte(data), &state); err != nil || state.Conversations[0].Name != name {
		t.Errorf("the data came back as %+v, %v", state, err)
	}
}

func TestNoPlaceForData(t *testing.T) {
	t.Parallel()
	if _, err := withData([]byte("nothing"), "start", 1); err == nil {
		t.Error("data without a page was taken")
	}
}
