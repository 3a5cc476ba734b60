package rendezvoustest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Device is an identity with one device and a record that servers accept.
type Device struct {
	*identity.Keys

	Record *wire.PeerRecord
}

// NewDevice makes one with fresh keys.
func NewDevice(t testing.TB) Device {
	t.Helper()
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatalf("keys: %v", err)
	}
	device := Device{Keys: keys}
	device.Record = device.RecordOf(t, 1, 1)
	return device
}

// RecordOf makes a record with a version of the device list and a sequence of
// the key record. The sealing key in it is random bytes: no server looks inside.
func (d Device) RecordOf(t testing.TB, version, sequence uint64) *wire.PeerRecord {
	t.Helper()
	now := time.Now()
	list, err := d.DeviceList(version, now)
	if err != nil {
		t.Fatalf("device list: %v", err)
	}
	const keyIDSize, sealingKeySize = 16, 1216 // of suite 1
	random := make([]byte, keyIDSize+sealingKeySize)
	if _, err = rand.Read(random); err != nil {
		t.Fatalf("random: %v", err)
	}
	peer, device := d.Peer(), d.Device()
	body, err := wire.Encode(&wire.KeyRecord{
		Identity: peer[:], Device: device[:], Sequence: sequence, KeyId: random[:keyIDSize], Suite: 1,
		SealingKey: random[keyIDSize:], CreatedMs: now.UnixMilli(), ExpiresMs: now.Add(7 * 24 * time.Hour).UnixMilli(),
	})
	if err != nil {
		t.Fatalf("key record: %v", err)
	}
	return &wire.PeerRecord{DeviceList: list, KeyRecords: []*wire.Signed{d.SignedAsDevice(identity.ContextKeyRecord, body)}}
}
