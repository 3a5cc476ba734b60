//go:build lab

package lab_test

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// gone is how long a line that is banned is watched for coming back.
const gone = 15 * time.Second

// banned bans targets and returns the bans.
func (p *pair) banned(targets ...string) []app.Ban {
	p.t.Helper()
	var bans []app.Ban
	for _, target := range targets {
		var ban app.Ban
		p.ana.call(&ban, "AddBan", app.BanOptions{Target: target, Reason: "a test"})
		bans = append(bans, ban)
	}
	return bans
}

// lines is how many lines a device has open.
func (d *device) lines() int {
	var state app.State
	d.call(&state, "Start")
	return state.Network.Lines
}

// noLine demands that the line ends, and that no other one opens while something
// is to be said; every try is counted.
func (p *pair) noLine() {
	p.t.Helper()
	began := time.Now()
	eventually(p.t, "the line is closed", func() bool { return p.ana.lines() == 0 })
	p.t.Logf("closed %v after the ban", time.Since(began))
	p.say(p.ana, "after the ban")
	p.say(p.ben, "after the ban")
	for end := time.Now().Add(gone); time.Now().Before(end); {
		if lines := p.ana.lines(); lines != 0 { // each look asks the device, which takes its time
			p.t.Fatalf("%d lines are open although there is a ban", lines)
		}
	}
	eventually(p.t, "a try is counted", func() bool {
		var page app.BanPage
		p.ana.call(&page, "BansPage", app.BanQuery{Limit: 10})
		return page.Blocked > 0
	})
}

// TestBanOfAddresses: Ana bans ranges with the addresses of Ben's machine. Their
// direct line ends, and there is no other one, also not through the relay, since
// Ben's device says where it is. Without the bans the next line is direct again.
func TestBanOfAddresses(t *testing.T) { //nolint:paralleltest // as TestPaths
	i := newInternet(t)
	ana, ben := newNamespace(t, "ana"), newNamespace(t, "ben")
	i.connect(ana, 31)
	i.connect(ben, 64)
	key := startServer(t, i.server)
	p := meet(t, "wss://"+at4(serverAt)+":"+serverPort+"/#"+key, ana, ben)
	p.restart()
	p.path(app.LineDirect, i.server)
	p.chat(5)
	bans := p.banned(at4(64)+"/26", at6(64)+"/128")
	p.noLine()
	for _, ban := range bans {
		p.ana.call(nil, "RemoveBan", ban.ID)
	}
	p.restart()
	p.path(app.LineDirect, i.server)
	p.chat(5)
	p.ended()
}

// TestBanThroughTheRelay: their homes are such that only the relay connects
// them. A ban on the range of Ben's home ends that line too.
func TestBanThroughTheRelay(t *testing.T) { //nolint:paralleltest // as TestPaths
	i := newInternet(t)
	a, b := i.newHome(portRestricted, 21), i.newHome(symmetric, 64)
	key := startServer(t, i.server)
	p := meet(t, "wss://"+at4(serverAt)+":"+serverPort+"/#"+key, a.newDevice(100), b.newDevice(100))
	p.restart()
	p.path(app.LineRelayed, i.server)
	p.chat(5)
	bans := p.banned(at4(64) + "/26")
	p.noLine()
	for _, ban := range bans {
		p.ana.call(nil, "RemoveBan", ban.ID)
	}
	p.restart()
	p.path(app.LineRelayed, i.server)
	p.chat(5)
	p.ended()
}
