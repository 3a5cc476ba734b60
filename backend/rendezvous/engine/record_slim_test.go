package engine

import (
	"errors"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
)

// TestSlim has a slim record take part in comparing as the whole one does.
func TestSlim(t *testing.T) {
	t.Parallel()
	first, second := identity.DeviceID{1}, identity.DeviceID{2}
	record := func(version, sequence, location uint64, devices ...identity.DeviceID) Record {
		made := Record{version: version, devices: []identity.DeviceID{first, second}, location: location, encoded: []byte{1}}
		for _, device := range devices {
			made.keys = append(made.keys, keyPosition{device: device, sequence: sequence})
		}
		return made
	}
	held := record(3, 5, 7, first, second).Slim()
	if held.IsZero() || held.Size() != 0 || held.Encoded() != nil || !held.Has(second) || held.Devices() != 2 {
		t.Errorf("a slim record is %+v", held)
	}
	if _, err := held.Message(); err == nil {
		t.Error("it has a message")
	}
	for name, older := range map[string]Record{
		"list": record(2, 5, 7, first), "key": record(3, 4, 7, first), "location": record(3, 5, 6, first),
	} {
		if _, err := held.Succeed(older); !errors.Is(err, ErrOlder) {
			t.Errorf("an older %s: %v", name, err)
		}
	}
	next, err := held.Succeed(record(4, 6, 0, second))
	if err != nil {
		t.Fatal(err)
	}
	if next.Encoded() != nil || next.version != 4 || next.location != 7 || len(next.keys) != 2 {
		t.Errorf("what succeeds it is %+v", next)
	}
	if _, err = next.Succeed(record(4, 5, 0, second)); !errors.Is(err, ErrOlder) {
		t.Errorf("an older key of the second device: %v", err)
	}
	if _, err = next.Succeed(record(4, 4, 0, first)); !errors.Is(err, ErrOlder) {
		t.Errorf("an older key of the device that was not named: %v", err)
	}
}
