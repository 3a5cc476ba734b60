package identity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

// Context is the purpose of a signature (RFC 8032, Ed25519ctx).
type Context string

// The purposes.
const (
	ContextDeviceList Context = "tincan/device-list/1"
	ContextKeyRecord  Context = "tincan/key-record/1"
	ContextLocation   Context = "tincan/location/1"
	ContextInvite     Context = "tincan/invite/1"
	ContextEntry      Context = "tincan/entry/1"
	ContextEnvelope   Context = "tincan/envelope/1"
	ContextConfirm    Context = "tincan/confirm/1"
	ContextLogin      Context = "tincan/login/1"
	ContextRefuse     Context = "tincan/refuse/1"
	ContextWelcome    Context = "tincan/welcome/1"
	ContextHandle     Context = "tincan/handle/1"
	ContextHandleMove Context = "tincan/handle-move/1"
	ContextDirectory  Context = "tincan/directory/1"
	ContextServers    Context = "tincan/servers/1"
	ContextRetirement Context = "tincan/retirement/1"
	// A succession is signed by the key before and by the key after, each for its side.
	ContextSuccessionFrom Context = "tincan/succession-from/1"
	ContextSuccessionTo   Context = "tincan/succession-to/1"

	ContextBackup    Context = "tincan/backup/1"
	ContextBackupKey Context = "tincan/backup-key/1"
	ContextExport    Context = "tincan/export/1"
)

// Verify checks a signature for a purpose. Weak keys are refused.
func Verify(key [32]byte, context Context, message, signature []byte) bool {
	if len(signature) != ed25519.SignatureSize || !usable(key[:]) {
		return false
	}
	return ed25519.VerifyWithOptions(key[:], message, signature, &ed25519.Options{Context: string(context)}) == nil
}

// VerifySigned is Verify for a body that carries its signature. Such records
// last and are shown again and again: those that were found right are
// remembered by a hash of all that the answer depends on.
func VerifySigned(key [32]byte, context Context, signed *wire.Signed) bool {
	name := nameOf(key, context, signed)
	if verified.has(name) {
		return true
	}
	if !Verify(key, context, signed.GetBody(), signed.GetSignature()) {
		return false
	}
	verified.add(name)
	return true
}

// verified remembers signatures that were found right.
var verified = newAnswers(maxVerified)

// maxVerified bounds half of verified: about 50 bytes each.
const maxVerified = 1 << 15

// nameOf hashes key, context, body and signature, each after its length.
func nameOf(key [32]byte, context Context, signed *wire.Signed) (name [sha256.Size]byte) {
	hash := sha256.New()
	var length [8]byte
	for _, part := range [][]byte{key[:], []byte(context), signed.GetBody(), signed.GetSignature()} {
		binary.LittleEndian.PutUint64(length[:], uint64(len(part)))
		_, _ = hash.Write(length[:]) // it never fails
		_, _ = hash.Write(part)
	}
	hash.Sum(name[:0])
	return name
}

// Sign signs for a purpose with a private key.
func Sign(key ed25519.PrivateKey, context Context, message []byte) []byte {
	signature, err := key.Sign(nil, message, &ed25519.Options{Context: string(context)})
	if err != nil {
		return nil // only for a context over 255 bytes: ours are constants
	}
	return signature
}

// Keys is the private side of one device: the key of the person and the key of
// the device. It never shows itself when it is printed or logged.
type Keys struct {
	identity, device ed25519.PrivateKey
	peer             PeerID
	deviceID         DeviceID
}

// NewKeys makes a new identity with its first device.
func NewKeys(random io.Reader) (*Keys, error) {
	var seeds [2 * ed25519.SeedSize]byte
	if _, err := io.ReadFull(random, seeds[:]); err != nil {
		return nil, fmt.Errorf("identity: making keys: %w", err)
	}
	return keysFromSeeds(seeds[:]), nil
}

func keysFromSeeds(seeds []byte) *Keys {
	keys := &Keys{
		identity: ed25519.NewKeyFromSeed(seeds[:ed25519.SeedSize]),
		device:   ed25519.NewKeyFromSeed(seeds[ed25519.SeedSize:]),
	}
	copy(keys.peer[:], keys.identity[ed25519.SeedSize:])
	copy(keys.deviceID[:], keys.device[ed25519.SeedSize:])
	return keys
}

func (k *Keys) seeds() []byte { return append(k.identity.Seed(), k.device.Seed()...) }

