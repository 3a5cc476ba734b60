package natsstore_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

func later() time.Time { return time.Now().Add(time.Hour) }

// TestThreeOpenAtOnce opens a store on three nodes at once, uses it on each, and loses two of them.
func TestThreeOpenAtOnce(t *testing.T) {
	nodes := cluster(t)
	stores := make([]*natsstore.Store, len(nodes))
	var group sync.WaitGroup
	for i, node := range nodes {
		connection := connect(t, node)
		group.Go(func() {
			store, err := natsstore.Open(within(t), connection, natsstore.Options{Replicas: 3, MaxBytes: storeSize})
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			stores[i] = store
		})
	}
	group.Wait()
	for _, store := range stores {
		if store == nil {
			t.Fatal("one of them is not open")
		}
		defer func() { _ = store.Close() }() //nolint:revive // all are used until the end
	}
	tag, ana, ben := engine.Tag{1}, ownerOf(0), ownerOf(500)
	claim := []engine.TagClaim{{Tag: tag, Box: engine.BoxContact, Expires: later()}}
	if err := stores[0].Mailbox().Register(t.Context(), ana, claim, nil); err != nil {
		t.Fatalf("Register: %v", err)
	}
	for i, store := range stores {
		if owner, _, found, err := store.Mailbox().Resolve(t.Context(), tag); err != nil || !found || owner != ana {
			t.Errorf("Resolve at %d = %x, %t, %v", i, owner[:4], found, err)
		}
		if err := store.Mailbox().Put(t.Context(), ana, engine.BoxContact, tag, envelope(i, 100), later()); err != nil {
			t.Errorf("Put at %d: %v", i, err)
		}
	}
	// A tag changes hands, and the other nodes do not believe what they remember.
	if err := stores[1].Mailbox().Register(t.Context(), ana, nil, []engine.Tag{tag}); err != nil {
		t.Fatalf("Register: %v", err)
	}
	if err := stores[2].Mailbox().Register(t.Context(), ben, claim, nil); err != nil {
		t.Fatalf("Register: %v", err)
	}
	for i, store := range stores {
		eventually(t, "the new owner", func() bool {
			owner, _, found, err := store.Mailbox().Resolve(t.Context(), tag)
			return err == nil && found && owner == ben
		})
		if mails := fetchAll(t, store.Mailbox(), ana); len(mails) != 3 {
			t.Errorf("%d envelopes at %d", len(mails), i)
		}
	}

	impatient := open(t, connect(t, nodes[0]), natsstore.Options{Replicas: 3, Timeout: time.Second})
	stop(nodes[1])
	stop(nodes[2])
	began := time.Now()
	mailbox, table := impatient.Mailbox(), impatient.Table(engine.TableBans)
	fresh := []engine.TagClaim{{Tag: engine.Tag{8}, Box: engine.BoxContact, Expires: later()}}
	// Whoever led the streams answers who reads for a moment yet.
	unavailable := func(what string, read func() error) {
		t.Helper()
		eventually(t, what, func() bool { return errors.Is(read(), engine.ErrUnavailable) })
	}
	if err := mailbox.Put(t.Context(), ana, engine.BoxContact, tag, envelope(9, 100), later()); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("Put without a majority = %v", err)
	}
	if err := mailbox.Register(t.Context(), ana, fresh, nil); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("Register without a majority = %v", err)
	}
	if _, err := table.Put(t.Context(), "key", nil, 0); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("Put in a table without a majority = %v", err)
	}
	unavailable("no Fetch", func() error { _, _, err := mailbox.Fetch(t.Context(), ana, nil, 1000); return err })
	unavailable("no Resolve", func() error { _, _, _, err := mailbox.Resolve(t.Context(), engine.Tag{77}); return err })
	if took := time.Since(began); took > soon/2 {
		t.Errorf("without a majority the answers took %v", took)
	}
}

// TestFollowLosesANode follows a table while the node that leads it ends.
func TestFollowLosesANode(t *testing.T) {
	nodes := cluster(t)
	open(t, connect(t, nodes[0]), natsstore.Options{Replicas: 3})
	js, err := jetstream.New(connect(t, nodes[0]))
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	bucket, err := js.Stream(within(t), "KV_tincan_settings")
	if err != nil {
		t.Fatalf("Stream: %v", err)
	}
	leads := -1
	eventually(t, "somebody leads the table", func() bool {
		info, infoErr := bucket.Info(within(t))
		if infoErr != nil || info.Cluster == nil {
			return false
		}
		leads = slices.IndexFunc(nodes, func(node *server.Server) bool { return node.Name() == info.Cluster.Leader })
		return leads >= 0
	})
	table := open(t, connect(t, nodes[(leads+1)%3]), natsstore.Options{Replicas: 3}).Table(engine.TableSettings)
	var mu sync.Mutex
	seen := map[string]string{}
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	defer following.Wait()
	defer cancel()
	following.Go(func() {
		// Whoever follows calls again, as the contract has it.
		for ctx.Err() == nil {
			if err := table.Follow(ctx, func(change engine.Change) {
				mu.Lock()
				defer mu.Unlock()
				seen[change.Key] = string(change.Data)
			}, func() {}); ctx.Err() == nil {
				t.Logf("Follow = %v", err)
			}
		}
	})
	has := func(key, value string) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return seen[key] == value
		}
	}
	set := func(key, value string) {
		t.Helper()
		eventually(t, "a value", func() bool {
			_, err := table.Put(t.Context(), key, []byte(value), 0)
			if err != nil && !errors.Is(err, engine.ErrUnavailable) && !errors.Is(err, engine.ErrConflict) {
				t.Fatalf("Put: %v", err)
			}
			return err == nil || errors.Is(err, engine.ErrConflict)
		})
		eventually(t, key, has(key, value))
	}
	set("before", "1")
	stop(nodes[leads])
	set("after", "2")
}

