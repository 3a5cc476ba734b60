package turn

import (
	"encoding/binary"
	"errors"
)

// MaxFrame is the largest message from a client, in bytes; over TCP and TLS
// padding is included. What devices send fits into an Ethernet packet.
const MaxFrame = 2048

const (
	frameHeader     = 4  // kind and length, of both kinds
	stunHeader      = 20 // RFC 8489, section 5
	stunCookie      = 0x2112A442
	attributeHeader = 4 // RFC 8489, section 14
)

// Kinds of STUN messages that are answered: method and class (RFC 8489, section
// 5; RFC 8656, section 17).
const (
	kindBinding     = 0x0001
	kindAllocate    = 0x0003
	kindRefresh     = 0x0004
	kindPermission  = 0x0008
	kindChannelBind = 0x0009
	kindSend        = 0x0016 // an indication
)

const (
	attributeIntegrity = 0x0008
	attributeChannel   = 0x000C
)

var (
	errNotFrame   = errors.New("turn: neither a STUN message nor channel data")
	errFrameLarge = errors.New("turn: the frame is too large")
)

// frameSize returns how many bytes the frame has that begins with header,
// padding included; at most MaxFrame. Errors: errNotFrame, errFrameLarge.
func frameSize(header [frameHeader]byte) (int, error) {
	length := int(binary.BigEndian.Uint16(header[2:]))
	var size int
	switch {
	case header[0]>>6 == 0 && length%4 == 0:
		size = stunHeader + length
	case header[0]>>6 == 1:
		size = frameHeader + (length+3)&^3
	default:
		return 0, errNotFrame
	}
	if size > MaxFrame {
		return 0, errFrameLarge
	}
	return size, nil
}

// kindOf returns method and class of a STUN message; not ok when it is none.
func kindOf(packet []byte) (kind uint16, ok bool) {
	if len(packet) < stunHeader || packet[0]>>6 != 0 || binary.BigEndian.Uint32(packet[4:]) != stunCookie ||
		int(binary.BigEndian.Uint16(packet[2:])) != len(packet)-stunHeader {
		return 0, false
	}
	return binary.BigEndian.Uint16(packet), true
}

// attribute returns the value of the first attribute of a kind in a STUN message.
func attribute(message []byte, kind uint16) (value []byte, found bool) {
	rest := message[min(stunHeader, len(message)):]
	for len(rest) >= attributeHeader {
		length := int(binary.BigEndian.Uint16(rest[2:]))
		end := attributeHeader + length
		if end > len(rest) {
			return nil, false
		}
		if binary.BigEndian.Uint16(rest) == kind {
			return rest[attributeHeader:end], true
		}
		rest = rest[min((end+3)&^3, len(rest)):]
	}
	return nil, false
}
