package rendezvous

import (
	"errors"
	"runtime"
	"syscall"
)

// windowsInUse is WSAEADDRINUSE; syscall.EADDRINUSE has another value on Windows.
const windowsInUse = syscall.Errno(10048)

func isPortInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || (runtime.GOOS == "windows" && errors.Is(err, windowsInUse))
}
