//go:build lab

package lab_test

import (
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestRoutes: Ana chooses which way lines go, for everybody and for Ben. The
// line goes that way at once, and where none can, what they write goes by the
// mailbox. Then she hides when she is there, and they still talk.
func TestRoutes(t *testing.T) { //nolint:paralleltest // as TestPaths
	i := newInternet(t)
	ana, ben := newNamespace(t, "ana"), newNamespace(t, "ben")
	i.connect(ana, 31)
	i.connect(ben, 32)
	key := startServer(t, i.server)
	p := meet(t, "wss://"+at4(serverAt)+":"+serverPort+"/#"+key, ana, ben)
	p.restart()
	p.path(app.LineDirect, i.server)
	privacy := app.Privacy{ReadReceipts: true, Presence: true, Typing: true, Route: app.RouteRelayed}
	p.ana.call(nil, "SetPrivacy", privacy)
	p.path(app.LineRelayed, i.server)
	p.chat(5)
	p.ana.call(nil, "SetRoute", p.conversation, app.RouteNetwork)
	p.chat(5)
	var state app.State
	p.ana.call(&state, "Start")
	switch line := state.Conversations[0].Line.State; line {
	case app.LineDirect, app.LineRelayed, app.LineLAN:
		t.Errorf("there is a line (%s) though nobody is on this network", line)
	}
	p.ana.call(nil, "SetRoute", p.conversation, app.RouteAny)
	p.path(app.LineDirect, i.server)
	privacy.Presence = false
	p.ana.call(nil, "SetPrivacy", privacy)
	p.restart()
	p.path(app.LineDirect, i.server)
	p.chat(5)
	p.ended()
}
