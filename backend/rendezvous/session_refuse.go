package rendezvous

import (
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// refusePeers keeps from this device what these peers send it, until the session ends.
type refusePeers struct{ peers []identity.PeerID }

func (refusePeers) isEffect() {}

func (s *session) handleRefuse(frame *wire.Refuse) []effect {
	peers, good := protocol.ReadRefuse(frame)
	if !good {
		return s.malformed()
	}
	if !identity.Verify(s.device, identity.ContextRefuse, protocol.RefuseMessage(s.binding, peers), frame.GetSignature()) {
		return s.refuseLogin("The signature of those who are refused is wrong.")
	}
	return []effect{refusePeers{peers: peers}}
}
