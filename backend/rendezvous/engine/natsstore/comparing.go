package natsstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// uncompared is what is too close to its end to be compared: it may end in one store while it is read in the other.
const uncompared = 10 * time.Minute

// tally is what a stream holds.
type tally struct {
	count int
	chain hash.Hash // of the messages in order
}

func newTally() *tally { return &tally{chain: sha256.New()} }

// add takes a message by what both stores know of it.
func (t *tally) add(subject string, held *jetstream.RawStreamMsg) {
	t.count++
	field := func(data string) {
		t.chain.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
		t.chain.Write([]byte(data))
	}
	field(subject)
	field(nameOf(held))
	field(strconv.FormatInt(stored(held).UnixNano(), 10))
	if expires, ok := expiry(held); ok {
		field(strconv.FormatInt(ended(expires), 10))
	}
	field(string(held.Data))
}

// compare reads both stores and compares what goes to each stream.
func (m *migration) compare(ctx context.Context) error {
	until := m.target.options.Now().Add(uncompared).Unix()
	want, got := map[string]*tally{}, map[string]*tally{}
	for name := range m.target.streams {
		want[name], got[name] = newTally(), newTally()
	}
	m.noted.Migration.Held, m.noted.Migration.Expiring = 0, 0
	for i, from := range m.sources {
		if err := m.read(ctx, from.stream, func(held *jetstream.RawStreamMsg) error {
			if expires, ok := expiry(held); ok && ended(expires) < until {
				m.noted.Migration.Expiring++
				return nil
			}
			copied, name, err := m.translate(i, from, held)
			if err == nil && copied != nil {
				want[name].add(copied.Subject, held)
			}
			return err
		}); err != nil {
			return err
		}
	}
	var differ []string
	for name, stream := range m.target.streams {
		if err := m.read(ctx, stream, func(held *jetstream.RawStreamMsg) error {
			if expires, ok := expiry(held); !ok || ended(expires) >= until {
				m.noted.Migration.Held++
				got[name].add(held.Subject, held)
			}
			return nil
		}); err != nil {
			return err
		}
		if want[name].count != got[name].count || string(want[name].chain.Sum(nil)) != string(got[name].chain.Sum(nil)) {
			differ = append(differ, fmt.Sprintf("%s (%d of %d)", name, got[name].count, want[name].count))
		}
	}
	if len(differ) > 0 {
		return fmt.Errorf("%w: %s", ErrDiffers, strings.Join(differ, ", "))
	}
	return nil
}

// read calls each with every message of a stream.
func (m *migration) read(ctx context.Context, stream jetstream.Stream, each func(*jetstream.RawStreamMsg) error) error {
	for at := sequence(0); ; {
		held, err := message(ctx, stream, at+1, jetstream.WithGetMsgSubject(">"))
		if err != nil || held == nil {
			return err
		}
		if err = each(held); err != nil {
			return err
		}
		at = held.Sequence
	}
}
