package node

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// changeKey has a person go on with the keys of a seed, as the device does.
func (p *person) changeKey(seed byte) {
	p.world.t.Helper()
	next := testKeys(p.world.t, seed)
	change, err := NewKeyChange(p.keys, next, p.disk, p.world.now)
	if err != nil {
		p.world.t.Fatal(err)
	}
	text, err := change.Marshal()
	if err == nil {
		change, err = ParseKeyChange(text)
	}
	if err != nil {
		p.world.t.Fatal(err)
	}
	writes, err := change.Carry(next, p.disk, p.world.now, func(buffer []byte) { _, _ = rand.Read(buffer) })
	if err != nil {
		p.world.t.Fatal(err)
	}
	p.write(writes)
	p.keys, p.own, p.record = next, nil, nil
	p.start()
	if again, err := change.Carry(next, p.disk, p.world.now, nil); err != nil || len(again) != 0 {
		p.world.t.Fatalf("a change that was carried out is carried out again: %d, %v", len(again), err)
	}
}

// twin is somebody with the same keys and the same disk: a thief.
func (p *person) twin() *person {
	twin := &person{world: p.world, keys: p.keys, disk: p.disk, logs: slices.Clone(p.logs)}
	twin.disk.Contacts, twin.disk.Retirements = slices.Clone(p.disk.Contacts), slices.Clone(p.disk.Retirements)
	twin.disk.SealingKeys, twin.disk.Verifications = slices.Clone(p.disk.SealingKeys), slices.Clone(p.disk.Verifications)
	p.world.people = append(p.world.people, twin)
	twin.start()
	return twin
}

// fetchAll has everybody who is there look into their box, and time go by.
func (w *world) fetchAll(d time.Duration) {
	w.t.Helper()
	for range 4 {
		for _, p := range w.people {
			if p.up {
				p.connect()
			}
		}
		w.pass(d / 4)
	}
}

// with returns what a person has in the conversation with an identity.
func (p *person) with(peer identity.PeerID) (texts []string) {
	id := chat.DirectConversation(p.keys.Peer(), peer)
	for _, write := range p.logs {
		if text, err := write.Entry.Text(); err == nil && write.Entry.Conversation == id {
			texts = append(texts, text)
		}
	}
	return texts
}

func wantTexts(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestSuccession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	a, b := w.people[0], w.people[1]
	a.connect()
	b.connect()
	a.say(b, "before")
	b.say(a, "before too")
	w.fetchAll(time.Minute)
	first := a.keys.Peer()
	b.disk.Self.About = "about"
	w.fetchAll(time.Second)
	a.changeKey(11)
	former := chat.DirectConversation(first, b.keys.Peer())
	one := a.contact(b)
	if !one.asksToFollow() || one.KnownAs != first || one.Conversation == former {
		t.Fatalf("%+v", one.Contact)
	}
	a.say(b, "after") // waits until they follow
	a.connect()
	w.fetchAll(time.Minute)
	next := b.contact(a)
	if next == nil || next.State != ContactMutual || next.Name != "Person 0" || next.held() || next.verification.Link {
		t.Fatalf("%v %v %v %v", next != nil, a.logged, b.logged, w.boxes[b])
	}
	if one = a.contact(b); one.State != ContactMutual || one.asksToFollow() {
		t.Fatalf("they followed: %+v", one.Contact)
	}
	b.say(a, "after too")
	w.fetchAll(time.Minute)
	for _, p := range []*person{a, b} {
		other := map[*person]identity.PeerID{a: b.keys.Peer(), b: a.keys.Peer()}[p]
		got := p.with(other)
		slices.Sort(got)
		wantTexts(t, "the new conversation", got, "after", "after too")
	}
	wantTexts(t, "the old one", b.with(first), "before too", "before")
	before := b.core.contacts[first]
	if !b.core.moved(before) || b.core.live(before).Next != next.Conversation || before.retired.IsZero() {
		t.Errorf("the one before: %+v", b.core.live(before))
	}
	b.step(Command{ID: 7, Call: sendTextCall{conversation: before.Conversation, text: "to nobody"}})
	if code := codeOf(b.answered.Err); code != "they-moved" {
		t.Errorf("writing to the key before: %q", code)
	}
	b.start() // all of it is on the disk
	if b.contact(a) == nil || !b.core.moved(b.core.contacts[first]) || b.contact(a).held() {
		t.Error("it is forgotten")
	}
}

