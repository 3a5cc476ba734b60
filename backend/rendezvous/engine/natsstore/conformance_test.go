package natsstore_test

import (
	"testing"

	"github.com/nats-io/nats.go"

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
	conform(t, connect(t, nodes[0]), 3)
}
