package memory

import (
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// NewMailbox makes a mailbox whose hints the returned function lists.
func NewMailbox() (engine.Mailbox, func() []identity.PeerID) {
	var mu sync.Mutex
	var hinted []identity.PeerID
	box := newMailbox(time.Now, func(owner identity.PeerID) {
		mu.Lock()
		defer mu.Unlock()
		hinted = append(hinted, owner)
	})
	return box, func() []identity.PeerID {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(hinted)
	}
}
