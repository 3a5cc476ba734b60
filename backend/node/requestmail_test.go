package node

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// invites makes an invite and returns it as somebody else reads it.
func (p *person) invites(life time.Duration, uses int) invite.Invite {
	p.world.t.Helper()
	before := len(p.disk.Invites)
	p.step(Command{ID: 1, Call: createInviteCall{label: "for you", life: life, uses: uses}})
	if len(p.disk.Invites) != before+1 {
		p.world.t.Fatal("no invite")
	}
	opened, err := invite.Parse(p.disk.Invites[before].Link)
	if err != nil {
		p.world.t.Fatal(err)
	}
	return opened
}

func (p *person) asks(opened invite.Invite, text string) {
	p.world.t.Helper()
	p.step(Command{ID: 1, Call: askCall{invite: opened, text: text}})
}

func (p *person) accepts(other *person) {
	p.world.t.Helper()
	p.step(Command{ID: 1, Call: acceptCall{peer: other.keys.Peer()}})
}

// arrived tells a person that there is mail.
func (p *person) arrived() { p.server(signaling.Event{Arrived: &signaling.Arrived{}}) }

// state is how far somebody is with another one; 0: they do not know each other.
func (p *person) state(other *person) ContactState {
	for _, one := range p.disk.Contacts {
		if one.Peer == other.keys.Peer() {
			return one.State
		}
	}
	return 0
}

// receiveEnvelope opens what a server relays.
func (p *person) receiveEnvelope(sealed []byte) {
	p.world.t.Helper()
	content, err := envelope.Open(sealed, func(id [16]byte) *envelope.SealingKey { return p.ring[id] }, p.world.now)
	if err != nil {
		p.world.t.Fatal(err)
	}
	opened := EnvelopeOpened{Token: p.world.address.Key.String(), Content: content}
	if content.Kind == wire.EnvelopeKind_ENVELOPE_KIND_REQUEST {
		if opened.Request, err = parseRequest(content); err != nil {
			p.world.t.Fatal(err)
		}
	}
	p.step(opened)
}

// relay brings the newest request that a person has relayed to another one.
func (p *person) relay(to *person) {
	p.world.t.Helper()
	for _, e := range slices.Backward(p.world.relayed) {
		if e.To.Peer != to.keys.Peer() || e.Kind != wire.EnvelopeKind_ENVELOPE_KIND_REQUEST {
			continue
		}
		sealed, err := sealLetter(p.keys, SealLetter{
			Letter: Outgoing{ID: uuid.New()}, Kind: e.Kind, To: e.To, Time: p.world.now, Life: e.Life, Body: e.Body,
			DeviceList: e.DeviceList, ReplyKey: e.ReplyKey,
		})
		if err != nil {
			p.world.t.Fatal(err)
		}
		to.receiveEnvelope(sealed)
		return
	}
	p.world.t.Fatal("nothing was relayed")
}

// dropped tells whether a person logged why something had no effect.
func (p *person) dropped(why string) bool {
	return slices.ContainsFunc(p.logged, func(err error) bool { return strings.Contains(err.Error(), why) })
}

// askedByMail is Ana, away, in whose box lies a request of Ben, who is here.
func askedByMail(t *testing.T) (w *world, ana, ben *person) {
	t.Helper()
	w = newStrangers(t, 2)
	ana, ben = w.people[0], w.people[1]
	ana.connect()
	opened := ana.invites(24*time.Hour, 1)
	ana.disconnect()
	ben.connect()
	ben.asks(opened, "May I?")
	w.pass(5 * time.Second)
	if len(w.boxes[ana]) != 1 || ben.state(ana) != ContactAsked {
		t.Fatalf("%d letters, state %d", len(w.boxes[ana]), ben.state(ana))
	}
	return w, ana, ben
}

