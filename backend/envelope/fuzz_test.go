package envelope

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// FuzzOpen is what a carrier can do; behind the seal fuzzing comes with FuzzInner.
func FuzzOpen(f *testing.F) {
	kept, key := readVectors(f)
	known := map[string]bool{} // not sealed here: every worker would have others
	for _, vector := range kept.Accepted {
		known[string(vector.Sealed)] = true
		f.Add(vector.Sealed)
	}
	for _, vector := range kept.Refused { // some only for their time
		known[string(vector.Sealed)] = true
		f.Add(vector.Sealed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		header, errOuter := wire.ParseOuter(data)
		content, err := Open(data, func([keyIDSize]byte) *SealingKey { return key }, written)
		if err == nil && !known[string(data)] {
			t.Error("something else opens")
		}
		if err == nil && (errOuter != nil || header.Kind != content.Kind) {
			t.Error("ParseOuter and Open disagree")
		}
	})
}

func FuzzParseOuter(f *testing.F) {
	p := newPair(f)
	f.Add(p.seal(f, p.content("May I?"))[:headerSize], 1736)
	f.Add([]byte("TCEN"), 0)
	f.Fuzz(func(t *testing.T, head []byte, size int) {
		data := head
		if size > len(head) && size < 100<<10 {
			data = make([]byte, size)
			copy(data, head)
		}
		header, err := wire.ParseOuter(data)
		if err != nil {
			if !errors.Is(err, ErrNotEnvelope) && !errors.Is(err, ErrVersion) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if again := header.Encode(len(data) - headerSize - encSize); !bytes.Equal(again, data[:headerSize]) {
			t.Error("what was accepted is not what is written")
		}
	})
}

// FuzzInner is what anybody can do who can seal: bytes in place of a plaintext.
func FuzzInner(f *testing.F) {
	p := newPair(f)
	content := p.content("May I?")
	content.ReplyKey = p.reply
	for _, sealed := range [][]byte{p.seal(f, content), p.seal(f, p.content(""))} {
		_, inner := unseal(f, p.key, sealed)
		f.Add(inner)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if inner, err := unpad(data); err == nil && len(inner) > len(data) {
			t.Error("more came out than went in")
		}
		opened, err := readInner(data)
		if err != nil {
			if !errors.Is(err, ErrNotEnvelope) && !errors.Is(err, ErrSender) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if opened.FromPeer != p.ana.Peer() || opened.FromDevice != p.ana.Device() {
			t.Error("another sender without their keys")
		}
	})
}

func FuzzUnpad(f *testing.F) {
	f.Add(make([]byte, smallest))
	f.Add(append(bytes.Repeat([]byte{0}, signatureSize), 0xff, 0xff, 0xff, 0xff))
	f.Fuzz(func(t *testing.T, plain []byte) {
		inner, err := unpad(plain)
		if err == nil && wire.PaddedSize(signatureSize+4+len(inner)) != len(plain) {
			t.Errorf("%d bytes out of %d", len(inner), len(plain))
		}
	})
}

// FuzzParseRecord signs what comes with the device's key, so that fuzzing gets
// behind the signature.
func FuzzParseRecord(f *testing.F) {
	keys := testKeys(f, 1)
	f.Add(testRecord(f, testSealingKey(f, 3), keys).Signed.GetBody())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		record, err := ParseRecord(keys.SignedAsDevice(identity.ContextKeyRecord, body))
		if err != nil {
			if !errors.Is(err, ErrRecord) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if record.Device != keys.Device() || record.Sequence == 0 || !record.Expires.After(record.Created) || record.Public == nil {
			t.Errorf("%+v", record)
		}
	})
}

func FuzzParseSealingKey(f *testing.F) {
	data, err := testSealingKey(f, 3).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := ParseSealingKey(data)
		if err != nil {
			if !errors.Is(err, ErrSealingKey) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if again, err := key.Marshal(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("it changed, %v", err)
		}
	})
}
