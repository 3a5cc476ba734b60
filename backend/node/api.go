package node

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// Config is what a Node is made of. All fields are required unless they say otherwise.
type Config struct {
	Keys  *identity.Keys
	Store Store
	// Links makes the link transport. events must be called for its events.
	Links func(LinkConfig) (link.Transport, error)
	// Signaling makes the rendezvous client, likewise.
	Signaling func(SignalingConfig) (signaling.Client, error)
	// Changed is called from the shell's goroutine, in order; it must return soon.
	Changed func([]Change)
	// Names finds the names of addresses, for bans on domains; nil finds none.
	Names  Names
	Now    func() time.Time // nil: the system's clock
	Logger *slog.Logger
}

// LinkConfig is what a Node gives to its link transport.
type LinkConfig struct {
	Identity link.Identity
	Events   func(link.Event)
	Filter   link.Filter
	Now      func() time.Time
	Logger   *slog.Logger
}

// SignalingConfig is what a Node gives to its rendezvous client.
type SignalingConfig struct {
	Keys   *identity.Keys
	Events func(signaling.Event)
	Now    func() time.Time
	Logger *slog.Logger
}

// Commands is what a Node can be asked; *Node implements it. Every method
// returns when what it promises is on disk. Errors that a person may see are *Refusal.
type Commands interface {
	// SetProfile keeps name (1 to 64 characters, trimmed) and colour (1 to 8).
	SetProfile(ctx context.Context, name string, color int) error
	// ChangeProfile does so, with an about (up to 140 characters) and a picture
	// (a JPEG of up to 16 KiB, nil for none). Contacts learn it.
	ChangeProfile(ctx context.Context, name string, color int, about string, picture []byte) error
	// SetPrivacy says what others learn of this person.
	SetPrivacy(ctx context.Context, privacy Privacy) error
	// Mute keeps a contact quiet who was muted when the device ran last: the interface
	// remembers that. Who floods is muted without it.
	Mute(ctx context.Context, conversation uuid.UUID, since time.Time) error
	// Unmute ends that, and asks for what was not kept meanwhile.
	Unmute(ctx context.Context, conversation uuid.UUID) error
	// PinConversations has exactly these, at most MaxPins, stand at the top of the
	// list, in this order. Errors: codes pins, no-conversation.
	PinConversations(ctx context.Context, conversations []uuid.UUID) error
	// SetFolder moves a conversation in or out of the list. What they write brings an
	// archived one back, unless it is quiet, and a hidden one whatever is written.
	SetFolder(ctx context.Context, conversation uuid.UUID, folder Folder) error
	// SetQuiet says whether what they send makes no noise.
	SetQuiet(ctx context.Context, conversation uuid.UUID, quiet bool) error
	// SetMarked marks a conversation as unread, or takes that back. Nobody is told.
	SetMarked(ctx context.Context, conversation uuid.UUID, unread bool) error
	// ClearConversation erases its messages on this device, as EraseMessages does, for
	// good; those of mine that wait for them still go, and are erased then. Headers
	// stay, so that nothing of it comes back. The other side keeps theirs.
	ClearConversation(ctx context.Context, conversation uuid.UUID) error
	// DeleteConversation does that, drops the draft, and takes it out of the list until
	// somebody writes. The contact stays; of somebody who is forgotten nothing stays.
	DeleteConversation(ctx context.Context, conversation uuid.UUID) error
	// ForgetContact makes a contact, or somebody who was asked, a stranger: see
	// Core.forget. With erase the conversation goes too. A ban on them stays.
	ForgetContact(ctx context.Context, conversation uuid.UUID, erase bool) error
	// SetRoute says which ways lines to one contact take.
	SetRoute(ctx context.Context, conversation uuid.UUID, route Route) error
	// SendText appends a text to the own log of a conversation.
	SendText(ctx context.Context, conversation uuid.UUID, text string) (Message, error)
	// SendReply does so with the message that it answers, zero for none.
	SendReply(ctx context.Context, conversation uuid.UUID, text string, answered journal.Hash) (Message, error)
	// EditMessage gives a message of mine another text. Whoever reads the messages makes
	// sure that it is mine and not deleted: what others are told about any other changes nothing.
	EditMessage(ctx context.Context, conversation uuid.UUID, message journal.Hash, text string) error
	// DeleteMessage takes a message of mine back for everyone, or hides any on this
	// device, as whoever reads the messages found it. Letters with it are taken back
	// from the servers that keep them as far as that can be, now or when these are
	// there; nobody is told how that went.
	DeleteMessage(ctx context.Context, message Message, everywhere bool) error
	// CancelMessage takes back a message of mine that is not delivered, as whoever
	// reads the messages found it; saved says that it is in a bundle file. Letters
	// with it are deleted at the servers that keep them; then its content is erased
	// here, and it is shown nowhere any more. The entry is part of a signed log and
	// stays: they get its header without content, and are shown nothing. If it may
	// have reached them, it is deleted for everyone instead (DeleteMessage), and the
	// outcome says so. It answers when the servers did; one that is not there is asked
	// when it is. Error: code delivered.
	CancelMessage(ctx context.Context, message Message, saved bool) (Cancelled, error)
	// React puts an emoji on a message, or takes it away.
	React(ctx context.Context, conversation uuid.UUID, reaction journal.Reaction) error
	// SetTimer says how long messages written from now on stay once they were
	// read: whole seconds up to journal.MaxTimer, 0 for good.
	SetTimer(ctx context.Context, conversation uuid.UUID, stay time.Duration) error
	// MarkRead moves my read position; positions never move back.
	MarkRead(ctx context.Context, conversation uuid.UUID, read journal.Vector) error
	// Typing tells the other side, if a line is open. Not kept.
	Typing(ctx context.Context, conversation uuid.UUID) error
	// Focus says which conversation is on screen (uuid.Nil: none): a reason for a line.
	Focus(ctx context.Context, conversation uuid.UUID) error

	// CreateInvite makes and keeps an invite.
	CreateInvite(ctx context.Context, label string, life time.Duration, uses int) (Invite, error)
	// Invites returns all own invites, newest first.
	Invites(ctx context.Context) ([]Invite, error)
	// RevokeInvite ends one.
	RevokeInvite(ctx context.Context, id uuid.UUID) error
	// Ask opens somebody's invite with a first message: the request.
	Ask(ctx context.Context, invite invite.Invite, text string) (Contact, error)
	// ClaimHandle takes a handle (name@host, or the name alone where one server of
	// mine has handles) for this identity, at the server of mine that was added
	// under that host. ReleaseHandle gives it back.
	ClaimHandle(ctx context.Context, handle string) (Handle, error)
	ReleaseHandle(ctx context.Context, handle string) error
	// FindHandle asks who has a handle; nothing is sent to them.
	FindHandle(ctx context.Context, handle string) (Found, error)
	// AskHandle does what Ask does, without an invite: peer is who was found.
	AskHandle(ctx context.Context, handle string, peer identity.PeerID, text string) (Contact, error)
	// Accept, Decline: a request by its peer.
	Accept(ctx context.Context, peer identity.PeerID) (Contact, error)
	Decline(ctx context.Context, peer identity.PeerID) error

	// AddBan adds a ban (ID, Added, Name and Color are filled in); RestoreBan adds it as it is.
	AddBan(ctx context.Context, ban Ban) (Ban, error)
	RestoreBan(ctx context.Context, ban Ban) (Ban, error)
	RemoveBan(ctx context.Context, id uuid.UUID) (Ban, error)
	// EditBan changes Reason, Expires and Tell of the ban with this ID.
	EditBan(ctx context.Context, ban Ban) (Ban, error)
	// ImportBans adds those of a list that are not on mine, all in one transaction,
	// and returns how many were on it. Each is checked as AddBan does; the first that
	// may not be added refuses all.
	ImportBans(ctx context.Context, bans []Ban) (BansImported, error)
	// ClearBans ends all bans and returns how many there were.
	ClearBans(ctx context.Context) (int, error)
	// Bans returns all bans, oldest first, with the revision of the list; only the
	// revision if it is the known one.
	Bans(ctx context.Context, known uint64) (BanList, error)
	// Touched tells whom a ban would reach, of contacts and requests.
	Touched(ctx context.Context, ban Ban) (Touch, error)
	// BanOn returns the ban that keeps a person out. Error: code no-ban.
	BanOn(ctx context.Context, peer identity.PeerID) (Ban, error)
	// BansBy returns those of these bans, by ID, that are on the list.
	BansBy(ctx context.Context, ids []uuid.UUID) ([]Ban, error)
	// BannedPeer tells whether a person is banned by their key.
	BannedPeer(peer identity.PeerID) bool

	// AddServer, RemoveServer, RetryServer: introduction servers of my own, by key.
	AddServer(ctx context.Context, server identity.Server) error
	RemoveServer(ctx context.Context, key identity.ServerKey) error
	RetryServer(ctx context.Context, key identity.ServerKey) error
	// Host tells where the server inside this app listens: local is for this
	// device, public for others. Zero values: it is off.
	Host(ctx context.Context, local, public identity.Server) error

	// Delivery tells how what waits for a contact stands.
	Delivery(ctx context.Context, conversation uuid.UUID) (Delivery, error)
	// ExportBundle returns a bundle (package bundle) of what a contact is missing,
	// sealed to their device, with what this device holds of theirs.
	ExportBundle(ctx context.Context, conversation uuid.UUID) (Bundle, error)
	// ImportBundle takes a bundle that a contact made for this device. It returns
	// when what came is on disk.
	ImportBundle(ctx context.Context, data []byte) (Imported, error)

	// Compared keeps what came of comparing safety numbers: the contact is known, or
	// nothing more is sent to them until something else is said.
	Compared(ctx context.Context, conversation uuid.UUID, same bool) error
	// ForgetCompared takes that back: what was held back is sent.
	ForgetCompared(ctx context.Context, conversation uuid.UUID) error
	// StartCheck asks a contact to compare by emoji, over the open line.
	StartCheck(ctx context.Context, conversation uuid.UUID) error
	// AnswerCheck says whether this person wants to compare now. No also ends a
	// check that is under way, and puts one away that is over.
	AnswerCheck(ctx context.Context, conversation uuid.UUID, yes bool) error
	// FinishCheck says whether this person saw the same emoji.
	FinishCheck(ctx context.Context, conversation uuid.UUID, same bool) error
	// Retire gives this person's identity up for good: contacts are told, invites
	// end, nothing can be sent any more.
	Retire(ctx context.Context) error

	// NetworkChanged: the addresses of this machine changed, or it woke up.
	NetworkChanged(ctx context.Context) error
	// Live returns everything that is known now.
	Live(ctx context.Context) (Live, error)
	// Traffic tells what lines carried since the start, and how those that are open do.
	Traffic(ctx context.Context) (Traffic, error)
	// Mailboxes tells what is known of sealed mail.
	Mailboxes(ctx context.Context) (Mailboxes, error)
	// Damaged says that what is kept was found to be damaged: nothing more is taken.
	Damaged(ctx context.Context) error
}

