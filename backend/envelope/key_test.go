package envelope

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestNewSealingKey(t *testing.T) {
	t.Parallel()
	now := written.Add(123456 * time.Nanosecond)
	one, err := NewSealingKey(now)
	if err != nil {
		t.Fatal(err)
	}
	two, err := NewSealingKey(now)
	if err != nil {
		t.Fatal(err)
	}
	if one.ID == two.ID || bytes.Equal(one.private.PublicKey().Bytes(), two.private.PublicKey().Bytes()) {
		t.Error("two keys are one")
	}
	if one.Expires.Sub(one.Created) != Life || one.Created.After(now) {
		t.Errorf("from %v to %v", one.Created, one.Expires)
	}
	record := testRecord(t, one, testKeys(t, 1))
	if len(record.Public.Bytes()) != publicSize || record.KeyID != one.ID {
		t.Errorf("%+v", record)
	}
}

func TestSealingKeyIsKept(t *testing.T) {
	t.Parallel()
	key := testSealingKey(t, 3)
	data, err := key.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := ParseSealingKey(data)
	if err != nil {
		t.Fatal(err)
	}
	if kept.ID != key.ID || !kept.Created.Equal(key.Created) || !kept.Expires.Equal(key.Expires) {
		t.Errorf("%v from %v to %v", kept.ID, kept.Created, kept.Expires)
	}
	if again, err := kept.Marshal(); err != nil || !bytes.Equal(again, data) {
		t.Errorf("it changed, %v", err)
	}
	for name, refused := range map[string][]byte{
		"empty": nil, "cut": data[:len(data)-1], "longer": append(slices.Clone(data), 0), "huge": make([]byte, maxRecord+1),
	} {
		if _, err := ParseSealingKey(refused); !errors.Is(err, ErrSealingKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := &wire.KeyRecord{}
	if err := wire.Decode(data, maxRecord, good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*wire.KeyRecord){
		"short id":    func(k *wire.KeyRecord) { k.KeyId = k.GetKeyId()[1:] },
		"other suite": func(k *wire.KeyRecord) { k.Suite = 2 },
		"short key":   func(k *wire.KeyRecord) { k.SealingKey = k.GetSealingKey()[1:] },
		"too long":    func(k *wire.KeyRecord) { k.ExpiresMs = k.GetCreatedMs() + Life.Milliseconds() + 1 },
		"backwards":   func(k *wire.KeyRecord) { k.ExpiresMs = k.GetCreatedMs() },
		"a public one": func(k *wire.KeyRecord) {
			k.Sequence = 1
		},
	} {
		changed := proto.CloneOf(good)
		change(changed)
		if _, err := ParseSealingKey(mustEncode(t, changed)); !errors.Is(err, ErrSealingKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func mustEncode(t testing.TB, message proto.Message) []byte {
	t.Helper()
	data, err := wire.Encode(message)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSealingKeyNeverShows(t *testing.T) {
	t.Parallel()
	key := testSealingKey(t, 0x5a)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", *key)
		fmt.Fprintf(&out, verb+"\n", struct{ Inner any }{*key})
	}
	secret, err := key.private.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	shown := out.String()
	for _, part := range []string{fmt.Sprintf("%x", secret[:4]), fmt.Sprintf("%d", secret[:4]), "Private", "private"} {
		if strings.Contains(shown, strings.Trim(part, "[]")) {
			t.Errorf("it shows as %q", part)
		}
	}
}

func TestParseRecord(t *testing.T) {
	t.Parallel()
	keys, other, key := testKeys(t, 1), testKeys(t, 2), testSealingKey(t, 3)
	signed, err := key.Record(keys, 5)
	if err != nil {
		t.Fatal(err)
	}
	record, err := ParseRecord(signed)
	if err != nil {
		t.Fatal(err)
	}
	if record.Peer != keys.Peer() || record.Device != keys.Device() || record.Sequence != 5 || record.KeyID != key.ID || record.Signed != signed ||
		!record.Created.Equal(key.Created) || !record.Expires.Equal(key.Expires) || !bytes.Equal(record.Public.Bytes(), key.private.PublicKey().Bytes()) {
		t.Errorf("%+v", record)
	}
	for i := range signed.GetBody() {
		mutated := proto.CloneOf(signed)
		mutated.Body[i] ^= 1
		if _, err := ParseRecord(mutated); !errors.Is(err, ErrRecord) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	good := &wire.KeyRecord{}
	if err := wire.Decode(signed.GetBody(), maxRecord, good); err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*wire.KeyRecord)) *wire.Signed {
		body := proto.CloneOf(good)
		change(body)
		return keys.SignedAsDevice(identity.ContextKeyRecord, mustEncode(t, body))
	}
	for name, refused := range map[string]*wire.Signed{
		"nothing":                nil,
		"empty":                  {},
		"signed by the person":   keys.SignedAsIdentity(identity.ContextKeyRecord, signed.GetBody()),
		"signed by another":      other.SignedAsDevice(identity.ContextKeyRecord, signed.GetBody()),
		"for another purpose":    keys.SignedAsDevice(identity.ContextEntry, signed.GetBody()),
		"an unknown field":       keys.SignedAsDevice(identity.ContextKeyRecord, protowire.AppendVarint(protowire.AppendTag(slices.Clone(signed.GetBody()), 99, protowire.VarintType), 1)),
		"too large":              keys.SignedAsDevice(identity.ContextKeyRecord, make([]byte, maxRecord+1)),
		"a weak identity":        changed(func(k *wire.KeyRecord) { k.Identity = make([]byte, 32) }),
		"a weak device":          changed(func(k *wire.KeyRecord) { k.Device = make([]byte, 32) }),
		"sequence 0":             changed(func(k *wire.KeyRecord) { k.Sequence = 0 }),
		"suite 0":                changed(func(k *wire.KeyRecord) { k.Suite = 0 }),
		"suite 2":                changed(func(k *wire.KeyRecord) { k.Suite = 2 }),
		"a short key id":         changed(func(k *wire.KeyRecord) { k.KeyId = k.GetKeyId()[:15] }),
		"a long key id":          changed(func(k *wire.KeyRecord) { k.KeyId = make([]byte, 17) }),
		"a short key":            changed(func(k *wire.KeyRecord) { k.SealingKey = k.GetSealingKey()[:publicSize-1] }),
		"a long key":             changed(func(k *wire.KeyRecord) { k.SealingKey = make([]byte, publicSize+1) }),
		"a key out of the field": changed(func(k *wire.KeyRecord) { k.SealingKey = bytes.Repeat([]byte{0xff}, publicSize) }),
		"no life":                changed(func(k *wire.KeyRecord) { k.ExpiresMs = k.GetCreatedMs() }),
		"too long a life":        changed(func(k *wire.KeyRecord) { k.ExpiresMs++ }),
		"a time before 1970":     changed(func(k *wire.KeyRecord) { k.CreatedMs, k.ExpiresMs = -1, 1 }),
		"all of time":            changed(func(k *wire.KeyRecord) { k.CreatedMs, k.ExpiresMs = -1<<63, 1<<63-1 }),
	} {
		if _, err := ParseRecord(refused); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
