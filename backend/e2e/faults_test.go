package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// together is how many worlds there are at the same time: most of the time each
// waits for something.
const together = 8

// TestDeathAtEveryPoint kills a real device at every step of what it does for
// messages, and nothing that it took on is lost, or there twice, or elsewhere in
// the order. The first world only records which steps there are.
func TestDeathAtEveryPoint(t *testing.T) {
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	record := t.TempDir()
	tell(t, server.address, death{}, record) // not a test of its own: one death alone can be run again
	reached := recorded(t, record)
	if len(reached) != 2 {
		t.Fatalf("the victim came %d times", len(reached))
	}
	plans := deaths(reached)
	points := map[string]bool{}
	for _, plan := range plans {
		points[plan.point] = true
	}
	// What the issue names, whatever the points are called: send, receive, seal,
	// open, acknowledge, and a new database.
	for _, point := range []string{
		"node.commit.before.ownappendentry", "node.commit.after.ownappendentry", "node.answer",
		"node.frame.received.entries", "node.commit.before.appendentry", "node.commit.after.appendentry", "node.frame.sent.position",
		"node.letter.seal", "node.letter.sealed", "node.commit.before.putoutgoing", "node.mail.put", "node.mail.stored",
		"node.mail.fetched", "node.mail.opened", "node.commit.before.putseen", "node.commit.after.putseen", "node.mail.delete",
		"node.commit.after.deleteoutgoing", "store.transaction.written", "store.transaction.committed", "store.forget",
		"store.migrate.written.0001_logs.sql", "store.open.ready", "store.close",
	} {
		if !points[point] {
			t.Errorf("the story does not come to %s", point)
		}
	}
	if t.Failed() {
		t.Fatalf("it comes to %v", reached)
	}
	var mutex sync.Mutex
	missed := map[string]int{}
	all := 0
	inParallel(t, plans, func(t *testing.T, plan death) {
		died := tell(t, server.address, plan, "")
		mutex.Lock()
		defer mutex.Unlock()
		all++
		if !died {
			missed[plan.point]++
		}
	})
	// What a device does differs a little from one run to the next, so that the last
	// time of some point may not come; a step that is never died at is not tested.
	notDied := 0
	for _, count := range missed {
		notDied += count
	}
	t.Logf("%d points, %d deaths, %d did not come: %v", len(points), all-notDied, notDied, missed)
	if notDied > all/5 {
		t.Errorf("%d of %d deaths did not come", notDied, all)
	}
}

// inParallel runs a test for each plan, some at a time.
func inParallel(t *testing.T, plans []death, run func(*testing.T, death)) {
	t.Helper()
	queue := make(chan death)
	var workers sync.WaitGroup
	for range together {
		workers.Go(func() {
			for plan := range queue {
				t.Run(plan.String(), func(t *testing.T) { run(t, plan) })
			}
		})
	}
	for _, plan := range plans {
		queue <- plan
	}
	close(queue)
	workers.Wait()
}

// story is Ana, who may die, and Ben.
type story struct {
	*testing.T
	ana, ben *somebody
}

// step is something that Ana does, again when she died of it.
func (s *story) step(what string, do func() error) {
	s.Helper()
	for {
		err := do()
		if err == nil && !s.ana.alive() {
			err = errDied
		}
		switch {
		case err == nil:
			return
		case err != errDied: //nolint:errorlint // as it was returned
			s.Fatalf("%s: %v\n%s", what, err, s.ana.errors.text())
		}
		s.ana.comeBack()
	}
}

// tell lets two people meet, talk over a line, write to one another while the
// other one is away, and take something back; and looks at both disks. It returns
// whether Ana died.
func tell(t *testing.T, server string, plan death, record string) bool {
	t.Helper()
	s := &story{
		T:   t,
		ana: &somebody{t: t, name: "Ana", folder: t.TempDir(), server: server, victim: true, death: plan, record: record},
		ben: &somebody{t: t, name: "Ben", folder: t.TempDir(), server: server},
	}
	s.ana.other, s.ben.other = s.ben, s.ana
	s.benComes()
	s.anaComes()
	s.meet()
	s.step("talking", func() error { return s.both("when a line opens", 1) })
	s.step("talking", func() error { return s.both("over a line", 2) })
	s.step("taking back", s.takeBack)

	s.ben.goAway()
	s.step("writing to Ben who is away", func() error {
		if err := s.ana.say("while Ben is away", 2); err != nil {
			return err
		}
		return s.ana.none(app.MessageQueued)
	})
	s.ana.goAway()

	s.benComes()
	if err := s.must(s.ben.has(s.ana.written), s.ben.say("while Ana is away", 2), s.ben.none(app.MessageQueued)); err != nil {
		t.Fatalf("Ben writes to Ana who is away: %v\n%s", err, s.ben.errors.text())
	}
	s.ben.goAway()

	s.anaComes()
	s.step("fetching", func() error {
		return s.must(s.ana.has(s.ben.written), s.ana.none(app.MessageQueued, app.MessageStored))
	})
	s.step("writing once more", func() error { return s.ana.says("the last one") })
	s.benComes()
	var mine []app.Message
	s.step("coming to rest", func() (err error) {
		if err = s.rest(); err == nil {
			mine, err = s.ana.messages()
		}
		return err
	})
	s.compare(mine)
	s.ana.goAway()
	s.ben.goAway()
	s.ana.whole(1)
	s.ben.whole(1)
	return s.ana.died
}

