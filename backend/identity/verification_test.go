package identity

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

func sampleCheck() Check {
	return Check{
		Starter: PeerID{1}, Answerer: PeerID{2}, StarterDevice: DeviceID{3}, AnswererDevice: DeviceID{4},
		Binding: [32]byte{5}, ID: [16]byte{6},
	}
}

func TestEmojiAreTold(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i, emoji := range Emoji {
		if emoji == "" || seen[emoji] {
			t.Errorf("number %d: %q", i, emoji)
		}
		seen[emoji] = true
	}
}

// TestCheckVector is the example of docs/protocol.md: other implementations
// have to show the same.
func TestCheckVector(t *testing.T) {
	t.Parallel()
	check := sampleCheck()
	if got, want := check.Shown([32]byte{7}, [32]byte{8}), [CheckEmoji]int{55, 9, 26, 58, 12, 23, 12}; got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestCheckIsBound changes everything that a check is over: the emoji differ,
// and the commitment does not open.
func TestCheckIsBound(t *testing.T) {
	t.Parallel()
	mine, theirs := [32]byte{7}, [32]byte{8}
	check := sampleCheck()
	commitment, shown := check.Commit(mine), check.Shown(mine, theirs)
	if !check.Opens(commitment, mine) || check.Opens(commitment, theirs) || check.Shown(theirs, mine) == shown {
		t.Error("the commitment, or who says what, does not count")
	}
	for name, change := range map[string]func(*Check){
		"starter":           func(k *Check) { k.Starter[31] ^= 1 },
		"answerer":          func(k *Check) { k.Answerer[31] ^= 1 },
		"starter's device":  func(k *Check) { k.StarterDevice[31] ^= 1 },
		"answerer's device": func(k *Check) { k.AnswererDevice[31] ^= 1 },
		"line":              func(k *Check) { k.Binding[31] ^= 1 },
		"id":                func(k *Check) { k.ID[15] ^= 1 },
		"roles":             func(k *Check) { k.Starter, k.Answerer = k.Answerer, k.Starter },
	} {
		other := sampleCheck()
		change(&other)
		if other.Opens(commitment, mine) || other.Shown(mine, theirs) == shown {
			t.Errorf("%s does not count", name)
		}
	}
}

// TestEmojiAreEven counts what comes up: each about as often as every other.
func TestEmojiAreEven(t *testing.T) {
	t.Parallel()
	check := sampleCheck()
	var count [len(Emoji)]int
	const tries = 6400
	for i := range tries {
		for _, one := range check.Shown([32]byte{byte(i), byte(i >> 8)}, [32]byte{8}) {
			count[one]++
		}
	}
	for number, times := range count {
		if times < 560 || times > 840 { // 700 expected, a deviation of 26
			t.Errorf("emoji %d came up %d times", number, times)
		}
	}
}

func TestReadSafetyNumber(t *testing.T) {
	t.Parallel()
	number := SafetyNumber(PeerID{1}, PeerID{2})
	digits := strings.ReplaceAll(number, " ", "")
	wide := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, number)
	for name, text := range map[string]string{
		"as shown": number, "without spaces": digits, "lines": strings.ReplaceAll(number, " ", "\r\n"), "wide digits": wide,
		"wide spaces": strings.ReplaceAll(number, " ", "\u3000"), "hyphens": strings.ReplaceAll(number, " ", " – "), "marks of direction": "\u200e" + number + "\u200f",
	} {
		if got, ok := ReadSafetyNumber(text); !ok || got != digits {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
	for name, text := range map[string]string{"letters": "4821O" + digits[5:], "too many": digits + "1", "others' digits": "٤" + digits[1:]} {
		if got, ok := ReadSafetyNumber(text); ok {
			t.Errorf("%s was read as %q", name, got)
		}
	}
	if got, ok := ReadSafetyNumber(" 12345 6"); !ok || got != "123456" {
		t.Errorf("a part: %q, %v", got, ok)
	}
}

func TestRetirement(t *testing.T) {
	t.Parallel()
	keys, other := testKeys(t, 1), testKeys(t, 2)
	now := time.UnixMilli(1_790_000_000_123)
	signed, err := keys.Retire(now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseRetirement(signed)
	if err != nil || got.Peer != keys.Peer() || !got.At.Equal(now) {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range signed.GetBody() {
		changed := &wire.Signed{Body: bytes.Clone(signed.GetBody()), Signature: signed.GetSignature()}
		changed.Body[i] ^= 1
		if _, err = ParseRetirement(changed); err == nil {
			t.Errorf("byte %d does not count", i)
		}
	}
	for name, bad := range map[string]*wire.Signed{
		"nothing": nil, "of somebody else": other.SignedAsIdentity(ContextRetirement, signed.GetBody()),
		"by the device": keys.SignedAsDevice(ContextRetirement, signed.GetBody()), "for another purpose": keys.SignedAsIdentity(ContextDeviceList, signed.GetBody()),
	} {
		if _, err = ParseRetirement(bad); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzRetirement(f *testing.F) {
	keys := testKeys(f, 1)
	signed, err := keys.Retire(time.UnixMilli(1_790_000_000_123))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed.GetBody(), signed.GetSignature())
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, body, signature []byte) {
		if got, err := ParseRetirement(&wire.Signed{Body: body, Signature: signature}); err == nil && got.Peer != keys.Peer() {
			t.Errorf("%+v", got)
		}
	})
}

func FuzzSafetyNumber(f *testing.F) {
	f.Add("48213 90077 51264")
	f.Add("４８２\n１３")
	f.Fuzz(func(t *testing.T, text string) {
		digits, ok := ReadSafetyNumber(text)
		if len(digits) > SafetyDigits || strings.Trim(digits, "0123456789") != "" {
			t.Errorf("%q, %v", digits, ok)
		}
	})
}
