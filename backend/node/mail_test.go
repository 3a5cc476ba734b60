package node

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// TestMailBetweenPeopleWhoNeverMeet: texts and answers go by mail, are
// acknowledged by mail, and an acknowledgement is not acknowledged.
func TestMailBetweenPeopleWhoNeverMeet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	for i := range 100 {
		ana.say(ben, fmt.Sprint("text ", i))
	}
	w.pass(mailAfter - time.Millisecond)
	if len(w.puts) != 0 {
		t.Fatal("mail was sent before a line had its time")
	}
	w.pass(time.Second)
	if len(w.puts) == 0 || len(ana.disk.Outgoing) != len(w.puts) {
		t.Fatalf("%d letters, %d kept", len(w.puts), len(ana.disk.Outgoing))
	}
	for _, letter := range ana.disk.Outgoing {
		if letter.Until.IsZero() || letter.Sealed != nil || letter.Server != w.address.Key {
			t.Fatalf("stored: %+v", letter)
		}
	}
	if now := ana.core.mailboxes(); now != (Mailboxes{Kept: len(w.puts), Servers: 1}) {
		t.Errorf("told of the mailboxes: %+v", now)
	}
	ana.disconnect()
	if now := ana.core.mailboxes(); now != (Mailboxes{Kept: len(w.puts)}) {
		t.Errorf("without a server: %+v", now)
	}
	w.pass(time.Hour)
	ana.start()

	ben.start()
	ben.connect()
	if !slices.Equal(ben.texts(), ana.texts()) || len(w.boxes[ben]) != 0 {
		t.Fatalf("Ben has %d texts, and %d letters are left", len(ben.texts()), len(w.boxes[ben]))
	}
	w.pass(acknowledgeAfter)
	if len(w.boxes[ana]) != 1 || len(ben.disk.Outgoing) != 0 {
		t.Fatalf("%d acknowledgements, %d kept", len(w.boxes[ana]), len(ben.disk.Outgoing))
	}
	ben.say(ana, "an answer")
	w.pass(time.Minute)
	ben.disconnect()

	ana.connect()
	w.pass(time.Minute)
	if now := ana.core.mailboxes(); now != (Mailboxes{Servers: 1}) {
		t.Errorf("at the end: %+v", now)
	}
	if ana.undelivered(ben) || len(ana.disk.Outgoing) != 0 || len(ana.texts()) != 101 {
		t.Fatalf("undelivered: %v, %d letters kept, %d texts", ana.undelivered(ben), len(ana.disk.Outgoing), len(ana.texts()))
	}
	ana.disconnect()
	ben.connect()
	w.pass(time.Minute)
	ana.connect()
	before := len(w.puts)
	w.pass(24 * time.Hour)
	if ben.undelivered(ana) || len(ben.disk.Outgoing) != 0 || len(w.puts) != before || len(w.boxes[ana])+len(w.boxes[ben]) != 0 {
		t.Fatalf("it does not come to rest: %d puts, %d letters", len(w.puts)-before, len(w.boxes[ana])+len(w.boxes[ben]))
	}
}

// TestRestartBeforeTheAcknowledgement: it is owed still.
func TestRestartBeforeTheAcknowledgement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	ana.say(ben, "hello")
	w.pass(mailAfter)
	ben.connect()
	if len(ben.texts()) != 1 || len(w.boxes[ana]) != 0 {
		t.Fatalf("%d texts, %d acknowledgements", len(ben.texts()), len(w.boxes[ana]))
	}
	ben.start()
	ben.connect()
	w.pass(mailAfter)
	if len(w.boxes[ana]) != 1 || len(ben.disk.Outgoing) != 0 {
		t.Fatalf("%d acknowledgements, kept: %+v", len(w.boxes[ana]), ben.disk.Outgoing)
	}
	ana.server(signaling.Event{Arrived: &signaling.Arrived{}})
	if ana.undelivered(ben) {
		t.Fatal("not acknowledged")
	}
}

// TestKnownOfflineGoesSooner: nobody waits for a line to somebody who is away.
func TestKnownOfflineGoesSooner(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	ana.server(signaling.Event{Presence: &signaling.Presence{Peer: ben.keys.Peer()}})
	ana.say(ben, "hello")
	w.pass(mailAfterOffline - time.Millisecond)
	if len(w.puts) != 0 {
		t.Fatal("too soon")
	}
	w.pass(time.Millisecond)
	if len(w.puts) != 1 {
		t.Fatalf("%d letters", len(w.puts))
	}
}

