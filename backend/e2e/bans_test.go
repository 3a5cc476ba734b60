package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestBanMidConversation: the line closes, the next try is counted and not
// shown, and the list goes out to a file, away, and back.
func TestBanMidConversation(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.say(p.ana, &p.sentAna, 1)
	p.same(t)
	eventually(t, "there is a line", func() bool { return p.ben.state().Network.Lines == 1 })
	peer := p.ana.state().Conversations[0].PeerID
	var check app.BanCheck
	p.ana.call(&check, "CheckBan", "", peer)
	if check.Kind != app.BanPeer || check.Count != 1 || len(check.Touches) != 1 {
		t.Errorf("the preview is %+v", check)
	}
	began := time.Now()
	var ban app.Ban
	p.ana.call(&ban, "AddBan", app.BanOptions{Kind: app.BanPeer, Target: peer, Reason: "enough", Tell: true})
	eventually(t, "the line is closed on the other side", func() bool { return p.ben.state().Network.Lines == 0 })
	t.Logf("seen closed by another process after %v", time.Since(began))
	before := len(p.ana.texts(p.conversation))
	requests := len(p.ana.state().Requests)
	p.say(p.ben, &p.sentBen, 2)
	blocked := func() int {
		var page app.BanPage
		p.ana.call(&page, "BansPage", app.BanQuery{Limit: 10})
		return page.Blocked
	}
	// Their letters come through the mailbox, whose server does not know whose they are.
	eventually(t, "the next try is counted", func() bool { return blocked() > 0 })
	if got := len(p.ana.texts(p.conversation)); got != before || len(p.ana.state().Requests) != requests {
		t.Errorf("%d texts are shown instead of %d", got, before)
	}

	var imported app.ImportedBans
	p.ana.call(&imported, "ImportBans", "203.0.113.0/24 # flooding\n*.bulk.example.net ; ads\n203.0.113.0/33\n")
	if imported.Added != 2 || imported.Refused != 1 || imported.Errors[0].Line != 3 {
		t.Errorf("%+v", imported)
	}
	listed := func() string {
		var page app.BanPage
		p.ana.call(&page, "BansPage", app.BanQuery{Column: app.BanByTarget, Limit: 10})
		var all []string
		for _, one := range page.Bans {
			all = append(all, fmt.Sprint(one.Kind, one.Target, one.Name, one.Reason, one.Ends, one.Tell))
		}
		return strings.Join(all, "\n")
	}
	whole := listed()
	var saved app.SavedBans
	p.ana.call(&saved, "ExportBans")
	text, err := os.ReadFile(saved.Path)
	if err != nil || saved.Count != 3 {
		t.Fatalf("%+v, %v", saved, err)
	}
	if err = os.Remove(saved.Path); err != nil { // the folder may be this machine's own
		t.Error(err)
	}
	var cleared int
	p.ana.call(&cleared, "ClearBans")
	if cleared != 3 || listed() != "" {
		t.Errorf("%d ended, and the list is\n%s", cleared, listed())
	}
	p.ana.call(&imported, "ImportBans", string(text))
	if imported.Added != 3 || listed() != whole {
		t.Errorf("the list was\n%s\nand is\n%s", whole, listed())
	}
	p.ana.call(&cleared, "ClearBans")
	p.same(t)
}
