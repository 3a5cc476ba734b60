//go:build unix

package identity

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// lockExclusive takes a lock that ends with the process, however it ends.
func lockExclusive(file *os.File) error {
	err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("identity: locking the data folder: %w", err)
	}
	return nil
}

func readOnlyVolume(err error) bool { return errors.Is(err, unix.EROFS) }

// syncFolder makes a rename in a folder durable, where the file system can.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return folderError(err)
	}
	err = folder.Sync()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		err = nil // some network file systems cannot sync a folder
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		return folderError(err)
	}
	return nil
}

// ownTemporaryFolder returns a folder for sockets that only this user can
// write to. It is made when it is missing; one that somebody else made first
// in a shared place is refused.
func ownTemporaryFolder() (string, error) {
	path := filepath.Join(os.TempDir(), "tincan-"+strconv.Itoa(os.Getuid()))
	if err := unix.Mkdir(path, folderMode); err != nil && !errors.Is(err, unix.EEXIST) {
		return "", fmt.Errorf("identity: folder for sockets: %w", err)
	}
	var info unix.Stat_t
	if err := unix.Lstat(path, &info); err != nil {
		return "", fmt.Errorf("identity: folder for sockets: %w", err)
	}
	if info.Mode&unix.S_IFMT != unix.S_IFDIR || int(info.Uid) != os.Getuid() || info.Mode&0o077 != 0 {
		return "", errSocketFolder
	}
	return path, nil
}