// Live is a copy of the core's state.
type Live struct {
	Self     Self
	ReadOnly bool
	Problem  error
	Contacts []LiveContact
	Requests []Request
	Servers  []LiveServer
	Handles  []LiveHandle  // own, by when they were claimed
	Lines    int           // open links
	Clock    time.Duration // the servers' time minus ours; 0 unknown
	Retired  time.Time     // when this identity was given up; zero: it was not
}

// LiveContact is a contact and how they are connected.
type LiveContact struct {
	Contact  Contact
	Banned   bool
	Presence Presence
	Line     Line
	Typing   bool
	Trouble  *Refusal // why nothing can be said to them: another major version; nil if none
	Doubts   []Doubt  // the gravest first

	Verification Verification
	Check        *LiveCheck // nil: none
	Retired      time.Time  // when they gave their identity up; zero: they did not
	Muted        time.Time  // since when nothing is told of what they send, because it is too much; zero: they are not muted
	Next         uuid.UUID  // the conversation with the identity that follows; uuid.Nil: none does
}

// LiveServer is a server and how it is doing.
type LiveServer struct {
	Server  identity.Server
	Hosted  bool // the one in this app
	Guest   bool // a contact's
	Up      bool
	Trying  bool // connecting for the first time
	RTT     time.Duration
	RTTs    []time.Duration // the last ones of this run, oldest first
	Since   time.Time
	Code    signaling.Code // why it is down
	RetryAt time.Time
	// Directory: it is up and has handles.
	Directory bool
}

