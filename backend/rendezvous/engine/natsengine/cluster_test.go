package natsengine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/enginetest"
)

const patience = 20 * time.Second

// eventually waits for a condition.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline, ticker := time.After(patience), time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for !condition() {
		select {
		case <-deadline:
			t.Fatalf("not within %s: %s", patience, what)
		case <-ticker.C:
		}
	}
}

// freeAddresses returns addresses on loopback that were free a moment ago.
func freeAddresses(t testing.TB, count int) []string {
	t.Helper()
	addresses, listeners := make([]string, count), make([]net.Listener, count)
	for i := range addresses {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[i], addresses[i] = listener, listener.Addr().String()
	}
	for _, listener := range listeners {
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return addresses
}

func newSecret(t testing.TB) []byte {
	t.Helper()
	secret, err := NewClusterSecret()
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// clusterOptions returns the options of every node of a new cluster.
func clusterOptions(t testing.TB, count int) []Options {
	t.Helper()
	addresses, secret := freeAddresses(t, count), newSecret(t)
	all := make([]Options, count)
	for i := range all {
		all[i] = soloOptions(t, t.TempDir())
		all[i].Mode, all[i].Node = Cluster, fmt.Sprintf("node-%d", i)
		all[i].Cluster = ClusterOptions{Listen: addresses[i], Seeds: addresses, Secret: secret, Wait: patience}
	}
	return all
}

func startAll(t testing.TB, options []Options) []*Engine {
	t.Helper()
	all := make([]*Engine, len(options))
	var group sync.WaitGroup
	for i := range options {
		group.Go(func() {
			opened, err := Open(t.Context(), options[i])
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			all[i] = opened
			t.Cleanup(func() { stop(t, opened) })
		})
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
	acquainted(t, all)
	return all
}

// acquainted waits until all engines know each other.
func acquainted(t testing.TB, all []*Engine) {
	t.Helper()
	eventually(t, "the nodes know each other", func() bool {
		for _, one := range all {
			if len(one.Nodes()) != len(all) {
				return false
			}
		}
		return true
	})
	settle(t, all)
}

// settle waits until nothing is left to be done by any of the engines.
func settle(t testing.TB, all []*Engine) {
	t.Helper()
	total := func() (sum uint64) {
		for _, one := range all {
			sum += one.uplink.handled.Load()
		}
		return sum
	}
	idle := func() bool {
		for _, one := range all {
			if (one.uplink.busy.Load() != 0 || gathers(one.uplink.bursts)) && one.background.Err() == nil {
				return false
			}
		}
		return true
	}
	for before, again := total(), true; again; {
		eventually(t, "the nodes are idle", idle)
		for _, one := range all {
			syncAll(t, one)
		}
		after := total()
		again, before = after != before || !idle(), after
	}
}

// gathers says whether something waits to leave.
func gathers(b *bursts) bool {
	b.leaving.Lock()
	defer b.leaving.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)+len(b.bundles) > 0
}

// syncAll waits until what an engine sent so far is done.
func syncAll(t testing.TB, one *Engine) {
	t.Helper()
	var group sync.WaitGroup
	for _, incarnation := range one.uplink.links.answering() {
		group.Go(func() {
			for deadline := time.After(patience); ; {
				done := make(chan struct{})
				key := one.uplink.sync(incarnation, func() { close(done) })
				select {
				case <-done:
					return
				case <-time.After(syncWait): // lost with a connection
					one.uplink.synced(key)
				case <-deadline:
					t.Error("a node does not answer")
					return
				}
			}
		})
	}
	group.Wait()
}

func asCluster(all []*Engine) *enginetest.Cluster {
	cluster := &enginetest.Cluster{Settle: func(t *testing.T) { t.Helper(); settle(t, all) }}
	for _, one := range all {
		cluster.Engines = append(cluster.Engines, one)
	}
	return cluster
}

func TestClusterConformance(t *testing.T) {
	t.Parallel()
	cluster := asCluster(startAll(t, clusterOptions(t, 3)))
	cluster.Keep = true
	enginetest.RunCluster(t, func(*testing.T) *enginetest.Cluster { return cluster })
}

// startNATS runs a NATS server of its own, as an operator would.
func startNATS(t testing.TB) *server.Server {
	t.Helper()
	return runNATS(t, &server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
	})
}

func runNATS(t testing.TB, options *server.Options) *server.Server {
	t.Helper()
	running, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	running.Start()
	t.Cleanup(func() { running.Shutdown(); running.WaitForShutdown() })
	if !running.ReadyForConnections(patience) {
		t.Fatal("NATS does not start")
	}
	return running
}

// restartNATS stops a server and starts it at the same address with what it stored.
func restartNATS(t *testing.T, running *server.Server) {
	t.Helper()
	address, ok := running.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("NATS listens at %v", running.Addr())
	}
	store := filepath.Dir(running.JetStreamConfig().StoreDir)
	running.Shutdown()
	running.WaitForShutdown()
	runNATS(t, &server.Options{Host: "127.0.0.1", Port: address.Port, JetStream: true, StoreDir: store, NoSigs: true, NoLog: true})
}

func externalOptions(t testing.TB, running *server.Server, count int) []Options {
	t.Helper()
	all := make([]Options, count)
	for i := range all {
		all[i] = soloOptions(t, "")
		all[i].Mode, all[i].Node = External, fmt.Sprintf("node-%d", i)
		all[i].External = ExternalOptions{URLs: []string{running.ClientURL()}}
	}
	return all
}

func TestExternalConformance(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d servers", count), func(t *testing.T) {
			t.Parallel()
			enginetest.RunCluster(t, func(t *testing.T) *enginetest.Cluster {
				return asCluster(startAll(t, externalOptions(t, startNATS(t), count)))
			})
		})
	}
}

func TestExternalIsNotThere(t *testing.T) {
	t.Parallel()
	options := soloOptions(t, "")
	options.Mode, options.External = External, ExternalOptions{URLs: []string{"nats://" + freeAddresses(t, 1)[0]}}
	if _, err := Open(t.Context(), options); err == nil || !strings.Contains(err.Error(), options.External.URLs[0]) {
		t.Errorf("Open = %v", err)
	}
}

func TestWrongClusterSecret(t *testing.T) {
	t.Parallel()
	options := clusterOptions(t, 3)
	all := startAll(t, options)
	stop(t, all[2])
	options[2].Cluster.Secret = newSecret(t)
	if _, err := Open(t.Context(), options[2]); !errors.Is(err, ErrSecret) {
		t.Errorf("Open with another secret = %v", err)
	}
}

func TestNoMajority(t *testing.T) {
	t.Parallel()
	options := clusterOptions(t, 3)[0]
	options.Cluster.Wait = time.Second
	if _, err := Open(t.Context(), options); !errors.Is(err, ErrNoQuorum) || !strings.Contains(err.Error(), "0 of the 2 others") {
		t.Errorf("Open = %v", err)
	}
}

func TestOpenGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := Open(ctx, clusterOptions(t, 3)[0]); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open = %v", err)
	}
}

var _ engine.Engine = (*Engine)(nil)