func codeOf(err error) string {
	if refused, ok := errors.AsType[*Refusal](err); ok {
		return refused.Code
	}
	return fmt.Sprint(err)
}

// TestSuccessionOfCompared: whoever had compared holds back until they say so.
func TestSuccessionOfCompared(t *testing.T) {
	t.Parallel()
	for was, want := range map[Comparison]Comparison{
		ComparedSame: ComparedBefore, ComparedDiffered: ComparedDiffered, ComparedForked: ComparedForked, ComparedBefore: ComparedBefore,
	} {
		w := newWorld(t, 2)
		a, b := w.people[0], w.people[1]
		b.write([]Write{PutVerification{Verification: Verification{Peer: a.keys.Peer(), Link: true, Compared: was, How: MethodNumber, At: w.now, Mine: b.keys.Peer()}}})
		b.start()
		a.connect()
		b.connect()
		w.fetchAll(time.Second)
		a.changeKey(11)
		a.connect()
		w.fetchAll(time.Minute)
		next := b.contact(a)
		if next == nil || next.verification.Compared != want || !next.held() || next.verification.Link {
			t.Fatalf("%d: %+v", was, next)
		}
		b.say(a, "held")
		w.fetchAll(time.Hour)
		wantTexts(t, "what was held back came", a.with(b.keys.Peer()))
		b.start()
		if next = b.contact(a); next.verification.Compared != want {
			t.Errorf("%d after a restart: %+v", was, next.verification)
		}
		b.connect()
		b.step(Command{ID: 8, Call: forgetComparedCall{conversation: next.Conversation}})
		w.fetchAll(time.Hour)
		wantTexts(t, "what was held back did not come", a.with(b.keys.Peer()), "held")
		if next.verification.Compared != NotCompared {
			t.Errorf("%+v", next.verification)
		}
	}
}

// TestOwnComparedAfterChange: what two people compared says nothing of a new own
// key; what held somebody back still does.
func TestOwnComparedAfterChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	a := w.people[0]
	for i, was := range []Comparison{ComparedSame, ComparedDiffered} {
		a.write([]Write{PutVerification{Verification: Verification{Peer: w.people[i+1].keys.Peer(), Compared: was, Mine: a.keys.Peer(), At: w.now}}})
	}
	a.changeKey(11)
	if got := a.contact(w.people[1]).verification.Compared; got != NotCompared {
		t.Errorf("compared: %d", got)
	}
	if got := a.contact(w.people[2]).verification.Compared; got != ComparedDiffered {
		t.Errorf("differed: %d", got)
	}
}

// TestSuccessionByMail: whoever is away follows when they come back.
func TestSuccessionByMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	a, b := w.people[0], w.people[1]
	a.connect()
	b.connect()
	w.fetchAll(time.Minute)
	b.disconnect()
	b.say(a, "written while I am away")
	a.say(b, "left before")
	w.fetchAll(time.Minute)
	first := a.keys.Peer()
	a.changeKey(11)
	a.connect()
	w.fetchAll(5 * 24 * time.Hour)
	a.disconnect()
	b.connect()
	w.fetchAll(time.Minute)
	if next := b.contact(a); next == nil || next.State != ContactMutual {
		t.Fatalf("%+v", next)
	}
	wantTexts(t, "what was left before the change", b.with(first), "written while I am away", "left before")
	a.connect()
	w.fetchAll(time.Minute)
	if one := a.contact(b); one.State != ContactMutual {
		t.Errorf("it is not known that they followed: %+v", one.Contact)
	}
}

