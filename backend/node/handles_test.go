package node

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// handles is a directory at 127.0.0.1, by name. The real one is tested where it
// is; here it is what the client hands over when all signatures hold.
type handles map[string]claimed

type claimed struct {
	by      *person
	peer    identity.PeerID // the key of whoever has it; zero: the one they have now
	version uint64
	answer  signaling.Answer // instead of what is true, unless it is empty
}

func (c claimed) holder() identity.PeerID {
	if c.peer == (identity.PeerID{}) {
		return c.by.keys.Peer()
	}
	return c.peer
}

// mayMove tells whether the holder signed that exactly this claim may follow.
func (c claimed) mayMove(claim *wire.HandleClaim, previous *wire.Signed) bool {
	var body wire.HandleMove
	holder := c.holder()
	return wire.DecodeCanonical(previous.GetBody(), 1<<10, &body) == nil && identity.VerifySigned(holder, identity.ContextHandleMove, previous) &&
		bytes.Equal(body.GetFrom(), holder[:]) && bytes.Equal(body.GetTo(), claim.GetIdentity()) && body.GetHandle() == claim.GetHandle() &&
		body.GetServer() == claim.GetServer() && body.GetVersion() == claim.GetVersion() && body.GetVersion() > c.version
}

// newFindable is a world of strangers whose server has handles.
func newFindable(t *testing.T, count int) (*world, []*person) {
	t.Helper()
	w := newStrangers(t, count)
	w.handles = handles{}
	return w, w.people
}

func (h handles) ask(p *person, effect Effect) *signaling.Handle {
	switch e := effect.(type) {
	case ClaimHandle:
		var body wire.HandleClaim
		peer := p.keys.Peer()
		if wire.DecodeCanonical(e.Claim.GetBody(), 1<<10, &body) != nil || string(body.GetIdentity()) != string(peer[:]) ||
			!identity.VerifySigned(peer, identity.ContextHandle, e.Claim) || body.GetServer() != "127.0.0.1" || h == nil {
			return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerInvalid}
		}
		switch known := h[body.GetHandle()]; {
		case known.answer != "":
			return &signaling.Handle{ID: e.ID, Answer: known.answer}
		case known.by != nil && known.holder() != peer && e.Previous == nil:
			return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerTaken}
		case known.by != nil && known.holder() != peer && !known.mayMove(&body, e.Previous):
			return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerInvalid}
		case known.peer == peer && body.GetVersion() == known.version: // the answer got lost
			return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerDone}
		case body.GetVersion() <= known.version:
			return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerInvalid, Claim: signaling.HandleClaim{Version: known.version}}
		}
		h[body.GetHandle()] = claimed{by: p, peer: peer, version: body.GetVersion()}
		return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerDone}
	case ReleaseHandle:
		if known := h[e.Handle]; known.by != p {
			return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerNotFound}
		}
		h[e.Handle] = claimed{version: h[e.Handle].version}
		return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerDone}
	case ResolveHandle:
		read, err := handle.Parse(e.Handle)
		if err != nil || read.Host != "127.0.0.1" {
			return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerInvalid}
		}
		known := h[read.Name]
		switch {
		case known.answer != "":
			return &signaling.Handle{ID: e.ID, Answer: known.answer, Claim: signaling.HandleClaim{Handle: read.Name, Server: "other.example"}}
		case known.by == nil:
			return &signaling.Handle{ID: e.ID, Answer: signaling.AnswerNotFound}
		}
		return &signaling.Handle{
			ID: e.ID, Answer: signaling.AnswerDone, Record: known.by.record,
			Claim: signaling.HandleClaim{Handle: read.Name, Server: read.Host, Peer: known.holder(), Version: known.version},
		}
	}
	return nil
}

// asked gives a command and returns its answer.
func (p *person) asked(call any) (any, error) {
	p.world.t.Helper()
	p.answered = Answer{}
	p.step(Command{ID: 77, Call: call})
	if p.answered.ID != 77 {
		p.world.t.Fatalf("%T: no answer", call)
	}
	return p.answered.Value, p.answered.Err
}

// refused demands an answer with a code.
func (p *person) refused(code string, call any) {
	p.world.t.Helper()
	_ = p.refusedWith(code, call)
}

