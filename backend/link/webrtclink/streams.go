package webrtclink

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// streams are the byte streams of a session, over one channel. Safe for
// concurrent use.
type streams struct {
	context context.Context //nolint:containedctx // the life of the session
	writing chan struct{}   // one token: who took it writes a data frame

	mutex   sync.Mutex
	channel *channel // nil until the session is open
	failure error    // set when the session is over
	table   map[uint32]*stream
	ours    int
	theirs  int
	next    uint32 // id of our next stream
	last    uint32 // id of their last stream
	parity  uint32 // of their ids
}

func newStreams(ctx context.Context, role link.Role) *streams {
	s := &streams{context: ctx, writing: make(chan struct{}, 1), table: make(map[uint32]*stream), next: 1, parity: 0}
	if role == link.RoleAnswerer {
		s.next, s.parity = 2, 1
	}
	return s
}

func (s *streams) start(streamChannel *channel) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.channel = streamChannel
}

// fail ends all streams; their readers and writers get err.
func (s *streams) fail(err error) {
	s.mutex.Lock()
	s.failure = err
	var all []*stream
	for _, one := range s.table {
		all = append(all, one)
	}
	s.mutex.Unlock()
	for _, one := range all {
		one.reset(err)
	}
}

// open makes a stream of ours. The other side hears of it in order with its data.
func (s *streams) open(ctx context.Context, label string) (link.Stream, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(label) > link.MaxLabel {
		return nil, link.ErrStreams
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch {
	case s.failure != nil:
		return nil, s.failure
	case s.channel == nil:
		return nil, link.ErrNotOpen
	case s.ours >= link.MaxStreams || s.next > 1<<31:
		return nil, link.ErrStreams
	}
	made := newStream(s, s.next, label, true)
	if err := s.channel.writeNow(append(appendStreamHeader(nil, streamOpen, made.id), label...)); err != nil {
		return nil, fmt.Errorf("%w: %w", link.ErrNotOpen, err)
	}
	s.table[made.id] = made
	s.next += 2
	s.ours++
	return made, nil
}

func (s *streams) find(id uint32) *stream {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.table[id]
}

// forget drops a stream that is over both ways.
func (s *streams) forget(one *stream) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.table[one.id] != one {
		return
	}
	delete(s.table, one.id)
	if one.mine {
		s.ours--
	} else {
		s.theirs--
	}
}

// accept registers a stream that the other side opened.
func (s *streams) accept(frame streamFrame) (*stream, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if frame.id%2 != s.parity || frame.id <= s.last || s.theirs >= link.MaxStreams {
		return nil, fmt.Errorf("%w: opening a stream", errProtocol)
	}
	if s.failure != nil {
		return nil, errChannelClosed
	}
	made := newStream(s, frame.id, string(frame.payload), false)
	s.table[made.id] = made
	s.last = frame.id
	s.theirs++
	return made, nil
}

// writeData sends one data frame, when it is this stream's turn and the channel
// has room.
func (s *streams) writeData(frame []byte) error {
	select {
	case s.writing <- struct{}{}:
	case <-s.context.Done():
		return errChannelClosed
	}
	defer func() { <-s.writing }()
	return s.channel.write(s.context, frame)
}

// writeControl sends credit, finish or reset. They are few and small: they do
// not wait, so that nobody waits for somebody who waits.
func (s *streams) writeControl(kind byte, id uint32, credit int) error {
	frame := appendStreamHeader(make([]byte, 0, streamHeader+4), kind, id)
	if kind == streamCredit {
		frame = binary.BigEndian.AppendUint32(frame, uint32(credit))
	}
	return s.channel.writeNow(frame)
}

// pieces are the buffers that hold data until it is read.
var pieces = sync.Pool{New: func() any { return new([wire.LinkFragment]byte) }}

// readStreams reads the stream channel. It never waits for a reader of a stream.
func (s *session) readStreams() {
	for {
		piece, ok := pieces.Get().(*[wire.LinkFragment]byte)
		if !ok {
			return
		}
		raw, err := s.channels[channelStreams].read(piece[:])
		var frame streamFrame
		if err == nil {
			frame, err = readStreamFrame(raw)
		}
		kept := false
		if err == nil && !s.muted.Load() {
			s.hear()
			kept, err = s.handleStream(frame, piece)
		}
		if !kept {
			pieces.Put(piece)
		}
		if err != nil {
			s.post(func() { s.broke(err) })
			return
		}
	}
}

// handleStream reports whether the stream keeps the piece that holds the frame.
func (s *session) handleStream(frame streamFrame, piece *[wire.LinkFragment]byte) (kept bool, err error) {
	if frame.kind == streamOpen {
		made, acceptErr := s.streams.accept(frame)
		if acceptErr != nil {
			return false, acceptErr
		}
		s.post(func() { s.emit(link.Event{Stream: made}) })
		return false, nil
	}
	one := s.streams.find(frame.id)
	if one == nil {
		return false, nil // closed here while this was on its way
	}
	switch frame.kind {
	case streamData:
		return one.receive(frame.payload, piece)
	case streamCredit:
		return false, one.grant(int(frame.credit()))
	case streamFinish:
		return false, one.finishRead()
	default:
		one.reset(link.ErrReset)
		return false, nil
	}
}
