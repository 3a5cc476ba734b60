package webrtclink

import (
	"context"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// maxUndelivered is how many bytes of messages may wait for the owner's handler
// before the channel is no longer read and the other side feels it.
const maxUndelivered = 4 << 20

// messageCost is what a message takes beside its bytes while it waits, so that
// many small ones do not take more than a few large ones.
const messageCost = 256

// outgoing is the queue of messages to be sent.
type outgoing struct {
	mutex   sync.Mutex
	state   outgoingState
	queue   [][]byte
	size    int  // bytes in the queue, and of the message that is being written
	full    bool // ErrBacklog was answered and Drained is owed
	wake    chan struct{}
	written chan struct{} // closed when the writer has written all, the goodbye too
	drained func()
}

type outgoingState int

const (
	outgoingNew outgoingState = iota
	outgoingOpen
	outgoingLeaving // nothing new is taken, what is there goes out
	outgoingClosed
)

func newOutgoing(drained func()) *outgoing {
	return &outgoing{wake: make(chan struct{}, 1), written: make(chan struct{}), drained: drained}
}

func (o *outgoing) start() { o.change(outgoingOpen) }
func (o *outgoing) leave() { o.change(outgoingLeaving) }
func (o *outgoing) close() { o.change(outgoingClosed) }

func (o *outgoing) change(state outgoingState) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.state = state
	if state == outgoingClosed {
		o.queue, o.size = nil, 0
	}
	o.nudge()
}

// drop forgets what is queued; the message that is being written goes on.
func (o *outgoing) drop() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.queue, o.size, o.full = nil, 0, false
}

func (o *outgoing) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outgoing) push(message []byte) error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.state != outgoingOpen {
		return link.ErrNotOpen
	}
	// An empty message counts too, or a queue of them would have no end.
	cost := len(message) + frameHeader
	if o.size+cost > link.MaxBacklog {
		o.full = true
		return link.ErrBacklog
	}
	o.size += cost
	o.queue = append(o.queue, append([]byte(nil), message...))
	o.nudge()
	return nil
}

// next answers the next message to write; more is false when there will be none.
func (o *outgoing) next(ctx context.Context) (message []byte, more bool) {
	for {
		o.mutex.Lock()
		state := o.state
		if len(o.queue) > 0 {
			message = o.queue[0]
			o.queue[0] = nil
			o.queue = o.queue[1:]
			o.mutex.Unlock()
			return message, true
		}
		o.mutex.Unlock()
		if state == outgoingLeaving || state == outgoingClosed {
			return nil, false
		}
		select {
		case <-o.wake:
		case <-ctx.Done():
			return nil, false
		}
	}
}

// wrote takes a message that next gave off the backlog.
func (o *outgoing) wrote(length int) {
	o.mutex.Lock()
	o.size = max(0, o.size-length-frameHeader)
	tell := o.full && o.size < link.MaxBacklog/2
	if tell {
		o.full = false
	}
	o.mutex.Unlock()
	if tell {
		o.drained()
	}
}

// writeMessages writes the queue to the channel; at the end, the goodbye.
func (s *session) writeMessages() {
	defer close(s.outgoing.written)
	messages := s.channels[channelMessages]
	buffer := make([]byte, 0, wire.LinkFragment)
	send := func(frame []byte) error { return messages.write(s.context, frame) }
	for {
		message, more := s.outgoing.next(s.context)
		if !more {
			break
		}
		if err := splitMessage(message, buffer, send); err != nil {
			s.post(func() { s.broke(err) })
			return
		}
		s.outgoing.wrote(len(message))
	}
	if s.context.Err() == nil {
		// If it cannot be written the other side learns it from the silence.
		_ = messages.writeNow([]byte{frameBye})
	}
}

// goodbye lets what is queued go out, says that we leave and waits until the
// other side has it, for byeTimeout at most. When the session is cut and much is
// on its way, the end of DTLS, which passes all that, has to do instead.
func (s *session) goodbye() {
	messages := s.channels[channelMessages]
	s.outgoing.leave()
	if s.cutting && messages.raw.BufferedAmount() > cutBehind {
		return
	}
	deadline := time.NewTimer(byeTimeout)
	defer deadline.Stop()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-deadline.C:
			return
		case <-s.deaf:
			return // they have heard it and hung up
		case <-look.C:
			select {
			case <-s.outgoing.written:
				if messages.raw.BufferedAmount() == 0 {
					return
				}
			default:
			}
		}
	}
}

// budget bounds what one producer has outstanding.
type budget struct {
	mutex sync.Mutex
	left  int
	more  chan struct{}
}

func newBudget(size int) *budget { return &budget{left: size, more: make(chan struct{}, 1)} }

// take waits until n bytes are free. It reports false when ctx ended first.
func (b *budget) take(ctx context.Context, n int) bool {
	n++ // an empty item costs too
	for {
		b.mutex.Lock()
		if b.left >= n {
			b.left -= n
			b.mutex.Unlock()
			return true
		}
		b.mutex.Unlock()
		select {
		case <-b.more:
		case <-ctx.Done():
			return false
		}
	}
}

func (b *budget) give(n int) {
	b.mutex.Lock()
	b.left += n + 1
	b.mutex.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
}
