package engine

import (
	"context"
	"errors"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Errors of a mailbox.
var (
	ErrTagTaken    = errors.New("engine: the tag is somebody else's")
	ErrTooManyTags = errors.New("engine: too many tags of one peer")
	ErrBoxFull     = errors.New("engine: the box is full")
	// ErrUnavailable says that nothing can be stored or read now: no majority, no
	// room on the disk. What was asked may or may not have happened.
	ErrUnavailable = errors.New("engine: the store does not answer")
)

// Limits of a mailbox. The sizes of a box hold for everything in it together.
const (
	MaxTags        = 4096                // of one peer
	MaxTagLife     = 30 * 24 * time.Hour // from now
	MaxMailLife    = 14 * 24 * time.Hour // from now, whatever the envelope says
	ContactBox     = 1000                // envelopes
	ContactBoxSize = 16 << 20            // bytes
	InviteBox      = 50                  // envelopes of one invite
	InviteBoxSize  = 2 << 20
	StrangerBox    = 100 // envelopes
	StrangerSize   = 2 << 20
)

// Tag is where mail is left: the destination tag of an envelope's outer header.
type Tag [16]byte

// Box says who may leave mail at a tag. The numbers are those of wire.MailBox.
type Box int

// The boxes. Each peer has one for contacts, one for strangers, and one for
// each invite; what is in one takes no room from another.
const (
	BoxContact Box = iota + 1
	BoxInvite
	BoxStranger
)

// Quota returns how many envelopes a box holds, and how many bytes of them.
// An engine may hold up to a tenth less or more where it counts by size classes,
// and of large envelopes alone, above 8 KiB, only a tenth of the count.
func Quota(box Box) (envelopes, size int) {
	switch box {
	case BoxContact:
		return ContactBox, ContactBoxSize
	case BoxInvite:
		return InviteBox, InviteBoxSize
	case BoxStranger:
		return StrangerBox, StrangerSize
	}
	return 0, 0
}

// TagClaim is a tag that its owner registers.
type TagClaim struct {
	Tag     Tag
	Box     Box
	Expires time.Time
}

// Mail is a kept envelope. ID is what Delete takes; it means nothing to others.
type Mail struct {
	ID       []byte // at most 32 bytes
	Envelope []byte
	Stored   time.Time
	Box      Box
}

// Mailbox keeps sealed envelopes for peers that are away. Every method returns
// once a majority has synced it to its disks, as far as the engine has disks.
type Mailbox interface {
	// Register makes tags lead to boxes of owner, renews them, and removes
	// others of owner; all of it or nothing. Errors: ErrTagTaken,
	// ErrTooManyTags, ErrUnavailable.
	Register(ctx context.Context, owner identity.PeerID, add []TagClaim, remove []Tag) error
	// Resolve returns whose a tag is, and which box; false when nobody
	// registered it or it expired. Error: ErrUnavailable.
	Resolve(ctx context.Context, tag Tag) (owner identity.PeerID, box Box, found bool, err error)
	// Put keeps an envelope until it is deleted or expires, and hints the
	// owner's devices, on whatever node they are. The same envelope put again at
	// the same tag within 10 minutes is kept once. Errors: ErrBoxFull,
	// ErrUnavailable.
	Put(ctx context.Context, owner identity.PeerID, box Box, tag Tag, envelope []byte, expires time.Time) error
	// Fetch returns kept envelopes of all of owner's boxes in the order in which
	// each box got them, at least one if there is one, and more as long as they
	// fit into size bytes together. next continues there and is nil at the end.
	// What was put before Fetch was called is never missed. after is nil for the
	// start; one that Fetch did not return is as nil. Error: ErrUnavailable.
	Fetch(ctx context.Context, owner identity.PeerID, after []byte, size int) (mails []Mail, next []byte, err error)
	// Delete forgets mail of owner; ids of others and unknown ones are passed
	// over. Error: ErrUnavailable.
	Delete(ctx context.Context, owner identity.PeerID, ids [][]byte) error
	// Recall forgets the envelope with a SHA-256 and a size that was put at a tag
	// of owner's, and tells whether it was there. read is how many bytes of envelopes
	// were looked at for that, at most a box of them, also with an error.
	// Error: ErrUnavailable.
	Recall(ctx context.Context, owner identity.PeerID, box Box, tag Tag, hash [32]byte, size int) (found bool, read int, err error)
}