// TestTheSameBytesAgain: what no server answered for is put again as it was,
// also after a restart, and counts once.
func TestTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	w.lost = true
	ana.say(ben, "hello")
	w.pass(mailAfter)
	if len(w.puts) != 1 || len(ana.disk.Outgoing) != 1 || !ana.disk.Outgoing[0].Until.IsZero() {
		t.Fatalf("%d puts, kept: %+v", len(w.puts), ana.disk.Outgoing)
	}
	ana.start()
	w.lost = false
	ana.connect()
	w.pass(mailAfter)
	if len(w.puts) != 2 || !bytes.Equal(w.puts[0], w.puts[1]) {
		t.Fatalf("%d puts", len(w.puts))
	}
	ben.connect()
	if len(ben.texts()) != 1 || len(w.boxes[ben]) != 0 {
		t.Fatalf("%d texts, %d letters left", len(ben.texts()), len(w.boxes[ben]))
	}
	w.leave(ben, w.puts[0])
	deleted := ben.deleted
	ben.server(signaling.Event{Arrived: &signaling.Arrived{}})
	if len(ben.texts()) != 1 || ben.deleted != deleted+1 || len(w.boxes[ben]) != 0 {
		t.Fatal("a replay had an effect, or was left")
	}
}

// TestServersThatRefuse are asked again, later and later.
func TestServersThatRefuse(t *testing.T) {
	t.Parallel()
	for _, answer := range []signaling.Answer{signaling.AnswerFull, signaling.AnswerUnavailable, signaling.AnswerNotFound} {
		w := newWorld(t, 2)
		ana, ben := w.people[0], w.people[1]
		ben.connect()
		ben.disconnect()
		ana.connect()
		w.answer = answer
		ana.say(ben, "hello")
		w.pass(24 * time.Hour)
		if tries := len(w.puts); tries < 24*4 || tries > 24*8+12 {
			t.Errorf("%s: %d tries in a day", answer, tries)
		}
		w.answer = signaling.AnswerDone
		w.pass(mailRetryMost)
		ben.connect()
		if len(ben.texts()) != 1 {
			t.Errorf("%s: %d texts in the end", answer, len(ben.texts()))
		}
	}
}

// TestLettersOutOfOrder: one whose entries follow others waits for them at the server.
func TestLettersOutOfOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	for i := range 3 {
		ana.say(ben, fmt.Sprint("text ", i))
		w.pass(mailAfter)
	}
	letters := w.boxes[ben]
	if len(letters) != 3 {
		t.Fatalf("%d letters", len(letters))
	}
	w.boxes[ben] = []signaling.Letter{letters[2], letters[1]}
	ben.connect()
	if len(ben.texts()) != 0 || len(w.boxes[ben]) != 2 {
		t.Fatalf("%d texts, %d letters left", len(ben.texts()), len(w.boxes[ben]))
	}
	w.boxes[ben] = append(w.boxes[ben], letters[0])
	ben.server(signaling.Event{Arrived: &signaling.Arrived{}})
	if !slices.Equal(ben.texts(), ana.texts()) || len(w.boxes[ben]) != 0 || len(ben.core.letters) != 0 {
		t.Fatalf("%v, %d letters left, %d waiting", ben.texts(), len(w.boxes[ben]), len(ben.core.letters))
	}
}

// TestFullDiskKeepsLetters: what could not be written stays at the server.
func TestFullDiskKeepsLetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	ana.say(ben, "hello")
	w.pass(mailAfter)
	ben.full = ErrDiskFull
	ben.connect()
	if len(w.boxes[ben]) != 1 || ben.deleted != 0 {
		t.Fatal("a letter was deleted that is on no disk")
	}
	ben.full = nil
	w.pass(fetchAfterFailure)
	if len(ben.texts()) != 1 || len(w.boxes[ben]) != 0 {
		t.Fatalf("%d texts, %d letters left", len(ben.texts()), len(w.boxes[ben]))
	}
}

