package identity

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"slices"
	"testing"

	"filippo.io/edwards25519"
)

func fromHex(t testing.TB, text string) [32]byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil || len(data) != 32 {
		t.Fatalf("%q is not 32 bytes of hexadecimal", text)
	}
	return [32]byte(data)
}

// smallOrder are all encodings of the eight points of small order that some
// implementation takes: canonical, with y not reduced, and with a sign bit for x = 0.
var smallOrder = map[string]string{
	"order 1, the neutral element":              "0100000000000000000000000000000000000000000000000000000000000000",
	"order 1, sign bit on x = 0":                "0100000000000000000000000000000000000000000000000000000000000080",
	"order 1, y = p + 1":                        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"order 1, y = p + 1, sign bit":              "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"order 2":                                   "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"order 2, sign bit on x = 0":                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"order 4, y = 0: also the key of all zeros": "0000000000000000000000000000000000000000000000000000000000000000",
	"order 4, y = 0, the other x":               "0000000000000000000000000000000000000000000000000000000000000080",
	"order 4, y = p":                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"order 4, y = p, the other x":               "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"order 8, first y":                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"order 8, first y, the other x":             "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"order 8, second y":                         "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"order 8, second y, the other x":            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
}

func TestSmallOrderKeysAreRefused(t *testing.T) {
	t.Parallel()
	points := map[[32]byte]bool{}
	for name, text := range smallOrder {
		key := fromHex(t, text)
		refusedEverywhere(t, name, key[:])
		if point, err := new(edwards25519.Point).SetBytes(key[:]); err == nil {
			points[[32]byte(point.Bytes())] = true
			if new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) != 1 {
				t.Errorf("%s: the table is wrong, it is not of small order", name)
			}
		}
	}
	if len(points) != 8 {
		t.Errorf("the table names %d points, there are 8 of small order", len(points))
	}
}

// TestNonCanonicalKeysAreRefused covers every encoding of y from p to 2^255-1:
// 19 values, with either sign bit.
func TestNonCanonicalKeysAreRefused(t *testing.T) {
	t.Parallel()
	onCurve := 0
	for low := 0xed; low <= 0xff; low++ {
		for _, high := range []byte{0x7f, 0xff} {
			key := bytes.Repeat([]byte{0xff}, 32)
			key[0], key[31] = byte(low), high
			refusedEverywhere(t, hex.EncodeToString(key), key)
			if _, err := new(edwards25519.Point).SetBytes(key); err == nil {
				onCurve++
			}
		}
	}
	if onCurve < 10 {
		t.Errorf("only %d of them are points at all: the check of the form is not tried", onCurve)
	}
}

func TestOtherKeysAreRefused(t *testing.T) {
	t.Parallel()
	good := testKeys(t, 1).Peer()
	offCurve := fromHex(t, "0200000000000000000000000000000000000000000000000000000000000000")
	for name, key := range map[string][]byte{
		"none": nil, "empty": {}, "short": good[:31], "long": append(slices.Clone(good[:]), 0), "not on the curve": offCurve[:],
	} {
		if _, err := PeerIDFromBytes(key); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func refusedEverywhere(t *testing.T, name string, key []byte) {
	t.Helper()
	for range 2 { // also after it was asked for once
		if _, err := PeerIDFromBytes(key); err == nil {
			t.Errorf("%s: accepted as a peer", name)
		}
		if _, err := DeviceIDFromBytes(key); err == nil {
			t.Errorf("%s: accepted as a device", name)
		}
		if _, err := ServerKeyFromBytes(key); err == nil {
			t.Errorf("%s: accepted as a server", name)
		}
	}
}

// TestForgeryUnderWeakKeys makes signatures without any private key. Under a
// key A of order 8 or less, [h]A is one of eight points, so a random S with
// R = [S]B verifies whenever h is a multiple of the order.
func TestForgeryUnderWeakKeys(t *testing.T) {
	t.Parallel()
	fooled := 0
	for name, text := range smallOrder {
		key := fromHex(t, text)
		for attempt := range 64 {
			scalar, err := new(edwards25519.Scalar).SetUniformBytes(bytes.Repeat([]byte{byte(attempt + 1)}, 64))
			if err != nil {
				t.Fatal(err)
			}
			signature := append(new(edwards25519.Point).ScalarBaseMult(scalar).Bytes(), scalar.Bytes()...)
			message := []byte("I never signed this")
			options := &ed25519.Options{Context: string(ContextEnvelope)}
			if ed25519.VerifyWithOptions(key[:], message, signature, options) != nil {
				continue
			}
			fooled++
			if Verify(key, ContextEnvelope, message, signature) {
				t.Errorf("%s: a forgery verifies", name)
			}
		}
	}
	if fooled == 0 {
		t.Error("no forgery fooled crypto/ed25519: this test tests nothing")
	}
}

func TestSignaturesAreStrict(t *testing.T) {
	t.Parallel()
	keys := testKeys(t, 1)
	message := []byte("message")
	signature := keys.SignAsIdentity(ContextInvite, message)
	peer := keys.Peer()
	if !Verify(peer, ContextInvite, message, signature) {
		t.Fatal("a good signature does not verify")
	}
	if Verify(peer, ContextEntry, message, signature) {
		t.Error("a signature serves another purpose")
	}
	if Verify(peer, "", message, signature) {
		t.Error("a signature serves no purpose")
	}
	if Verify(keys.Device(), ContextInvite, message, signature) {
		t.Error("the signature of the person verifies as the device's")
	}
	if Verify(peer, ContextInvite, message, ed25519.Sign(keys.identity, message)) {
		t.Error("a signature without a purpose verifies")
	}
	for _, size := range []int{0, 63, 65} {
		if Verify(peer, ContextInvite, message, append(slices.Clone(signature), 0)[:size]) {
			t.Errorf("a signature of %d bytes verifies", size)
		}
	}
	for i := range signature {
		mutated := slices.Clone(signature)
		mutated[i] ^= 1
		if Verify(peer, ContextInvite, message, mutated) {
			t.Errorf("byte %d changed: it verifies", i)
		}
	}
	// S + L is the same scalar in another form.
	order := fromHex(t, "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
	malleable, carry := slices.Clone(signature), 0
	for i := range 32 {
		carry += int(malleable[32+i]) + int(order[i])
		malleable[32+i], carry = byte(carry), carry>>8
	}
	if Verify(peer, ContextInvite, message, malleable) {
		t.Error("S that is not reduced verifies")
	}
}
