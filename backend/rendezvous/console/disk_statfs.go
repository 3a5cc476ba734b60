//go:build linux || darwin

package console

import "golang.org/x/sys/unix"

// freeOn returns what is free for us on the disk of a folder, and its size, in bytes.
func freeOn(folder string) (free, total uint64, err error) {
	var found unix.Statfs_t
	if err = unix.Statfs(folder, &found); err != nil {
		return 0, 0, err
	}
	size := uint64(found.Bsize)
	return found.Bavail * size, found.Blocks * size, nil
}
