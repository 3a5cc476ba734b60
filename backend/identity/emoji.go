package identity

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
)

// What two people compare in a check.
const (
	CheckEmoji = 7                // emoji that are shown: 42 bits
	CheckNonce = 32               // bytes of each side's nonce
	emojiBits  = 6                // of each
	emojiKinds = 1 << emojiBits   // 64
	checkStart = "tincan/check/1" // begins whatever a check hashes
)

// Emoji are the ones that a check chooses from, by number. They are the same for
// everybody: their order is part of the protocol, and that of Matrix
// (client-server API, "SAS method: emoji"), chosen to be told apart and named
// easily.
var Emoji = [emojiKinds]string{
	"🐶", "🐱", "🦁", "🐎", "🦄", "🐷", "🐘", "🐰", "🐼", "🐓", "🐧", "🐢", "🐟", "🐙", "🦋", "🌷",
	"🌳", "🌵", "🍄", "🌏", "🌙", "☁️", "🔥", "🍌", "🍎", "🍓", "🌽", "🍕", "🎂", "❤️", "😀", "🤖",
	"🎩", "👓", "🔧", "🎅", "👍", "☂️", "⌛", "⏰", "🎁", "💡", "📕", "✏️", "📎", "✂️", "🔒", "🔑",
	"🔨", "☎️", "🏁", "🚂", "🚲", "✈️", "🚀", "🏆", "⚽", "🎸", "🎺", "🔔", "⚓", "🎧", "📁", "📌",
}

// Check is everything that a check is bound to, equal on both sides unless
// somebody sits in between. Whoever starts commits to a nonce before they see
// the other's, so that nobody can search for nonces that make two sides show
// the same: one guess is right with a chance of 2^-42.
type Check struct {
	Starter, Answerer             PeerID
	StarterDevice, AnswererDevice DeviceID
	Binding                       [sha256.Size]byte // of the line (link.Opened.Binding)
	ID                            [16]byte
}

// transcript has a fixed length, so that nothing can be moved from one field
// into another:
//
//	"tincan/check/1" | purpose 1 | starter 32 | answerer 32 | starter's device 32 |
//	answerer's device 32 | binding 32 | id 16 | nonces 32 each
func (k *Check) transcript(purpose byte, nonces ...[CheckNonce]byte) [sha256.Size]byte {
	out := append(make([]byte, 0, 320), checkStart...)
	out = append(out, purpose)
	for _, part := range [][]byte{k.Starter[:], k.Answerer[:], k.StarterDevice[:], k.AnswererDevice[:], k.Binding[:], k.ID[:]} {
		out = append(out, part...)
	}
	for _, nonce := range nonces {
		out = append(out, nonce[:]...)
	}
	return sha256.Sum256(out)
}

// Commit returns what the starter sends before they see the other's nonce.
func (k *Check) Commit(nonce [CheckNonce]byte) [sha256.Size]byte { return k.transcript(1, nonce) }

// Opens tells whether a nonce is the one that was committed to.
func (k *Check) Opens(commitment [sha256.Size]byte, nonce [CheckNonce]byte) bool {
	made := k.Commit(nonce)
	return subtle.ConstantTimeCompare(made[:], commitment[:]) == 1
}

// Shown returns the numbers of the emoji that both people see.
func (k *Check) Shown(starter, answerer [CheckNonce]byte) [CheckEmoji]int {
	sum := k.transcript(2, starter, answerer)
	bits := binary.BigEndian.Uint64(sum[:8])
	var shown [CheckEmoji]int
	for i := range shown {
		shown[i] = int(bits >> (64 - emojiBits*(i+1)) & (emojiKinds - 1))
	}
	return shown
}
