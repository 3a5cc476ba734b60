package protocol

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Numbers of fields in rendezvous.proto.
const (
	fieldHeartbeat           protowire.Number = 2 // of ClientFrame
	fieldHeartbeatID         protowire.Number = 1
	fieldHeartbeatReply      protowire.Number = 3 // of ServerFrame
	fieldHeartbeatReplyID    protowire.Number = 1
	fieldHeartbeatReplyTime  protowire.Number = 2
	fieldSendSignal          protowire.Number = 5 // of ClientFrame
	fieldSendSignalID        protowire.Number = 1
	fieldSendSignalTo        protowire.Number = 2
	fieldSendSignalEnvelope  protowire.Number = 3
	fieldDeliver             protowire.Number = 5 // of ServerFrame
	fieldDeliverEnvelope     protowire.Number = 1
	fieldSignalResult        protowire.Number = 6 // of ServerFrame
	fieldSignalResultID      protowire.Number = 1
	fieldSignalResultOutcome protowire.Number = 2
)

// PlainCost is what [Cost] says of a SendSignal and of a Heartbeat.
const PlainCost = 1

// PeekHeartbeat is PeekSignal for a Heartbeat.
func PeekHeartbeat(data []byte) (id uint64, good bool) {
	body, good := only(data, fieldHeartbeat)
	if !good || len(body) == 0 {
		return 0, good
	}
	number, kind, size := protowire.ConsumeTag(body)
	if size < 0 || number != fieldHeartbeatID || kind != protowire.VarintType {
		return 0, false
	}
	id, length := protowire.ConsumeVarint(body[size:])
	return id, length >= 0 && size+length == len(body)
}

// AppendHeartbeatReply appends a ServerFrame with a HeartbeatReply in the protobuf encoding.
func AppendHeartbeatReply(to []byte, id uint64, timeMS int64) []byte {
	return appendNumbers(to, fieldHeartbeatReply, fieldHeartbeatReplyID, id, fieldHeartbeatReplyTime, uint64(timeMS))
}

// PeekSignal reads a ClientFrame in the protobuf encoding that is nothing but a
// SendSignal to an identity. The envelope lies in data. Not good is whatever
// else it may be, good frames included: [Encoding.Decode] tells.
func PeekSignal(data []byte) (id uint64, to identity.PeerID, envelope []byte, good bool) {
	body, good := only(data, fieldSendSignal)
	if !good {
		return 0, to, nil, false
	}
	named := false
	for len(body) > 0 {
		number, kind, size := protowire.ConsumeTag(body)
		if size < 0 {
			return 0, to, nil, false
		}
		body = body[size:]
		var value []byte
		switch {
		case number == fieldSendSignalID && kind == protowire.VarintType:
			id, size = protowire.ConsumeVarint(body)
		case number == fieldSendSignalTo && kind == protowire.BytesType:
			if value, size = protowire.ConsumeBytes(body); size >= 0 && len(value) != len(to) {
				return 0, to, nil, false
			}
			named = copy(to[:], value) == len(to)
		case number == fieldSendSignalEnvelope && kind == protowire.BytesType:
			envelope, size = protowire.ConsumeBytes(body)
		default:
			return 0, to, nil, false
		}
		if size < 0 {
			return 0, to, nil, false
		}
		body = body[size:]
	}
	return id, to, envelope, named
}

// only returns the one field of a message, of a number and of bytes.
func only(data []byte, want protowire.Number) ([]byte, bool) {
	number, kind, size := protowire.ConsumeTag(data)
	if size < 0 || number != want || kind != protowire.BytesType {
		return nil, false
	}
	body, length := protowire.ConsumeBytes(data[size:])
	return body, length >= 0 && size+length == len(data)
}

// AppendDeliver appends what stands before the envelope, of a size, in a
// ServerFrame with a Deliver in the protobuf encoding.
func AppendDeliver(to []byte, size int) []byte {
	inner := protowire.SizeTag(fieldDeliverEnvelope) + protowire.SizeBytes(size)
	to = protowire.AppendVarint(protowire.AppendTag(to, fieldDeliver, protowire.BytesType), uint64(inner))
	return protowire.AppendVarint(protowire.AppendTag(to, fieldDeliverEnvelope, protowire.BytesType), uint64(size))
}

// AppendSignalResult appends a ServerFrame with a SignalResult in the protobuf encoding.
func AppendSignalResult(to []byte, id uint64, outcome wire.SignalOutcome) []byte {
	return appendNumbers(to, fieldSignalResult, fieldSignalResultID, id, fieldSignalResultOutcome, uint64(outcome))
}

// appendNumbers appends a field that is a message of two numbers; those that are 0 are left out.
func appendNumbers(to []byte, field, first protowire.Number, one uint64, second protowire.Number, other uint64) []byte {
	size := 0
	if one != 0 {
		size += protowire.SizeTag(first) + protowire.SizeVarint(one)
	}
	if other != 0 {
		size += protowire.SizeTag(second) + protowire.SizeVarint(other)
	}
	to = protowire.AppendVarint(protowire.AppendTag(to, field, protowire.BytesType), uint64(size))
	if one != 0 {
		to = protowire.AppendVarint(protowire.AppendTag(to, first, protowire.VarintType), one)
	}
	if other != 0 {
		to = protowire.AppendVarint(protowire.AppendTag(to, second, protowire.VarintType), other)
	}
	return to
}
