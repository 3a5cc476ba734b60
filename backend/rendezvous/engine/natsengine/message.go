package natsengine

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/identity"
)

// What nodes say to each other: format (1 byte), kind (1), incarnation of the
// sender (8), its clock (8), then what the kind has, in this order: two peers or
// a peer and a device (32 each), incarnation (8), stamp (8), and the rest as it is.
// Numbers are big-endian.
const (
	format     = 1
	headerSize = 1 + 1 + 8 + 8
	idSize     = 32
	maxMessage = 512 << 10 // bytes
	rollEntry  = 8         // bytes of a peer in a roll
	rollPart   = 32 << 10  // peers in one message
)

type kind byte

// The kinds, and to whom they go.
const (
	kindAsk       kind = iota + 1 // peer.<to>: from is with me and watches to; does to watch it?
	kindFact                      // node: likewise, without a question
	kindMend                      // node: as ask; the answer may be unwatch
	kindUnwatch                   // node: from is not with me, or does not watch to
	kindClear                     // node: answers unwatch
	kindClaim                     // peer, or node: a device attached at incarnation
	kindHeld                      // node: I stand in for the device
	kindRelease                   // node: no need to
	kindPublished                 // peer: there is a newer record
	kindHint                      // peer: mail arrived
	kindSignal                    // peer: an envelope; answered if there is a reply subject
	kindTaken                     // answer to a signal
	kindNobody                    // answer to a signal: it left meanwhile
	kindSync                      // node: answer when all before this is done
	kindSynced                    // answer
	kindRoll                      // node: who is with me
	kindBeacon                    // all nodes: I am alive
	kindBye                       // all nodes: I am not
	kindBundle                    // node: signals, and answers to signals; see entry
	kindEnd
)

type message struct {
	kind     kind
	node     uint64 // incarnation of the sender
	clock    uint64
	peer     identity.PeerID // from, or whom it is about
	other    identity.PeerID // to
	device   identity.DeviceID
	claimant uint64
	stamp    uint64
	rest     []byte
	sender   identity.PeerID // of a signal; in a header of the message, which older nodes pass over
}

var errMessage = errors.New("natsengine: a message between nodes is damaged")

// shape says what a kind has beside the header.
func (k kind) shape() (other, device, stamp, rest bool, ok bool) {
	switch k {
	case kindAsk, kindFact, kindMend, kindUnwatch, kindClear:
		return true, false, false, false, true
	case kindClaim:
		return false, true, true, false, true
	case kindHeld, kindRelease:
		return false, true, false, false, true
	case kindPublished, kindHint:
		return false, false, false, false, true
	case kindSignal:
		return false, false, false, true, true
	case kindRoll, kindBeacon, kindBundle:
		return false, false, false, true, true
	case kindTaken, kindNobody, kindSync, kindSynced, kindBye:
		return false, false, false, false, true
	default:
		return false, false, false, false, false
	}
}

// named says whether a kind is about a peer.
func (k kind) named() bool { return k <= kindSignal }

func (m message) encode() []byte {
	other, device, stamp, _, _ := m.kind.shape()
	data := m.appendHeader(make([]byte, 0, headerSize+2*idSize+16+len(m.rest)))
	if m.kind.named() {
		data = append(data, m.peer[:]...)
	}
	if other {
		data = append(data, m.other[:]...)
	}
	if device {
		data = append(data, m.device[:]...)
	}
	if stamp {
		data = binary.BigEndian.AppendUint64(data, m.claimant)
		data = binary.BigEndian.AppendUint64(data, m.stamp)
	}
	return append(data, m.rest...)
}

// appendHeader writes what is the same for all kinds, headerSize bytes.
func (m message) appendHeader(to []byte) []byte {
	to = append(to, format, byte(m.kind))
	to = binary.BigEndian.AppendUint64(to, m.node)
	return binary.BigEndian.AppendUint64(to, m.clock)
}

