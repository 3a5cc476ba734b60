package node

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestRelayedLetterIsNotTakenForKnown: a server that relays what lies in a
// mailbox does not make it vanish there.
func TestRelayedLetterIsNotTakenForKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ana.connect()
	ana.say(ben, "hello")
	w.pass(mailAfter)
	ben.receiveEnvelope(w.boxes[ben][0].Envelope)
	ben.arrived()
	if len(ben.texts()) != 1 {
		t.Fatalf("%d texts", len(ben.texts()))
	}
}

// TestManyLettersAtOnce: as many as a box may hold are applied without waiting
// for another login.
func TestManyLettersAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	const many = maxLettersWaiting + 8
	var letters []signaling.Letter
	for i := range many {
		ana.say(ben, fmt.Sprint("text ", i))
		w.pass(mailAfter)
		letters = append(letters, w.boxes[ben]...)
		w.boxes[ben] = nil
		// As if they had acknowledged each: the letters of before wait still.
		one := ana.contact(ben)
		for _, letter := range slices.Clone(one.outbox.letters) {
			ana.write(ana.core.conversationOf(one).moveRemote(ben.keys.Device(), ana.core.conversationOf(one).held, nil, WayMail, w.now))
			ana.core.dropLetter(one, letter)
		}
	}
	if len(letters) != many {
		t.Fatalf("%d letters", len(letters))
	}
	slices.Reverse(letters) // all but the first to be written have to wait
	w.boxes[ben] = letters
	ben.connect()
	if !slices.Equal(ben.texts(), ana.texts()) || len(w.boxes[ben]) != 0 || len(ben.core.letters) != 0 {
		t.Fatalf("%d of %d texts, %d letters left, %d waiting", len(ben.texts()), many, len(w.boxes[ben]), len(ben.core.letters))
	}
}

// TestAcknowledgementThatWasLost: what is here already and comes again is answered.
func TestAcknowledgementThatWasLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ana.connect()
	ana.say(ben, "hello")
	w.pass(mailAfter)
	ben.arrived()
	w.pass(acknowledgeAfter)
	if len(w.boxes[ana]) != 1 {
		t.Fatalf("%d acknowledgements", len(w.boxes[ana]))
	}
	w.boxes[ana] = nil
	w.pass(mailLife + time.Hour)
	ben.arrived()
	w.pass(acknowledgeAfter)
	ana.arrived()
	w.pass(time.Minute)
	if ana.undelivered(ben) || len(ana.disk.Outgoing) != 0 || len(ben.texts()) != 1 {
		t.Fatalf("undelivered %v, %d kept", ana.undelivered(ben), len(ana.disk.Outgoing))
	}
}

// TestAcknowledgementThatNoServerTook is owed again when it cannot be left any more.
func TestAcknowledgementThatNoServerTook(t *testing.T) {
	t.Parallel()
	for what, refuse := range map[string]func(w *world){
		"refused": func(w *world) { w.answer = signaling.AnswerRefused },
		"expired": func(w *world) { w.answer = signaling.AnswerFull },
	} {
		w := newWorld(t, 2)
		ana, ben := w.people[0], w.people[1]
		ben.connect()
		ana.connect()
		ana.say(ben, "hello")
		w.pass(mailAfter)
		refuse(w)
		ben.arrived()
		w.pass(mailLife + time.Hour)
		w.answer = signaling.AnswerDone
		w.pass(mailRetryMost)
		ana.arrived()
		if ana.undelivered(ben) {
			t.Errorf("%s: nothing came after all", what)
		}
		w.pass(time.Minute)
		if len(ben.disk.Outgoing) != 0 {
			t.Errorf("%s: kept %+v", what, ben.disk.Outgoing)
		}
	}
}

