package console

import "golang.org/x/sys/windows"

// freeOn returns what is free for us on the disk of a folder, and its size, in bytes.
func freeOn(folder string) (free, total uint64, err error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, 0, err
	}
	err = windows.GetDiskFreeSpaceEx(name, &free, &total, nil)
	return free, total, err
}
