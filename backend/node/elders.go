package node

import (
	"slices"

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

// tookBack tells whether entries of this person are among what came.
func tookBack(writes []Write) bool {
	return slices.ContainsFunc(writes, func(write Write) bool {
		entry, appended := write.(AppendEntry)
		return appended && entry.Mine
	})
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
	c.signList(before.Version, before.Devices)
	c.self.LocationVersion = max(c.self.LocationVersion+1, uint64(max(c.now.Unix(), 1)))
	c.do(Report{What: "a backup was restored: this is a new device"})
	c.commit(func(error) {}, PutSelf{Self: c.self})
}

// signList signs a list newer than a version, of this device and earlier ones.
func (c *Core) signList(newer uint64, earlier []identity.DeviceID) {
	signed, err := c.keys.DeviceList(max(newer+1, uint64(max(c.now.Unix(), 1))), c.now, earlier...)
	if err != nil {
		return // cannot happen: keys and times always encode
	}
	if list, err := wire.Encode(signed); err == nil {
		c.self.DeviceList = list
	}
}

// recollect takes lists of this person that a contact kept. A device in one of
// them that the present list lacks is one on which a backup was restored, and on
// this one an older backup, or the same. What it wrote is this person's: nobody
// else could sign its list. Without it neither that nor what answers it would be
// taken back.
func (c *Core) recollect(lists []*wire.Signed) {
	if len(lists) == 0 || c.self.Created.IsZero() || c.readOnly {
		return
	}
	present := listOf(c.self.DeviceList)
	devices := present.Devices
	for _, signed := range lists[:min(len(lists), maxFormerLists)] {
		list, err := identity.ParseDeviceList(signed)
		if err != nil || list.Peer != c.keys.Peer() {
			continue
		}
		for _, device := range list.Devices {
			if !slices.Contains(devices, device) && len(devices) < identity.MaxDevices {
				devices = append(devices, device)
			}
		}
	}
	if len(devices) == len(present.Devices) {
		return
	}
	c.signList(present.Version, devices)
	for _, device := range devices[len(present.Devices):] {
		c.elders[device] = true
	}
	c.do(Report{What: "a contact remembers a device of this person that the backup did not"})
	c.commit(func(err error) {
		if err == nil {
			c.publish()
		}
	}, PutSelf{Self: c.self})
}