// TestRequestByMail: somebody asks, is accepted, and writes, while the other one
// is away each time; the request is taken once.
func TestRequestByMail(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	kept := w.boxes[ana][0]
	if len(ben.disk.Outgoing) != 1 || ben.disk.Outgoing[0].Until.IsZero() || ben.disk.Outgoing[0].Through != 1 {
		t.Fatalf("kept: %+v", ben.disk.Outgoing)
	}
	w.pass(time.Hour)
	if len(w.puts) != 1 {
		t.Fatalf("%d puts of one request", len(w.puts))
	}
	ben.disconnect()
	ben.start() // what is stored is not put again after a restart
	ben.connect()
	w.pass(time.Hour)
	ben.disconnect()
	if len(w.puts) != 1 {
		t.Fatalf("%d puts after a restart", len(w.puts))
	}

	ana.start()
	ana.connect()
	if len(ana.disk.Requests) != 1 || ana.disk.Requests[0].Text != "May I?" || len(w.boxes[ana]) != 0 {
		t.Fatalf("%+v, %d letters left", ana.disk.Requests, len(w.boxes[ana]))
	}
	w.boxes[ana] = append(w.boxes[ana], kept) // an outage brings it back
	ana.arrived()
	if len(ana.disk.Requests) != 1 || len(w.boxes[ana]) != 0 {
		t.Fatal("a replay had an effect, or was left")
	}
	ana.accepts(ben)
	w.pass(acknowledgeAfter)
	w.boxes[ana] = append(w.boxes[ana], kept)
	ana.arrived()
	w.pass(time.Minute)
	if len(w.boxes[ana]) != 0 || len(w.boxes[ben]) != 1 || len(ana.disk.Outgoing) != 0 || len(ana.disk.Requests) != 0 {
		t.Fatalf("%d and %d letters, %d kept, %d requests", len(w.boxes[ana]), len(w.boxes[ben]), len(ana.disk.Outgoing), len(ana.disk.Requests))
	}
	ana.disconnect()

	ben.connect()
	if ben.state(ana) != ContactMutual || len(ben.disk.Outgoing) != 0 || ben.undelivered(ana) || ben.disk.Contacts[0].TheirInvite != nil {
		t.Fatalf("state %d, kept: %+v", ben.state(ana), ben.disk.Outgoing)
	}
	ben.say(ana, "thanks")
	w.pass(time.Minute)
	ben.disconnect()
	ana.connect()
	w.pass(time.Minute)
	if !slices.Equal(ana.texts(), []string{"May I?", "thanks"}) || !slices.Equal(ben.texts(), ana.texts()) {
		t.Fatalf("Ana has %q, Ben %q", ana.texts(), ben.texts())
	}
	before := len(w.puts)
	ana.disconnect()
	ben.connect()
	w.pass(24 * time.Hour)
	if ben.undelivered(ana) || len(w.puts) != before || len(w.boxes[ana])+len(w.boxes[ben]) != 0 {
		t.Fatal("it does not come to rest")
	}
}

