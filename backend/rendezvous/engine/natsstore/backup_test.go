package natsstore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsbackup"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

// piece is what a copy has many of.
type piece struct {
	name string
	data []byte
}

func ours(stream string) bool {
	return strings.HasPrefix(stream, "TINCAN_") || strings.HasPrefix(stream, "KV_tincan_")
}

func save(t *testing.T, connection *nats.Conn) []piece {
	t.Helper()
	var pieces []piece
	err := natsbackup.Save(within(t), connection, ours, func(name string, data []byte) error {
		if len(data) == 0 || len(data) > engine.MaxPiece {
			t.Errorf("piece %s has %d bytes", name, len(data))
		}
		pieces = append(pieces, piece{name, bytes.Clone(data)})
		return nil
	})
	if err != nil {
		t.Fatalf("Save: %v", err)
	}
	return pieces
}

func following(pieces []piece) engine.Next {
	return func() (string, []byte, error) {
		if len(pieces) == 0 {
			return "", nil, io.EOF
		}
		one := pieces[0]
		pieces = pieces[1:]
		return one.name, one.data, nil
	}
}

// busy puts mail and takes it away again until it is told to end.
func busy(ctx context.Context, t *testing.T, mailbox engine.Mailbox) (end func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	var count atomic.Int64
	for writer := range 4 {
		owner := ownerOf(1<<41 + 500*writer)
		group.Go(func() {
			for number := 0; ctx.Err() == nil; number++ {
				err := mailbox.Put(ctx, owner, engine.BoxContact, engine.Tag{9}, envelope(number, 4000), later())
				if err == nil {
					count.Add(1)
				} else if ctx.Err() == nil && !errors.Is(err, engine.ErrBoxFull) {
					t.Errorf("Put: %v", err)
					return
				}
				if number%100 < 99 {
					continue
				}
				mails, _, err := mailbox.Fetch(ctx, owner, nil, 1<<20)
				var ids [][]byte
				for _, mail := range mails {
					ids = append(ids, mail.ID)
				}
				if err == nil {
					err = mailbox.Delete(ctx, owner, ids)
				}
				if err != nil && ctx.Err() == nil {
					t.Errorf("Fetch and Delete: %v", err)
					return
				}
			}
		})
	}
	return func() int {
		cancel()
		group.Wait()
		return int(count.Load())
	}
}

func testBackup(t *testing.T, from *nats.Conn, replicas int) {
	t.Helper()
	store := open(t, from, natsstore.Options{Replicas: replicas})
	furnish(t, store)
	want := contents(t, store)
	end := busy(t.Context(), t, store.Mailbox())
	pieces := save(t, from)
	if count := end(); count == 0 {
		t.Error("nothing was put meanwhile")
	} else {
		t.Logf("%d envelopes were put meanwhile; %d pieces", count, len(pieces))
	}

	folder := t.TempDir()
	fresh := start(t, soloOptions(folder))
	to := connect(t, fresh)
	streams, err := natsbackup.Load(within(t), to, following(pieces))
	if err != nil || streams == 0 {
		t.Fatalf("Load = %d, %v", streams, err)
	}
	if _, err = natsbackup.Load(within(t), to, following(pieces)); err == nil {
		t.Error("it was restored over what is there")
	}
	to.Close()
	stop(fresh) // which envelopes are the same is known from the next start on
	restored := open(t, connect(t, start(t, soloOptions(folder))), natsstore.Options{})
	if got := contents(t, restored); !slices.Equal(got, want) {
		t.Errorf("%d lines came back, want %d", len(got), len(want))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("line %d is %s, want %s", i, got[i], want[i])
			}
		}
	}
	lives(t, restored)
}

// TestBackupUnderLoad: whatever was acknowledged before the copy began is in it.
func TestBackupUnderLoad(t *testing.T) {
	t.Run("solo", func(t *testing.T) { testBackup(t, connect(t, start(t, soloOptions(t.TempDir()))), 1) })
	t.Run("cluster", func(t *testing.T) { testBackup(t, connect(t, cluster(t)[0]), 3) })
}

