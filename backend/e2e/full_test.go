package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestFullMailbox: what a mailbox has no room for waits at its author, who is told
// why; when its owner has fetched, the rest goes there by itself.
func TestFullMailbox(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.reached(t, "the request is delivered", p.ben, app.MessageQueued, app.MessageStored)
	p.ben.stop()

	// A letter holds one text of this length, and a box a hundred of them.
	const count = 130
	long := strings.Repeat("Alles, was nicht in den Briefkasten passt, wartet. ", 600)
	for number := range count {
		p.ana.call(nil, "SendText", p.conversation, fmt.Sprintf("%d: %s", number, long))
	}
	mine := func(who *device) (sent []app.Message) {
		for _, message := range who.texts(p.conversation) {
			if strings.HasSuffix(message.Text, long) {
				sent = append(sent, message)
			}
		}
		return sent
	}
	states := func() map[app.MessageState]int {
		counts := map[app.MessageState]int{}
		for _, message := range mine(p.ana) {
			counts[message.State]++
		}
		return counts
	}
	told := func(message app.Message) (delivery app.Delivery) {
		p.ana.call(&delivery, "Delivery", message.ID)
		return delivery
	}
	sent := mine(p.ana)
	first, last := sent[0], sent[count-1]
	eventually(t, "Ben's mailbox is full", func() bool {
		now := told(last)
		return now.Waiting != nil && now.Waiting.Code == app.WaitFull
	})
	full := states()
	if full[app.MessageStored] == 0 || full[app.MessageQueued] == 0 || full[app.MessageStored]+full[app.MessageQueued] != count {
		t.Fatalf("the states are %v", full)
	}
	host := hostOf(t, server.address)
	if now := told(last); now.State != app.MessageQueued || now.Waiting.Server != host || now.Waiting.NextAt == "" {
		t.Errorf("of what has no room is told %+v, %+v", now, now.Waiting)
	}
	if now := told(first); now.State != app.MessageStored || now.Waiting.Code != app.WaitStored || now.Waiting.Server != host {
		t.Errorf("of what lies there is told %+v, %+v", now, now.Waiting)
	}
	p.ana.stop()

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	eventually(t, "Ben has what lay there", func() bool { return p.ben.state().Conversations[0].Unread == full[app.MessageStored] })
	p.ben.stop()

	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	eventually(t, "the rest lies in Ben's mailbox", func() bool { return states()[app.MessageQueued] == 0 })
	p.ana.stop()

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	eventually(t, "Ben has all of it", func() bool { return len(mine(p.ben)) == count })
	for number, message := range mine(p.ben) {
		if message.ID != sent[number].ID || !strings.HasPrefix(message.Text, fmt.Sprintf("%d: ", number)) {
			t.Fatalf("at %d Ben has %.20q", number, message.Text)
		}
	}
	p.ben.stop()
	server.stop()
}
