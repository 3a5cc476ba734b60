package node

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// desk is a core with a clock that only the test moves, and a disk that takes everything.
type desk struct {
	t      *testing.T
	core   *Core
	now    time.Time
	did    []Effect
	failed error // what the disk answers
}

// kept are the keys and records of the tests' people: making and signing them
// is most of what a fuzz test would do otherwise.
var kept sync.Map

// once makes something the first time that it is asked for. Each type of name is
// for one type of thing.
func once[T any](name any, create func() T) T {
	made, there := kept.Load(name)
	if !there {
		made, _ = kept.LoadOrStore(name, create())
	}
	thing, _ := made.(T)
	return thing
}

type keysOf struct{ seed byte }

func testKeys(t testing.TB, seed byte) *identity.Keys {
	t.Helper()
	return once(keysOf{seed}, func() *identity.Keys {
		keys, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)))
		if err != nil {
			t.Fatal(err)
		}
		return keys
	})
}

// listAt names what is signed at a moment with keys, for somebody.
type listAt struct {
	device identity.DeviceID
	at     int64
}

type (
	recordAt     listAt
	signedListAt listAt
)

// newDesk is a person with contacts, all of whom are found at one server of their own.
func newDesk(t *testing.T, contacts ...*identity.Keys) *desk {
	t.Helper()
	keys := testKeys(t, 200)
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	data := once(listAt{keys.Device(), now.UnixNano()}, func() []byte {
		list, err := keys.DeviceList(1, now)
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := wire.Encode(list)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	})
	server := Server{Key: identity.ServerKey(testKeys(t, 201).Peer()), URLs: []string{"wss://127.0.0.1:7117"}, Added: now}
	snapshot := Snapshot{
		Self:    Self{Name: "Mira", Color: 1, Created: now, DeviceList: data, RecordSequence: 0},
		Servers: []Server{server},
	}
	for _, theirs := range contacts {
		id := chat.DirectConversation(keys.Peer(), theirs.Peer())
		snapshot.Conversations = append(snapshot.Conversations, Conversation{ID: id, Peer: theirs.Peer()})
		snapshot.Contacts = append(snapshot.Contacts, Contact{
			Peer: theirs.Peer(), Conversation: id, State: ContactMutual, Name: "Ana", Color: 1, Since: now,
			Record: once(recordAt{theirs.Device(), now.UnixNano()}, func() []byte { return recordOf(t, theirs, now) }),
		})
	}
	core, err := NewCore(keys, snapshot, func(buffer []byte) { _, _ = rand.Read(buffer) })
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, core: core, now: now}
	d.step(Tick{})
	d.step(ServerEvent{Event: signaling.Event{Token: server.Key.String(), Up: &signaling.Up{Key: server.Key}}})
	for _, theirs := range contacts {
		d.step(ServerEvent{Event: signaling.Event{Token: server.Key.String(), Presence: &signaling.Presence{Peer: theirs.Peer(), Online: true}}})
	}
	return d
}