// TestLineThatSaidNothing: only one over which the other side is greeted carries
// an acknowledgement.
func TestLineThatSaidNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ana.connect()
	ana.say(ben, "hello")
	w.pass(mailAfter)
	ben.arrived()
	one := ben.contact(ana)
	id := uuid.New()
	ben.core.begin(one, id, link.Remote{Peer: ana.keys.Peer(), Device: ana.keys.Device()})
	remote := link.Remote{Peer: ana.keys.Peer(), Device: ana.keys.Device()}
	ben.step(LinkEvent{Event: link.Event{Session: id, Remote: remote, Opened: &link.Opened{}}})
	w.pass(acknowledgeAfter)
	if one.outbox.ackAt.IsZero() {
		t.Fatal("nobody heard that it came, and it is not owed any more")
	}
	ben.step(LinkEvent{Event: link.Event{Session: id, Remote: remote, Closed: &link.Closed{Reason: link.ReasonSilence}}})
	w.pass(acknowledgeAfter)
	if len(w.boxes[ana]) != 1 {
		t.Fatalf("%d acknowledgements", len(w.boxes[ana]))
	}
}

// TestTheyLeftTheServer: what lies where they do not look any more is left where
// they do.
func TestTheyLeftTheServer(t *testing.T) {
	t.Parallel()
	d, theirs, tokens := twoServers(t)
	first := d.mailOne(theirs)
	d.stored(first, signaling.AnswerDone)
	one := d.core.contacts[theirs.Peer()]
	d.did = nil
	one.Servers = slices.DeleteFunc(slices.Clone(one.Servers), func(server identity.Server) bool { return server.Key.String() == first.Token })
	d.core.arrangeServers()
	d.core.dirty(theirs.Peer())
	d.step(Tick{})
	d.now = d.now.Add(mailAfter)
	d.step(Tick{})
	if len(done[ReadEntries](d)) != 1 || len(one.outbox.letters) != 0 {
		t.Fatalf("kept at %s: %+v", tokens[0], one.outbox.letters)
	}
}

// TestTagsByTheServersTime: whoever's clock is wrong by days is found.
func TestTagsByTheServersTime(t *testing.T) {
	t.Parallel()
	for _, offset := range []time.Duration{-5 * 24 * time.Hour, 5 * 24 * time.Hour} {
		w := newStrangers(t, 1)
		ana := w.people[0]
		ana.up, ana.record = true, ana.own
		ana.server(signaling.Event{Up: &signaling.Up{Key: w.address.Key, Mailbox: true, ClockOffset: offset}})
		key := ana.disk.SealingKeys[0]
		for day := time.Duration(0); day <= key.Delete.Sub(key.Created); day += time.Hour {
			if w.tags[envelope.Tag(key.ID, w.now.Add(offset+day))] != ana {
				t.Fatalf("offset %v: not found after %v", offset, day)
			}
		}
	}
}

// TestRoundTripsAreKept: the last ten, over a reconnection; what was told of them
// before does not change.
func TestRoundTripsAreKept(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 1)
	ana := w.people[0]
	kept := func() []time.Duration { return ana.core.liveNow().Servers[0].RTTs }
	ana.server(signaling.Event{Up: &signaling.Up{Key: w.address.Key, RoundTrip: 100}})
	for rtt := range time.Duration(9) {
		ana.server(signaling.Event{RTT: rtt + 1})
	}
	before := kept()
	ana.server(signaling.Event{Down: &signaling.Down{}})
	ana.server(signaling.Event{Up: &signaling.Up{Key: w.address.Key, RoundTrip: 200}})
	if want := []time.Duration{100, 1, 2, 3, 4, 5, 6, 7, 8, 9}; !slices.Equal(before, want) {
		t.Errorf("%v, want %v", before, want)
	}
	if want := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 200}; !slices.Equal(kept(), want) {
		t.Errorf("after another one %v, want %v", kept(), want)
	}
}

// TestAcceptanceOnAFullDisk is not lost: the contact is asked still, and the
// letter comes again.
func TestAcceptanceOnAFullDisk(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	ana.connect()
	ana.accepts(ben)
	w.pass(time.Minute)
	ben.full = ErrDiskFull
	ben.arrived()
	if ben.contact(ana).State != ContactAsked || len(ben.contact(ana).TheirInvite) != inviteParts || len(w.boxes[ben]) != 1 {
		t.Fatalf("%+v, %d letters", ben.contact(ana).Contact, len(w.boxes[ben]))
	}
	ben.full = nil
	w.pass(fetchAfterFailure)
	ben.start()
	ben.connect()
	w.pass(time.Minute)
	if ben.state(ana) != ContactMutual || len(w.boxes[ben]) != 0 || len(ben.disk.Outgoing) != 0 || ben.undelivered(ana) {
		t.Fatalf("state %d, %d letters, kept %+v", ben.state(ana), len(w.boxes[ben]), ben.disk.Outgoing)
	}
}

