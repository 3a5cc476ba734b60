package natsstore

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// headerName is the Nats-Msg-Id that a message had; the server is told only
// those that the original would still know.
const headerName = "Tincan-Id"

// window is how many messages are under way.
const window = 64

// position is up to where the original was copied to a stream: all that goes
// there of the sources before, and of this one up to a number.
type position struct {
	source int
	number sequence
}

func (p position) has(source int, number sequence) bool {
	return source < p.source || source == p.source && number <= p.number
}

func (p position) String() string { return fmt.Sprintf("%d:%d", p.source, p.number) }

// readPosition undoes String.
func readPosition(text string) (position, bool) {
	source, number, ok := strings.Cut(text, ":")
	at, err := strconv.Atoi(source)
	if !ok || err != nil || at < 0 {
		return position{}, false
	}
	p := position{source: at}
	p.number, err = strconv.ParseUint(number, 10, 64)
	return p, err == nil
}

// copyTo is a stream that is copied to.
type copyTo struct {
	stream jetstream.Stream
	at     position
	last   sequence
}

// open finds out up to where a stream is a copy. Its last messages may have
// expired; those before say it as well, because what expired there expired in the original too.
func (m *migration) open(ctx context.Context, name string) (*copyTo, error) {
	to := &copyTo{stream: m.target.streams[name]}
	if to.stream == nil {
		return nil, fmt.Errorf("natsstore: the copy has no stream %s", name)
	}
	var info *jetstream.StreamInfo
	if err := retry(ctx, func(ctx context.Context) (err error) {
		info, err = to.stream.Info(ctx)
		return err
	}); err != nil {
		return nil, fmt.Errorf("natsstore: stream %s of the copy: %w", name, err)
	}
	to.last = info.State.LastSeq
	for number := to.last; number > 0 && number >= info.State.FirstSeq; number-- {
		held, err := message(ctx, to.stream, number)
		if err != nil {
			return nil, err
		}
		if held == nil {
			continue
		}
		var ok bool
		if to.at, ok = readPosition(held.Header.Get(headerSource)); !ok {
			return nil, fmt.Errorf("%w: %s", ErrTargetUsed, name)
		}
		break
	}
	return to, nil
}

// copy copies what is not copied yet. Every message goes to its stream in the
// order of the original, and only behind the one before it.
func (m *migration) copy(ctx context.Context) error {
	targets := map[string]*copyTo{}
	for name := range m.target.streams {
		to, err := m.open(ctx, name)
		if err != nil {
			return err
		}
		targets[name] = to
	}
	for i, from := range m.sources {
		m.noted.Migration.Streams = i
		if err := m.copyStream(ctx, i, from, targets); err != nil {
			return fmt.Errorf("natsstore: copy of %s: %w", from.name, err)
		}
	}
	m.noted.Migration.Streams = len(m.sources)
	return m.note(ctx)
}

func (m *migration) copyStream(ctx context.Context, number int, from source, targets map[string]*copyTo) error {
	var sent []jetstream.PubAckFuture
	// Whatever happens, nothing of this run may be under way when the next one looks where it is.
	settle := func() error {
		var first error
		for _, one := range sent {
			select {
			case <-one.Ok():
				m.noted.Migration.Copied++
				if m.noted.Migration.Copied%noted == 0 {
					first = errors.Join(first, m.note(ctx))
				}
			case err := <-one.Err():
				if first == nil {
					first = err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		sent = sent[:0]
		return first
	}
	for at := sequence(0); ; {
		held, err := message(ctx, from.stream, at+1, jetstream.WithGetMsgSubject(">"))
		if err != nil {
			return errors.Join(err, settle())
		}
		if held == nil {
			return settle()
		}
		at = held.Sequence
		copied, name, err := m.translate(number, from, held)
		if err != nil {
			return errors.Join(err, settle())
		}
		to := targets[name]
		if copied == nil || to.at.has(number, at) {
			continue
		}
		future, err := m.target.js.PublishMsgAsync(copied, jetstream.WithExpectLastSequence(to.last))
		if err != nil {
			return errors.Join(err, settle())
		}
		to.last++
		if sent = append(sent, future); len(sent) == window {
			if err = settle(); err != nil {
				return err
			}
		}
	}
}

// translate returns a message as it is in the copy, and its stream there; nil for what is over already.
func (m *migration) translate(number int, from source, held *jetstream.RawStreamMsg) (copied *nats.Msg, name string, err error) {
	if isMarker(held.Header) || from.name == tagStream && len(held.Data) == 0 {
		return nil, from.name, nil
	}
	subject, name := held.Subject, from.name
	if from.class >= 0 {
		if subject, name, err = m.target.moved(from.class, held.Subject); err != nil {
			return nil, "", err
		}
	}
	copied = nats.NewMsg(subject)
	copied.Data = held.Data
	now := m.target.options.Now()
	if expires, ok := expiry(held); ok {
		if !now.Before(expires) {
			return nil, name, nil
		}
		copied.Header.Set(headerTTL, strconv.FormatInt(seconds(expires.Sub(now)), 10))
		copied.Header.Set(headerExpires, strconv.FormatInt(ended(expires), 10))
	}
	copied.Header.Set(headerStored, strconv.FormatInt(stored(held).UnixNano(), 10))
	copied.Header.Set(headerSource, position{source: number, number: held.Sequence}.String())
	if id := nameOf(held); id != "" {
		copied.Header.Set(headerName, id)
		if held.Header.Get(headerID) != "" && now.Sub(held.Time) < sameMail {
			copied.Header.Set(headerID, id)
		}
	}
	return copied, name, nil
}

// ended rounds an expiry up to seconds since 1970.
func ended(expires time.Time) int64 {
	if expires.Nanosecond() > 0 {
		return expires.Unix() + 1
	}
	return expires.Unix()
}

// nameOf is the Nats-Msg-Id under which a message was stored first.
func nameOf(held *jetstream.RawStreamMsg) string {
	if id := held.Header.Get(headerID); id != "" {
		return id
	}
	return held.Header.Get(headerName)
}

// errStrangeSubject says that a subject of the original is none of ours.
var errStrangeSubject = errors.New("natsstore: a subject that no box has")

// moved returns which subject and stream a message of a class has in this store.
func (s *Store) moved(number int, subject string) (moved, stream string, err error) {
	to := s.classes[number]
	rest, ok := strings.CutPrefix(subject, "tincan.mail."+to.name+".")
	_, box, found := strings.Cut(rest, ".")
	owner, _, _ := strings.Cut(box, ".")
	hash, err := base64.RawURLEncoding.DecodeString(owner)
	if !ok || !found || err != nil || len(hash) != ownerName {
		return "", "", fmt.Errorf("%w: %s", errStrangeSubject, subject)
	}
	shard := int(hash[ownerName-1]) % to.shards
	return fmt.Sprintf("tincan.mail.%s.%d.%s", to.name, shard, box), to.stream(shard), nil
}
