package node

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// wrote returns the writes of one type in all commits so far.
func wrote[T Write](d *desk) []T {
	var found []T
	for _, effect := range d.did {
		if commit, ok := effect.(Commit); ok {
			for _, write := range commit.Writes {
				if one, ok := write.(T); ok {
					found = append(found, one)
				}
			}
		}
	}
	return found
}

// told returns all changes so far.
func (d *desk) told() []Change {
	var changes []Change
	for _, effect := range d.did {
		if notify, ok := effect.(Notify); ok {
			changes = append(changes, notify.Changes...)
		}
	}
	return changes
}

func count[T Effect](d *desk) int {
	found := 0
	for _, effect := range d.did {
		if _, ok := effect.(T); ok {
			found++
		}
	}
	return found
}

// asked makes a call and returns its refusal's code.
func (d *desk) asked(call any) string {
	d.t.Helper()
	d.did = nil
	d.step(Command{ID: 7, Call: call})
	for _, effect := range d.did {
		if answer, ok := effect.(Answer); ok && answer.ID == 7 {
			var refusal *Refusal
			switch {
			case answer.Err == nil:
				return ""
			case errors.As(answer.Err, &refusal):
				return refusal.Code
			}
			d.t.Fatalf("an error without a sentence: %v", answer.Err)
		}
	}
	d.t.Fatal("no answer")
	return ""
}

// theirLog writes what a contact sends.
type theirLog struct {
	keys *identity.Keys
	head journal.Head
}

func (l *theirLog) write(d *desk, kind wire.EntryKind, body []byte) journal.Entry {
	d.t.Helper()
	entry, err := journal.Write(journal.Draft{
		Conversation: d.conversation(l.keys), Log: journal.Log{Device: l.keys.Device(), Epoch: 1}, Previous: l.head, Claimed: d.now, Kind: kind, Body: body,
	}, l.keys.SignAsDevice)
	if err != nil {
		d.t.Fatal(err)
	}
	l.head = entry.Head()
	return entry
}

// send brings entries over a line.
func (d *desk) send(session link.Session, theirs *identity.Keys, entries ...journal.Entry) {
	d.t.Helper()
	id := d.conversation(theirs)
	d.step(FrameReceived{Session: session, Entries: entries, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Entries{Entries: &wire.Entries{Conversation: id[:]}}}})
}

// greet opens a line with a contact that works.
func (d *desk) greet(theirs *identity.Keys, profile *wire.Profile) link.Session {
	d.t.Helper()
	session := d.line(theirs)
	d.step(FrameReceived{Session: session, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major, Profile: profile}}}})
	return session
}

