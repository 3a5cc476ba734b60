package node

import (
	"log/slog"
	"testing"

	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestFloodOfRelayedEnvelopes: a server relays faster than envelopes are opened. What waits is bounded, and
// once there is room again they are taken.
func TestFloodOfRelayedEnvelopes(t *testing.T) {
	t.Parallel()
	n := &Node{seals: newInbox(), inbox: newInbox(), logger: slog.New(slog.DiscardHandler)}
	flood := func() (waiting int) {
		for range 5000 {
			n.serverEvent(signaling.Event{Token: "a server", Received: make([]byte, wire.MaxEnvelope)})
		}
		for _, job := range n.seals.queue {
			if one, ok := job.(sealJob); ok {
				waiting += len(one.received)
			}
		}
		return waiting
	}
	for range 2 {
		if waiting := flood(); waiting > maxUnopened || waiting < maxUnopened-wire.MaxEnvelope || int64(waiting) != n.unopened.Load() {
			t.Errorf("%d bytes wait, counted as %d, of %d", waiting, n.unopened.Load(), maxUnopened)
		}
		for len(n.seals.queue) > 0 {
			n.sealNext(t.Context())
		}
		if n.unopened.Load() != 0 {
			t.Errorf("%d bytes are counted when nothing waits", n.unopened.Load())
		}
	}
	n.serverEvent(signaling.Event{Token: "a server", Received: []byte("one more")})
	if len(n.seals.queue) != 1 {
		t.Error("nothing is taken after a flood")
	}
}
