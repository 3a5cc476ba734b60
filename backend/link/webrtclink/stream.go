package webrtclink

import (
	"fmt"
	"io"
	"sync"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// stream is one byte stream (link.Stream). Read and Write may be called from
// different goroutines; several writers take turns.
type stream struct {
	owner *streams
	id    uint32
	label string
	mine  bool

	write sync.Mutex // held for a whole Write, so that writes are not mixed

	mutex    sync.Mutex
	changed  sync.Cond
	queue    []part
	held     int   // bytes in queue
	owed     int   // bytes read whose credit is not given back yet
	credit   int   // bytes that we may send
	finished bool  // the other side writes no more
	ended    bool  // we write no more
	closed   bool  // Close was called
	failure  error // the stream is over
}

// part is data in a pooled piece.
type part struct {
	data  []byte
	piece *[wire.LinkFragment]byte
}

var _ link.Stream = (*stream)(nil)

func newStream(owner *streams, id uint32, label string, mine bool) *stream {
	s := &stream{owner: owner, id: id, label: label, mine: mine, credit: streamWindow}
	s.changed.L = &s.mutex
	return s
}

// Label implements link.Stream.
func (s *stream) Label() string { return s.label }

// Read implements io.Reader; io.EOF after the other side's CloseWrite.
func (s *stream) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	s.mutex.Lock()
	for len(s.queue) == 0 && !s.finished && s.failure == nil && !s.closed {
		s.changed.Wait()
	}
	if s.closed {
		s.mutex.Unlock()
		return 0, io.ErrClosedPipe
	}
	n := 0
	for n < len(p) && len(s.queue) > 0 {
		first := &s.queue[0]
		copied := copy(p[n:], first.data)
		n += copied
		first.data = first.data[copied:]
		if len(first.data) == 0 {
			pieces.Put(first.piece)
			s.queue[0] = part{}
			s.queue = s.queue[1:]
		}
	}
	if n == 0 {
		err := s.failure
		if s.finished {
			err = io.EOF
		}
		s.mutex.Unlock()
		return 0, err
	}
	s.held -= n
	s.owed += n
	give := 0
	// Credit in quarters of the window: few frames, and the sender never runs dry.
	if s.owed >= streamWindow/4 && !s.finished && s.failure == nil {
		give, s.owed = s.owed, 0
	}
	s.mutex.Unlock()
	if give > 0 {
		// When this fails the session is over and the next call says so.
		_ = s.owner.writeControl(streamCredit, s.id, give)
	}
	return n, nil
}

// Write implements io.Writer; it waits for credit and for room in the channel.
func (s *stream) Write(p []byte) (int, error) {
	s.write.Lock()
	defer s.write.Unlock()
	buffer := make([]byte, 0, min(len(p), streamCapacity)+streamHeader)
	written := 0
	for written < len(p) {
		n, err := s.takeCredit(min(len(p)-written, streamCapacity))
		if err != nil {
			return written, err
		}
		frame := append(appendStreamHeader(buffer[:0], streamData, s.id), p[written:written+n]...)
		if err = s.owner.writeData(frame); err != nil {
			return written, fmt.Errorf("%w: %w", link.ErrReset, err)
		}
		written += n
	}
	return written, nil
}

func (s *stream) takeCredit(want int) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for s.credit == 0 && s.failure == nil && !s.ended && !s.closed {
		s.changed.Wait()
	}
	switch {
	case s.closed || s.ended:
		return 0, io.ErrClosedPipe
	case s.failure != nil:
		return 0, s.failure
	}
	n := min(want, s.credit)
	s.credit -= n
	return n, nil
}

// CloseWrite implements link.Stream: the other side reads io.EOF after what was
// written.
func (s *stream) CloseWrite() error {
	// A writer that waits for credit must not hold this up: it is woken first.
	s.mutex.Lock()
	again := s.ended || s.failure != nil
	s.ended = true
	s.changed.Broadcast()
	s.mutex.Unlock()
	if again {
		return nil
	}
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.owner.writeControl(streamFinish, s.id, 0); err != nil {
		return fmt.Errorf("%w: %w", link.ErrReset, err)
	}
	s.settle()
	return nil
}

// Close implements io.Closer. The other side reads io.EOF after what was
// written; what it still writes is thrown away, and its next writes fail.
func (s *stream) Close() error {
	s.mutex.Lock()
	if s.closed {
		s.mutex.Unlock()
		return nil
	}
	s.closed = true
	s.drop()
	s.changed.Broadcast()
	s.mutex.Unlock()
	ending := s.CloseWrite() // nothing when the stream is over
	s.mutex.Lock()
	stop := !s.finished && s.failure == nil
	s.mutex.Unlock()
	if stop {
		// When this fails the session is over, and the stream with it.
		_ = s.owner.writeControl(streamReset, s.id, 0)
	}
	s.owner.forget(s)
	return ending
}

// drop gives the pieces back; the mutex is held.
func (s *stream) drop() {
	for _, one := range s.queue {
		pieces.Put(one.piece)
	}
	s.queue, s.held = nil, 0
}

// settle forgets a stream that is over both ways.
func (s *stream) settle() {
	s.mutex.Lock()
	over := s.ended && s.finished
	s.mutex.Unlock()
	if over {
		s.owner.forget(s)
	}
}

// receive keeps data for Read.
func (s *stream) receive(data []byte, piece *[wire.LinkFragment]byte) (kept bool, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch {
	case s.finished:
		return false, fmt.Errorf("%w: data after the end of a stream", errProtocol)
	case s.closed || s.failure != nil:
		return false, nil
	case s.held+s.owed+len(data) > streamWindow:
		return false, fmt.Errorf("%w: more than the credit of a stream", errProtocol)
	}
	s.queue = append(s.queue, part{data: data, piece: piece})
	s.held += len(data)
	s.changed.Broadcast()
	return true, nil
}

// grant adds credit.
func (s *stream) grant(credit int) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.credit+credit > streamWindow {
		return fmt.Errorf("%w: credit for what was never sent", errProtocol)
	}
	s.credit += credit
	s.changed.Broadcast()
	return nil
}

func (s *stream) finishRead() error {
	s.mutex.Lock()
	if s.finished {
		s.mutex.Unlock()
		return fmt.Errorf("%w: a stream that ends twice", errProtocol)
	}
	s.finished = true
	s.changed.Broadcast()
	s.mutex.Unlock()
	s.settle()
	return nil
}

// reset ends the stream from the other side or with the session.
func (s *stream) reset(err error) {
	s.mutex.Lock()
	if s.failure == nil {
		s.failure = err
	}
	s.changed.Broadcast()
	s.mutex.Unlock()
	s.owner.forget(s)
}
