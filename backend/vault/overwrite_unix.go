//go:build unix

package vault

import (
	"os"
	"syscall"
)

// holdOpen opens a file that is about to be replaced; nil for none.
func holdOpen(path string) *os.File {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil
	}
	return file
}

// overwrite takes the bytes of a file that has no name any more from the disk,
// as far as the disk writes where it is told. A file that still has a name, such
// as a hard link in somebody's backup, is theirs and stays.
func overwrite(old *os.File) {
	defer func() { _ = old.Close() }()
	info, err := old.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
		return
	}
	if system, known := info.Sys().(*syscall.Stat_t); !known || system.Nlink != 0 {
		return
	}
	if _, err = old.WriteAt(make([]byte, info.Size()), 0); err == nil {
		_ = old.Sync()
	}
}