func TestFullStream(t *testing.T) {
	connection := connect(t, start(t, soloOptions(t.TempDir())))
	store, err := natsstore.Open(within(t), connection, natsstore.Options{MaxBytes: 1 << 20, Shards: 1, Timeout: 2 * time.Second})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer func() { _ = store.Close() }()
	mailbox := store.Mailbox()
	for number := range 1000 {
		if err = mailbox.Put(t.Context(), ownerOf(number*500), engine.BoxContact, engine.Tag{}, envelope(number, 4000), later()); err != nil {
			break
		}
	}
	if !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("Put in a full stream = %v", err)
	}
	mails := fetchAll(t, mailbox, ownerOf(0))
	if len(mails) != 1 {
		t.Fatalf("%d envelopes", len(mails))
	}
	if err = mailbox.Delete(t.Context(), ownerOf(0), [][]byte{mails[0].ID}); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	if err = mailbox.Put(t.Context(), ownerOf(0), engine.BoxContact, engine.Tag{}, envelope(5000, 3000), later()); err != nil {
		t.Errorf("Put where there is room again = %v", err)
	}
}

func TestOpenAgain(t *testing.T) {
	connection := connect(t, start(t, soloOptions(t.TempDir())))
	first := open(t, connection, natsstore.Options{Shards: 3})
	if err := first.Mailbox().Put(t.Context(), ownerOf(0), engine.BoxContact, engine.Tag{}, envelope(1, 100), later()); err != nil {
		t.Fatalf("Put: %v", err)
	}
	for range 2 {
		if err := first.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	if err := first.Mailbox().Put(t.Context(), ownerOf(0), engine.BoxContact, engine.Tag{}, envelope(2, 100), later()); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Put after Close = %v", err)
	}
	if _, err := first.Table(engine.TableBans).Get(t.Context(), "key"); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Get after Close = %v", err)
	}
	if err := first.Table(engine.TableBans).Follow(t.Context(), func(engine.Change) {}, func() {}); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Follow after Close = %v", err)
	}
	if first.Table("other") != nil {
		t.Error("there is a table of another name")
	}
	// Other sizes, and other shards that the store does not take.
	second, err := natsstore.Open(within(t), connection, natsstore.Options{MaxBytes: 2 * storeSize, Shards: 7})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer func() { _ = second.Close() }()
	if mails := fetchAll(t, second.Mailbox(), ownerOf(0)); len(mails) != 1 {
		t.Errorf("%d envelopes", len(mails))
	}
	js, err := jetstream.New(connection)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	mailStreams, bytes := 0, int64(0)
	for info := range js.ListStreams(within(t)).Info() {
		if strings.HasPrefix(info.Config.Name, "TINCAN_MAIL_contact-small") {
			mailStreams++
		}
		bytes += info.Config.MaxBytes
	}
	if mailStreams != 3 || bytes <= storeSize || bytes > 2*storeSize {
		t.Errorf("%d streams of small mail, %d bytes in all", mailStreams, bytes)
	}
}

func TestOpenFindsAnotherStream(t *testing.T) {
	connection := connect(t, start(t, soloOptions(t.TempDir())))
	js, err := jetstream.New(connection)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	if _, err = js.CreateStream(within(t), jetstream.StreamConfig{Name: "TINCAN_TAGS", Subjects: []string{"tincan.tags.tag.*"}}); err != nil {
		t.Fatalf("CreateStream: %v", err)
	}
	if store, openErr := natsstore.Open(within(t), connection, natsstore.Options{}); openErr == nil {
		_ = store.Close()
		t.Error("Open took a stream that is another")
	}
}

func TestLargeEnvelopeIsRefused(t *testing.T) {
	mailbox := solo(t).Mailbox()
	for box, size := range map[engine.Box]int{engine.BoxContact: 80<<10 + 1, 0: 10, 7: 10} {
		if err := mailbox.Put(t.Context(), ownerOf(0), box, engine.Tag{}, envelope(0, size), later()); !errors.Is(err, engine.ErrOutOfRange) {
			t.Errorf("Put of %d bytes in box %d = %v", size, box, err)
		}
	}
	if err := mailbox.Put(t.Context(), ownerOf(0), engine.BoxContact, engine.Tag{}, envelope(0, 100), time.Now().Add(-time.Second)); err != nil {
		t.Errorf("Put of what expired = %v", err)
	}
	if mails := fetchAll(t, mailbox, ownerOf(0)); len(mails) != 0 {
		t.Errorf("%d envelopes", len(mails))
	}
}

// TestFollowEndsWheneverItIsTold: also while its watcher is being made.
func TestFollowEndsWheneverItIsTold(t *testing.T) {
	table := solo(t).Table(engine.TableSettings)
	for i := range 300 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*10*time.Microsecond)
		ended := make(chan error, 1)
		go func() { ended <- table.Follow(ctx, func(engine.Change) {}, func() {}) }()
		select {
		case err := <-ended:
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Follow = %v", err)
			}
		case <-within(t).Done():
			t.Fatalf("Follow does not end when it is told after %d µs", 10*i)
		}
		cancel()
	}
}
