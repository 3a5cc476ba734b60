package app

import (
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestOwnServersAreNotBanned, neither by where they are nor by what they are called.
func TestOwnServersAreNotBanned(t *testing.T) {
	t.Parallel()
	guarded := guards{servers: []guardedServer{
		{address: "chat.example.net:443", name: "chat.example.net", addresses: []netip.Addr{netip.MustParseAddr("203.0.113.7")}},
		{address: "[2001:db8::7]:443", addresses: []netip.Addr{netip.MustParseAddr("2001:db8::7")}},
	}}
	for target, want := range map[string]string{
		"203.0.113.7": "ban-server", "203.0.113.0/24": "ban-server", "2001:db8::/64": "ban-server",
		"chat.example.net": "ban-server", "*.example.net": "ban-server",
		"203.0.113.8": "", "example.net": "", "*.chat.example.net": "", "2001:db8:1::/64": "",
	} {
		read := readBan("", target)
		if read.refused != nil {
			t.Fatalf("%s: %v", target, read.refused)
		}
		refused, got := guarded.forbids(read.ban), ""
		if refused != nil {
			got = refused.Code
		}
		if got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
	if guarded.forbids(node.Ban{Kind: node.BanInvite}) == nil {
		t.Error("an invite that is not there is banned")
	}
}

// FuzzReadBanLine: what a line bans is written so that it is read as the same.
func FuzzReadBanLine(f *testing.F) {
	for _, line := range []string{
		"203.0.113.7 # [ends 2026-12-01T00:00:00Z] [tell] why", "*.example.net;x", "# nothing", "2001:db8::/64 # [] [tell]", "a b", "[::1] # [",
		"203.0.113.7 #\x00\u2028", "203.0.113.7 # []  []",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		first, there, refused := readBanLine(line)
		if refused != nil || !there {
			return
		}
		again, there, refused := readBanLine(banTarget(first) + banComment(first) + "\n")
		if refused != nil || !there || again != first {
			t.Fatalf("%q is %+v, which is read as %+v, %v", line, first, again, refused)
		}
	})
}

// FuzzReadBans: every line of a file is taken, refused or empty, and what is
// said of those that are refused is bounded.
func FuzzReadBans(f *testing.F) {
	for _, list := range []string{"", "\ufeff203.0.113.7\r\n# a comment\n\n*.example.net ; why\n", "203.0.113.0/33\nx\n::1\n", "a\x00b\n\xff\n", strings.Repeat("!\n", 2*maxNamed)} {
		f.Add(list)
	}
	guarded := guards{servers: []guardedServer{{address: "203.0.113.7:443", name: "example.net", addresses: []netip.Addr{netip.MustParseAddr("203.0.113.7")}}}}
	f.Fuzz(func(t *testing.T, text string) {
		list, result := readBans(text, guarded)
		if lines := strings.Count(text, "\n") + 1; len(list)+result.Refused > lines {
			t.Fatalf("%d bans and %d errors of %d lines", len(list), result.Refused, lines)
		}
		if len(result.Errors) != min(result.Refused, maxNamed) {
			t.Fatalf("%d errors are named of %d", len(result.Errors), result.Refused)
		}
		for _, one := range result.Errors {
			if one.Line < 1 || one.Error == nil || !utf8.ValidString(one.Text) || utf8.RuneCountInString(one.Text) > maxQuoted {
				t.Errorf("%+v", one)
			}
		}
		for _, one := range list {
			if guarded.forbids(one) != nil || !utf8.ValidString(one.Reason) || utf8.RuneCountInString(one.Reason) > wire.MaxReason {
				t.Errorf("%+v", one)
			}
		}
	})
}
