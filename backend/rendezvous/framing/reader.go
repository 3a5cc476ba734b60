package framing

import (
	"encoding/binary"
	"errors"
)

// Opcode of a frame (RFC 6455, section 5.2).
type Opcode byte

// The opcodes.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// Errors of [Reader.Next]. After one of them the reader is of no more use.
var (
	ErrProtocol = errors.New("framing: not a WebSocket frame of a client")
	ErrTooLarge = errors.New("framing: a message is too large")
	ErrNoMemory = errors.New("framing: no memory for a message")
)

const (
	maxHeader  = 14  // bytes of a frame header (RFC 6455 section 5.2)
	maxControl = 125 // bytes in a control frame (RFC 6455 section 5.5)
	firstPiece = 512 // what a message that comes in pieces is given to begin with
)

// Memory is asked before memory is used for a message that comes in pieces.
type Memory interface {
	Reserve(size int) bool
	Release(size int)
}

// Message is a whole message, or a control frame.
type Message struct {
	Opcode  Opcode // never Continuation
	Payload []byte // until the next call of Next
}

// Reader puts messages together. The zero value is ready.
type Reader struct {
	partial  *partial
	reserved int // for the message that was returned last
}

// partial is what is kept between two pieces.
type partial struct {
	header   [maxHeader]byte // its first bytes, while inside is false
	have     int
	inside   bool // the header is complete
	frame    frame
	kind     Opcode // of the message whose continuation is expected, 0 for none
	message  []byte
	reserved int    // for message
	control  []byte // of the control frame that is being read
}

// frame is a header, with what of the payload is still to come.
type frame struct {
	opcode Opcode
	final  bool
	mask   [4]byte // for the next byte of the payload
	left   int
}

// InMessage says that a frame or a message began and did not end.
func (r *Reader) InMessage() bool { return r.partial != nil }

// Discard gives all memory back.
func (r *Reader) Discard(memory Memory) {
	r.release(memory)
	if r.partial != nil {
		memory.Release(r.partial.reserved)
		r.partial = nil
	}
}

func (r *Reader) release(memory Memory) {
	if r.reserved > 0 {
		memory.Release(r.reserved)
		r.reserved = 0
	}
}

// Next takes bytes and returns the first message that they complete, if any,
// and the bytes behind it. It writes into data, and the message may lie there.
// A message of more than limit bytes is refused at its header, unread.
// Errors: ErrProtocol, ErrTooLarge, ErrNoMemory.
func (r *Reader) Next(data []byte, limit int, memory Memory) (message Message, rest []byte, complete bool, err error) {
	r.release(memory)
	for len(data) > 0 {
		if r.partial == nil || !r.partial.inside {
			message, data, complete, err = r.begin(data, limit)
		} else {
			message, data, complete, err = r.proceed(data, limit, memory)
		}
		if complete || err != nil {
			return message, data, complete, err
		}
	}
	return Message{}, nil, false, nil
}

// begin reads a header. A frame that is here in one piece is returned as it lies.
func (r *Reader) begin(data []byte, limit int) (message Message, rest []byte, complete bool, err error) {
	kind := Opcode(0)
	header, skip := data, 0
	if p := r.partial; p != nil {
		kind = p.kind
		if p.have > 0 {
			skip = p.have
			p.have += copy(p.header[p.have:], data)
			header = p.header[:p.have]
		}
	}
	next, size, err := parseHeader(header)
	if err != nil {
		return Message{}, nil, false, err
	}
	if size == 0 {
		if skip == 0 {
			r.open().have = copy(r.partial.header[:], data)
		}
		return Message{}, nil, false, nil
	}
	if err = next.check(kind); err != nil {
		return Message{}, nil, false, err
	}
	already := 0
	if r.partial != nil && !next.isControl() {
		already = len(r.partial.message)
	}
	if next.left > limit-already && !next.isControl() {
		return Message{}, nil, false, ErrTooLarge
	}
	data = data[size-skip:]
	if next.final && kind == 0 && len(data) >= next.left {
		r.partial = nil
		payload := data[:next.left:next.left]
		unmask(&next.mask, payload)
		return Message{Opcode: next.opcode, Payload: payload}, data[next.left:], true, nil
	}
	p := r.open()
	p.have, p.inside, p.frame = 0, true, next
	if next.left == 0 {
		return r.proceed(data, limit, nil)
	}
	return Message{}, data, false, nil
}

