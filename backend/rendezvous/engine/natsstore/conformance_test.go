package natsstore_test

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/enginetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

func conform(t *testing.T, connection *nats.Conn, replicas int) {
	t.Helper()
	hinted := &hints{}
	store := open(t, connection, natsstore.Options{Replicas: replicas, Hint: hinted.hint})
	t.Run("mailbox", func(t *testing.T) {
		enginetest.RunMailbox(t, func(*testing.T) (engine.Mailbox, func() []identity.PeerID) { return store.Mailbox(), hinted.all })
	})
}

func TestConformanceSolo(t *testing.T) {
	conform(t, connect(t, start(t, soloOptions(t.TempDir()))), 1)
	t.Run("table", func(t *testing.T) {
		enginetest.RunTable(t, func(t *testing.T) engine.Table {
			t.Helper()
			return solo(t).Table(engine.TableHandles)
		})
	})
}

func TestConformanceCluster(t *testing.T) {
	nodes := cluster(t)
	connection := connect(t, nodes[0])
	conform(t, connection, 3)
	// A table of each cluster has only few names: each test empties what it takes.
	t.Run("table", func(t *testing.T) {
		enginetest.RunTable(t, func(t *testing.T) engine.Table {
			t.Helper()
			emptied(t, connection)
			return open(t, connection, natsstore.Options{Replicas: 3}).Table(engine.TableReports)
		})
	})
}

// emptied takes a table away, so that the next store makes a new one.
func emptied(t *testing.T, connection *nats.Conn) {
	t.Helper()
	js, err := jetstream.New(connection)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	if err = js.DeleteStream(within(t), "KV_tincan_reports"); err != nil {
		t.Fatalf("DeleteStream: %v", err)
	}
}
