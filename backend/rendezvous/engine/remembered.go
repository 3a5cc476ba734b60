package engine

import (
	"crypto/sha256"
	"sync"

	"github.com/tincan-chat/tincan/backend/identity"
)

const (
	// maxRemembered bounds half of what is remembered: about 300 bytes each with one device.
	maxRemembered = 1 << 14
	// fewDevices is how many a record names at most that is remembered: nearly all do, and the memory is bounded.
	fewDevices = 4
)

// remembered are records that were found good: nearly all who log in bring the
// same as the last time. The name is a hash of all that the answer depends on.
// What was asked for lately stays, in two generations.
type remembered struct {
	most int // of a generation

	mu             sync.Mutex
	younger, older map[recordName]Record // slim
}

type recordName [sha256.Size]byte

var good = newRemembered(maxRemembered)

func newRemembered(most int) *remembered {
	return &remembered{most: most, younger: make(map[recordName]Record)}
}

// nameOf hashes whose record it is said to be, and all of it.
func nameOf(peer identity.PeerID, encoded []byte) (name recordName) {
	hash := sha256.New()
	_, _ = hash.Write(peer[:]) // it never fails
	_, _ = hash.Write(encoded)
	hash.Sum(name[:0])
	return name
}

func (r *remembered) find(name recordName) (Record, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := r.younger[name]
	if !ok {
		if found, ok = r.older[name]; ok {
			r.put(name, found)
		}
	}
	return found, ok
}

func (r *remembered) add(name recordName, record Record) {
	if len(record.devices) > fewDevices {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(name, record.Slim())
}

// put runs under mu.
func (r *remembered) put(name recordName, record Record) {
	if len(r.younger) >= r.most {
		r.older, r.younger = r.younger, make(map[recordName]Record)
	}
	r.younger[name] = record
}
