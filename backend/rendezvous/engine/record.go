package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrRecord is wrapped by what is wrong with a record.
var ErrRecord = errors.New("engine: the record is refused")

// Record is a peer's published record, verified. The zero value is no record.
type Record struct {
	peer     identity.PeerID
	version  uint64 // of the device list
	devices  []identity.DeviceID
	keys     []keyPosition // by device
	location uint64        // version, 0 when there is none
	encoded  []byte        // wire.PeerRecord; nil: Slim
}

type keyPosition struct {
	device   identity.DeviceID
	sequence uint64
}

// Limits of what a record may hold; the largest key of suite 1 takes 1216 bytes.
const (
	maxKeyRecord   = 4 << 10
	maxSealingKey  = 2 << 10
	keyIDSize      = 16
	maxKeyRecords  = 16
	maxRecordBytes = 64 << 10
)

// ParseRecord verifies a record: every signature, that all of it belongs to
// one peer, and that the key records are of devices that the list names, at
// most one each. Errors wrap ErrRecord.
func ParseRecord(peer identity.PeerID, message *wire.PeerRecord) (Record, error) {
	if message.GetDeviceList() == nil {
		return Record{}, fmt.Errorf("%w: no device list", ErrRecord)
	}
	// Written anew, so that nothing but the known fields is kept and handed out.
	encoded, err := encode(&wire.PeerRecord{
		DeviceList: copySigned(message.GetDeviceList()), KeyRecords: copyAll(message.GetKeyRecords()), Location: copySigned(message.GetLocation()),
	})
	if err != nil {
		return Record{}, err
	}
	name := nameOf(peer, encoded)
	record, known := good.find(name, peer)
	if !known {
		if record, err = verified(peer, message); err != nil {
			return Record{}, err
		}
		good.add(name, record)
	}
	record.encoded = encoded
	return record, nil
}

// verified is ParseRecord without the bytes.
func verified(peer identity.PeerID, message *wire.PeerRecord) (Record, error) {
	list, err := identity.ParseDeviceList(message.GetDeviceList())
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	if list.Peer != peer {
		return Record{}, fmt.Errorf("%w: the device list is somebody else's", ErrRecord)
	}
	record := Record{peer: peer, version: list.Version, devices: list.Devices}
	if len(message.GetKeyRecords()) > maxKeyRecords {
		return Record{}, fmt.Errorf("%w: too many key records", ErrRecord)
	}
	for _, signed := range message.GetKeyRecords() {
		position, keyErr := parseKeyRecord(list, signed)
		if keyErr != nil {
			return Record{}, keyErr
		}
		if slices.ContainsFunc(record.keys, func(other keyPosition) bool { return other.device == position.device }) {
			return Record{}, fmt.Errorf("%w: two key records of one device", ErrRecord)
		}
		record.keys = append(record.keys, position)
	}
	if message.GetLocation() != nil {
		location, locationErr := identity.ParseLocation(message.GetLocation())
		if locationErr != nil {
			return Record{}, fmt.Errorf("%w: %w", ErrRecord, locationErr)
		}
		if location.Peer != peer {
			return Record{}, fmt.Errorf("%w: the location is somebody else's", ErrRecord)
		}
		record.location = location.Version
	}
	return record, nil
}