// refusedWith returns it.
func (p *person) refusedWith(code string, call any) *Refusal {
	p.world.t.Helper()
	value, err := p.asked(call)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Code != code || refusal.Message == "" {
		p.world.t.Fatalf("%+v: %v, %v, want %s", call, value, err, code)
	}
	return refusal
}

func (p *person) claims(text string) {
	p.world.t.Helper()
	if _, err := p.asked(claimHandleCall{text}); err != nil {
		p.world.t.Fatal(err)
	}
}

// finds looks somebody up and asks them.
func (p *person) finds(text, first string) {
	p.world.t.Helper()
	value, err := p.asked(findHandleCall{text})
	found, ok := value.(Found)
	if err != nil || !ok {
		p.world.t.Fatal(value, err)
	}
	if _, err = p.asked(askHandleCall{handle: found.Handle, peer: found.Peer, text: first}); err != nil {
		p.world.t.Fatal(err)
	}
}

// TestFoundByHandle: somebody is found, asked, and accepts, while one of the two
// is away each time.
func TestFoundByHandle(t *testing.T) {
	t.Parallel()
	w, people := newFindable(t, 2)
	ana, ben := people[0], people[1]
	ana.connect()
	ana.claims("@Ana")
	if len(ana.disk.Handles) != 1 || ana.disk.Handles[0].String() != "ana@127.0.0.1" || ana.disk.Handles[0].Server != w.address.Key {
		t.Fatalf("%+v", ana.disk.Handles)
	}
	w.pass(time.Minute)
	ana.disconnect()

	ben.connect()
	ben.finds("ana@127.0.0.1", "May I?")
	w.pass(time.Minute)
	if len(w.boxes[ana]) != 1 || w.boxes[ana][0].Box != signaling.BoxStranger || len(w.puts) != 1 || ben.state(ana) != ContactAsked || len(w.relayed) != 0 {
		t.Fatalf("%d letters, %d puts, state %d, %d relayed", len(w.boxes[ana]), len(w.puts), ben.state(ana), len(w.relayed))
	}
	if kept := ben.disk.Contacts[0]; kept.Handle != "ana@127.0.0.1" || kept.Name != "ana" || kept.TheirInvite != nil {
		t.Fatalf("%+v", kept)
	}
	ben.disconnect()
	ben.start() // what is stored is not put again after a restart
	ben.connect()
	w.pass(time.Hour)
	ben.disconnect()
	if len(w.puts) != 1 {
		t.Fatalf("%d puts", len(w.puts))
	}

	ana.start()
	ana.connect()
	if len(ana.disk.Requests) != 1 || ana.disk.Requests[0].Text != "May I?" || ana.disk.Requests[0].Name != "Person 1" || len(w.boxes[ana]) != 0 {
		t.Fatalf("%+v, %d letters left", ana.disk.Requests, len(w.boxes[ana]))
	}
	ana.accepts(ben)
	w.pass(time.Minute)
	ana.disconnect()

	ben.connect()
	if ben.state(ana) != ContactMutual || ben.undelivered(ana) || ben.disk.Contacts[0].Name != "Person 0" {
		t.Fatalf("state %d, %+v", ben.state(ana), ben.disk.Contacts[0])
	}
	ben.say(ana, "thanks")
	w.pass(time.Minute)
	ben.disconnect()
	ana.connect()
	ana.say(ben, "welcome")
	w.pass(time.Minute)
	ana.disconnect()
	ben.connect()
	w.pass(time.Minute)
	if want := []string{"May I?", "thanks", "welcome"}; !slices.Equal(ana.texts(), want) || !slices.Equal(ben.texts(), want) {
		t.Fatalf("Ana has %q, Ben %q", ana.texts(), ben.texts())
	}
	if found, err := ben.asked(findHandleCall{"ana@127.0.0.1"}); err != nil || found.(Found).Conversation != ben.disk.Contacts[0].Conversation { //nolint:errcheck,forcetypeassert // a panic tells
		t.Errorf("%+v, %v", found, err)
	}
	if refusal := ben.refusedWith("contact-already", askHandleCall{"ana@127.0.0.1", ana.keys.Peer(), "Again"}); refusal.Params["conversation"] == "" {
		t.Error("it does not lead to the conversation")
	}
}

