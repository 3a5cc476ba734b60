package protocol

import (
	"bytes"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// FuzzReadRefuse: what is accepted is few enough, ascending, and what was sent.
func FuzzReadRefuse(f *testing.F) {
	one, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	for _, peers := range [][][]byte{nil, {one}, {one, other}, {other, one}, {one, one}, {one[:31]}, {append(one, 0)}} {
		data, err := wire.Encode(&wire.Refuse{Peers: peers})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var frame wire.Refuse
		if wire.Decode(data, wire.MaxServerFrame, &frame) != nil {
			return
		}
		peers, ok := ReadRefuse(&frame)
		if !ok {
			return
		}
		if len(peers) != len(frame.GetPeers()) || len(peers) > wire.MaxRefused {
			t.Fatalf("%d of %d peers", len(peers), len(frame.GetPeers()))
		}
		seen := map[identity.PeerID]bool{}
		for i, peer := range peers {
			if seen[peer] || !bytes.Equal(peer[:], frame.GetPeers()[i]) {
				t.Errorf("the %dth peer is %v", i, peer)
			}
			seen[peer] = true
		}
	})
}
