package envelope

import (
	"bytes"
	"crypto/hpke"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Suite is the only one so far.
const Suite = wire.OuterSuite

// Life of a sealing key from its creation (security.md, "Keys").
const Life = 7 * 24 * time.Hour

// Sizes in bytes.
const (
	publicSize  = 1216
	privateSize = 32
	encSize     = wire.EncapsulationSize
	keyIDSize   = 16
	maxRecord   = 2 << 10
	maxTime     = 1 << 53 // Unix milliseconds that every language's numbers hold exactly
)

// ErrRecord is wrapped by what is wrong with a key record.
var ErrRecord = errors.New("envelope: the key record is refused")

// ErrSealingKey says that stored bytes are not a sealing key.
var ErrSealingKey = errors.New("envelope: not a sealing key")

// SealingKey is the private half of a key that envelopes are sealed to.
type SealingKey struct {
	ID      [keyIDSize]byte
	Created time.Time
	Expires time.Time // others use it until then
	private hpke.PrivateKey
}

// NewSealingKey makes one. The key comes from the system's randomness.
func NewSealingKey(now time.Time) (*SealingKey, error) {
	private, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("envelope: making a sealing key: %w", err)
	}
	key := &SealingKey{Created: now.Truncate(time.Millisecond), Expires: now.Add(Life).Truncate(time.Millisecond), private: private}
	if _, err := rand.Read(key.ID[:]); err != nil {
		return nil, fmt.Errorf("envelope: making a sealing key: %w", err)
	}
	return key, nil
}

// String hides the key. It is on the value, as Format, so that neither a copy
// nor a pointer shows it.
func (k SealingKey) String() string { return "sealing key" }

// Format hides the key, whatever the verb.
func (k SealingKey) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, k.String()) // a formatter cannot fail
}

// Marshal returns what the store keeps: id (16), created and expires (Unix
// milliseconds, 8 each, in a wire.KeyRecord), and the private key.
func (k *SealingKey) Marshal() ([]byte, error) {
	private, err := k.private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	return wire.Encode(&wire.KeyRecord{
		KeyId: k.ID[:], Suite: Suite, SealingKey: private,
		CreatedMs: k.Created.UnixMilli(), ExpiresMs: k.Expires.UnixMilli(),
	})
}

// ParseSealingKey reads what Marshal wrote. Error: ErrSealingKey.
func ParseSealingKey(data []byte) (*SealingKey, error) {
	kept := &wire.KeyRecord{}
	if err := wire.DecodeCanonical(data, maxRecord, kept); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealingKey, err)
	}
	if len(kept.GetKeyId()) != keyIDSize || kept.GetSuite() != Suite || len(kept.GetSealingKey()) != privateSize ||
		len(kept.GetIdentity())+len(kept.GetDevice()) != 0 || kept.GetSequence() != 0 || !soundLife(kept) {
		return nil, ErrSealingKey
	}
	private, err := hpke.MLKEM768X25519().NewPrivateKey(kept.GetSealingKey())
	if err != nil {
		return nil, ErrSealingKey
	}
	return &SealingKey{
		ID: [keyIDSize]byte(kept.GetKeyId()), Created: time.UnixMilli(kept.GetCreatedMs()),
		Expires: time.UnixMilli(kept.GetExpiresMs()), private: private,
	}, nil
}

// soundLife tells whether a key lives for some time and for no longer than
// [Life]: the private half is deleted soon after.
func soundLife(record *wire.KeyRecord) bool {
	created, expires := record.GetCreatedMs(), record.GetExpiresMs()
	return created >= 0 && expires <= maxTime && created < expires && expires-created <= Life.Milliseconds()
}

// Record signs the public half, for others.
func (k *SealingKey) Record(keys *identity.Keys, sequence uint64) (*wire.Signed, error) {
	peer, device := keys.Peer(), keys.Device()
	body, err := wire.Encode(&wire.KeyRecord{
		Identity: peer[:], Device: device[:], Sequence: sequence, KeyId: k.ID[:], Suite: Suite,
		SealingKey: k.private.PublicKey().Bytes(), CreatedMs: k.Created.UnixMilli(), ExpiresMs: k.Expires.UnixMilli(),
	})
	if err != nil {
		return nil, err
	}
	return keys.SignedAsDevice(identity.ContextKeyRecord, body), nil
}

// Record is somebody's verified public sealing key.
type Record struct {
	Peer     identity.PeerID
	Device   identity.DeviceID
	Sequence uint64
	KeyID    [keyIDSize]byte
	Public   hpke.PublicKey
	Created  time.Time
	Expires  time.Time
	Signed   *wire.Signed // verbatim, to pass on
}

// ParseRecord checks a signed key record: canonical, a suite that is known,
// signed by the device that it names. That the device belongs to the peer is
// for the caller, who has the device list. Errors wrap ErrRecord.
func ParseRecord(signed *wire.Signed) (Record, error) {
	body := &wire.KeyRecord{}
	if err := wire.DecodeCanonical(signed.GetBody(), maxRecord, body); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	peer, err := identity.PeerIDFromBytes(body.GetIdentity())
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	device, err := identity.DeviceIDFromBytes(body.GetDevice())
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	if !identity.VerifySigned(device, identity.ContextKeyRecord, signed) {
		return Record{}, fmt.Errorf("%w: signature", ErrRecord)
	}
	if body.GetSuite() != Suite || len(body.GetKeyId()) != keyIDSize || body.GetSequence() == 0 ||
		len(body.GetSealingKey()) != publicSize || !soundLife(body) {
		return Record{}, fmt.Errorf("%w: a field", ErrRecord)
	}
	public, err := hpke.MLKEM768X25519().NewPublicKey(body.GetSealingKey())
	if err != nil || !bytes.Equal(public.Bytes(), body.GetSealingKey()) {
		return Record{}, fmt.Errorf("%w: the sealing key", ErrRecord)
	}
	return Record{
		Peer: peer, Device: device, Sequence: body.GetSequence(), KeyID: [keyIDSize]byte(body.GetKeyId()), Public: public,
		Created: time.UnixMilli(body.GetCreatedMs()), Expires: time.UnixMilli(body.GetExpiresMs()), Signed: signed,
	}, nil
}
