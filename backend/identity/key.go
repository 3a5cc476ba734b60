package identity

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"filippo.io/edwards25519"
)

// Errors of keys in text and binary form.
var (
	ErrNotPeerID   = errors.New("identity: this is not a Tincan identity")
	ErrChecksum    = errors.New("identity: the checksum does not match: a character is wrong")
	ErrWeakKey     = errors.New("identity: not a usable Ed25519 public key")
	ErrNotDeviceID = errors.New("identity: this is not a device key")
)

// PeerID is a person's identity: an Ed25519 public key.
type PeerID [32]byte

// DeviceID is the key of one install of an identity.
type DeviceID [32]byte

const (
	peerPrefix   = "tc1"
	checksumSize = 3
)

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func checksum(key []byte) []byte {
	sum := sha256.Sum256(append([]byte("tincan/peer/1"), key...))
	return sum[:checksumSize]
}

// String returns the text form.
func (p PeerID) String() string {
	return peerPrefix + base32Lower.EncodeToString(append(p[:], checksum(p[:])...))
}

// IsZero tells whether no peer is named.
func (p PeerID) IsZero() bool { return p == PeerID{} }

// ParsePeerID reads the text form. Errors: ErrNotPeerID, ErrChecksum, ErrWeakKey.
func ParsePeerID(text string) (PeerID, error) {
	if len(text) > 256 {
		return PeerID{}, ErrNotPeerID
	}
	compact := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\n' || r == '\t' || r == '\r':
			return -1
		case 'A' <= r && r <= 'Z': // only ASCII: other letters fold into it too
			return r + 'a' - 'A'
		}
		return r
	}, text)
	encoded, found := strings.CutPrefix(compact, peerPrefix)
	if !found || len(encoded) != 56 {
		return PeerID{}, ErrNotPeerID
	}
	data, err := base32Lower.DecodeString(encoded)
	if err != nil {
		return PeerID{}, ErrNotPeerID
	}
	key, sum := data[:32], data[32:]
	if !bytes.Equal(sum, checksum(key)) {
		return PeerID{}, ErrChecksum
	}
	return PeerIDFromBytes(key)
}

// PeerIDFromBytes checks a public key from outside. Error: ErrWeakKey.
func PeerIDFromBytes(key []byte) (PeerID, error) {
	if !usable(key) {
		return PeerID{}, ErrWeakKey
	}
	return PeerID(key), nil
}

// String returns the key in hexadecimal.
func (d DeviceID) String() string { return hex.EncodeToString(d[:]) }

// IsZero tells whether no device is named.
func (d DeviceID) IsZero() bool { return d == DeviceID{} }

// Compare orders devices by their keys' bytes.
func (d DeviceID) Compare(other DeviceID) int { return bytes.Compare(d[:], other[:]) }

// DeviceIDFromBytes checks a public key from outside. Error: ErrWeakKey.
func DeviceIDFromBytes(key []byte) (DeviceID, error) {
	if !usable(key) {
		return DeviceID{}, ErrWeakKey
	}
	return DeviceID(key), nil
}

// ParseDeviceID reads the hexadecimal form, of any case. Errors: ErrNotDeviceID, ErrWeakKey.
func ParseDeviceID(text string) (DeviceID, error) {
	if len(text) != 64 {
		return DeviceID{}, ErrNotDeviceID
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		return DeviceID{}, ErrNotDeviceID
	}
	return DeviceIDFromBytes(key)
}

// usable tells whether bytes are the canonical encoding of a point that is not
// of small order.
func usable(key []byte) bool {
	if len(key) != 32 {
		return false
	}
	if _, known := proven.Load([32]byte(key)); known {
		return true
	}
	point, err := new(edwards25519.Point).SetBytes(key)
	if err != nil || !bytes.Equal(point.Bytes(), key) ||
		new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return false
	}
	if provenCount.Add(1) > maxProven {
		proven.Clear()
		provenCount.Store(1)
	}
	proven.Store([32]byte(key), struct{}{})
	return true
}

// proven remembers keys that were found usable: every signature asks, and the
// answer for a key never changes.
var (
	proven      sync.Map // [32]byte → struct{}
	provenCount atomic.Int64
)

// maxProven bounds proven: about 100 bytes each.
const maxProven = 8192