func TestDamagedBackup(t *testing.T) {
	from := connect(t, start(t, soloOptions(t.TempDir())))
	store := open(t, from, natsstore.Options{})
	putMany(t, []engine.Mailbox{store.Mailbox()}, 0, 50)
	pieces := save(t, from)
	for name, damage := range map[string]func([]piece) []piece{
		"another beginning":  func(all []piece) []piece { return all[1:] },
		"no description":     func(all []piece) []piece { all[0].data = []byte("{}"); return all },
		"another name":       func(all []piece) []piece { all[0].name = "OTHER/stream.json"; return all },
		"a path":             func(all []piece) []piece { all[0].name = "../stream.json"; return all },
		"no snapshot at all": func(all []piece) []piece { return all[:1] },
		"half a snapshot":    func(all []piece) []piece { all[1].data = all[1].data[:len(all[1].data)/2]; return all[:2] },
	} {
		t.Run(name, func(t *testing.T) {
			to := connect(t, start(t, soloOptions(t.TempDir())))
			if streams, err := natsbackup.Load(within(t), to, following(damage(slices.Clone(pieces)))); err == nil {
				t.Errorf("%d streams were made of it", streams)
			}
		})
	}
}

// TestBackupBegunAgain: a stream whose copying was begun again is taken from its second beginning.
func TestBackupBegunAgain(t *testing.T) {
	from := connect(t, start(t, soloOptions(t.TempDir())))
	store := open(t, from, natsstore.Options{})
	furnish(t, store)
	want := contents(t, store)
	pieces := save(t, from)
	at := slices.IndexFunc(pieces, func(one piece) bool { return one.name == "TINCAN_TAGS/stream.json" })
	pieces = slices.Insert(pieces, at, pieces[at], piece{"TINCAN_TAGS/000001", pieces[at+1].data[:10]})
	to := connect(t, start(t, soloOptions(t.TempDir())))
	if _, err := natsbackup.Load(within(t), to, following(pieces)); err != nil {
		t.Fatalf("Load: %v", err)
	}
	if got := contents(t, open(t, to, natsstore.Options{})); !slices.Equal(got, want) {
		t.Errorf("%d lines came back, want %d", len(got), len(want))
	}
}

func TestMailTotals(t *testing.T) {
	now := time.Now()
	clock := &now
	store := open(t, connect(t, start(t, soloOptions(t.TempDir()))), natsstore.Options{Now: func() time.Time { return *clock }})
	counter, ok := store.Mailbox().(engine.MailCounter)
	if !ok {
		t.Fatal("the mailbox has no totals")
	}
	if totals, err := counter.MailTotals(t.Context()); err != nil || totals.Envelopes != 0 || !totals.Oldest.IsZero() {
		t.Fatalf("MailTotals of an empty store = %+v, %v", totals, err)
	}
	putMany(t, []engine.Mailbox{store.Mailbox()}, 0, 30)
	// What is a moment old for the server was put hours ago by this clock.
	for _, c := range []struct {
		later time.Duration
		ages  []uint64
	}{{10 * time.Minute, []uint64{30, 0, 0, 0, 0}}, {5 * time.Hour, []uint64{0, 30, 0, 0, 0}}, {100 * time.Hour, []uint64{0, 0, 0, 30, 0}}} {
		now = time.Now().Add(c.later)
		totals, err := counter.MailTotals(t.Context())
		if err != nil || totals.Envelopes != 30 || totals.Bytes == 0 || totals.Oldest.IsZero() || len(totals.Ages) != len(c.ages) {
			t.Fatalf("MailTotals = %+v, %v", totals, err)
		}
		for i, want := range c.ages {
			if totals.Ages[i].Envelopes != want {
				t.Errorf("%s later: %+v", c.later, totals.Ages)
				break
			}
		}
	}
}
