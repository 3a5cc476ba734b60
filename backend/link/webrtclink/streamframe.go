package webrtclink

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// First byte of a frame on the stream channel.
const (
	streamOpen   byte = 1
	streamData   byte = 2
	streamCredit byte = 3
	streamFinish byte = 4
	streamReset  byte = 5
)

const (
	streamHeader = 5
	// A data frame fills 13 SCTP packets of 1,200 bytes exactly, the most that
	// fit LinkFragment: packets of one size go to the kernel in one call.
	streamCapacity = 13*1200 - streamHeader
	// streamWindow is how much one side may send ahead of what the other has
	// read. Times link.MaxStreams it bounds what a contact can make us hold.
	streamWindow = 2 << 20
)

// streamFrame is one frame of the stream channel.
type streamFrame struct {
	kind    byte
	id      uint32
	payload []byte // aliases the frame
}

func readStreamFrame(frame []byte) (streamFrame, error) {
	if len(frame) < streamHeader || len(frame) > wire.LinkFragment {
		return streamFrame{}, fmt.Errorf("%w: length of a stream frame", errProtocol)
	}
	out := streamFrame{kind: frame[0], id: binary.BigEndian.Uint32(frame[1:]), payload: frame[streamHeader:]}
	sound := false
	switch out.kind {
	case streamOpen:
		sound = len(out.payload) <= link.MaxLabel && utf8.Valid(out.payload)
	case streamData:
		sound = len(out.payload) > 0
	case streamCredit:
		sound = len(out.payload) == 4 && out.credit() > 0 && out.credit() <= streamWindow
	case streamFinish, streamReset:
		sound = len(out.payload) == 0
	}
	if !sound {
		return streamFrame{}, fmt.Errorf("%w: a stream frame", errProtocol)
	}
	return out, nil
}

func (f streamFrame) credit() uint32 { return binary.BigEndian.Uint32(f.payload) }

func appendStreamHeader(buffer []byte, kind byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32(append(buffer, kind), id)
}
