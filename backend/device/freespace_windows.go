package device

import "golang.org/x/sys/windows"

// freeSpace is how many bytes this user may still write to a path's disk, -1
// when that is not known.
func freeSpace(path string) int64 {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return -1
	}
	var free uint64
	if err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return -1
	}
	return int64(free)
}
