package node

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Comparison is what came of comparing with a contact.
type Comparison int

// What can have come of it.
const (
	NotCompared      Comparison = iota
	ComparedSame                // both saw the same: the key is theirs
	ComparedDiffered            // somebody may sit in between: nothing more is sent
	ComparedBefore              // the same, with a key that this one follows: nothing is sent until that is acknowledged
	ComparedForked              // two keys follow the one before: nothing is sent until that is acknowledged
)

// Method is how two people compared.
type Method int

// The methods.
const (
	MethodNone   Method = iota
	MethodNumber        // the safety number: seen, read aloud, or pasted
	MethodEmoji         // seven emoji over the line
)

// Verification says how the key of a contact is known to be theirs. The number
// that was compared is that of Mine and Peer.
type Verification struct {
	Peer     identity.PeerID
	Link     bool // the key came with an invite of theirs
	Compared Comparison
	How      Method
	At       time.Time       // when it was compared; zero: it was not
	Mine     identity.PeerID // zero: it was not
}

// Retirement is an identity that is given up: somebody's, or this person's own.
type Retirement struct {
	Peer   identity.PeerID
	At     time.Time // by their clock
	Signed []byte    // serialised wire.Signed, or with a successor wire.SignedSuccession, which says so
	// Successor is the identity as which the same person goes on; zero: none.
	Successor identity.PeerID
}

// More writes.
type (
	// PutVerification keeps how a contact that is there is known.
	PutVerification struct{ Verification Verification }
	// PutRetirement keeps that an identity is given up; the first one stays.
	PutRetirement struct{ Retirement Retirement }
)

func (PutVerification) isWrite() {}
func (PutRetirement) isWrite()   {}