func recordOf(t *testing.T, keys *identity.Keys, now time.Time) []byte {
	t.Helper()
	list, err := keys.DeviceList(1, now)
	if err != nil {
		t.Fatal(err)
	}
	sealing, err := envelope.NewSealingKey(now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sealing.Record(keys, 1)
	if err != nil {
		t.Fatal(err)
	}
	data, err := wire.Encode(&wire.PeerRecord{DeviceList: list, KeyRecords: []*wire.Signed{key}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// step gives an event to the core and answers what it wants of the disk and of
// the makers of keys, until it wants nothing more of them.
func (d *desk) step(event Event) {
	d.t.Helper()
	events := []Event{event}
	for len(events) > 0 {
		effects := append([]Effect(nil), d.core.Step(d.now, events[0])...)
		events = events[1:]
		for _, effect := range effects {
			d.did = append(d.did, effect)
			switch e := effect.(type) {
			case Commit:
				events = append(events, Committed{Token: e.Token, Err: d.failed})
			case MakeSealingKey:
				events = append(events, d.sealingKey(e))
			}
		}
	}
}

type sealingKeyAt struct {
	of       listAt
	sequence uint64
}

func (d *desk) sealingKey(e MakeSealingKey) SealingKeyMade {
	d.t.Helper()
	name := sealingKeyAt{listAt{d.core.keys.Device(), d.now.UnixNano()}, e.Sequence}
	return once(name, func() SealingKeyMade { return d.makeSealingKey(e) })
}

func (d *desk) makeSealingKey(e MakeSealingKey) SealingKeyMade {
	d.t.Helper()
	key, err := envelope.NewSealingKey(d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	record, err := key.Record(d.core.keys, e.Sequence)
	if err != nil {
		d.t.Fatal(err)
	}
	private, err := key.Marshal()
	if err != nil {
		d.t.Fatal(err)
	}
	return SealingKeyMade{Key: SealingKey{ID: key.ID, Private: private, Created: key.Created, Expires: key.Expires, Delete: key.Expires.Add(sealingKeyKept)}, Record: record}
}

// done returns the effects of one type so far and forgets all.
func done[T Effect](d *desk) []T {
	var found []T
	for _, effect := range d.did {
		if one, ok := effect.(T); ok {
			found = append(found, one)
		}
	}
	d.did = nil
	return found
}

// line opens one with a contact, whoever of the two offers.
func (d *desk) line(theirs *identity.Keys) link.Session {
	d.t.Helper()
	remote := link.Remote{Peer: theirs.Peer(), Device: theirs.Device()}
	var id link.Session
	if dials := done[DialLink](d); len(dials) > 0 {
		id = dials[len(dials)-1].Session
	} else {
		var err error
		if id, err = link.NewSession(d.now, rand.Reader); err != nil {
			d.t.Fatal(err)
		}
		list, err := theirs.DeviceList(1, d.now)
		if err != nil {
			d.t.Fatal(err)
		}
		d.step(EnvelopeOpened{
			Content: envelope.Content{FromPeer: theirs.Peer(), FromDevice: theirs.Device(), ID: uuid.New(), Kind: wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL, DeviceList: list},
			Signal:  link.Signal{Session: id, Kind: link.SignalOffer},
		})
		if accepted := done[AcceptLink](d); len(accepted) != 1 {
			d.t.Fatalf("the offer was answered %d times", len(accepted))
		}
	}
	d.step(LinkEvent{Event: link.Event{Session: id, Remote: remote, Opened: &link.Opened{Path: link.PathLAN}}})
	return id
}

func (d *desk) say(conversation uuid.UUID, text string) {
	d.t.Helper()
	d.step(Command{ID: 1, Call: sendTextCall{conversation: conversation, text: text}})
}

func (d *desk) conversation(theirs *identity.Keys) uuid.UUID {
	return chat.DirectConversation(d.core.keys.Peer(), theirs.Peer())
}

func TestLineOpensForAReasonAndClosesWithoutOne(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	if dialed, asked := len(done[DialLink](d)), len(done[AskDial](d)); dialed+asked > 0 {
		t.Fatal("a line is opened for nothing")
	}
	d.step(Command{ID: 1, Call: focusCall{d.conversation(ana)}})
	id := d.line(ana)
	d.step(FrameReceived{Session: id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major}}}})
	d.step(Command{ID: 2, Call: focusCall{}})
	done[HangUp](d)
	for range 30 {
		d.now = d.now.Add(time.Minute)
		d.step(Tick{})
	}
	if hungUp := done[HangUp](d); len(hungUp) != 1 || hungUp[0].Session != id {
		t.Fatalf("after half an hour without a reason: %v", hungUp)
	}
}

func TestAnotherMajorVersionGetsASentence(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	d.step(Command{ID: 1, Call: focusCall{d.conversation(ana)}})
	id := d.line(ana)
	done[Notify](d)
	d.step(FrameReceived{Session: id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major + 1, Minor: 7}}}})
	told := ""
	for _, notice := range done[Notify](d) {
		for _, change := range notice.Changes {
			if change.Contact != nil && change.Contact.Trouble != nil {
				told = change.Contact.Trouble.Code
			}
		}
	}
	if told != "version-newer" || d.core.sessions[id] != nil {
		t.Fatalf("told %q, line kept: %v", told, d.core.sessions[id] != nil)
	}
}

func TestUnknownMinorVersionWorks(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	d.step(Command{ID: 1, Call: focusCall{d.conversation(ana)}})
	id := d.line(ana)
	d.step(FrameReceived{Session: id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major, Minor: 99, Features: 1 << 40}}}})
	d.step(FrameReceived{Session: id, Frame: &wire.LinkFrame{}}) // of a kind that this version does not know
	if session := d.core.sessions[id]; session == nil || !session.greeted {
		t.Fatal("a newer minor version is not talked to")
	}
}

