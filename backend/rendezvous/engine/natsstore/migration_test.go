package natsstore_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

// migrated are the options of what is copied to.
func migrated() natsstore.Options { return natsstore.Options{Replicas: 3, MaxBytes: storeSize} }

func workAsMigration() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	from, err := dialServers(strings.Split(os.Getenv(envFrom), ","))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := dialServers(strings.Split(os.Getenv(envTo), ","))
	if err != nil {
		return err
	}
	defer to.Close()
	_, err = natsstore.Migrate(ctx, from, to, migrated(), nil)
	return err
}

// soloListening starts a server that is alone and listens, so that another process can read it.
func soloListening(t *testing.T) *server.Server {
	t.Helper()
	options := soloOptions(t.TempDir())
	options.DontListen, options.Host, options.Port = false, "127.0.0.1", -1
	return start(t, options)
}

// copiedMail counts what got to the stream with most of the mail.
func copiedMail(t *testing.T, js jetstream.JetStream) uint64 {
	t.Helper()
	// A stream that has no leader yet says nothing.
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	stream, err := js.Stream(ctx, "TINCAN_MAIL_contact-small-0")
	if errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, context.DeadlineExceeded) {
		return 0
	}
	if err != nil {
		t.Fatalf("Stream: %v", err)
	}
	return stream.CachedInfo().State.LastSeq
}

// killMidway kills a process as soon as so much mail is copied.
func killMidway(t *testing.T, p *process, js jetstream.JetStream, midway uint64) {
	t.Helper()
	often := time.NewTicker(time.Millisecond)
	defer often.Stop()
	ctx := within(t)
	for copiedMail(t, js) < midway {
		select {
		case <-often.C:
		case <-p.ended:
			t.Fatal("it ended by itself")
		case <-ctx.Done():
			t.Fatal("nothing is copied")
		}
	}
	p.kill()
	t.Logf("killed after %d of %d", copiedMail(t, js), migratedMail)
}

const migratedMail = 4000

// furnish puts mail, tags and values in a store.
func furnish(t *testing.T, store *natsstore.Store) {
	t.Helper()
	mailbox := store.Mailbox()
	putMany(t, []engine.Mailbox{mailbox}, 0, migratedMail)
	owner := ownerOf(1 << 40)
	for i, box := range []engine.Box{engine.BoxInvite, engine.BoxStranger} {
		for size := range 5 {
			if err := mailbox.Put(t.Context(), owner, box, engine.Tag{byte(i)}, envelope(size, 8+size*12<<10), time.Now().Add(time.Hour)); err != nil {
				t.Fatalf("Put: %v", err)
			}
		}
	}
	for range 3 { // what ends soon
		if err := mailbox.Put(t.Context(), owner, engine.BoxContact, engine.Tag{}, envelope(0, 50), time.Now().Add(5*time.Minute)); err != nil {
			t.Fatalf("Put: %v", err)
		}
	}
	if mails := fetchAll(t, mailbox, ownerOf(0)); mailbox.Delete(t.Context(), ownerOf(0), [][]byte{mails[0].ID, mails[7].ID}) != nil {
		t.Fatal("Delete failed")
	}
	for i := range 40 {
		claim := []engine.TagClaim{{Tag: engine.Tag{byte(i)}, Box: engine.BoxContact, Expires: time.Now().Add(24 * time.Hour)}}
		if err := mailbox.Register(t.Context(), ownerOf(500*i), claim, nil); err != nil {
			t.Fatalf("Register: %v", err)
		}
		revision, err := store.Table(engine.TableHandles).Put(t.Context(), fmt.Sprintf("name/%d", i), fmt.Appendf(nil, "value %d", i), 0)
		if err != nil {
			t.Fatalf("Put: %v", err)
		}
		if i%10 == 0 {
			if err = store.Table(engine.TableHandles).Delete(t.Context(), fmt.Sprintf("name/%d", i), revision); err != nil {
				t.Fatalf("Delete: %v", err)
			}
		}
	}
}

// contents is all that can be read of a furnished store.
func contents(t *testing.T, store *natsstore.Store) []string {
	t.Helper()
	var lines []string
	mailbox := store.Mailbox()
	owners := []identity.PeerID{ownerOf(1 << 40)}
	for first := 0; first < 2*migratedMail; first += 500 {
		owners = append(owners, ownerOf(first))
	}
	for _, owner := range owners {
		for i, mail := range fetchAll(t, mailbox, owner) {
			lines = append(lines, fmt.Sprintf("%x %d box %d at %d: %d, %x", owner[:8], i, mail.Box, mail.Stored.UnixNano(), binary.BigEndian.Uint64(mail.Envelope), sha256.Sum256(mail.Envelope)))
		}
	}
	for i := range 40 {
		owner, box, found, err := mailbox.Resolve(t.Context(), engine.Tag{byte(i)})
		if err != nil {
			t.Fatalf("Resolve: %v", err)
		}
		lines = append(lines, fmt.Sprintf("tag %d %x %d %t", i, owner[:8], box, found))
		change, err := store.Table(engine.TableHandles).Get(t.Context(), fmt.Sprintf("name/%d", i))
		if err != nil && !errors.Is(err, engine.ErrNoKey) {
			t.Fatalf("Get: %v", err)
		}
		lines = append(lines, fmt.Sprintf("key %d %s", i, change.Data))
	}
	return lines
}

