package node

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// twoServers is a desk whose only contact is found at two servers with a
// mailbox, in this order; a third one, of the desk's own, has one too.
func twoServers(t *testing.T) (d *desk, theirs *identity.Keys, tokens []string) {
	t.Helper()
	theirs = testKeys(t, 1)
	d = newDesk(t, theirs)
	one := d.core.contacts[theirs.Peer()]
	for _, seed := range []byte{211, 210} {
		server := identity.Server{Key: identity.ServerKey(testKeys(t, seed).Peer()), URLs: []string{"wss://127.0.0.1:7118"}}
		one.Servers = append(one.Servers, server)
		tokens = append(tokens, server.Key.String())
	}
	d.core.arrangeServers()
	for _, token := range sortedTokens(d.core.network.servers) {
		d.step(ServerEvent{Event: signaling.Event{Token: token, Up: &signaling.Up{Mailbox: true}}})
	}
	return d, theirs, tokens
}

// mailOne writes a text and has it sealed; it returns what is put.
func (d *desk) mailOne(theirs *identity.Keys) PutMail {
	d.t.Helper()
	d.did = nil
	d.say(d.conversation(theirs), "hello")
	var entries []journal.Entry
	for _, commit := range done[Commit](d) {
		for _, write := range commit.Writes {
			if appended, ok := write.(AppendEntry); ok {
				entries = append(entries, appended.Entry)
			}
		}
	}
	d.now = d.now.Add(mailAfter)
	d.step(Tick{})
	reads := done[ReadEntries](d)
	if len(reads) != 1 || !reads[0].Mail {
		d.t.Fatalf("reads: %+v", reads)
	}
	d.step(EntriesRead{Conversation: reads[0].Conversation, Want: reads[0].Want, Mail: true, Entries: entries})
	seals := done[SealLetter](d)
	if len(seals) != 1 {
		d.t.Fatalf("%d letters", len(seals))
	}
	letter := seals[0].Letter
	var err error
	if letter.Sealed, err = sealLetter(d.core.keys, seals[0]); err != nil {
		d.t.Fatal(err)
	}
	d.step(LetterSealed{Letter: letter})
	return d.onePut()
}

func (d *desk) onePut() PutMail {
	d.t.Helper()
	puts := done[PutMail](d)
	if len(puts) != 1 {
		d.t.Fatalf("%d puts", len(puts))
	}
	return puts[0]
}

func (d *desk) stored(put PutMail, answer signaling.Answer) {
	d.t.Helper()
	d.step(ServerEvent{Event: signaling.Event{Token: put.Token, Stored: &signaling.Stored{ID: put.ID, Answer: answer, Until: d.now.Add(mailLife)}}})
}

// TestTheirServersInOrder: the same bytes go from one to the next until one keeps them.
func TestTheirServersInOrder(t *testing.T) {
	t.Parallel()
	d, theirs, tokens := twoServers(t)
	first := d.mailOne(theirs)
	d.stored(first, signaling.AnswerFull)
	second := d.onePut()
	if first.Token != tokens[0] || second.Token != tokens[1] || !bytes.Equal(first.Envelope, second.Envelope) {
		t.Fatalf("%s, then %s, want %v", first.Token, second.Token, tokens)
	}
	d.step(ServerEvent{Event: signaling.Event{Token: second.Token, Down: &signaling.Down{Code: signaling.CodeUnreachable}}})
	d.now = d.now.Add(mailRetryFirst)
	d.step(Tick{})
	third := d.onePut()
	d.stored(third, signaling.AnswerDone)
	d.stored(second, signaling.AnswerFull) // of the session that is gone
	d.now = d.now.Add(mailRetryMost)
	d.step(Tick{})
	if third.Token != tokens[0] || len(done[PutMail](d)) != 0 {
		t.Fatal("one receipt does not suffice")
	}
}

// TestTheirDeviceChanged: what was sealed to a device that is theirs no more is
// dropped, and sealed anew once a device of theirs is known.
func TestTheirDeviceChanged(t *testing.T) {
	t.Parallel()
	d, theirs, _ := twoServers(t)
	d.stored(d.mailOne(theirs), signaling.AnswerDone)
	one := d.core.contacts[theirs.Peer()]
	if len(one.outbox.letters) != 1 {
		t.Fatalf("%d letters", len(one.outbox.letters))
	}
	kept := one.record.keys
	one.record.keys = map[identity.DeviceID]envelope.Record{}
	d.did = nil
	d.core.dirty(theirs.Peer())
	d.step(Tick{})
	deleted := slices.ContainsFunc(done[Commit](d), func(commit Commit) bool {
		_, yes := commit.Writes[0].(DeleteOutgoing)
		return yes
	})
	if !deleted || len(one.outbox.letters) != 0 {
		t.Fatal("a letter to nobody is kept")
	}
	one.record.keys = kept
	d.now = d.now.Add(mailRetryMost)
	d.core.dirty(theirs.Peer())
	d.step(Tick{})
	if len(done[ReadEntries](d)) != 1 {
		t.Fatal("not sealed anew")
	}
}

// TestSmallLettersGather: somebody who writes text after text to who is away for
// long has all of them stored, since the letters grow with their number.
func TestSmallLettersGather(t *testing.T) {
	t.Parallel()
	for between, most := range map[time.Duration]int{20 * time.Millisecond: 16, 5 * time.Second: 100, time.Minute: 240} {
		w := newWorld(t, 2)
		ana, ben := w.people[0], w.people[1]
		ben.connect()
		ben.disconnect()
		ana.connect()
		const texts = 240
		for i := range texts {
			ana.say(ben, fmt.Sprint("text ", i))
			w.pass(between)
		}
		w.pass(mailRestMost + mailAfter)
		_, _, missing := ana.core.unmailed(ana.contact(ben))
		if missing || len(w.puts) > most {
			t.Errorf("a text every %v: %d letters, something is in none: %v", between, len(w.puts), missing)
		}
		ana.disconnect()
		ben.connect()
		w.pass(time.Minute)
		if len(ben.texts()) != texts || len(w.boxes[ben]) != 0 {
			t.Errorf("a text every %v: %d arrived, %d letters are left", between, len(ben.texts()), len(w.boxes[ben]))
		}
	}
}
