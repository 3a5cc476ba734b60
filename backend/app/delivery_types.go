package app

// Delivery is the way of a message of mine, and what it waits for.
type Delivery struct {
	Message string         `json:"message"` // id
	State   MessageState   `json:"state"`
	Steps   []DeliveryStep `json:"steps"`             // in the order in which they happened
	Waiting *Waiting       `json:"waiting,omitempty"` // absent once it is on their computer
}

// DeliveryStep is something that happened to a message.
type DeliveryStep struct {
	Kind   StepKind `json:"kind"`
	Way    Way      `json:"way"`
	Time   string   `json:"time"`   // "" when it is not known any more
	Until  string   `json:"until"`  // stored: how long that server keeps it
	Server string   `json:"server"` // stored: host:port, "" when it is not known any more
}

// StepKind is what happened.
type StepKind string

// The kinds.
const (
	StepWritten   StepKind = "written"
	StepTried     StepKind = "tried"  // a line was tried and did not open
	StepStored    StepKind = "stored" // in a mailbox of theirs
	StepSaved     StepKind = "saved"  // in a file
	StepDelivered StepKind = "delivered"
	StepRead      StepKind = "read"
	StepTooLate   StepKind = "too-late" // taken back, when it may have reached them
)

// Way is what brought it.
type Way string

// The ways.
const (
	WayUnknown Way = "unknown"
	WayLAN     Way = "lan"
	WayDirect  Way = "direct"
	WayRelayed Way = "relayed"
	WayMail    Way = "mail"
	WayFile    Way = "file"
)

// Waiting says why a message is not on their computer, and what comes next.
type Waiting struct {
	Code    WaitCode `json:"code"`
	Server  string   `json:"server"`  // host:port that the code is about, "" for none
	NextAt  string   `json:"nextAt"`  // when it is tried again; "" at once, or as soon as something changes
	CanSave bool     `json:"canSave"` // SaveBundle would work now
	// CanCancel: CancelMessage takes it back, as far as that can be.
	CanCancel bool `json:"canCancel"`
}

// CancelOutcome says how far a message had come that was taken back.
type CancelOutcome string

// The outcomes. Of the first two the others never learn that there was something.
const (
	CancelledHere     CancelOutcome = "here"   // it had not left this computer
	CancelledAtServer CancelOutcome = "server" // a server kept it, and deleted it before they said that they have it
	CancelledLate     CancelOutcome = "late"   // it may have reached them; the deletion follows it
)

// Cancelled is what became of a message that was taken back.
type Cancelled struct {
	Outcome CancelOutcome `json:"outcome"`
	Server  string        `json:"server"` // server: host:port, "" when it is not known any more
}

// WaitCode is why.
type WaitCode string

// The codes.
const (
	WaitAsked     WaitCode = "asked"      // they have not accepted yet
	WaitBanned    WaitCode = "banned"     // I banned them
	WaitHeld      WaitCode = "held"       // what was compared differed
	WaitSent      WaitCode = "sent"       // it was sent over the line and is not confirmed
	WaitLine      WaitCode = "line"       // the line is open and it is about to be sent
	WaitStored    WaitCode = "stored"     // it waits at a server until they come
	WaitNoNetwork WaitCode = "no-network" // this computer is on no network
	WaitNoServer  WaitCode = "no-server"  // none of their servers is reached
	WaitNoMailbox WaitCode = "no-mailbox" // their servers keep no mail: both have to be there
	WaitNoKey     WaitCode = "no-key"     // no valid key of theirs is known: both have to be there once
	WaitFull      WaitCode = "full"       // their mailbox is full
	WaitRefused   WaitCode = "refused"    // their servers refuse it
	WaitMany      WaitCode = "many"       // as much as may wait at servers does
	WaitTrying    WaitCode = "trying"     // it is being tried
)

// SavedBundle is a file with what somebody is missing.
type SavedBundle struct {
	Path    string `json:"path"`
	Entries int    `json:"entries"` // messages and changes in it
	Until   string `json:"until"`   // it can be opened until then
	More    bool   `json:"more"`    // not everything had room
}

// ImportedBundle is what a file brought.
type ImportedBundle struct {
	Conversation string `json:"conversation"`
	Entries      int    `json:"entries"` // that were not here
	Known        bool   `json:"known"`   // everything was here already
	Damaged      bool   `json:"damaged"` // a part could not be read: the rest was taken
}
