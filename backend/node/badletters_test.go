package node

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// sealedFor seals an envelope of entries to somebody's newest key, changed first.
func (p *person) sealedFor(to *person, change func(*envelope.Content, *envelope.Record)) []byte {
	p.world.t.Helper()
	talk := chat.DirectConversation(p.keys.Peer(), to.keys.Peer())
	body, err := wire.Encode(&wire.EntriesBody{Version: wire.Major, Conversation: talk[:]})
	if err != nil {
		p.world.t.Fatal(err)
	}
	record, err := envelope.ParseRecord(to.own.GetKeyRecords()[0])
	if err != nil {
		p.world.t.Fatal(err)
	}
	content := envelope.Content{
		FromPeer: p.keys.Peer(), FromDevice: p.keys.Device(), ToPeer: to.keys.Peer(), ToDevice: to.keys.Device(),
		ID: p.core.newID(), Time: p.world.now, Kind: wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES, Body: body, DeviceList: p.own.GetDeviceList(),
	}
	change(&content, &record)
	record.Peer, record.Device = content.ToPeer, content.ToDevice
	sealed, err := envelope.Seal(content, record, p.keys, content.Time.Add(time.Hour))
	if err != nil {
		p.world.t.Fatal(err)
	}
	return sealed
}

// TestBadLetters: each is dropped with a reason in the log and deleted at the
// server, costs no key and no row, and what lies beside it arrives.
func TestBadLetters(t *testing.T) {
	t.Parallel()
	same := func(*envelope.Content, *envelope.Record) {}
	cases := map[string]struct {
		make func(ana, ben, carl *person) []byte
		want error
	}{
		"empty":     {func(_, _, _ *person) []byte { return nil }, envelope.ErrNotEnvelope},
		"truncated": {func(ana, ben, _ *person) []byte { return ana.sealedFor(ben, same)[:1500] }, envelope.ErrNotEnvelope},
		"cut by one": {func(ana, ben, _ *person) []byte {
			sealed := ana.sealedFor(ben, same)
			return sealed[:len(sealed)-1]
		}, envelope.ErrNotEnvelope},
		"oversize": {func(ana, ben, _ *person) []byte {
			return append(ana.sealedFor(ben, same), make([]byte, 1<<20)...)
		}, envelope.ErrNotEnvelope},
		"forged": {func(ana, ben, _ *person) []byte {
			sealed := bytes.Clone(ana.sealedFor(ben, same))
			sealed[len(sealed)-20] ^= 1
			return sealed
		}, envelope.ErrOpen},
		"in another's name": {func(ana, ben, carl *person) []byte {
			list := ana.own.GetDeviceList()
			return carl.sealedFor(ben, func(content *envelope.Content, _ *envelope.Record) { content.DeviceList = list })
		}, envelope.ErrSender},
		"expired": {func(ana, ben, _ *person) []byte {
			return ana.sealedFor(ben, func(content *envelope.Content, _ *envelope.Record) { content.Time = content.Time.Add(-2 * time.Hour) })
		}, envelope.ErrExpired},
		"of the future": {func(ana, ben, _ *person) []byte {
			return ana.sealedFor(ben, func(content *envelope.Content, _ *envelope.Record) { content.Time = content.Time.Add(24 * time.Hour) })
		}, envelope.ErrClock},
		"to a key that is not here": {func(ana, ben, _ *person) []byte {
			return ana.sealedFor(ben, func(_ *envelope.Content, record *envelope.Record) { record.KeyID[0] ^= 1 })
		}, envelope.ErrUnknownKey},
		"for somebody else": {func(ana, ben, carl *person) []byte {
			return ana.sealedFor(ben, func(content *envelope.Content, _ *envelope.Record) {
				content.ToPeer, content.ToDevice = carl.keys.Peer(), carl.keys.Device()
			})
		}, errLetter},
		"of a newer kind": {func(ana, ben, _ *person) []byte {
			return ana.sealedFor(ben, func(content *envelope.Content, _ *envelope.Record) { content.Kind = 99 })
		}, errLetter},
		"of a stranger": {func(_, ben, carl *person) []byte { return carl.sealedFor(ben, same) }, errLetterStranger},
		"about something else": {func(ana, ben, _ *person) []byte {
			return ana.sealedFor(ben, func(content *envelope.Content, _ *envelope.Record) {
				content.Body, _ = wire.Encode(&wire.EntriesBody{Version: wire.Major, Conversation: make([]byte, 16)})
			})
		}, errLetterStranger},
		"of no contents": {func(ana, ben, _ *person) []byte {
			return ana.sealedFor(ben, func(content *envelope.Content, _ *envelope.Record) { content.Body = []byte{0xff, 0xff} })
		}, wire.ErrMalformed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 3)
			ana, ben, carl := w.people[0], w.people[1], w.people[2]
			ben.disk.Contacts = slices.DeleteFunc(ben.disk.Contacts, func(c Contact) bool { return c.Peer == carl.keys.Peer() })
			ben.start()
			ben.connect()
			ben.disconnect()
			ana.connect()
			ana.say(ben, "hello")
			w.pass(mailAfter)
			bad := c.make(ana, ben, carl)
			for range 3 { // and replayed
				w.leave(ben, bad)
			}
			keys, rows := len(ben.disk.SealingKeys), len(ben.disk.Seen)
			ben.connect()
			ben.server(signaling.Event{Arrived: &signaling.Arrived{}})
			if !slices.ContainsFunc(ben.logged, func(err error) bool { return errors.Is(err, c.want) }) {
				t.Errorf("the log says %v", ben.logged)
			}
			if len(ben.logged) > 3 {
				t.Errorf("%d lines in the log", len(ben.logged))
			}
			if texts := ben.texts(); !slices.Equal(texts, []string{"hello"}) || len(w.boxes[ben]) != 0 {
				t.Errorf("%v, and %d letters are left", texts, len(w.boxes[ben]))
			}
			if len(ben.disk.SealingKeys) != keys || len(ben.disk.Seen) != rows+1 || len(ben.core.letters) != 0 {
				t.Errorf("%d keys, %d seen, %d letters in memory", len(ben.disk.SealingKeys), len(ben.disk.Seen), len(ben.core.letters))
			}
		})
	}
}

