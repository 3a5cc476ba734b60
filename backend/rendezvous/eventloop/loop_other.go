//go:build !linux

package eventloop

import (
	"errors"
	"net"
)

// ErrAgain says that nothing is there to read.
var ErrAgain = errors.ErrUnsupported

// Loop does not exist here.
type Loop struct{}

// Conn does not exist here.
type Conn struct{}

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
