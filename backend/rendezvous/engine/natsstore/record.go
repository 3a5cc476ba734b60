package natsstore

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// errDamaged says that something kept cannot be read.
var errDamaged = errors.New("natsstore: what is kept of a tag cannot be read")

const (
	leadSize       = len(identity.PeerID{}) + 1 + 8
	ownedSize      = len(engine.Tag{}) + 8
	maxOwnerRecord = ownedSize * engine.MaxTags // bytes of all tags of one peer
)

// encode is owner, box, and the expiry in milliseconds.
func (l lead) encode() []byte {
	made := append(make([]byte, 0, leadSize), l.owner[:]...)
	made = append(made, byte(l.box))
	return binary.BigEndian.AppendUint64(made, uint64(l.expires.UnixMilli()))
}

func readLead(data []byte) (lead, error) {
	var l lead
	if len(data) != leadSize {
		return lead{}, errDamaged
	}
	rest := data[copy(l.owner[:], data):]
	l.box = engine.Box(rest[0])
	l.expires = time.UnixMilli(int64(binary.BigEndian.Uint64(rest[1:])))
	if l.box < engine.BoxContact || l.box > engine.BoxStranger {
		return lead{}, errDamaged
	}
	return l, nil
}

// encodeOwned writes an owner's tags, each with its expiry in milliseconds.
func encodeOwned(tags map[engine.Tag]time.Time) []byte {
	made := make([]byte, 0, len(tags)*ownedSize)
	for tag, expires := range tags {
		made = append(made, tag[:]...)
		made = binary.BigEndian.AppendUint64(made, uint64(expires.UnixMilli()))
	}
	return made
}

func readOwned(data []byte) (map[engine.Tag]time.Time, error) {
	if len(data)%ownedSize != 0 || len(data) > maxOwnerRecord {
		return nil, errDamaged
	}
	tags := make(map[engine.Tag]time.Time, len(data)/ownedSize)
	for ; len(data) > 0; data = data[ownedSize:] {
		tag := engine.Tag(data[:len(engine.Tag{})])
		tags[tag] = time.UnixMilli(int64(binary.BigEndian.Uint64(data[len(tag):])))
	}
	return tags, nil
}
