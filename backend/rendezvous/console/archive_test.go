package console

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// made is an archive with some pieces.
func made(t testing.TB, pieces ...string) []byte {
	t.Helper()
	var to bytes.Buffer
	w := newArchiveWriter(&to, time.Unix(1_800_000_000, 0))
	err := errors.Join(w.putJSON(entryHead, head{Format: archiveFormat, Mode: "solo"}), w.put(entryKey, []byte("key")))
	for i, piece := range pieces {
		err = errors.Join(err, w.put(fmt.Sprintf("%sS/%06d", enginePrefix, i), []byte(piece)))
	}
	if err = errors.Join(err, w.finish()); err != nil {
		t.Fatal(err)
	}
	return to.Bytes()
}

func read(data []byte) (pieces []string, err error) {
	r := newArchiveReader(bytes.NewReader(data))
	if _, _, err = r.begin(); err != nil {
		return nil, err
	}
	for {
		_, piece, err := r.piece()
		if errors.Is(err, io.EOF) {
			return pieces, nil
		}
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, string(piece))
	}
}

func TestArchive(t *testing.T) {
	t.Parallel()
	want := []string{"one", "", string(make([]byte, engine.MaxPiece)), "three"}
	whole := made(t, want...)
	if got, err := read(whole); err != nil || !slices.Equal(got, want) {
		t.Fatalf("%d pieces, %v", len(got), err)
	}
	if err := check(bytes.NewReader(whole)); err != nil {
		t.Errorf("check: %v", err)
	}
	small := made(t, "one", "two")
	for size := range bytes.LastIndexByte(small, '}') { // the zeros at the end of a tar are no loss
		if err := check(bytes.NewReader(small[:size])); !errors.Is(err, ErrArchive) || errors.Is(err, io.EOF) {
			t.Fatalf("%d of %d bytes: %v", size, len(small), err)
		}
	}
	at := bytes.Index(small, []byte("two"))
	changed := bytes.Clone(small)
	changed[at] ^= 1
	if err := check(bytes.NewReader(changed)); !errors.Is(err, ErrArchive) {
		t.Errorf("a changed byte: %v", err)
	}
	large := made(t, string(make([]byte, engine.MaxPiece+1)))
	if err := check(bytes.NewReader(large)); !errors.Is(err, ErrArchive) {
		t.Errorf("a piece that is too large: %v", err)
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(made(f, "one", "two"))
	f.Add(made(f))
	var other bytes.Buffer
	w := tar.NewWriter(&other)
	if err := errors.Join(w.WriteHeader(&tar.Header{Name: "../../x", Typeflag: tar.TypeSymlink, Linkname: "/"}), w.Close()); err != nil {
		f.Fatal(err)
	}
	f.Add(other.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		err := check(bytes.NewReader(data))
		if err != nil && !errors.Is(err, ErrArchive) {
			t.Errorf("check: %v", err)
		}
		if pieces, readErr := read(data); err == nil && readErr != nil {
			t.Errorf("a checked archive gives %d pieces and %v", len(pieces), readErr)
		}
	})
}
