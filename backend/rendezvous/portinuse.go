package rendezvous

import (
	"errors"
	"runtime"
	"syscall"
)

// errWindowsInUse is WSAEADDRINUSE; syscall.EADDRINUSE has another value on Windows.
const errWindowsInUse = syscall.Errno(10048)

// IsPortInUse says whether listening failed because another program listens there.
func IsPortInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || (runtime.GOOS == "windows" && errors.Is(err, errWindowsInUse))
}