func body(t *testing.T) func([]byte, error) []byte {
	return func(data []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
}

func TestChangesAreEntriesOfTheOwnLog(t *testing.T) {
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	id := d.conversation(ana)
	d.step(Command{ID: 1, Call: sendTextCall{conversation: id, text: "question"}})
	question := wrote[AppendEntry](d)[0].Entry.Hash()
	for _, test := range []struct {
		call any
		says func(journal.Entry) bool
	}{
		{sendTextCall{conversation: id, text: "answer", reply: question}, func(e journal.Entry) bool {
			message, err := e.Message()
			return err == nil && message == (journal.Message{Text: "answer", Reply: question})
		}},
		{editCall{id, question, "Question"}, func(e journal.Entry) bool {
			edit, err := e.Edit()
			return err == nil && edit == (journal.Edit{Target: question, Text: "Question"})
		}},
		{reactCall{id, journal.Reaction{Target: question, Emoji: "👍"}}, func(e journal.Entry) bool {
			reaction, err := e.Reaction()
			return err == nil && reaction.Emoji == "👍" && !reaction.Remove
		}},
		{deleteCall{Message{Conversation: id, Hash: question}, true}, func(e journal.Entry) bool {
			target, err := e.Delete()
			return err == nil && target == question
		}},
	} {
		if code := d.asked(test.call); code != "" {
			t.Errorf("%T: %s", test.call, code)
		}
		written := wrote[AppendEntry](d)
		if len(written) != 1 || !test.says(written[0].Entry) || written[0].Entry.Log != d.core.conversations[id].own || written[0].Entry.Claimed != d.now {
			t.Errorf("%T wrote %+v", test.call, written)
		}
		touched := slices.ContainsFunc(d.told(), func(c Change) bool { return c.Touched != nil && *c.Touched == Touched{id, question} })
		if _, text := test.call.(sendTextCall); touched == text {
			t.Errorf("%T told %+v", test.call, d.told())
		}
	}
	if code := d.asked(deleteCall{Message{Conversation: id, Hash: question}, false}); code != "" || len(wrote[AppendEntry](d)) != 0 || !slices.Equal(wrote[HideMessage](d), []HideMessage{{question}}) {
		t.Errorf("hiding: %s, %+v", code, d.did)
	}
	for code, calls := range map[string][]any{
		"text-empty":      {editCall{id, question, " \n"}},
		"text-long":       {editCall{id, question, strings.Repeat("x", wire.MaxText+1)}},
		"emoji":           {reactCall{id, journal.Reaction{Target: question, Emoji: "yes"}}, reactCall{id, journal.Reaction{Target: question}}},
		"timer":           {setTimerCall{id, -time.Second}, setTimerCall{id, journal.MaxTimer + time.Second}, setTimerCall{id, time.Millisecond}},
		"no-message":      {editCall{id, journal.Hash{}, "x"}, deleteCall{Message{Conversation: id}, true}},
		"no-conversation": {editCall{uuid.UUID{3}, question, "x"}, deleteCall{Message{Conversation: uuid.UUID{3}, Hash: question}, false}, setTimerCall{uuid.UUID{3}, 0}},
		"about-long":      {setProfileCall{name: "Mira", color: 1, more: true, about: strings.Repeat("x", journal.MaxAbout+1)}},
		"picture":         {setProfileCall{name: "Mira", color: 1, more: true, picture: make([]byte, journal.MaxPicture+1)}},
	} {
		for _, call := range calls {
			if got := d.asked(call); got != code || len(wrote[AppendEntry](d)) != 0 {
				t.Errorf("%T: %q instead of %q", call, got, code)
			}
		}
	}
	d.failed = ErrDiskFull
	if got := d.asked(editCall{id, question, "x"}); got != "disk-full" {
		t.Errorf("a full disk: %s", got)
	}
}

func TestMessagesDisappear(t *testing.T) {
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	id := d.conversation(ana)
	session := d.greet(ana, nil)
	theirs := &theirLog{keys: ana}
	mine := d.core.conversations[id].own

	// Nothing has a timer: nobody asks for what expires.
	d.send(session, ana, theirs.write(d, wire.EntryKind_ENTRY_KIND_TEXT, body(t)(journal.TextBody("for good"))))
	d.asked(markReadCall{id, journal.Vector{{Device: ana.Device(), Epoch: 1}: {Sequence: 1}}})
	if reads := wrote[PutRead](d); len(reads) != 1 || !reads[0].At.Equal(d.now) || count[ReadExpiring](d) != 0 {
		t.Errorf("reading: %+v, asked %d times", reads, count[ReadExpiring](d))
	}
	// A timer that they set goes into what I write, and counts once they hold it.
	d.send(session, ana, theirs.write(d, wire.EntryKind_ENTRY_KIND_TIMER, body(t)(journal.TimerBody(time.Minute))))
	d.asked(sendTextCall{conversation: id, text: "soon gone"})
	sent := wrote[AppendEntry](d)
	if message, err := sent[0].Entry.Message(); err != nil || message.Timer != time.Minute || count[ReadExpiring](d) != 0 {
		t.Fatalf("it has the timer %s, asked %d times, %v", message.Timer, count[ReadExpiring](d), err)
	}
	d.now = d.now.Add(time.Second)
	d.did = nil
	d.step(FrameReceived{Session: session, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Position{Position: &wire.Position{
		Conversation: id[:], Held: journal.Vector{mine: sent[0].Entry.Head()}.Encode(),
	}}}})
	if moved := wrote[PutRemotePosition](d); len(moved) != 1 || !moved[0].At.Equal(d.now) || count[ReadExpiring](d) != 1 {
		t.Fatalf("it arrived: %+v, asked %d times", moved, count[ReadExpiring](d))
	}
	due := d.now.Add(time.Minute)
	d.step(ExpiringRead{Next: due})
	if wake := d.core.Wake(); wake.IsZero() || wake.After(due) {
		t.Errorf("it wakes at %v", wake)
	}
	d.now, d.did = due.Add(-time.Millisecond), nil
	d.step(Tick{})
	if count[ReadExpiring](d) != 0 {
		t.Error("it asks too early")
	}
	d.now = due
	d.step(Tick{})
	d.step(Tick{})
	if asked := done[ReadExpiring](d); len(asked) != 1 || !asked[0].Now.Equal(due) {
		t.Fatalf("asked %+v", asked)
	}
	// A disk that refuses is asked again after a minute, and so on until it is done.
	over := ExpiringRead{Due: []Expired{{Conversation: id, Message: sent[0].Entry.Hash()}}}
	d.failed = ErrDiskFull
	d.step(over)
	if told := d.told(); slices.ContainsFunc(told, func(c Change) bool { return c.Touched != nil }) {
		t.Errorf("told %+v", told)
	}
	d.failed, d.now, d.did = nil, d.now.Add(expireAgain), nil
	d.step(Tick{})
	if count[ReadExpiring](d) != 1 {
		t.Fatal("it does not ask again")
	}
	d.step(over)
	erased := wrote[EraseMessages](d)
	if len(erased) != 1 || !slices.Equal(erased[0].Messages, []journal.Hash{sent[0].Entry.Hash()}) {
		t.Errorf("erased %+v", erased)
	}
	if told := d.told(); !slices.ContainsFunc(told, func(c Change) bool { return c.Touched != nil && c.Touched.Message == sent[0].Entry.Hash() }) {
		t.Errorf("told %+v", told)
	}
	if !d.core.expiry.next.IsZero() || d.core.expiry.asking {
		t.Errorf("left: %+v", d.core.expiry)
	}
}

