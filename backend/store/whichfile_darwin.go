package store

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// whichFile names a file so that a copy of it has another name: the inode, and
// when it was made, since inodes are used again.
func whichFile(path string) string {
	var found unix.Stat_t
	if err := unix.Stat(path, &found); err != nil {
		return ""
	}
	return fmt.Sprintf("%d %d.%09d", found.Ino, found.Btim.Sec, found.Btim.Nsec)
}
