package load

import (
	"encoding/binary"
	"errors"

	"github.com/gobwas/ws"
)

// errFrame says that a server sent what is no WebSocket frame (RFC 6455, section 5.2).
var errFrame = errors.New("load: the server sent something that is not a WebSocket frame")

// maxMessage bounds a message from a server, in bytes: the largest frame of
// the JSON form and what other services add.
const maxMessage = 256 << 10

// header is the beginning of a frame from a server, which is never masked.
type header struct {
	final   bool
	code    ws.OpCode
	payload int
	size    int // of the header itself
}

// parseHeader reads a header; size is 0 when data ends before it does.
func parseHeader(data []byte) (header, error) {
	if len(data) < 2 {
		return header{}, nil
	}
	h := header{final: data[0]&0x80 != 0, code: ws.OpCode(data[0] & 0x0f), payload: int(data[1] & 0x7f), size: 2}
	if data[0]&0x70 != 0 || data[1]&0x80 != 0 {
		return header{}, errFrame // an extension that was not agreed on, or a mask
	}
	switch h.payload {
	case 126:
		if len(data) < 4 {
			return header{}, nil
		}
		h.payload, h.size = int(binary.BigEndian.Uint16(data[2:])), 4
	case 127:
		if len(data) < 10 {
			return header{}, nil
		}
		long := binary.BigEndian.Uint64(data[2:])
		if long > maxMessage {
			return header{}, errFrame
		}
		h.payload, h.size = int(long), 10
	}
	if h.payload > maxMessage || h.code.IsControl() && (!h.final || h.payload > ws.MaxControlFramePayloadSize) {
		return header{}, errFrame
	}
	return h, nil
}

// appendFrame appends a whole masked frame. The mask has to be there and not
// zero, for servers take a short cut when it is; it need not be secret here.
func appendFrame(to []byte, code ws.OpCode, payload []byte, mask uint32) []byte {
	to = append(to, 0x80|byte(code))
	switch size := len(payload); {
	case size < 126:
		to = append(to, 0x80|byte(size))
	case size <= 0xffff:
		to = binary.BigEndian.AppendUint16(append(to, 0x80|126), uint16(size))
	default:
		to = binary.BigEndian.AppendUint64(append(to, 0x80|127), uint64(size))
	}
	key := [4]byte{}
	binary.BigEndian.PutUint32(key[:], mask|1)
	to = append(to, key[:]...)
	start := len(to)
	to = append(to, payload...)
	ws.Cipher(to[start:], key, 0)
	return to
}