// TestSealingKeysRotate: a new one every day, published with a sequence that
// grows; private halves go three weeks after they were made, and with them
// what was sealed to them.
func TestSealingKeysRotate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ben.connect()
	first := ana.sealedFor(ben, func(*envelope.Content, *envelope.Record) {})
	newest := func() envelope.Record {
		record, err := envelope.ParseRecord(ben.record.GetKeyRecords()[0])
		if err != nil {
			t.Fatal(err)
		}
		return record
	}
	opens := func() error {
		return openLetter(ben.keys, &ben.ring, w.now, signaling.Letter{ID: []byte{1}, Envelope: first}).Err
	}
	if err := opens(); err != nil {
		t.Fatal(err)
	}
	began := w.now
	const most = int((sealingKeyUsable+sealingKeyKept)/sealingKeyFresh) + 1
	for day := range 30 {
		before := newest()
		w.pass(sealingKeyFresh)
		after := newest()
		if after.Sequence <= before.Sequence || after.KeyID == before.KeyID || after.Expires.Sub(w.now) > sealingKeyUsable {
			t.Fatalf("day %d: %d %x, then %d %x", day, before.Sequence, before.KeyID, after.Sequence, after.KeyID)
		}
		if len(ben.disk.SealingKeys) > most || len(ben.ring) != len(ben.disk.SealingKeys) {
			t.Fatalf("day %d: %d keys on the disk, %d in use", day, len(ben.disk.SealingKeys), len(ben.ring))
		}
	}
	for _, key := range ben.disk.SealingKeys {
		if w.now.Sub(key.Created) > sealingKeyUsable+sealingKeyKept {
			t.Errorf("a key of %v is kept", fmt.Sprint(w.now.Sub(key.Created)))
		}
	}
	w.now = began // only the key is missing
	if err := opens(); !errors.Is(err, envelope.ErrUnknownKey) {
		t.Errorf("what was sealed a month ago: %v", err)
	}
}
