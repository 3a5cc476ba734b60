package node

import (
	"maps"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
)

// conversation is what the core knows of one, beyond what the store keeps.
type conversation struct {
	id   uuid.UUID
	peer identity.PeerID
	// held is on disk; tip also counts what is being written.
	held, tip  journal.Vector
	heldOrders map[journal.Log]journal.Order
	tipOrders  map[journal.Log]journal.Order
	least      uint32      // epoch that this device may write
	own        journal.Log // the log this device writes
	// read and remotes also count what is being written; readKept and
	// remotesKept are on disk.
	read, readKept       journal.Vector
	remotes, remotesKept map[identity.DeviceID]*RemotePosition
	recent               recentOrders
	timer                Timer                      // goes into what is written next
	standing             Standing                   // as it is being written
	standingKept         Standing                   // on disk
	apart                bool                       // what is written now follows nothing of others
	suspects             map[logPlace]journal.Entry // may be equivocation: the disk is asked
	forks                map[journal.Log]uint64     // logs with two histories, from where on; the proofs are on disk
	lenient              bool                       // entries do not wait for parents
	elders               elders                     // the core's
}

func (c *Core) loadConversation(from Conversation) *conversation {
	one := &conversation{
		id:         from.ID,
		peer:       from.Peer,
		held:       orEmpty(from.Held),
		heldOrders: from.HeadOrders,
		readKept:   orEmpty(from.Read),
		timer:      from.Timer,

		standingKept: from.Standing,
		remotesKept:  make(map[identity.DeviceID]*RemotePosition, len(from.Remote)),
		least:        max(1, c.least[uuid.Nil], c.least[from.ID]),
		suspects:     map[logPlace]journal.Entry{},
		forks:        map[journal.Log]uint64{},
		elders:       c.elders,
	}
	if one.heldOrders == nil {
		one.heldOrders = map[journal.Log]journal.Order{}
	}
	for _, remote := range from.Remote {
		one.remotesKept[remote.Device] = &RemotePosition{Device: remote.Device, Held: orEmpty(remote.Held), Read: orEmpty(remote.Read)}
	}
	one.rollBack(c.keys.Device())
	return one
}

// rollBack forgets what was being written.
func (v *conversation) rollBack(device identity.DeviceID) {
	v.tip = v.held.Clone()
	v.tipOrders = make(map[journal.Log]journal.Order, len(v.heldOrders))
	maps.Copy(v.tipOrders, v.heldOrders)
	v.recent = recentOrders{}
	v.read = v.readKept.Clone()
	v.standing = v.standingKept
	v.remotes = make(map[identity.DeviceID]*RemotePosition, len(v.remotesKept))
	for device, kept := range v.remotesKept {
		v.remotes[device] = &RemotePosition{Device: device, Held: kept.Held.Clone(), Read: kept.Read.Clone()}
	}
	v.own = journal.Log{Device: device, Epoch: v.least}
	for log := range v.held {
		if log.Device == device && log.Epoch > v.own.Epoch {
			v.own.Epoch = log.Epoch
		}
	}
}

// remote returns the position of a device, made when needed.
func (v *conversation) remote(device identity.DeviceID) *RemotePosition {
	position := v.remotes[device]
	if position == nil {
		position = &RemotePosition{Device: device, Held: journal.Vector{}, Read: journal.Vector{}}
		v.remotes[device] = position
	}
	return position
}

func orEmpty(vector journal.Vector) journal.Vector {
	if vector == nil {
		return journal.Vector{}
	}
	return vector
}

// recentOrders remembers the orders of the last entries, so that their
// children are ordered without asking the disk: all that are being written, and
// some that were.
type recentOrders struct {
	orders map[journal.Hash]journal.Order
	ring   []journal.Hash // of those that are on disk
	next   int
}

// recentSize is how many are remembered for each conversation after they were
// written: what a frame may hold, so that a parent that was on its way to the
// disk while the frame was verified is found.
const recentSize = 1024

// put remembers an entry that is being written.
func (r *recentOrders) put(hash journal.Hash, order journal.Order) {
	if r.orders == nil {
		r.orders = make(map[journal.Hash]journal.Order)
	}
	r.orders[hash] = order
}

// written says that an entry is on disk.
func (r *recentOrders) written(hash journal.Hash) {
	if _, known := r.orders[hash]; !known {
		return
	}
	if len(r.ring) < recentSize {
		r.ring = append(r.ring, hash)
		return
	}
	delete(r.orders, r.ring[r.next])
	r.ring[r.next] = hash
	r.next = (r.next + 1) % recentSize
}
