package memory

import (
	"bytes"
	"slices"

	"github.com/tincan-chat/tincan/backend/identity"
)

// watched is a sorted set: 32 bytes a peer, which counts when thousands of
// devices watch hundreds of peers each.
type watched []identity.PeerID

func compare(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) }

func (w watched) has(peer identity.PeerID) bool {
	_, found := slices.BinarySearchFunc(w, peer, compare)
	return found
}

// change returns a new set; w stays as it is.
func (w watched) change(add, remove []identity.PeerID, self identity.PeerID) watched {
	next := make(watched, 0, len(w)+len(add))
	next = append(append(next, w...), add...)
	slices.SortFunc(next, compare)
	next = slices.Compact(next)
	gone := watched(slices.SortedFunc(slices.Values(remove), compare))
	next = slices.DeleteFunc(next, func(peer identity.PeerID) bool { return peer == self || gone.has(peer) })
	return slices.Clip(next)
}
