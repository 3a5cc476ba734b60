package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// smallDisk mounts a disk of its own, which only root may do.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	path := t.TempDir()
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a disk of its own cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return path
}

// readOnly takes away the right to write to a folder: by a mount for root, whom
// permissions do not stop, else by permissions.
func readOnly(t *testing.T, content map[string][]byte) string {
	t.Helper()
	var path string
	if os.Geteuid() == 0 {
		path = smallDisk(t, "16m")
	} else {
		path = t.TempDir()
	}
	for name, data := range content {
		if len(data) == 0 {
			continue
		}
		if err := os.WriteFile(filepath.Join(path, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() == 0 {
		if err := syscall.Mount("", path, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if err := os.Chmod(path, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chmod(path, 0o700); err != nil {
			t.Error(err)
		}
	})
	return path
}

func TestReadOnlyFolder(t *testing.T) {
	clean, talk := profile(t, 30)
	hot, _ := crashed(t)
	for name, expected := range map[string]struct {
		content  map[string][]byte
		messages int
	}{
		"closed":    {files(t, clean), 30},
		"crashed":   {files(t, hot), 60},
		"no files":  {nil, 0},
		"damaged":   {map[string][]byte{store.FileName: []byte("not a database at all, only a few words in a file")}, 0},
		"old files": {map[string][]byte{store.FileName: fixture(t, 1)}, 12},
	} {
		t.Run(name, func(t *testing.T) {
			path := readOnly(t, expected.content)
			one := open(t, path, patient)
			snapshot := onlyReads(t, one, node.ErrReadOnly)
			if len(snapshot.Conversations) == 0 {
				if expected.messages > 0 {
					t.Fatal("nothing is shown")
				}
				return
			}
			messages, err := one.PageBefore(t.Context(), snapshot.Conversations[0].ID, journal.Order{}, 1000)
			if err != nil || len(messages) != expected.messages {
				t.Errorf("%d messages, %v", len(messages), err)
			}
			rows, err := one.Rows(t.Context())
			if err != nil || len(rows) != 1 {
				t.Errorf("%d rows, %v", len(rows), err)
			}
			if name != "old files" && snapshot.Conversations[0].ID != talk.ID {
				t.Error("another conversation is shown")
			}
		})
	}
}

func TestFullDisk(t *testing.T) {
	path := smallDisk(t, "1m")
	talk := storetest.NewTalk(t, 1)
	one := open(t, path, store.Options{})
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	kept := 0
	var lost node.Write
	for kept < 1000 {
		lost = talk.Say(t, talk.Me, strings.Repeat("long ", 2000))
		err := one.Commit(t.Context(), []node.Write{lost})
		if errors.Is(err, node.ErrDiskFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kept++
	}
	if kept == 0 || kept == 1000 {
		t.Fatalf("%d messages were kept", kept)
	}
	shown := func(one *store.Store, want int) {
		t.Helper()
		messages, err := one.PageBefore(t.Context(), talk.ID, journal.Order{}, 1000)
		if err != nil || len(messages) != want {
			t.Errorf("%d messages, want %d, %v", len(messages), want, err)
		}
	}
	shown(one, kept)
	if err := one.Commit(t.Context(), []node.Write{lost}); !errors.Is(err, node.ErrDiskFull) {
		t.Errorf("the disk is still full: %v", err)
	}
	closeStore(t, one)

	// With all space taken the history can still be read.
	ballast := filepath.Join(path, "ballast")
	err := os.WriteFile(ballast, bytes.Repeat([]byte{1}, 2<<20), 0o600)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	one = open(t, path, patient)
	shown(one, kept)
	if err = one.Commit(t.Context(), []node.Write{lost}); !errors.Is(err, node.ErrDiskFull) {
		t.Errorf("the disk is still full: %v", err)
	}
	closeStore(t, one)

	// With space everything goes on where it was.
	if err = os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err = syscall.Mount("", path, "", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	one = open(t, path, patient)
	commit(t, one, lost)
	shown(one, kept+1)
	if err = storetest.CompareWithLogs(t.Context(), one, talk.Log(talk.Me)); err != nil {
		t.Error(err)
	}
}

func TestNoRoomForANewDatabase(t *testing.T) {
	path := smallDisk(t, "64k")
	if err := os.WriteFile(filepath.Join(path, "ballast"), bytes.Repeat([]byte{1}, 128<<10), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if _, err := store.Open(t.Context(), path, store.Options{}); !errors.Is(err, node.ErrDiskFull) {
		t.Errorf("%v", err)
	}
}

// TestRescueNeedsRoom: without it nothing changes, and with it it works.
func TestRescueNeedsRoom(t *testing.T) {
	source, talk := profile(t, 2000)
	content := files(t, source)[store.FileName]
	path := smallDisk(t, "16m")
	if err := os.WriteFile(filepath.Join(path, store.FileName), content, 0o600); err != nil {
		t.Fatal(err)
	}
	damage(t, path, "message 1500")
	resize(t, path, len(content)+len(content)/4)
	before := files(t, path)
	one := open(t, path, patient)
	onlyReads(t, one, node.ErrDamaged)
	if _, err := one.Rescue(t.Context(), ownerOf(talk), nil); !errors.Is(err, node.ErrDiskFull) {
		t.Fatal(err)
	}
	sameFiles(t, path, before)
	if left, err := filepath.Glob(filepath.Join(path, ".salvage-*")); err != nil || len(left) > 0 {
		t.Errorf("%q, %v", left, err)
	}
	resize(t, path, 16<<20)
	rescue, err := one.Rescue(t.Context(), ownerOf(talk), nil)
	if err != nil {
		t.Fatal(err)
	}
	if found, failed := rescue.Take(t.Context()); failed != nil || found.Entries < 1000 {
		t.Errorf("%+v, %v", found, failed)
	}
	closeStore(t, one)
}

// resize gives a small disk another size, in bytes.
func resize(t *testing.T, path string, size int) {
	t.Helper()
	if err := syscall.Mount("", path, "", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", size)); err != nil {
		t.Fatal(err)
	}
}
