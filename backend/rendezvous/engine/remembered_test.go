package engine

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// published makes somebody with one device and a key record.
func published(t *testing.T, seed byte, sequence uint64) (*identity.Keys, *wire.PeerRecord) {
	t.Helper()
	keys, err := identity.NewKeys(rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	now := time.UnixMilli(1_700_000_000_000)
	list, err := keys.DeviceList(1, now)
	if err != nil {
		t.Fatal(err)
	}
	peer, device := keys.Peer(), keys.Device()
	body, err := wire.Encode(&wire.KeyRecord{
		Identity: peer[:], Device: device[:], Sequence: sequence, KeyId: make([]byte, keyIDSize), Suite: 1, SealingKey: []byte("key"),
		CreatedMs: now.UnixMilli(), ExpiresMs: now.Add(time.Hour).UnixMilli(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys, &wire.PeerRecord{DeviceList: list, KeyRecords: []*wire.Signed{keys.SignedAsDevice(identity.ContextKeyRecord, body)}}
}

// TestNothingElseIsRemembered changes each thing that a good record depends on,
// one bit at a time, once it is remembered.
func TestNothingElseIsRemembered(t *testing.T) {
	t.Parallel()
	keys, message := published(t, 1, 5)
	other, _ := published(t, 2, 5)
	first, err := ParseRecord(keys.Peer(), message)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := good.find(nameOf(keys.Peer(), first.Encoded()), keys.Peer()); !ok {
		t.Fatal("a good record is not remembered")
	}
	second, err := ParseRecord(keys.Peer(), message)
	if err != nil || !slices.Equal(first.Encoded(), second.Encoded()) || !second.Has(keys.Device()) || second.version != first.version || second.peer != keys.Peer() || second.keys[0].sequence != 5 {
		t.Errorf("it is another one when it is remembered: %+v, %v", second, err)
	}
	if _, err = ParseRecord(other.Peer(), message); !errors.Is(err, ErrRecord) {
		t.Errorf("somebody else's: %v", err)
	}
	for name, part := range map[string]*wire.Signed{"device list": message.GetDeviceList(), "key record": message.GetKeyRecords()[0]} {
		for _, data := range [][]byte{part.GetBody(), part.GetSignature()} {
			for bit := range 8 * len(data) {
				data[bit/8] ^= 1 << (bit % 8)
				if _, err = ParseRecord(keys.Peer(), message); !errors.Is(err, ErrRecord) {
					t.Fatalf("%s with bit %d turned: %v", name, bit, err)
				}
				data[bit/8] ^= 1 << (bit % 8)
			}
		}
	}
	if _, err = ParseRecord(keys.Peer(), &wire.PeerRecord{KeyRecords: message.GetKeyRecords()}); !errors.Is(err, ErrRecord) {
		t.Errorf("without its device list: %v", err)
	}
}

func TestRememberedIsBoundedAndKeepsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	const most = 16
	r := newRemembered(most)
	number := func(i int) (name recordName) {
		binary.LittleEndian.PutUint64(name[:], uint64(i))
		return name
	}
	for i := range 100 * most {
		r.add(number(i), Record{version: uint64(i), devices: []identity.DeviceID{{1}}, encoded: []byte("bytes")})
		if found, ok := r.find(number(0), identity.PeerID{}); !ok || found.version != 0 || found.Encoded() != nil || len(found.keys) != 0 {
			t.Fatalf("what is asked for again and again is %+v, %t at %d", found, ok, i)
		}
		if held := len(r.younger) + len(r.older); held > 2*most {
			t.Fatalf("%d are held", held)
		}
	}
	if _, ok := r.find(number(1), identity.PeerID{}); ok {
		t.Error("what nobody asked for is still there")
	}
	r.add(number(-1), Record{devices: make([]identity.DeviceID, 2)})
	if _, ok := r.find(number(-1), identity.PeerID{}); ok {
		t.Error("one with two devices is remembered as if it had one")
	}
}