// TestRequestThatCannotBeRead is read again.
func TestRequestThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	opened := ana.invites(24*time.Hour, 1)
	ben.connect()
	ben.noReads = errBusy
	ben.asks(opened, "May I?")
	w.pass(time.Minute)
	ben.noReads = nil
	w.pass(askMost)
	if len(w.boxes[ana]) != 1 || ben.reads > 3 {
		t.Fatalf("%d letters, %d reads", len(w.boxes[ana]), ben.reads)
	}
}

// TestAskedTwiceAtOnce: the second call is refused while the first is on its way
// to the disk, and so is a second answer to a request.
func TestAskedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	opened := ana.invites(24*time.Hour, 1)
	ben.connect()
	twice := func(p *person, call any) (commits int, refused error) {
		t.Helper()
		for id := range uint64(2) {
			for _, effect := range p.core.Step(w.now, Command{ID: id, Call: call}) {
				switch e := effect.(type) {
				case Commit:
					commits++
				case Answer:
					refused = e.Err
				}
			}
		}
		return commits, refused
	}
	if commits, refused := twice(ben, askCall{invite: opened, text: "May I?"}); commits != 1 || refused == nil {
		t.Errorf("%d commits, %v", commits, refused)
	}
	ben.start()
	ben.connect()
	ben.asks(opened, "May I?")
	w.pass(5 * time.Second)
	ana.arrived()
	if commits, refused := twice(ana, acceptCall{peer: ben.keys.Peer()}); commits != 1 || refused == nil {
		t.Errorf("%d commits, %v", commits, refused)
	}
}

// TestServersThatAreLeft leave nothing behind of what they were asked.
func TestServersThatAreLeft(t *testing.T) {
	t.Parallel()
	d, theirs, tokens := twoServers(t)
	for _, token := range tokens {
		d.core.lookUpAt(d.core.contacts[theirs.Peer()], token)
	}
	d.core.contacts[theirs.Peer()].Servers = nil
	d.core.arrangeServers()
	for _, asked := range d.core.network.lookups {
		if slices.Contains(tokens, asked.token) {
			t.Fatalf("%+v", d.core.network.lookups)
		}
	}
	for _, token := range sortedTokens(d.core.network.servers) {
		d.step(ServerEvent{Event: signaling.Event{Token: token, Down: &signaling.Down{Code: signaling.CodeUnreachable}}})
	}
	if len(d.core.network.lookups)+len(d.core.network.tagging)+len(d.core.network.putting) != 0 {
		t.Fatalf("%+v", d.core.network)
	}
}

// TestSeenAreBounded: of too many ids the oldest are forgotten, in memory and on
// the disk.
func TestSeenAreBounded(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 1)
	ana := w.people[0]
	var newest uuid.UUID
	for i := range maxSeen + 1 {
		newest = uuid.New()
		ana.core.seen[newest] = w.now.Add(time.Hour + time.Duration(i)*time.Millisecond)
		ana.disk.Seen = append(ana.disk.Seen, Seen{ID: newest, Until: ana.core.seen[newest]})
	}
	ana.step(Tick{})
	if _, there := ana.core.seen[newest]; !there || len(ana.core.seen) > maxSeen*3/4+1 || len(ana.core.seen) < maxSeen/2 || len(ana.disk.Seen) != len(ana.core.seen) {
		t.Fatalf("%d in memory, %d on disk", len(ana.core.seen), len(ana.disk.Seen))
	}
}

// TestLetterWithoutAProfile leaves their name and color as they are.
func TestLetterWithoutAProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	one := w.people[0].contact(w.people[1])
	one.Color = 3
	w.people[0].core.learnProfile(one, (*wire.EntriesBody)(nil).GetProfile())
	if one.Color != 3 || one.Name != "Contact" {
		t.Fatalf("%q, color %d", one.Name, one.Color)
	}
}
