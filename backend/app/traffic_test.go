package app_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestTraffic: what two people sent each other is counted alike at both ends, and stays when the line is gone.
func TestTraffic(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	seen := ana.Subscribe(-1)
	must(ben.api.Open(conversation))(t)
	before := must(ana.api.Traffic())(t)
	var text strings.Builder
	for text.Len() < 4000 {
		text.WriteString(rand.Text()) // entries travel packed: this packs to five eighths
	}
	sent := must(ana.api.SendText(conversation, text.String()))(t)
	ana.until("it is delivered", seen, marked(sent.ID, app.MessageDelivered))
	now := must(ana.api.Traffic())(t)
	if len(now.Lines) != 1 {
		t.Fatalf("Ana's lines are %+v", now.Lines)
	}
	line := now.Lines[0]
	if line.Conversation != conversation || line.Sent-before.Sent < int64(text.Len())*5/8 || now.Sent != line.Sent || now.Received != line.Received || line.Received == 0 {
		t.Errorf("%d bytes of text were counted as %+v, before that %+v", text.Len(), now, before)
	}
	opened, err := time.Parse(time.RFC3339, line.Opened)
	if since := time.Since(opened); err != nil || since < 0 || since > patience || line.Family != app.FamilyIPv4 {
		t.Errorf("the line is %+v: %v", line, err)
	}
	theirs := must(ben.api.Traffic())(t)
	if len(theirs.Lines) != 1 || theirs.Lines[0].Received < line.Sent {
		t.Errorf("Ana sent %d bytes, and Ben received %+v", line.Sent, theirs.Lines)
	}
	must(ana.api.AddBan(app.BanOptions{Kind: app.BanPeer, Target: ana.state().Conversations[0].PeerID}))(t)
	gone := must(ana.api.Traffic())(t)
	if len(gone.Lines) != 1 || gone.Lines[0].Opened != "" || gone.Lines[0].Sent < line.Sent || len(gone.Lines[0].Delays) != 0 {
		t.Errorf("after a ban the lines are %+v", gone.Lines)
	}
	if index := slices.IndexFunc(ana.state().Conversations, func(c app.Conversation) bool { return c.Line.State == app.LineBanned }); index != 0 {
		t.Error("the line is not banned")
	}
}

// TestTrafficBefore there is anybody.
func TestTrafficBefore(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	if _, err := p.api.Traffic(); code(t, err) != "no-profile" {
		t.Errorf("before there is a profile: %v", err)
	}
	must(p.api.CreateProfile("Ana", 1))(t)
	if none := must(p.api.Traffic())(t); none.Lines == nil || len(none.Lines) != 0 || none.Received != 0 || none.Sent != 0 {
		t.Errorf("alone: %+v", none)
	}
}
