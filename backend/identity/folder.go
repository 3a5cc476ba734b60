package identity

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Errors of a data folder. Their sentences are meant for the person.
var (
	ErrInUse          = errors.New("this folder is in use by another Tincan; close that one, or choose another folder with --data")
	ErrFolderReadOnly = errors.New("this folder cannot be written to; check its permissions, or choose another folder with --data")
	ErrKeyFile        = errors.New("the key file is damaged; put back a copy of it, or move the folder away to begin anew")
	ErrOtherIdentity  = errors.New("the folder holds the keys of another identity; they are not overwritten")
)

const (
	lockFile   = "lock"
	folderMode = 0o700
	fileMode   = 0o600
)

// Folder is a profile's data folder, locked for this process.
type Folder struct {
	path string
	lock *os.File
}

// OpenFolder makes the folder when it is new and locks it. A folder that was
// empty or Tincan's already is closed to other users. Errors: ErrInUse,
// ErrFolderReadOnly, or the system's.
func OpenFolder(path string) (*Folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("identity: data folder: %w", err)
	}
	if err = os.MkdirAll(path, folderMode); err != nil {
		return nil, folderError(err)
	}
	if err = tightenFolder(path); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, lockFile), os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, folderError(err)
	}
	if err = lockExclusive(lock); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Folder{path: path, lock: lock}, nil
}

// tightenFolder takes a folder's permissions away from others. It leaves alone
// what was somebody's folder for other things before it was chosen, and what is
// shared by design (sticky, as /tmp).
func tightenFolder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return folderError(err)
	}
	if info.Mode().Perm()&0o077 == 0 || info.Mode()&fs.ModeSticky != 0 {
		return nil
	}
	if _, err = os.Lstat(filepath.Join(path, lockFile)); err != nil {
		if entries, readErr := os.ReadDir(path); readErr != nil || len(entries) > 0 {
			return nil //nolint:nilerr // an unreadable folder shows itself at the lock
		}
	}
	_ = os.Chmod(path, folderMode) // refused where the folder is another user's: its files are 0600 all the same
	return nil
}

func folderError(err error) error {
	if errors.Is(err, fs.ErrPermission) || readOnlyVolume(err) {
		return fmt.Errorf("%w (%w)", ErrFolderReadOnly, err)
	}
	return fmt.Errorf("identity: data folder: %w", err)
}

// Path returns the absolute path.
func (f *Folder) Path() string { return f.path }

// Close gives the folder free. It is idempotent.
func (f *Folder) Close() error {
	if err := f.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("identity: data folder: %w", err)
	}
	return nil
}
