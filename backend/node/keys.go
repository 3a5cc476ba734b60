package node

import (
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// The life of a sealing key (security.md, "Keys").
const (
	sealingKeyFresh  = 24 * time.Hour      // a new one is made after
	sealingKeyUsable = 7 * 24 * time.Hour  // others may seal to it until
	sealingKeyKept   = 14 * 24 * time.Hour // after that, what is in a mailbox can still be opened
)

// renewKeys makes a sealing key when the newest is a day old, and deletes
// those whose time is over, so that last month's envelopes cannot be opened
// with today's disk.
func (c *Core) renewKeys() {
	if c.self.Created.IsZero() || c.readOnly {
		return
	}
	newest := time.Time{}
	for _, key := range slices.Clone(c.sealingKeys) {
		if key.Created.After(newest) {
			newest = key.Created
		}
		if !c.now.Before(key.Delete) {
			c.sealingKeys = slices.DeleteFunc(c.sealingKeys, func(k SealingKey) bool { return k.ID == key.ID })
			c.keep(DeleteSealingKey{ID: key.ID})
			c.do(SetSealingKeys{Keys: slices.Clone(c.sealingKeys)})
		}
	}
	due := newest.Add(sealingKeyFresh)
	if c.makingKey {
		return
	}
	if c.now.Before(due) {
		c.at(due)
		return
	}
	c.makingKey = true
	c.do(MakeSealingKey{Sequence: c.self.RecordSequence + 1})
}

// signKeyRecord signs the newest sealing key that was kept, as it was signed
// when it was made.
func (c *Core) signKeyRecord() {
	newest := SealingKey{}
	for _, key := range c.sealingKeys {
		if key.Created.After(newest.Created) {
			newest = key
		}
	}
	if newest.Created.IsZero() {
		return
	}
	key, err := envelope.ParseSealingKey(newest.Private)
	if err != nil {
		return
	}
	if record, err := key.Record(c.keys, c.self.RecordSequence); err == nil {
		c.network.keyRecord = record
	}
}

func (c *Core) sealingKeyMade(e SealingKeyMade) {
	if e.Err != nil {
		c.makingKey = false
		return // tried again at the next event
	}
	// Counted at once: whatever is written of this person meanwhile must not put
	// an older number on the disk.
	c.self.RecordSequence++
	c.commit(func(err error) {
		c.makingKey = false
		if err != nil {
			return
		}
		c.sealingKeys = append(c.sealingKeys, e.Key)
		c.network.keyRecord = e.Record
		c.do(SetSealingKeys{Keys: slices.Clone(c.sealingKeys)})
		c.publish()
		c.registerAll()
		c.allDirty() // whom to ask or to call may have waited for the first one
	}, PutSelf{Self: c.self}, PutSealingKey{Key: e.Key})
}

// ownRecord is what others need to reach and to write to this device.
func (c *Core) ownRecord() *wire.PeerRecord {
	published := &wire.PeerRecord{Location: c.network.location}
	signed := &wire.Signed{}
	if err := wire.Decode(c.self.DeviceList, maxRecord, signed); err == nil {
		published.DeviceList = signed
	}
	if c.network.keyRecord != nil {
		published.KeyRecords = []*wire.Signed{c.network.keyRecord}
	}
	return published
}

// publish tells servers and open links the present record.
func (c *Core) publish() {
	if c.self.Created.IsZero() {
		return
	}
	c.do(PublishRecord{Record: c.ownRecord()})
	for _, session := range c.openSessions() {
		c.sendHello(session)
	}
}

// relocate signs a new location record when the servers where this device is
// found have changed.
func (c *Core) relocate() {
	if c.self.Created.IsZero() || c.readOnly {
		return
	}
	servers := c.reachableAt()
	if c.network.location != nil && sameServers(servers, c.network.locatedAt) {
		return
	}
	signed, err := c.keys.Location(c.self.LocationVersion+1, servers, c.now)
	if err != nil {
		return // an address that nobody would accept: the interface refused it before
	}
	c.self.LocationVersion++
	c.network.location, c.network.locatedAt = signed, servers
	c.keep(PutSelf{Self: c.self})
	for _, one := range c.contacts {
		one.requestBody = nil // it says where I am found
		c.dirty(one.Peer)
	}
	c.publish()
}

func sameServers(a, b []identity.Server) bool {
	return slices.EqualFunc(a, b, func(x, y identity.Server) bool {
		return x.Key == y.Key && slices.Equal(x.URLs, y.URLs)
	})
}