// TestMigrationIsKilled copies a store to a cluster in processes that are killed midway.
func TestMigrationIsKilled(t *testing.T) {
	alone := soloListening(t)
	from := connect(t, alone)
	store := open(t, from, natsstore.Options{})
	furnish(t, store)
	want := contents(t, store)
	if len(want) != migratedMail+2*5+3-2+80 {
		t.Fatalf("the original has %d lines", len(want))
	}

	nodes := cluster(t)
	to := connect(t, nodes[0])
	js, err := jetstream.New(to)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	for _, midway := range []uint64{300, 1500} {
		p := launch(t, jobMigrate, envFrom+"="+alone.ClientURL(), envTo+"="+nodes[1].ClientURL())
		killMidway(t, p, js, midway)
	}
	if count := copiedMail(t, js); count >= migratedMail {
		t.Fatalf("%d were copied before it was killed", count)
	}
	reports := 0
	result, err := natsstore.Migrate(t.Context(), from, to, migrated(), func(natsstore.Migration) { reports++ })
	if err != nil || !result.Done || result.Streams != result.Of || reports == 0 {
		t.Fatalf("Migrate = %+v, %v", result, err)
	}
	// Mail, tags, their owners, and the keys that were not deleted.
	if compared := migratedMail + 2*5 - 2 + 40 + 40 + 36; result.Held != compared || result.Expiring != 3 {
		t.Errorf("Migrate = %+v, want %d held", result, compared)
	}
	copied := open(t, to, migrated())
	if got := contents(t, copied); !slices.Equal(got, want) {
		t.Errorf("the copy has %d lines, want %d", len(got), len(want))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("line %d is %s, want %s", i, got[i], want[i])
			}
		}
	}
	again, err := natsstore.Migrate(t.Context(), from, to, migrated(), nil)
	if err != nil || again != result {
		t.Errorf("another Migrate = %+v, %v", again, err)
	}
	lives(t, copied)
}

// lives checks that a copied store is used as any other: quotas, names and owners are known.
func lives(t *testing.T, store *natsstore.Store) {
	t.Helper()
	mailbox, owner := store.Mailbox(), ownerOf(1<<40)
	before := len(fetchAll(t, mailbox, owner))
	mails := fetchAll(t, mailbox, owner)
	for i, mail := range mails {
		if mail.Box != engine.BoxStranger {
			continue
		}
		// Put again within ten minutes it is still the same.
		if err := mailbox.Put(t.Context(), owner, mail.Box, engine.Tag{1}, mail.Envelope, time.Now().Add(time.Hour)); err != nil {
			t.Errorf("Put of %d: %v", i, err)
		}
	}
	if after := len(fetchAll(t, mailbox, owner)); after != before {
		t.Errorf("%d envelopes became %d", before, after)
	}
	claim := []engine.TagClaim{{Tag: engine.Tag{3}, Box: engine.BoxContact, Expires: time.Now().Add(time.Hour)}}
	if err := mailbox.Register(t.Context(), owner, claim, nil); !errors.Is(err, engine.ErrTagTaken) {
		t.Errorf("Register of a copied tag = %v", err)
	}
	if err := mailbox.Register(t.Context(), ownerOf(1500), claim, []engine.Tag{{3}}); err != nil {
		t.Errorf("Register by the owner = %v", err)
	}
	var ids [][]byte
	for _, mail := range mails {
		ids = append(ids, mail.ID)
	}
	if err := mailbox.Delete(t.Context(), owner, ids); err != nil || len(fetchAll(t, mailbox, owner)) != 0 {
		t.Errorf("Delete = %v", err)
	}
}

func TestMigrationToAUsedStore(t *testing.T) {
	from, to := connect(t, start(t, soloOptions(t.TempDir()))), connect(t, start(t, soloOptions(t.TempDir())))
	number := make([]byte, 8)
	for i, connection := range []*nats.Conn{from, to} {
		store := open(t, connection, natsstore.Options{})
		binary.BigEndian.PutUint64(number, uint64(i))
		if err := store.Mailbox().Put(t.Context(), ownerOf(0), engine.BoxContact, engine.Tag{}, number, time.Now().Add(time.Hour)); err != nil {
			t.Fatalf("Put: %v", err)
		}
	}
	options := natsstore.Options{MaxBytes: storeSize}
	if result, err := natsstore.Migrate(t.Context(), from, to, options, nil); !errors.Is(err, natsstore.ErrTargetUsed) || result.Done {
		t.Errorf("Migrate = %+v, %v", result, err)
	}
	empty := connect(t, start(t, soloOptions(t.TempDir())))
	if _, err := natsstore.Migrate(t.Context(), empty, to, options, nil); !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("Migrate from nothing = %v", err)
	}
	other := connect(t, start(t, soloOptions(t.TempDir())))
	if result, err := natsstore.Migrate(t.Context(), from, other, options, nil); err != nil || result.Held != 1 {
		t.Errorf("Migrate = %+v, %v", result, err)
	}
	// A copy of one store takes nothing from another.
	if _, err := natsstore.Migrate(t.Context(), to, other, options, nil); !errors.Is(err, natsstore.ErrTargetUsed) {
		t.Errorf("Migrate of another store = %v", err)
	}
}
