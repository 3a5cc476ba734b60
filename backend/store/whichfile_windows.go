package store

import (
	"fmt"
	"os"
	"syscall"
)

// whichFile names a file so that a copy of it has another name: the volume, the
// file's index there, and when it was made.
func whichFile(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }() // nothing was written
	var found syscall.ByHandleFileInformation
	if err := syscall.GetFileInformationByHandle(syscall.Handle(file.Fd()), &found); err != nil {
		return ""
	}
	return fmt.Sprintf("%d %d.%d %d", found.VolumeSerialNumber, found.FileIndexHigh, found.FileIndexLow, found.CreationTime.Nanoseconds())
}
