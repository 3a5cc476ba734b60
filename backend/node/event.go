package node

import (
	"net/netip"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Event is what the core is told: one of the types below.
type Event interface{ isEvent() }

// The events.
type (
	// Tick says that the time the core asked for has come.
	Tick struct{}
	// Command is a call from outside; its Answer effect carries the same ID.
	Command struct {
		ID   uint64
		Call any // one of the …Call types in commands.go
	}
	// Committed answers a Commit effect.
	Committed struct {
		Token uint64
		Err   error
	}
	// EntriesRead answers a ReadEntries effect.
	EntriesRead struct {
		Session      link.Session
		Conversation uuid.UUID
		Want         replica.Want
		Beyond       journal.Vector
		Mail, Check  bool
		Entries      []journal.Entry
		Packed       *wire.Batch // the same, if it was asked for; nil otherwise
		Err          error
	}
	// ExpiringRead answers a ReadExpiring effect.
	ExpiringRead struct {
		Due  []Expired
		Next time.Time
		Err  error
	}
	// LinkEvent comes from the link transport; its messages come as FrameReceived.
	LinkEvent struct{ Event link.Event }
	// FrameReceived is a link frame whose entries were parsed and whose signatures hold.
	FrameReceived struct {
		Session link.Session
		Frame   *wire.LinkFrame // nil when Err is set
		Entries []journal.Entry
		// Orders are those of parents found on disk.
		Orders map[journal.Hash]journal.Order
		Bytes  int   // of the entries, or of the frame
		Size   int   // of the frame as it came, in bytes
		Err    error // the frame broke the protocol
	}
	// SignalFailed says that a link's signal or frame could not be handed over.
	SignalFailed struct {
		Session link.Session
		Err     error
	}
	// ServerEvent comes from the rendezvous client; its envelopes come as EnvelopeOpened.
	ServerEvent struct{ Event signaling.Event }
	// EnvelopeOpened is an envelope that was opened and verified.
	EnvelopeOpened struct {
		Token   string
		Content envelope.Content
		Signal  link.Signal    // of kind signal
		Request *OpenedRequest // of kind request
	}
	// MailOpened is a page of what a mailbox kept, opened and verified.
	MailOpened struct {
		Token   string
		ID      uint64 // of the FetchMail
		Letters []OpenedLetter
		More    bool // another page follows
		Answer  signaling.Answer
	}
	// LetterSealed answers a SealLetter effect.
	LetterSealed struct {
		Letter Outgoing
		Err    error
	}
	// NamesFound answers a FindNames effect: the names whose addresses the address
	// is one of, as ban.NormalizeHost returns them.
	NamesFound struct {
		Address netip.Addr
		Names   []string
	}
	// AddressesFound answers a FindAddresses effect.
	AddressesFound struct {
		Name      string
		Addresses []netip.Addr
		Err       error // nobody could be asked
	}
	// SealingKeyMade answers a MakeSealingKey effect.
	SealingKeyMade struct {
		Key    SealingKey
		Record *wire.Signed
		Err    error
	}
)

func (Tick) isEvent()           {}
func (Command) isEvent()        {}
func (Committed) isEvent()      {}
func (EntriesRead) isEvent()    {}
func (ExpiringRead) isEvent()   {}
func (LinkEvent) isEvent()      {}
func (FrameReceived) isEvent()  {}
func (SignalFailed) isEvent()   {}
func (ServerEvent) isEvent()    {}
func (EnvelopeOpened) isEvent() {}
func (MailOpened) isEvent()     {}
func (LetterSealed) isEvent()   {}
func (SealingKeyMade) isEvent() {}
func (NamesFound) isEvent()     {}
func (AddressesFound) isEvent() {}

// OpenedLetter is a letter of a mailbox whose entries were parsed and whose
// signatures hold.
type OpenedLetter struct {
	Mail    []byte    // its name at the server
	Stored  time.Time // when it was left there, by our clock
	Box     signaling.Box
	Content envelope.Content
	Request *OpenedRequest // of kind request; nothing of what follows is set
	Body    *wire.EntriesBody
	Entries []journal.Entry
	// Orders are those of entries and parents found on disk.
	Orders map[journal.Hash]journal.Order
	Err    error // it is worth nothing; nothing but Mail is set
}

// OpenedRequest is what a request says: well-formed, its text within the limits,
// its entry the first of its sender's log and signed by them. Whether the invite
// is mine, and open, is for the core.
type OpenedRequest struct {
	Body  *wire.RequestBody
	Entry journal.Entry
	Text  string
	// Successions are not empty when the entry says, instead of a text, which
	// identities came before its author's: verified, and they end with it.
	Successions []identity.Succession
}

// Effect is what the core wants done: one of the types below.
type Effect interface{ isEffect() }

// The effects.
type (
	// Commit writes to the store and answers Committed. After a failure the
	// store refuses commits of the same generation, so that nothing is written
	// on top of what is missing.
	Commit struct {
		Token      uint64
		Generation uint64
		Writes     []Write
	}
	// ReadExpiring asks for messages whose time is over and answers ExpiringRead.
	ReadExpiring struct {
		Now   time.Time
		Limit int
	}
	// ReadEntries reads a stretch of a log, or of a conversation beyond a vector,
	// and answers EntriesRead.
	ReadEntries struct {
		Session      link.Session
		Conversation uuid.UUID
		Want         replica.Want
		Beyond       journal.Vector // not nil: instead of Want
		MaxBytes     int
		Pack         bool // also as a batch
		Mail         bool // for a letter, not for a session
		Check        bool // for the proof of an equivocation
	}
	// Report writes to the log what was refused, and why.
	Report struct {
		Peer identity.PeerID
		What string
	}
	// Answer ends a command. Value has the type its call promises.
	Answer struct {
		ID    uint64
		Value any
		Err   error
	}
	// Notify tells the interface.
	Notify struct{ Changes []Change }
	// Log tells whoever looks into why; of others it says nothing.
	Log struct {
		Message string
		Err     error // why something was dropped; nil: for debugging
	}

	// DialLink begins a session as the offerer. This and what follows up to
	// CheckPaths goes to the link transport.
	DialLink struct {
		Session link.Session
		Remote  link.Remote
		Options link.Options
	}
	// AcceptLink answers an offer.
	AcceptLink struct {
		Remote  link.Remote
		Offer   link.Signal
		Options link.Options
	}
	// DeliverSignal hands over a later signal.
	DeliverSignal struct {
		Remote link.Remote
		Signal link.Signal
	}
	// AskDial asks the other side to offer.
	AskDial struct{ Remote link.Remote }
	// SendFrame sends over an open link.
	SendFrame struct {
		Session link.Session
		Frame   *wire.LinkFrame
	}
	// HangUp ends a session.
	HangUp struct {
		Session link.Session
		Why     string
		Cut     bool // without what was sent and has not left yet
	}
	// CloseStream refuses a stream that nobody wants.
	CloseStream struct{ Stream link.Stream }
	// SetRelays replaces the STUN and TURN servers of later sessions.
	SetRelays struct{ Relays []link.Relay }
	// CheckPaths says that the network changed.
	CheckPaths struct{}
	// SetBans replaces what the sockets and the hosted server refuse.
	SetBans struct{ Engine *ban.Engine }
	// FindNames asks which confirmed names an address has, and answers NamesFound.
	FindNames struct{ Address netip.Addr }
	// FindAddresses asks for the addresses of a name, and answers AddressesFound.
	FindAddresses struct{ Name string }
	// RefusePeers tells a server not to route these peers to this device. The
	// client tells it again after each login.
	RefusePeers struct {
		Token string
		Peers []identity.PeerID
	}

	// ConnectServer begins to keep a session with a server. This and what follows
	// up to LookUp goes to the rendezvous client.
	ConnectServer struct {
		Token  string
		Server identity.Server
	}
	// DisconnectServer leaves a server.
	DisconnectServer struct{ Token string }
	// RetryServer tries a server now.
	RetryServer struct{ Token string }
	// PublishRecord replaces what servers hand out.
	PublishRecord struct{ Record *wire.PeerRecord }
	// WatchPeers says whose presence is wanted at a server.
	WatchPeers struct {
		Token string
		Peers []identity.PeerID
	}
	// LookUp asks for a peer's record.
	LookUp struct {
		Token string
		ID    uint64
		Peer  identity.PeerID
	}
	// RegisterTags makes tags lead to this identity's mailbox at a server. The
	// client registers them again after each login.
	RegisterTags struct {
		Token  string
		ID     uint64
		Tags   []signaling.Tag
		Remove [][16]byte
	}
	// SealLetter seals a letter and answers LetterSealed. Time is that at the
	// server that it goes to.
	SealLetter struct {
		Letter     Outgoing // without Sealed
		Kind       wire.EnvelopeKind
		Tag        [16]byte // of an invite; zero: that of the sealing key
		To         envelope.Record
		Time       time.Time
		Life       time.Duration
		Body       []byte
		DeviceList *wire.Signed
		ReplyKey   *wire.Signed
	}
	// PutMail leaves a letter at a server.
	PutMail struct {
		Token    string
		ID       uint64
		Envelope []byte
		Invite   []byte // the secret of the invite at whose tag it is left, nil: none
		Work     bool   // it is left in a box for strangers
	}
	// ClaimHandle takes or renews a handle of my own.
	ClaimHandle struct {
		Token string
		ID    uint64
		Claim *wire.Signed
		// Previous is the consent of an earlier identity of mine, nil for none.
		Previous *wire.Signed
	}
	// ReleaseHandle gives one back.
	ReleaseHandle struct {
		Token  string
		ID     uint64
		Handle string // its name
	}
	// ResolveHandle asks who has one.
	ResolveHandle struct {
		Token  string
		ID     uint64
		Handle string // name@host
	}
	// RecallMail takes a letter back that a server keeps.
	RecallMail struct {
		Token   string
		ID      uint64
		Receipt signaling.Receipt
	}
	// FetchMail asks for what a mailbox kept and is answered by MailOpened.
	FetchMail struct {
		Token string
		ID    uint64
	}
	// DeleteMail says that letters need not be kept.
	DeleteMail struct {
		Token string
		ID    uint64
		Mail  [][]byte
	}
	// SealAndSend seals a body to a device, once for each carrier with the time
	// there, and relays it.
	SealAndSend struct {
		Carriers   []Carrier
		ID         uint64
		To         envelope.Record
		Kind       wire.EnvelopeKind
		Body       []byte
		Life       time.Duration
		DeviceList *wire.Signed
		ReplyKey   *wire.Signed
	}
	// SetSealingKeys replaces the keys that envelopes are opened with.
	SetSealingKeys struct{ Keys []SealingKey }
	// MakeSealingKey makes a new one, with its record, and answers SealingKeyMade.
	MakeSealingKey struct{ Sequence uint64 }
	// SetClock tells a server's time minus ours.
	SetClock struct {
		Token  string
		Offset time.Duration
	}
)

func (Commit) isEffect()           {}
func (ReadExpiring) isEffect()     {}
func (ReadEntries) isEffect()      {}
func (Report) isEffect()           {}
func (Answer) isEffect()           {}
func (Notify) isEffect()           {}
func (Log) isEffect()              {}
func (DialLink) isEffect()         {}
func (AcceptLink) isEffect()       {}
func (DeliverSignal) isEffect()    {}
func (AskDial) isEffect()          {}
func (SendFrame) isEffect()        {}
func (HangUp) isEffect()           {}
func (CloseStream) isEffect()      {}
func (SetRelays) isEffect()        {}
func (CheckPaths) isEffect()       {}
func (SetBans) isEffect()          {}
func (FindNames) isEffect()        {}
func (FindAddresses) isEffect()    {}
func (RefusePeers) isEffect()      {}
func (ConnectServer) isEffect()    {}
func (DisconnectServer) isEffect() {}
func (RetryServer) isEffect()      {}
func (PublishRecord) isEffect()    {}
func (WatchPeers) isEffect()       {}
func (LookUp) isEffect()           {}
func (RegisterTags) isEffect()     {}
func (SealLetter) isEffect()       {}
func (PutMail) isEffect()          {}
func (FetchMail) isEffect()        {}
func (RecallMail) isEffect()       {}
func (ClaimHandle) isEffect()      {}
func (ReleaseHandle) isEffect()    {}
func (ResolveHandle) isEffect()    {}
func (DeleteMail) isEffect()       {}
func (SealAndSend) isEffect()      {}
func (SetSealingKeys) isEffect()   {}
func (MakeSealingKey) isEffect()   {}
func (SetClock) isEffect()         {}
