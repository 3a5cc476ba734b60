package engine

import (
	"context"
	"errors"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Errors of an engine.
var (
	ErrOlder   = errors.New("engine: a newer record is published already")
	ErrRevoked = errors.New("engine: the published device list does not name this device")
	ErrTooMany = errors.New("engine: too many peers watched")
	ErrFull    = errors.New("engine: no room for another record")
	ErrClosed  = errors.New("engine: closed")
)

// Engine is what the server asks. Methods are safe for concurrent use.
type Engine interface {
	// Attach publishes a device's record and makes the device reachable
	// through sink. Errors: ErrOlder, ErrRevoked, ErrFull, ErrClosed.
	Attach(ctx context.Context, peer identity.PeerID, device identity.DeviceID, record Record, sink Sink) (Attachment, error)
	// Lookup returns a published record and whether there is one.
	Lookup(ctx context.Context, peer identity.PeerID) (Record, bool, error)
	// Mailbox keeps mail for those who are away.
	Mailbox() Mailbox
	// Table returns a table; the same one for the same name.
	Table(name TableName) Table
	// Announce tells the other nodes about this one from now on.
	Announce(notice Notice)
	// Nodes returns the nodes that are alive, this one included, ordered by ID.
	Nodes() []Node
	// Healthy returns why the engine cannot do its work now, nil when it can.
	Healthy(ctx context.Context) error
	// Close detaches everybody and waits. It is idempotent. What is kept on disk stays.
	Close() error
}

// Attachment is one device that is here. After it ended its methods do nothing.
type Attachment interface {
	// Publish replaces the peer's record. Errors as of Attach.
	Publish(ctx context.Context, record Record) error
	// Watch changes the watched set; the first call of an attachment replaces
	// what the device's last one left. Error: ErrTooMany, and nothing changed.
	Watch(ctx context.Context, add, remove []identity.PeerID) error
	// Send relays an envelope to every device of a peer. The engine keeps the bytes: they must not change.
	Send(ctx context.Context, to identity.PeerID, envelope []byte) (Outcome, error)
	// Refuse keeps from this device the envelopes that these peers send, instead of
	// those named before; it ends with the attachment. Outcomes do not change: nobody
	// can tell that they are refused. The engine keeps the slice, which must be sorted.
	Refuse(peers []identity.PeerID)
	// Detach ends the attachment. It is idempotent.
	Detach()
}

// Ready is an Engine that can attach some devices without asking anybody.
type Ready interface {
	// AttachReady is Attach where it needs nobody else. False: nothing was done,
	// whatever the error is, and Attach has to do it.
	AttachReady(peer identity.PeerID, device identity.DeviceID, record Record, sink Sink) (attachment Attachment, done bool, err error)
}

// Near is an Attachment that can do some things without asking anybody.
type Near interface {
	// WatchNear is Watch where it needs nobody else. False: nothing was done, and
	// Watch has to do it.
	WatchNear(add, remove []identity.PeerID) (done bool, err error)
	// SendNear is Send where every device of the peer is here. Deliver of each
	// goes through deliver, as a Sink's methods are called; the envelope may change
	// after SendNear. False: nothing was done, and Send has to do it.
	SendNear(to identity.PeerID, envelope []byte, deliver func(Sink, []byte) bool) (Outcome, bool)
}

// Far is an Attachment that can relay some envelopes to other nodes without
// waiting for what they say.
type Far interface {
	// SendFar is Send where no device of the peer is here. The outcome is 0 while
	// it is not known: then told is called with it, once, unless the engine closes
	// before; it must not block. The envelope may change after SendFar. False:
	// nothing was done, and Send has to do it.
	SendFar(to identity.PeerID, envelope []byte, told func(Outcome)) (outcome Outcome, done bool)
}

// Sink is where an attachment's events go. Its methods are called one at a
// time, with the engine's locks held: they must not block or call the engine.
type Sink interface {
	// Deliver hands over a relayed envelope; false says that it had no room.
	Deliver(envelope []byte) bool
	// Presence tells that a mutually watched peer came or went. It may repeat what was told.
	Presence(peer identity.PeerID, online bool)
	// MailArrived hints that there is mail for this peer.
	MailArrived()
	// Ended is the last call.
	Ended(reason End)
}

// End says why an attachment ended although nobody detached it.
type End int

// The reasons.
const (
	EndReplaced End = iota + 1 // a newer attachment of the same device
	EndRevoked                 // a newer device list does not name the device
)

// Outcome of Send.
type Outcome int

// The outcomes.
const (
	Accepted Outcome = iota + 1 // relayed, or the sender may not know
	Absent                      // the two watch each other, and the recipient is not here
)
