package identity

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
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

// SafetyDigits is how many digits a safety number has.
const SafetyDigits = 60

// ReadSafetyNumber returns the digits of what somebody pasted or typed: spaces,
// line ends, hyphens and the digits of wide keyboards are accepted. ok is false
// when something else is in it, or more digits than a number has.
func ReadSafetyNumber(text string) (digits string, ok bool) {
	var read strings.Builder
	for _, r := range text {
		switch {
		case r >= '０' && r <= '９':
			r += '0' - '０'
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Pd, r):
			continue
		}
		if r < '0' || r > '9' || read.Len() == SafetyDigits {
			return read.String(), false
		}
		read.WriteRune(r)
	}
	return read.String(), true
}
