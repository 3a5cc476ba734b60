package node

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
)

func (p *person) talkWith(other *person) uuid.UUID {
	return chat.DirectConversation(p.keys.Peer(), other.keys.Peer())
}

// does makes a call that succeeds.
func (p *person) does(call any) {
	p.world.t.Helper()
	p.answered = Answer{}
	p.step(Command{ID: 9, Call: call})
	if p.answered.ID != 9 || p.answered.Err != nil {
		p.world.t.Fatalf("%T: %+v", call, p.answered)
	}
}

// refusedFor makes a call and returns the code of its refusal.
func (p *person) refusedFor(call any) string {
	p.world.t.Helper()
	p.answered = Answer{}
	p.step(Command{ID: 9, Call: call})
	refused, is := p.answered.Err.(*Refusal) //nolint:errorlint // a core answers with it as it is
	if !is {
		p.world.t.Fatalf("%T: %+v", call, p.answered)
	}
	return refused.Code
}

func (p *person) standing(other *person) Standing { return p.kept(p.talkWith(other)).Standing }

// watches tells whether the presence of somebody is asked for.
func (p *person) watches(other *person) bool {
	return slices.ContainsFunc(p.core.network.servers[p.world.address.Key.String()].watched, func(peer identity.PeerID) bool { return peer == other.keys.Peer() })
}

// TestStanding: what is pinned, archived, muted and marked is kept, and told.
func TestStanding(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	ana, one, two, three := w.people[0], w.people[1], w.people[2], w.people[3]
	ana.does(pinCall{[]uuid.UUID{ana.talkWith(two), ana.talkWith(one)}})
	if ana.standing(two).Pinned != 1 || ana.standing(one).Pinned != 2 || ana.standing(three).Pinned != 0 {
		t.Errorf("pinned: %+v, %+v", ana.standing(two), ana.standing(one))
	}
	before := ana.marks
	ana.does(pinCall{[]uuid.UUID{ana.talkWith(three), ana.talkWith(one)}})
	if ana.standing(two).Pinned != 0 || ana.standing(three).Pinned != 1 || ana.standing(one).Pinned != 2 || ana.marks != before+2 {
		t.Errorf("pinned anew: %+v, %d told", ana.standing(three), ana.marks-before)
	}
	if code := ana.refusedFor(pinCall{make([]uuid.UUID, MaxPins+1)}); code != "pins" {
		t.Error(code)
	}
	if code := ana.refusedFor(pinCall{[]uuid.UUID{{7}}}); code != "no-conversation" {
		t.Error(code)
	}
	ana.does(quietCall{ana.talkWith(one), true})
	ana.does(markCall{ana.talkWith(one), true})
	ana.does(folderCall{ana.talkWith(one), FolderArchived})
	want := Standing{Pinned: 2, Folder: FolderArchived, Quiet: true, Marked: true}
	ana.start()
	if got := ana.core.conversations[ana.talkWith(one)].standing; got != want || ana.standing(one) != want {
		t.Errorf("after a restart %+v, want %+v", got, want)
	}
	ana.full = ErrDiskFull
	if code := ana.refusedFor(quietCall{ana.talkWith(one), false}); code != "disk-full" {
		t.Error(code)
	}
	if got := ana.core.conversations[ana.talkWith(one)].standing; got != want {
		t.Errorf("on a full disk it is %+v", got)
	}
	ana.full = nil
	if code := ana.refusedFor(folderCall{ana.talkWith(one), 7}); code != "internal" {
		t.Error(code)
	}
}

// TestArchivedComesBack: what they write brings a conversation back into the list,
// unless it is quiet; what this person writes brings back what they deleted.
func TestArchivedComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	ben.connect()
	brings := func(text string) {
		ben.say(ana, text)
		w.pass(10 * time.Second)
		ana.arrived()
	}
	ana.does(folderCall{ana.talkWith(ben), FolderArchived})
	ana.say(ben, "one's own")
	if ana.standing(ben).Folder != FolderArchived {
		t.Error("one's own message brought it back")
	}
	brings("hello")
	if ana.standing(ben).Folder != FolderList {
		t.Error("a message did not bring it back")
	}
	ana.does(folderCall{ana.talkWith(ben), FolderArchived})
	ana.does(quietCall{ana.talkWith(ben), true})
	brings("quietly")
	if ana.standing(ben).Folder != FolderArchived {
		t.Error("one that is quiet came back")
	}
	ana.does(clearCall{ana.talkWith(ben), true})
	if got := ana.standing(ben); got.Folder != FolderHidden || !got.Cleared.Equal(w.now) || len(ana.cleared) != 1 || ana.cleared[0] != (ClearConversation{Conversation: ana.talkWith(ben), Draft: true}) {
		t.Errorf("deleted: %+v, %+v", got, ana.cleared)
	}
	brings("after it was deleted")
	if ana.standing(ben).Folder != FolderList {
		t.Error("a deleted one did not come back")
	}
	ana.does(clearCall{ana.talkWith(ben), true})
	ana.say(ben, "I write again")
	if ana.standing(ben).Folder != FolderList {
		t.Error("one's own message did not bring a deleted one back")
	}
}

