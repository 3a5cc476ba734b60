//go:build linux

package eventloop

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// seen is a handler that tells a test what it was told.
type seen struct {
	readable chan struct{}
	ended    atomic.Bool
	written  atomic.Int64
	closed   chan struct{}
}

func newSeen() *seen {
	return &seen{readable: make(chan struct{}, 1), closed: make(chan struct{})}
}

func (s *seen) Readable(ended bool) {
	if ended {
		s.ended.Store(true)
	}
	select {
	case s.readable <- struct{}{}:
	default:
	}
}

func (s *seen) Written(size int) { s.written.Add(int64(size)) }

func (s *seen) Closed() { close(s.closed) }

// pair is a connection of which the loop has one side.
func pair(t *testing.T, loop *Loop, handler Handler) (*Conn, *net.TCPConn) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	far, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	tcp, ok := near.(*net.TCPConn)
	other, good := far.(*net.TCPConn)
	if !ok || !good {
		t.Fatal("no TCP")
	}
	t.Cleanup(func() { _ = other.Close() })
	conn, err := loop.Take(tcp, handler)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn, other
}

func open(t *testing.T, passed func()) *Loop {
	t.Helper()
	loop, err := New(passed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := loop.Stop(); err != nil {
			t.Error(err)
		}
	})
	return loop
}

func told(t *testing.T, what string, by <-chan struct{}) {
	t.Helper()
	select {
	case <-by:
	case <-time.After(10 * time.Second):
		t.Fatalf("not told: %s", what)
	}
}

// TestReading has bytes come before the socket is watched, and after.
func TestReading(t *testing.T) {
	t.Parallel()
	passes := make(chan struct{}, 100)
	loop := open(t, func() { passes <- struct{}{} })
	handler := newSeen()
	conn, far := pair(t, loop, handler)
	buffer := make([]byte, 16)
	for _, word := range []string{"early", "late"} {
		if _, err := io.WriteString(far, word); err != nil {
			t.Fatal(err)
		}
		if word == "early" {
			if err := conn.Start(); err != nil {
				t.Fatal(err)
			}
		}
		told(t, word, handler.readable)
		told(t, "the end of the pass", passes)
		if n, err := conn.Read(buffer); err != nil || string(buffer[:n]) != word {
			t.Fatalf("%q, %v", buffer[:n], err)
		}
		if _, err := conn.Read(buffer); !errors.Is(err, ErrAgain) {
			t.Fatalf("nothing is there: %v", err)
		}
	}
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	told(t, "the end of the other side", handler.readable)
	if n, err := conn.Read(buffer); n != 0 || err != nil {
		t.Fatalf("%d bytes behind the end, %v", n, err)
	}
	conn.Close()
	told(t, "closed", handler.closed)
	conn.Close()
	if _, err := conn.Read(buffer); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := conn.Write(buffer); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if err := conn.Start(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// TestLastWords has bytes and the end come at once: both are told, with one event.
func TestLastWords(t *testing.T) {
	t.Parallel()
	loop := open(t, func() {})
	handler := newSeen()
	conn, far := pair(t, loop, handler)
	_, err := io.WriteString(far, "bye")
	if err = errors.Join(err, far.Close()); err != nil {
		t.Fatal(err)
	}
	if err = conn.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); !handler.ended.Load(); {
		told(t, "something to read", handler.readable)
		if time.Now().After(deadline) {
			t.Fatal("the end is not told")
		}
	}
	buffer := make([]byte, 16)
	if n, err := conn.Read(buffer); err != nil || string(buffer[:n]) != "bye" {
		t.Fatalf("%q, %v", buffer[:n], err)
	}
	if n, err := conn.Read(buffer); n != 0 || err != nil {
		t.Fatalf("%d bytes behind the end, %v", n, err)
	}
}

// TestWriting writes far more than the socket takes to one who reads later.
func TestWriting(t *testing.T) {
	t.Parallel()
	loop := open(t, func() {})
	handler := newSeen()
	conn, far := pair(t, loop, handler)
	if err := conn.Start(); err != nil {
		t.Fatal(err)
	}
	var sent bytes.Buffer
	kept := 0
	for i := range 64 {
		piece := bytes.Repeat([]byte{byte(i)}, 512<<10)
		n, err := conn.Write(piece)
		if err != nil {
			t.Fatal(err)
		}
		kept += len(piece) - n
		sent.Write(piece)
	}
	if kept == 0 {
		t.Fatal("the socket took everything: nothing is tested")
	}
	got := make([]byte, sent.Len())
	if _, err := io.ReadFull(far, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, sent.Bytes()) {
		t.Error("other bytes, or in another order")
	}
	for deadline := time.Now().Add(10 * time.Second); handler.written.Load() != int64(kept); {
		if time.Now().After(deadline) {
			t.Fatalf("told of %d bytes of %d", handler.written.Load(), kept)
		}
	}
	if n, err := conn.Write([]byte("more")); n != 4 || err != nil {
		t.Error(n, err)
	}
}

// TestOtherSideGone writes to a connection that was reset.
func TestOtherSideGone(t *testing.T) {
	t.Parallel()
	loop := open(t, func() {})
	handler := newSeen()
	conn, far := pair(t, loop, handler)
	if err := conn.Start(); err != nil {
		t.Fatal(err)
	}
	for kept := false; !kept; {
		n, err := conn.Write(make([]byte, 1<<20))
		if err != nil {
			t.Fatal(err)
		}
		kept = n < 1<<20
	}
	if err := errors.Join(far.SetLinger(0), far.Close()); err != nil {
		t.Fatal(err)
	}
	told(t, "closed", handler.closed)
}
