package e2e_test

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// turnsApart is how often one of two people who never meet comes, writes and leaves.
const turnsApart = 10

// apart is two people who are never there at once.
type apart struct {
	*pair
	t     *testing.T
	shown [2][]app.Message // what each saw last, Ana first
}

// comes starts one of them, the other being gone.
func (a *apart) comes(who int) *device {
	a.t.Helper()
	for _, other := range []*device{a.ana, a.ben} {
		if other == nil {
			continue
		}
		select {
		case <-other.gone:
		default:
			a.t.Fatal("they are there at once")
		}
	}
	if who == 0 {
		a.ana = startDevice(a.t, a.anaDir, "Ana", a.options...)
		online(a.t, a.ana)
		return a.ana
	}
	a.ben = startDevice(a.t, a.benDir, "Ben", a.options...)
	online(a.t, a.ben)
	return a.ben
}

// has waits until somebody shows all that both wrote, and marks it as read.
func (a *apart) has(who int, device *device) {
	a.t.Helper()
	eventually(a.t, []string{"Ana", "Ben"}[who]+" has all that was written", func() bool {
		return len(device.texts(a.conversation)) == a.sentAna+a.sentBen
	})
	all := device.texts(a.conversation)
	device.call(nil, "MarkRead", a.conversation, all[len(all)-1].ID)
	a.shown[who] = all
}

// hasAndTells is has, until a server keeps the letter that tells the other of it.
func (a *apart) hasAndTells(who int, device *device) {
	a.t.Helper()
	a.has(who, device)
	before := letters(device)
	eventually(a.t, "a letter tells what was read", func() bool { return letters(device) > before })
}

// leaves waits until servers keep what somebody wrote, and ends the process.
func (a *apart) leaves(who int, device *device, end func(*process)) {
	a.t.Helper()
	a.reached(a.t, "servers keep all of it", device, app.MessageQueued)
	if lines := device.state().Network.Lines; lines != 0 {
		a.t.Errorf("%d lines are open", lines)
	}
	a.shown[who] = device.texts(a.conversation)
	end(device.process)
}

// turn has one come, read, write, change what is there, and leave. A node of
// the cluster dies in the middle and is back afterwards.
func (a *apart) turn(number int, c *cluster) {
	a.t.Helper()
	who, count, killed := number%2, &a.sentAna, number%3+1
	if who == 1 {
		count = &a.sentBen
	}
	device := a.comes(who)
	a.has(who, device)
	before := a.shown[who]
	a.say(device, count, 1)
	c.killNode(killed)
	var answer app.Message
	*count++
	device.call(&answer, "SendReply", a.conversation, fmt.Sprintf("an answer in turn %d", number), before[len(before)-1].ID)
	device.call(nil, "React", a.conversation, before[len(before)-1].ID, "👍", false)
	for _, message := range slices.Backward(before) {
		if message.Mine {
			device.call(nil, "EditMessage", a.conversation, message.ID, fmt.Sprintf("edited in turn %d", number))
			break
		}
	}
	a.say(device, count, 1)
	end := (*process).stop
	if number%4 < 2 {
		end = (*process).kill
	}
	a.leaves(who, device, end)
	c.startNode(killed)
}

