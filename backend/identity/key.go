package identity

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"

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
	if proven.has([32]byte(key)) {
		return true
	}
	if !isCanonical([32]byte(key)) {
		return false
	}
	point, err := new(edwards25519.Point).SetBytes(key)
	if err != nil || new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return false
	}
	proven.add([32]byte(key))
	return true
}

// isCanonical tells whether y, the lower 255 bits in little endian (RFC 8032,
// 5.1.2), is below p = 2^255-19. A sign of x = 0, which no canonical encoding
// has either, is for y = 1 and y = -1 only, which are of small order.
func isCanonical(key [32]byte) bool {
	if key[31]&0x7f != 0x7f {
		return true
	}
	for _, one := range key[1:31] {
		if one != 0xff {
			return true
		}
	}
	return key[0] < 0x100-19
}

// proven remembers keys that were found usable: every signature asks.
var proven = newAnswers(maxProven)

// maxProven bounds half of proven: about 50 bytes each.
const maxProven = 1 << 15