// TestTimersAreTakenUpAfterAStart: what was counting counts on.
func TestTimersAreTakenUpAfterAStart(t *testing.T) {
	w := newWorld(t, 2)
	w.people[0].disk.Timed = true
	snapshot := w.people[0].disk
	core, err := NewCore(w.people[0].keys, snapshot, func(buffer []byte) { clear(buffer) })
	if err != nil {
		t.Fatal(err)
	}
	asked := slices.ContainsFunc(core.Step(w.now, Tick{}), func(effect Effect) bool {
		e, ok := effect.(ReadExpiring)
		return ok && e.Now.Equal(w.now) && e.Limit == mostExpiring
	})
	if !asked {
		t.Error("nobody asks what expired meanwhile")
	}
}

func TestProfilesReachContacts(t *testing.T) {
	ana, eva := testKeys(t, 1), testKeys(t, 2)
	d := newDesk(t, ana, eva)
	session := d.greet(ana, &wire.Profile{Name: "Ana by hello", Color: 2})
	one := d.core.contacts[ana.Peer()]
	if one.Name != "Ana by hello" {
		t.Errorf("the name is %q", one.Name)
	}
	theirs := &theirLog{keys: ana}
	profile := theirs.write(d, wire.EntryKind_ENTRY_KIND_PROFILE, body(t)(journal.ProfileBody(journal.Profile{Name: "Anna", Color: 3, About: "at\tsea", Picture: []byte("picture")})))
	d.did = nil
	d.send(session, ana, profile)
	kept := wrote[PutContact](d)
	if len(kept) != 1 || kept[0].Contact.Name != "Anna" || kept[0].Contact.About != "at sea" || kept[0].Contact.Profile != profile.Hash() || kept[0].Contact.Picture == [32]byte{} {
		t.Fatalf("kept %+v", kept)
	}
	// The picture can be read when it is written, and is not spoken of before.
	var pictures []bool
	for _, change := range d.told() {
		if change.Contact != nil && change.Contact.Contact.Name == "Anna" {
			pictures = append(pictures, change.Contact.Contact.Picture != [32]byte{})
		}
	}
	if !slices.Equal(pictures, []bool{false, true}) {
		t.Errorf("told with a picture: %v", pictures)
	}
	d.step(FrameReceived{Session: session, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major, Profile: &wire.Profile{Name: "Old", Color: 1}}}}})
	if one.Name != "Anna" {
		t.Errorf("a hello made it %q", one.Name)
	}
	// Entries that could not be kept come again, and count then.
	again := theirs.write(d, wire.EntryKind_ENTRY_KIND_PROFILE, body(t)(journal.ProfileBody(journal.Profile{Name: "Anja", Color: 3})))
	d.failed = ErrDiskFull
	d.send(session, ana, again)
	d.failed = nil
	if one.Profile != profile.Hash() {
		t.Error("a profile counts that is not on disk")
	}

	if code := d.asked(setProfileCall{name: "Mira", color: 1}); code != "" || len(wrote[AppendEntry](d)) != 0 {
		t.Errorf("the same profile: %s, %d entries", code, len(wrote[AppendEntry](d)))
	}
	if code := d.asked(setProfileCall{name: "Mira", color: 1, more: true, about: "here", picture: []byte("mine")}); code != "" {
		t.Error(code)
	}
	written := wrote[AppendEntry](d)
	if len(written) != 2 || written[0].Entry.Conversation == written[1].Entry.Conversation {
		t.Fatalf("%d entries", len(written))
	}
	for _, one := range written {
		if said, err := one.Entry.Profile(); err != nil || said.Name != "Mira" || said.About != "here" || string(said.Picture) != "mine" {
			t.Errorf("it says %+v, %v", said, err)
		}
	}
	if code := d.asked(setProfileCall{name: "Mira L", color: 1}); code != "" || d.core.self.About != "here" || string(d.core.self.Picture) != "mine" {
		t.Errorf("a new name alone: %s, %+v", code, d.core.self)
	}
}

