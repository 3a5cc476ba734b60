//go:build unix

package identity

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// lockExclusive takes a lock that ends with the process, however it ends.
func lockExclusive(file *os.File) error {
	err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) //nolint:gosec // a file descriptor is small
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("identity: locking the data folder: %w", err)
	}
	return nil
}

func readOnlyVolume(err error) bool { return errors.Is(err, unix.EROFS) }

func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the person's own folder
	if err != nil {
		return folderError(err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return folderError(err)
	}
	return nil
}
