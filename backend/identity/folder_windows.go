package identity

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// lockExclusive takes a lock that ends with the process, however it ends.
func lockExclusive(file *os.File) error {
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("identity: locking the data folder: %w", err)
	}
	return nil
}

func readOnlyVolume(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

// syncFolder: NTFS journals renames itself.
func syncFolder(string) error { return nil }

// ownTemporaryFolder: the folder for temporary files is each user's own.
func ownTemporaryFolder() (string, error) { return os.TempDir(), nil }
