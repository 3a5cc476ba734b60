package natsengine

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/enginetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// memoryStore keeps mail and tables in this process: what is tested here is the rest.
type memoryStore struct{ *memory.Engine }

func openMemoryStore(context.Context, *nats.Conn, StoreOptions) (Store, error) {
	return memoryStore{memory.New(memory.Options{})}, nil
}

// logs writes to the test's output until the test ends.
func logs(t testing.TB) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func soloOptions(t testing.TB, folder string) Options {
	t.Helper()
	return Options{Mode: Solo, Folder: folder, OpenStore: openMemoryStore, Logger: logs(t)}
}

func start(t testing.TB, options Options) *Engine {
	t.Helper()
	opened, err := Open(t.Context(), options)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { stop(t, opened) })
	return opened
}

func stop(t testing.TB, opened *Engine) {
	t.Helper()
	if err := opened.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestSoloConformance(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, func(t *testing.T) engine.Engine { return start(t, soloOptions(t, t.TempDir())) })
}

func TestSoloListensNowhere(t *testing.T) {
	t.Parallel()
	opened := start(t, soloOptions(t, t.TempDir()))
	if address := opened.embedded.server.Addr(); address != nil {
		t.Errorf("it listens at %v", address)
	}
}

func TestTwoOnOneFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := start(t, soloOptions(t, folder))
	if _, err := Open(t.Context(), soloOptions(t, folder)); !errors.Is(err, ErrInUse) {
		t.Errorf("a second server on the folder: %v", err)
	}
	stop(t, first)
	start(t, soloOptions(t, folder))
}

func TestNodeNameStays(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := start(t, soloOptions(t, folder))
	name := first.Nodes()[0].ID
	stop(t, first)
	if again := start(t, soloOptions(t, folder)).Nodes()[0].ID; again != name || name == "" {
		t.Errorf("the node was %q and is %q", name, again)
	}
}

func TestFolderOfTheOtherMode(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	stop(t, start(t, soloOptions(t, folder)))
	secret, err := NewClusterSecret()
	if err != nil {
		t.Fatal(err)
	}
	options := soloOptions(t, folder)
	options.Mode = Cluster
	options.Cluster = ClusterOptions{Listen: "127.0.0.1:0", Seeds: []string{"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"}, Secret: secret}
	_, err = Open(t.Context(), options)
	if !errors.Is(err, ErrOtherMode) || !strings.Contains(err.Error(), MigrateCommand) {
		t.Errorf("a cluster's node on a solo folder: %v", err)
	}
	start(t, soloOptions(t, folder))
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	secret, err := NewClusterSecret()
	if err != nil {
		t.Fatal(err)
	}
	seeds := []string{"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"}
	for name, change := range map[string]func(*Options){
		"no store":  func(o *Options) { o.OpenStore = nil },
		"no folder": func(o *Options) { o.Folder = "" },
		"no mode":   func(o *Options) { o.Mode = 0 },
		"name":      func(o *Options) { o.Node = "a.b" },
		"no URLs":   func(o *Options) { o.Mode = External },
		"many replicas": func(o *Options) {
			o.Mode, o.External = External, ExternalOptions{URLs: []string{"nats://127.0.0.1:1"}, Replicas: 6}
		},
		"no seeds": func(o *Options) {
			o.Mode, o.Cluster = Cluster, ClusterOptions{Listen: "127.0.0.1:0", Secret: secret}
		},
		"no address": func(o *Options) { o.Mode, o.Cluster = Cluster, ClusterOptions{Seeds: seeds, Secret: secret} },
		"no secret": func(o *Options) {
			o.Mode, o.Cluster = Cluster, ClusterOptions{Listen: "127.0.0.1:0", Seeds: seeds}
		},
		"half a secret": func(o *Options) {
			o.Mode, o.Cluster = Cluster, ClusterOptions{Listen: "127.0.0.1:0", Seeds: seeds, Secret: secret[:len(secret)/2]}
		},
	} {
		options := soloOptions(t, t.TempDir())
		change(&options)
		if _, err = Open(t.Context(), options); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRecordsOutlastTheServer closes a server and opens it again.
func TestRecordsOutlastTheServer(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := start(t, soloOptions(t, folder))
	ana := visit(t, first, rendezvoustest.NewDevice(t))
	stop(t, first)
	again := start(t, soloOptions(t, folder))
	record, found, err := again.Lookup(t.Context(), ana.Peer())
	if err != nil || !found || record.Devices() != 1 {
		t.Errorf("Lookup = %t, %v", found, err)
	}
	newer, err := engine.ParseRecord(ana.Peer(), ana.RecordOf(t, 2, 2))
	if err != nil {
		t.Fatal(err)
	}
	back := visit(t, again, ana.Device)
	if err = back.attachment.Publish(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	if _, err = again.Attach(t.Context(), ana.Peer(), ana.Keys.Device(), record, back); !errors.Is(err, engine.ErrOlder) {
		t.Errorf("Attach with the record of before = %v", err)
	}
}
