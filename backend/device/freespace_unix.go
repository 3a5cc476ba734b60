//go:build unix

package device

import "golang.org/x/sys/unix"

// freeSpace is how many bytes this user may still write to a path's disk, -1
// when that is not known.
func freeSpace(path string) int64 {
	var found unix.Statfs_t
	if err := unix.Statfs(path, &found); err != nil {
		return -1
	}
	return int64(uint64(found.Bavail) * uint64(found.Bsize)) //nolint:unconvert // the types differ from system to system
}
