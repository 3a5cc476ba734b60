package identity

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// keyVectors are in testdata/keys.json.
type keyVectors struct {
	Comment  string          `json:"comment"`
	Accepted []acceptedKey   `json:"accepted"`
	Refused  []refusedKey    `json:"refused"`
	Safety   []safetyNumbers `json:"safety"`
}

type acceptedKey struct {
	Text string `json:"text"`
	Key  string `json:"key"`
	Note string `json:"note"`
}

type refusedKey struct {
	Text  string `json:"text"`
	Error string `json:"error"` // checksum, weak, not-peer-id
	Note  string `json:"note"`
}

type safetyNumbers struct {
	A      string `json:"a"`
	B      string `json:"b"`
	Number string `json:"number"`
}

var keyErrors = map[string]error{"checksum": ErrChecksum, "weak": ErrWeakKey, "not-peer-id": ErrNotPeerID}

func makeKeyVectors(t *testing.T) keyVectors {
	t.Helper()
	one, two := testKeys(t, 1).Peer(), testKeys(t, 2).Peer()
	text := one.String()
	wrong := func(p PeerID) string { // text of a key that is refused, with the right checksum
		return peerPrefix + base32Lower.EncodeToString(append(p[:], checksum(p[:])...))
	}
	key := hex.EncodeToString(one[:])
	return keyVectors{
		Comment: "Text forms of identities and safety numbers. Written by go test -update.",
		Accepted: []acceptedKey{
			{text, key, "canonical"},
			{two.String(), hex.EncodeToString(two[:]), "canonical"},
			{strings.ToUpper(text), key, "upper case"},
			{strings.Join([]string{text[:3], text[3:17], text[17:31], text[31:45], text[45:]}, "-"), key, "dashes"},
			{"  " + text[:30] + "\r\n\t" + text[30:] + "\n", key, "line break inside"},
		},
		Refused: []refusedKey{
			{"", "not-peer-id", "empty"},
			{text[:58], "not-peer-id", "cut"},
			{text + "a", "not-peer-id", "longer"},
			{"tc2" + text[3:], "not-peer-id", "another version"},
			{text[3:], "not-peer-id", "no prefix"},
			{text[:10] + "1" + text[11:], "not-peer-id", "a character outside the alphabet"},
			{text[:10] + "\u212a" + text[11:], "not-peer-id", "the Kelvin sign is no k"},
			{text[:10] + "=" + text[11:], "not-peer-id", "padding"},
			{text[:10] + string(nextCharacter(text[10])) + text[11:], "checksum", "a wrong character"},
			{text[:20] + text[21:22] + text[20:21] + text[22:], "checksum", "two characters swapped"},
			{wrong(PeerID{}), "weak", "the key of zeros"},
			{wrong(PeerID{1}), "weak", "the neutral element"},
			{wrong(fromHex(t, smallOrder["order 8, first y"])), "weak", "order 8"},
			{wrong(fromHex(t, smallOrder["order 1, y = p + 1"])), "weak", "not canonical"},
			{wrong(PeerID{2}), "weak", "not on the curve"},
		},
		Safety: []safetyNumbers{
			{text, two.String(), SafetyNumber(one, two)},
			{text, text, SafetyNumber(one, one)},
		},
	}
}

func nextCharacter(c byte) byte {
	if c == 'a' {
		return 'b'
	}
	return 'a'
}

