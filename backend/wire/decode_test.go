package wire_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/tincan-chat/tincan/backend/wire"
)

// messages are all that the wire format has.
func messages(t testing.TB) []protoreflect.MessageType {
	t.Helper()
	var found []protoreflect.MessageType
	protoregistry.GlobalTypes.RangeMessages(func(kind protoreflect.MessageType) bool {
		if kind.Descriptor().ParentFile().Package() == "tincan.v1" && !kind.Descriptor().IsMapEntry() {
			found = append(found, kind)
		}
		return true
	})
	if len(found) < 20 {
		t.Fatalf("only %d messages were found", len(found))
	}
	slices.SortFunc(found, func(a, b protoreflect.MessageType) int {
		return strings.Compare(string(a.Descriptor().FullName()), string(b.Descriptor().FullName()))
	})
	return found
}

// fill sets every field, down to a depth.
func fill(message protoreflect.Message, depth int) {
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case field.IsMap():
		case field.IsList():
			list := message.Mutable(field).List()
			for range 2 {
				if field.Message() == nil {
					list.Append(something(field))
				} else if depth > 0 {
					fill(list.AppendMutable().Message(), depth-1)
				}
			}
		case field.Message() == nil:
			message.Set(field, something(field))
		case depth > 0:
			fill(message.Mutable(field).Message(), depth-1)
		}
	}
}

func something(field protoreflect.FieldDescriptor) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(300)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(300)
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(1 << 40)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(1 << 40)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(1.5)
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(1.5)
	case protoreflect.StringKind:
		return protoreflect.ValueOfString("text")
	default:
		return protoreflect.ValueOfBytes([]byte{1, 2, 3})
	}
}

// TestDecodeThenEncode, for every message: what is accepted where bytes are signed or hashed is
// written again as the very same bytes, and every other form of the same content is refused.
func TestDecodeThenEncode(t *testing.T) {
	t.Parallel()
	for _, kind := range messages(t) {
		name := kind.Descriptor().Name()
		full := kind.New()
		fill(full, 3)
		data, err := wire.Encode(full.Interface())
		if err != nil {
			t.Fatal(err)
		}
		if err = wire.DecodeCanonical(data, len(data), kind.New().Interface()); err != nil {
			t.Errorf("%s: what Encode writes is refused: %v", name, err)
		}
		unknown := protowire.AppendVarint(protowire.AppendTag(bytes.Clone(data), 30_000, protowire.VarintType), 1)
		if err = wire.DecodeCanonical(unknown, len(unknown), kind.New().Interface()); !errors.Is(err, wire.ErrNotCanonical) {
			t.Errorf("%s: an unknown field: %v", name, err)
		}
		identical(t, kind, append(bytes.Clone(data), data...)) // of lists alone it is another list
		if len(data) > 0 {
			if err = wire.DecodeCanonical(data, len(data)-1, kind.New().Interface()); !errors.Is(err, wire.ErrTooLarge) {
				t.Errorf("%s: one byte more than may be: %v", name, err)
			}
			if err = wire.Decode(data, len(data)-1, kind.New().Interface()); !errors.Is(err, wire.ErrTooLarge) {
				t.Errorf("%s: one byte more than may be, unsigned: %v", name, err)
			}
		}
		for i := range data {
			for _, mask := range []byte{1, 0x80, 0xff} {
				mutated := bytes.Clone(data)
				mutated[i] ^= mask
				identical(t, kind, mutated)
			}
			identical(t, kind, data[:i])
		}
	}
	// A number written longer than it has to be, and fields out of order, mean the same and are refused.
	signed := &wire.Signed{Body: []byte{1}, Signature: []byte{2}}
	for name, data := range map[string][]byte{
		"a long number": {0x0a, 0x81, 0x00, 1, 0x12, 1, 2},
		"out of order":  {0x12, 1, 2, 0x0a, 1, 1},
		"empty field":   {0x0a, 0x00, 0x12, 1, 2},
	} {
		read := &wire.Signed{}
		if err := wire.Decode(data, 100, read); err != nil || name != "empty field" && !bytes.Equal(read.GetBody(), signed.GetBody()) {
			t.Errorf("%s: %v, %v", name, read, err)
		}
		if err := wire.DecodeCanonical(data, 100, &wire.Signed{}); !errors.Is(err, wire.ErrNotCanonical) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// identical refuses what is accepted and comes out as other bytes.
func identical(t testing.TB, kind protoreflect.MessageType, data []byte) {
	t.Helper()
	message := kind.New().Interface()
	if err := wire.DecodeCanonical(data, len(data), message); err != nil {
		if !errors.Is(err, wire.ErrMalformed) && !errors.Is(err, wire.ErrNotCanonical) {
			t.Fatalf("%s: an error of another kind: %v", kind.Descriptor().Name(), err)
		}
		return
	}
	again, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil || !bytes.Equal(again, data) {
		t.Fatalf("%s: %x is accepted and written as %x, %v", kind.Descriptor().Name(), data, again, err)
	}
}

// FuzzDecode reads every message out of anything.
func FuzzDecode(f *testing.F) {
	kinds := messages(f)
	for i, kind := range kinds {
		full := kind.New()
		fill(full, 3)
		data, err := wire.Encode(full.Interface())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), data)
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		identical(t, kinds[int(which)%len(kinds)], data)
	})
}