// must returns the first of some errors.
func (s *story) must(failures ...error) error {
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *story) benComes() {
	s.Helper()
	err := s.ben.come()
	if err == errDied && s.ana.up { //nolint:errorlint // as it was returned
		// She died of what he fetched at once.
		s.ana.comeBack()
		err = s.ben.reaches()
	}
	if err != nil {
		s.Fatalf("Ben comes: %v\n%s", err, s.ben.errors.text())
	}
}

func (s *story) anaComes() {
	s.Helper()
	err := s.ana.come()
	s.step("coming", func() error { first := err; err = nil; return first })
}

// meet makes Ana and Ben contacts, with an invite of Ana's.
func (s *story) meet() {
	s.Helper()
	s.step("inviting", func() error {
		if asked, err := s.ben.talk(); err != nil || asked != "" {
			return err
		}
		var invite app.Invite
		if err := s.ana.ask(&invite, "CreateInvite", app.InviteOptions{Label: "for Ben"}); err != nil {
			return err
		}
		const text = "Hello Ana, it is Ben"
		s.ben.written = append(s.ben.written, text)
		return s.ben.ask(nil, "SendRequest", invite.Link, text)
	})
	s.step("accepting", func() error {
		var request app.Request
		contacts := false
		if err := s.ana.until("the request arrives", func(state app.State) bool {
			if contacts = len(state.Conversations) > 0; contacts {
				return true
			}
			if len(state.Requests) == 1 {
				request = state.Requests[0]
			}
			return len(state.Requests) == 1
		}); err != nil {
			return err
		}
		if !contacts {
			if err := s.ana.ask(nil, "AcceptRequest", request.ID); err != nil {
				return err
			}
		}
		return s.ben.wait("Ben is a contact", func() (bool, error) {
			var theirs app.State
			err := s.ben.ask(&theirs, "Start")
			return err == nil && len(theirs.Conversations) == 1 && theirs.Conversations[0].Contact == app.ContactMutual, err
		})
	})
}

// say writes some texts.
func (s *somebody) say(text string, count int) error {
	for i := range count {
		if err := s.says(fmt.Sprintf("%s says %d %s", s.name, i+1, text)); err != nil {
			return err
		}
	}
	return nil
}

// both lets both write, and waits until each has what the other one wrote.
func (s *story) both(text string, count int) error {
	return s.must(s.ana.say(text, count), s.ben.say(text, count), s.ben.has(s.ana.written), s.ana.has(s.ben.written))
}

const regretted = "what Ana regrets"

// takeBack has Ana delete a message for everyone.
func (s *story) takeBack() error {
	messages, err := s.ana.messages()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(messages, func(one app.Message) bool { return one.Deleted }) {
		conversation, err := s.ana.talk()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(messages, func(one app.Message) bool { return one.Text == regretted })
		if at < 0 {
			var sent app.Message
			if err = s.ana.ask(&sent, "SendText", conversation, regretted); err != nil {
				return err
			}
			messages, at = append(messages, sent), len(messages)
		}
		if err = s.ana.ask(nil, "DeleteMessage", conversation, messages[at].ID, true); err != nil {
			return err
		}
	}
	return s.ben.wait("Ben does not read what Ana took back", func() (bool, error) {
		theirs, err := s.ben.messages()
		return slices.ContainsFunc(theirs, func(one app.Message) bool { return one.Deleted }), err
	})
}

// rest waits until both have everything, and nothing waits anywhere.
func (s *story) rest() error {
	return s.must(
		s.ana.has(s.ben.written), s.ben.has(s.ana.written),
		s.ana.none(app.MessageQueued, app.MessageStored), s.ben.none(app.MessageQueued, app.MessageStored),
		s.ben.wait("no letter is left", func() (bool, error) {
			return s.ana.asksSQL("SELECT count(*) FROM outgoing") == "0" && s.ben.asksSQL("SELECT count(*) FROM outgoing") == "0", nil
		}),
	)
}

// compare demands that both have the same in the same order: everything that a
// device took on, once, and nothing else.
func (s *story) compare(mine []app.Message) {
	s.Helper()
	theirs, err := s.ben.messages()
	if err != nil {
		s.Fatalf("comparing: %v\n%s", err, s.ben.errors.text())
	}
	if len(mine) != len(theirs) || len(mine) != len(s.ana.written)+len(s.ben.written)+1 {
		s.Errorf("Ana has %d messages, Ben %d, and they wrote %d", len(mine), len(theirs), len(s.ana.written)+len(s.ben.written)+1)
	}
	for i := range min(len(mine), len(theirs)) {
		if mine[i].ID != theirs[i].ID || mine[i].Order != theirs[i].Order || mine[i].Text != theirs[i].Text {
			s.Errorf("at %d Ana has %q and Ben %q", i, mine[i].Text, theirs[i].Text)
		}
	}
	for _, who := range []*somebody{s.ana, s.ben} {
		var texts []string
		for _, one := range mine {
			if one.Mine == (who == s.ana) && !one.Deleted {
				texts = append(texts, one.Text)
			}
		}
		if !slices.Equal(texts, who.written) {
			s.Errorf("%s wrote\n%s\nand there is\n%s", who.name, strings.Join(who.written, "\n"), strings.Join(texts, "\n"))
		}
	}
}
