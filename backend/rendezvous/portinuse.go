package rendezvous

import (
	"errors"
	"runtime"
	"syscall"
)

// errWindowsInUse is WSAEADDRINUSE; syscall.EADDRINUSE has another value on Windows.
const errWindowsInUse = syscall.Errno(10048)

func isPortInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || (runtime.GOOS == "windows" && errors.Is(err, errWindowsInUse))
}
