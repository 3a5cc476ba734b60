package rendezvous

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/lesismal/nbio"
	"github.com/lesismal/nbio/logging"
)

// tableSize bounds nbio's table of connections by file descriptor: 8 bytes each.
const tableSize = 1 << 16

var configureLoop = sync.OnceFunc(func() {
	nbio.MaxOpenFiles = min(nbio.MaxOpenFiles, tableSize)
	logging.SetLevel(logging.LevelNone) // it would write to standard output
})

// newLoop starts an event loop. It is edge-triggered, so that a connection can
// be left unread while there is work under way for it. It only reads what is
// there: one is enough.
//
// carried counts the connections that were handed to it. The loop looks at it
// before it touches one: nbio keeps its own order, but hides it from the race detector.
func newLoop(carried *atomic.Int64) (*nbio.Engine, error) {
	configureLoop()
	loop := nbio.NewEngine(nbio.Config{
		Name: "rendezvous", NPoller: 1, EpollMod: nbio.EPOLLET,
		ReadBufferSize: 1, // we read into our own
	})
	isTurning := make(chan struct{})
	loop.OnRead(func(conn *nbio.Conn) {
		carried.Load()
		switch told := conn.Session().(type) {
		case *socket:
			told.connection.onReadable(told)
		case *sync.Once:
			told.Do(func() { close(isTurning) })
		}
	})
	loop.OnWrittenSize(func(conn *nbio.Conn, _ []byte, size int) {
		carried.Load()
		if s, ok := conn.Session().(*socket); ok {
			s.written(size)
		}
	})
	loop.OnClose(func(conn *nbio.Conn, _ error) {
		carried.Load()
		if s, ok := conn.Session().(*socket); ok {
			s.connection.onClosed()
		}
	})
	if err := loop.Start(); err != nil {
		return nil, fmt.Errorf("rendezvous: event loop: %w", err)
	}
	if err := awaitLoop(loop, isTurning); err != nil {
		return nil, fmt.Errorf("rendezvous: event loop: %w", err)
	}
	return loop, nil
}

// awaitLoop returns once the loop turns: one that is stopped before would not
// notice, and never end (nbio v1.6.8 clears its flag when it begins).
func awaitLoop(loop *nbio.Engine, isTurning <-chan struct{}) (err error) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	near, far := os.NewFile(uintptr(pair[0]), "loop"), os.NewFile(uintptr(pair[1]), "loop")
	defer func() { err = errors.Join(err, near.Close(), far.Close()) }()
	conn, err := net.FileConn(near)
	if err != nil {
		return err
	}
	moved, err := nbio.NBConn(conn)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	moved.SetSession(new(sync.Once))
	if _, err = loop.AddConn(moved); err != nil {
		return err
	}
	if _, err = far.Write([]byte{1}); err != nil {
		return errors.Join(err, moved.Close())
	}
	<-isTurning
	return moved.Close()
}
