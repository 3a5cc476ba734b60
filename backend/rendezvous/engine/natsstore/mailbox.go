package natsstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// mailbox implements engine.Mailbox.
type mailbox struct{ *Store }

// Headers of a kept message. Those of our own are set when it is copied from
// another store, whose clock counts.
const (
	headerID      = jetstream.MsgIDHeader
	headerTTL     = jetstream.MsgTTLHeader
	headerStored  = "Tincan-Stored"  // nanoseconds: what decides the order must not become the same
	headerExpires = "Tincan-Expires" // seconds
	headerSource  = "Tincan-Source"  // sequence in the other store
)

// Put implements engine.Mailbox. One that expired already is forgotten at once.
// Error, besides those of the contract: engine.ErrOutOfRange, for an envelope
// above wire.MaxEnvelope and a box that there is not.
func (m mailbox) Put(ctx context.Context, owner identity.PeerID, box engine.Box, tag engine.Tag, envelope []byte, expires time.Time) error {
	at, ok := classOf(box, len(envelope))
	if !ok {
		return engine.ErrOutOfRange
	}
	now := m.options.Now()
	life := seconds(min(expires.Sub(now), engine.MaxMailLife))
	if life <= 0 {
		return nil
	}
	subject, _ := m.classes[at].boxOf(owner, tag)
	message := nats.NewMsg(subject)
	message.Data = envelope
	message.Header.Set(headerID, mailID(tag, envelope))
	message.Header.Set(headerTTL, strconv.FormatInt(life, 10))
	err := m.call(ctx, func(ctx context.Context) error {
		return retry(ctx, func(ctx context.Context) error {
			_, err := m.js.PublishMsg(ctx, message)
			if boxIsFull(err) {
				return engine.ErrBoxFull
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	m.options.Hint(owner)
	return nil
}

// seconds rounds up: what expires in a stream must not do so early.
func seconds(life time.Duration) int64 { return int64((life + time.Second - 1) / time.Second) }

// mailID makes the same envelope at the same tag the same message.
func mailID(tag engine.Tag, envelope []byte) string {
	hash := sha256.New()
	hash.Write(tag[:])
	hash.Write(envelope)
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:16])
}

// sequence of a message in the stream of a class where an owner's mail lies.
type sequence = uint64

const idSize = 1 + 8 + checkSize

// newID names a message of an owner's. It has a check, because the same class
// and number mean another message in the stream of another owner.
func newID(owner identity.PeerID, class int, at sequence) []byte {
	made := binary.BigEndian.AppendUint64([]byte{byte(class)}, at)
	return append(made, checkOf("tincan/mail/1", owner, made)...)
}

// readID undoes newID; false for anything else.
func readID(owner identity.PeerID, id []byte) (class int, at sequence, ok bool) {
	if len(id) != idSize || int(id[0]) >= len(classes) || !bytes.Equal(id[9:], checkOf("tincan/mail/1", owner, id[:9])) {
		return 0, 0, false
	}
	at = binary.BigEndian.Uint64(id[1:])
	return int(id[0]), at, at > 0
}

// Delete implements engine.Mailbox.
func (m mailbox) Delete(ctx context.Context, owner identity.PeerID, ids [][]byte) error {
	return m.call(ctx, func(ctx context.Context) error {
		return each(ctx, len(ids), func(ctx context.Context, i int) error {
			at, number, ok := readID(owner, ids[i])
			if !ok {
				return nil
			}
			return m.deleteOne(ctx, owner, m.classes[at], number)
		})
	})
}

func (s *Store) deleteOne(ctx context.Context, owner identity.PeerID, from class, number sequence) error {
	subject, shard := from.subject(owner)
	stream := s.streams[from.stream(shard)]
	held, err := message(ctx, stream, number)
	if err != nil || held == nil {
		return err
	}
	if held.Subject != subject && !strings.HasPrefix(held.Subject, subject+".") {
		return nil // somebody else's
	}
	return retry(ctx, func(ctx context.Context) error {
		err := stream.DeleteMsg(ctx, number)
		if errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
			// It may be gone: expired, or deleted by an attempt that was not answered.
			held, readErr := message(ctx, stream, number)
			if readErr == nil && held == nil {
				return nil
			}
		}
		return err
	})
}

// Recall implements engine.Mailbox. It reads what lies in the box at most: a
// thousand envelopes, or a hundred large ones.
func (m mailbox) Recall(ctx context.Context, owner identity.PeerID, box engine.Box, tag engine.Tag, hash [sha256.Size]byte, size int) (found bool, read int, err error) {
	at, ok := classOf(box, size)
	if !ok {
		return false, 0, nil
	}
	subject, shard := m.classes[at].boxOf(owner, tag)
	stream := m.streams[m.classes[at].stream(shard)]
	err = m.call(ctx, func(ctx context.Context) error {
		for next := sequence(1); ; {
			held, failure := message(ctx, stream, next, jetstream.WithGetMsgSubject(subject))
			if failure != nil || held == nil {
				return failure
			}
			read += len(held.Data)
			if len(held.Data) == size && sha256.Sum256(held.Data) == hash {
				found = true // put again after a while it may be there twice
				if failure = m.deleteOne(ctx, owner, m.classes[at], held.Sequence); failure != nil {
					return failure
				}
			}
			next = held.Sequence + 1
		}
	})
	return found && err == nil, read, err
}

// message reads one message at the leader; nil when there is none.
func message(ctx context.Context, stream jetstream.Stream, number sequence, options ...jetstream.GetMsgOpt) (*jetstream.RawStreamMsg, error) {
	var held *jetstream.RawStreamMsg
	err := retry(ctx, func(ctx context.Context) (err error) {
		held, err = stream.GetMsg(ctx, number, options...)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			held, err = nil, nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("natsstore: read: %w", err)
	}
	return held, nil
}

// stored is when an envelope was put, wherever that was.
func stored(held *jetstream.RawStreamMsg) time.Time {
	if at, err := strconv.ParseInt(held.Header.Get(headerStored), 10, 64); err == nil {
		return time.Unix(0, at)
	}
	return held.Time
}

// expiry is when a message goes; false when it stays.
func expiry(held *jetstream.RawStreamMsg) (time.Time, bool) {
	if at, err := strconv.ParseInt(held.Header.Get(headerExpires), 10, 64); err == nil {
		return time.Unix(at, 0), true
	}
	life, err := strconv.ParseInt(held.Header.Get(headerTTL), 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	return held.Time.Add(time.Duration(life) * time.Second), true
}
