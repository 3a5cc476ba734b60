package framing

import "encoding/binary"

// Status of a close frame (RFC 6455, section 7.4.1).
type Status uint16

// The ones that a server gives.
const (
	StatusNormal        Status = 1000
	StatusProtocolError Status = 1002
	StatusPolicy        Status = 1008
)

// AppendFrame appends a whole, unmasked frame.
func AppendFrame(to []byte, opcode Opcode, payload []byte) []byte {
	return append(AppendHeader(to, opcode, len(payload)), payload...)
}

// MaxClose is the size of the largest close frame.
const MaxClose = 2 + maxControl

// AppendClose appends a close frame; of reason the first 123 bytes.
func AppendClose(to []byte, status Status, reason string) []byte {
	payload := binary.BigEndian.AppendUint16(make([]byte, 0, maxControl), uint16(status))
	payload = append(payload, reason[:min(len(reason), maxControl-2)]...)
	return AppendFrame(to, Close, payload)
}

// AppendHeader appends the header of a whole, unmasked frame of size bytes.
func AppendHeader(to []byte, opcode Opcode, size int) []byte {
	to = append(to, 0x80|byte(opcode))
	switch {
	case size <= maxControl:
		return append(to, byte(size))
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(to, 126), uint16(size))
	default:
		return binary.BigEndian.AppendUint64(append(to, 127), uint64(size))
	}
}
