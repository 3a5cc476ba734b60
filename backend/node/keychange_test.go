package node

import (
	"bytes"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// befriended are two people at a server with handles, one of whom found the other
// by hers.
func befriended(t *testing.T) (w *world, ana, ben *person) {
	t.Helper()
	w, people := newFindable(t, 2)
	ana, ben = people[0], people[1]
	ana.connect()
	ana.claims("ana")
	ben.connect()
	ben.finds("ana@127.0.0.1", "May I?")
	w.fetchAll(time.Minute)
	ana.accepts(ben)
	w.fetchAll(time.Minute)
	if ben.state(ana) != ContactMutual {
		t.Fatalf("they are no contacts: %d", ben.state(ana))
	}
	return w, ana, ben
}

// TestHandlesMove: a handle is the new key's when its server answers, at once or
// later, also when its answer got lost, and whoever looks it up finds who goes on.
func TestHandlesMove(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"at once", "later", "answer lost"} {
		w, ana, ben := befriended(t)
		first := ana.keys.Peer()
		ana.changeKey(11)
		if ana.disk.Handles[0].Move == nil || w.handles["ana"].holder() != first {
			t.Fatalf("%s: %+v", when, ana.disk.Handles)
		}
		if when == "later" {
			w.fetchAll(24 * time.Hour)
			ana.start()
		}
		kept := slices.Clone(ana.disk.Handles)
		ana.connect()
		if when == "answer lost" {
			ana.disk.Handles = kept
			ana.start()
			ana.connect()
		}
		if held := ana.disk.Handles; len(held) != 1 || held[0].Move != nil || w.handles["ana"].holder() != ana.keys.Peer() || ana.core.liveHandles()[0].Lost {
			t.Fatalf("%s: %+v, %+v", when, held, w.handles["ana"])
		}
		w.fetchAll(time.Minute)
		ana.start() // it is looked at as any other from now on
		ana.connect()
		w.fetchAll(time.Minute)
		if live := ana.core.liveHandles(); len(live) != 1 || live[0].Lost {
			t.Errorf("%s: %+v", when, live)
		}
		found, err := ben.asked(findHandleCall{"ana@127.0.0.1"})
		if who, ok := found.(Found); err != nil || !ok || who.Peer != ana.keys.Peer() || who.Conversation != ben.contact(ana).Conversation {
			t.Errorf("%s: %+v, %v", when, found, err)
		}
	}
}

// TestHandleThatDoesNotMove: its server gave it to somebody else meanwhile, which
// shows as lost.
func TestHandleThatDoesNotMove(t *testing.T) {
	t.Parallel()
	for what, now := range map[string]claimed{
		"to somebody else": {version: 1 << 50}, "taken": {answer: signaling.AnswerTaken},
	} {
		w, ana, ben := befriended(t)
		ana.changeKey(11)
		now.by = ben
		w.handles["ana"] = now
		for range 2 {
			ana.connect()
			if live := ana.core.liveHandles(); len(live) != 1 || !live[0].Lost {
				t.Fatalf("%s: %+v", what, live)
			}
			ana.disconnect()
		}
		if w.handles["ana"] != now {
			t.Errorf("%s: %+v", what, w.handles["ana"])
		}
		if _, err := ana.asked(releaseHandleCall{"ana@127.0.0.1"}); err == nil {
			t.Errorf("%s: it was released at a server that is not reached", what)
		}
		ana.connect()
		if _, err := ana.asked(releaseHandleCall{"ana@127.0.0.1"}); err != nil || len(ana.disk.Handles) != 0 {
			t.Errorf("%s: %v, %+v", what, err, ana.disk.Handles)
		}
	}
}

// TestFirstSealingKeyComesLast: the new identity has none yet when its servers are
// reached. Contacts are asked to follow as soon as it has.
func TestFirstSealingKeyComesLast(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	a, b := w.people[0], w.people[1]
	a.connect()
	b.connect()
	w.fetchAll(time.Minute)
	a.slow = true
	a.changeKey(11)
	a.connect()
	w.pass(time.Second)
	if len(w.boxes[b]) > 0 || len(a.keysToMake) != 1 {
		t.Fatalf("%d letters, %d keys to make", len(w.boxes[b]), len(a.keysToMake))
	}
	a.step((&desk{t: t, now: w.now, core: a.core}).sealingKey(a.keysToMake[0]))
	if len(w.boxes[b]) != 1 {
		t.Fatalf("%d letters when the key is there", len(w.boxes[b]))
	}
	b.arrived()
	if next := b.contact(a); next == nil || next.State != ContactMutual {
		t.Errorf("%+v", next)
	}
}

// claimsToFollow has a twin of somebody say that another key follows, as a
// statement that need not be right.
func (p *person) claimsToFollow(seed byte, statement *wire.SignedSuccession) {
	p.world.t.Helper()
	next := testKeys(p.world.t, seed)
	change := KeyChange{Succession: identity.Succession{From: p.keys.Peer(), To: next.Peer(), At: p.world.now, Signed: statement}}
	writes, err := change.Carry(next, p.disk, p.world.now, func(buffer []byte) { _, _ = rand.Read(buffer) })
	if err != nil {
		p.world.t.Fatal(err)
	}
	p.write(writes)
	p.keys, p.own, p.record = next, nil, nil
	p.start()
	p.connect()
}

