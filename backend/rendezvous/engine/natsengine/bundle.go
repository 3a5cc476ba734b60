package natsengine

import (
	"encoding/binary"

	"github.com/tincan-chat/tincan/backend/identity"
)

// entry is a signal, or the answer to one, among others in a bundle: what it is
// (1 byte), the signal's number at its sender (8), and for a signal recipient
// and sender (32 each), length (4) and envelope.
type entry struct {
	what     byte
	number   uint64
	to, from identity.PeerID
	envelope []byte
}

// What an entry is.
const (
	entrySignal byte = iota + 1
	entryTaken
	entryNobody
)

const (
	answerSize = 1 + 8
	signalSize = answerSize + 2*idSize + 4
	// maxBundle is how much goes into a bundle, in bytes; one signal always does.
	maxBundle = 256 << 10
)

func (e entry) size() int {
	if e.what == entrySignal {
		return signalSize + len(e.envelope)
	}
	return answerSize
}

func (e entry) append(to []byte) []byte {
	to = binary.BigEndian.AppendUint64(append(to, e.what), e.number)
	if e.what != entrySignal {
		return to
	}
	to = append(append(to, e.to[:]...), e.from[:]...)
	return append(binary.BigEndian.AppendUint32(to, uint32(len(e.envelope))), e.envelope...)
}

// nextEntry takes an entry from the front of a bundle, and keeps data.
func nextEntry(data []byte) (one entry, rest []byte, err error) {
	if len(data) < answerSize {
		return entry{}, nil, errMessage
	}
	one = entry{what: data[0], number: binary.BigEndian.Uint64(data[1:])}
	rest = data[answerSize:]
	switch one.what {
	case entryTaken, entryNobody:
		return one, rest, nil
	case entrySignal:
	default:
		return entry{}, nil, errMessage
	}
	if len(data) < signalSize {
		return entry{}, nil, errMessage
	}
	rest = rest[copy(one.to[:], rest):]
	rest = rest[copy(one.from[:], rest):]
	size := binary.BigEndian.Uint32(rest)
	if rest = rest[4:]; uint64(size) > uint64(len(rest)) {
		return entry{}, nil, errMessage
	}
	one.envelope = rest[:size:size]
	return one, rest[size:], nil
}