// TestSuccessionAfterMonths: no key is left that could be sealed to, until they
// are back.
func TestSuccessionAfterMonths(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	a, b := w.people[0], w.people[1]
	a.connect()
	b.connect()
	w.fetchAll(time.Minute)
	b.disconnect()
	a.changeKey(11)
	a.connect()
	w.fetchAll(40 * 24 * time.Hour)
	b.connect()
	w.fetchAll(3 * time.Hour)
	if next := b.contact(a); next == nil || a.contact(b).State != ContactMutual {
		t.Fatalf("%+v, %+v", next, a.contact(b).Contact)
	}
}

// TestOldKeyIsRefused: what is sealed with the key before, after it changed, is
// dropped, by mail and as a call for a line.
func TestOldKeyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	a, b := w.people[0], w.people[1]
	a.connect()
	b.connect()
	w.fetchAll(time.Minute)
	thief := a.twin()
	first := a.keys.Peer()
	a.changeKey(11)
	a.connect()
	w.fetchAll(time.Minute)
	thief.start()
	thief.connect()
	thief.say(b, "it is still me")
	w.fetchAll(time.Hour)
	wantTexts(t, "of the key before", b.with(first))
	if len(b.core.sessionsTo(first)) > 0 || len(b.with(a.keys.Peer())) > 0 {
		t.Error("the key before has a line")
	}
}

// TestChainOfSuccessions: two changes, in whatever order the other side hears of
// them, end with one contact.
func TestChainOfSuccessions(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"each", "last only", "backward", "twice"} {
		w := newWorld(t, 2)
		a, b := w.people[0], w.people[1]
		a.connect()
		b.connect()
		w.fetchAll(time.Minute)
		first := a.keys.Peer()
		if order != "each" {
			b.disconnect()
		}
		a.changeKey(11)
		if order != "last only" {
			a.connect()
			w.fetchAll(time.Minute)
		}
		second := a.keys.Peer()
		letters := slices.Clone(w.boxes[b])
		if order == "backward" {
			w.boxes[b] = nil
		}
		a.changeKey(12)
		a.connect()
		w.fetchAll(time.Minute)
		b.connect()
		w.fetchAll(time.Minute)
		if order == "backward" || order == "twice" {
			w.boxes[b] = append(w.boxes[b], letters...)
			b.disconnect()
			b.connect()
			w.fetchAll(time.Minute)
		}
		b.start()
		b.connect()
		w.fetchAll(time.Minute)
		next := b.contact(a)
		if next == nil || next.State != ContactMutual || next.held() || b.core.moved(next) || a.contact(b).State != ContactMutual {
			t.Fatalf("%s: %v %v %v %v", order, next != nil, a.contact(b).State, a.logged, b.logged)
		}
		if got := b.core.live(b.core.contacts[first]).Next; got != next.Conversation {
			t.Errorf("%s: it goes on in %v", order, got)
		}
		if middle := b.core.contacts[second]; middle != nil && (!b.core.moved(middle) || b.core.live(middle).Next != next.Conversation) {
			t.Errorf("%s: the one between counts", order)
		}
		for _, one := range b.core.contacts {
			if one.verification.Compared != NotCompared {
				t.Errorf("%s: %+v", order, one.verification)
			}
		}
	}
}

// TestTooManySuccessions: more than are told in one piece are not followed.
func TestTooManySuccessions(t *testing.T) {
	t.Parallel()
	for changes, follows := range map[int]bool{identity.MaxSuccessions: true, identity.MaxSuccessions + 1: false} {
		w := newWorld(t, 2)
		a, b := w.people[0], w.people[1]
		b.connect()
		w.fetchAll(time.Minute)
		for i := range changes {
			a.changeKey(byte(20 + i))
		}
		a.connect()
		w.fetchAll(time.Minute)
		if got := b.contact(a) != nil; got != follows {
			t.Errorf("%d changes: followed %v", changes, got)
		}
	}
}

