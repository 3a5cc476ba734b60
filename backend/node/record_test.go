package node

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestOldRecordsAreIgnored: a server that hands out what it kept of last month brings nobody back to
// a sealing key whose private half a thief may have, nor to a list with a device that was taken off.
func TestOldRecordsAreIgnored(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	made := func() *identity.Keys {
		keys, err := identity.NewKeys(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	ana, mallory := made(), made()
	published := func(keys *identity.Keys, list, sequence uint64, at time.Time) *wire.PeerRecord {
		key, err := envelope.NewSealingKey(at)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := key.Record(keys, sequence)
		if err != nil {
			t.Fatal(err)
		}
		devices, err := keys.DeviceList(list, at)
		if err != nil {
			t.Fatal(err)
		}
		return &wire.PeerRecord{DeviceList: devices, KeyRecords: []*wire.Signed{signed}}
	}
	old, fresh := published(ana, 1, 5, now.Add(-30*24*time.Hour)), published(ana, 2, 6, now)
	known := newRecord(ana.Peer())
	for _, one := range []*wire.PeerRecord{old, fresh} {
		if changed, err := known.merge(one); err != nil || !changed {
			t.Fatalf("%v, %v", changed, err)
		}
	}
	kept := known.marshal()
	same := published(ana, 2, 6, now) // another key and another list with numbers that were used
	for name, one := range map[string]struct {
		record *wire.PeerRecord
		bad    bool
	}{
		"last month's":               {old, false},
		"last month's key alone":     {&wire.PeerRecord{KeyRecords: old.GetKeyRecords()}, false},
		"last month's list alone":    {&wire.PeerRecord{DeviceList: old.GetDeviceList()}, false},
		"the same numbers again":     {same, false},
		"nothing":                    {&wire.PeerRecord{}, false},
		"somebody else's":            {published(mallory, 9, 9, now), true},
		"somebody else's key":        {&wire.PeerRecord{KeyRecords: published(mallory, 9, 9, now).GetKeyRecords()}, true},
		"a newer list that is false": {&wire.PeerRecord{DeviceList: &wire.Signed{Body: published(ana, 3, 7, now).GetDeviceList().GetBody(), Signature: make([]byte, 64)}}, true},
	} {
		changed, err := known.merge(proto.CloneOf(one.record))
		if changed || (err != nil) != one.bad || err != nil && !errors.Is(err, errRecord) {
			t.Errorf("%s: %v, %v", name, changed, err)
		}
		if !bytes.Equal(known.marshal(), kept) {
			t.Fatalf("%s changed what is known", name)
		}
	}
	if key, there := known.sealTo(ana.Device()); !there || key.Sequence != 6 || known.devices.Version != 2 {
		t.Errorf("sealing to key %d of list %d", key.Sequence, known.devices.Version)
	}
}
