package webrtclink

import (
	"errors"
	"fmt"

	"github.com/tincan-chat/tincan/backend/wire"
)

// errProtocol is wrapped by everything that the other side must not send.
var errProtocol = errors.New("webrtclink: the other side broke the protocol")

// First byte of a frame on the message channel.
const (
	frameConfirm byte = 1
	frameMore    byte = 2
	frameLast    byte = 3
	frameBye     byte = 4
)

const (
	frameHeader   = 1
	frameCapacity = wire.LinkFragment - frameHeader // bytes of a message in one frame
)

// splitMessage hands the frames of one message to send, in order. Each frame is
// in buffer, which is used again for the next.
func splitMessage(message, buffer []byte, send func(frame []byte) error) error {
	for {
		kind, part := frameLast, message
		if len(message) > frameCapacity {
			kind, part = frameMore, message[:frameCapacity]
		}
		message = message[len(part):]
		if err := send(append(append(buffer[:0], kind), part...)); err != nil {
			return err
		}
		if kind == frameLast {
			return nil
		}
	}
}

// assembler puts messages together from frames. It holds at most
// wire.MaxLinkFrame bytes.
type assembler struct{ message []byte }

// add takes a frame of kind more or last; whole says that message is complete,
// and then it belongs to the caller.
func (a *assembler) add(frame []byte) (message []byte, whole bool, err error) {
	if len(frame) < frameHeader || len(frame) > wire.LinkFragment {
		return nil, false, fmt.Errorf("%w: length of a frame", errProtocol)
	}
	kind, part := frame[0], frame[frameHeader:]
	switch {
	case kind != frameMore && kind != frameLast:
		return nil, false, fmt.Errorf("%w: kind of a frame", errProtocol)
	case kind == frameMore && len(part) != frameCapacity:
		// Only full parts, so that nobody keeps us busy with empty ones and a
		// message has one form.
		return nil, false, fmt.Errorf("%w: a part that is not full", errProtocol)
	case kind == frameLast && len(part) == 0 && len(a.message) > 0:
		return nil, false, fmt.Errorf("%w: an empty last part", errProtocol)
	case len(a.message)+len(part) > wire.MaxLinkFrame:
		return nil, false, fmt.Errorf("%w: a message that is too large", errProtocol)
	}
	a.message = append(a.message, part...)
	if kind == frameMore {
		return nil, false, nil
	}
	message, a.message = a.message, nil
	if message == nil {
		message = []byte{}
	}
	return message, true, nil
}