func (r *Reader) open() *partial {
	if r.partial == nil {
		r.partial = &partial{}
	}
	return r.partial
}

// proceed takes payload. memory may be nil when there is none to take.
func (r *Reader) proceed(data []byte, limit int, memory Memory) (message Message, rest []byte, complete bool, err error) {
	p := r.partial
	piece := data[:min(len(data), p.frame.left)]
	unmask(&p.frame.mask, piece)
	if p.frame.isControl() {
		p.control = append(p.control, piece...)
	} else if err = p.grow(len(piece), limit, memory); err != nil {
		return Message{}, nil, false, err
	} else {
		p.message = append(p.message, piece...)
	}
	data = data[len(piece):]
	if p.frame.left -= len(piece); p.frame.left > 0 {
		return Message{}, data, false, nil
	}
	p.inside = false
	switch {
	case p.frame.isControl():
		message = Message{Opcode: p.frame.opcode, Payload: p.control}
		p.control = nil
		if p.kind == 0 {
			r.partial = nil
		}
		return message, data, true, nil
	case !p.frame.final:
		if p.frame.opcode != Continuation {
			p.kind = p.frame.opcode
		}
		return Message{}, data, false, nil
	}
	message = Message{Opcode: p.frame.opcode, Payload: p.message}
	if message.Opcode == Continuation {
		message.Opcode = p.kind
	}
	r.reserved, r.partial = p.reserved, nil
	return message, data, true, nil
}

// grow makes room, doubling: a header's word about the length costs nothing.
func (p *partial) grow(more, limit int, memory Memory) error {
	need := len(p.message) + more
	if need <= cap(p.message) {
		return nil
	}
	size := min(max(need, 2*cap(p.message), firstPiece), max(need, limit))
	if !memory.Reserve(size) {
		return ErrNoMemory
	}
	larger := make([]byte, len(p.message), size)
	copy(larger, p.message)
	memory.Release(p.reserved)
	p.message, p.reserved = larger, size
	return nil
}

func (f *frame) isControl() bool { return f.opcode >= Close }

// check refuses what a client may not send while a message of kind is not complete.
func (f *frame) check(kind Opcode) error {
	switch f.opcode {
	case Text, Binary:
		if kind != 0 {
			return ErrProtocol
		}
	case Continuation:
		if kind == 0 {
			return ErrProtocol
		}
	case Close, Ping, Pong:
		if !f.final || f.left > maxControl {
			return ErrProtocol
		}
	default:
		return ErrProtocol
	}
	return nil
}

// parseHeader returns a header and its size, 0 when data is too short.
func parseHeader(data []byte) (frame, int, error) {
	if len(data) == 0 {
		return frame{}, 0, nil
	}
	if data[0]&0x70 != 0 { // reserved for extensions
		return frame{}, 0, ErrProtocol
	}
	if len(data) < 2 {
		return frame{}, 0, nil
	}
	if data[1]&0x80 == 0 { // a client masks
		return frame{}, 0, ErrProtocol
	}
	f := frame{opcode: Opcode(data[0] & 0x0f), final: data[0]&0x80 != 0, left: int(data[1] & 0x7f)}
	size := 2
	switch f.left {
	case 126:
		if size += 2; len(data) < size {
			return frame{}, 0, nil
		}
		f.left = int(binary.BigEndian.Uint16(data[2:]))
	case 127:
		if size += 8; len(data) < size {
			return frame{}, 0, nil
		}
		length := binary.BigEndian.Uint64(data[2:])
		if length > 1<<31-1 {
			return frame{}, 0, ErrTooLarge
		}
		f.left = int(length)
	}
	if size += 4; len(data) < size {
		return frame{}, 0, nil
	}
	copy(f.mask[:], data[size-4:])
	return f, size, nil
}

// unmask is its own inverse (RFC 6455, section 5.3); mask is turned so that it
// fits the byte after data.
func unmask(mask *[4]byte, data []byte) {
	key := uint64(binary.LittleEndian.Uint32(mask[:]))
	key |= key << 32
	whole := len(data) &^ 7
	for i := 0; i < whole; i += 8 {
		binary.LittleEndian.PutUint64(data[i:], binary.LittleEndian.Uint64(data[i:])^key)
	}
	for i := whole; i < len(data); i++ {
		data[i] ^= mask[i&3]
	}
	turn := len(data) & 3
	*mask = [4]byte{mask[turn], mask[(turn+1)&3], mask[(turn+2)&3], mask[(turn+3)&3]}
}
