package journal_test

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

func drawVector(t *rapid.T, label string) journal.Vector {
	vector := journal.Vector{}
	for range rapid.IntRange(0, 5).Draw(t, label) {
		log := journal.Log{Device: identity.DeviceID{rapid.Byte().Draw(t, "device") % 3}, Epoch: rapid.Uint32Range(1, 2).Draw(t, "epoch")}
		sequence := rapid.Uint64Range(1, 5).Draw(t, "sequence")
		vector[log] = journal.Head{Sequence: sequence, Hash: journal.Hash{log.Device[0], byte(log.Epoch), byte(sequence)}}
	}
	return vector
}

func TestVectorLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawVector(t, "a"), drawVector(t, "b"), drawVector(t, "c")
		merge := func(vectors ...journal.Vector) journal.Vector {
			merged := journal.Vector{}
			for _, vector := range vectors {
				merged.Merge(vector)
			}
			return merged
		}
		if !reflect.DeepEqual(merge(a, b), merge(b, a)) || !reflect.DeepEqual(merge(merge(a, b), c), merge(a, merge(b, c))) {
			t.Fatal("merging depends on the order")
		}
		both := merge(a, b)
		if !both.Covers(a) || !both.Covers(b) || both.Merge(a) || !reflect.DeepEqual(merge(a, a), merge(a)) {
			t.Fatal("a merge does not cover its parts")
		}
		if a.Covers(b) != (len(a.Behind(b)) == 0) {
			t.Fatal("Covers and Behind disagree")
		}
		caught := a.Clone()
		for i, missing := range a.Behind(b) {
			if missing.After != a.Get(missing.Log) || missing.To != b.Get(missing.Log) || missing.After >= missing.To {
				t.Fatal("a range is wrong")
			}
			if i > 0 && a.Behind(b)[i-1].Log.Compare(missing.Log) >= 0 {
				t.Fatal("ranges are not sorted")
			}
			caught[missing.Log] = b[missing.Log]
		}
		if !caught.Covers(b) || !reflect.DeepEqual(caught, both) {
			t.Fatal("sending what is behind does not catch up")
		}
		decoded, err := journal.DecodeVector(a.Encode())
		if err != nil || !reflect.DeepEqual(decoded, a) {
			t.Fatalf("%v: %v", decoded, err)
		}
	})
}

func TestVectorOfReadPositions(t *testing.T) {
	log := journal.Log{Device: identity.DeviceID{1}, Epoch: 1}
	read := journal.Vector{log: {Sequence: 4}, {Device: identity.DeviceID{2}, Epoch: 1}: {}}
	positions := read.Encode()
	if len(positions) != 1 || positions[0].GetHash() != nil {
		t.Fatalf("%v", positions)
	}
	decoded, err := journal.DecodeVector(positions)
	if err != nil || decoded.Get(log) != 4 {
		t.Fatalf("%v, %v", decoded, err)
	}
	if !decoded.Merge(journal.Vector{log: {Sequence: 4, Hash: journal.Hash{1}}}) || decoded[log].Hash.IsZero() {
		t.Error("a hash that was missing is not taken")
	}
	if clone := journal.Vector(nil).Clone(); clone == nil || journal.Vector(nil).Behind(decoded) == nil || journal.Vector(nil).Covers(decoded) {
		t.Error("the nil vector holds nothing")
	}
}

func TestDecodeVectorRefuses(t *testing.T) {
	good := func() *wire.LogPosition {
		return &wire.LogPosition{Device: make([]byte, 32), Epoch: 1, Sequence: 1, Hash: make([]byte, 32)}
	}
	for name, change := range map[string]func(*wire.LogPosition){
		"device":   func(p *wire.LogPosition) { p.Device = p.Device[1:] },
		"epoch":    func(p *wire.LogPosition) { p.Epoch = 0 },
		"sequence": func(p *wire.LogPosition) { p.Sequence = 0 },
		"high":     func(p *wire.LogPosition) { p.Sequence = 1 << 63 },
		"hash":     func(p *wire.LogPosition) { p.Hash = p.Hash[1:] },
	} {
		position := good()
		change(position)
		if _, err := journal.DecodeVector([]*wire.LogPosition{position}); !errors.Is(err, journal.ErrVector) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := journal.DecodeVector([]*wire.LogPosition{good(), good()}); !errors.Is(err, journal.ErrVector) {
		t.Errorf("twice: %v", err)
	}
	if _, err := journal.DecodeVector([]*wire.LogPosition{nil}); !errors.Is(err, journal.ErrVector) {
		t.Errorf("nil: %v", err)
	}
	if _, err := journal.DecodeVector(make([]*wire.LogPosition, journal.MaxLogs+1)); !errors.Is(err, journal.ErrVector) {
		t.Errorf("too many: %v", err)
	}
}

func TestEncodeIsCapped(t *testing.T) {
	vector := journal.Vector{}
	for i := range uint32(journal.MaxLogs + 9) {
		vector[journal.Log{Device: identity.DeviceID{1}, Epoch: i + 1}] = journal.Head{Sequence: 1}
	}
	if decoded, err := journal.DecodeVector(vector.Encode()); err != nil || len(decoded) != journal.MaxLogs {
		t.Errorf("%d logs, %v", len(decoded), err)
	}
}
