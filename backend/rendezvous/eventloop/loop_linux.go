package eventloop

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// atOnce is how many events are taken in one pass.
const atOnce = 256

// Loop watches sockets.
type Loop struct {
	epoll  int
	file   *os.File // of epoll
	passed func()
	ended  chan struct{}

	mu    sync.Mutex
	conns []*Conn // by file descriptor
}

// New starts a loop. After each pass over the sockets of which there was
// something to tell, its goroutine calls passed.
func New(passed func()) (*Loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("eventloop: %w", err)
	}
	if err = unix.SetNonblock(epoll, true); err != nil { // what os.File needs to wait for it
		return nil, errors.Join(fmt.Errorf("eventloop: %w", err), unix.Close(epoll))
	}
	l := &Loop{epoll: epoll, file: os.NewFile(uintptr(epoll), "epoll"), passed: passed, ended: make(chan struct{})}
	waiting, err := l.file.SyscallConn()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("eventloop: %w", err), l.file.Close())
	}
	go l.turn(waiting)
	return l, nil
}

// Stop ends the loop and waits for it. Sockets that are not closed stay open,
// and nothing is told of them any more.
func (l *Loop) Stop() error {
	err := l.file.Close()
	<-l.ended
	if err != nil {
		return fmt.Errorf("eventloop: %w", err)
	}
	return nil
}

// turn makes passes until the loop is stopped. Between them its goroutine
// waits as one that reads a file does, and holds no thread: a thread that
// waits in the kernel would keep the runtime's monitor looking every 20 µs.
func (l *Loop) turn(waiting syscall.RawConn) {
	defer close(l.ended)
	var events [atOnce]unix.EpollEvent
	var about [atOnce]*Conn
	for {
		count := 0
		err := waiting.Read(func(epoll uintptr) bool {
			n, failed := look(int(epoll), events[:])
			count = n
			return count > 0 || (failed != 0 && failed != unix.EINTR)
		})
		if err != nil || count == 0 {
			return // it is stopped
		}
		l.mu.Lock()
		for i := range events[:count] {
			about[i] = nil
			if fd := int(events[i].Fd); fd < len(l.conns) {
				about[i] = l.conns[fd]
			}
		}
		l.mu.Unlock()
		for i := range events[:count] {
			if about[i] != nil {
				about[i].tell(events[i].Events)
				about[i] = nil
			}
		}
		l.passed()
	}
}

// remember is called before the socket is watched.
func (l *Loop) remember(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.fd >= len(l.conns) {
		l.conns = append(l.conns, make([]*Conn, c.fd+1-len(l.conns))...)
	}
	l.conns[c.fd] = c
}

// forget is called before the file descriptor may be another socket's.
func (l *Loop) forget(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.fd < len(l.conns) && l.conns[c.fd] == c {
		l.conns[c.fd] = nil
	}
}
