package identity

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// readOnlyFolder returns a function that takes away the right to write: by a
// mount for root, whom permissions do not stop, else by permissions.
func readOnlyFolder(t *testing.T) (path string, seal func()) {
	t.Helper()
	path = t.TempDir()
	if os.Geteuid() != 0 {
		return path, func() {
			if err := os.Chmod(path, 0o500); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(path, 0o700) })
		}
	}
	if err := unix.Mount("tmpfs", path, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a disk of its own cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(path, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return path, func() {
		if err := unix.Mount("", path, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	path, seal := readOnlyFolder(t)
	seal()
	for _, folder := range []string{path, filepath.Join(path, "new")} {
		_, err := OpenFolder(folder)
		if !errors.Is(err, ErrFolderReadOnly) || !strings.Contains(err.Error(), "cannot be written to") {
			t.Errorf("%v", err)
		}
	}
}

// TestFolderThatBecomesReadOnly is a disk that is mounted read-only after an
// error: keys still load, with loose modes too, and saving says why it fails.
func TestFolderThatBecomesReadOnly(t *testing.T) {
	t.Parallel()
	path, seal := readOnlyFolder(t)
	folder := openFolder(t, path)
	keys := testKeys(t, 1)
	if err := folder.SaveKeys(keys); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(path, keyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	// A file open for writing would keep a mount from becoming read-only; the
	// folder is held without its lock instead.
	folder = &Folder{path: path, lock: folder.lock}
	seal()
	if loaded, err := folder.LoadKeys(); err != nil || loaded.Peer() != keys.Peer() {
		t.Errorf("%v, %v", loaded, err)
	}
	if err := folder.SaveKeys(keys); !errors.Is(err, ErrFolderReadOnly) {
		t.Errorf("saving: %v", err)
	}
	if _, err := folder.ServerKey(); !errors.Is(err, ErrFolderReadOnly) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a server's key: %v", err)
	}
}