func TestReadReceiptsCanBeOff(t *testing.T) {
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	id := d.conversation(ana)
	session := d.greet(ana, nil)
	theirs := &theirLog{keys: ana}
	d.send(session, ana, theirs.write(d, wire.EntryKind_ENTRY_KIND_TEXT, body(t)(journal.TextBody("read me"))))
	d.asked(sendTextCall{conversation: id, text: "and me"})
	mine := d.core.conversations[id].own
	if code := d.asked(setPrivacyCall{Privacy{HideReads: true, Route: RouteAny}}); code != "" || !wrote[PutSelf](d)[0].Self.HideReads {
		t.Fatalf("off: %s", code)
	}
	d.asked(markReadCall{id, journal.Vector{{Device: ana.Device(), Epoch: 1}: {Sequence: 1}}})
	reads := func() (vectors []int) {
		for _, effect := range d.did {
			if sent, ok := effect.(SendFrame); ok && sent.Frame.GetPosition() != nil {
				vectors = append(vectors, len(sent.Frame.GetPosition().GetRead()))
			}
		}
		return vectors
	}
	if got := reads(); !slices.Equal(got, []int{0}) {
		t.Errorf("positions told %v", got)
	}
	d.did = nil
	d.step(FrameReceived{Session: session, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Position{Position: &wire.Position{
		Conversation: id[:], Held: journal.Vector{mine: {Sequence: 1, Hash: journal.Hash{1}}}.Encode(), Read: journal.Vector{mine: {Sequence: 1}}.Encode(),
	}}}})
	if moved := wrote[PutRemotePosition](d); len(moved) != 1 || len(moved[0].Position.Read) != 0 || moved[0].Position.Held.Get(mine) != 1 {
		t.Errorf("kept of theirs: %+v", moved)
	}
	d.did = nil
	if code := d.asked(setPrivacyCall{Privacy{Route: RouteAny}}); code != "" {
		t.Fatal(code)
	}
	if got := reads(); !slices.Equal(got, []int{1}) {
		t.Errorf("then positions tell %v", got)
	}
	if moved := wrote[PutRemotePosition](d); len(moved) != 1 || moved[0].Position.Read.Get(mine) != 1 {
		t.Errorf("then kept of theirs: %+v", moved)
	}
}
