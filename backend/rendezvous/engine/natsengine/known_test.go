package natsengine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

func recordOf(t *testing.T, device rendezvoustest.Device, version, sequence uint64) engine.Record {
	t.Helper()
	record, err := engine.ParseRecord(device.Peer(), device.RecordOf(t, version, sequence))
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func TestKnownIsTheSameRecordThatIsYoung(t *testing.T) {
	t.Parallel()
	now := time.Now()
	k := newKnown(func() time.Time { return now })
	device := rendezvoustest.NewDevice(t)
	first, second := recordOf(t, device, 1, 1), recordOf(t, device, 2, 2)
	const life = 3 * time.Hour
	has := func(what string, record engine.Record, want bool) {
		t.Helper()
		if k.has(device.Peer(), record, life) != want {
			t.Errorf("%s: has = %t", what, !want)
		}
	}
	has("before anything", first, false)
	k.note(device.Peer(), second.Encoded(), 7, now)
	k.note(device.Peer(), first.Encoded(), 6, now) // told late
	has("what is held", second, true)
	has("what was held before", first, false)
	now = now.Add(trustKnown)
	has("after an hour without a look", second, false)
	k.note(device.Peer(), second.Encoded(), 7, now.Add(-life))
	has("that has to be renewed", second, false)
	k.note(device.Peer(), second.Encoded(), 7, now)
	has("looked at again", second, true)
	k.forget(device.Peer())
	has("forgotten", second, false)
}

func TestKnownIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	k := newKnown(func() time.Time { return now })
	k.most = 16
	peer := func(number int) (peer identity.PeerID) {
		binary.LittleEndian.PutUint64(peer[:], uint64(number))
		return peer
	}
	for number := range 100 * k.most {
		k.note(peer(number), nil, 1, now)
		if _, ok := k.find(peer(0)); !ok {
			t.Fatalf("the one that is asked for was forgotten at %d", number)
		}
		if held := len(k.younger) + len(k.older); held > 2*k.most {
			t.Fatalf("%d are held", held)
		}
	}
	if _, ok := k.find(peer(1)); ok {
		t.Error("one that nobody asked for is still there")
	}
}

// TestComingBackIsNoQuestionToTheStore has a device come back with the
// same record, and with the one of before.
func TestComingBackIsNoQuestionToTheStore(t *testing.T) {
	t.Parallel()
	opened := start(t, soloOptions(t, t.TempDir()))
	ana := visit(t, opened, rendezvoustest.NewDevice(t))
	first := recordOf(t, ana.Device, 1, 1)
	attach := func(record engine.Record) error {
		attached, err := opened.Attach(t.Context(), ana.Peer(), ana.Keys.Device(), record, ana)
		if err == nil {
			attached.Detach()
		}
		return err
	}
	published := recordOf(t, ana.Device, 2, 2)
	if err := attach(published); err != nil {
		t.Fatal(err)
	}
	before, err := opened.records.get(t.Context(), ana.Peer())
	if err != nil {
		t.Fatal(err)
	}
	if !opened.records.known.has(ana.Peer(), published, time.Hour) {
		t.Error("what was published is not known")
	}
	if err = attach(published); err != nil {
		t.Error(err)
	}
	after, err := opened.records.get(t.Context(), ana.Peer())
	if err != nil || after.revision != before.revision || !bytes.Equal(after.encoded, published.Encoded()) {
		t.Errorf("revision %d, %v, want %d", after.revision, err, before.revision)
	}
	if err = attach(first); !errors.Is(err, engine.ErrOlder) {
		t.Errorf("with the record of before: %v", err)
	}
	if err = attach(published); err != nil {
		t.Errorf("again with the newest: %v", err)
	}
}

// TestReadyIsWhoeverIsKnown has a device attach without a question to the
// store, which is answered only where that is the same as with one.
func TestReadyIsWhoeverIsKnown(t *testing.T) {
	t.Parallel()
	opened := start(t, soloOptions(t, t.TempDir()))
	ana := visit(t, opened, rendezvoustest.NewDevice(t))
	held, err := engine.ParseRecord(ana.Peer(), ana.Record)
	if err != nil {
		t.Fatal(err)
	}
	ready := func(what string, who rendezvoustest.Device, device identity.DeviceID, record engine.Record, want bool) {
		t.Helper()
		attachment, done, failed := opened.AttachReady(who.Peer(), device, record, ana)
		if failed != nil || done != want || (attachment != nil) != want {
			t.Errorf("%s: %t, %v, want %t", what, done, failed, want)
		}
		if attachment != nil {
			attachment.Detach()
		}
	}
	ben := rendezvoustest.NewDevice(t)
	ready("the record that is held", ana.Device, ana.Keys.Device(), held, true)
	ready("somebody who never was here", ben, ben.Keys.Device(), recordOf(t, ben, 1, 1), false)
	ready("a device that the record does not name", ana.Device, ben.Keys.Device(), held, false)
	ready("another record", ana.Device, ana.Keys.Device(), recordOf(t, ana.Device, 2, 2), false)
	opened.records.known.forget(ana.Peer())
	ready("nothing known", ana.Device, ana.Keys.Device(), held, false)
	if err = opened.Close(); err != nil {
		t.Fatal(err)
	}
	ready("after the end", ana.Device, ana.Keys.Device(), held, false)
}
