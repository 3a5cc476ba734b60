package bundle_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/tincan-chat/tincan/backend/bundle"
)

func TestReadWhatWasWritten(t *testing.T) {
	var writer bundle.Writer
	want := [][]byte{bytes.Repeat([]byte{1}, 200), bytes.Repeat([]byte{2}, 60_000)}
	for _, one := range want {
		if !writer.Add(one) {
			t.Fatal("no room")
		}
	}
	got, err := bundle.Read(writer.Bytes())
	if err != nil || len(got) != len(want) || !bytes.Equal(got[0], want[0]) || !bytes.Equal(got[1], want[1]) {
		t.Errorf("%d envelopes, %v", len(got), err)
	}
}

func TestRefuses(t *testing.T) {
	var writer bundle.Writer
	writer.Add(bytes.Repeat([]byte{1}, 200))
	writer.Add(bytes.Repeat([]byte{2}, 300))
	whole := writer.Bytes()
	huge := binary.BigEndian.AppendUint32([]byte("tincan-bundle/1\n"), 1<<31)
	for _, one := range []struct {
		what string
		data []byte
		kept int
		err  error
	}{
		{"nothing", nil, 0, bundle.ErrNotBundle},
		{"another file", []byte("\x89PNG\r\n\x1a\n"), 0, bundle.ErrNotBundle},
		{"a newer version", []byte("tincan-bundle/2\nabc"), 0, bundle.ErrVersion},
		{"cut off in an envelope", whole[:len(whole)-1], 1, bundle.ErrDamaged},
		{"cut off in a length", whole[:16+4+200+2], 1, bundle.ErrDamaged},
		{"a length of 2 GiB", huge, 0, bundle.ErrDamaged},
		{"an envelope of nothing", []byte("tincan-bundle/1\n\x00\x00\x00\x00"), 0, bundle.ErrDamaged},
		{"too large", make([]byte, bundle.MaxSize+1), 0, bundle.ErrTooLarge},
	} {
		got, err := bundle.Read(one.data)
		if !errors.Is(err, one.err) || len(got) != one.kept {
			t.Errorf("%s: %d envelopes, %v", one.what, len(got), err)
		}
	}
}

func TestFull(t *testing.T) {
	var writer bundle.Writer
	one := bytes.Repeat([]byte{1}, 60_000)
	count := 0
	for writer.Add(one) {
		count++
	}
	if got, err := bundle.Read(writer.Bytes()); err != nil || len(got) != count || len(writer.Bytes()) > bundle.MaxSize {
		t.Errorf("%d of %d, %v", len(got), count, err)
	}
}

func FuzzRead(f *testing.F) {
	var writer bundle.Writer
	writer.Add(bytes.Repeat([]byte{1}, 200))
	f.Add(writer.Bytes())
	f.Add([]byte("tincan-bundle/1\n"))
	f.Add([]byte("tincan-bundle/1\n\x00\x00\x00\xff"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		envelopes, err := bundle.Read(data)
		if err != nil {
			return
		}
		var again bundle.Writer
		for _, one := range envelopes {
			again.Add(one)
		}
		if len(envelopes) > 0 && !bytes.Equal(again.Bytes(), data) {
			t.Error("what was read is written differently")
		}
	})
}
