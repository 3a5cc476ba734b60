package app_test

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/node"
)

// TestLog: what two people did is told without their names, words and addresses.
func TestLog(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	ana.reach = &link.Reach{}
	seen := ana.Subscribe(-1)
	must(ben.api.Open(conversation))(t)
	sent := must(ana.api.SendText(conversation, "a secret"))(t)
	ana.until("it is delivered", seen, marked(sent.ID, app.MessageDelivered))
	must(ana.api.CheckConnection())(t)
	banned := must(ana.api.AddBan(app.BanOptions{Target: "198.51.100.0/24"}))(t)
	list := must(ana.api.BansPage(app.BanQuery{Limit: 1}))(t)
	if len(list.Bans) != 1 || list.Bans[0].ID != banned.ID {
		t.Fatalf("the list is %+v", list)
	}

	ana.mutex.Lock()
	listener := ana.listener
	ana.mutex.Unlock()
	id, err := uuid.Parse(banned.ID)
	if err != nil {
		t.Fatal(err)
	}
	listener.Changed([]node.Change{{Happened: &node.Happened{Kind: node.BanMatched, Ban: id, Count: 2, Address: netip.MustParseAddr("198.51.100.77")}}})

	lines := must(ana.api.Log())(t)
	find := func(kind app.LogKind) app.LogLine {
		t.Helper()
		at := slices.IndexFunc(lines, func(one app.LogLine) bool { return one.Kind == kind })
		if at < 0 {
			t.Fatalf("no %s in %+v", kind, lines)
		}
		return lines[at]
	}
	if !slices.IsSortedFunc(lines, func(x, y app.LogLine) int { return strings.Compare(y.Time, x.Time) }) {
		t.Error("the newest is not the first")
	}
	if line := find(app.LogLineOpen); line.Conversation != conversation || line.Path == "" || line.Problem {
		t.Errorf("the line is %+v", line)
	}
	if server := find(app.LogServerUp); server.Server != ana.state().Network.Servers[0].ID || server.RTT < 1 {
		t.Errorf("the server is %+v", server)
	}
	if check := find(app.LogCheck); check.Count == 0 || !check.Problem {
		t.Errorf("the check is %+v", check)
	}
	if ban := find(app.LogBan); ban.Rule != "198.51.100.0/24" || ban.From != "198.51.100.0/24" || ban.Count != 2 {
		t.Errorf("the ban is %+v", ban)
	}
	if at, bad := time.Parse(time.RFC3339, lines[0].Time); bad != nil || time.Since(at) > patience {
		t.Errorf("the time is %s: %v", lines[0].Time, bad)
	}
	all, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"secret", "Hello", "Ana", "Ben", "127.0.0.1", "198.51.100.77", ana.keys.Peer().String(), ben.keys.Peer().String()} {
		if strings.Contains(string(all), secret) {
			t.Errorf("%q is in the log: %s", secret, all)
		}
	}

	if news := must(ana.api.News())(t); len(news) != 1 || news[0] != "What is new." {
		t.Errorf("the news are %q", news)
	}
	must(ana.api.RemoveBan(banned.ID))(t)
	lines = must(ana.api.Log())(t)
	if ban := find(app.LogBan); ban.Rule != "" {
		t.Errorf("a ban that is gone: %+v", ban)
	}
	ana.close()
	ana.open()
	if lines = must(ana.api.Log())(t); len(lines) != 0 {
		t.Errorf("another run begins with %+v", lines)
	}
}
