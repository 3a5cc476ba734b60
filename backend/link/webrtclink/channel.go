package webrtclink

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/pion/datachannel"
	"github.com/pion/webrtc/v3"
)

// Ids of the negotiated channels.
const (
	channelMessages = iota
	channelControl
	channelStreams
	channelCount
)

// What a channel may hold unsent or unacknowledged: enough to fill a path of
// 20 MB/s at 50 ms, little enough that a message does not wait long behind bulk.
const (
	channelHigh = 1 << 20
	channelLow  = channelHigh / 2
)

var errChannelClosed = errors.New("webrtclink: the channel is closed")

// channel is an open data channel with backpressure for one writer at a time.
type channel struct {
	raw *datachannel.DataChannel
	low chan struct{} // one token: the buffered amount fell to channelLow
}

func newChannel(raw *datachannel.DataChannel) *channel {
	c := &channel{raw: raw, low: make(chan struct{}, 1)}
	raw.SetBufferedAmountLowThreshold(channelLow)
	raw.OnBufferedAmountLow(func() {
		select {
		case c.low <- struct{}{}:
		default:
		}
	})
	return c
}

// write sends a frame, after waiting while too much is on its way.
func (c *channel) write(ctx context.Context, frame []byte) error {
	for c.raw.BufferedAmount() > channelHigh {
		select {
		case <-c.low:
		case <-ctx.Done():
			return errChannelClosed
		}
	}
	return c.writeNow(frame)
}

// writeNow sends a small frame without waiting.
func (c *channel) writeNow(frame []byte) error {
	if _, err := c.raw.Write(frame); err != nil {
		return fmt.Errorf("webrtclink: writing: %w", err)
	}
	return nil
}

// read reads one frame into buffer, whose length is the most that is allowed.
func (c *channel) read(buffer []byte) ([]byte, error) {
	n, err := c.raw.Read(buffer)
	switch {
	case errors.Is(err, io.ErrShortBuffer):
		return nil, fmt.Errorf("%w: a frame that is too large", errProtocol)
	case err != nil:
		return nil, errChannelClosed
	}
	return buffer[:n], nil
}

// addChannels makes the three negotiated channels.
func (s *session) addChannels() error {
	for id := range channelCount {
		number := uint16(id)
		negotiated, ordered := true, id != channelControl
		made, err := s.connection.CreateDataChannel("", &webrtc.DataChannelInit{ID: &number, Negotiated: &negotiated, Ordered: &ordered})
		if err != nil {
			return fmt.Errorf("webrtclink: making a channel: %w", err)
		}
		made.OnOpen(func() {
			detached, detachErr := made.Detach()
			if detachErr != nil {
				s.post(func() { s.failed(fmt.Errorf("webrtclink: detaching a channel: %w", detachErr)) })
				return
			}
			raw, ok := detached.(*datachannel.DataChannel)
			if !ok {
				s.post(func() { s.failed(errChannelClosed) })
				return
			}
			s.post(func() {
				s.channels[id] = newChannel(raw)
				s.ready()
			})
		})
	}
	return nil
}
