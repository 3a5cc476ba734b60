package journal_test

import (
	"bytes"
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// FuzzParse sees that what is accepted is in canonical form and comes back.
func FuzzParse(f *testing.F) {
	keys := newKeys(f, 1)
	first := write(f, keys, textDraft(f, keys, journal.Head{}, "hello"))
	draft := textDraft(f, keys, first.Head(), "again")
	draft.Parents = []journal.Hash{{1}, {2}}
	for _, entry := range []journal.Entry{first, write(f, keys, draft)} {
		seed, err := proto.Marshal(entry.Wire())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
		f.Add(seed[:len(seed)/2])
	}
	erased, err := proto.Marshal(&wire.Entry{Header: first.HeaderBytes, Signature: first.Signature})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(erased)
	f.Fuzz(func(t *testing.T, data []byte) {
		decoded := &wire.Entry{}
		if err := wire.Decode(data, wire.MaxEntry, decoded); err != nil {
			return
		}
		entry, err := journal.Parse(decoded)
		if err != nil {
			return
		}
		again, err := journal.Parse(entry.Wire())
		if err != nil || !same(entry, again) || entry.Sequence != again.Sequence || entry.Log != again.Log {
			t.Fatalf("an accepted entry does not come back: %v", err)
		}
		_, _ = entry.Text()
		order := journal.NewOrder(entry, []journal.Order{{0x7f}})
		if order.Compare(journal.Order{0x7f}) <= 0 {
			t.Fatal("the order does not follow")
		}
	})
}

// FuzzDecodeVector reads the vector out of a Position frame.
func FuzzDecodeVector(f *testing.F) {
	seed, err := proto.Marshal(&wire.Position{Held: []*wire.LogPosition{
		{Device: bytes.Repeat([]byte{1}, 32), Epoch: 1, Sequence: 7, Hash: bytes.Repeat([]byte{2}, 32)},
		{Device: bytes.Repeat([]byte{1}, 32), Epoch: 2, Sequence: 1},
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		position := &wire.Position{}
		if err := wire.Decode(data, wire.MaxServerFrame, position); err != nil {
			return
		}
		vector, err := journal.DecodeVector(position.GetHeld())
		if err != nil {
			return
		}
		again, err := journal.DecodeVector(vector.Encode())
		if err != nil || len(vector) > journal.MaxLogs {
			t.Fatalf("an accepted vector does not come back: %v", err)
		}
		if !vector.Covers(again) || !again.Covers(vector) {
			t.Fatal("the vector changed on its way")
		}
		for log, head := range vector {
			if head.Hash != (journal.Hash{}) && !reflect.DeepEqual(again[log], head) {
				t.Fatal("a hash changed on its way")
			}
		}
	})
}

// FuzzParseOrder sees that every order has one text.
func FuzzParseOrder(f *testing.F) {
	f.Add(journal.Order{1, 2, 3}.String())
	f.Add(journal.Order{}.String())
	f.Add("0")
	f.Fuzz(func(t *testing.T, text string) {
		order, err := journal.ParseOrder(text)
		if err == nil && order.String() != text {
			t.Fatal("two texts for one order")
		}
	})
}