// TestForgedSuccessions: a statement that one of the two keys did not sign, or
// signed for something else, is followed by nobody.
func TestForgedSuccessions(t *testing.T) {
	t.Parallel()
	for what, forge := range map[string]func(right *wire.SignedSuccession, before, next, other *identity.Keys) *wire.SignedSuccession{
		"by the key after only": func(right *wire.SignedSuccession, _, next, _ *identity.Keys) *wire.SignedSuccession {
			right.FromSignature = next.SignAsIdentity(identity.ContextSuccessionFrom, right.GetBody())
			return right
		},
		"by the key before only": func(right *wire.SignedSuccession, before, _, _ *identity.Keys) *wire.SignedSuccession {
			right.ToSignature = before.SignAsIdentity(identity.ContextSuccessionTo, right.GetBody())
			return right
		},
		"with the signatures the other way": func(right *wire.SignedSuccession, _, _, _ *identity.Keys) *wire.SignedSuccession {
			right.FromSignature, right.ToSignature = right.GetToSignature(), right.GetFromSignature()
			return right
		},
		"of another time": func(right *wire.SignedSuccession, before, next, _ *identity.Keys) *wire.SignedSuccession {
			later, _ := before.SucceededBy(next, time.Now())
			right.Body = later.GetBody()
			return right
		},
		"to somebody else": func(_ *wire.SignedSuccession, before, _, other *identity.Keys) *wire.SignedSuccession {
			elsewhere, _ := before.SucceededBy(other, time.Now())
			return elsewhere
		},
		"of a stranger": func(_ *wire.SignedSuccession, _, next, other *identity.Keys) *wire.SignedSuccession {
			theirs, _ := other.SucceededBy(next, time.Now())
			return theirs
		},
		"right": func(right *wire.SignedSuccession, _, _, _ *identity.Keys) *wire.SignedSuccession { return right },
	} {
		w := newWorld(t, 2)
		a, b := w.people[0], w.people[1]
		b.connect()
		w.fetchAll(time.Minute)
		thief, next := a.twin(), testKeys(t, 12)
		right, err := a.keys.SucceededBy(next, w.now)
		if err != nil {
			t.Fatal(err)
		}
		thief.claimsToFollow(12, forge(right, a.keys, next, testKeys(t, 13)))
		w.fetchAll(time.Hour)
		if what == "right" { // otherwise this test would see nothing
			if b.contact(thief) == nil {
				t.Error("a right one is not followed")
			}
			continue
		}
		if b.contact(thief) != nil || len(b.core.successors) > 0 || len(b.core.requests) > 0 || len(b.core.contacts) != 1 {
			t.Errorf("%s: it is followed", what)
		}
		if len(w.boxes[b]) > 0 {
			t.Errorf("%s: %d letters stay", what, len(w.boxes[b]))
		}
		a.start()
		a.connect()
		a.say(b, "still me")
		w.fetchAll(time.Minute)
		wantTexts(t, what, b.with(a.keys.Peer()), "still me")
	}
}

// TestReplayedSuccession: an old statement, carried again by whoever has the key
// between, brings nobody back to it.
func TestReplayedSuccession(t *testing.T) {
	t.Parallel()
	for _, away := range []bool{false, true} { // for the first change
		w := newWorld(t, 2)
		a, b := w.people[0], w.people[1]
		a.connect()
		b.connect()
		w.fetchAll(time.Minute)
		if away {
			b.disconnect()
		}
		a.changeKey(11)
		second := a.keys.Peer()
		thief := a.twin()
		thief.disconnect()
		if !away {
			a.connect()
			w.fetchAll(time.Minute)
		}
		a.changeKey(12)
		a.connect()
		b.connect()
		w.fetchAll(time.Minute)
		next := b.contact(a)
		if next == nil || next.State != ContactMutual {
			t.Fatalf("away %v: they did not follow", away)
		}
		for range 2 { // also after a restart of theirs
			thief.start()
			thief.connect()
			thief.say(b, "follow me back")
			w.fetchAll(time.Hour)
			b.start()
			b.connect()
		}
		if got := b.core.lastSuccessor(b.core.contacts[w.first(b)]); got == nil || got.Peer != a.keys.Peer() || b.core.moved(b.contact(a)) {
			t.Errorf("away %v: it goes on with %+v", away, got)
		}
		for _, one := range b.core.contacts {
			if one.Peer == second && (!b.core.moved(one) || one.session != [16]byte{}) {
				t.Errorf("away %v: the key between is back", away)
			}
		}
		if slices.Contains(b.with(second), "follow me back") {
			t.Errorf("away %v: what the key between says is heard", away)
		}
		b.say(a, "to the last one")
		w.fetchAll(time.Minute)
		if got := a.with(b.keys.Peer()); !slices.Contains(got, "to the last one") {
			t.Errorf("away %v: %q", away, got)
		}
	}
}

// first is the contact that somebody had from the beginning.
func (w *world) first(p *person) identity.PeerID {
	peers := make([]identity.PeerID, 0, len(p.core.contacts))
	for peer := range p.core.contacts {
		if peer == testKeys(w.t, 1).Peer() || peer == testKeys(w.t, 2).Peer() {
			peers = append(peers, peer)
		}
	}
	slices.SortFunc(peers, func(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) })
	return peers[0]
}
