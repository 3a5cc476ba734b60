package store

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// whichFile names a file so that a copy of it has another name: the inode, and
// when it was made, since inodes are used again. The device is left out: its
// number may change when the machine starts. "" when that cannot be told.
func whichFile(path string) string {
	var found unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO|unix.STATX_BTIME, &found); err != nil {
		return "" // an old kernel
	}
	if found.Mask&unix.STATX_BTIME == 0 {
		return "" // an inode alone may be that of a copy
	}
	return fmt.Sprintf("%d %d.%09d", found.Ino, found.Btime.Sec, found.Btime.Nsec)
}