// TestNeverTogether has two people become contacts and talk through a cluster
// of three, of which one node is killed in every turn. They are never there at
// once, and in the end both have the same.
func TestNeverTogether(t *testing.T) {
	t.Parallel()
	began := time.Now()
	c := startCluster(t)
	a := &apart{t: t, pair: &pair{anaDir: t.TempDir(), benDir: t.TempDir(), options: []string{"--no-host", "--server", c.addresses[0]}}}
	ana := a.comes(0)
	logged(t, ana, "mail comes here")
	var invite app.Invite
	ana.call(&invite, "CreateInvite", app.InviteOptions{Label: "for Ben"})
	eventually(t, "the invite has a box", func() bool { return boxes(ana) > 1 })
	ana.stop()

	ben := a.comes(1)
	var asked app.Conversation
	ben.call(&asked, "SendRequest", invite.Link, "Hello Ana, it is Ben")
	a.conversation, a.sentBen = asked.ID, 1
	a.leaves(1, ben, (*process).stop)

	ana = a.comes(0)
	eventually(t, "the request is there", func() bool { return len(ana.state().Requests) == 1 })
	ana.call(nil, "AcceptRequest", ana.state().Requests[0].ID)
	logged(t, ana, "a server keeps a letter")
	ana.stop()
	ben = a.comes(1)
	eventually(t, "Ben is a contact", func() bool { return ben.state().Conversations[0].Contact == app.ContactMutual })
	a.leaves(1, ben, (*process).stop)

	for number := range turnsApart {
		a.turn(number, c)
		t.Logf("turn %d is over after %s", number+1, time.Since(began).Round(time.Second))
	}

	// Ben wrote last. That it was read he learns by a letter that says nothing else.
	ana = a.comes(0)
	a.hasAndTells(0, ana)
	a.reached(t, "all of Ana's is read", ana, app.MessageQueued, app.MessageStored, app.MessageDelivered)
	a.toldInSteps(ana, c)
	a.leaves(0, ana, (*process).stop)
	ben = a.comes(1)
	a.reached(t, "all of Ben's is read", ben, app.MessageQueued, app.MessageStored, app.MessageDelivered)
	a.leaves(1, ben, (*process).stop)
	a.compared()
	agree(t, a.pair)
}

// boxes counts the tags that servers took for a device.
func boxes(of *device) int { return strings.Count(of.errors.text(), "mail comes here") }

// letters counts what servers took of a device's mail.
func letters(of *device) int { return strings.Count(of.errors.text(), "a server keeps a letter") }

// toldInSteps demands the story of a message of Ana's in its order.
func (a *apart) toldInSteps(ana *device, c *cluster) {
	a.t.Helper()
	last := a.shown[0][len(a.shown[0])-1]
	for _, message := range slices.Backward(a.shown[0]) {
		if message.Mine {
			last = message
			break
		}
	}
	var told app.Delivery
	ana.call(&told, "Delivery", last.ID)
	var kinds []app.StepKind
	for _, step := range told.Steps {
		kinds = append(kinds, step.Kind)
		if step.Time == "" {
			a.t.Errorf("%s has no time", step.Kind)
		}
		known := slices.ContainsFunc(c.addresses[:], func(address string) bool { return hostOf(a.t, address) == step.Server })
		if step.Kind == app.StepStored && (!known || step.Until == "") {
			a.t.Errorf("it is kept at %q until %q; the nodes are %v", step.Server, step.Until, c.addresses)
		}
		if step.Kind == app.StepDelivered && step.Way != app.WayMail {
			a.t.Errorf("it came by %q", step.Way)
		}
	}
	want := []app.StepKind{app.StepWritten, app.StepStored, app.StepDelivered, app.StepRead}
	if !slices.Equal(kinds, want) || told.Waiting != nil || told.State != app.MessageRead {
		a.t.Errorf("the story is %+v", told)
	}
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Host
}

// compared demands that both saw the same at last, all once and in one order.
func (a *apart) compared() {
	a.t.Helper()
	if first, second := commonOf(a.shown[0]), commonOf(a.shown[1]); !reflect.DeepEqual(first, second) {
		a.t.Errorf("Ana sees\n%+v\nBen sees\n%+v", first, second)
	}
	ids, edited, answers, reactions := map[string]bool{}, 0, 0, 0
	for i, message := range a.shown[0] {
		if ids[message.ID] || message.Order != a.shown[1][i].Order {
			a.t.Errorf("%q is there twice or in another order", message.Text)
		}
		ids[message.ID] = true
		if message.Edited != "" {
			edited++
		}
		if message.Reply != nil {
			answers++
		}
		reactions += len(message.Reactions)
	}
	if len(ids) != 3*turnsApart+1 || answers != turnsApart || reactions != turnsApart || edited < turnsApart-1 {
		a.t.Errorf("%d messages, %d edited, %d answers, %d reactions", len(ids), edited, answers, reactions)
	}
}
