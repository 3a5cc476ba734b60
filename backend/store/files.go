package store

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
)

// values are the arguments of a statement that is run once.
func values(arguments ...driver.Value) []driver.Value { return arguments }

// createFile makes an empty file that only this person may read. SQLite gives
// its companions the same permissions.
func createFile(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return translate(fmt.Errorf("store: a new file: %w", err))
	}
	if err = file.Close(); err != nil {
		return translate(fmt.Errorf("store: a new file: %w", err))
	}
	return nil
}

// syncFile brings a file's content to the disk.
func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return translate(fmt.Errorf("store: %w", err))
	}
	if err = errors.Join(file.Sync(), file.Close()); err != nil {
		return translate(fmt.Errorf("store: bringing a file to the disk: %w", err))
	}
	return nil
}

// syncFolder brings the names in a folder to the disk.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // NTFS keeps names in its own journal, and folders cannot be opened
	}
	folder, err := os.Open(path)
	if err != nil {
		return translate(fmt.Errorf("store: %w", err))
	}
	if err = errors.Join(folder.Sync(), folder.Close()); err != nil {
		return translate(fmt.Errorf("store: bringing a folder to the disk: %w", err))
	}
	return nil
}

// writable tells whether files can be made in a folder: nil, or why not.
func writable(folder string) error {
	probe, err := os.CreateTemp(folder, ".probe-*")
	if err != nil {
		return translate(fmt.Errorf("store: the folder: %w", err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// onlyMine narrows the permissions of the database's files to this person.
func onlyMine(paths ...string) error {
	if runtime.GOOS == "windows" {
		return nil // the profile's folder decides
	}
	for _, path := range paths {
		information, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return translate(fmt.Errorf("store: %w", err))
		case information.Mode().Perm()&0o077 == 0:
			continue
		}
		if err = os.Chmod(path, 0o600); err != nil {
			return translate(fmt.Errorf("store: %w", err))
		}
	}
	return nil
}

// copyFile copies a file, if it exists, to a new one of mode 0600.
func copyFile(from, to string) (err error) {
	source, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return translate(fmt.Errorf("store: %w", err))
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return translate(fmt.Errorf("store: %w", err))
	}
	_, err = io.Copy(target, source)
	if err = errors.Join(err, target.Close()); err != nil {
		return translate(fmt.Errorf("store: copying: %w", err))
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// size returns a file's length; 0 when it does not exist.
func size(path string) int64 {
	information, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return information.Size()
}