// TestForkedSuccession: whoever has the key twice can say that two keys follow.
// The first stays and is held back; the second is refused.
func TestForkedSuccession(t *testing.T) {
	t.Parallel()
	for _, compared := range []bool{false, true} {
		w := newWorld(t, 2)
		a, b := w.people[0], w.people[1]
		a.connect()
		b.connect()
		w.fetchAll(time.Minute)
		thief := a.twin()
		a.changeKey(11)
		a.connect()
		w.fetchAll(time.Minute)
		if compared {
			b.step(Command{ID: 3, Call: comparedCall{conversation: b.contact(a).Conversation, same: true}})
		}
		thief.changeKey(12)
		thief.connect()
		w.fetchAll(time.Hour)
		want := ComparedForked
		if compared {
			want = ComparedSame // it is known who is theirs
		}
		if next := b.contact(a); next.verification.Compared != want || b.contact(thief) != nil {
			t.Fatalf("%+v, %+v", next.verification, b.contact(thief))
		}
		if !b.core.declined[thief.keys.Peer()] || !slices.Contains(b.reports, "two keys follow the one of a contact") {
			t.Errorf("the second: %v", b.reports)
		}
		b.step(Command{ID: 4, Call: forgetComparedCall{conversation: b.contact(a).Conversation}})
		w.fetchAll(24 * time.Hour)
		b.start()
		b.connect()
		w.fetchAll(time.Hour)
		if b.contact(a).held() || b.contact(thief) != nil {
			t.Error("the second was heard again")
		}
	}
}

// TestSuccessionsThatChangeNothing: of strangers, of whoever is banned, was given
// up, or never answered.
func TestSuccessionsThatChangeNothing(t *testing.T) {
	t.Parallel()
	cases := map[string]func(a, b *person){
		"of a stranger": func(a, b *person) { b.disk.Contacts = nil },
		"of whoever is banned": func(a, b *person) {
			b.write([]Write{PutBan{Ban: Ban{ID: uuid.New(), Kind: BanPeer, Peer: a.keys.Peer(), Added: b.world.now}}})
		},
		"to whoever is banned": func(_, b *person) {
			b.write([]Write{PutBan{Ban: Ban{ID: uuid.New(), Kind: BanPeer, Peer: testKeys(b.world.t, 11).Peer(), Added: b.world.now}}})
		},
		"of whoever was given up": func(a, b *person) {
			signed, _ := a.keys.Retire(b.world.now)
			data, _ := wire.Encode(signed)
			b.write([]Write{PutRetirement{Retirement: Retirement{Peer: a.keys.Peer(), At: b.world.now, Signed: data}}})
		},
		"of whoever was only asked": func(_, b *person) { b.disk.Contacts[0].State = ContactAsked },
		"to whoever was declined": func(_, b *person) {
			b.write([]Write{DeleteRequest{Peer: testKeys(b.world.t, 11).Peer(), Declined: true}})
		},
	}
	for name, arrange := range cases {
		w := newWorld(t, 2)
		a, b := w.people[0], w.people[1]
		b.connect()
		w.fetchAll(time.Minute)
		arrange(a, b)
		b.start()
		b.connect()
		a.changeKey(11)
		a.connect()
		w.fetchAll(time.Hour)
		if b.contact(a) != nil || len(b.core.successors) > 0 || len(b.core.requests) > 0 {
			t.Errorf("%s: %+v", name, b.contact(a))
		}
		if len(w.boxes[b]) > 0 {
			t.Errorf("%s: %d letters stay", name, len(w.boxes[b]))
		}
	}
}