func TestKeyVectors(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "keys.json")
	if *update {
		data, err := json.MarshalIndent(makeKeyVectors(t), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err = os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var vectors keyVectors
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, vector := range vectors.Accepted {
		peer, err := ParsePeerID(vector.Text)
		if err != nil || hex.EncodeToString(peer[:]) != vector.Key {
			t.Errorf("%s: %x, %v", vector.Note, peer[:], err)
		}
	}
	for _, vector := range vectors.Refused {
		if _, err := ParsePeerID(vector.Text); keyErrors[vector.Error] == nil || !errors.Is(err, keyErrors[vector.Error]) {
			t.Errorf("%s: %v, want %s", vector.Note, err, vector.Error)
		}
	}
	for _, vector := range vectors.Safety {
		a, errA := ParsePeerID(vector.A)
		b, errB := ParsePeerID(vector.B)
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		if SafetyNumber(a, b) != vector.Number || SafetyNumber(b, a) != vector.Number {
			t.Errorf("safety number %s from one side, %s from the other, want %s", SafetyNumber(a, b), SafetyNumber(b, a), vector.Number)
		}
	}
}

func TestSafetyNumberForm(t *testing.T) {
	t.Parallel()
	one, two, three := testKeys(t, 1).Peer(), testKeys(t, 2).Peer(), testKeys(t, 3).Peer()
	number := SafetyNumber(one, two)
	groups := strings.Split(number, " ")
	if len(groups) != 12 {
		t.Fatalf("%d groups", len(groups))
	}
	for _, group := range groups {
		if len(group) != 5 || strings.Trim(group, "0123456789") != "" {
			t.Errorf("group %q", group)
		}
	}
	if number == SafetyNumber(one, three) || number == SafetyNumber(two, three) {
		t.Error("two pairs have one number")
	}
}

// TestParsePeerIDIsCapped: what is ignored counts too.
func TestParsePeerIDIsCapped(t *testing.T) {
	t.Parallel()
	text := testKeys(t, 1).Peer().String()
	if _, err := ParsePeerID(text + strings.Repeat(" ", 256-len(text))); err != nil {
		t.Errorf("256 bytes: %v", err)
	}
	if _, err := ParsePeerID(text + strings.Repeat(" ", 257-len(text))); !errors.Is(err, ErrNotPeerID) {
		t.Errorf("257 bytes: %v", err)
	}
}

// TestEveryWrongCharacterIsSeen changes each character of an identity into each
// other one: 24 bits of checksum see all of these few.
func TestEveryWrongCharacterIsSeen(t *testing.T) {
	t.Parallel()
	text := testKeys(t, 1).Peer().String()
	for i := len(peerPrefix); i < len(text); i++ {
		for _, other := range "abcdefghijklmnopqrstuvwxyz234567" {
			if byte(other) == text[i] {
				continue
			}
			if _, err := ParsePeerID(text[:i] + string(other) + text[i+1:]); err == nil {
				t.Errorf("character %d as %c is accepted", i, other)
			}
		}
	}
}

func TestDeviceIDText(t *testing.T) {
	t.Parallel()
	one, two := testKeys(t, 1).Device(), testKeys(t, 2).Device()
	if parsed, err := ParseDeviceID(one.String()); err != nil || parsed != one {
		t.Errorf("%v, %v", parsed, err)
	}
	for text, want := range map[string]error{
		"": ErrNotDeviceID, one.String()[:62]: ErrNotDeviceID, one.String() + "00": ErrNotDeviceID,
		strings.Repeat("zz", 32): ErrNotDeviceID, strings.Repeat("00", 32): ErrWeakKey,
	} {
		if _, err := ParseDeviceID(text); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	if one.Compare(two) != -two.Compare(one) || one.Compare(one) != 0 || one.Compare(two) == 0 {
		t.Error("devices are not in an order")
	}
	if !(DeviceID{}).IsZero() || one.IsZero() || !(PeerID{}).IsZero() || testKeys(t, 1).Peer().IsZero() {
		t.Error("IsZero")
	}
}

// TestKeysNeverShow prints keys in every way.
func TestKeysNeverShow(t *testing.T) {
	t.Parallel()
	keys := testKeys(t, 0x5a)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%t"} {
		fmt.Fprintf(&out, verb+"\n", keys)
		fmt.Fprintf(&out, verb+"\n", *keys)
		fmt.Fprintf(&out, verb+"\n", struct{ Inner any }{keys})
		fmt.Fprintf(&out, verb+"\n", []Keys{*keys})
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("keys", slog.Any("pointer", keys), slog.Any("value", *keys))
	}
	marshalled, err := json.Marshal([]any{keys, *keys})
	if err != nil {
		t.Fatal(err)
	}
	shown := strings.ToLower(out.String() + string(marshalled))
	for _, secret := range []string{strings.Repeat("5a", 4), strings.Repeat("90 ", 4), "0x5a, 0x5a", "zzzz", "wlpa", "132 132", "1011010 1011010"} {
		if strings.Contains(shown, secret) {
			t.Errorf("the keys show as %q", secret)
		}
	}
	if !strings.Contains(shown, keys.Peer().String()) {
		t.Error("the peer is not named")
	}
}

func TestNewKeysNeedsRandomness(t *testing.T) {
	t.Parallel()
	if _, err := NewKeys(bytes.NewReader(make([]byte, 63))); err == nil {
		t.Error("keys are made from too little")
	}
}

func FuzzParsePeerID(f *testing.F) {
	for _, seed := range []string{"", "tc1", testKeys(f, 1).Peer().String(), strings.ToUpper(testKeys(f, 2).Peer().String()), "tc1-\u212a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		peer, err := ParsePeerID(text)
		if err != nil {
			if text != "" && len(text) > 8 && strings.Contains(err.Error(), text) {
				t.Error("the error echoes what came in")
			}
			return
		}
		if again, err := ParsePeerID(peer.String()); err != nil || again != peer {
			t.Errorf("%v becomes %v, %v", peer, again, err)
		}
	})
}

func FuzzKeysFromBytes(f *testing.F) {
	for _, text := range smallOrder {
		key := fromHex(f, text)
		f.Add(key[:])
	}
	good := testKeys(f, 1).Peer()
	f.Add(good[:])
	f.Fuzz(func(t *testing.T, key []byte) {
		peer, errPeer := PeerIDFromBytes(key)
		device, errDevice := DeviceIDFromBytes(key)
		server, errServer := ServerKeyFromBytes(key)
		if (errPeer == nil) != (errDevice == nil) || (errPeer == nil) != (errServer == nil) {
			t.Fatal("keys of three kinds are judged differently")
		}
		if errPeer != nil {
			return
		}
		if !slices.Equal(peer[:], key) || !slices.Equal(device[:], key) || !slices.Equal(server[:], key) {
			t.Error("a key changed")
		}
		if _, err := ParseServerKey(server.String()); err != nil {
			t.Error(err)
		}
		if _, err := ParseDeviceID(device.String()); err != nil {
			t.Error(err)
		}
	})
}
