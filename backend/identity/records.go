package identity

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of signed records.
const (
	MaxDevices       = 16 // of an identity
	maxDeviceList    = 2 << 10
	maxLocation      = 8 << 10
	maxServersListed = 8
)

// ErrRecord is wrapped by what is wrong with a signed record.
var ErrRecord = errors.New("identity: the record is refused")

// DeviceList names the devices of an identity.
type DeviceList struct {
	Peer    PeerID
	Version uint64
	Devices []DeviceID
}

// Has tells whether a device is in the list.
func (l DeviceList) Has(device DeviceID) bool { return slices.Contains(l.Devices, device) }

// ParseDeviceList checks a signed device list: canonical, 1 to 16 distinct
// devices, signed by the identity that it names. Errors wrap ErrRecord.
func ParseDeviceList(signed *wire.Signed) (DeviceList, error) {
	body := &wire.DeviceList{}
	if err := wire.DecodeCanonical(signed.GetBody(), maxDeviceList, body); err != nil {
		return DeviceList{}, fmt.Errorf("%w: device list: %w", ErrRecord, err)
	}
	peer, err := PeerIDFromBytes(body.GetIdentity())
	if err != nil {
		return DeviceList{}, fmt.Errorf("%w: device list: %w", ErrRecord, err)
	}
	if !VerifySigned(peer, ContextDeviceList, signed) {
		return DeviceList{}, fmt.Errorf("%w: device list: signature", ErrRecord)
	}
	list := DeviceList{Peer: peer, Version: body.GetVersion()}
	if list.Version == 0 || len(body.GetDevices()) == 0 || len(body.GetDevices()) > MaxDevices {
		return DeviceList{}, fmt.Errorf("%w: device list: version or number of devices", ErrRecord)
	}
	for _, listed := range body.GetDevices() {
		device, err := DeviceIDFromBytes(listed.GetKey())
		if err != nil || list.Has(device) {
			return DeviceList{}, fmt.Errorf("%w: device list: a device", ErrRecord)
		}
		list.Devices = append(list.Devices, device)
	}
	return list, nil
}

// Location names the servers where an identity is found.
type Location struct {
	Peer    PeerID
	Version uint64
	Servers []Server
	Issued  time.Time
}

// ParseLocation checks a signed location record. Errors wrap ErrRecord.
func ParseLocation(signed *wire.Signed) (Location, error) {
	body := &wire.LocationRecord{}
	if err := wire.DecodeCanonical(signed.GetBody(), maxLocation, body); err != nil {
		return Location{}, fmt.Errorf("%w: location: %w", ErrRecord, err)
	}
	peer, err := PeerIDFromBytes(body.GetIdentity())
	if err != nil {
		return Location{}, fmt.Errorf("%w: location: %w", ErrRecord, err)
	}
	if !VerifySigned(peer, ContextLocation, signed) {
		return Location{}, fmt.Errorf("%w: location: signature", ErrRecord)
	}
	if body.GetVersion() == 0 || len(body.GetServers()) > maxServersListed {
		return Location{}, fmt.Errorf("%w: location: version or number of servers", ErrRecord)
	}
	servers, err := ServersFromWire(body.GetServers())
	if err != nil {
		return Location{}, fmt.Errorf("%w: location: %w", ErrRecord, err)
	}
	return Location{Peer: peer, Version: body.GetVersion(), Servers: servers, Issued: time.UnixMilli(body.GetIssuedMs())}, nil
}
