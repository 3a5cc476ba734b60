package journal

import (
	"cmp"
	"encoding/hex"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Hash names an entry: the SHA-256 of its header's bytes.
type Hash [32]byte

// IsZero tells whether the hash is absent.
func (h Hash) IsZero() bool { return h == Hash{} }

// String returns 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Log names what one device wrote in a conversation. A device that finds out
// that it forgot entries of its own (a restored copy of its folder) goes on in
// a new epoch, so that it never writes one sequence twice.
type Log struct {
	Device identity.DeviceID
	Epoch  uint32 // from 1
}

// Compare orders logs by device, then epoch.
func (l Log) Compare(other Log) int {
	if order := l.Device.Compare(other.Device); order != 0 {
		return order
	}
	return cmp.Compare(l.Epoch, other.Epoch)
}

// Head is a place in a log. Hash is zero where only the place matters, as in
// read positions.
type Head struct {
	Sequence uint64 // 0: before the first entry
	Hash     Hash
}
