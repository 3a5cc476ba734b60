//go:build !linux

package eventloop

import (
	"errors"
	"net"
	"net/netip"
)

// ErrAgain says that nothing is there to read.
var ErrAgain = errors.ErrUnsupported

// Loop does not exist here.
type Loop struct{}

// Conn does not exist here.
type Conn struct{}

// Listener does not exist here.
type Listener struct{}

// Socket does not exist here.
type Socket struct{}

// New returns no loop: a goroutine has to read each socket, and only small
// servers run on such systems.
func New(func()) (*Loop, error) { return nil, nil } //nolint:nilnil // no loop is an answer

// Stop does nothing.
func (*Loop) Stop() error { return nil }

// Take is not called.
func (*Loop) Take(*net.TCPConn, Handler) (*Conn, error) { return nil, errors.ErrUnsupported }

// Start is not called.
func (*Conn) Start() error { return errors.ErrUnsupported }

// Read is not called.
func (*Conn) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// Write is not called.
func (*Conn) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

// Close is not called.
func (*Conn) Close() {}

// Adopt is not called.
func (*Loop) Adopt(*Socket, Handler) *Conn { return nil }

// Listen is not called.
func Listen(*net.TCPListener) (*Listener, error) { return nil, errors.ErrUnsupported }

// Accept is not called.
func (*Listener) Accept() (*Socket, error) { return nil, errors.ErrUnsupported }

// Close is not called.
func (*Listener) Close() error { return nil }

// From is not called.
func (*Socket) From() netip.AddrPort { return netip.AddrPort{} }

// Close is not called.
func (*Socket) Close() {}
