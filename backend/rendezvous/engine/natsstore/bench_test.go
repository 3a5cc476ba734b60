package natsstore_test

import (
	"crypto/rand"
	"encoding/binary"
	"flag"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

const writers = 64

// ownerOf spreads numbered envelopes over owners, so that no box gets full.
func ownerOf(number int) identity.PeerID {
	var owner identity.PeerID
	binary.BigEndian.PutUint64(owner[:], uint64(number/500))
	return owner
}

// envelope is unlike any other number's, and as hard to compress as a sealed one.
func envelope(number, size int) []byte {
	made := make([]byte, size)
	_, _ = rand.Read(made)
	binary.BigEndian.PutUint64(made, uint64(number))
	return made
}

// putMany puts numbered envelopes of 1 KiB.
func putMany(t testing.TB, mailboxes []engine.Mailbox, first, count int) {
	t.Helper()
	var last atomic.Int64
	var group sync.WaitGroup
	expires := time.Now().Add(24 * time.Hour)
	for writer := range writers {
		mailbox := mailboxes[writer%len(mailboxes)]
		group.Go(func() {
			for {
				number := int(last.Add(1)) - 1
				if number >= count {
					return
				}
				// Neighbours in number go to different owners, as in life.
				number = first + number%writers*(count/writers+1) + number/writers
				if err := mailbox.Put(t.Context(), ownerOf(number), engine.BoxContact, engine.Tag{1}, envelope(number, 1024), expires); err != nil {
					t.Errorf("Put: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
}

// BenchmarkPut puts 1 KiB envelopes by 64 writers, each synced before it is acknowledged.
func BenchmarkPut(b *testing.B) {
	run := func(b *testing.B, mailboxes ...engine.Mailbox) {
		b.Helper()
		putMany(b, mailboxes, 1<<32, 1000)
		b.ResetTimer()
		putMany(b, mailboxes, 0, b.N)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "puts/s")
	}
	b.Run("solo", func(b *testing.B) {
		run(b, solo(b).Mailbox())
	})
	b.Run("3nodes", func(b *testing.B) {
		var mailboxes []engine.Mailbox
		for _, node := range cluster(b) {
			mailboxes = append(mailboxes, open(b, connect(b, node), natsstore.Options{Replicas: 3}).Mailbox())
		}
		run(b, mailboxes...)
	})
}

// BenchmarkFetch reads 1 KiB envelopes on one of three nodes.
func BenchmarkFetch(b *testing.B) {
	mailbox := open(b, connect(b, cluster(b)[0]), natsstore.Options{Replicas: 3}).Mailbox()
	putMany(b, []engine.Mailbox{mailbox}, 0, 500)
	b.ResetTimer()
	for count := 0; count < b.N; {
		mails, _, err := mailbox.Fetch(b.Context(), ownerOf(0), nil, 100<<10)
		if err != nil || len(mails) == 0 {
			b.Fatalf("Fetch = %d, %v", len(mails), err)
		}
		count += len(mails)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkRegister renews 256 tags of one owner, what a frame may hold.
func BenchmarkRegister(b *testing.B) {
	mailbox := open(b, connect(b, cluster(b)[0]), natsstore.Options{Replicas: 3}).Mailbox()
	claims := make([]engine.TagClaim, 256)
	for i := range claims {
		claims[i] = engine.TagClaim{Tag: engine.Tag{0: 1, 15: byte(i)}, Box: engine.BoxContact, Expires: time.Now().Add(time.Hour)}
	}
	b.ResetTimer()
	for range b.N {
		if err := mailbox.Register(b.Context(), ownerOf(0), claims, nil); err != nil {
			b.Fatalf("Register: %v", err)
		}
	}
}

var restartWith = flag.Int("restart.envelopes", 2_000, "how many envelopes are stored when TestRestart restarts; 200000 is what is promised")

// TestRestart measures from the start of a server to the first envelope fetched.
func TestRestart(t *testing.T) {
	options := soloOptions(t.TempDir())
	first := start(t, options)
	store := open(t, connect(t, first), natsstore.Options{})
	putMany(t, []engine.Mailbox{store.Mailbox()}, 0, *restartWith)
	if err := store.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	stop(first)

	began := time.Now()
	second := start(t, options)
	store = open(t, connect(t, second), natsstore.Options{})
	mails, _, err := store.Mailbox().Fetch(t.Context(), ownerOf(0), nil, 4096)
	if err != nil || len(mails) != 4 {
		t.Fatalf("Fetch = %d, %v", len(mails), err)
	}
	t.Logf("%d envelopes: serving after %v", *restartWith, time.Since(began))
}