// TestClearTells: the interface hears of it, and a full disk changes nothing.
func TestClearTells(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.full = ErrDiskFull
	if code := ana.refusedFor(clearCall{conversation: ana.talkWith(ben)}); code != "disk-full" || !ana.core.conversations[ana.talkWith(ben)].standing.Cleared.IsZero() {
		t.Errorf("%s, %+v", code, ana.core.conversations[ana.talkWith(ben)].standing)
	}
	ana.full = nil
	ana.does(clearCall{conversation: ana.talkWith(ben)})
	if !slices.ContainsFunc(ana.told, func(change Change) bool { return change.Cleared == ana.talkWith(ben) }) {
		t.Error("nobody was told")
	}
	if code := ana.refusedFor(clearCall{conversation: uuid.UUID{4}}); code != "no-conversation" {
		t.Error(code)
	}
}

// TestForget: nobody is watched, nothing goes out, what a server keeps is taken
// back, and what they send is a stranger's.
func TestForget(t *testing.T) {
	t.Parallel()
	for _, erase := range []bool{false, true} {
		w := newWorld(t, 2)
		ana, ben := w.people[0], w.people[1]
		ben.connect() // mail reaches him from now on
		ben.disconnect()
		ana.connect()
		ana.does(comparedCall{ana.talkWith(ben), true})
		ana.say(ben, "left at the server")
		w.pass(10 * time.Second)
		if len(w.boxes[ben]) != 1 || !ana.watches(ben) {
			t.Fatalf("%d letters", len(w.boxes[ben]))
		}
		ana.does(forgetCall{ana.talkWith(ben), erase})
		if len(w.boxes[ben]) != 0 || len(ana.disk.Outgoing) != 0 || ana.watches(ben) || len(ana.disk.Verifications) != 0 {
			t.Errorf("%d letters, %d rows, watched %v, %+v", len(w.boxes[ben]), len(ana.disk.Outgoing), ana.watches(ben), ana.disk.Verifications)
		}
		code := "forgotten"
		if erase {
			code = "no-conversation"
			if ana.state(ben) != 0 || len(ana.cleared) != 1 || !ana.cleared[0].All || !slices.ContainsFunc(ana.told, func(c Change) bool { return c.Removed == ana.talkWith(ben) }) {
				t.Errorf("state %d, %+v", ana.state(ben), ana.cleared)
			}
		} else if ana.state(ben) != ContactForgotten || len(ana.cleared) != 0 {
			t.Errorf("state %d, %+v", ana.state(ben), ana.cleared)
		}
		for range 2 {
			if got := ana.refusedFor(sendTextCall{conversation: ana.talkWith(ben), text: "hello?"}); got != code {
				t.Errorf("writing: %s", got)
			}
			ana.start()
			ana.connect()
		}
		// What they send is not taken, and not kept at the server.
		had := len(ana.logs)
		ben.connect()
		ben.say(ana, "are you there?")
		w.pass(time.Minute)
		ana.arrived()
		if len(ana.logs) != had || len(w.boxes[ana]) != 0 || len(ana.disk.Requests) != 0 {
			t.Errorf("taken: %d entries, %d letters, %d requests", len(ana.logs)-had, len(w.boxes[ana]), len(ana.disk.Requests))
		}
		if !ben.undelivered(ana) {
			t.Error("Ben was told that it arrived")
		}
	}
}

// TestForgottenContactsMeetAgain: they may become contacts again, by a request of
// who forgot, and each log goes on; nothing is signed twice for one place.
func TestForgottenContactsMeetAgain(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	ana.connect()
	ana.arrived()
	ana.accepts(ben)
	w.pass(10 * time.Second)
	ben.arrived()
	if ben.state(ana) != ContactMutual {
		t.Fatalf("state %d", ben.state(ana))
	}
	ben.say(ana, "a first word")
	w.pass(10 * time.Second)
	ana.arrived()
	ben.does(forgetCall{ben.talkWith(ana), true})
	ana.say(ben, "while I was forgotten")
	w.pass(time.Minute)
	ben.arrived()
	opened := ana.invites(24*time.Hour, 1)
	ben.asks(opened, "May I, again?")
	w.pass(10 * time.Second)
	ana.arrived()
	w.pass(10 * time.Second)
	ben.arrived()
	w.pass(10 * time.Second)
	ana.arrived()
	if ben.state(ana) != ContactMutual {
		t.Fatalf("state %d", ben.state(ana))
	}
	for _, text := range []string{"May I, again?", "a first word"} {
		if !slices.Contains(ana.texts(), text) {
			t.Errorf("Ana has %q", ana.texts())
		}
	}
	// What was thrown away unread comes over a line, as anything that is missing.
	w.connectLine(ana, ben)
	if !slices.Contains(ben.texts(), "while I was forgotten") {
		t.Errorf("Ben has %q", ben.texts())
	}
	for _, p := range w.people {
		if len(p.disk.Forks) != 0 || slices.ContainsFunc(p.reports, func(what string) bool { return what != "" }) {
			t.Errorf("%+v, %q", p.disk.Forks, p.reports)
		}
	}
}