// TestLettersWithoutEffect: of a stranger, of somebody banned, and those that
// cannot be opened go without a trace.
func TestLettersWithoutEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	ana, ben, stranger := w.people[0], w.people[1], w.people[2]
	ben.connect()
	ben.disconnect()
	for _, from := range []*person{ana, stranger} {
		from.connect()
		from.say(ben, "hello")
	}
	w.pass(mailAfter)
	if len(w.boxes[ben]) != 2 {
		t.Fatalf("%d letters", len(w.boxes[ben]))
	}
	broken := slices.Clone(w.boxes[ben][0].Envelope)
	broken[len(broken)-1] ^= 1
	w.leave(ben, broken)
	ben.disk.Contacts = slices.DeleteFunc(ben.disk.Contacts, func(c Contact) bool { return c.Peer == stranger.keys.Peer() })
	ben.disk.Bans = []Ban{{ID: uuid.New(), Kind: BanPeer, Peer: ana.keys.Peer()}}
	ben.start()
	before := len(w.puts)
	ben.connect()
	w.pass(time.Minute)
	if len(ben.texts()) != 0 || len(w.boxes[ben]) != 0 || len(w.puts) != before || len(ben.disk.Seen) != 0 {
		t.Fatalf("%d texts, %d letters left, %d answers, %d seen", len(ben.texts()), len(w.boxes[ben]), len(w.puts)-before, len(ben.disk.Seen))
	}
}

// TestLettersExpire: what nobody fetched is sealed anew before it ends, once
// there is a server to leave it at; and at most so many letters wait.
func TestLettersExpire(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ben.disconnect()
	ana.connect()
	long := bytes.Repeat([]byte("x"), 30<<10)
	for i := range maxOutgoing + 8 {
		ana.say(ben, fmt.Sprint(i, string(long)))
	}
	w.pass(time.Minute)
	if len(w.puts) != maxOutgoing || len(ana.disk.Outgoing) != maxOutgoing {
		t.Fatalf("%d letters", len(w.puts))
	}
	w.boxes[ben] = nil // the server lost them, or Ben did
	w.pass(mailLife - mailRenewBefore - time.Hour)
	if len(w.puts) != maxOutgoing {
		t.Fatal("sealed anew before its time")
	}
	ana.disconnect()
	w.pass(mailRenewBefore)
	if len(w.puts) != maxOutgoing || len(ana.disk.Outgoing) != maxOutgoing {
		t.Fatalf("%d letters in all, %d kept, without a server", len(w.puts), len(ana.disk.Outgoing))
	}
	ana.connect()
	w.pass(time.Minute)
	if len(w.puts) != 2*maxOutgoing {
		t.Fatalf("%d letters in all", len(w.puts))
	}
	ben.connect()
	w.pass(time.Minute)
	ana.server(signaling.Event{Arrived: &signaling.Arrived{}})
	w.pass(time.Minute)
	ben.server(signaling.Event{Arrived: &signaling.Arrived{}})
	if !slices.Equal(ben.texts(), ana.texts()) {
		t.Fatalf("%d of %d texts", len(ben.texts()), len(ana.texts()))
	}
}

// TestTagsOfEveryKey: each key that is kept is reachable, on every day of its life.
func TestTagsOfEveryKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ben := w.people[1]
	ben.connect()
	w.pass(3 * 24 * time.Hour)
	if len(ben.disk.SealingKeys) != 4 {
		t.Fatalf("%d keys", len(ben.disk.SealingKeys))
	}
	want := map[[16]byte]*person{}
	for _, key := range ben.disk.SealingKeys {
		for hour := -24 * time.Hour; hour <= key.Delete.Sub(key.Created); hour += time.Hour {
			want[envelope.Tag(key.ID, key.Created.Add(hour))] = ben
		}
	}
	if !maps.Equal(w.tags, want) || len(w.tags) > signaling.MaxTags {
		t.Fatalf("%d tags, want %d", len(w.tags), len(want))
	}
}

// TestSeenLettersAreForgotten in the end, and not before a mailbox forgot them.
func TestSeenLettersAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	ana.connect()
	ana.say(ben, "hello")
	w.pass(mailAfter)
	ben.server(signaling.Event{Arrived: &signaling.Arrived{}})
	w.pass(mailLife)
	if len(ben.disk.Seen) != 1 {
		t.Fatalf("%d seen", len(ben.disk.Seen))
	}
	w.pass(mailSeenFor - mailLife + 24*time.Hour)
	if len(ben.disk.Seen) != 0 || len(ben.core.seen) != 0 {
		t.Fatalf("%d seen", len(ben.disk.Seen))
	}
}
