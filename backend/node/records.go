package node

import (
	"errors"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// Errors that a Store answers with.
var (
	ErrDiskFull = errors.New("node: the disk is full")
	ErrReadOnly = errors.New("node: the database can only be read")
	ErrDamaged  = errors.New("node: the database is damaged")
	ErrNotFound = errors.New("node: not found")
)

// Snapshot is what the core keeps in memory.
type Snapshot struct {
	ReadOnly      bool // opened for reading only; Problem says why
	Problem       error
	Self          Self
	Contacts      []Contact
	Conversations []Conversation
	Requests      []Request
	Declined      []identity.PeerID // whose requests are dropped
	Invites       []Invite
	Servers       []Server
	Handles       []Handle // own, by when they were claimed
	Bans          []Ban
	SealingKeys   []SealingKey // own, usable ones and those kept for opening
	Seen          []Seen       // envelope ids, against replays
	Outgoing      []Outgoing   // letters, by when they were sealed
	Timed         bool         // some messages disappear one day
	// Copied: the files are not where they were last written. They may be an old
	// copy, so nothing may be appended to the own logs in them.
	Copied bool
	// Epochs are the least that this device may write in a conversation; the one
	// under uuid.Nil holds for all.
	Epochs map[uuid.UUID]uint32
	Forks  []Fork

	Verifications []Verification
	Retirements   []Retirement
}

// Fork is the proof of an equivocation: two entries that a device signed for one
// place of a log, or two that follow one another without the second naming the
// first. The first stands at Sequence.
type Fork struct {
	Conversation  uuid.UUID
	Log           journal.Log
	Sequence      uint64
	First, Second []byte // serialised wire.Entry, without bodies
	Seen          time.Time
}

// Self is this person and device as kept beside the keys.
type Self struct {
	Name            string
	Color           int
	Created         time.Time // zero: first run
	DeviceList      []byte    // serialised wire.Signed, version 1 to begin with
	LocationVersion uint64
	RecordSequence  uint64 // of the last key record
	ServerMode      string // "hosting" (default) or "off"
	HostPort        int    // the port the hosted server had last time, 0 none
	About           string
	Picture         []byte // a JPEG, nil for none
	HideReads       bool   // what I have read is nobody else's to know, nor what they have read mine
	HidePresence    bool   // nor when I am there, nor when they are
	HideTyping      bool   // nor when I write, nor when they do
	Route           Route  // of lines; RouteInherited counts as RouteAny
}

// ContactState is how far two people are.
type ContactState int

// The states.
const (
	ContactAsked  ContactState = iota + 1 // I sent a request
	ContactMutual                         // both sides accepted
	// ContactForgotten: nobody to this device any more; their conversation is kept to
	// be read. The core holds no contact for them.
	ContactForgotten
)

// Contact is somebody I asked or accepted. Bans are kept apart.
type Contact struct {
	Peer         identity.PeerID
	Conversation uuid.UUID
	State        ContactState
	Name         string
	Color        int
	Since        time.Time
	InviteID     uuid.UUID // of mine, by which they came; Nil when I opened theirs
	InviteLabel  string
	TheirInvite  []byte            // id (16) and secret (16) of the invite I opened, while asked; nil when I asked as a stranger
	Handle       string            // name@host, by which I found them; "" when I did not
	Stranger     bool              // they found me by a handle of mine
	Record       []byte            // serialised wire.PeerRecord, the newest known, verified
	Servers      []identity.Server // where they are found
	Minor        int               // protocol minor they spoke last
	Major        int               // protocol major they spoke last
	About        string
	Profile      journal.Hash  // the entry that says how they want to be shown; zero: none did
	ProfileOrder journal.Order // its place
	Picture      [32]byte      // SHA-256 of the picture in it; zero: none
	Route        Route         // of lines to them
	// KnownAs is the earlier identity of mine under which they know me, while they
	// have not learned of the present one; zero: they have.
	KnownAs  identity.PeerID
	AskEpoch uint32 // of the own log that begins with my request; 0: of the first there is
}

// Conversation is what the core knows of one: heads and positions.
type Conversation struct {
	ID     uuid.UUID
	Peer   identity.PeerID
	Held   journal.Vector // heads of all logs on this disk, with hashes
	Read   journal.Vector // my read position (sequences of others' logs)
	Remote []RemotePosition
	// HeadOrders are the orders of the heads in Held, needed to order what comes next.
	HeadOrders map[journal.Log]journal.Order
	Timer      Timer
	Standing   Standing
}

// Timer is how long messages that are written now stay once they were read, and
// the place of the entry that says so.
type Timer struct {
	Stay  time.Duration // 0: for good
	Order journal.Order
}

// RemotePosition is what a remote device said it holds and its person has read.
type RemotePosition struct {
	Device identity.DeviceID
	Held   journal.Vector
	Read   journal.Vector
}

// Request is somebody who asks, with what they sent, not yet part of any conversation.
type Request struct {
	Peer        identity.PeerID
	Name        string
	Color       int
	Text        string
	Entries     [][]byte // serialised wire.Entry
	Record      []byte   // serialised wire.PeerRecord as far as known (device list, key, location)
	Servers     []identity.Server
	InviteID    uuid.UUID
	InviteLabel string
	InviteMade  time.Time
	Arrived     time.Time
}

// Invite is one of my own.
type Invite struct {
	ID      uuid.UUID
	Label   string
	Link    string
	Secret  [16]byte
	Created time.Time
	Expires time.Time
	Uses    int
	Used    []identity.PeerID // who came by it
	Revoked bool
}

// Server is an introduction server that the person added, or a contact's.
type Server struct {
	Key   identity.ServerKey // zero until it told it
	URLs  []string
	Added time.Time
}

// BanKind is what a ban names.
type BanKind int

// The kinds.
const (
	BanPeer BanKind = iota + 1
	BanAddress
	BanRange
	BanInvite
	BanDomain
)

// Ban is one line of the ban list.
type Ban struct {
	ID      uuid.UUID
	Kind    BanKind
	Peer    identity.PeerID // for BanPeer
	Invite  uuid.UUID       // for BanInvite: one of mine, those who came by it
	Domain  string          // for BanDomain, as ban.NormalizeDomain returns it
	Name    string          // of the peer, or the invite's label, when it was banned
	Color   int
	Range   netip.Prefix // for BanAddress (full length) and BanRange; unmapped, masked
	Reason  string
	Added   time.Time
	Expires time.Time // it holds before; zero: for good
	Tell    bool      // my own servers are told not to route the people it means to me
	Blocked int
}

// SealingKey is a serialised envelope.SealingKey and its life.
type SealingKey struct {
	ID      [16]byte
	Private []byte
	Created time.Time
	Expires time.Time // not offered after
	Delete  time.Time // not kept after
}

// Seen is the id of an envelope that was opened.
type Seen struct {
	ID    uuid.UUID
	Until time.Time
}

// Outgoing is a letter of mine, from when it is sealed until a device of theirs
// holds what it carries.
type Outgoing struct {
	ID           uuid.UUID
	Conversation uuid.UUID
	Peer         identity.PeerID
	Device       identity.DeviceID // it is sealed to
	Log          journal.Log       // it carries the entries of this log after After, up to Through
	After        uint64
	Through      uint64 // 0: it carries none, it acknowledges
	Sealed       []byte // nil once a server keeps it, and of an acknowledgement that is not sealed yet
	SealedAt     time.Time
	Expires      time.Time
	Until        time.Time          // a server keeps it until then; zero: none does yet
	Server       identity.ServerKey // which
	Receipt      signaling.Receipt  // of a letter that a server keeps: what takes it back there; zero: not known
}

// Row is what the list shows of a conversation, computed by the store.
type Row struct {
	Conversation uuid.UUID
	Contact      Contact
	Last         *Message // nil when there is none
	Unread       int      // texts of others after my read position
	Queued       int      // my texts that no device of theirs holds
	Draft        string
	Timer        Timer
	Former       bool // of before a key changed: it is only read; Contact.Conversation is this one all the same
	Standing     Standing
}

// Message is a text in a timeline, as it stands after all that was said about it.
type Message struct {
	Hash         journal.Hash
	Conversation uuid.UUID
	Log          journal.Log
	Sequence     uint64
	Order        journal.Order
	Mine         bool
	Author       identity.PeerID
	Text         string
	Claimed      time.Time
	Arrived      time.Time // when it was written to this disk
	Stored       bool      // mine: not delivered, and a mailbox of theirs keeps it
	Delivered    bool      // mine: a device of theirs holds it
	Read         bool      // mine: they read it; theirs: I did

	Deleted bool // its author took it back for everyone; nothing below is set, nor Text

	Edited    time.Time // when the edit that stands was written, by its author's clock; zero: none
	Reply     *Reply    // nil when it answers none
	Reactions []Reaction
	Timer     time.Duration // how long it stays once it was read; 0: for good
	Expires   time.Time     // when it disappears from this device; zero: never, or it was not read yet
}

// Reply is the message that another one answers.
type Reply struct {
	Message journal.Hash
	Here    bool // it is on this device; nothing below is set if it is not
	Deleted bool
	Mine    bool
	Author  identity.PeerID
	Text    string // its beginning, at most [ReplyText] characters
}

// ReplyText is how many characters of a message are shown where it is answered.
const ReplyText = 200

// Reaction is an emoji with those who put it on a message, in the order in
// which they did.
type Reaction struct {
	Emoji   string
	Authors []identity.PeerID
	Mine    bool
}

// Expired is a message whose time is over.
type Expired struct {
	Conversation uuid.UUID
	Message      journal.Hash
}

// Write is one change to the store: one of the Put…, Delete… and Append types below.
type Write interface{ isWrite() }

// The writes.
type (
	// PutSelf keeps this person and device.
	PutSelf struct{ Self Self }
	// PutContact keeps a contact, with its conversation.
	PutContact struct{ Contact Contact }
	// MoveContact keeps a contact that is there, with another conversation. The one
	// before stays as a former one.
	MoveContact struct{ Contact Contact }
	// PutFormer keeps a former conversation with a contact.
	PutFormer struct {
		Conversation uuid.UUID
		Peer         identity.PeerID
	}
	// DeleteContact removes a contact that was only asked, with its conversation and log.
	DeleteContact struct{ Peer identity.PeerID }
	// AppendEntry adds an entry to its log and what it says to the timeline and projections.
	// Order and Author are the core's; a second append of the same (log, sequence) is an error.
	AppendEntry struct {
		Entry   journal.Entry
		Order   journal.Order
		Author  identity.PeerID
		Mine    bool
		Arrived time.Time
	}
	// PutRemotePosition merges by maximum. The timers of my messages up to there
	// count from At on; zero: they do not.
	PutRemotePosition struct {
		Conversation uuid.UUID
		Position     RemotePosition
		At           time.Time
	}
	// PutRead merges my read position by maximum. The timers of others' messages
	// up to there count from At on; zero: they do not.
	PutRead struct {
		Conversation uuid.UUID
		Read         journal.Vector
		At           time.Time
	}
	// HideMessage takes a message out of the timeline of this device alone, and
	// erases it as soon as a device of theirs holds it, if it is mine.
	HideMessage struct{ Message journal.Hash }
	// EraseMessages erases messages whose time is over from this device: their
	// bodies, salts and edits, and everything made from them, snapshots and the
	// write-ahead log included. Their headers stay. An edit of one of mine that they
	// hold keeps its body until they hold it too: then the message is due again.
	EraseMessages struct{ Messages []journal.Hash }
	// PutRequest keeps a request.
	PutRequest struct{ Request Request }
	// DeleteRequest ends a request.
	DeleteRequest struct {
		Peer     identity.PeerID
		Declined bool // remember, and drop what they send later
	}
	// PutInvite keeps an own invite.
	PutInvite struct{ Invite Invite }
	// PutServer keeps a server, by key.
	PutServer struct{ Server Server }
	// DeleteServer forgets a server.
	DeleteServer struct{ Server Server }
	// PutHandle keeps an own handle, by name and host.
	PutHandle struct{ Handle Handle }
	// DeleteHandle forgets one.
	DeleteHandle struct{ Name, Host string }
	// PutBan keeps a ban.
	PutBan struct{ Ban Ban }
	// DeleteBan ends a ban.
	DeleteBan struct{ ID uuid.UUID }
	// CountBlocked adds to a ban's counter.
	CountBlocked struct {
		ID  uuid.UUID
		Add int
	}
	// PutSealingKey keeps a sealing key.
	PutSealingKey struct{ Key SealingKey }
	// DeleteSealingKey erases a sealing key.
	DeleteSealingKey struct{ ID [16]byte }
	// PutSeen remembers an envelope's id.
	PutSeen struct{ Seen Seen }
	// DeleteSeen forgets those whose time is over.
	DeleteSeen struct{ Before time.Time }
	// PutOutgoing keeps a letter of a conversation that is there.
	PutOutgoing struct{ Outgoing Outgoing }
	// DeleteOutgoing ends a letter.
	DeleteOutgoing struct{ ID uuid.UUID }
	// PutStep keeps a step of a conversation that is there.
	PutStep struct{ Step Step }
	// PutEpoch raises the least epoch of a conversation, or of all (uuid.Nil).
	PutEpoch struct {
		Conversation uuid.UUID
		Least        uint32
	}
	// PutPlace says that the files are where they belong: Snapshot.Copied ends.
	PutPlace struct{}
	// PutFork keeps a proof, unless there is one for the same place.
	PutFork struct{ Fork Fork }
)

func (PutSelf) isWrite()           {}
func (PutContact) isWrite()        {}
func (MoveContact) isWrite()       {}
func (PutFormer) isWrite()         {}
func (DeleteContact) isWrite()     {}
func (AppendEntry) isWrite()       {}
func (PutRemotePosition) isWrite() {}
func (PutRead) isWrite()           {}
func (HideMessage) isWrite()       {}
func (EraseMessages) isWrite()     {}
func (PutRequest) isWrite()        {}
func (DeleteRequest) isWrite()     {}
func (PutInvite) isWrite()         {}
func (PutServer) isWrite()         {}
func (DeleteServer) isWrite()      {}
func (PutHandle) isWrite()         {}
func (DeleteHandle) isWrite()      {}
func (PutBan) isWrite()            {}
func (DeleteBan) isWrite()         {}
func (CountBlocked) isWrite()      {}
func (PutSealingKey) isWrite()     {}
func (DeleteSealingKey) isWrite()  {}
func (PutSeen) isWrite()           {}
func (DeleteSeen) isWrite()        {}
func (PutOutgoing) isWrite()       {}
func (DeleteOutgoing) isWrite()    {}
func (PutStep) isWrite()           {}
func (PutEpoch) isWrite()          {}
func (PutPlace) isWrite()          {}
func (PutFork) isWrite()           {}
