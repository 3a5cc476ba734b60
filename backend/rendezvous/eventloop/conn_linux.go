package eventloop

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrAgain says that nothing is there to read.
var ErrAgain error = unix.EAGAIN

// Conn is a socket that a loop watches. Methods are safe for concurrent use.
type Conn struct {
	loop    *Loop
	handler Handler
	keeps   atomic.Bool // kept is not empty

	mu   sync.Mutex
	fd   int    // -1 once closed
	kept []byte // what Write was given and the socket did not take yet
}

// Take makes a socket the loop's, which is watched from Start on. The caller's
// is closed, whatever comes of it.
func (l *Loop) Take(from *net.TCPConn, handler Handler) (*Conn, error) {
	fd, err := duplicate(from)
	if err = errors.Join(err, from.Close()); err != nil {
		if fd >= 0 {
			err = errors.Join(err, unix.Close(fd))
		}
		return nil, fmt.Errorf("eventloop: %w", err)
	}
	return &Conn{loop: l, handler: handler, fd: fd}, nil
}

// duplicate returns another descriptor of the same socket, -1 when there is none.
func duplicate(conn syscall.Conn) (int, error) {
	fd := -1
	raw, err := conn.SyscallConn()
	if err != nil {
		return fd, err
	}
	var failed error
	err = raw.Control(func(own uintptr) {
		if fd, failed = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0); failed != nil {
			fd = -1
		}
	})
	return fd, errors.Join(err, failed)
}

// Start has it watched. What came before is told as well.
func (c *Conn) Start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return net.ErrClosed
	}
	c.loop.remember(c)
	err := unix.EpollCtl(c.loop.epoll, unix.EPOLL_CTL_ADD, c.fd, &unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET, Fd: int32(c.fd),
	})
	if err != nil {
		return fmt.Errorf("eventloop: %w", err)
	}
	return nil
}

// tell is called by the loop. An event of another socket that had the same
// descriptor does no harm: nothing is done but to look.
func (c *Conn) tell(events uint32) {
	if events&unix.EPOLLOUT != 0 && c.keeps.Load() {
		c.writeKept()
	}
	ended := events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0
	if ended || events&unix.EPOLLIN != 0 {
		c.handler.Readable(ended)
	}
}

// Read reads what is there, without waiting: ErrAgain when it is nothing, 0
// without an error when the other side ended.
func (c *Conn) Read(into []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return 0, net.ErrClosed
	}
	for {
		switch n, failed := read(c.fd, into); failed {
		case 0:
			return n, nil
		case unix.EINTR:
		default:
			return 0, failed
		}
	}
}

// Write takes all of data without waiting: what the socket has no room for is
// kept, and written when there is; the handler is told.
func (c *Conn) Write(data []byte) (written int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return 0, net.ErrClosed
	}
	if len(c.kept) == 0 {
		if written, err = c.write(data); err != nil {
			return written, err
		}
	}
	if written < len(data) {
		c.kept = append(c.kept, data[written:]...)
		c.keeps.Store(true)
	}
	return written, nil
}

// write runs under mu. It returns without an error when there is no room.
func (c *Conn) write(data []byte) (written int, err error) {
	for written < len(data) {
		switch n, failed := write(c.fd, data[written:]); failed {
		case 0:
			written += n
		case unix.EINTR:
		case unix.EAGAIN:
			return written, nil
		default:
			return written, failed
		}
	}
	return written, nil
}

func (c *Conn) writeKept() {
	c.mu.Lock()
	if c.fd < 0 {
		c.mu.Unlock()
		return
	}
	written, err := c.write(c.kept)
	if c.kept = c.kept[written:]; len(c.kept) == 0 {
		c.kept = nil
		c.keeps.Store(false)
	}
	c.mu.Unlock()
	if written > 0 {
		c.handler.Written(written)
	}
	if err != nil {
		c.Close()
	}
}

// Close ends it at once; the handler's Closed follows. It is idempotent.
func (c *Conn) Close() {
	c.mu.Lock()
	if c.fd < 0 {
		c.mu.Unlock()
		return
	}
	c.loop.forget(c)
	closeSocket(c.fd)
	c.fd, c.kept = -1, nil
	c.mu.Unlock()
	c.handler.Closed()
}
