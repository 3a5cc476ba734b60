package store

import "syscall"

// Windows error codes (winerror.h) that package syscall does not name.
const (
	errorWriteProtect   syscall.Errno = 19
	errorHandleDiskFull syscall.Errno = 39
	errorDiskFull       syscall.Errno = 112
)

func diskFull(errno syscall.Errno) bool {
	return errno == errorDiskFull || errno == errorHandleDiskFull
}

func readOnlyVolume(errno syscall.Errno) bool { return errno == errorWriteProtect }