// TestRequestCrashes ends a device just before each of its effects on the way of
// a request and its answer; in the end everything is there, once.
func TestRequestCrashes(t *testing.T) {
	t.Parallel()
	for crash := 0; ; crash++ {
		w := newStrangers(t, 2)
		ana, ben := w.people[0], w.people[1]
		ana.connect()
		opened := ana.invites(24*time.Hour, 1)
		ana.disconnect()
		left, happened := crash, false
		for _, p := range w.people {
			p.dies = func() bool {
				left--
				happened = happened || left < 0
				return left == -1
			}
		}
		// turn is what one does while the other is away, again after a crash.
		turn := func(who, away *person, what func()) {
			for _, p := range w.people { // whoever died while the other one was here
				if p.dead {
					p.start()
				}
			}
			if away.up {
				away.disconnect()
			}
			for range 2 {
				if !who.up {
					who.connect()
				}
				what()
				w.pass(30 * time.Second)
				if !who.dead {
					break
				}
				who.start()
			}
		}
		turn(ben, ana, func() {
			if ben.state(ana) == 0 {
				ben.asks(opened, "May I?")
			}
		})
		turn(ana, ben, func() {
			if len(ana.disk.Requests) == 1 {
				ana.accepts(ben)
			}
		})
		turn(ben, ana, func() {
			if !slices.Contains(ben.texts(), "thanks") {
				ben.say(ana, "thanks")
			}
		})
		for range 3 {
			turn(ana, ben, func() {})
			turn(ben, ana, func() {})
		}
		if ana.state(ben) != ContactMutual || ben.state(ana) != ContactMutual || len(ana.disk.Requests) != 0 ||
			!slices.Equal(ana.texts(), []string{"May I?", "thanks"}) || !slices.Equal(ben.texts(), ana.texts()) {
			t.Fatalf("after %d effects: states %d and %d, %d requests, Ana has %q, Ben %q", crash, ana.state(ben), ben.state(ana), len(ana.disk.Requests), ana.texts(), ben.texts())
		}
		if len(ana.disk.Outgoing)+len(ben.disk.Outgoing)+len(w.boxes[ana])+len(w.boxes[ben]) != 0 || ben.undelivered(ana) ||
			len(ana.disk.Invites[0].Used) != 1 {
			t.Fatalf("after %d effects: kept %+v and %+v, %d and %d letters, used by %d", crash, ana.disk.Outgoing, ben.disk.Outgoing, len(w.boxes[ana]), len(w.boxes[ben]), len(ana.disk.Invites[0].Used))
		}
		if !happened {
			if crash < 60 {
				t.Fatalf("the whole way has only %d effects", crash)
			}
			return
		}
	}
}

// TestBothCarriers: a request that is relayed and lies in the box too counts once,
// whichever comes first, also when it was accepted between the two.
func TestBothCarriers(t *testing.T) {
	t.Parallel()
	for _, relayedFirst := range []bool{true, false} {
		for _, acceptedBetween := range []bool{true, false} {
			w, ana, ben := askedByMail(t)
			if !relayedFirst {
				ana.connect()
			}
			ana.up = true
			ben.relay(ana)
			if len(ana.disk.Requests) != 1 {
				t.Fatalf("%d requests", len(ana.disk.Requests))
			}
			if acceptedBetween {
				ana.accepts(ben)
			}
			if relayedFirst {
				ana.connect()
			} else {
				ben.relay(ana)
			}
			if !acceptedBetween {
				ana.accepts(ben)
			}
			w.pass(time.Minute)
			ben.arrived()
			w.pass(time.Minute)
			if len(ana.texts()) != 1 || len(ana.disk.Requests) != 0 || len(w.boxes[ana])+len(w.boxes[ben]) != 0 || ben.state(ana) != ContactMutual {
				t.Fatalf("relayed first %v, accepted between %v: %d texts, %d requests, %d letters, state %d", relayedFirst, acceptedBetween,
					len(ana.texts()), len(ana.disk.Requests), len(w.boxes[ana]), ben.state(ana))
			}
		}
	}
}

// TestBothAskByMail: whoever asks somebody who asked becomes their contact, and
// both first texts arrive.
func TestBothAskByMail(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	ben.connect()
	toAna, toBen := ana.invites(24*time.Hour, 1), ben.invites(24*time.Hour, 1)
	ana.asks(toBen, "Ana asks")
	ben.asks(toAna, "Ben asks")
	w.pass(5 * time.Second)
	if len(w.boxes[ana]) != 1 || len(w.boxes[ben]) != 1 {
		t.Fatalf("%d and %d letters", len(w.boxes[ana]), len(w.boxes[ben]))
	}
	for range 3 {
		ana.arrived()
		ben.arrived()
		w.pass(time.Minute)
	}
	if ana.state(ben) != ContactMutual || ben.state(ana) != ContactMutual || len(ana.texts()) != 2 || len(ben.texts()) != 2 ||
		ana.undelivered(ben) || ben.undelivered(ana) || len(ana.disk.Outgoing)+len(ben.disk.Outgoing) != 0 {
		t.Fatalf("states %d and %d, texts %q and %q, kept %d and %d", ana.state(ben), ben.state(ana), ana.texts(), ben.texts(), len(ana.disk.Outgoing), len(ben.disk.Outgoing))
	}
}