func parseKeyRecord(list identity.DeviceList, signed *wire.Signed) (keyPosition, error) {
	verify := identity.VerifySigned
	if len(list.Devices) == 1 {
		verify = verifyOnce
	}
	var key wire.KeyRecord
	if err := wire.DecodeCanonical(signed.GetBody(), maxKeyRecord, &key); err != nil {
		return keyPosition{}, fmt.Errorf("%w: key record: %w", ErrRecord, err)
	}
	device, err := identity.DeviceIDFromBytes(key.GetDevice())
	if err != nil {
		return keyPosition{}, fmt.Errorf("%w: key record: %w", ErrRecord, err)
	}
	switch {
	case string(key.GetIdentity()) != string(list.Peer[:]):
		err = errors.New("key record of somebody else")
	case !list.Has(device):
		err = errors.New("key record of a device that the list does not name")
	case key.GetSequence() == 0 || key.GetSuite() == 0 || len(key.GetKeyId()) != keyIDSize,
		len(key.GetSealingKey()) == 0 || len(key.GetSealingKey()) > maxSealingKey,
		key.GetExpiresMs() <= key.GetCreatedMs():
		err = errors.New("key record with a field out of range")
	case !verify(device, identity.ContextKeyRecord, signed):
		err = errors.New("key record with a wrong signature")
	}
	if err != nil {
		return keyPosition{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	return keyPosition{device: device, sequence: key.GetSequence()}, nil
}

// verifyOnce remembers nothing: of a lone device the whole record is remembered.
func verifyOnce(key [32]byte, context identity.Context, signed *wire.Signed) bool {
	return identity.Verify(key, context, signed.GetBody(), signed.GetSignature())
}

func copySigned(signed *wire.Signed) *wire.Signed {
	if signed == nil {
		return nil
	}
	return &wire.Signed{Body: signed.GetBody(), Signature: signed.GetSignature()}
}

func copyAll(signed []*wire.Signed) []*wire.Signed {
	all := make([]*wire.Signed, 0, len(signed))
	for _, one := range signed {
		all = append(all, copySigned(one))
	}
	return all
}

func encode(message *wire.PeerRecord) ([]byte, error) {
	encoded, err := wire.Encode(message)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	if len(encoded) > maxRecordBytes {
		return nil, fmt.Errorf("%w: %w", ErrRecord, wire.ErrTooLarge)
	}
	return slices.Clip(encoded), nil
}

// IsZero says that there is no record.
func (r Record) IsZero() bool { return len(r.devices) == 0 }

// Slim returns what others are compared with, without the bytes, which are most
// of it: for an engine that keeps them elsewhere. Encoded then returns nil,
// Message an error, and what succeeds it is slim too.
func (r Record) Slim() Record {
	r.encoded = nil
	return r
}

// Has says whether the device list names a device.
func (r Record) Has(device identity.DeviceID) bool { return slices.Contains(r.devices, device) }

// Devices returns how many devices the list names.
func (r Record) Devices() int { return len(r.devices) }

// Size is what the record takes, in bytes.
func (r Record) Size() int { return len(r.encoded) }

// Encoded returns the record as DecodeRecord takes it; it must not be changed.
func (r Record) Encoded() []byte { return r.encoded }

// DecodeRecord verifies a record that was stored: see ParseRecord.
func DecodeRecord(peer identity.PeerID, encoded []byte) (Record, error) {
	var message wire.PeerRecord
	if err := wire.Decode(encoded, maxRecordBytes, &message); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	return ParseRecord(peer, &message)
}

// Message returns the record as it goes on the wire.
func (r Record) Message() (*wire.PeerRecord, error) {
	if r.encoded == nil {
		return nil, errors.New("engine: a record without its bytes")
	}
	var message wire.PeerRecord
	if err := wire.Decode(r.encoded, maxRecordBytes, &message); err != nil {
		return nil, fmt.Errorf("engine: kept record: %w", err)
	}
	return &message, nil
}

// Succeed returns what is published after r when next is: next, with the key
// records and location of r that next does not bring (each device publishes
// its own). Error: ErrOlder when a version or sequence would fall.
func (r Record) Succeed(next Record) (Record, error) {
	if r.IsZero() {
		return next, nil
	}
	if next.version < r.version || (next.location != 0 && next.location < r.location) {
		return Record{}, ErrOlder
	}
	var missing []keyPosition
	for _, held := range r.keys {
		at := slices.IndexFunc(next.keys, func(key keyPosition) bool { return key.device == held.device })
		switch {
		case at >= 0 && next.keys[at].sequence < held.sequence:
			return Record{}, ErrOlder
		case at < 0 && next.Has(held.device):
			missing = append(missing, held)
		}
	}
	keepLocation := next.location == 0 && r.location != 0
	switch {
	case r.encoded == nil || next.encoded == nil:
		next.keys = append(slices.Clip(next.keys), missing...)
		if keepLocation {
			next.location = r.location
		}
		return next.Slim(), nil
	case len(missing) == 0 && !keepLocation:
		return next, nil
	}
	return r.fill(next, missing, keepLocation)
}

func (r Record) fill(next Record, missing []keyPosition, keepLocation bool) (Record, error) {
	held, err := r.Message()
	if err != nil {
		return Record{}, err
	}
	message, err := next.Message()
	if err != nil {
		return Record{}, err
	}
	next.keys = slices.Clone(next.keys)
	for _, key := range missing {
		at := slices.IndexFunc(r.keys, func(other keyPosition) bool { return other.device == key.device })
		message.KeyRecords = append(message.KeyRecords, held.GetKeyRecords()[at])
		next.keys = append(next.keys, key)
	}
	if keepLocation {
		message.Location = held.GetLocation()
		next.location = r.location
	}
	if next.encoded, err = encode(message); err != nil {
		return Record{}, err
	}
	return next, nil
}
