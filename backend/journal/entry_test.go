package journal_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestWriteThenParse(t *testing.T) {
	keys := newKeys(t, 1)
	first := write(t, keys, textDraft(t, keys, journal.Head{}, "hello 你好"))
	draft := textDraft(t, keys, first.Head(), "second")
	draft.Parents = []journal.Hash{{9}, {3}, {9}, first.Hash(), {5}}
	draft.Claimed = epoch.Add(90 * time.Millisecond)
	second := write(t, keys, draft)

	if want := []journal.Hash{{3}, {5}, {9}}; !slices.Equal(second.Parents, want) {
		t.Errorf("parents are not distinct, ascending and without previous: %v", second.Parents)
	}
	for _, entry := range []journal.Entry{first, second} {
		data, err := proto.Marshal(entry.Wire())
		if err != nil {
			t.Fatal(err)
		}
		if len(data) != entry.Size() {
			t.Errorf("Size is %d, the wire form has %d bytes", entry.Size(), len(data))
		}
		decoded := &wire.Entry{}
		if err = proto.Unmarshal(data, decoded); err != nil {
			t.Fatal(err)
		}
		again, err := journal.Parse(decoded)
		if err != nil {
			t.Fatal(err)
		}
		if !same(entry, again) || !again.Claimed.Equal(entry.Claimed) || again.Previous != entry.Previous || again.Log != entry.Log {
			t.Error("the entry changed on its way")
		}
		if err = again.Verify(); err != nil {
			t.Error(err)
		}
	}
	if second.Sequence != 2 || second.Previous != first.Hash() || !second.Claimed.Equal(draft.Claimed) {
		t.Errorf("second entry: sequence %d, claimed %v", second.Sequence, second.Claimed)
	}
	if text, err := first.Text(); err != nil || text != "hello 你好" {
		t.Errorf("text %q, %v", text, err)
	}
	if first.Hash() != sha256.Sum256(first.HeaderBytes) {
		t.Error("the name is not the header's hash")
	}
}

func TestErasedBodyKeepsTheChain(t *testing.T) {
	keys := newKeys(t, 1)
	entry := write(t, keys, textDraft(t, keys, journal.Head{}, "gone"))
	erased, err := journal.Parse(&wire.Entry{Header: entry.HeaderBytes, Signature: entry.Signature})
	if err != nil {
		t.Fatal(err)
	}
	if !erased.Erased() || erased.Hash() != entry.Hash() || erased.Verify() != nil {
		t.Error("an erased entry does not hold")
	}
	if _, err = erased.Text(); !errors.Is(err, journal.ErrText) {
		t.Errorf("text of an erased entry: %v", err)
	}
}

func TestWriteClampsTheClock(t *testing.T) {
	keys := newKeys(t, 1)
	for _, clock := range []time.Time{{}, time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		draft := textDraft(t, keys, journal.Head{}, "x")
		draft.Claimed = clock
		entry := write(t, keys, draft)
		if year := entry.Claimed.Year(); year != 1970 && year != 9999 {
			t.Errorf("claimed year %d", year)
		}
	}
}

func TestWriteCutsParents(t *testing.T) {
	keys := newKeys(t, 1)
	draft := textDraft(t, keys, journal.Head{}, "x")
	for i := range 2 * journal.MaxParents {
		draft.Parents = append(draft.Parents, journal.Hash{byte(40 - i), 1})
	}
	entry := write(t, keys, draft)
	if len(entry.Parents) != journal.MaxParents || len(entry.HeaderBytes) > journal.MaxHeader {
		t.Errorf("%d parents in a header of %d bytes", len(entry.Parents), len(entry.HeaderBytes))
	}
}