func TestAtMost32Lines(t *testing.T) {
	t.Parallel()
	var people []*identity.Keys
	for seed := range byte(40) {
		people = append(people, testKeys(t, seed+1))
	}
	d := newDesk(t, people...)
	for i, one := range people {
		d.say(d.conversation(one), fmt.Sprintf("hello %d", i))
	}
	for range 100 {
		d.now = d.now.Add(time.Second)
		d.step(Tick{})
	}
	if lines := len(d.core.sessions); lines > maxLines {
		t.Fatalf("%d lines at once", lines)
	}
}

// TestFullDiskForgetsNothingItPromised: what could not be written is refused,
// the next text takes the same place in the log, and nothing follows a gap.
func TestFullDiskForgetsNothingItPromised(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	d.say(d.conversation(ana), "first")
	d.failed = ErrDiskFull
	done[Answer](d)
	d.say(d.conversation(ana), "refused")
	answers := done[Answer](d)
	refused, isRefusal := answers[len(answers)-1].Err.(*Refusal) //nolint:errorlint // the answer itself
	if !isRefusal || refused.Code != "disk-full" {
		t.Fatalf("a full disk answers %v", answers)
	}
	d.failed = nil
	d.say(d.conversation(ana), "second")
	commits := done[Commit](d)
	appended, ok := commits[0].Writes[0].(AppendEntry)
	if !ok || appended.Entry.Sequence != 2 {
		t.Fatalf("after a refused text the next has sequence %d", appended.Entry.Sequence)
	}
	if d.core.problem != nil {
		t.Error("the disk has room again and the notice stays")
	}
}

// TestStrangersGetNothing: a sealed offer of somebody who is no contact opens no link.
func TestStrangersGetNothing(t *testing.T) {
	t.Parallel()
	stranger := testKeys(t, 9)
	d := newDesk(t)
	list, err := stranger.DeviceList(1, d.now)
	if err != nil {
		t.Fatal(err)
	}
	done[Notify](d)
	d.step(EnvelopeOpened{
		Content: envelope.Content{FromPeer: stranger.Peer(), FromDevice: stranger.Device(), ID: uuid.New(), Kind: wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL, DeviceList: list},
		Signal:  link.Signal{Session: uuid.New(), Kind: link.SignalOffer},
	})
	if len(d.core.sessions) != 0 || len(done[AcceptLink](d)) != 0 {
		t.Fatal("a stranger's offer is answered")
	}
}

// TestNeverIsNoMoment: what asks for no time takes none from others.
func TestNeverIsNoMoment(t *testing.T) {
	t.Parallel()
	d := newDesk(t, testKeys(t, 1))
	soon := d.now.Add(time.Second)
	d.core.wake = time.Time{}
	d.core.at(soon)
	d.core.at(time.Time{})
	d.core.at(soon.Add(time.Hour))
	if !d.core.wake.Equal(soon) {
		t.Errorf("it wakes at %v, not at %v", d.core.wake, soon)
	}
}

// TestNewestHeadsAreFollowed: of more logs than an entry can name, it names those
// that stand last, and stands behind all.
func TestNewestHeadsAreFollowed(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	conversation := d.core.conversations[d.conversation(ana)]
	var last journal.Order
	for epoch := range uint32(3 * maxParents) {
		log := journal.Log{Device: ana.Device(), Epoch: epoch + 1}
		entry := journal.Entry{Log: log, Sequence: 1, Claimed: d.now.Add(time.Duration(epoch) * time.Hour)}
		conversation.tip[log] = journal.Head{Sequence: 1, Hash: journal.Hash{byte(epoch + 1)}}
		conversation.tipOrders[log] = journal.NewOrder(entry, nil)
		last = conversation.tipOrders[log]
	}
	d.did = nil
	d.say(conversation.id, "after all of them")
	appended := wrote[AppendEntry](d)
	if len(appended) != 1 || len(appended[0].Entry.Parents) != maxParents || appended[0].Order.Compare(last) <= 0 {
		t.Fatalf("%d entries, %+v", len(appended), appended)
	}
	for _, parent := range appended[0].Entry.Parents {
		if parent[0] <= 2*maxParents {
			t.Errorf("it follows the old head %d", parent[0])
		}
	}
}
