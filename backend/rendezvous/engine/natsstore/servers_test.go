package natsstore_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

// soon is how long a test waits for what must happen.
const soon = 60 * time.Second

// storeSize is what a test's streams may take; nothing is reserved on the disk.
const storeSize = 4 << 30

func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	t.Cleanup(cancel)
	return ctx
}

func soloOptions(folder string) *server.Options {
	return &server.Options{
		ServerName: "solo", DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: folder, SyncAlways: true,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 2 * storeSize,
	}
}

// start starts a server that ends with the test, unless that ended it.
func start(t testing.TB, options *server.Options) *server.Server {
	t.Helper()
	started, err := server.NewServer(options)
	if err != nil {
		t.Fatalf("NewServer: %v", err)
	}
	started.Start()
	if !started.ReadyForConnections(soon) {
		t.Fatal("the server is not ready")
	}
	t.Cleanup(func() { stop(started) })
	return started
}

func stop(one *server.Server) {
	one.Shutdown()
	one.WaitForShutdown()
}

func connect(t testing.TB, one *server.Server) *nats.Conn {
	t.Helper()
	connection, err := nats.Connect("", nats.InProcessServer(one), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatalf("Connect: %v", err)
	}
	t.Cleanup(connection.Close)
	return connection
}

func open(t testing.TB, connection *nats.Conn, options natsstore.Options) *natsstore.Store {
	t.Helper()
	options.MaxBytes = storeSize
	store, err := natsstore.Open(within(t), connection, options)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return store
}

// solo opens a store on a server of its own.
func solo(t testing.TB) *natsstore.Store {
	t.Helper()
	return open(t, connect(t, start(t, soloOptions(t.TempDir()))), natsstore.Options{})
}

// ports returns free ones. Another process could take one before it is used; on this loopback none does.
func ports(t testing.TB, count int) []int {
	t.Helper()
	found := make([]int, count)
	for i := range found {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("Listen: %v", err)
		}
		defer func() { _ = listener.Close() }() //nolint:revive // all are held until all are known
		address, _ := listener.Addr().(*net.TCPAddr)
		found[i] = address.Port
	}
	return found
}

// nodeOptions are of one node of a cluster whose routes listen at these ports.
func nodeOptions(number int, folder string, routes []int) *server.Options {
	options := &server.Options{
		ServerName: fmt.Sprintf("node-%d", number), Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: folder, SyncAlways: true, JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 2 * storeSize,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: routes[number], NoAdvertise: true},
	}
	for other, port := range routes {
		if other != number {
			options.Routes = append(options.Routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
		}
	}
	return options
}

// cluster starts three nodes in this process.
func cluster(t testing.TB) []*server.Server {
	t.Helper()
	routes := ports(t, 3)
	nodes := make([]*server.Server, len(routes))
	for i := range nodes {
		nodes[i] = start(t, nodeOptions(i, t.TempDir(), routes))
	}
	eventually(t, "a leader of the cluster", func() bool {
		return slices.ContainsFunc(nodes, (*server.Server).JetStreamIsLeader)
	})
	return nodes
}

func eventually(t testing.TB, what string, met func() bool) {
	t.Helper()
	ctx := within(t)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !met() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		case <-again.C:
		}
	}
}

// hints notes whom a store hinted.
type hints struct {
	mu     sync.Mutex
	hinted []identity.PeerID
}

func (h *hints) hint(owner identity.PeerID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hinted = append(h.hinted, owner)
}

func (h *hints) all() []identity.PeerID {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.hinted)
}
