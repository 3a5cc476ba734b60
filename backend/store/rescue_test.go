package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// damage overwrites the page in which a text stands for the last time.
func damage(t testing.TB, path, text string) {
	t.Helper()
	at := bytes.LastIndex(files(t, path)[store.FileName], []byte(text))
	if at < 0 {
		t.Fatalf("%q is not in the database", text)
	}
	overwrite(t, filepath.Join(path, store.FileName), int64(at/pageSize*pageSize), bytes.Repeat([]byte{0xa5}, pageSize))
}

// TestRescue salvages a database that is open: it is read until the new one is
// there, and then the same store writes again.
func TestRescue(t *testing.T) {
	t.Parallel()
	path, talk := profile(t, 600)
	damage(t, path, "message 450")
	before := files(t, path)[store.FileName]
	one := open(t, path, patient)
	onlyReads(t, one, node.ErrDamaged)
	var saved, of int
	rescue, err := one.Rescue(t.Context(), ownerOf(talk), func(nowSaved, nowOf int) {
		if nowSaved < saved {
			t.Errorf("%d entries after %d", nowSaved, saved)
		}
		saved, of = nowSaved, nowOf
	})
	if err != nil {
		t.Fatal(err)
	}
	if held, unread := one.PageBefore(t.Context(), talk.ID, journal.Order{}, 10); unread != nil || len(held) == 0 {
		t.Errorf("while it waits: %d messages, %v", len(held), unread)
	}
	found, err := rescue.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if found.Entries < 300 || found.Entries != saved || of != 600 || found.Missing != of-saved || found.Short == 0 {
		t.Errorf("%+v, told %d of %d", found, saved, of)
	}
	if kept, unread := os.ReadFile(filepath.Join(path, found.Kept)); unread != nil || !bytes.Equal(kept, before) {
		t.Errorf("the damaged file: %v", unread)
	}
	snapshot := load(t, one)
	if snapshot.ReadOnly || !snapshot.Copied || snapshot.Self.Name != "Ana" {
		t.Errorf("read-only %v, copied %v", snapshot.Problem, snapshot.Copied)
	}
	if err = one.SaveSetting(t.Context(), "theme", "dark"); err != nil {
		t.Error(err)
	}
	if held, unread := one.PageBefore(t.Context(), talk.ID, journal.Order{}, 1000); unread != nil || len(held) < 300 {
		t.Errorf("%d messages, %v", len(held), unread)
	}
	if _, err = one.Rescue(t.Context(), ownerOf(talk), nil); !errors.Is(err, store.ErrSound) {
		t.Errorf("a sound database: %v", err)
	}
	closeStore(t, one)
	one = open(t, path, patient)
	if snapshot = load(t, one); snapshot.ReadOnly {
		t.Errorf("opened again: %v", snapshot.Problem)
	}
	closeStore(t, one)
}

// TestRescueThatIsNotTaken leaves nothing behind, whether it is dropped, stopped,
// refused, or its process died.
func TestRescueThatIsNotTaken(t *testing.T) {
	t.Parallel()
	path, talk := profile(t, 60)
	damage(t, path, "message 50")
	before := files(t, path)
	one := open(t, path, patient)
	unfinished := func() []string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(path, ".salvage-*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	rescue, err := one.Rescue(t.Context(), ownerOf(talk), nil)
	if err != nil || len(unfinished()) != 1 {
		t.Fatalf("%v, %q", err, unfinished())
	}
	if err = rescue.Drop(); err != nil || len(unfinished()) != 0 {
		t.Errorf("dropped: %v, %q", err, unfinished())
	}
	if rescue, err = one.Rescue(t.Context(), ownerOf(talk), nil); err != nil {
		t.Fatal(err)
	}
	closeStore(t, one)
	if _, err = rescue.Take(t.Context()); !errors.Is(err, store.ErrClosed) || len(unfinished()) != 0 {
		t.Errorf("after closing: %v, %q", err, unfinished())
	}
	sameFiles(t, path, before)

	// What a process that died left is not kept.
	if err = os.Mkdir(filepath.Join(path, ".salvage-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	one = open(t, path, patient)
	if len(unfinished()) != 0 {
		t.Errorf("%q", unfinished())
	}
	closeStore(t, one)
}

// TestRescueOfWhatWasOpenForWriting: the damage was met by a write.
func TestRescueOfWhatWasOpenForWriting(t *testing.T) {
	t.Parallel()
	path, talk := profile(t, 300)
	one := open(t, path, patient)
	store.Damage(one)
	if _, err := one.Rows(t.Context()); err != nil {
		t.Fatal(err)
	}
	rescue, err := one.Rescue(t.Context(), ownerOf(talk), nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := rescue.Take(t.Context())
	if err != nil || found.Entries != 300 || found.Missing != 0 {
		t.Errorf("%+v, %v", found, err)
	}
	commit(t, one, talk.Say(t, talk.Me, "and on"))
	if err = storetest.CompareWithLogs(t.Context(), one, talk.Log(talk.Me)); err != nil {
		t.Error(err)
	}
	closeStore(t, one)
}
