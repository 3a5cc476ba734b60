package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder is a profile's folder.
type folder string

func (f folder) Open(t testing.TB) storetest.Store {
	t.Helper()
	return open(t, string(f), store.Options{})
}

func (f folder) PutBack(t testing.TB) {
	t.Helper()
	file := filepath.Join(string(f), store.FileName)
	data, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file+".copy", data, 0o600)
	}
	if err == nil {
		err = os.Rename(file+".copy", file)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// open opens a store that is closed when the test ends.
func open(t testing.TB, path string, options store.Options) *store.Store {
	t.Helper()
	opened, err := store.Open(context.Background(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}

func commit(t testing.TB, to node.Store, writes ...node.Write) {
	t.Helper()
	if err := to.Commit(t.Context(), writes); err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, from node.Store) node.Snapshot {
	t.Helper()
	snapshot, err := from.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func closeStore(t testing.TB, one node.Store) {
	t.Helper()
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Disk { return folder(t.TempDir()) })
}
