package natsengine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

var errCut = errors.New("cut off")

// fakeCopy stands for the store's own migration, which natsstore tests.
func fakeCopy(err error) (CopyStore, *int) {
	calls := new(int)
	return func(_ context.Context, from, to *nats.Conn, options StoreOptions) error {
		if *calls++; !from.IsConnected() || !to.IsConnected() || options.Replicas == 0 {
			return errors.New("a connection or the replicas are missing")
		}
		return err
	}, calls
}

// TestMigrateToCluster moves a folder in place, at the second attempt, and
// finds the records on every node.
func TestMigrateToCluster(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	alone := start(t, soloOptions(t, folder))
	people := []*visitor{visit(t, alone, rendezvoustest.NewDevice(t)), visit(t, alone, rendezvoustest.NewDevice(t))}
	node := alone.Nodes()[0].ID
	stop(t, alone)

	options := clusterOptions(t, 3)
	options[0].Folder, options[0].Node = folder, ""
	// Cut off when the other nodes are ready: what NATS makes while it shuts down stays behind in this process.
	ready, first := make(chan struct{}), make(chan error, 1)
	cut := func(ctx context.Context, _, _ *nats.Conn, _ StoreOptions) error {
		select {
		case <-ready:
			return errCut
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	go func() { first <- Migrate(t.Context(), options[0], cut, nil) }()
	others := startAll(t, options[1:])
	close(ready)
	if err := <-first; !errors.Is(err, errCut) {
		t.Fatalf("Migrate that is cut off = %v", err)
	}
	for _, mode := range []Options{soloOptions(t, folder), options[0]} {
		if _, err := Open(t.Context(), mode); !errors.Is(err, ErrMoving) || !strings.Contains(err.Error(), MigrateCommand) {
			t.Errorf("Open as %s in the middle = %v", mode.Mode, err)
		}
	}
	external := externalOptions(t, startNATS(t), 1)[0]
	external.Folder = folder
	if _, err := Open(t.Context(), external); !errors.Is(err, ErrMoving) {
		t.Errorf("Open as external in the middle = %v", err)
	}
	whole, calls := fakeCopy(nil)
	if err := Migrate(t.Context(), external, whole, nil); !errors.Is(err, ErrMoving) {
		t.Errorf("Migrate to another mode = %v", err)
	}
	if err := Migrate(t.Context(), options[0], whole, nil); err != nil || *calls != 1 {
		t.Fatalf("Migrate = %v after %d calls", err, *calls)
	}
	if err := Migrate(t.Context(), options[0], whole, nil); !errors.Is(err, ErrMigrated) || *calls != 1 {
		t.Errorf("Migrate again = %v after %d calls", err, *calls)
	}
	if err := GiveUp(folder); !errors.Is(err, ErrMigrated) {
		t.Errorf("GiveUp at the end = %v", err)
	}
	if _, err := Open(t.Context(), soloOptions(t, folder)); !errors.Is(err, ErrOtherMode) {
		t.Errorf("Open as before = %v", err)
	}
	all := append(others, start(t, options[0]))
	acquainted(t, all)
	for i, one := range all {
		for _, person := range people {
			if _, found, err := one.Lookup(t.Context(), person.Peer()); err != nil || !found {
				t.Errorf("node %d: Lookup = %t, %v", i, found, err)
			}
		}
	}
	if nodes := all[2].Nodes(); !slices.ContainsFunc(nodes, func(one engine.Node) bool { return one.ID == node }) {
		t.Errorf("the node was %q, and these are there: %v", node, nodes)
	}
}

// TestMigrateToExternal moves a folder to a NATS that runs, after giving up once.
func TestMigrateToExternal(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	alone := start(t, soloOptions(t, folder))
	ana := visit(t, alone, rendezvoustest.NewDevice(t))
	whole, _ := fakeCopy(nil)
	external := externalOptions(t, startNATS(t), 1)[0]
	external.Folder = folder
	if err := Migrate(t.Context(), external, whole, nil); !errors.Is(err, ErrInUse) {
		t.Errorf("Migrate of a folder in use = %v", err)
	}
	stop(t, alone)
	if err := GiveUp(folder); !errors.Is(err, ErrNoSolo) {
		t.Errorf("GiveUp of nothing = %v", err)
	}
	cut, _ := fakeCopy(errCut)
	if err := Migrate(t.Context(), external, cut, nil); !errors.Is(err, errCut) {
		t.Fatalf("Migrate = %v", err)
	}
	if err := GiveUp(folder); err != nil {
		t.Fatalf("GiveUp = %v", err)
	}
	again := start(t, soloOptions(t, folder))
	if _, found, err := again.Lookup(t.Context(), ana.Peer()); err != nil || !found {
		t.Errorf("Lookup alone = %t, %v", found, err)
	}
	stop(t, again)
	if err := Migrate(t.Context(), external, whole, nil); err != nil {
		t.Fatalf("Migrate = %v", err)
	}
	if _, found, err := start(t, external).Lookup(t.Context(), ana.Peer()); err != nil || !found {
		t.Errorf("Lookup = %t, %v", found, err)
	}
}

func TestMigrateNothing(t *testing.T) {
	t.Parallel()
	whole, _ := fakeCopy(nil)
	external := externalOptions(t, startNATS(t), 1)[0]
	external.Folder = filepath.Join(t.TempDir(), "new")
	if err := Migrate(t.Context(), external, whole, nil); !errors.Is(err, ErrNoSolo) {
		t.Errorf("Migrate of no folder = %v", err)
	}
	if _, err := os.Stat(external.Folder); err == nil {
		t.Error("it made the folder")
	}
	if err := GiveUp(external.Folder); !errors.Is(err, ErrNoSolo) {
		t.Errorf("GiveUp of no folder = %v", err)
	}
	external.Folder = ""
	if err := Migrate(t.Context(), external, whole, nil); !errors.Is(err, ErrOptions) {
		t.Errorf("Migrate without a folder = %v", err)
	}
	if err := Migrate(t.Context(), soloOptions(t, t.TempDir()), whole, nil); !errors.Is(err, ErrOptions) {
		t.Errorf("Migrate to solo = %v", err)
	}
	node := clusterOptions(t, 3)[0]
	if err := os.WriteFile(filepath.Join(node.Folder, modeFile), []byte("cluster\n"), fileMode); err != nil {
		t.Fatal(err)
	}
	if err := Migrate(t.Context(), node, whole, nil); !errors.Is(err, ErrNoSolo) {
		t.Errorf("Migrate of a node that was never alone = %v", err)
	}
}
