package enginetest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// refusedNoticeNothing: what they send does not come, and every outcome is that
// of before, also after the session that refused them is over.
func refusedNoticeNothing(t *testing.T, opened *Cluster) {
	one, other, third := join(t, opened), join(t, opened), join(t, opened)
	refused := only(other.Peer(), identity.PeerID{1}, identity.PeerID{255})
	slices.SortFunc(refused, func(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) })
	other.watch(t, only(one.Peer()), nil)
	one.attachment.Refuse(refused)
	other.send(t, one.Peer(), "let me in", engine.Accepted)
	third.send(t, one.Peer(), "hello", engine.Accepted)
	one.send(t, other.Peer(), "out it goes", engine.Accepted)
	opened.settle(t)
	one.expect(t, "deliver hello")
	other.expect(t, "deliver out it goes")
	one.attachment.Refuse(nil)
	other.send(t, one.Peer(), "and now", engine.Accepted)
	opened.settle(t)
	one.expect(t, "deliver and now")
	one.attachment.Refuse(refused)
	one.attachment.Detach()
	opened.settle(t)
	other.send(t, one.Peer(), "are you there", engine.Accepted)
	again := joinAs(t, opened, one.Device)
	other.send(t, again.Peer(), "a new session knows nothing of it", engine.Accepted)
	opened.settle(t)
	again.expect(t, "deliver a new session knows nothing of it")
}
