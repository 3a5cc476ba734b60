package storetest

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/node"
)

// testVerification: what is known of a contact is replaced and goes with the
// contact; a retirement stays as it was first, also without a contact.
func testVerification(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	peer := talk.Them.Keys.Peer()
	compared := node.Verification{
		Peer: peer, Link: true, Compared: node.ComparedSame, How: node.MethodEmoji, At: Start.Add(time.Hour), Mine: talk.Me.Keys.Peer(),
	}
	byLink := node.Verification{Peer: other.Them.Keys.Peer(), Link: true}
	retired := node.Retirement{Peer: peer, At: Start, Signed: []byte{1, 2}}
	again := retired
	again.At, again.Signed = Start.Add(time.Hour), []byte{3}
	own := node.Retirement{Peer: talk.Me.Keys.Peer(), At: Start, Signed: []byte{4}}
	b.commit(t, node.PutVerification{Verification: node.Verification{Peer: peer, Link: true}}, node.PutVerification{Verification: compared},
		node.PutVerification{Verification: byLink}, node.PutVerification{Verification: node.Verification{Peer: NewPersonOf(9), Link: true}},
		node.PutRetirement{Retirement: retired}, node.PutRetirement{Retirement: again}, node.PutRetirement{Retirement: own})
	for range 2 {
		snapshot := b.load(t)
		kept := map[bool]node.Verification{}
		for _, one := range snapshot.Verifications {
			kept[one.Peer == peer] = one
		}
		equal(t, "verifications", len(snapshot.Verifications), 2)
		equal(t, "the one that was compared", kept[true], compared)
		equal(t, "the one by link", kept[false], byLink)
		equal(t, "retirements", len(snapshot.Retirements), 2)
		for _, one := range snapshot.Retirements {
			if one.Peer == peer {
				equal(t, "the first retirement", one, retired)
			} else {
				equal(t, "the own retirement", one, own)
			}
		}
		b.reopen(t)
	}
	b.commit(t, node.PutContact{Contact: talk.Contact()})
	equal(t, "after the contact was written again", len(b.load(t).Verifications), 2)
	b.commit(t, node.DeleteContact{Peer: peer})
	equal(t, "after the contact is gone", b.load(t).Verifications, []node.Verification{byLink})
}
