package node

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// maxRecord caps a serialised PeerRecord: 16 devices with a sealing key each.
const maxRecord = 48 << 10

// maxFormerLists caps the earlier lists of a contact that are kept for them.
const maxFormerLists = 4

// errRecord is wrapped by what is wrong with a peer's record.
var errRecord = errors.New("node: the peer's record is refused")

// record is the newest that is known of a peer, every part of it verified.
type record struct {
	peer     identity.PeerID
	signed   *wire.PeerRecord // verbatim parts, to pass on and keep
	devices  identity.DeviceList
	keys     map[identity.DeviceID]envelope.Record
	location identity.Location
}

func newRecord(peer identity.PeerID) record {
	return record{peer: peer, signed: &wire.PeerRecord{}, keys: map[identity.DeviceID]envelope.Record{}}
}

// loadRecord parses a record that this device kept.
func loadRecord(peer identity.PeerID, kept []byte) (record, error) {
	loaded := newRecord(peer)
	if len(kept) == 0 {
		return loaded, nil
	}
	signed := &wire.PeerRecord{}
	if err := wire.Decode(kept, maxRecord, signed); err != nil {
		return loaded, fmt.Errorf("%w: %w", errRecord, err)
	}
	for _, former := range signed.GetFormerLists() {
		if _, err := loaded.merge(&wire.PeerRecord{DeviceList: former}); err != nil {
			return loaded, err
		}
	}
	_, err := loaded.merge(signed)
	return loaded, err
}

// marshal returns what the store keeps.
func (r *record) marshal() []byte {
	data, err := wire.Encode(r.signed)
	if err != nil {
		return nil // cannot happen: every part was decoded or made here
	}
	return data
}

// sameSigned tells whether a part is the one that is known, which was verified
// when it came: every signal carries them.
func sameSigned(part, known *wire.Signed) bool { return known != nil && proto.Equal(part, known) }

// merge takes the parts of another record that are newer and verify; a part
// with a lower version is ignored, one that does not verify is an error and
// changes nothing.
func (r *record) merge(other *wire.PeerRecord) (changed bool, err error) {
	if other == nil {
		return false, nil
	}
	next := record{peer: r.peer, signed: proto.CloneOf(r.signed), devices: r.devices, location: r.location, keys: map[identity.DeviceID]envelope.Record{}}
	maps.Copy(next.keys, r.keys)
	if other.GetDeviceList() != nil && !sameSigned(other.GetDeviceList(), r.signed.GetDeviceList()) {
		devices, parseErr := identity.ParseDeviceList(other.GetDeviceList())
		switch {
		case parseErr != nil:
			return false, fmt.Errorf("%w: %w", errRecord, parseErr)
		case devices.Peer != r.peer:
			return false, fmt.Errorf("%w: another identity's device list", errRecord)
		case devices.Version > next.devices.Version:
			next.signed.FormerLists = formerLists(next.signed, devices)
			next.devices, next.signed.DeviceList, changed = devices, other.GetDeviceList(), true
		}
	}
	for _, signed := range other.GetKeyRecords() {
		if !changed && slices.ContainsFunc(r.signed.GetKeyRecords(), func(known *wire.Signed) bool { return sameSigned(signed, known) }) {
			continue
		}
		key, parseErr := envelope.ParseRecord(signed)
		switch {
		case parseErr != nil:
			return false, fmt.Errorf("%w: %w", errRecord, parseErr)
		case key.Peer != r.peer || !next.devices.Has(key.Device):
			return false, fmt.Errorf("%w: a sealing key of a device that is not listed", errRecord)
		case key.Sequence > next.keys[key.Device].Sequence:
			next.keys[key.Device], changed = key, true
		}
	}
	if other.GetLocation() != nil && !sameSigned(other.GetLocation(), r.signed.GetLocation()) {
		location, parseErr := identity.ParseLocation(other.GetLocation())
		switch {
		case parseErr != nil:
			return false, fmt.Errorf("%w: %w", errRecord, parseErr)
		case location.Peer != r.peer:
			return false, fmt.Errorf("%w: another identity's location", errRecord)
		case location.Version > next.location.Version:
			next.location, next.signed.Location, changed = location, other.GetLocation(), true
		}
	}
	if !changed {
		return false, nil
	}
	for device := range next.keys {
		if !next.devices.Has(device) {
			delete(next.keys, device)
		}
	}
	next.signed.KeyRecords = nil
	for _, device := range next.sortedDevices() {
		next.signed.KeyRecords = append(next.signed.KeyRecords, next.keys[device].Signed)
	}
	*r = next
	return true, nil
}

// formerLists are the newest of the lists that a record has, of those with a
// device that a newer one lacks.
func formerLists(before *wire.PeerRecord, newer identity.DeviceList) []*wire.Signed {
	lists := slices.Clone(before.GetFormerLists())
	if before.GetDeviceList() != nil {
		lists = append(lists, before.GetDeviceList())
	}
	lists = slices.DeleteFunc(lists, func(signed *wire.Signed) bool {
		list, err := identity.ParseDeviceList(signed)
		return err != nil || !slices.ContainsFunc(list.Devices, func(device identity.DeviceID) bool { return !newer.Has(device) })
	})
	return lists[max(0, len(lists)-maxFormerLists):]
}

// sealTo returns the sealing key of a device; false when none is known.
// One that has expired is still used when there is no fresher one: its owner
// keeps the private half for the mailbox's life.
func (r *record) sealTo(device identity.DeviceID) (envelope.Record, bool) {
	key, known := r.keys[device]
	return key, known
}

// first returns the device to reach: the first one of their list, once a key of
// it is known. The others are those that they had before it.
func (r *record) first() (identity.DeviceID, bool) {
	if len(r.devices.Devices) == 0 {
		return identity.DeviceID{}, false
	}
	first := r.devices.Devices[0]
	_, known := r.keys[first]
	return first, known
}

// stale tells whether a fresher sealing key should be looked up.
func (r *record) stale(now time.Time) bool {
	device, known := r.first()
	return !known || now.After(r.keys[device].Expires)
}

func (r *record) sortedDevices() []identity.DeviceID {
	devices := make([]identity.DeviceID, 0, len(r.keys))
	for device := range r.keys {
		devices = append(devices, device)
	}
	slices.SortFunc(devices, identity.DeviceID.Compare)
	return devices
}
