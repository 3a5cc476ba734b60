package node

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// crafted seals a request of Ben's to Ana after changing what it says; tag zero
// is that of her sealing key.
func (p *person) crafted(to *person, change func(content *envelope.Content, body *wire.RequestBody)) []byte {
	t := p.world.t
	t.Helper()
	one := p.contact(to)
	body := &wire.RequestBody{}
	if err := wire.Decode(one.requestBody, maxWhatTheySaid, body); err != nil {
		t.Fatal(err)
	}
	key, _, known := p.core.sealTo(one)
	if !known {
		t.Fatal("no key")
	}
	content := envelope.Content{
		FromPeer: p.keys.Peer(), FromDevice: p.keys.Device(), ToPeer: key.Peer, ToDevice: key.Device, ID: uuid.New(), Time: p.world.now,
		Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, DeviceList: p.core.ownRecord().GetDeviceList(), ReplyKey: p.core.network.keyRecord,
		Tag: invite.Tag([16]byte(one.secretOf())),
	}
	change(&content, body)
	var err error
	if content.Body, err = wire.Encode(body); err != nil {
		t.Fatal(err)
	}
	sealed, err := envelope.Seal(content, key, p.keys, content.Time.Add(mailLife))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// first writes the first entry of a log.
func (p *person) first(t *testing.T, draft journal.Draft) []*wire.Entry {
	t.Helper()
	draft.Kind, draft.Claimed, draft.Log = wire.EntryKind_ENTRY_KIND_TEXT, p.world.now, journal.Log{Device: p.keys.Device(), Epoch: 1}
	entry, err := journal.Write(draft, p.keys.SignAsDevice)
	if err != nil {
		t.Fatal(err)
	}
	return []*wire.Entry{entry.Wire()}
}

// TestRequestsWithoutEffect are logged with the reason and deleted, and nobody is
// answered.
func TestRequestsWithoutEffect(t *testing.T) {
	t.Parallel()
	replace := func(change func(ben *person, content *envelope.Content, body *wire.RequestBody)) func(w *world, ana, ben *person) {
		return func(w *world, ana, ben *person) {
			w.boxes[ana] = nil
			w.leave(ana, ben.crafted(ana, func(content *envelope.Content, body *wire.RequestBody) { change(ben, content, body) }))
		}
	}
	disk := func(change func(ana, ben *person)) func(w *world, ana, ben *person) {
		return func(_ *world, ana, ben *person) {
			change(ana, ben)
			ana.start()
		}
	}
	for _, one := range []struct {
		what, why string
		spoil     func(w *world, ana, ben *person)
	}{
		{"revoked", "revoked", func(_ *world, ana, _ *person) {
			ana.step(Command{ID: 1, Call: revokeInviteCall{ana.disk.Invites[0].ID}})
		}},
		{"used up", "used up", disk(func(ana, _ *person) { ana.disk.Invites[0].Used = []identity.PeerID{testKeys(t, 99).Peer()} })},
		{"no invite", "no invite", disk(func(ana, _ *person) { ana.disk.Invites = nil })},
		{"banned", "banned", disk(func(ana, ben *person) {
			ana.disk.Bans = []Ban{{ID: uuid.New(), Kind: BanPeer, Peer: ben.keys.Peer()}}
		})},
		{"declined", "declined", disk(func(ana, ben *person) { ana.disk.Declined = []identity.PeerID{ben.keys.Peer()} })},
		{"left after the invite's end", "had expired", func(w *world, ana, ben *person) {
			w.pass(25 * time.Hour)
			w.boxes[ana] = nil
			w.leave(ana, w.puts[0])
		}},
		{"expired", "expired", func(w *world, _, _ *person) { w.now = w.now.Add(mailLife + time.Hour) }},
		{"damaged", "open", func(w *world, ana, _ *person) {
			sealed := slices.Clone(w.puts[0])
			sealed[len(sealed)-1] ^= 1
			w.boxes[ana] = nil
			w.leave(ana, sealed)
		}},
		{"another secret", "secret", replace(func(_ *person, _ *envelope.Content, body *wire.RequestBody) { body.InviteSecret[0] ^= 1 })},
		{"in another box", "another box", replace(func(_ *person, content *envelope.Content, _ *wire.RequestBody) { content.Tag[0] ^= 1 })},
		{"another version", "version", replace(func(_ *person, _ *envelope.Content, body *wire.RequestBody) { body.Version = wire.Major + 1 })},
		{"two entries", "version", replace(func(_ *person, _ *envelope.Content, body *wire.RequestBody) {
			body.Entries = append(body.Entries, body.GetEntries()...)
		})},
		{"a location of somebody else's", "record", replace(func(_ *person, _ *envelope.Content, body *wire.RequestBody) {
			signed, err := testKeys(t, 98).Location(1, nil, time.UnixMilli(1))
			if err != nil {
				t.Fatal(err)
			}
			body.Location = signed
		})},
		{"too long a text", "text", replace(func(ben *person, _ *envelope.Content, body *wire.RequestBody) {
			text, err := journal.TextBody(strings.Repeat("x", 1<<10+1))
			if err != nil {
				t.Fatal(err)
			}
			body.Entries = ben.first(t, journal.Draft{Conversation: ben.core.contacts[ben.world.people[0].keys.Peer()].Conversation, Body: text})
		})},
		{"an entry of another conversation", "begin", replace(func(ben *person, _ *envelope.Content, body *wire.RequestBody) {
			text, err := journal.TextBody("hello")
			if err != nil {
				t.Fatal(err)
			}
			body.Entries = ben.first(t, journal.Draft{Conversation: uuid.New(), Body: text})
		})},
	} {
		t.Run(one.what, func(t *testing.T) {
			t.Parallel()
			w, ana, ben := askedByMail(t)
			one.spoil(w, ana, ben)
			ana.connect()
			w.pass(time.Second)
			if !ana.dropped(one.why) || len(ana.disk.Requests) != 0 || len(w.boxes[ana])+len(w.boxes[ben]) != 0 || len(ana.core.letters) != 0 {
				t.Fatalf("logged %v, %d requests, %d letters", ana.logged, len(ana.disk.Requests), len(w.boxes[ana]))
			}
			if len(ana.disk.Seen)+len(ana.core.seen) != 0 {
				t.Error("what is worth nothing is remembered")
			}
		})
	}
}

// TestInviteEndsWhileARequestLies: who asked in time is heard.
func TestInviteEndsWhileARequestLies(t *testing.T) {
	t.Parallel()
	w, ana, _ := askedByMail(t)
	w.pass(48 * time.Hour)
	ana.connect()
	if len(ana.disk.Requests) != 1 {
		t.Fatalf("%d requests, logged %v", len(ana.disk.Requests), ana.logged)
	}
}

// TestFullDiskKeepsRequests: one that could not be written stays in the box.
func TestFullDiskKeepsRequests(t *testing.T) {
	t.Parallel()
	w, ana, _ := askedByMail(t)
	ana.full = ErrDiskFull
	ana.connect()
	if len(w.boxes[ana]) != 1 || len(ana.core.requests) != 0 {
		t.Fatal("a request is gone that is on no disk")
	}
	ana.full = nil
	w.pass(fetchAfterFailure)
	if len(ana.disk.Requests) != 1 || len(w.boxes[ana]) != 0 {
		t.Fatalf("%d requests, %d letters left", len(ana.disk.Requests), len(w.boxes[ana]))
	}
}

// TestFullInboxLeavesRequests in their box until there is room.
func TestFullInboxLeavesRequests(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	for i := range maxRequests {
		ana.disk.Requests = append(ana.disk.Requests, Request{Peer: identity.PeerID{byte(i), 1}})
	}
	ana.start()
	ana.connect()
	w.pass(time.Hour)
	if len(w.boxes[ana]) != 1 || len(ana.core.requests) != maxRequests {
		t.Fatalf("%d letters, %d requests", len(w.boxes[ana]), len(ana.core.requests))
	}
	ana.step(Command{ID: 1, Call: declineCall{ana.disk.Requests[0].Peer}})
	if _, there := ana.core.requests[ben.keys.Peer()]; !there || len(w.boxes[ana]) != 0 {
		t.Fatal("there is room, and the request is not taken")
	}
}

// TestAcceptanceThatWasLost: an asker who hears nothing asks again when the first
// request has expired, and is told again.
func TestAcceptanceThatWasLost(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	ana.connect()
	ana.accepts(ben)
	w.pass(time.Minute)
	w.boxes[ben] = nil
	w.pass(mailLife + time.Hour)
	if ben.state(ana) != ContactAsked {
		t.Fatal("they were told otherwise")
	}
	// The invite is used up and has no box any more, so the request comes relayed.
	ben.relay(ana)
	w.pass(time.Minute)
	ben.arrived()
	if ben.state(ana) != ContactMutual || len(ana.texts()) != 1 {
		t.Fatalf("state %d, %d texts", ben.state(ana), len(ana.texts()))
	}
}

// TestFailedAcceptance: when the disk refuses it the request waits still, and the
// invite is not used.
func TestFailedAcceptance(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	ana.connect()
	ana.full = ErrDiskFull
	ana.accepts(ben)
	if len(ana.core.requests) != 1 || len(ana.core.contacts) != 0 || len(ana.core.invites[ana.disk.Invites[0].ID].Used) != 0 {
		t.Fatal("a refused acceptance left something behind")
	}
	ana.full = nil
	ana.accepts(ben)
	w.pass(time.Minute)
	ben.arrived()
	if ben.state(ana) != ContactMutual || len(ana.texts()) != 1 || len(ana.disk.Requests) != 0 {
		t.Fatalf("state %d, %d texts", ben.state(ana), len(ana.texts()))
	}
}

// TestTagsOfInvites: an open invite has a box, at most as long as a tag lives, and
// none once it is revoked or used up; a long one is renewed.
func TestTagsOfInvites(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	short, long := ana.invites(24*time.Hour, 1), ana.invites(60*24*time.Hour, 1)
	if ends := w.invites[invite.Tag(short.Secret)]; !ends.Equal(ana.disk.Invites[0].Expires) {
		t.Fatalf("until %v", ends)
	}
	w.pass(45 * 24 * time.Hour)
	if ends := w.invites[invite.Tag(long.Secret)]; ends.Before(w.now.Add(14 * 24 * time.Hour)) {
		t.Fatalf("not renewed: until %v, now %v", ends, w.now)
	}
	ana.step(Command{ID: 1, Call: revokeInviteCall{ana.disk.Invites[1].ID}})
	if _, there := w.invites[invite.Tag(long.Secret)]; there {
		t.Fatal("a revoked invite has a box")
	}
	used := ana.invites(24*time.Hour, 1)
	ben.connect()
	ben.asks(used, "May I?")
	w.pass(5 * time.Second)
	ana.arrived()
	ana.accepts(ben)
	if _, there := w.invites[invite.Tag(used.Secret)]; there {
		t.Fatal("an invite that is used up has a box")
	}
}

// TestRequestWithoutABox is put again, later and later, until there is one.
func TestRequestWithoutABox(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	opened := ana.invites(10*24*time.Hour, 1)
	ana.disconnect()
	w.answer = signaling.AnswerNotFound
	ben.connect()
	ben.asks(opened, "May I?")
	w.pass(24 * time.Hour)
	if tries := len(w.puts); tries < 24 || tries > 24*2+12 {
		t.Fatalf("%d tries in a day", tries)
	}
	if !bytes.Equal(w.puts[0], w.puts[1]) {
		t.Fatal("sealed anew without need")
	}
	w.answer = signaling.AnswerDone
	w.pass(requestRetryMost)
	ana.connect()
	if len(ana.disk.Requests) != 1 {
		t.Fatalf("%d requests", len(ana.disk.Requests))
	}
}

// TestLookingForAKey begins after a second and goes on every 15 s, and seldom for
// a fresher one.
func TestLookingForAKey(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	opened := ana.invites(40*24*time.Hour, 1)
	ana.disconnect()
	ana.record = nil // the server forgot
	ben.connect()
	ben.asks(opened, "May I?")
	w.pass(15 * time.Second)
	if early := ben.lookups; early < 4 || early > 6 {
		t.Errorf("%d lookups in 15 s", early)
	}
	w.pass(time.Hour - 15*time.Second)
	if hour := ben.lookups; hour < 235 || hour > 245 {
		t.Errorf("%d lookups in an hour", hour)
	}
	ana.record = ana.own
	w.pass(15 * time.Second)
	if len(w.boxes[ana]) != 1 {
		t.Fatal("the key is there, and nothing is left for her")
	}
	w.pass(8 * 24 * time.Hour)
	before := ben.lookups
	w.pass(time.Hour)
	if fresher := ben.lookups - before; fresher < 3 || fresher > 5 {
		t.Errorf("%d lookups an hour for a fresher key", fresher)
	}
}

// TestRequestWhileAsking: one that comes while mine to the same person is on its
// way to the disk is taken once that is there.
func TestRequestWhileAsking(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	toBen := ben.invites(24*time.Hour, 1)
	var commits []Commit
	for _, effect := range ana.core.Step(w.now, Command{ID: 1, Call: askCall{invite: toBen, text: "Ana asks"}}) {
		if commit, ok := effect.(Commit); ok {
			commits = append(commits, commit)
		}
	}
	ana.connect()
	if len(commits) != 1 || len(w.boxes[ana]) != 1 || len(ana.core.requests) != 0 {
		t.Fatalf("%d commits, %d letters, %d requests", len(commits), len(w.boxes[ana]), len(ana.core.requests))
	}
	ana.write(commits[0].Writes)
	ana.step(Committed{Token: commits[0].Token})
	if ana.state(ben) != ContactMutual || len(w.boxes[ana]) != 0 {
		t.Fatalf("state %d, %d letters", ana.state(ben), len(w.boxes[ana]))
	}
}

// TestContactWhoKeepsAsking is answered now and then only: whoever asks must not
// use up what this device may leave at servers.
func TestContactWhoKeepsAsking(t *testing.T) {
	t.Parallel()
	w, ana, ben := askedByMail(t)
	ana.connect()
	ana.accepts(ben)
	w.pass(time.Minute)
	before := len(w.puts)
	for range 600 {
		ben.relay(ana)
		w.pass(time.Second)
	}
	if answers := len(w.puts) - before; answers < 1 || answers > 11 {
		t.Fatalf("%d answers in ten minutes", answers)
	}
}

// TestLateRequest: one that was sealed while they were accepted, and outlived a
// crash, is not left any more; what it carries goes as an entry.
func TestLateRequest(t *testing.T) {
	t.Parallel()
	w := newStrangers(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.connect()
	opened := ana.invites(24*time.Hour, 1)
	w.answer = signaling.AnswerFull
	ben.connect()
	ben.asks(opened, "May I?")
	w.pass(5 * time.Second)
	if len(ben.disk.Outgoing) != 1 || !ben.disk.Outgoing[0].asks() {
		t.Fatalf("kept: %+v", ben.disk.Outgoing)
	}
	ben.disk.Contacts[0].State, ben.disk.Contacts[0].TheirInvite = ContactMutual, nil
	ben.start()
	w.answer, w.puts = signaling.AnswerDone, nil
	ben.connect()
	w.pass(mailAfter)
	if len(w.puts) != 1 {
		t.Fatalf("%d puts", len(w.puts))
	}
	if outer, err := wire.ParseOuter(w.puts[0]); err != nil || outer.Kind != wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES {
		t.Fatalf("%+v, %v", outer, err)
	}
}