// TestCrossingRequestIsTakenWhole: whoever asked too takes the text of a request
// with it, since its server does not keep it any more, also when it comes after
// another answer, and when the disk refuses it first.
func TestCrossingRequestIsTakenWhole(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(w *world, ana, ben *person){
		"as the answer": func(*world, *person, *person) {},
		"after an answer": func(_ *world, ana, ben *person) {
			ben.core.contacts[ana.keys.Peer()].State = ContactMutual
			ben.disk.Contacts[0].State = ContactMutual
		},
		"on a full disk": func(w *world, _, ben *person) {
			ben.full = ErrDiskFull
			ben.arrived()
			w.pass(time.Second)
			if len(ben.texts()) != 1 || len(w.boxes[ben]) != 1 {
				t.Fatalf("%q on a full disk, %d letters", ben.texts(), len(w.boxes[ben]))
			}
			ben.full = nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newStrangers(t, 2)
			ana, ben := w.people[0], w.people[1]
			ana.connect()
			ben.connect()
			toAna, toBen := ana.invites(24*time.Hour, 1), ben.invites(24*time.Hour, 1)
			ana.asks(toBen, "Ana asks")
			ben.asks(toAna, "Ben asks")
			w.pass(5 * time.Second)
			ana.disconnect()
			before(w, ana, ben)
			ben.arrived()
			if w.pass(2 * time.Minute); len(w.boxes[ben]) != 0 || ben.state(ana) != ContactMutual {
				t.Fatalf("%d letters, state %d", len(w.boxes[ben]), ben.state(ana))
			}
			if !slices.Contains(ben.texts(), "Ana asks") {
				t.Errorf("no server keeps it, and Ben has %q", ben.texts())
			}
			ana.connect()
			w.pass(time.Minute)
			ben.arrived()
			w.pass(time.Minute)
			if len(ana.texts()) != 2 || len(ben.texts()) != 2 || ana.undelivered(ben) || ben.undelivered(ana) || len(ana.disk.Outgoing)+len(ben.disk.Outgoing) != 0 {
				t.Errorf("texts %q and %q, kept %d and %d", ana.texts(), ben.texts(), len(ana.disk.Outgoing), len(ben.disk.Outgoing))
			}
		})
	}
}

// TestDeclinedAndBannedHearNothing, neither at once nor when they ask again.
func TestDeclinedAndBannedHearNothing(t *testing.T) {
	t.Parallel()
	for what, refuse := range map[string]func(ana, ben *person) Command{
		"declined": func(_, ben *person) Command { return Command{ID: 1, Call: declineCall{ben.keys.Peer()}} },
		"banned": func(_, ben *person) Command {
			return Command{ID: 1, Call: addBanCall{Ban{Kind: BanPeer, Peer: ben.keys.Peer()}}}
		},
	} {
		w, ana, ben := askedByMail(t)
		first := len(w.puts)
		ana.connect()
		ana.step(refuse(ana, ben))
		w.pass(mailLife - time.Hour)
		if len(w.puts) != first || len(w.boxes[ana])+len(w.boxes[ben]) != 0 || len(ana.disk.Requests) != 0 {
			t.Fatalf("%s: %d puts, %d letters, %d requests", what, len(w.puts), len(w.boxes[ana]), len(ana.disk.Requests))
		}
		w.leave(ana, w.puts[0])
		ben.relay(ana)
		ana.arrived()
		w.pass(2 * time.Hour) // the request expired and is put again
		w.leave(ana, w.puts[len(w.puts)-1])
		ana.arrived()
		if len(ana.disk.Requests) != 0 || len(w.boxes[ben]) != 0 || ben.state(ana) != ContactAsked || !ana.dropped(what) && what == "declined" {
			t.Fatalf("%s: heard of it", what)
		}
	}
}
