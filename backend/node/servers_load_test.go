package node

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/signaling"
)

// TestEnvelopesThatWaitAreBounded for each server by itself.
func TestEnvelopesThatWaitAreBounded(t *testing.T) {
	t.Parallel()
	n := &Node{seals: newInbox(), inbox: newInbox(), load: newServerLoad()}
	flood := func(token string, count int) {
		for range count {
			n.serverEvent(signaling.Event{Token: token, Received: []byte("not an envelope")})
		}
	}
	flood("hostile", 10*maxSealed)
	flood("honest", 3)
	if waiting := len(n.seals.queue); waiting != maxSealed+3 {
		t.Fatalf("%d envelopes wait", waiting)
	}
	for range maxSealed + 3 {
		n.sealNext(t.Context())
	}
	flood("hostile", 1)
	if waiting := len(n.seals.queue); waiting != 1 || len(n.load.sealed) != 1 {
		t.Errorf("%d envelopes wait, of %d servers", waiting, len(n.load.sealed))
	}
}

// TestEventsOfServersWait: whoever tells them is held up until the core has taken some.
func TestEventsOfServersWait(t *testing.T) {
	t.Parallel()
	stopped := make(chan struct{})
	n := &Node{seals: newInbox(), inbox: newInbox(), load: newServerLoad(), stopped: stopped}
	told := make(chan struct{}, 3*maxTold)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 3 * maxTold {
			n.serverEvent(signaling.Event{Token: "hostile", Arrived: &signaling.Arrived{}})
			told <- struct{}{}
		}
	}()
	for range maxTold {
		<-told
	}
	select {
	case <-told:
		t.Error("one more did not wait")
	case <-time.After(20 * time.Millisecond):
	}
	n.serverSeen()
	<-told
	close(stopped)
	<-done
	if waiting := len(n.inbox.queue); waiting != maxTold+1 {
		t.Errorf("%d wait", waiting)
	}
}
