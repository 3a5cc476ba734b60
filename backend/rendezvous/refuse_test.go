package rendezvous_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// refusal is a frame that refuses peers, signed for a session.
func refusal(device rendezvoustest.Device, session protocol.Binding, peers ...identity.PeerID) *wire.Refuse {
	slices.SortFunc(peers, func(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) })
	frame := &wire.Refuse{Signature: device.Keys.SignAsDevice(identity.ContextRefuse, protocol.RefuseMessage(session, peers))}
	for i := range peers {
		frame.Peers = append(frame.Peers, peers[i][:])
	}
	return frame
}

// bound is a session and what names it.
type bound struct {
	*raw

	device  rendezvoustest.Device
	session protocol.Binding
}

func enterBound(t *testing.T, server *rendezvoustest.Server) bound {
	t.Helper()
	r := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	device := rendezvoustest.NewDevice(t)
	challenge := r.mustRead().GetChallenge()
	login := hello(challenge, device, device.Record)
	r.send(login)
	if r.mustRead().GetWelcome() == nil {
		t.Fatal("no welcome")
	}
	return bound{raw: r, device: device, session: protocol.BindingOf(protocol.LoginMessage(identity.ServerKey(challenge.GetServerKey()), protocol.Nonce(challenge.GetNonce()),
		protocol.Nonce(login.GetLogin().GetClientNonce()), device.Peer(), device.Keys.Device()))}
}

func signalTo(id uint64, peer identity.PeerID, envelope string) *wire.ClientFrame {
	return &wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{Id: id, To: peer[:], Envelope: []byte(envelope)}}}
}

// TestRefused: what they send does not come, and they are told what everybody is told.
func TestRefused(t *testing.T) {
	t.Parallel()
	server := start(t)
	ana := enterBound(t, server)
	ben := enterBound(t, server)
	cleo := enterBound(t, server)
	ana.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Refuse{Refuse: refusal(ana.device, ana.session, ben.device.Peer())}})
	ana.send(heartbeat(1))
	if ana.mustRead().GetHeartbeatReply() == nil {
		t.Fatal("no reply")
	}
	for i, who := range []bound{ben, cleo} {
		who.send(signalTo(uint64(i), ana.device.Peer(), "from "+string(rune('0'+i))))
		if result := who.mustRead().GetSignalResult(); result.GetOutcome() != wire.SignalOutcome_SIGNAL_OUTCOME_ACCEPTED || result.GetId() != uint64(i) {
			t.Errorf("the sender is told %v", result)
		}
	}
	if got := ana.mustRead().GetDeliver().GetEnvelope(); string(got) != "from 1" {
		t.Errorf("%q came", got)
	}
}

// TestRefusalsThatAreRefused end the session.
func TestRefusalsThatAreRefused(t *testing.T) {
	t.Parallel()
	server := start(t)
	one, two := identity.PeerID{1}, identity.PeerID{2}
	for name, change := range map[string]func(bound) (*wire.Refuse, wire.ErrorCode){
		"signed for another session": func(r bound) (*wire.Refuse, wire.ErrorCode) {
			return refusal(r.device, protocol.Binding{1}, one), wire.ErrorCode_ERROR_CODE_LOGIN
		},
		"signed by somebody else": func(r bound) (*wire.Refuse, wire.ErrorCode) {
			return refusal(rendezvoustest.NewDevice(t), r.session, one), wire.ErrorCode_ERROR_CODE_LOGIN
		},
		"of others than were signed": func(r bound) (*wire.Refuse, wire.ErrorCode) {
			frame := refusal(r.device, r.session, one)
			frame.Peers[0] = two[:]
			return frame, wire.ErrorCode_ERROR_CODE_LOGIN
		},
		"twice the same": func(r bound) (*wire.Refuse, wire.ErrorCode) {
			return refusal(r.device, r.session, one, one), wire.ErrorCode_ERROR_CODE_PROTOCOL
		},
		"no peer": func(r bound) (*wire.Refuse, wire.ErrorCode) {
			frame := refusal(r.device, r.session, one)
			frame.Peers[0] = frame.GetPeers()[0][:31]
			return frame, wire.ErrorCode_ERROR_CODE_PROTOCOL
		},
		"too many": func(r bound) (*wire.Refuse, wire.ErrorCode) {
			many := make([]identity.PeerID, wire.MaxRefused+1)
			for i := range many {
				many[i] = identity.PeerID{byte(i >> 8), byte(i), 1}
			}
			return refusal(r.device, r.session, many...), wire.ErrorCode_ERROR_CODE_PROTOCOL
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := enterBound(t, server)
			frame, code := change(r)
			r.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Refuse{Refuse: frame}})
			r.expectError(code)
		})
	}
}
