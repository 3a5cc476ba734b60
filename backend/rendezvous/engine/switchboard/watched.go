package switchboard

import (
	"bytes"
	"slices"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Watched is a sorted set: 32 bytes a peer, which counts when thousands of
// devices watch hundreds of peers each.
type Watched []identity.PeerID

func compare(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) }

// Has says whether a peer is in the set.
func (w Watched) Has(peer identity.PeerID) bool {
	_, found := slices.BinarySearchFunc(w, peer, compare)
	return found
}

// change returns a new set; w stays as it is.
func (w Watched) change(add, remove []identity.PeerID, self identity.PeerID) Watched {
	next := make(Watched, 0, len(w)+len(add))
	next = append(append(next, w...), add...)
	slices.SortFunc(next, compare)
	next = slices.Compact(next)
	gone := Watched(slices.SortedFunc(slices.Values(remove), compare))
	next = slices.DeleteFunc(next, func(peer identity.PeerID) bool { return peer == self || gone.Has(peer) })
	return slices.Clip(next)
}
