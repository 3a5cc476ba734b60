package memlink

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tincan-chat/tincan/backend/link"
)

// window is how much one side may write ahead of what the other has read.
const window = 256 << 10

// pipe is one direction of a stream.
type pipe struct {
	mutex    sync.Mutex
	changed  sync.Cond
	data     []byte
	finished bool         // the writer writes no more
	stopped  bool         // the reader reads no more
	failure  error        // the session is over
	cut      *atomic.Bool // the line carries nothing now
}

func newPipe(cut *atomic.Bool) *pipe {
	p := &pipe{cut: cut}
	p.changed.L = &p.mutex
	return p
}

// update changes the state and wakes everybody.
func (p *pipe) update(change func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	change()
	p.changed.Broadcast()
}

func (p *pipe) read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for {
		switch blocked := p.cut.Load(); {
		case p.stopped:
			return 0, io.ErrClosedPipe
		case len(p.data) > 0 && !blocked:
			n := copy(b, p.data)
			p.data = p.data[n:]
			p.changed.Broadcast()
			return n, nil
		case p.finished && len(p.data) == 0 && !blocked:
			return 0, io.EOF
		case p.failure != nil:
			return 0, p.failure
		}
		p.changed.Wait()
	}
}

func (p *pipe) write(b []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	written := 0
	for {
		switch {
		case p.finished:
			return written, io.ErrClosedPipe
		case p.stopped:
			return written, link.ErrReset
		case p.failure != nil:
			return written, p.failure
		case written == len(b):
			return written, nil
		}
		if n := min(len(b)-written, window-len(p.data)); n > 0 {
			p.data = append(p.data, b[written:written+n]...)
			written += n
			p.changed.Broadcast()
			continue
		}
		p.changed.Wait()
	}
}

// stream is one end of two pipes.
type stream struct {
	label   string
	in, out *pipe
	guard   *sync.Mutex // the network's
	closing func()      // called once, under guard, when the end is closed
	once    sync.Once
}

var _ link.Stream = (*stream)(nil)

// Label implements link.Stream.
func (s *stream) Label() string { return s.label }

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) { return s.in.read(p) }

// Write implements io.Writer.
func (s *stream) Write(p []byte) (int, error) { return s.out.write(p) }

// CloseWrite implements link.Stream.
func (s *stream) CloseWrite() error {
	s.out.update(func() { s.out.finished = true })
	return nil
}

// Close implements io.Closer.
func (s *stream) Close() error {
	s.once.Do(func() {
		s.out.update(func() { s.out.finished = true })
		s.in.update(func() { s.in.stopped, s.in.data = true, nil })
		s.guard.Lock()
		defer s.guard.Unlock()
		s.closing()
	})
	return nil
}

func (s *stream) fail(err error) {
	for _, one := range []*pipe{s.in, s.out} {
		one.update(func() {
			if one.failure == nil {
				one.failure = err
			}
		})
	}
}

// openStream makes both ends; the other side hears of its end in order with the
// messages. The network's mutex is held.
func (s *session) openStream(label string) (link.Stream, error) {
	if len(label) > link.MaxLabel || s.ours >= link.MaxStreams {
		return nil, link.ErrStreams
	}
	n := s.network()
	there := newPipe(&n.line(route{s.transport.own.Device, s.remote.Device}).cut)
	back := newPipe(&n.line(route{s.remote.Device, s.transport.own.Device}).cut)
	mine := &stream{label: label, in: back, out: there}
	theirs := &stream{label: label, in: there, out: back}
	mine.closing = func() {
		s.forget(mine)
		s.ours--
	}
	s.ours++
	s.streams = append(s.streams, mine)
	s.post(func(other *session) {
		if !other.open {
			return
		}
		theirs.closing = func() { other.forget(theirs) }
		other.streams = append(other.streams, theirs)
		other.emit(link.Event{Stream: theirs})
	})
	mine.guard, theirs.guard = &n.mutex, &n.mutex
	return mine, nil
}

func (s *session) forget(one *stream) {
	s.streams = slices.DeleteFunc(s.streams, func(other *stream) bool { return other == one })
}

// wakeStreams makes readers look again after a cut; the mutex is held.
func (s *session) wakeStreams() {
	for _, one := range s.streams {
		one.in.update(func() {})
		one.out.update(func() {})
	}
}
