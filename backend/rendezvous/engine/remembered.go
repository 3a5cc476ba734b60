package engine

import (
	"crypto/sha256"
	"sync"

	"github.com/tincan-chat/tincan/backend/identity"
)

// maxRemembered bounds half of what is remembered: about 190 bytes each.
const maxRemembered = 1 << 14

// remembered are records of people with one device that were found good: nearly
// all who log in bring the same as the last time. The name is a hash of all that
// the answer depends on. What was asked for lately stays, in two generations.
type remembered struct {
	most int // of a generation

	mu             sync.Mutex
	younger, older map[recordName]position
}

type recordName [sha256.Size]byte

// position is what is read out of such a record; sequence and location are 0 when they are not there.
type position struct {
	device                      identity.DeviceID
	version, sequence, location uint64
}

var good = newRemembered(maxRemembered)

func newRemembered(most int) *remembered {
	return &remembered{most: most, younger: make(map[recordName]position)}
}

// nameOf hashes whose record it is said to be, and all of it.
func nameOf(peer identity.PeerID, encoded []byte) (name recordName) {
	hash := sha256.New()
	_, _ = hash.Write(peer[:]) // it never fails
	_, _ = hash.Write(encoded)
	hash.Sum(name[:0])
	return name
}

// find returns what is remembered, slim.
func (r *remembered) find(name recordName, peer identity.PeerID) (Record, bool) {
	r.mu.Lock()
	found, ok := r.younger[name]
	if !ok {
		if found, ok = r.older[name]; ok {
			r.put(name, found)
		}
	}
	r.mu.Unlock()
	if !ok {
		return Record{}, false
	}
	record := Record{peer: peer, version: found.version, devices: []identity.DeviceID{found.device}, location: found.location}
	if found.sequence != 0 {
		record.keys = []keyPosition{{device: found.device, sequence: found.sequence}}
	}
	return record, true
}

// add remembers a record that was verified.
func (r *remembered) add(name recordName, record Record) {
	if len(record.devices) != 1 {
		return
	}
	one := position{device: record.devices[0], version: record.version, location: record.location}
	if len(record.keys) > 0 {
		one.sequence = record.keys[0].sequence
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(name, one)
}

// put runs under mu.
func (r *remembered) put(name recordName, one position) {
	if len(r.younger) >= r.most {
		r.older, r.younger = r.younger, make(map[recordName]position)
	}
	r.younger[name] = one
}
