package app

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// TestLogIsBounded: the newest lines stay, in order.
func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_750_000_000, 0)
	a := &App{now: func() time.Time { return now }}
	var last uuid.UUID
	for range 3 * mostLog {
		now = now.Add(time.Millisecond)
		last = uuid.New()
		a.happened(node.Happened{Kind: node.LineFailed, Conversation: last})
	}
	lines := a.log.all()
	if len(lines) != mostLog || lines[mostLog-1].conversation != last {
		t.Fatalf("%d lines, the last about %v", len(lines), lines[len(lines)-1].conversation)
	}
	for i := range lines[1:] {
		if !lines[i].at.Before(lines[i+1].at) {
			t.Fatalf("line %d is not older than the next", i)
		}
	}
	a.happened(node.Happened{Kind: node.LettersFetched + 1})
	if len(a.log.all()) != mostLog || a.log.all()[mostLog-1].conversation != last {
		t.Error("a kind that is not known is kept")
	}
}

// TestLogCounts: what goes on and on is one line, whatever else happens; what changed in between is said.
func TestLogCounts(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_750_000_000, 0)
	a := &App{now: func() time.Time { return now }}
	ana, ben, banned := uuid.New(), uuid.New(), uuid.New()
	for range 100 {
		now = now.Add(time.Second)
		a.happened(node.Happened{Kind: node.BanMatched, Ban: banned, Count: 3})
		a.happened(node.Happened{Kind: node.LineFailed, Conversation: ana})
		a.happened(node.Happened{Kind: node.ServerDown, Code: "unreachable"})
	}
	if lines := a.log.all(); len(lines) != 3 || lines[0].count != 300 || lines[1].count != 100 || lines[2].count != 100 {
		t.Fatalf("%+v", lines)
	}
	a.happened(node.Happened{Kind: node.ServerDown, Code: "refused"})
	a.happened(node.Happened{Kind: node.LineOpened, Conversation: ana})
	a.happened(node.Happened{Kind: node.LineFailed, Conversation: ana})
	a.happened(node.Happened{Kind: node.LineFailed, Conversation: ben})
	now = now.Add(sameFor + time.Second)
	a.happened(node.Happened{Kind: node.LineFailed, Conversation: ben})
	if lines := a.log.all(); len(lines) != 8 {
		t.Errorf("%+v", lines)
	}
}

// TestLogKeepsNoWords: a line has room for a short reason, and for nothing else that somebody wrote.
func TestLogKeepsNoWords(t *testing.T) {
	t.Parallel()
	a := &App{now: time.Now}
	a.happened(node.Happened{Kind: node.ServerDown, Code: signaling.Code(strings.Repeat("x", 1000))})
	a.happened(node.Happened{Kind: node.BanMatched, Ban: uuid.New(), Address: netip.MustParseAddr("203.0.113.24")})
	a.happened(node.Happened{Kind: node.BanMatched, Ban: uuid.New(), Address: netip.MustParseAddr("::ffff:203.0.113.24")})
	a.happened(node.Happened{Kind: node.BanMatched, Ban: uuid.New(), Address: netip.MustParseAddr("2001:db8:5:17::9%eth0")})
	a.happened(node.Happened{Kind: node.BanMatched, Ban: uuid.New()})
	lines := a.log.all()
	if len(lines[0].code) > maxCode {
		t.Errorf("a reason of %d bytes is kept", len(lines[0].code))
	}
	for i, want := range []string{"203.0.113.0/24", "203.0.113.0/24", "2001:db8:5::/48", ""} {
		if got := lines[i+1].plain(nil).From; got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	var texts []string
	for _, kind := range []reflect.Type{reflect.TypeFor[logged](), reflect.TypeFor[same]()} {
		for field := range kind.Fields() {
			if field.Type.Kind() == reflect.String || field.Type.Kind() == reflect.Pointer || field.Type.Kind() == reflect.Slice {
				texts = append(texts, field.Name)
			}
		}
	}
	if got := strings.Join(texts, " "); got != "kind path code" {
		t.Errorf("texts that are kept: %s", got)
	}
}
