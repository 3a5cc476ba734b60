package bridge_test

import (
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/bridge"
)

// counted counts what is read of a body that has no end.
type counted struct{ read atomic.Int64 }

func (c *counted) Read(p []byte) (int, error) {
	c.read.Add(int64(len(p)))
	return len(p), nil
}

// TestEveryCallIsCapped sends each bound call arguments without an end: the answer
// comes after the limit of that call, whatever the call would have done with them.
func TestEveryCallIsCapped(t *testing.T) { //nolint:paralleltest // it moves 150 MB, for which others would wait
	s := serve(t)
	s.open(t)
	files := 0
	for method := range reflect.TypeFor[*app.API]().Methods() {
		most := int64(bridge.MaxArguments + app.FileText(method.Name))
		if app.FileText(method.Name) > 0 {
			files++
		}
		body := &counted{}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.origin+"/bridge/call/"+method.Name, io.MultiReader(strings.NewReader(`["`), body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Origin", s.origin)
		response, err := s.client.Do(request)
		if err != nil {
			t.Fatalf("%s: %v", method.Name, err)
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(text), "too-large") {
			t.Errorf("%s: %d %s, %v", method.Name, response.StatusCode, text, err)
		}
		// What the sockets hold comes on top of what was read.
		if sent := body.read.Load(); sent < most || sent > most+(16<<20) {
			t.Errorf("%s took %d bytes, its limit is %d", method.Name, sent, most)
		}
	}
	if files != 3 {
		t.Errorf("%d calls take files: each more is a limit to be looked at here", files)
	}
}
