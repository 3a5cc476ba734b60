package backup

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"filippo.io/age"

	"github.com/tincan-chat/tincan/backend/identity"
)

// container is an automatic backup of anything: what is locked and what is encrypted
// are given.
func container(t *testing.T, locked []byte, recipient age.Recipient, inside []byte) []byte {
	t.Helper()
	out := bytes.NewBuffer(append([]byte(keyMagic), byte(len(locked)>>8), byte(len(locked))))
	out.Write(locked)
	to, err := age.Encrypt(out, recipient)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = to.Write(inside); err != nil {
		t.Fatal(err)
	}
	if err = to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t *testing.T, data []byte) error {
	t.Helper()
	_, err := Read(t.Context(), bytes.NewReader(data), words, io.Discard, nothing)
	return err
}

// TestKeyIsOfOnePerson: who knows a key, which is no secret, cannot have the
// passphrase open a backup of somebody else's.
func TestKeyIsOfOnePerson(t *testing.T) {
	t.Parallel()
	other, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{9}, identity.SeedsSize)))
	if err != nil {
		t.Fatal(err)
	}
	mine, err := NewKey(byHand, person(t).Peer())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := NewKey(byHand, other.Peer())
	if err != nil {
		t.Fatal(err)
	}
	good, _ := made(t, 1000, mine)
	if err = read(t, good); err != nil {
		t.Fatal(err)
	}
	bad, _ := made(t, 1000, theirs) // of the person, to a key that is not theirs
	if err = read(t, bad); !errors.Is(err, ErrDamaged) {
		t.Errorf("a backup to the key of somebody else: %v", err)
	}
	// The one's head before the other's body.
	cut := len(keyMagic) + 2
	mixed := append(bytes.Clone(good[:cut+len(mine.Locked)]), bad[cut+len(theirs.Locked):]...)
	if err = read(t, mixed); !errors.Is(err, ErrDamaged) {
		t.Errorf("mixed: %v", err)
	}
}

// TestLockedKey: what is locked is a key, and not larger or dearer than one.
func TestLockedKey(t *testing.T) {
	t.Parallel()
	secret, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	whose := person(t).Peer()
	good := append(whose[:], secret.String()...)
	plain, err := decrypt(bytes.NewReader(mustMake(t, 1000)), words)
	if err != nil {
		t.Fatal(err)
	}
	inside, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err = read(t, container(t, sealed(t, 1, good), secret.Recipient(), inside)); err != nil {
		t.Fatal(err)
	}
	for name, locked := range map[string][]byte{
		"nothing":              nil,
		"no age":               []byte("something else"),
		"an empty one":         sealed(t, 1, nil),
		"only a person":        sealed(t, 1, whose[:]),
		"a weak key":           sealed(t, 1, append(make([]byte, 32), secret.String()...)),
		"no secret":            sealed(t, 1, append(whose[:], "AGE-SECRET-KEY-1"...)),
		"more than a key":      sealed(t, 1, append(bytes.Clone(good), 'x')),
		"a large one":          sealed(t, 1, append(bytes.Clone(good), make([]byte, maxLocked)...)),
		"one that is too dear": bytes.Replace(sealed(t, 9, good), []byte(" 9\n"), []byte(" 20\n"), 1),
		"another secret":       sealed(t, 1, append(whose[:], otherSecret(t)...)),
	} {
		if err := read(t, container(t, locked, secret.Recipient(), inside)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func mustMake(t *testing.T, size int) []byte {
	t.Helper()
	data, _ := made(t, size, byHand)
	return data
}

func otherSecret(t *testing.T) string {
	t.Helper()
	secret, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return secret.String()
}

func TestSame(t *testing.T) {
	t.Parallel()
	key, err := NewKey(byHand, person(t).Peer())
	if err != nil {
		t.Fatal(err)
	}
	data, _ := made(t, 100_000, key)
	sum := sha256.Sum256(data)
	same := func(key Key, data []byte) error {
		return key.Same(t.Context(), bytes.NewReader(data), sum[:])
	}
	if err = same(key, data); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, len(keyMagic), len(keyMagic) + 5, len(data) / 2, len(data) - 1} {
		altered := bytes.Clone(data)
		altered[at] ^= 1
		if same(key, altered) == nil || same(key, data[:at]) == nil {
			t.Errorf("altered or cut at %d, and taken", at)
		}
	}
	other, err := NewKey(byHand, person(t).Peer())
	if err != nil {
		t.Fatal(err)
	}
	if err = same(other, data); !errors.Is(err, ErrDamaged) {
		t.Errorf("of another key: %v", err)
	}
}

// TestSignedKey: a key that somebody put in the place of another one is not used.
func TestSignedKey(t *testing.T) {
	t.Parallel()
	keys := person(t)
	mine, err := NewKey(byHand, keys.Peer())
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewKey(Passphrase{Words: "words of a thief", Work: cheapWork}, keys.Peer())
	if err != nil {
		t.Fatal(err)
	}
	signature := mine.Sign(keys)
	if !mine.SignedBy(keys.Peer(), signature) {
		t.Error("its own signature is refused")
	}
	for name, key := range map[string]Key{
		"another": other, "another recipient": {Recipient: other.Recipient, Locked: mine.Locked}, "another secret": {Recipient: mine.Recipient, Locked: other.Locked},
	} {
		if key.SignedBy(keys.Peer(), signature) {
			t.Errorf("%s is taken", name)
		}
	}
	if mine.SignedBy(keys.Peer(), nil) {
		t.Error("without a signature it is taken")
	}
}

func FuzzHead(f *testing.F) {
	f.Add([]byte(ageBegin + "-> scrypt"))
	f.Add([]byte(keyMagic + "\x00\x03abcrest"))
	f.Add([]byte(keyMagic + "\xff\xff"))
	f.Add([]byte(keyMagicBegin + "2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		locked, rest, err := parseHead(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, ErrNone) && !errors.Is(err, ErrNewer) && !errors.Is(err, ErrDamaged) {
				t.Errorf("no sentence is for %v", err)
			}
			return
		}
		after, err := io.ReadAll(rest)
		if err != nil {
			t.Fatal(err)
		}
		if locked == nil {
			if !bytes.Equal(after, data) {
				t.Error("something is missing")
			}
			return
		}
		head := append([]byte(keyMagic), byte(len(locked)>>8), byte(len(locked)))
		if again := append(append(head, locked...), after...); !bytes.Equal(again, data) || len(locked) > maxLocked {
			t.Error("what was read is not what is written")
		}
	})
}

func FuzzLocked(f *testing.F) {
	whose := person(f).Peer()
	f.Add(append(whose[:], "AGE-SECRET-KEY-1UUPT9D8E4DND5N0LASS0EDQP3SU9TJZ6HQGPQS2Z4Y7JPDUXGPWS5DZFX6"...))
	f.Add(whose[:])
	f.Fuzz(func(t *testing.T, inside []byte) {
		secret, person, err := parseLocked(inside)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("no sentence is for %v", err)
			}
			return
		}
		again := append(person[:], secret.String()...)
		if !bytes.EqualFold(again, inside) {
			t.Error("what was read is not what is written")
		}
	})
}