// TestSuccessionToContact: whose new key is a contact already keeps that one.
func TestSuccessionToContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	a, b := w.people[0], w.people[1]
	a.connect()
	b.connect()
	w.fetchAll(time.Minute)
	first, next := a.keys.Peer(), testKeys(t, 11).Peer()
	list, err := testKeys(t, 11).DeviceList(1, w.now)
	if err != nil {
		t.Fatal(err)
	}
	record, err := wire.Encode(&wire.PeerRecord{DeviceList: list})
	if err != nil {
		t.Fatal(err)
	}
	id := chat.DirectConversation(b.keys.Peer(), next)
	b.write([]Write{
		PutContact{Contact: Contact{Peer: next, Conversation: id, State: ContactMutual, Name: "Met again", Color: 2, Since: w.now, Record: record}},
		PutVerification{Verification: Verification{Peer: next, Compared: ComparedSame, Mine: b.keys.Peer(), At: w.now}},
	})
	b.start()
	b.connect()
	a.changeKey(11)
	a.connect()
	w.fetchAll(time.Hour)
	one := b.contact(a)
	if one.verification.Compared != ComparedSame || !b.core.moved(b.core.contacts[first]) || b.core.live(b.core.contacts[first]).Next != id {
		t.Errorf("%+v, %+v", one, b.core.contacts[first])
	}
	if a.contact(b).State != ContactMutual {
		t.Error("they were not answered")
	}
}

// TestKeyChangeEnds: what is bound to the key before goes, and what cannot be
// said any more says why.
func TestKeyChangeEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	a, b, other := w.people[0], w.people[1], w.people[2]
	a.connect()
	w.fetchAll(time.Minute)
	a.say(b, "before")
	w.fetchAll(time.Minute)
	a.write([]Write{
		PutInvite{Invite: Invite{ID: uuid.New(), Created: w.now, Expires: w.now.Add(time.Hour), Uses: 3}},
		PutRequest{Request: Request{Peer: testKeys(t, 40).Peer()}},
		PutContact{Contact: Contact{Peer: other.keys.Peer(), Conversation: uuid.New(), State: ContactAsked}},
	})
	former := a.contact(b).Conversation
	a.changeKey(11)
	if a.contact(other) != nil || len(a.disk.Requests) > 0 || !a.disk.Invites[0].Revoked || len(a.disk.Outgoing) > 0 {
		t.Errorf("%+v, %+v, %+v", a.disk.Requests, a.disk.Invites, a.disk.Outgoing)
	}
	list := listOf(a.disk.Self.DeviceList)
	if list.Peer != a.keys.Peer() || len(list.Devices) != 1 || list.Devices[0] != a.keys.Device() {
		t.Errorf("the device list: %+v", list)
	}
	snapshot := a.disk
	snapshot.Conversations = append(snapshot.Conversations, Conversation{ID: former, Peer: b.keys.Peer()})
	core, err := NewCore(a.keys, snapshot, func(buffer []byte) { _, _ = rand.Read(buffer) })
	if err != nil {
		t.Fatal(err)
	}
	for _, effect := range core.Step(w.now, Command{ID: 5, Call: sendTextCall{conversation: former, text: "too late"}}) {
		if answer, ok := effect.(Answer); ok && codeOf(answer.Err) != "former" {
			t.Errorf("writing into a former conversation: %v", answer.Err)
		}
	}
}

// TestKeyChangeRefused: without a profile, read only, or after it was given up.
func TestKeyChangeRefused(t *testing.T) {
	t.Parallel()
	keys, next := testKeys(t, 1), testKeys(t, 2)
	there := Self{Name: "Ana", Created: time.Unix(1, 0)}
	for name, snapshot := range map[string]Snapshot{
		"no profile": {}, "read only": {Self: there, ReadOnly: true},
		"given up": {Self: there, Retirements: []Retirement{{Peer: keys.Peer()}}},
	} {
		if _, err := NewKeyChange(keys, next, snapshot, time.Unix(2, 0)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzKeyChange(f *testing.F) {
	change, err := NewKeyChange(testKeys(f, 1), testKeys(f, 2), Snapshot{
		Self: Self{Created: time.Unix(1, 0)}, Handles: []Handle{{Name: "ana", Host: "example.org", Version: 3}},
	}, time.Unix(2, 0))
	if err != nil {
		f.Fatal(err)
	}
	text, err := change.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("{}")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := ParseKeyChange(text); err == nil && got.Succession.From == got.Succession.To {
			t.Errorf("%+v", got)
		}
	})
}
