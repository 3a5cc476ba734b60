package natsengine

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

func sample(k kind) message {
	m := message{kind: k, node: 7, clock: 9}
	other, device, stamp, rest, _ := k.shape()
	if k.named() {
		m.peer = identity.PeerID{1, 2, 3}
	}
	if other {
		m.other = identity.PeerID{31: 4}
	}
	if device {
		m.device = identity.DeviceID{5}
	}
	if stamp {
		m.claimant, m.stamp = 1<<63, 11
	}
	m.rest = []byte{}
	if rest {
		m.rest = []byte("rest")
	}
	return m
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for k := kindAsk; k < kindEnd; k++ {
		want := sample(k)
		data := want.encode()
		got, err := parseMessage(data)
		if err != nil || !bytes.Equal(got.encode(), data) || got.peer != want.peer || got.other != want.other ||
			got.device != want.device || got.stamp != want.stamp || !bytes.Equal(got.rest, want.rest) {
			t.Errorf("kind %d: %+v, %v", k, got, err)
		}
		if _, err = parseMessage(data[:len(data)-len(want.rest)-1]); !errors.Is(err, errMessage) {
			t.Errorf("kind %d, cut short: %v", k, err)
		}
		if _, _, _, rest, _ := k.shape(); !rest {
			if _, err = parseMessage(append(data, 0)); !errors.Is(err, errMessage) {
				t.Errorf("kind %d, too long: %v", k, err)
			}
		}
	}
	large := sample(kindSignal)
	large.rest = make([]byte, maxMessage)
	for name, data := range map[string][]byte{
		"no kind": sample(kindEnd).encode(), "kind 0": sample(0).encode(), "large": large.encode(), "nothing": nil,
		"another format": append([]byte{format + 1}, sample(kindSync).encode()[1:]...),
	} {
		if _, err := parseMessage(data); !errors.Is(err, errMessage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseMessage(f *testing.F) {
	for k := kind(0); k <= kindEnd; k++ {
		f.Add(sample(k).encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseMessage(data)
		if err == nil && !bytes.Equal(m.encode(), data) {
			t.Errorf("%x became %x", data, m.encode())
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	taken := entry{what: entryTaken, number: 3}.append(nil)
	signal := entry{what: entrySignal, number: 1 << 60, to: identity.PeerID{6}, from: identity.PeerID{7}, envelope: []byte("sealed")}.append(nil)
	f.Add(append(bytes.Clone(signal), taken...))
	f.Add(signal[:len(signal)-1])
	f.Add(signal[:signalSize-1])
	f.Add(taken[:answerSize-1])
	f.Add(make([]byte, signalSize))
	f.Fuzz(func(t *testing.T, data []byte) {
		for len(data) > 0 {
			one, rest, err := nextEntry(data)
			if err != nil {
				return
			}
			if again := one.append(nil); len(again) != one.size() || !bytes.Equal(again, data[:len(data)-len(rest)]) {
				t.Fatalf("%x became %x", data, again)
			}
			data = rest
		}
	})
}

func FuzzParseBack(f *testing.F) {
	const self = 0xabc
	for _, one := range []back{
		{word: wordPing, incarnation: 1},
		{word: wordSync, incarnation: 2, number: 3},
		{word: wordSignal, number: 4},
		{word: wordAsk, from: identity.PeerID{5}, to: identity.PeerID{6}},
	} {
		f.Add(one.subject(self))
		got, ok := parseBack(one.subject(self), self)
		if !ok || got != one {
			f.Errorf("%+v became %+v, %t", one, got, ok)
		}
		if _, ok = parseBack(one.subject(self), self+1); ok {
			f.Error("another node's reply subject is taken")
		}
	}
	f.Fuzz(func(t *testing.T, subject string) {
		if got, ok := parseBack(subject, self); ok {
			if again, same := parseBack(got.subject(self), self); !same || again != got {
				t.Errorf("%q became %+v", subject, got)
			}
		}
	})
}

func FuzzParseSecret(f *testing.F) {
	secret, err := NewClusterSecret()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(secret)
	f.Add(append(secret, secret...))
	f.Add(make([]byte, maxSecret+1))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, parseErr := parseSecret(data)
		if parseErr != nil {
			return
		}
		if _, parseErr = parsed.nodeTLS(); parseErr != nil {
			t.Errorf("a secret that was taken gives no certificate: %v", parseErr)
		}
	})
}

// TestClockGoesOn has two nodes whose machines' clocks are an hour apart.
func TestClockGoesOn(t *testing.T) {
	t.Parallel()
	now := time.Now()
	early := &clock{now: func() time.Time { return now.Add(-time.Hour) }, node: 1}
	late := &clock{now: func() time.Time { return now }, node: 2}
	seen := make(map[uint64]bool)
	last := uint64(0)
	for range 1000 {
		for _, one := range []*clock{early, late} {
			one.observe(last)
			stamp := one.stamp()
			if stamp <= last || seen[stamp] {
				t.Fatalf("%d after %d", stamp, last)
			}
			seen[stamp], last = true, stamp
		}
	}
	if now.UnixNano()-int64(last) > int64(time.Second) {
		t.Error("the early clock holds the late one back")
	}
}
