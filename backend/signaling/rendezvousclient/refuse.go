package rendezvousclient

import (
	"bytes"
	"slices"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Refuse implements signaling.Client.
func (c *Client) Refuse(token string, peers []identity.PeerID) {
	k := c.keeper(token)
	if k == nil {
		return
	}
	sorted := slices.SortedFunc(slices.Values(peers), func(a, b identity.PeerID) int { return bytes.Compare(a[:], b[:]) })
	sorted = slices.Compact(sorted)
	k.mu.Lock()
	k.refused = sorted[:min(len(sorted), wire.MaxRefused)]
	k.mu.Unlock()
	k.wake()
}

func (k *keeper) unwanted() []identity.PeerID {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.refused // replaced, never changed
}

// refuse tells the server whom to keep away, if that is not what it knows.
func (s *session) refuse() *wire.ClientFrame {
	peers := s.keeper.unwanted()
	if slices.Equal(peers, s.refused) {
		return nil
	}
	s.refused = peers
	frame := &wire.Refuse{
		Signature: s.keeper.client.options.Identity.Sign(identity.ContextRefuse, protocol.RefuseMessage(s.binding, peers)),
	}
	for i := range peers {
		frame.Peers = append(frame.Peers, peers[i][:])
	}
	return &wire.ClientFrame{Kind: &wire.ClientFrame_Refuse{Refuse: frame}}
}
