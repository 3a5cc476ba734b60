package identity

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"strings"
)

// safetyRounds makes a search for two identities with a similar number cost
// this many hashes a try.
const safetyRounds = 5200

// SafetyNumber returns 60 digits in 12 groups of five that two people compare
// to know that nobody is in between. It is the same from both sides: SHA-512,
// 5200 rounds, over both identities in order; each group is five bytes modulo
// 100,000.
func SafetyNumber(a, b PeerID) string {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	keys := append(a[:], b[:]...)
	sum := sha512.Sum512(append([]byte("tincan/safety/1"), keys...))
	for range safetyRounds - 1 {
		sum = sha512.Sum512(append(sum[:], keys...))
	}
	groups := make([]string, 0, 12)
	for i := range 12 {
		var number [8]byte
		copy(number[3:], sum[5*i:5*i+5])
		groups = append(groups, fmt.Sprintf("%05d", binary.BigEndian.Uint64(number[:])%100_000))
	}
	return strings.Join(groups, " ")
}
