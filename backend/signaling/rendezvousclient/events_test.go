package rendezvousclient

import (
	"testing"
	"testing/synctest"

	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestFloodingServerIsReadNoFurther: while the owner is busy, a server that relays large envelopes and
// hands out large pages without an end is read to a few MiB, and no further.
func TestFloodingServerIsReadNoFurther(t *testing.T) {
	t.Parallel()
	for name, event := range map[string]signaling.Event{
		"relayed": {Received: make([]byte, wire.MaxEnvelope)},
		"fetched": {Fetched: &signaling.Fetched{Mails: []signaling.Letter{{Envelope: make([]byte, wire.MaxEnvelope)}}}},
		"small":   {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				handled := 0
				queue := newEvents(func(signaling.Event) { <-gate; handled++ })
				read := 0
				reader := make(chan struct{})
				go func() {
					defer close(reader)
					for range 5000 {
						queue.push(event)
						read++
						queue.throttle()
					}
				}()
				synctest.Wait()
				most := maxWaiting
				if size := envelopes(event); size > 0 {
					most = maxWaitingBytes/size + 1
				}
				if read > 2*most+1 { // one batch is with the owner, one waits
					t.Errorf("%d events were read, %d may wait", read, most)
				}
				close(gate)
				<-reader
				queue.close()
				if handled != 5000 {
					t.Errorf("%d were handled in the end", handled)
				}
			})
		})
	}
}
