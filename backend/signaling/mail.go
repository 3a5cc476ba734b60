package signaling

import "time"

// Limits of mail.
const (
	MaxTags     = 4096                // of one identity
	MaxTagLife  = 30 * 24 * time.Hour // from now
	MaxToDelete = 16 << 10            // ids in one DeleteMail
)

// Mail is what a mailbox is asked. Events: Arrived, Answered, Stored, Fetched.
type Mail interface {
	// RegisterTags makes tags lead to boxes of this identity, renews them, and
	// removes others. The client remembers them, session or not, and registers
	// them again after each login until they expire; it answers that with id 0.
	// Answers: done, taken, too-many, invalid, unavailable, no-session, not-offered.
	RegisterTags(token string, id uint64, add []Tag, remove [][16]byte)
	// PutMail leaves a sealed envelope at the tag of its outer header; its
	// Event.Stored carries id. A proof of work is made first, which takes a core
	// a second or so.
	PutMail(token string, id uint64, envelope []byte, proof Proof)
	// Cancel gives up a PutMail whose work is not done yet; otherwise nothing happens.
	Cancel(token string, id uint64)
	// RecallMail deletes an envelope that a server keeps and nobody fetched and
	// deleted yet. Answers: done, not-found, unavailable, no-session, not-offered
	// (also by a server that cannot).
	RecallMail(token string, id uint64, envelope Receipt)
	// FetchMail hands over everything that is kept for this identity, oldest
	// first, in as many Event.Fetched as it takes. Nothing is deleted by it.
	FetchMail(token string, id uint64)
	// DeleteMail says that mail was applied and need not be kept; at most
	// MaxToDelete ids. Answers: done, invalid, unavailable, no-session, not-offered.
	DeleteMail(token string, id uint64, mail [][]byte)
}

// Box says who may leave mail at a tag. The numbers are those of wire.MailBox.
type Box int

// The boxes.
const (
	BoxContact  Box = iota + 1 // whoever was given the tag
	BoxInvite                  // the tag is derived from an invite's secret
	BoxStranger                // proof of work for each envelope
)

// Tag is where mail is left.
type Tag struct {
	Tag     [16]byte
	Box     Box
	Expires time.Time // by our clock; at most MaxTagLife ahead
}

// Proof opens boxes that are not for contacts; the zero value opens none of them.
type Proof struct {
	Invite []byte // the invite's secret, 16 bytes
	Work   bool   // make a proof of work
}

// Receipt names an envelope at the server that keeps it.
type Receipt struct {
	Tag  [16]byte
	Hash [32]byte // SHA-256 of the envelope
	Size int      // of the envelope in bytes
}

// Stored is the outcome of PutMail: done means replicated and synced.
type Stored struct {
	ID     uint64
	Answer Answer    // done, not-found, full, proof, refused, unavailable, no-session, not-offered, cancelled
	Until  time.Time // when done: kept until it is fetched and deleted, or until then, by our clock
}

// Arrived hints that there may be something to fetch: after each login, and
// when mail comes. It may come twice or not at all.
type Arrived struct{}

// Fetched is a page of FetchMail.
type Fetched struct {
	ID     uint64
	Mails  []Letter
	More   bool   // another page follows
	Answer Answer // done, unavailable, no-session, not-offered; Mails count anyhow
}

// Letter is an envelope that a mailbox kept.
type Letter struct {
	ID       []byte // for DeleteMail
	Envelope []byte // sealed; nothing is checked but its size
	Stored   time.Time
	Box      Box // 0: of a newer server
}
