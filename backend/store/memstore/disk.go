package memstore

import (
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// Disk is what survives a crash. It is safe for concurrent use.
type Disk struct {
	mutex   sync.Mutex
	content content
	undo    []func() // takes back what the running transaction did
	problem error    // answered by every sync
	syncs   int
}

// content is all that is kept.
type content struct {
	self          node.Self
	contacts      map[identity.PeerID]node.Contact
	conversations map[uuid.UUID]*conversation
	requests      map[identity.PeerID]node.Request
	declined      map[identity.PeerID]bool
	invites       map[uuid.UUID]node.Invite
	handles       map[string]node.Handle
	servers       []node.Server
	bans          map[uuid.UUID]node.Ban
	sealingKeys   map[[16]byte]node.SealingKey
	seen          map[uuid.UUID]time.Time
	outgoing      map[uuid.UUID]node.Outgoing
	settings      map[string]string
	epochs        map[uuid.UUID]uint32
	forks         []node.Fork
	verifications map[identity.PeerID]node.Verification
	retirements   map[identity.PeerID]node.Retirement
	copied        bool
	entries       map[journal.Hash]*entry
	changes       map[journal.Hash][]*entry // what counts of what is about a message, or waits for it
	timers        map[journal.Hash]timer    // by message
}

// conversation is one with its logs, timeline and positions.
type conversation struct {
	id       uuid.UUID
	peer     identity.PeerID
	logs     map[journal.Log]*log
	timeline []*entry // in order
	read     journal.Vector
	remote   map[identity.DeviceID]node.RemotePosition
	draft    string
	steps    []node.Step // in the order in which they were kept
	timer    node.Timer
	standing node.Standing
}

// log is one device's entries; sequence n is at n-1.
type log struct {
	author  identity.PeerID
	mine    bool
	entries []*entry
}

// entry is an entry as it was appended.
type entry struct {
	node.AppendEntry
	content journal.Message
	shown   standing
}

// PutBack has what is there count as a copy that was put in its place.
func (d *Disk) PutBack() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.content.copied = true
}

// NewDisk returns an empty one.
func NewDisk() *Disk {
	return &Disk{content: content{
		contacts:      map[identity.PeerID]node.Contact{},
		conversations: map[uuid.UUID]*conversation{},
		verifications: map[identity.PeerID]node.Verification{},
		retirements:   map[identity.PeerID]node.Retirement{},
		requests:      map[identity.PeerID]node.Request{},
		declined:      map[identity.PeerID]bool{},
		invites:       map[uuid.UUID]node.Invite{},
		handles:       map[string]node.Handle{},
		bans:          map[uuid.UUID]node.Ban{},
		sealingKeys:   map[[16]byte]node.SealingKey{},
		seen:          map[uuid.UUID]time.Time{},
		outgoing:      map[uuid.UUID]node.Outgoing{},
		settings:      map[string]string{},
		epochs:        map[uuid.UUID]uint32{},
		entries:       map[journal.Hash]*entry{},
		changes:       map[journal.Hash][]*entry{},
		timers:        map[journal.Hash]timer{},
	}}
}

// Fail makes every sync from now on answer with an error, such as
// node.ErrDiskFull, and change nothing; nil ends that.
func (d *Disk) Fail(err error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.problem = err
}

// Syncs returns how many transactions became durable.
func (d *Disk) Syncs() int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.syncs
}

// Open returns a view for one process.
func (d *Disk) Open() *Store { return &Store{disk: d} }

// transact runs a change that happens as a whole or not at all.
func (d *Disk) transact(change func() error) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.problem != nil {
		return d.problem
	}
	d.undo = d.undo[:0]
	if err := change(); err != nil {
		for _, takeBack := range slices.Backward(d.undo) {
			takeBack()
		}
		return err
	}
	d.syncs++
	return nil
}

// put sets a map's value and remembers how to take that back.
func put[K comparable, V any](d *Disk, target map[K]V, key K, value V) {
	before, existed := target[key]
	d.undo = append(d.undo, func() {
		if existed {
			target[key] = before
		} else {
			delete(target, key)
		}
	})
	target[key] = value
}

// drop deletes a map's value, likewise.
func drop[K comparable, V any](d *Disk, target map[K]V, key K) {
	before, existed := target[key]
	if !existed {
		return
	}
	d.undo = append(d.undo, func() { target[key] = before })
	delete(target, key)
}

// set replaces a variable, likewise.
func set[V any](d *Disk, target *V, value V) {
	before := *target
	d.undo = append(d.undo, func() { *target = before })
	*target = value
}
