package natsstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// cursor is up to where each class was fetched.
type cursor [len(classes)]sequence

const (
	checkSize  = 8 // bytes that tell what we handed out, and to whom
	cursorSize = 8*len(classes) + checkSize
)

func (c cursor) encode(owner identity.PeerID) []byte {
	made := make([]byte, 0, cursorSize)
	for _, at := range c {
		made = binary.BigEndian.AppendUint64(made, at)
	}
	return append(made, checkOf("tincan/cursor/1", owner, made)...)
}

// checkOf tells what was handed out to an owner from anything else. It keeps
// mistakes apart, not forgers: they reach no more than what is the owner's.
func checkOf(purpose string, owner identity.PeerID, data []byte) []byte {
	hash := sha256.New()
	hash.Write([]byte(purpose))
	hash.Write(owner[:])
	hash.Write(data)
	return hash.Sum(nil)[:checkSize]
}

// readCursor undoes encode; anything else is the start.
func readCursor(owner identity.PeerID, encoded []byte) cursor {
	var c cursor
	if len(encoded) != cursorSize || !bytes.Equal(encoded[8*len(c):], checkOf("tincan/cursor/1", owner, encoded[:8*len(c)])) {
		return c
	}
	for i := range c {
		c[i] = binary.BigEndian.Uint64(encoded[8*i:])
	}
	return c
}

// Fetch implements engine.Mailbox. It holds one envelope of each class more than it returns.
func (m mailbox) Fetch(ctx context.Context, owner identity.PeerID, after []byte, size int) (mails []engine.Mail, next []byte, err error) {
	err = m.call(ctx, func(ctx context.Context) error {
		mails, next = nil, nil // it may be called again
		at := readCursor(owner, after)
		var heads [len(classes)]*jetstream.RawStreamMsg
		if failure := each(ctx, len(heads), func(ctx context.Context, i int) (failure error) {
			heads[i], failure = m.after(ctx, owner, i, at[i])
			return failure
		}); failure != nil {
			return failure
		}
		for {
			first := earliest(&heads)
			if first < 0 {
				return nil
			}
			head := heads[first]
			if size -= len(head.Data); size < 0 && len(mails) > 0 {
				next = at.encode(owner)
				return nil
			}
			at[first] = head.Sequence
			mails = append(mails, engine.Mail{
				ID: newID(owner, first, head.Sequence), Envelope: head.Data, Stored: stored(head), Box: m.classes[first].box,
			})
			following, failure := m.after(ctx, owner, first, head.Sequence)
			if failure != nil {
				return failure
			}
			heads[first] = following
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return mails, next, nil
}

// earliest returns which head was stored first, -1 when there is none.
func earliest(heads *[len(classes)]*jetstream.RawStreamMsg) int {
	first := -1
	for i, head := range heads {
		if head != nil && (first < 0 || stored(head).Before(stored(heads[first]))) {
			first = i
		}
	}
	return first
}

// after returns an owner's next message of a class that did not expire, nil at the end.
func (s *Store) after(ctx context.Context, owner identity.PeerID, class int, at sequence) (*jetstream.RawStreamMsg, error) {
	filter, shard := s.classes[class].filter(owner)
	stream := s.streams[s.classes[class].stream(shard)]
	for {
		held, err := message(ctx, stream, at+1, jetstream.WithGetMsgSubject(filter))
		if err != nil || held == nil {
			return nil, err
		}
		if expires, ok := expiry(held); !ok || s.options.Now().Before(expires) {
			return held, nil
		}
		at = held.Sequence
	}
}
