package e2e_test

import (
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// storedWhere waits until a server keeps what somebody wrote last, and says
// which, in the steps of its way and in what it waits for.
func (p *pair) storedWhere(t *testing.T, who *device, want *server) {
	t.Helper()
	mine := slices.DeleteFunc(who.texts(p.conversation), func(message app.Message) bool { return !message.Mine })
	host := hostOf(t, want.address)
	eventually(t, "it is kept at "+host, func() bool {
		var told app.Delivery
		who.call(&told, "Delivery", mine[len(mine)-1].ID)
		last := told.Steps[len(told.Steps)-1]
		return told.State == app.MessageStored && last.Kind == app.StepStored && last.Server == host &&
			told.Waiting.Code == app.WaitStored && told.Waiting.Server == host
	})
}

// TestServersOfEachOther: two people who share no server meet through the one
// that the invite names, and each leaves mail at the other's. One of them moves
// to another server while the other is away, and the former one is gone with the
// mail that it kept: what was left there is left where they are now, without a
// new invite.
func TestServersOfEachOther(t *testing.T) {
	t.Parallel()
	var servers [3]*server
	for i := range servers {
		servers[i] = startServer(t, t.TempDir(), "127.0.0.1:0")
	}
	anas, bens, next := servers[0], servers[1], servers[2]
	p := &pair{anaDir: t.TempDir(), benDir: t.TempDir()}
	ana := func() {
		p.ana = startDevice(t, p.anaDir, "Ana", "--no-host", "--server", anas.address)
		online(t, p.ana)
	}
	ben := func(options ...string) {
		p.ben = startDevice(t, p.benDir, "Ben", append([]string{"--no-host"}, options...)...)
		p.ben.call(nil, "Painted")
	}
	ana()
	ben("--server", bens.address)
	online(t, p.ben)
	var invite app.Invite
	p.ana.call(&invite, "CreateInvite", app.InviteOptions{})
	var asked app.Conversation
	p.ben.call(&asked, "SendRequest", invite.Link, "Hello Ana, it is Ben")
	p.conversation, p.sentBen = asked.ID, 1
	eventually(t, "the request arrives", func() bool { return len(p.ana.state().Requests) == 1 })
	p.ana.call(nil, "AcceptRequest", p.ana.state().Requests[0].ID)
	p.say(p.ana, &p.sentAna, 1)
	p.say(p.ben, &p.sentBen, 1)
	p.same(t)
	p.reached(t, "all of Ana's is delivered", p.ana, app.MessageQueued, app.MessageStored)

	p.ben.stop()
	p.say(p.ana, &p.sentAna, 1)
	p.storedWhere(t, p.ana, bens)
	p.ana.stop()
	bens.stop()

	ben()
	var added app.Server
	p.ben.call(&added, "AddServer", next.address)
	var former app.Server
	for _, one := range p.ben.state().Network.Servers {
		if one.Address == hostOf(t, bens.address) {
			former = one
		}
	}
	p.ben.call(nil, "RemoveServer", former.ID)
	logged(t, p.ben, "mail comes here")
	p.say(p.ben, &p.sentBen, 1)
	p.storedWhere(t, p.ben, anas)
	p.ben.stop()

	ana()
	eventually(t, "Ana hears where Ben is now", func() bool { return len(p.ana.texts(p.conversation)) == p.sentAna+p.sentBen })
	p.storedWhere(t, p.ana, next)
	p.ana.stop()
	ben()
	online(t, p.ben)
	eventually(t, "Ben has it", func() bool { return len(p.ben.texts(p.conversation)) == p.sentAna+p.sentBen })
	ana()
	p.same(t)
	p.ana.stop()
	p.ben.stop()
}
