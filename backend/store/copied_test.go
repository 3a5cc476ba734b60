package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// TestCopiedFile: a file that was copied, moved aside and back, or restored over
// itself is told from one that only was closed and opened.
func TestCopiedFile(t *testing.T) {
	path := t.TempDir()
	copied := func(folder string, want bool) {
		t.Helper()
		one := open(t, folder, store.Options{})
		if snapshot := load(t, one); snapshot.Copied != want {
			t.Errorf("copied: %v, want %v", snapshot.Copied, want)
		}
		closeStore(t, one)
	}
	one := open(t, path, store.Options{})
	commit(t, one, node.PutSelf{Self: node.Self{Name: "Ana", Color: 4, Created: storetest.Start}})
	closeStore(t, one)
	copied(path, false)

	file := filepath.Join(path, store.FileName)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	away := t.TempDir()
	if err = os.Rename(file, filepath.Join(away, store.FileName)); err != nil {
		t.Fatal(err)
	}
	copied(away, false) // the same file in another folder
	if err = os.Remove(filepath.Join(away, store.FileName)); err != nil {
		t.Fatal(err)
	}
	if err = os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	copied(path, true)
	copied(path, true) // until the device says that it took notice
	one = open(t, path, store.Options{})
	commit(t, one, node.PutEpoch{Least: 2}, node.PutPlace{})
	closeStore(t, one)
	copied(path, false)
}
