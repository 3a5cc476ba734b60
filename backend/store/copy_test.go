package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/node"
)

// turning is a wrapper whose wrapping can be seen and told.
type turning struct{ by byte }

func (w turning) turn(data, about []byte) []byte {
	turned := bytes.Clone(data)
	for i := range turned {
		turned[i] ^= w.by ^ about[i%len(about)]
	}
	return turned
}

func (w turning) Wrap(plain, about []byte) ([]byte, error) {
	return append([]byte{w.by}, w.turn(plain, about)...), nil
}

func (w turning) Unwrap(wrapped, about []byte) ([]byte, error) {
	if len(wrapped) == 0 || wrapped[0] != w.by {
		return nil, node.ErrDamaged
	}
	return w.turn(wrapped[1:], about), nil
}

func opened(t *testing.T, folder string, wrapper Wrapper) *Store {
	t.Helper()
	one, err := Open(t.Context(), folder, Options{Wrapper: wrapper})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = one.Close() })
	return one
}

func has(t *testing.T, folder string, bytesOf []byte) bool {
	t.Helper()
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(folder, fileName+end))
		if err == nil && bytes.Contains(data, bytesOf) {
			return true
		}
	}
	return false
}

// TestSealingKeysAreWrapped: keys that were kept as they are leave the file, and
// only the wrapper that wrapped them opens them.
func TestSealingKeysAreWrapped(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	private := bytes.Repeat([]byte("a private sealing key "), 4)
	key := node.SealingKey{ID: [16]byte{1, 2, 3}, Private: private, Created: time.UnixMilli(1000), Expires: time.UnixMilli(2000), Delete: time.UnixMilli(3000)}
	plain := opened(t, folder, nil)
	if err := plain.Commit(t.Context(), []node.Write{node.PutSealingKey{Key: key}}); err != nil {
		t.Fatal(err)
	}
	if err := plain.Close(); err != nil {
		t.Fatal(err)
	}
	if !has(t, folder, private) {
		t.Fatal("the test does not see what is in the file")
	}
	wrapped := opened(t, folder, turning{7})
	second := key
	second.ID = [16]byte{9}
	if err := wrapped.Commit(t.Context(), []node.Write{node.PutSealingKey{Key: second}}); err != nil {
		t.Fatal(err)
	}
	snapshot, err := wrapped.Load(t.Context())
	if err != nil || len(snapshot.SealingKeys) != 2 || !bytes.Equal(snapshot.SealingKeys[0].Private, private) || !bytes.Equal(snapshot.SealingKeys[1].Private, private) {
		t.Fatalf("%+v, %v", snapshot.SealingKeys, err)
	}
	if has(t, folder, private) {
		t.Error("the key is still in the file as it was")
	}
	copied := filepath.Join(t.TempDir(), fileName)
	if err = wrapped.Copy(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if err = wrapped.Close(); err != nil {
		t.Fatal(err)
	}
	for _, other := range []Wrapper{turning{8}, nil} {
		stranger := opened(t, folder, other)
		if snapshot, err = stranger.Load(t.Context()); err != nil || len(snapshot.SealingKeys) != 0 {
			t.Errorf("%v opens %d keys, %v", other, len(snapshot.SealingKeys), err)
		}
		if err = stranger.Close(); err != nil {
			t.Error(err)
		}
	}
	backup := opened(t, filepath.Dir(copied), turning{7})
	if snapshot, err = backup.Load(t.Context()); err != nil || len(snapshot.SealingKeys) != 0 || snapshot.Copied {
		t.Errorf("a copy has %d keys, copied is %t, %v", len(snapshot.SealingKeys), snapshot.Copied, err)
	}
	if _, err = backup.Sizes(t.Context()); err != nil {
		t.Error(err)
	}
}
