package rendezvous_test

import (
	"context"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// eager hands everything to a device before the server knows that it is
// attached, as any engine may: another session runs at the same time.
type eager struct {
	engine.Engine
}

// Attach implements engine.Engine.
func (e eager) Attach(ctx context.Context, peer identity.PeerID, device identity.DeviceID, record engine.Record, sink engine.Sink) (engine.Attachment, error) {
	attachment, err := e.Engine.Attach(ctx, peer, device, record, sink)
	if err == nil {
		sink.Deliver([]byte("first"))
		sink.Presence(identity.PeerID{1}, true)
		sink.Deliver([]byte("second"))
		sink.MailArrived()
	}
	return attachment, err
}

// TestNothingIsLostDuringLogin: what comes while a login is being finished
// follows the welcome, in its order.
func TestNothingIsLostDuringLogin(t *testing.T) {
	t.Parallel()
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		t.Run(encoding.Subprotocol(), func(t *testing.T) {
			t.Parallel()
			server := start(t, func(o *rendezvous.Options) { o.Engine = eager{memory.New(memory.Options{})} })
			r := mustDial(t, server.Rendezvous().Listening().String(), encoding)
			r.login(rendezvoustest.NewDevice(t))
			if got := string(r.mustRead().GetDeliver().GetEnvelope()); got != "first" {
				t.Errorf("%q came behind the welcome", got)
			}
			if got := r.mustRead().GetPresence(); identity.PeerID(got.GetIdentity()) != (identity.PeerID{1}) || !got.GetOnline() {
				t.Errorf("presence %v", got)
			}
			if got := string(r.mustRead().GetDeliver().GetEnvelope()); got != "second" {
				t.Errorf("%q came behind the presence", got)
			}
			if r.mustRead().GetMailArrived() == nil {
				t.Error("the hint is missing")
			}
			r.send(heartbeat(7))
			if got := r.mustRead().GetHeartbeatReply().GetId(); got != 7 {
				t.Errorf("a reply to %d", got)
			}
		})
	}
}