// Presence of a contact.
type Presence int

// The presences.
const (
	PresenceUnknown Presence = iota
	PresenceOnline
	PresenceOffline
)

// LineState is how a contact is connected.
type LineState int

// The line states.
const (
	LineWaiting LineState = iota // they are away
	LineIdle                     // they are there, no reason for a line
	LineConnecting
	LineOpen
	LineHeld // what was compared with them differed: nothing is sent
)

// Line is the state of the link to a contact.
type Line struct {
	State     LineState
	Path      link.Path     // when open
	RoundTrip time.Duration // smoothed; 0 unknown
	RelayHost string
}

// Change is something that the interface may want to show. Exactly one field is set.
type Change struct {
	Contact  *LiveContact     // new or changed: row, presence, line, typing
	Removed  uuid.UUID        // conversation that is gone
	Cleared  uuid.UUID        // conversation whose messages so far are gone
	Message  *Message         // appended, as its own entry says it
	Touched  *Touched         // a message looks different, or is gone: what was said about it is on disk
	Position uuid.UUID        // conversation in which delivered or read marks moved
	Request  *Request         // new or changed
	Answered *identity.PeerID // request that is gone
	Bans     bool
	Servers  bool
	Self     bool
	Problem  bool
	Happened *Happened
}

// Touched names a message.
type Touched struct {
	Conversation uuid.UUID
	Message      journal.Hash
}

// Refusal is an error for a person.
type Refusal = chat.Refusal
