package node

import (
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// elders are earlier devices of this person: a backup was restored here, which
// is a new device. What they wrote is this person's, also what comes back from
// contacts only now.
type elders map[identity.DeviceID]bool

// eldersOf are those of a device list besides a device.
func eldersOf(device identity.DeviceID, list []byte) elders {
	found := elders{}
	for _, listed := range listOf(list).Devices {
		if listed != device {
			found[listed] = true
		}
	}
	return found
}

// listOf parses a kept device list; an empty one if it is none.
func listOf(kept []byte) identity.DeviceList {
	signed := &wire.Signed{}
	if err := wire.Decode(kept, maxRecord, signed); err != nil {
		return identity.DeviceList{}
	}
	list, err := identity.ParseDeviceList(signed)
	if err != nil {
		return identity.DeviceList{}
	}
	return list
}

// ours tells whether a log is this person's.
func (v *conversation) ours(log journal.Log) bool {
	return log.Device == v.own.Device || v.elders[log.Device]
}

// listDevice signs a list with this device first, when the one that was kept has
// another one there: it came from a backup. Versions go on from the time, so
// that of two devices that are restored from one backup the later one counts,
// and so does what this one says of its servers.
func (c *Core) listDevice() {
	if c.self.Created.IsZero() || c.readOnly {
		return
	}
	before := listOf(c.self.DeviceList)
	if len(before.Devices) > 0 && before.Devices[0] == c.keys.Device() {
		return
	}
	version := uint64(max(c.now.Unix(), 1))
	signed, err := c.keys.DeviceList(max(before.Version+1, version), c.now, before.Devices...)
	if err != nil {
		return // cannot happen: keys and times always encode
	}
	if c.self.DeviceList, err = wire.Encode(signed); err != nil {
		return // likewise
	}
	c.self.LocationVersion = max(c.self.LocationVersion+1, version)
	c.do(Report{What: "a backup was restored: this is a new device"})
	c.commit(func(error) {}, PutSelf{Self: c.self})
}
