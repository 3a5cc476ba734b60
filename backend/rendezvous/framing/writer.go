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
	to = append(to, 0x80|byte(opcode))
	switch size := len(payload); {
	case size <= maxControl:
		to = append(to, byte(size))
	case size < 1<<16:
		to = binary.BigEndian.AppendUint16(append(to, 126), uint16(size))
	default:
		to = binary.BigEndian.AppendUint64(append(to, 127), uint64(size))
	}
	return append(to, payload...)
}

// AppendClose appends a close frame; of reason the first 123 bytes.
func AppendClose(to []byte, status Status, reason string) []byte {
	payload := binary.BigEndian.AppendUint16(make([]byte, 0, maxControl), uint16(status))
	payload = append(payload, reason[:min(len(reason), maxControl-2)]...)
	return AppendFrame(to, Close, payload)
}