func TestWriteRefuses(t *testing.T) {
	keys := newKeys(t, 1)
	for name, change := range map[string]func(*journal.Draft){
		"no body":       func(d *journal.Draft) { d.Body = nil },
		"no epoch":      func(d *journal.Draft) { d.Log.Epoch = 0 },
		"no kind":       func(d *journal.Draft) { d.Kind = 0 },
		"no previous":   func(d *journal.Draft) { d.Previous.Sequence = 4 },
		"end of number": func(d *journal.Draft) { d.Previous = journal.Head{Sequence: 1<<63 - 1, Hash: journal.Hash{1}} },
		"too large":     func(d *journal.Draft) { d.Body = make([]byte, wire.MaxEntry) },
	} {
		draft := textDraft(t, keys, journal.Head{}, "x")
		change(&draft)
		if _, err := journal.Write(draft, keys.SignAsDevice); !errors.Is(err, journal.ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := journal.Write(textDraft(t, keys, journal.Head{}, "x"), func(_ identity.Context, _ []byte) []byte { return nil }); !errors.Is(err, journal.ErrEntry) {
		t.Errorf("no signature: %v", err)
	}
}

// TestParseRefuses signs what Write would not and sees it refused.
func TestParseRefuses(t *testing.T) {
	keys := newKeys(t, 1)
	good := write(t, keys, textDraft(t, keys, journal.Head{Sequence: 6, Hash: journal.Hash{7}}, "fine"))
	for name, change := range map[string]func(*wire.EntryHeader, *wire.Entry){
		"short conversation":    func(h *wire.EntryHeader, _ *wire.Entry) { h.Conversation = h.Conversation[:15] },
		"short device":          func(h *wire.EntryHeader, _ *wire.Entry) { h.Device = h.Device[:31] },
		"device of small order": func(h *wire.EntryHeader, _ *wire.Entry) { h.Device = make([]byte, 32) },
		"epoch 0":               func(h *wire.EntryHeader, _ *wire.Entry) { h.Epoch = 0 },
		"sequence 0":            func(h *wire.EntryHeader, _ *wire.Entry) { h.Sequence = 0 },
		"sequence too high":     func(h *wire.EntryHeader, _ *wire.Entry) { h.Sequence = 1 << 63 },
		"first with previous":   func(h *wire.EntryHeader, _ *wire.Entry) { h.Sequence = 1 },
		"no previous":           func(h *wire.EntryHeader, _ *wire.Entry) { h.Previous = nil },
		"zero previous":         func(h *wire.EntryHeader, _ *wire.Entry) { h.Previous = make([]byte, 32) },
		"long previous":         func(h *wire.EntryHeader, _ *wire.Entry) { h.Previous = make([]byte, 33) },
		"short parent":          func(h *wire.EntryHeader, _ *wire.Entry) { h.Parents = [][]byte{{1}} },
		"descending parents":    func(h *wire.EntryHeader, _ *wire.Entry) { h.Parents = [][]byte{hash(2), hash(1)} },
		"same parent twice":     func(h *wire.EntryHeader, _ *wire.Entry) { h.Parents = [][]byte{hash(2), hash(2)} },
		"previous as parent":    func(h *wire.EntryHeader, _ *wire.Entry) { h.Parents = [][]byte{hash(7)} },
		"17 parents": func(h *wire.EntryHeader, _ *wire.Entry) {
			for i := range journal.MaxParents + 1 {
				h.Parents = append(h.Parents, hash(byte(20+i)))
			}
		},
		"before 1970":      func(h *wire.EntryHeader, _ *wire.Entry) { h.ClaimedMs = -1 },
		"after 9999":       func(h *wire.EntryHeader, _ *wire.Entry) { h.ClaimedMs = 253402300800000 },
		"no kind":          func(h *wire.EntryHeader, _ *wire.Entry) { h.Kind = 0 },
		"negative kind":    func(h *wire.EntryHeader, _ *wire.Entry) { h.Kind = -1 },
		"short commitment": func(h *wire.EntryHeader, _ *wire.Entry) { h.Commitment = h.Commitment[:31] },
		"other commitment": func(h *wire.EntryHeader, _ *wire.Entry) { h.Commitment = hash(1) },
		"unknown field":    func(h *wire.EntryHeader, _ *wire.Entry) { h.ProtoReflect().SetUnknown([]byte{0x78, 1}) },
		"short signature":  func(_ *wire.EntryHeader, e *wire.Entry) { e.Signature = e.Signature[:63] },
		"body only":        func(_ *wire.EntryHeader, e *wire.Entry) { e.Salt = nil },
		"salt only":        func(_ *wire.EntryHeader, e *wire.Entry) { e.Body = nil },
		"short salt":       func(_ *wire.EntryHeader, e *wire.Entry) { e.Salt = e.Salt[:31] },
		"other salt":       func(_ *wire.EntryHeader, e *wire.Entry) { e.Salt = hash(1) },
		"other body":       func(_ *wire.EntryHeader, e *wire.Entry) { e.Body = append(bytes.Clone(e.Body), 0) },
		"large body":       func(_ *wire.EntryHeader, e *wire.Entry) { e.Body = make([]byte, wire.MaxEntry) },
	} {
		header := &wire.EntryHeader{}
		if err := proto.Unmarshal(good.HeaderBytes, header); err != nil {
			t.Fatal(err)
		}
		entry := &wire.Entry{Signature: good.Signature, Salt: good.Salt, Body: good.Body}
		change(header, entry)
		data, err := wire.Encode(header)
		if err != nil {
			t.Fatal(err)
		}
		entry.Header = data
		if _, err = journal.Parse(entry); !errors.Is(err, journal.ErrEntry) && !errors.Is(err, journal.ErrCommitment) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := journal.Parse(nil); !errors.Is(err, journal.ErrEntry) {
		t.Errorf("nil: %v", err)
	}
}

// TestEveryChangedByteIsRefused changes each byte of an entry in several ways.
func TestEveryChangedByteIsRefused(t *testing.T) {
	keys := newKeys(t, 3)
	draft := textDraft(t, keys, journal.Head{Sequence: 300, Hash: journal.Hash{1}}, "every byte counts")
	draft.Parents = []journal.Hash{{4}, {200}}
	entry := write(t, keys, draft)
	whole := entry.Wire()
	parts := map[string][]byte{"header": whole.GetHeader(), "signature": whole.GetSignature(), "salt": whole.GetSalt(), "body": whole.GetBody()}
	for name, part := range parts {
		for i := range part {
			for _, mask := range []byte{0x01, 0x80, 0xff} {
				changed := proto.CloneOf(whole)
				target := map[string][]byte{"header": changed.GetHeader(), "signature": changed.GetSignature(), "salt": changed.GetSalt(), "body": changed.GetBody()}[name]
				target[i] ^= mask
				parsed, err := journal.Parse(changed)
				if err == nil && parsed.Verify() == nil {
					t.Fatalf("byte %d of the %s changed by %#x and nobody noticed", i, name, mask)
				}
			}
		}
	}
}

func TestUnknownKindIsKept(t *testing.T) {
	keys := newKeys(t, 1)
	draft := textDraft(t, keys, journal.Head{}, "x")
	draft.Kind = 77
	entry := write(t, keys, draft)
	again, err := journal.Parse(entry.Wire())
	if err != nil || again.Kind != 77 {
		t.Fatalf("kind %d, %v", again.Kind, err)
	}
	if _, err = again.Text(); !errors.Is(err, journal.ErrText) {
		t.Errorf("text of an unknown kind: %v", err)
	}
}

func TestTextBody(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "too long": strings.Repeat("a", wire.MaxText+1), "NUL": "a\x00b", "not UTF-8": "a\xff",
	} {
		if _, err := journal.TextBody(text); !errors.Is(err, journal.ErrText) {
			t.Errorf("%s: %v", name, err)
		}
	}
	longest := strings.Repeat("好", wire.MaxText/3)
	body, err := journal.TextBody(longest)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := journal.DecodeText(body); err != nil || text != longest {
		t.Error("the longest text does not come back")
	}
	// A field of a newer minor version beside the text.
	if text, err := journal.DecodeText(append(body, 0x78, 1)); err != nil || text != longest {
		t.Errorf("a newer field hides the text: %v", err)
	}
	for _, body := range [][]byte{nil, {0x0a, 1, 0}, {0x0a, 1, 0xff}, {0x0a, 5, 'a'}, make([]byte, 40<<10)} {
		if _, err := journal.DecodeText(body); !errors.Is(err, journal.ErrText) {
			t.Errorf("body of %d bytes: %v", len(body), err)
		}
	}
}

func hash(b byte) []byte {
	h := journal.Hash{b}
	return h[:]
}
