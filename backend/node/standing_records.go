package node

import (
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Folder is where the list has a conversation.
type Folder int

// The folders.
const (
	FolderList     Folder = iota
	FolderArchived        // out of the list until they write, unless it is quiet
	FolderHidden          // out of it until somebody writes: the person deleted it
)

// Standing is how this person keeps a conversation. Nobody else learns of it.
type Standing struct {
	Pinned  int // place among those at the top of the list, from 1 on; 0: it is not one of them
	Folder  Folder
	Quiet   bool      // what they send makes no noise
	Marked  bool      // as unread, though it may be read
	Cleared time.Time // when its messages were erased last; zero: never
}

// MaxPins is how many conversations may stand at the top.
const MaxPins = 50

// More writes.
type (
	// PutStanding keeps how a conversation that is there is kept.
	PutStanding struct {
		Conversation uuid.UUID
		Standing     Standing
	}
	// ClearConversation erases all messages of a conversation that are here, with what
	// was said about them, as EraseMessages does. Signed headers and positions stay,
	// so that nothing of it comes again. One of mine that no device of theirs holds is
	// hidden, and erased when one does: see HideMessage. With All nothing waits for
	// that, and every body goes, the draft too.
	ClearConversation struct {
		Conversation uuid.UUID
		All          bool
		Draft        bool // it goes as well
	}
	// DropContact makes a contact somebody who is not one, also for the list, and
	// forgets how they were known. Their conversation and its logs stay.
	DropContact struct{ Peer identity.PeerID }
	// DeleteVerification forgets how a contact is known.
	DeleteVerification struct{ Peer identity.PeerID }
)

func (PutStanding) isWrite()        {}
func (ClearConversation) isWrite()  {}
func (DropContact) isWrite()        {}
func (DeleteVerification) isWrite() {}
