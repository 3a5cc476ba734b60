package load

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Seed is where everything that looks random comes from.
type Seed [32]byte

// NewSeed makes one from text.
func NewSeed(text string) Seed { return sha256.Sum256([]byte(text)) }

// stream returns the bytes for one purpose and number.
func (s Seed) stream(purpose string, number uint64) *rand.ChaCha8 {
	material := binary.BigEndian.AppendUint64(append(s[:], purpose...), number)
	return rand.NewChaCha8(sha256.Sum256(material))
}

// person is somebody with one device.
type person struct {
	keys   *identity.Keys
	record *wire.PeerRecord
}

// Sizes of a key record of suite 1, in bytes.
const (
	keyIDSize      = 16
	sealingKeySize = 1216
)

// newPerson makes the person with a number, and a record that servers accept.
// The sealing key in it is random bytes: no server looks inside.
func newPerson(seed Seed, number int, now time.Time) (person, error) {
	random := seed.stream("person", uint64(number))
	keys, err := identity.NewKeys(random)
	if err != nil {
		return person{}, err
	}
	version := uint64(now.UnixMilli()) // a later process's records are newer
	list, err := keys.DeviceList(version, now)
	if err != nil {
		return person{}, err
	}
	key := make([]byte, keyIDSize+sealingKeySize)
	_, _ = random.Read(key) // a stream cannot fail
	peer, device := keys.Peer(), keys.Device()
	body, err := wire.Encode(&wire.KeyRecord{
		Identity: peer[:], Device: device[:], Sequence: version, KeyId: key[:keyIDSize], Suite: 1,
		SealingKey: key[keyIDSize:], CreatedMs: now.UnixMilli(), ExpiresMs: now.Add(7 * 24 * time.Hour).UnixMilli(),
	})
	if err != nil {
		return person{}, fmt.Errorf("load: key record: %w", err)
	}
	record := &wire.PeerRecord{DeviceList: list, KeyRecords: []*wire.Signed{keys.SignedAsDevice(identity.ContextKeyRecord, body)}}
	return person{keys: keys, record: record}, nil
}
