package envelope

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

var update = flag.Bool("update", false, "write the vectors in testdata anew")

// vectors are in testdata/envelopes.json. Sealing is random, so a rewritten
// file differs everywhere: rewrite it only when the format changes.
type vectors struct {
	Comment    string            `json:"comment"`
	SealingKey []byte            `json:"sealing_key"` // as SealingKey.Marshal writes it
	Accepted   []acceptedVector  `json:"accepted"`
	Refused    []refusedVector   `json:"refused"`
	Tags       map[string]string `json:"tags"` // of the sealing key, by the day's Unix seconds in RFC 3339
}

type acceptedVector struct {
	Note    string    `json:"note"`
	Now     time.Time `json:"now"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	ID      string    `json:"id"`
	Kind    int32     `json:"kind"`
	Tag     []byte    `json:"tag"`
	Body    []byte    `json:"body"`
	Replies bool      `json:"replies"` // a reply key is inside
	Sealed  []byte    `json:"sealed"`
}

type refusedVector struct {
	Note   string    `json:"note"`
	Error  string    `json:"error"`
	Now    time.Time `json:"now"`
	Sealed []byte    `json:"sealed"`
}

var errorNames = map[string]error{
	"not-envelope": ErrNotEnvelope, "version": ErrVersion, "expired": ErrExpired, "clock": ErrClock,
	"unknown-key": ErrUnknownKey, "open": ErrOpen, "sender": ErrSender,
}

func makeVectors(t *testing.T) vectors {
	t.Helper()
	p := newPair(t)
	kept, err := p.key.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	made := vectors{Comment: "Sealed envelopes that open, and that do not, with their sealing key. Written by go test -update.", SealingKey: kept, Tags: map[string]string{}}
	for _, day := range []time.Time{time.Unix(0, 0), written, written.Add(2*time.Hour - time.Millisecond), written.Add(2 * time.Hour)} {
		tag := Tag(p.key.ID, day)
		made.Tags[day.UTC().Format(time.RFC3339)] = hex.EncodeToString(tag[:])
	}
	withReply := p.content("offer")
	withReply.Kind, withReply.ReplyKey = wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL, p.reply
	entries := p.content("entries")
	entries.Kind = wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES
	invited := p.content("May I? I was invited.")
	invited.Tag = [16]byte([]byte("an invite's tag!"))
	for note, content := range map[string]Content{
		"short": p.content("May I?"), "no body": p.content(""), "with a reply key": withReply,
		"1 KiB of body": p.content(string(bytes.Repeat([]byte("abcdefgh"), 128))),
		"entries":       entries, "a request at the tag of an invite": invited,
	} {
		sealed := p.seal(t, content)
		outer, err := wire.ParseOuter(sealed)
		if err != nil {
			t.Fatal(err)
		}
		made.Accepted = append(made.Accepted, acceptedVector{
			Note: note, Now: written, From: content.FromPeer.String(), To: content.ToPeer.String(), ID: content.ID.String(),
			Kind: int32(content.Kind), Body: content.Body, Tag: outer.Tag[:], Replies: content.ReplyKey != nil, Sealed: sealed,
		})
	}
	slices.SortFunc(made.Accepted, func(a, b acceptedVector) int { return len(a.Sealed) - len(b.Sealed) })
	made.Refused = append(refusedOutside(t, p), refusedInside(t, p)...)
	return made
}

// refusedOutside are envelopes that anybody on the way can make.
func refusedOutside(t *testing.T, p pair) []refusedVector {
	t.Helper()
	good := p.seal(t, p.content("May I?"))
	changed := func(change func(sealed []byte)) []byte {
		sealed := slices.Clone(good)
		change(sealed)
		return sealed
	}
	hour := time.Hour
	return []refusedVector{
		{"empty", "not-envelope", written, nil},
		{"cut by a byte", "not-envelope", written, good[:len(good)-1]},
		{"a byte longer", "not-envelope", written, append(slices.Clone(good), 0)},
		{"other magic", "not-envelope", written, changed(func(s []byte) { s[0] = 't' })},
		{"version 0", "version", written, changed(func(s []byte) { s[4] = 0 })},
		{"version 2", "version", written, changed(func(s []byte) { s[4] = 2 })},
		{"suite 2", "version", written, changed(func(s []byte) { s[5] = 2 })},
		{"another kind outside", "open", written, changed(func(s []byte) { s[6] = 1 })},
		{"another tag", "open", written, changed(func(s []byte) { s[7] ^= 1 })},
		{"another key id", "unknown-key", written, changed(func(s []byte) { s[23] ^= 1 })},
		{"a later expiry", "open", written, changed(func(s []byte) { s[46] ^= 1 })},
		{"an expiry in another age", "not-envelope", written, changed(func(s []byte) { s[39] = 1 })},
		{"a reserved byte", "not-envelope", written, changed(func(s []byte) { s[headerSize-1] = 1 })},
		{"another length", "not-envelope", written, changed(func(s []byte) { s[50] ^= 1 })},
		{"another encapsulation", "open", written, changed(func(s []byte) { s[headerSize] ^= 1 })},
		{"no encapsulation", "open", written, changed(func(s []byte) { clear(s[headerSize : headerSize+encSize]) })},
		{"another ciphertext", "open", written, changed(func(s []byte) { s[len(s)-1] ^= 1 })},
		{"a millisecond after its expiry", "expired", written.Add(hour + time.Millisecond), good},
		{"opened by a clock a fortnight behind", "clock", written.Add(-maxLife), good},
		{"written 5 minutes ahead", "clock", written.Add(-maxClockAhead - time.Millisecond), good},
	}
}

// refusedInside are envelopes that somebody made who can seal: any stranger.
func refusedInside(t *testing.T, p pair) []refusedVector {
	t.Helper()
	cleo := testKeys(t, 5)
	cleosDevices, err := cleo.DeviceList(1, written)
	if err != nil {
		t.Fatal(err)
	}
	cleosKey := testRecord(t, testSealingKey(t, 6), cleo).Signed
	content := p.content("May I?")
	vector := func(note, refusal string, c craft) refusedVector {
		if c.content.ID == [16]byte{} {
			c.content = content
		}
		return refusedVector{note, refusal, written, c.seal(t, p)}
	}
	with := func(change func(*Content)) Content {
		other := content
		change(&other)
		return other
	}
	return []refusedVector{
		vector("no signature", "sender", craft{sign: func([]byte) []byte { return nil }}),
		vector("signed by the person", "sender", craft{sign: func(d []byte) []byte { return p.ana.SignAsIdentity(identity.ContextEnvelope, d) }}),
		vector("signed for another purpose", "sender", craft{sign: func(d []byte) []byte { return p.ana.SignAsDevice(identity.ContextEntry, d) }}),
		vector("signed by somebody else", "sender", craft{sign: func(d []byte) []byte { return cleo.SignAsDevice(identity.ContextEnvelope, d) }}),
		vector("somebody else's device list", "sender", craft{content: with(func(c *Content) { c.DeviceList = cleosDevices })}),
		vector("a device that is not listed", "sender", craft{
			content: with(func(c *Content) { c.FromDevice = cleo.Device() }),
			sign:    func(d []byte) []byte { return cleo.SignAsDevice(identity.ContextEnvelope, d) },
		}),
		vector("no device list", "sender", craft{content: with(func(c *Content) { c.DeviceList = nil })}),
		vector("somebody else's reply key", "sender", craft{content: with(func(c *Content) { c.ReplyKey = cleosKey })}),
		vector("a reply key that was changed", "sender", craft{content: with(func(c *Content) {
			c.ReplyKey = proto.CloneOf(p.reply)
			c.ReplyKey.Body[40] ^= 1
		})}),
		vector("a weak identity", "sender", craft{inner: func(i *wire.EnvelopeInner) { i.FromIdentity = make([]byte, 32) }}),
		vector("a weak device", "sender", craft{inner: func(i *wire.EnvelopeInner) { i.FromDevice = make([]byte, 32) }}),
		vector("a weak recipient", "not-envelope", craft{inner: func(i *wire.EnvelopeInner) { i.ToIdentity = make([]byte, 32) }}),
		vector("no recipient's device", "not-envelope", craft{inner: func(i *wire.EnvelopeInner) { i.ToDevice = nil }}),
		vector("a short id", "not-envelope", craft{inner: func(i *wire.EnvelopeInner) { i.Id = i.GetId()[:15] }}),
		vector("no kind", "not-envelope", craft{content: with(func(c *Content) { c.Kind = 0 })}),
		vector("another kind inside", "not-envelope", craft{inner: func(i *wire.EnvelopeInner) { i.Kind = wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL }}),
		vector("entries at the tag of another day", "not-envelope", craft{
			content: with(func(c *Content) { c.Kind = wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES }),
			header: func(h []byte) {
				tag := Tag(p.record.KeyID, written.Add(24*time.Hour))
				copy(h[7:], tag[:])
			},
		}),
		vector("entries at a tag that is not derived", "not-envelope", craft{
			content: with(func(c *Content) { c.Kind = wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES }),
			header:  func(h []byte) { copy(h[7:], "an invite's tag!") },
		}),
		vector("a signal at a tag that is not derived", "not-envelope", craft{
			content: with(func(c *Content) { c.Kind = wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL }),
			header:  func(h []byte) { copy(h[7:], "an invite's tag!") },
		}),
		vector("a time ahead", "clock", craft{content: with(func(c *Content) { c.Time = written.Add(maxClockAhead + time.Millisecond) })}),
		vector("written after its expiry", "clock", craft{content: with(func(c *Content) { c.Time = written.Add(2 * time.Minute) }), expires: written.Add(time.Minute)}),
		vector("living longer than a fortnight", "clock", craft{expires: written.Add(maxLife + time.Minute)}),
		vector("a time before 1970", "clock", craft{content: with(func(c *Content) { c.Time = time.UnixMilli(-1) })}),
		vector("an unknown field inside", "not-envelope", craft{bytes: func(b []byte) []byte {
			return protowire.AppendVarint(protowire.AppendTag(b, 99, protowire.VarintType), 1)
		}}),
		vector("rubbish inside", "not-envelope", craft{bytes: func(b []byte) []byte { return bytes.Repeat([]byte{0xff}, len(b)) }}),
		vector("padding that is not zero", "not-envelope", craft{plain: func(b []byte) { b[len(b)-1] = 1 }}),
		vector("more padding than needed", "not-envelope", craft{padded: 1024}),
		vector("padding to another size", "not-envelope", craft{padded: 768}),
		vector("an inner length past the end", "not-envelope", craft{plain: func(b []byte) { b[signatureSize+3]++; b[signatureSize+2]++ }}),
		vector("a negative inner length", "not-envelope", craft{plain: func(b []byte) { b[signatureSize] = 0xff }}),
	}
}

var vectorsFile = filepath.Join("testdata", "envelopes.json")

func readVectors(t testing.TB) (vectors, *SealingKey) {
	t.Helper()
	data, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var kept vectors
	if err = json.Unmarshal(data, &kept); err != nil {
		t.Fatal(err)
	}
	key, err := ParseSealingKey(kept.SealingKey)
	if err != nil {
		t.Fatal(err)
	}
	return kept, key
}

func TestVectors(t *testing.T) {
	t.Parallel()
	if *update {
		data, err := json.MarshalIndent(makeVectors(t), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err = os.WriteFile(vectorsFile, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, key := readVectors(t)
	find := func(id [keyIDSize]byte) *SealingKey {
		if id != key.ID {
			return nil
		}
		return key
	}
	for _, vector := range kept.Accepted {
		content, err := Open(vector.Sealed, find, vector.Now)
		if err != nil {
			t.Errorf("%s: %v", vector.Note, err)
			continue
		}
		if content.FromPeer.String() != vector.From || content.ToPeer.String() != vector.To || content.ID.String() != vector.ID ||
			int32(content.Kind) != vector.Kind || !bytes.Equal(content.Body, vector.Body) || (content.ReplyKey != nil) != vector.Replies {
			t.Errorf("%s: %+v", vector.Note, content)
		}
		outer, err := wire.ParseOuter(vector.Sealed)
		derived := outer.Tag == Tag(outer.KeyID, content.Time)
		if err != nil || !bytes.Equal(outer.Tag[:], vector.Tag) || derived != (content.Tag == [16]byte{}) || !derived && content.Tag != outer.Tag {
			t.Errorf("%s: at the tag %x, in its header %x", vector.Note, content.Tag, outer.Tag)
		}
	}
	for _, vector := range kept.Refused {
		if _, err := Open(vector.Sealed, find, vector.Now); errorNames[vector.Error] == nil || !errors.Is(err, errorNames[vector.Error]) {
			t.Errorf("%s: %v, want %s", vector.Note, err, vector.Error)
		}
	}
	for text, want := range kept.Tags {
		day, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if tag := Tag(key.ID, day); hex.EncodeToString(tag[:]) != want {
			t.Errorf("the tag of %s is %x, want %s", text, tag, want)
		}
	}
	if len(kept.Accepted) == 0 || len(kept.Refused) == 0 || len(kept.Tags) == 0 {
		t.Error("vectors are missing")
	}
}