// SeedsSize is the length of what [Keys.Seeds] returns.
const SeedsSize = 2 * ed25519.SeedSize

// Seeds returns what the keys are made of, to be kept: the person's half, then
// the device's.
func (k *Keys) Seeds() []byte { return k.seeds() }

// KeysFromSeeds makes the keys that [Keys.Seeds] came from. Error: ErrKeyFile
// for another length.
func KeysFromSeeds(seeds []byte) (*Keys, error) {
	if len(seeds) != SeedsSize {
		return nil, ErrKeyFile
	}
	return keysFromSeeds(seeds), nil
}

// WithNewDevice returns the keys of a new device of the same person.
func (k *Keys) WithNewDevice(random io.Reader) (*Keys, error) {
	seeds := k.seeds()
	if _, err := io.ReadFull(random, seeds[ed25519.SeedSize:]); err != nil {
		return nil, fmt.Errorf("identity: making keys: %w", err)
	}
	return keysFromSeeds(seeds), nil
}

// Wipe overwrites the private keys. Nothing signs with them afterwards; copies
// that the runtime made of them are out of its reach.
func (k *Keys) Wipe() {
	clear(k.identity)
	clear(k.device)
}

// Peer returns the person's identity.
func (k *Keys) Peer() PeerID { return k.peer }

// Device returns this device's key.
func (k *Keys) Device() DeviceID { return k.deviceID }

// String names the peer only. It is on the value, as what follows, so that
// neither a copy nor a pointer shows the keys.
func (k Keys) String() string { return "keys of " + k.peer.String() }

// Format names the peer only, whatever the verb: %d would show the keys.
func (k Keys) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, k.String()) // a formatter cannot fail
}

// LogValue names the peer only.
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

// SignAsIdentity signs with the person's key.
func (k *Keys) SignAsIdentity(context Context, message []byte) []byte {
	return Sign(k.identity, context, message)
}

// SignAsDevice signs with the device's key.
func (k *Keys) SignAsDevice(context Context, message []byte) []byte {
	return Sign(k.device, context, message)
}

// SignedAsIdentity returns a body with the person's signature.
func (k *Keys) SignedAsIdentity(context Context, body []byte) *wire.Signed {
	return &wire.Signed{Body: body, Signature: k.SignAsIdentity(context, body)}
}

// SignedAsDevice returns a body with the device's signature.
func (k *Keys) SignedAsDevice(context Context, body []byte) *wire.Signed {
	return &wire.Signed{Body: body, Signature: k.SignAsDevice(context, body)}
}

// DeviceList signs the list that names this device, and after it earlier ones
// of the same person, whose entries stay theirs; of those the newest, as many as
// a list may have. The first one of a list is where the person is reached.
func (k *Keys) DeviceList(version uint64, now time.Time, earlier ...DeviceID) (*wire.Signed, error) {
	list := &wire.DeviceList{
		Identity: k.peer[:], Version: version,
		Devices: []*wire.Device{{Key: k.deviceID[:], AddedMs: now.UnixMilli()}},
	}
	for _, device := range earlier {
		if device != k.deviceID && len(list.GetDevices()) < MaxDevices {
			list.Devices = append(list.Devices, &wire.Device{Key: bytes.Clone(device[:]), AddedMs: now.UnixMilli()})
		}
	}
	body, err := wire.Encode(list)
	if err != nil {
		return nil, fmt.Errorf("identity: device list: %w", err)
	}
	return k.SignedAsIdentity(ContextDeviceList, body), nil
}

// Location signs where this person is found. Others refuse a server whose key
// is not known or whose URL is not canonical, so it is an error here: wrapping
// ErrRecord.
func (k *Keys) Location(version uint64, servers []Server, now time.Time) (*wire.Signed, error) {
	location := &wire.LocationRecord{Identity: k.peer[:], Version: version, IssuedMs: now.UnixMilli(), Servers: ServersToWire(servers)}
	body, err := wire.Encode(location)
	if err != nil {
		return nil, fmt.Errorf("identity: location: %w", err)
	}
	if _, err := ServersFromWire(location.GetServers()); err != nil {
		return nil, fmt.Errorf("%w: location: %w", ErrRecord, err)
	}
	if version == 0 || len(body) > maxLocation {
		return nil, fmt.Errorf("%w: location: version or size", ErrRecord)
	}
	return k.SignedAsIdentity(ContextLocation, body), nil
}