// parseMessage keeps data.
func parseMessage(data []byte) (message, error) {
	if len(data) < headerSize || len(data) > maxMessage || data[0] != format {
		return message{}, errMessage
	}
	m := message{kind: kind(data[1]), node: binary.BigEndian.Uint64(data[2:]), clock: binary.BigEndian.Uint64(data[10:])}
	other, device, stamp, rest, ok := m.kind.shape()
	if !ok {
		return message{}, errMessage
	}
	data = data[headerSize:]
	want := 0
	for _, has := range []bool{m.kind.named(), other, device} {
		if has {
			want += idSize
		}
	}
	if stamp {
		want += 16
	}
	if len(data) < want || (len(data) > want && !rest) {
		return message{}, errMessage
	}
	take := func(into []byte) { data = data[copy(into, data):] }
	if m.kind.named() {
		take(m.peer[:])
	}
	if other {
		take(m.other[:])
	}
	if device {
		take(m.device[:])
	}
	if stamp {
		m.claimant, m.stamp = binary.BigEndian.Uint64(data), binary.BigEndian.Uint64(data[8:])
		data = data[16:]
	}
	m.rest = data
	return m, nil
}

// senderHeader names the sender of a signal, in hexadecimal.
const senderHeader = "Sender"

// senderOf returns who a message names; the zero peer if it names nobody.
func senderOf(header nats.Header) (sender identity.PeerID) {
	if name := header.Get(senderHeader); len(name) == 2*idSize {
		if data, err := hex.DecodeString(name); err == nil {
			copy(sender[:], data)
		}
	}
	return sender
}

// Subjects. A reply subject says what it answers, so that "no responders", which
// is empty, is understood without a note of every question.
const (
	prefix     = "tincan.v1."
	allNodes   = prefix + "nodes"
	peerPrefix = prefix + "peer."
	nodePrefix = prefix + "node."
	backPrefix = prefix + "back."
	wordPing   = "ping" // .<incarnation>
	wordSync   = "sync" // .<incarnation>.<number>
	wordAsk    = "ask"  // .<from>.<to>
	wordSignal = "signal"
)

func peerSubject(peer identity.PeerID) string { return peerPrefix + hex.EncodeToString(peer[:]) }

func nodeSubject(incarnation uint64) string { return nodePrefix + number(incarnation) }

func number(value uint64) string { return strconv.FormatUint(value, 16) }

// back is what a reply subject of this node says.
type back struct {
	word        string
	incarnation uint64
	number      uint64
	from, to    identity.PeerID
}

func (b back) subject(self uint64) string {
	subject := backPrefix + number(self) + "." + b.word + "."
	switch b.word {
	case wordAsk:
		return subject + hex.EncodeToString(b.from[:]) + "." + hex.EncodeToString(b.to[:])
	case wordPing:
		return subject + number(b.incarnation)
	case wordSignal:
		return subject + number(b.number)
	default:
		return subject + number(b.incarnation) + "." + number(b.number)
	}
}

func parseBack(subject string, self uint64) (b back, ok bool) {
	subject, ok = strings.CutPrefix(subject, backPrefix+number(self)+".")
	if !ok {
		return back{}, false
	}
	words := strings.Split(subject, ".")
	var err error
	switch b.word = words[0]; {
	case b.word == wordAsk && len(words) == 3:
		from, fromErr := hex.DecodeString(words[1])
		to, toErr := hex.DecodeString(words[2])
		ok = fromErr == nil && toErr == nil && copy(b.from[:], from) == idSize && copy(b.to[:], to) == idSize && len(from)+len(to) == 2*idSize
		return b, ok
	case b.word == wordPing && len(words) == 2:
		b.incarnation, err = strconv.ParseUint(words[1], 16, 64)
	case b.word == wordSignal && len(words) == 2:
		b.number, err = strconv.ParseUint(words[1], 16, 64)
	case b.word == wordSync && len(words) == 3:
		if b.incarnation, err = strconv.ParseUint(words[1], 16, 64); err == nil {
			b.number, err = strconv.ParseUint(words[2], 16, 64)
		}
	default:
		return back{}, false
	}
	return b, err == nil
}
