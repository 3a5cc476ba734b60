//go:build lab

package lab_test

import (
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestBanOfAddresses: Ana bans the addresses of Ben's machine. Their direct line
// ends, and what they write goes through the relay, which is what a ban of an
// address cannot see through. Without the bans the next line is direct again.
func TestBanOfAddresses(t *testing.T) { //nolint:paralleltest // as TestPaths
	i := newInternet(t)
	ana, ben := newNamespace(t, "ana"), newNamespace(t, "ben")
	i.connect(ana, 31)
	i.connect(ben, 32)
	key := startServer(t, i.server)
	p := meet(t, "wss://"+at4(serverAt)+":"+serverPort+"/#"+key, ana, ben)
	p.restart()
	p.path(app.LineDirect, i.server)
	p.chat(5)
	var bans []app.Ban
	for _, address := range []string{at4(32), at6(32)} {
		var ban app.Ban
		p.ana.call(&ban, "AddBan", app.BanOptions{Kind: app.BanAddress, Target: address, Reason: "a test"})
		bans = append(bans, ban)
	}
	p.path(app.LineRelayed, i.server)
	p.chat(5)
	for _, ban := range bans {
		p.ana.call(nil, "RemoveBan", ban.ID)
	}
	p.restart()
	p.path(app.LineDirect, i.server)
	p.chat(5)
	p.ended()
}
