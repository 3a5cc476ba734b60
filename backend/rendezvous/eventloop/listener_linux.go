package eventloop

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// Listener accepts connections for loops. Of the ten system calls that it takes
// package net to accept one and a loop to have it, two are left.
type Listener struct {
	file    *os.File
	waiting syscall.RawConn
	closed  atomic.Bool
}

// Socket is an accepted connection that no loop has yet.
type Socket struct {
	fd   int
	from netip.AddrPort
}

// Listen makes a listener of one, which is closed, whatever comes of it.
func Listen(from *net.TCPListener) (*Listener, error) {
	fd, err := duplicate(from)
	if err == nil {
		// What it accepts inherits this: answers are written whole, and at once.
		err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	if err = errors.Join(err, from.Close()); err != nil {
		if fd >= 0 {
			err = errors.Join(err, unix.Close(fd))
		}
		return nil, fmt.Errorf("eventloop: %w", err)
	}
	l := &Listener{file: os.NewFile(uintptr(fd), "listener")}
	if l.waiting, err = l.file.SyscallConn(); err != nil {
		return nil, errors.Join(fmt.Errorf("eventloop: %w", err), l.file.Close())
	}
	return l, nil
}

// Accept waits for the next connection. After Close the error is net.ErrClosed.
func (l *Listener) Accept() (*Socket, error) {
	var accepted *Socket
	var failed error
	err := l.waiting.Read(func(fd uintptr) bool {
		accepted, failed = accept(int(fd))
		return !errors.Is(failed, syscall.EAGAIN)
	})
	switch {
	case err != nil && l.closed.Load():
		return nil, net.ErrClosed
	case err == nil:
		err = failed
	}
	if err != nil {
		return nil, fmt.Errorf("eventloop: accept: %w", err)
	}
	return accepted, nil
}

// accept does not wait: EAGAIN says that nobody is there.
func accept(listening int) (*Socket, error) {
	for {
		var from unix.RawSockaddrInet6 // the larger of the two
		switch fd, failed := acceptFrom(listening, &from); failed {
		case 0:
			return &Socket{fd: fd, from: addressOf(&from)}, nil
		case unix.EINTR, unix.ECONNABORTED: // whoever came is gone again
		default:
			return nil, failed
		}
	}
}

func addressOf(from *unix.RawSockaddrInet6) netip.AddrPort {
	port := from.Port>>8 | from.Port<<8
	switch from.Family {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{byte(from.Flowinfo), byte(from.Flowinfo >> 8), byte(from.Flowinfo >> 16), byte(from.Flowinfo >> 24)}), port)
	case unix.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16(from.Addr), port)
	}
	return netip.AddrPort{}
}

// Close ends it, and an Accept that waits. It is idempotent.
func (l *Listener) Close() error {
	l.closed.Store(true)
	if err := l.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("eventloop: %w", err)
	}
	return nil
}

// From is the other side's address, without a zone.
func (s *Socket) From() netip.AddrPort { return s.from }

// Close closes it, unless a loop has it.
func (s *Socket) Close() { closeSocket(s.fd) } // nothing can be done about it

// Adopt makes a socket the loop's, which is watched from Start on.
func (l *Loop) Adopt(socket *Socket, handler Handler) *Conn {
	return &Conn{loop: l, handler: handler, fd: socket.fd}
}
