//go:build unix

package store

import "syscall"

func diskFull(errno syscall.Errno) bool {
	return errno == syscall.ENOSPC || errno == syscall.EDQUOT
}

func readOnlyVolume(errno syscall.Errno) bool { return errno == syscall.EROFS }
