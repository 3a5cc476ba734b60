package eventloop

import (
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// atOnce is how many events are taken in one pass.
const atOnce = 256

// Loop watches sockets.
type Loop struct {
	epoll  int
	wakeup int // an eventfd(2), written to end the loop
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
	wakeup, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("eventloop: %w", err), unix.Close(epoll))
	}
	l := &Loop{epoll: epoll, wakeup: wakeup, passed: passed, ended: make(chan struct{})}
	if err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, wakeup, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(wakeup)}); err != nil {
		return nil, errors.Join(fmt.Errorf("eventloop: %w", err), unix.Close(wakeup), unix.Close(epoll))
	}
	go l.turn()
	return l, nil
}

// Stop ends the loop and waits for it. Sockets that are not closed stay open,
// and nothing is told of them any more.
func (l *Loop) Stop() error {
	one := [8]byte{0: 1}
	if _, err := unix.Write(l.wakeup, one[:]); err != nil {
		return fmt.Errorf("eventloop: %w", err)
	}
	<-l.ended
	return errors.Join(unix.Close(l.wakeup), unix.Close(l.epoll))
}

func (l *Loop) turn() {
	defer close(l.ended)
	var events [atOnce]unix.EpollEvent
	var about [atOnce]*Conn
	for {
		count, err := unix.EpollWait(l.epoll, events[:], -1)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return // only of arguments that are wrong
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
			if int(events[i].Fd) == l.wakeup {
				return
			}
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