// TestBothFindOneAnother: each asks the other by handle, and both want it.
func TestBothFindOneAnother(t *testing.T) {
	t.Parallel()
	w, people := newFindable(t, 2)
	ana, ben := people[0], people[1]
	for i, p := range people {
		p.connect()
		p.claims([]string{"ana", "ben"}[i])
	}
	ana.finds("ben", "Ana asks")
	ben.finds("ana", "Ben asks")
	for range 4 {
		w.pass(time.Minute)
		ana.arrived()
		ben.arrived()
	}
	if ana.state(ben) != ContactMutual || ben.state(ana) != ContactMutual || len(ana.texts()) != 2 || len(ben.texts()) != 2 {
		t.Fatalf("states %d and %d, texts %q and %q", ana.state(ben), ben.state(ana), ana.texts(), ben.texts())
	}
}

// TestStrangersBox is there while there is a handle, and no longer.
func TestStrangersBox(t *testing.T) {
	t.Parallel()
	w, people := newFindable(t, 2)
	ana, ben := people[0], people[1]
	ana.connect()
	tag := handle.StrangersTag(ana.keys.Peer())
	if w.tags[tag] != nil {
		t.Fatal("strangers may write to somebody without a handle")
	}
	ana.claims("ana")
	if w.tags[tag] != ana {
		t.Fatal("strangers may not write")
	}
	ben.connect()
	ben.finds("ana", "May I?")
	w.pass(time.Minute)
	late := w.boxes[ana][0]
	if _, err := ana.asked(releaseHandleCall{"ana@127.0.0.1"}); err != nil || w.tags[tag] != nil || len(ana.disk.Handles) != 0 {
		t.Fatalf("%v, %+v", err, ana.disk.Handles)
	}
	ana.arrived()
	if len(ana.disk.Requests) != 0 || len(w.boxes[ana]) != 0 || !ana.dropped("no handle") {
		t.Fatal("a request came although there is no handle any more")
	}
	// Another box, and a line of a server, are no ways for a stranger.
	ana.claims("ana")
	late.Box = signaling.BoxContact
	w.boxes[ana] = append(w.boxes[ana], late)
	ana.arrived()
	ana.receiveEnvelope(late.Envelope)
	if len(ana.disk.Requests) != 0 || !ana.dropped("box for strangers") {
		t.Fatal("a request came without a proof of work")
	}
}

// TestHandlesKept: after a restart they are there, and one that the server gave
// to somebody else is told.
func TestHandlesKept(t *testing.T) {
	t.Parallel()
	w, people := newFindable(t, 2)
	ana, ben := people[0], people[1]
	ana.connect()
	ana.claims("ana")
	first := w.handles["ana"].version
	ana.claims("ana") // again: a newer claim of the same
	if len(ana.disk.Handles) != 1 || w.handles["ana"].version <= first {
		t.Fatalf("%+v", ana.disk.Handles)
	}
	w.handles["ana"] = claimed{by: ana, version: 1 << 50} // by a clock that was ahead, on a disk that is lost
	ana.claims("ana")
	if w.handles["ana"].version != 1<<50+1 || ana.disk.Handles[0].Version != 1<<50+1 {
		t.Fatalf("%+v", ana.disk.Handles)
	}
	live := func() []LiveHandle { return ana.core.liveHandles() }
	ana.start()
	ana.connect()
	if len(live()) != 1 || live()[0].Lost {
		t.Fatalf("%+v", live())
	}
	ana.disconnect()
	w.handles["ana"] = claimed{by: ben, version: w.handles["ana"].version + 1}
	ana.connect()
	if len(live()) != 1 || !live()[0].Lost {
		t.Fatalf("%+v", live())
	}
	ana.refused("handle-taken", claimHandleCall{"ana"})
	if _, err := ana.asked(releaseHandleCall{"ana"}); err == nil {
		t.Error("a handle without a host is nobody's")
	}
	if _, err := ana.asked(releaseHandleCall{"ana@127.0.0.1"}); err != nil || len(live()) != 0 || w.handles["ana"].by != ben {
		t.Fatalf("%+v, %v", live(), err)
	}
}

