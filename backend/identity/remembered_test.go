package identity

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"filippo.io/edwards25519"

	"github.com/tincan-chat/tincan/backend/wire"
)

func nameNumber(number int) (name [32]byte) {
	binary.LittleEndian.PutUint64(name[:], uint64(number))
	return name
}

func TestAnswersAreBoundedAndKeepWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	const most = 16
	a := newAnswers(most)
	wanted := nameNumber(0)
	a.add(wanted)
	for number := 1; number < 100*most; number++ {
		if a.has(nameNumber(number)) {
			t.Fatalf("number %d is there and never was added", number)
		}
		a.add(nameNumber(number))
		if !a.has(nameNumber(number)) {
			t.Fatalf("number %d is not there", number)
		}
		if !a.has(wanted) {
			t.Fatalf("what is asked for again and again was forgotten at %d", number)
		}
		if held := len(a.younger) + len(a.older); held > 2*most {
			t.Fatalf("%d are held", held)
		}
	}
	if a.has(nameNumber(1)) {
		t.Error("what nobody asked for is still there")
	}
}

// TestVerifySignedRemembersNothingElse changes each thing that a right
// signature depends on, one bit at a time, once it is remembered.
func TestVerifySignedRemembersNothingElse(t *testing.T) {
	t.Parallel()
	keys, other := testKeys(t, 1), testKeys(t, 2)
	signed := keys.SignedAsDevice(ContextKeyRecord, []byte("a body that lasts"))
	for range 2 {
		if !VerifySigned(keys.Device(), ContextKeyRecord, signed) {
			t.Fatal("a right signature is refused")
		}
	}
	if VerifySigned(other.Device(), ContextKeyRecord, signed) || VerifySigned(keys.Device(), ContextDeviceList, signed) {
		t.Error("accepted for another key or purpose")
	}
	if VerifySigned(keys.Device(), ContextKeyRecord+"a", &wire.Signed{Body: signed.GetBody()[1:], Signature: signed.GetSignature()}) {
		t.Error("accepted when a byte moves from the body to the purpose")
	}
	flipped := func(data []byte, bit int) []byte {
		changed := bytes.Clone(data)
		changed[bit/8] ^= 1 << (bit % 8)
		return changed
	}
	for bit := range 8 * len(signed.GetBody()) {
		if VerifySigned(keys.Device(), ContextKeyRecord, &wire.Signed{Body: flipped(signed.GetBody(), bit), Signature: signed.GetSignature()}) {
			t.Errorf("accepted with bit %d of the body changed", bit)
		}
	}
	for bit := range 8 * len(signed.GetSignature()) {
		if VerifySigned(keys.Device(), ContextKeyRecord, &wire.Signed{Body: signed.GetBody(), Signature: flipped(signed.GetSignature(), bit)}) {
			t.Errorf("accepted with bit %d of the signature changed", bit)
		}
	}
}

func TestVerifySignedDoesNotRememberWhatIsWrong(t *testing.T) {
	t.Parallel()
	keys := testKeys(t, 3)
	signed := keys.SignedAsDevice(ContextKeyRecord, []byte("another"))
	signed.Signature[3] ^= 4
	for range 2 {
		if VerifySigned(keys.Device(), ContextKeyRecord, signed) {
			t.Fatal("a wrong signature is accepted")
		}
	}
}

// TestUsableIsWhatTheArithmeticSays compares with encoding the point again.
func TestUsableIsWhatTheArithmeticSays(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{7})
	seen := map[bool]int{}
	for range 2000 {
		var key [32]byte
		_, _ = random.Read(key[:])
		if random.Uint64()%2 == 0 { // close to p, where it matters
			copy(key[1:31], bytes.Repeat([]byte{0xff}, 30))
			key[31] |= 0x7f
		}
		point, err := new(edwards25519.Point).SetBytes(key[:])
		want := err == nil && bytes.Equal(point.Bytes(), key[:]) &&
			new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) != 1
		if seen[want]++; usable(key[:]) != want {
			t.Errorf("%x: usable %v", key, !want)
		}
	}
	if seen[true] < 500 || seen[false] < 500 {
		t.Errorf("%d were usable, %d not", seen[true], seen[false])
	}
}

func BenchmarkVerifySigned(b *testing.B) {
	keys := testKeys(b, 4)
	body := make([]byte, 1400) // about a key record of suite 1
	signed := keys.SignedAsDevice(ContextKeyRecord, body)
	b.Run("anew", func(b *testing.B) {
		for b.Loop() {
			if !Verify(keys.Device(), ContextKeyRecord, signed.GetBody(), signed.GetSignature()) {
				b.Fatal("refused")
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			if !VerifySigned(keys.Device(), ContextKeyRecord, signed) {
				b.Fatal("refused")
			}
		}
	})
}
