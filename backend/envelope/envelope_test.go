package envelope

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestOpenReturnsWhatWasSealed(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	content := p.content("May I?")
	content.ReplyKey = p.reply
	sealed := p.seal(t, content)
	header, err := wire.ParseOuter(sealed)
	if err != nil || header.Kind != content.Kind || header.KeyID != p.key.ID || header.Tag != Tag(p.key.ID, written) || !header.Expires.Equal(written.Add(time.Hour)) {
		t.Errorf("%+v, %v", header, err)
	}
	opened, err := Open(sealed, p.find, written)
	if err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(opened.DeviceList, content.DeviceList) || !proto.Equal(opened.ReplyKey, content.ReplyKey) || !opened.Time.Equal(content.Time) {
		t.Errorf("%+v", opened)
	}
	if opened.FromPeer != content.FromPeer || opened.FromDevice != content.FromDevice || opened.ToPeer != content.ToPeer || opened.ToDevice != content.ToDevice ||
		opened.ID != content.ID || opened.Kind != content.Kind || !bytes.Equal(opened.Body, content.Body) {
		t.Errorf("%+v", opened)
	}
	if bytes.Contains(sealed, content.Body) || bytes.Contains(sealed, content.FromPeer[:]) || bytes.Contains(sealed, content.ToPeer[:]) {
		t.Error("it can be seen who writes to whom, or what")
	}
	if again := p.seal(t, content); bytes.Equal(again[headerSize:headerSize+encSize], sealed[headerSize:headerSize+encSize]) {
		t.Error("two envelopes have one encapsulation")
	}
}

// TestEveryMutatedByteIsRefused finds the key whatever the key id says, so that
// changing it is refused too.
func TestEveryMutatedByteIsRefused(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	sealed := p.seal(t, p.content("May I?"))
	if _, err := Open(sealed, p.find, written); err != nil {
		t.Fatal(err)
	}
	for _, mask := range []byte{0x01, 0x80, 0xff} {
		for i := range sealed {
			sealed[i] ^= mask
			if _, err := Open(sealed, p.find, written); err == nil {
				t.Errorf("byte %d changed by %#x: it opens", i, mask)
			}
			sealed[i] ^= mask
		}
	}
	for i := range sealed {
		if _, err := Open(sealed[:i], p.find, written); err == nil {
			t.Errorf("cut to %d bytes: it opens", i)
		}
	}
}

// TestEveryMutatedPlainByteIsRefused changes what is inside, the signature and
// the padding too, sealed by somebody who knows it all: only the device's
// signature stands in the way.
func TestEveryMutatedPlainByteIsRefused(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	for i := range smallest {
		sealed := craft{content: p.content("May I?"), plain: func(plain []byte) { plain[i] ^= 1 }}.seal(t, p)
		if _, err := Open(sealed, p.find, written); err == nil {
			t.Errorf("byte %d changed: it opens", i)
		}
	}
	if _, err := Open(craft{content: p.content("May I?")}.seal(t, p), p.find, written); err != nil {
		t.Errorf("unchanged: %v", err)
	}
}