// TestHandleRefusals: each thing that can be wrong is a sentence.
func TestHandleRefusals(t *testing.T) {
	t.Parallel()
	w, people := newFindable(t, 3)
	ana, ben, mallory := people[0], people[1], people[2]
	ben.refused("handle-server-down", findHandleCall{"ana@127.0.0.1"})
	for _, p := range people {
		p.connect()
	}
	ana.claims("ana")
	for text, code := range map[string]string{
		"": "handle-empty", "an": "handle-name", "ana@": "handle-host", "ana@127.0.0.1:7117": "handle-host",
		"ana@elsewhere.example": "handle-server-unknown", "nobody@127.0.0.1": "handle-not-found",
	} {
		ben.refused(code, findHandleCall{text})
		if code != "handle-not-found" {
			ben.refused(code, claimHandleCall{text})
		}
	}
	ana.refused("handle-own", findHandleCall{"ana"})
	ben.refused("handle-taken", claimHandleCall{"ana"})
	ben.refused("handle-not-own", releaseHandleCall{"ana@127.0.0.1"})
	ben.refused("text-empty", askHandleCall{"ana", ana.keys.Peer(), " "})
	ben.refused("handle-moved", askHandleCall{"ana", mallory.keys.Peer(), "Hi"})
	for answer, code := range map[signaling.Answer]string{
		signaling.AnswerForged: "handle-forged", signaling.AnswerUnavailable: "handle-later", signaling.AnswerNotOffered: "handle-not-offered",
		signaling.AnswerNoSession: "handle-server-down", signaling.AnswerInvalid: "handle-name", signaling.AnswerElsewhere: "handle-elsewhere",
	} {
		w.handles["trouble"] = claimed{answer: answer}
		ben.refused(code, findHandleCall{"trouble"})
	}
	for answer, code := range map[signaling.Answer]string{
		signaling.AnswerTooMany: "handle-many", signaling.AnswerUnavailable: "handle-later", signaling.AnswerInvalid: "handle-not-here",
	} {
		w.handles["trouble"] = claimed{answer: answer}
		ben.refused(code, claimHandleCall{"trouble"})
	}
	ben.step(Command{ID: 1, Call: addBanCall{Ban{Kind: BanPeer, Peer: ana.keys.Peer()}}})
	ben.refused("invite-banned", findHandleCall{"ana"})

	mallory.finds("ana", "May I?")
	mallory.refused("contact-already", askHandleCall{"ana", ana.keys.Peer(), "May I?"})
	w.handles["ana"] = claimed{by: ben, version: 1 << 60}
	before := slices.Clone(mallory.disk.Contacts)
	if refusal := mallory.refusedWith("handle-changed", findHandleCall{"ana"}); refusal.Params["name"] != "ana" {
		t.Errorf("%+v", refusal)
	}
	if len(mallory.disk.Contacts) != 1 || mallory.disk.Contacts[0].Peer != before[0].Peer || string(mallory.disk.Contacts[0].Record) != string(before[0].Record) {
		t.Error("the contact is another one")
	}

	ben.disconnect()
	w.handles = nil
	ben.connect()
	ben.refused("handle-no-server", findHandleCall{"ana"})
	ben.refused("handle-not-offered", findHandleCall{"ana@127.0.0.1"})
	ben.server(signaling.Event{Down: &signaling.Down{Code: signaling.CodeBanned}})
	ben.refused("handle-server-banned", findHandleCall{"ana@127.0.0.1"})
}

// TestHandleAnswersLost: a server that goes, or is left, while it is asked.
func TestHandleAnswersLost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	token := d.core.network.own[0].Key.String()
	d.core.network.servers[token].up, d.core.network.servers[token].directory = true, true
	for i, end := range []Event{
		ServerEvent{Event: signaling.Event{Token: token, Down: &signaling.Down{Code: signaling.CodeUnreachable}}},
		Command{ID: 99, Call: removeServerCall{d.core.network.own[0].Key}},
	} {
		d.core.network.servers[token].up, d.core.network.servers[token].directory = true, true
		d.step(Command{ID: uint64(i + 1), Call: findHandleCall{"ana"}})
		d.step(end)
		answered := false
		for _, effect := range d.did {
			if answer, ok := effect.(Answer); ok && answer.ID == uint64(i+1) {
				answered = errors.Is(answer.Err, &Refusal{Code: "handle-server-down"})
			}
		}
		if !answered || len(d.core.network.questions) != 0 {
			t.Errorf("%T: answered %v, %d questions left", end, answered, len(d.core.network.questions))
		}
	}
}

