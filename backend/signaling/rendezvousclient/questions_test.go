package rendezvousclient

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// questions returns one request of each kind, by the ids that a test gives them on the wire.
func questions(peer identity.PeerID) map[uint64]request {
	end := answered(9)
	return map[uint64]request{
		1:  sendRequest(9, peer, []byte("x")),
		2:  lookupRequest(9, peer),
		3:  tagsRequest([]signaling.Tag{{Tag: [16]byte{1}, Box: signaling.BoxContact, Expires: time.Unix(1<<31, 0)}}, nil, end),
		4:  putRequest(9, &wire.PutMail{Envelope: []byte("x")}),
		5:  fetchRequest(9, []byte("after"), 3),
		6:  deleteRequest([][]byte{{1}}, end),
		7:  claimRequest(9, signaling.HandleClaim{Handle: "ana", Server: "example.org", Peer: peer}, nil),
		8:  releaseRequest(9, "ana"),
		9:  resolveRequest(9, "ana", "example.org"),
		10: listRequest(9, &wire.Signed{}),
		11: searchRequest(9, "ana", 3),
		12: reportRequest(9, peer, wire.ReportReason_REPORT_REASON_SPAM),
	}
}

// fixedKey is the same in each run, as fuzzing wants it.
func fixedKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, ed25519.SeedSize))
}

// fixedDevice is the same in each run.
func fixedDevice(t testing.TB) rendezvoustest.Device {
	t.Helper()
	keys, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{6}, 1<<10)))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	list, err := keys.DeviceList(1, now)
	if err != nil {
		t.Fatal(err)
	}
	peer, device := keys.Peer(), keys.Device()
	body, err := wire.Encode(&wire.KeyRecord{
		Identity: peer[:], Device: device[:], Sequence: 1, KeyId: peer[:16], Suite: 1, SealingKey: peer[:],
		CreatedMs: now.UnixMilli(), ExpiresMs: now.Add(time.Hour).UnixMilli(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return rendezvoustest.Device{Keys: keys, Record: &wire.PeerRecord{
		DeviceList: list, KeyRecords: []*wire.Signed{keys.SignedAsDevice(identity.ContextKeyRecord, body)},
	}}
}
