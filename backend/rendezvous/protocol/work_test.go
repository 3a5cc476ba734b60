package protocol_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
)

func TestTags(t *testing.T) {
	t.Parallel()
	peer := identity.PeerID{1, 2, 3}
	sum := sha256.Sum256([]byte("tincan/strangers/1" + string(peer[:])))
	if got := protocol.StrangerTag(peer); got != [16]byte(sum[:]) {
		t.Errorf("stranger tag %x", got)
	}
	sum = sha256.Sum256([]byte("tincan/invite-tag/1sixteen bytes ok"))
	if got := protocol.InviteTag([]byte("sixteen bytes ok")); got != [16]byte(sum[:]) {
		t.Errorf("invite tag %x", got)
	}
}

func TestWork(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tag, envelope := [16]byte{7}, []byte("an envelope")
	var work protocol.Work
	if err := work.Make(t.Context(), tag, envelope, now); err != nil {
		t.Fatal(err)
	}
	// The layout, written down a second time.
	inner := sha256.Sum256(envelope)
	message := append([]byte("tincan/work/1"), tag[:]...)
	message = binary.BigEndian.AppendUint32(message, 20513)
	message = append(message, inner[:]...)
	message = binary.BigEndian.AppendUint64(message, work.Nonce)
	if sum := sha256.Sum256(message); sum[0] != 0 || sum[1] != 0 || sum[2]>>4 != 0 || work.Day != 20513 {
		t.Errorf("%x on day %d", sum, work.Day)
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		name     string
		work     protocol.Work
		tag      [16]byte
		envelope string
		now      time.Time
		want     bool
	}{
		{"as made", work, tag, "an envelope", now, true},
		{"tomorrow", work, tag, "an envelope", now.Add(day), true},
		{"yesterday", work, tag, "an envelope", now.Add(-day), true},
		{"two days later", work, tag, "an envelope", now.Add(2 * day), false},
		{"two days earlier", work, tag, "an envelope", now.Add(-2 * day), false},
		{"another tag", work, [16]byte{8}, "an envelope", now, false},
		{"another envelope", work, tag, "an Envelope", now, false},
		{"another nonce", protocol.Work{Day: work.Day, Nonce: work.Nonce + 1}, tag, "an envelope", now, false},
		{"another day", protocol.Work{Day: work.Day + 1, Nonce: work.Nonce}, tag, "an envelope", now, false},
		{"the last day of all", protocol.Work{Day: 1<<32 - 1}, tag, "an envelope", now, false},
	} {
		if got := c.work.Check(c.tag, []byte(c.envelope), c.now); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
	if again := protocol.WorkOf(work.Message()); again != work {
		t.Errorf("%+v becomes %+v", work, again)
	}
}

func TestWorkIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var work protocol.Work
	if err := work.Make(ctx, [16]byte{}, nil, time.Now()); !errors.Is(err, context.Canceled) {
		t.Errorf("Make = %v", err)
	}
}

func BenchmarkWork(b *testing.B) {
	now := time.Now()
	for i := range b.N {
		var work protocol.Work
		if err := work.Make(b.Context(), [16]byte{byte(i), byte(i >> 8)}, make([]byte, 1<<10), now); err != nil {
			b.Fatal(err)
		}
	}
}