// TestForgetRequest: a request that is not answered ends, and leaves its box.
func TestForgetRequest(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	ben.does(forgetCall{ben.talkWith(ana), true})
	if ben.state(ana) != 0 || len(w.boxes[ana]) != 0 {
		t.Errorf("state %d, %d letters", ben.state(ana), len(w.boxes[ana]))
	}
	w.pass(time.Hour)
	if len(w.boxes[ana]) != 0 {
		t.Error("it was asked again")
	}
}

// TestForgetOnAFullDisk: nothing has changed then.
func TestForgetOnAFullDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	ana.say(ben, "waits")
	w.pass(10 * time.Second)
	ana.full = ErrDiskFull
	if code := ana.refusedFor(forgetCall{ana.talkWith(ben), true}); code != "disk-full" {
		t.Error(code)
	}
	ana.full = nil
	if ana.contact(ben) == nil || len(ana.contact(ben).outbox.letters) != 1 || !ana.watches(ben) {
		t.Fatalf("they are not a contact any more, or what waited is gone: %+v", ana.contact(ben))
	}
	ana.say(ben, "goes on")
	w.pass(30 * time.Second)
	ben.connect()
	if got := ben.texts(); !slices.Equal(got, []string{"waits", "goes on"}) {
		t.Errorf("Ben has %q", got)
	}
}

// TestForgetWhileTheServerIsAway: the letter is taken back when the server is there.
func TestForgetWhileTheServerIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	ana.say(ben, "left at the server")
	w.pass(10 * time.Second)
	ana.disconnect()
	ana.does(forgetCall{ana.talkWith(ben), true})
	if len(w.boxes[ben]) != 1 || len(ana.disk.Outgoing) != 1 || !ana.disk.Outgoing[0].recalls() {
		t.Fatalf("%d letters, %+v", len(w.boxes[ben]), ana.disk.Outgoing)
	}
	ana.start()
	ana.connect()
	if len(w.boxes[ben]) != 0 || len(ana.disk.Outgoing) != 0 {
		t.Errorf("%d letters, %+v", len(w.boxes[ben]), ana.disk.Outgoing)
	}
}

// TestForgottenIsDeleted: what was kept of somebody who is forgotten can go too.
func TestForgottenIsDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "kept")
	ana.does(forgetCall{ana.talkWith(ben), false})
	ana.does(forgetCall{ana.talkWith(ben), false}) // again: it is so already
	ana.does(quietCall{ana.talkWith(ben), true})
	ana.does(clearCall{ana.talkWith(ben), true})
	if ana.state(ben) != 0 || len(ana.cleared) != 1 || !ana.cleared[0].All {
		t.Errorf("state %d, %+v", ana.state(ben), ana.cleared)
	}
	if code := ana.refusedFor(quietCall{ana.talkWith(ben), true}); code != "no-conversation" {
		t.Error(code)
	}
	if len(ana.disk.Contacts) != 0 {
		t.Errorf("%+v", ana.disk.Contacts)
	}
	w.pass(time.Minute)
}

// TestForgetAfterAChangeOfKey: asked in the conversation of before or in the present
// one, it is the contact who is forgotten, and both are erased.
func TestForgetAfterAChangeOfKey(t *testing.T) {
	t.Parallel()
	for _, inFormer := range []bool{false, true} {
		w := newWorld(t, 2)
		ana, ben := w.people[0], w.people[1]
		ana.connect()
		ben.connect()
		ana.say(ben, "before")
		w.fetchAll(time.Minute)
		former := ana.talkWith(ben)
		ana.kept(former).Peer = ben.keys.Peer() // as a real disk has it
		ana.changeKey(11)
		ana.connect()
		w.fetchAll(time.Minute)
		present := ana.talkWith(ben)
		if !ana.core.former[former] || ana.state(ben) == 0 {
			t.Fatalf("there is no conversation of before: %v", ana.disk.Conversations)
		}
		asked := present
		if inFormer {
			asked = former
		}
		ana.does(forgetCall{asked, true})
		var erased []uuid.UUID
		for _, one := range ana.cleared {
			if !one.All {
				t.Errorf("only a part of %v is erased", one.Conversation)
			}
			erased = append(erased, one.Conversation)
		}
		if !slices.Equal(erased, []uuid.UUID{former, present}) {
			t.Errorf("asked in the former one: %v; erased: %v, want %v and %v", inFormer, erased, former, present)
		}
		if len(ana.disk.Contacts) != 0 {
			t.Errorf("asked in the former one: %v; still a contact", inFormer)
		}
	}
}