// TestFoundCrashes ends a device just before each of its effects on the way from
// a handle to a contact; in the end everything is there, once.
func TestFoundCrashes(t *testing.T) {
	t.Parallel()
	for crash := 0; ; crash++ {
		w, people := newFindable(t, 2)
		ana, ben := people[0], people[1]
		left, happened := crash, false
		for _, p := range people {
			p.dies = func() bool {
				left--
				happened = happened || left < 0
				return left == -1
			}
		}
		// turn is what one does while the other is away, again after a crash.
		turn := func(who, away *person, what func()) {
			for _, p := range people {
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
		turn(ana, ben, func() {
			if len(ana.disk.Handles) == 0 {
				ana.step(Command{ID: 1, Call: claimHandleCall{"ana"}})
			}
		})
		turn(ben, ana, func() {
			if ben.state(ana) == 0 {
				ben.step(Command{ID: 1, Call: askHandleCall{"ana", ana.keys.Peer(), "May I?"}})
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
		if ana.state(ben) != ContactMutual || ben.state(ana) != ContactMutual || len(ana.disk.Requests) != 0 || len(ana.disk.Handles) != 1 ||
			!slices.Equal(ana.texts(), []string{"May I?", "thanks"}) || !slices.Equal(ben.texts(), ana.texts()) {
			t.Fatalf("after %d effects: states %d and %d, %d requests, Ana has %q, Ben %q", crash, ana.state(ben), ben.state(ana), len(ana.disk.Requests), ana.texts(), ben.texts())
		}
		if len(ana.disk.Outgoing)+len(ben.disk.Outgoing)+len(w.boxes[ana])+len(w.boxes[ben]) != 0 || ben.undelivered(ana) {
			t.Fatalf("after %d effects: kept %+v and %+v, %d and %d letters", crash, ana.disk.Outgoing, ben.disk.Outgoing, len(w.boxes[ana]), len(w.boxes[ben]))
		}
		if !happened {
			if crash < 40 {
				t.Fatalf("the whole way has only %d effects", crash)
			}
			return
		}
	}
}

// TestStrangerIsPatient: a box that is full, or not there, is tried again ever
// more slowly, with a proof of work each time, and the request arrives.
func TestStrangerIsPatient(t *testing.T) {
	t.Parallel()
	for _, answer := range []signaling.Answer{signaling.AnswerFull, signaling.AnswerCancelled, signaling.AnswerNotFound, signaling.AnswerUnavailable} {
		w, people := newFindable(t, 2)
		ana, ben := people[0], people[1]
		ana.connect()
		ana.claims("ana")
		ben.connect()
		w.answer = answer
		ben.finds("ana", "May I?")
		w.pass(24 * time.Hour)
		if puts := len(w.puts); puts < 10 || puts > 60 {
			t.Errorf("%s: %d puts in a day", answer, puts)
		}
		w.answer = signaling.AnswerDone
		w.pass(2 * time.Hour)
		ana.arrived()
		if len(ana.disk.Requests) != 1 {
			t.Errorf("%s: it never arrived", answer)
		}
	}
}

// TestRetiringReleasesHandles: at once where a server answers, otherwise when
// it does.
func TestRetiringReleasesHandles(t *testing.T) {
	t.Parallel()
	for what, reached := range map[string]bool{"while the server answers": true, "while it does not": false} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w, people := newFindable(t, 1)
			ana := people[0]
			ana.connect()
			ana.claims("ana@127.0.0.1")
			if !reached {
				ana.disconnect()
			}
			if _, err := ana.asked(retireCall{}); err != nil {
				t.Fatal(err)
			}
			if held := w.handles["ana"].by != nil; held == reached {
				t.Errorf("after retiring it is held: %t", held)
			}
			if !reached {
				ana.connect()
			}
			if w.handles["ana"].by != nil || len(ana.core.handles) != 0 || len(ana.core.liveNow().Handles) != 0 {
				t.Errorf("%+v, %d own handles", w.handles["ana"], len(ana.core.handles))
			}
			ana.refused("retired", claimHandleCall{"ana@127.0.0.1"})
		})
	}
}
