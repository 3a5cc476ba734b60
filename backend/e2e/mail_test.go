package e2e_test

import (
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// reached waits until none of a person's own messages are in one of the states.
func (p *pair) reached(t *testing.T, what string, who *device, states ...app.MessageState) {
	t.Helper()
	eventually(t, what, func() bool {
		for _, message := range who.texts(p.conversation) {
			if message.Mine && slices.Contains(states, message.State) {
				return false
			}
		}
		return true
	})
}

// TestMailbox has two people write to one another who are never there at once.
func TestMailbox(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.reached(t, "the request is delivered", p.ben, app.MessageQueued, app.MessageStored)
	p.ben.stop()
	p.say(p.ana, &p.sentAna, 100)
	p.reached(t, "Ben's mailbox keeps all of it", p.ana, app.MessageQueued)
	p.ana.stop()

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	eventually(t, "Ben has all of it", func() bool { return len(p.ben.texts(p.conversation)) == p.sentAna+p.sentBen })
	p.say(p.ben, &p.sentBen, 3)
	p.reached(t, "Ana's mailbox keeps the answers", p.ben, app.MessageQueued)
	p.ben.stop()

	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	eventually(t, "Ana has the answers", func() bool { return len(p.ana.texts(p.conversation)) == p.sentAna+p.sentBen })
	p.reached(t, "Ana's texts are delivered", p.ana, app.MessageQueued, app.MessageStored)

	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	p.same(t)
	p.ana.stop()
	p.ben.stop()
	server.stop()
}
