package envelope

import (
	"bytes"
	"crypto/hpke"
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// written is the time of envelopes in tests: 22:00 UTC, so that a day's end is near.
var written = time.Date(2026, 1, 2, 22, 0, 0, 0, time.UTC)

// testKeys returns fixed keys; seeds are below 128.
func testKeys(t testing.TB, seed byte) *identity.Keys {
	t.Helper()
	seeds := append(bytes.Repeat([]byte{seed}, 32), bytes.Repeat([]byte{seed | 0x80}, 32)...)
	keys, err := identity.NewKeys(bytes.NewReader(seeds))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// testSealingKey returns a fixed sealing key, a day old when it is used.
func testSealingKey(t testing.TB, seed byte) *SealingKey {
	t.Helper()
	private, err := hpke.MLKEM768X25519().NewPrivateKey(bytes.Repeat([]byte{seed}, privateSize))
	if err != nil {
		t.Fatal(err)
	}
	created := written.Add(-24 * time.Hour)
	return &SealingKey{ID: [keyIDSize]byte(bytes.Repeat([]byte{seed}, keyIDSize)), Created: created, Expires: created.Add(Life), private: private}
}

func testRecord(t testing.TB, key *SealingKey, keys *identity.Keys) Record {
	t.Helper()
	signed, err := key.Record(keys, 1)
	if err != nil {
		t.Fatal(err)
	}
	record, err := ParseRecord(signed)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// pair is Ana, who writes, and Ben, who reads.
type pair struct {
	ana, ben *identity.Keys
	key      *SealingKey // Ben's
	record   Record      // Ben's
	reply    *wire.Signed
	devices  *wire.Signed
}

func newPair(t testing.TB) pair {
	t.Helper()
	p := pair{ana: testKeys(t, 1), ben: testKeys(t, 2), key: testSealingKey(t, 3)}
	p.record = testRecord(t, p.key, p.ben)
	p.reply = testRecord(t, testSealingKey(t, 4), p.ana).Signed
	var err error
	if p.devices, err = p.ana.DeviceList(1, written); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p pair) find([keyIDSize]byte) *SealingKey { return p.key }

func (p pair) content(body string) Content {
	return Content{
		FromPeer: p.ana.Peer(), FromDevice: p.ana.Device(), ToPeer: p.ben.Peer(), ToDevice: p.ben.Device(),
		ID: uuid.MustParse("019b8000-0000-7000-8000-000000000001"), Time: written,
		Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Body: []byte(body), DeviceList: p.devices,
	}
}

func (p pair) seal(t testing.TB, content Content) []byte {
	t.Helper()
	sealed, err := Seal(content, p.record, p.ana, written.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// craft is an envelope by somebody who keeps to no rule. Its zero fields are
// filled with what is right.
type craft struct {
	content Content
	to      Record
	header  func(header []byte)             // changes the outer header before sealing
	inner   func(inner *wire.EnvelopeInner) // changes what is inside before signing
	bytes   func(inner []byte) []byte       // changes its bytes
	sign    func(digest []byte) []byte      // by Ana's device
	padded  int
	plain   func(plain []byte) // changes the padded plaintext
	expires time.Time
}

func (c craft) seal(t testing.TB, p pair) []byte {
	t.Helper()
	return sealCraft(t, p, &c)
}

func sealCraft(t testing.TB, p pair, c *craft) []byte {
	t.Helper()
	message := &wire.EnvelopeInner{
		FromIdentity: c.content.FromPeer[:], FromDevice: c.content.FromDevice[:], ToIdentity: c.content.ToPeer[:], ToDevice: c.content.ToDevice[:],
		Id: c.content.ID[:], TimeMs: c.content.Time.UnixMilli(), Kind: c.content.Kind, Body: c.content.Body,
		FromDeviceList: c.content.DeviceList, ReplyKey: c.content.ReplyKey,
	}
	if c.inner != nil {
		c.inner(message)
	}
	inner, err := wire.Encode(message)
	if err != nil {
		t.Fatal(err)
	}
	if c.bytes != nil {
		inner = c.bytes(inner)
	}
	if c.padded == 0 {
		c.padded = wire.PaddedSize(signatureSize + 4 + len(inner))
	}
	if c.expires.IsZero() {
		c.expires = written.Add(time.Hour)
	}
	if c.to.Public == nil {
		c.to = p.record
	}
	header := wire.OuterHeader{Kind: c.content.Kind, Tag: Tag(c.to.KeyID, c.content.Time), KeyID: c.to.KeyID, Expires: c.expires}.Encode(c.padded + overhead)
	if c.header != nil {
		c.header(header)
	}
	enc, sender, err := hpke.NewSender(c.to.Public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), header)
	if err != nil {
		t.Fatal(err)
	}
	if c.sign == nil {
		c.sign = func(digest []byte) []byte { return p.ana.SignAsDevice(identity.ContextEnvelope, digest) }
	}
	plain := make([]byte, c.padded)
	copy(plain, c.sign(digest(header, enc, inner)))
	binary.BigEndian.PutUint32(plain[signatureSize:], uint32(len(inner)))
	copy(plain[signatureSize+4:], inner)
	if c.plain != nil {
		c.plain(plain)
	}
	ciphertext, err := sender.Seal(nil, plain)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(header, enc...), ciphertext...)
}

// unseal returns what the owner of a key sees inside.
func unseal(t testing.TB, key *SealingKey, sealed []byte) (signature, inner []byte) {
	t.Helper()
	outer, enc, ciphertext := sealed[:headerSize], sealed[headerSize:headerSize+encSize], sealed[headerSize+encSize:]
	recipient, err := hpke.NewRecipient(enc, key.private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), outer)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := recipient.Open(nil, ciphertext)
	if err != nil {
		t.Fatal(err)
	}
	if inner, err = unpad(plain); err != nil {
		t.Fatal(err)
	}
	return plain[:signatureSize], inner
}