// TestResealingIsRefused: Ben opened what Ana wrote to him and seals it to
// Cleo, or again to himself, as if it came from her.
func TestResealingIsRefused(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	cleo, cleosKey := testKeys(t, 5), testSealingKey(t, 6)
	cleosRecord := testRecord(t, cleosKey, cleo)
	original := p.seal(t, p.content("for Ben's eyes"))
	signature, inner := unseal(t, p.key, original)
	verbatim := func([]byte) []byte { return inner }
	copied := func([]byte) []byte { return signature }
	for name, c := range map[string]craft{
		"verbatim to Cleo": {to: cleosRecord, bytes: verbatim, sign: copied},
		"addressed to Cleo": {to: cleosRecord, sign: copied, inner: func(i *wire.EnvelopeInner) {
			peer, device := cleo.Peer(), cleo.Device()
			i.ToIdentity, i.ToDevice = peer[:], device[:]
		}},
		"again to Ben":       {bytes: verbatim, sign: copied},
		"with a longer life": {bytes: verbatim, sign: copied, expires: written.Add(24 * time.Hour)},
	} {
		c.content = p.content("for Ben's eyes")
		find := p.find
		if c.to.Public != nil {
			find = func([keyIDSize]byte) *SealingKey { return cleosKey }
		}
		if _, err := Open(c.seal(t, p), find, written); !errors.Is(err, ErrSender) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Her signature holds for Ben only: he is named in what she signed.
	if opened, err := Open(original, p.find, written); err != nil || opened.ToPeer != p.ben.Peer() {
		t.Errorf("%+v, %v", opened, err)
	}
}

// TestStolenKeysDoNotImpersonateOthers: somebody has all of Ben's private keys
// and Ana's public records, and writes to Ben in her name.
func TestStolenKeysDoNotImpersonateOthers(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	thief := p.ben
	byThief := func(d []byte) []byte { return thief.SignAsDevice(identity.ContextEnvelope, d) }
	peer, device := p.ana.Peer(), thief.Device()
	body, err := wire.Encode(&wire.DeviceList{Identity: peer[:], Version: 2, Devices: []*wire.Device{{Key: device[:]}}})
	if err != nil {
		t.Fatal(err)
	}
	forgedList := thief.SignedAsIdentity(identity.ContextDeviceList, body)
	thiefsList, err := thief.DeviceList(2, written)
	if err != nil {
		t.Fatal(err)
	}
	with := func(device identity.DeviceID, list *wire.Signed) Content {
		content := p.content("it is me, Ana")
		content.FromDevice, content.DeviceList = device, list
		return content
	}
	for name, content := range map[string]Content{
		"as her device":                       with(p.ana.Device(), p.devices),
		"as another device with her list":     with(thief.Device(), p.devices),
		"with a list in her name":             with(thief.Device(), forgedList),
		"with the thief's own list":           with(thief.Device(), thiefsList),
		"as her device, the thief's own list": with(p.ana.Device(), thiefsList),
	} {
		if _, err := Open(craft{content: content, sign: byThief}.seal(t, p), p.find, written); !errors.Is(err, ErrSender) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Seal(content, p.record, thief, written.Add(time.Hour)); !errors.Is(err, ErrContent) {
			t.Errorf("%s: sealing: %v", name, err)
		}
	}
}

// TestReplyKeyIsTheSenders: a reply key of the same person's other device, or
// of the same device in another person's name, would lead answers astray.
func TestReplyKeyIsTheSenders(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	cleo, key := testKeys(t, 5), testSealingKey(t, 4)
	record := func(peer identity.PeerID, by *identity.Keys) *wire.Signed {
		signed, err := key.Record(by, 1)
		if err != nil {
			t.Fatal(err)
		}
		body := &wire.KeyRecord{}
		if err = wire.Decode(signed.GetBody(), maxRecord, body); err != nil {
			t.Fatal(err)
		}
		body.Identity = peer[:]
		renamed := by.SignedAsDevice(identity.ContextKeyRecord, mustEncode(t, body))
		if _, err = ParseRecord(renamed); err != nil { // it holds by itself
			t.Fatal(err)
		}
		return renamed
	}
	for name, test := range map[string]struct {
		reply *wire.Signed
		want  error
	}{
		"hers":                        {record(p.ana.Peer(), p.ana), nil},
		"of another device of hers":   {record(p.ana.Peer(), cleo), ErrSender},
		"her device, another's name":  {record(cleo.Peer(), p.ana), ErrSender},
		"another device, another one": {record(cleo.Peer(), cleo), ErrSender},
	} {
		content := p.content("May I?")
		content.ReplyKey = test.reply
		if _, err := Open(craft{content: content}.seal(t, p), p.find, written); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// TestCheapChecksComeFirst: what the outer header shows to be wrong costs no
// key agreement, and no search for a key.
func TestCheapChecksComeFirst(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	good := p.seal(t, p.content("May I?"))
	odd := append(wire.OuterHeader{Kind: 1, KeyID: p.key.ID, Expires: written.Add(time.Hour)}.Encode(768+overhead), make([]byte, encSize+768+overhead)...)
	if _, err := wire.ParseOuter(odd); !errors.Is(err, ErrNotEnvelope) {
		t.Errorf("ParseOuter of an odd size: %v", err)
	}
	for name, test := range map[string]struct {
		sealed []byte
		now    time.Time
		want   error
	}{
		"expired":     {good, written.Add(2 * time.Hour), ErrExpired},
		"far ahead":   {good, written.Add(-maxLife), ErrClock},
		"an odd size": {odd, written, ErrNotEnvelope},
	} {
		find := func([keyIDSize]byte) *SealingKey {
			t.Errorf("%s: a key was looked for", name)
			return nil
		}
		if _, err := Open(test.sealed, find, test.now); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// TestRotationHidesThePast: with the keys of after a rotation, what was sealed
// before does not open, even when it is tried with the wrong key.
func TestRotationHidesThePast(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	sealed := p.seal(t, p.content("last month"))
	if _, err := Open(sealed, func([keyIDSize]byte) *SealingKey { return nil }, written); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("%v", err)
	}
	fresh := testSealingKey(t, 7)
	if _, err := Open(sealed, func([keyIDSize]byte) *SealingKey { return fresh }, written); !errors.Is(err, ErrOpen) {
		t.Errorf("%v", err)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	sealed := p.seal(t, p.content("May I?"))
	for name, test := range map[string]struct {
		now  time.Time
		want error
	}{
		"at once":                     {written, nil},
		"the last moment":             {written.Add(time.Hour), nil},
		"a moment too late":           {written.Add(time.Hour + time.Millisecond), ErrExpired},
		"a clock 5 minutes behind":    {written.Add(-maxClockAhead), nil},
		"a clock more behind":         {written.Add(-maxClockAhead - time.Millisecond), ErrClock},
		"a clock years behind":        {written.AddDate(-20, 0, 0), ErrClock},
		"years later":                 {written.AddDate(20, 0, 0), ErrExpired},
		"over midnight, the next day": {written.Add(59 * time.Minute), nil},
	} {
		if _, err := Open(sealed, p.find, test.now); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	longest, err := Seal(p.content("May I?"), p.record, p.ana, written.Add(maxLife))
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{written.Add(-maxClockAhead), written, written.Add(maxLife)} {
		if _, err := Open(longest, p.find, now); err != nil {
			t.Errorf("a fortnight's envelope at %v: %v", now, err)
		}
	}
}

func TestSealRefusesWhatWouldNotOpen(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	cleo := testKeys(t, 5)
	hour := written.Add(time.Hour)
	for name, test := range map[string]struct {
		change  func(*Content)
		expires time.Time
	}{
		"another sender":           {func(c *Content) { c.FromPeer = cleo.Peer() }, hour},
		"another device":           {func(c *Content) { c.FromDevice = cleo.Device() }, hour},
		"another recipient":        {func(c *Content) { c.ToPeer = cleo.Peer() }, hour},
		"the recipient's other":    {func(c *Content) { c.ToDevice = cleo.Device() }, hour},
		"no kind":                  {func(c *Content) { c.Kind = 0 }, hour},
		"a kind that does not fit": {func(c *Content) { c.Kind = 256 }, hour},
		"a negative kind":          {func(c *Content) { c.Kind = -1 }, hour},
		"expired when written":     {func(*Content) {}, written},
		"too long a life":          {func(*Content) {}, written.Add(maxLife + time.Millisecond)},
		"no time":                  {func(c *Content) { c.Time = time.Time{} }, hour},
		"no expiry":                {func(*Content) {}, time.Time{}},
	} {
		content := p.content("May I?")
		test.change(&content)
		if _, err := Seal(content, p.record, p.ana, test.expires); !errors.Is(err, ErrContent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPaddingAndTheLargest seals bodies of all sizes around each step.
func TestPaddingAndTheLargest(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	empty := p.content("")
	_, inner := unseal(t, p.key, p.seal(t, empty))
	sizes := map[int]int{} // plaintext size → how often
	for step := smallest; step <= largest; step *= 2 {
		// A body adds its bytes and, from 1, 128 and 16384 bytes, 2, 3 and 4 bytes of its field.
		around := step - signatureSize - 4 - len(inner)
		for size := max(around-6, 0); size <= around+2; size++ {
			sealed, err := Seal(withBody(empty, size), p.record, p.ana, written.Add(time.Hour))
			if errors.Is(err, ErrTooLarge) {
				if step != largest || size < around-4 {
					t.Errorf("a body of %d bytes is too large", size)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			sizes[len(sealed)-headerSize-encSize-overhead]++
			if len(sealed) > wire.MaxEnvelope {
				t.Errorf("%d bytes are more than the wire takes", len(sealed))
			}
			if opened, err := Open(sealed, p.find, written); err != nil || len(opened.Body) != size {
				t.Errorf("a body of %d bytes: %d, %v", size, len(opened.Body), err)
			}
		}
	}
	var seen []int
	for size := range sizes {
		seen = append(seen, size)
	}
	slices.Sort(seen)
	if want := []int{512, 1024, 2048, 4096, 8192, 16384, 32768, 65536}; !slices.Equal(seen, want) {
		t.Errorf("padded to %v, want %v", seen, want)
	}
	for _, size := range []int{largest, largest + 1, 1 << 20} {
		if _, err := Seal(withBody(empty, size), p.record, p.ana, written.Add(time.Hour)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	for _, sealed := range [][]byte{make([]byte, wire.MaxEnvelope+1), bytes.Repeat([]byte("TCEN"), 1<<20)} {
		if _, err := wire.ParseOuter(sealed); !errors.Is(err, ErrNotEnvelope) {
			t.Errorf("%d bytes: %v", len(sealed), err)
		}
	}
}

func withBody(content Content, size int) Content {
	content.Body = bytes.Repeat([]byte{'a'}, size)
	return content
}

func TestTagsChangeEveryDay(t *testing.T) {
	t.Parallel()
	key := testSealingKey(t, 3)
	day := written.Truncate(24 * time.Hour)
	if Tag(key.ID, day) != Tag(key.ID, day.Add(24*time.Hour-time.Millisecond)) {
		t.Error("one day has two tags")
	}
	if Tag(key.ID, day) == Tag(key.ID, day.Add(-time.Millisecond)) || Tag(key.ID, day) == Tag(testSealingKey(t, 4).ID, day) {
		t.Error("two have one tag")
	}
	if Tag(key.ID, day) != Tag(key.ID, day.In(time.FixedZone("elsewhere", 5*3600))) {
		t.Error("the tag depends on where it is computed")
	}
}

func TestErrorsDoNotEchoContent(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	secret := "a secret that no log may hold"
	sealed := craft{content: p.content(secret), bytes: func(b []byte) []byte { return append(b, 0xff) }}.seal(t, p)
	if _, err := Open(sealed, p.find, written); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// TestOnlyRequestsChooseTheirTag: entries and signals go where their sealing
// key says, so that no carrier learns more from a tag than whose it is.
func TestOnlyRequestsChooseTheirTag(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	content := p.content("May I?")
	content.Tag = [16]byte{1}
	opened, err := Open(p.seal(t, content), p.find, written)
	if err != nil || opened.Tag != content.Tag {
		t.Errorf("a request at a tag of its own: %x, %v", opened.Tag, err)
	}
	for _, kind := range []wire.EnvelopeKind{wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL, wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES, 99} {
		content.Kind = kind
		if _, err = Seal(content, p.record, p.ana, written.Add(time.Hour)); !errors.Is(err, ErrContent) {
			t.Errorf("kind %d at another tag: %v", kind, err)
		}
	}
}
