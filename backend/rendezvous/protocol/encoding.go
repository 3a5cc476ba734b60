package protocol

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/wire"
)

// Encoding is how frames are written; the WebSocket subprotocol chooses it.
type Encoding uint8

// The encodings.
const (
	Protobuf Encoding = iota + 1 // binary messages
	JSON                         // text messages, protobuf's JSON form
)

// The subprotocols.
const (
	SubprotocolProtobuf = "tincan.v1.proto"
	SubprotocolJSON     = "tincan.v1.json"
)

// Subprotocols lists them, the preferred one first.
func Subprotocols() []string { return []string{SubprotocolProtobuf, SubprotocolJSON} }

// EncodingOf returns the encoding that a subprotocol means.
func EncodingOf(subprotocol string) (Encoding, bool) {
	switch subprotocol {
	case SubprotocolProtobuf:
		return Protobuf, true
	case SubprotocolJSON:
		return JSON, true
	}
	return 0, false
}

// Subprotocol returns its name.
func (e Encoding) Subprotocol() string {
	if e == JSON {
		return SubprotocolJSON
	}
	return SubprotocolProtobuf
}

// Limit returns how many bytes a message may take whose protobuf form may take
// size: JSON writes bytes in base64, a third larger.
func (e Encoding) Limit(size int) int {
	if e == JSON {
		return size/3*4 + 2<<10
	}
	return size
}

// Encode serialises a frame.
func (e Encoding) Encode(frame proto.Message) ([]byte, error) {
	if e == JSON {
		data, err := protojson.Marshal(frame)
		if err != nil {
			return nil, fmt.Errorf("protocol: encoding: %w", err)
		}
		return data, nil
	}
	return wire.Encode(frame)
}

// Decode parses outside bytes into a frame. Unknown fields are ignored, for a
// newer minor version may send them. Errors are those of [wire.Decode] and
// never contain what was read.
func (e Encoding) Decode(data []byte, frame proto.Message) error {
	if e != JSON {
		return wire.Decode(data, wire.MaxServerFrame, frame)
	}
	if len(data) > e.Limit(wire.MaxServerFrame) {
		return wire.ErrTooLarge
	}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(data, frame); err != nil {
		return wire.ErrMalformed
	}
	return nil
}
