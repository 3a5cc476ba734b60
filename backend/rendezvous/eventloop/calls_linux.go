package eventloop

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// System calls that never wait, because the socket doesn't: the scheduler is not
// told of them. It would take the processor away from whoever is in the kernel a
// little longer, for instance because another process has its turn, hand it to
// another thread, and its monitor would look after that every 20 µs.

func read(fd int, into []byte) (int, syscall.Errno) {
	if len(into) == 0 {
		return 0, 0
	}
	n, _, failed := syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(into))), uintptr(len(into))) //nolint:gosec // the kernel writes len(into) bytes at most
	return count(n, failed)
}

func write(fd int, data []byte) (int, syscall.Errno) {
	if len(data) == 0 {
		return 0, 0
	}
	n, _, failed := syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(len(data))) //nolint:gosec // the kernel reads len(data) bytes
	return count(n, failed)
}

// look returns what is to be told now.
func look(epoll int, events []unix.EpollEvent) (int, syscall.Errno) {
	n, _, failed := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(unsafe.SliceData(events))), uintptr(len(events)), 0, 0, 0) //nolint:gosec // the kernel writes len(events) events at most
	return count(n, failed)
}

// acceptFrom fills in who came; the address of IPv4 is shorter and stands where flow and address begin.
func acceptFrom(listening int, from *unix.RawSockaddrInet6) (int, syscall.Errno) {
	size := uint32(unix.SizeofSockaddrInet6)
	fd, _, failed := syscall.RawSyscall6(unix.SYS_ACCEPT4, uintptr(listening), uintptr(unsafe.Pointer(from)), uintptr(unsafe.Pointer(&size)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0) //nolint:gosec // the kernel writes size bytes at most
	return count(fd, failed)
}

// closeSocket does not linger. Nothing can be done about an error.
func closeSocket(fd int) { _, _, _ = syscall.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }

func count(n uintptr, failed syscall.Errno) (int, syscall.Errno) {
	if failed != 0 {
		return 0, failed
	}
	return int(n), 0
}
