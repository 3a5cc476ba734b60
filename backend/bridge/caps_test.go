package bridge_test

import (
	"io"
	"log/slog"
	"net/http"
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

// TestEveryCallIsCapped gives each bound call more than it takes, and over the network some of
// them, and all that take files, arguments without an end: the answer comes at the limit.
func TestEveryCallIsCapped(t *testing.T) { //nolint:paralleltest // it moves 50 MB, for which others would wait
	s := serve(t)
	s.open(t)
	calls := bridge.NewCalls(s.app.API(), slog.New(slog.DiscardHandler))
	files, small := 0, 0
	for _, name := range calls.Names() {
		most := bridge.MaxArguments + app.FileText(name)
		if _, refused := calls.Call(name, []byte("[]"+strings.Repeat(" ", most-1))); refused == nil || refused.Code != "arguments" {
			t.Errorf("%s: %v", name, refused)
		}
		if most == bridge.MaxArguments {
			if small++; small > 3 {
				continue
			}
		} else {
			files++
		}
		body := &counted{}
		status, text, _ := s.do(t, http.MethodPost, s.origin+"/bridge/call/"+name, io.MultiReader(strings.NewReader(`["`), body), nil)
		if status != http.StatusRequestEntityTooLarge || !strings.Contains(text, "too-large") {
			t.Errorf("%s: %d %s", name, status, text)
		}
		// What the sockets hold comes on top of what was read.
		if sent := body.read.Load(); sent < int64(most) || sent > int64(most)+16<<20 {
			t.Errorf("%s took %d bytes, its limit is %d", name, sent, most)
		}
	}
	if files != 3 {
		t.Errorf("%d calls take files: each more is a limit to be looked at here", files)
	}
}
