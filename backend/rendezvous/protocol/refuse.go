package protocol

import (
	"bytes"
	"crypto/sha256"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Binding names one session: the SHA-256 of its [LoginMessage].
type Binding [sha256.Size]byte

// BindingOf is the binding of the session that a login begins.
func BindingOf(login []byte) Binding { return sha256.Sum256(login) }

// RefuseMessage is what the device signs, with context [identity.ContextRefuse].
func RefuseMessage(session Binding, peers []identity.PeerID) []byte {
	message := make([]byte, 0, len(session)+len(peers)*len(identity.PeerID{}))
	message = append(message, session[:]...)
	for _, peer := range peers {
		message = append(message, peer[:]...)
	}
	return message
}

// ReadRefuse returns the peers of a frame; false if there are too many, if one is
// no peer, or if they are not ascending. The signature is not looked at.
func ReadRefuse(frame *wire.Refuse) ([]identity.PeerID, bool) {
	if len(frame.GetPeers()) > wire.MaxRefused {
		return nil, false
	}
	peers := make([]identity.PeerID, 0, len(frame.GetPeers()))
	for i, key := range frame.GetPeers() {
		if len(key) != len(identity.PeerID{}) || i > 0 && bytes.Compare(peers[i-1][:], key) >= 0 {
			return nil, false
		}
		peers = append(peers, identity.PeerID(key))
	}
	return peers, true
}
