package memory_test

import (
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/enginetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// bell notes when an attached device is hinted.
type bell struct {
	engine.Sink

	mu   sync.Mutex
	rung bool
}

func (b *bell) MailArrived() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung = true
}

func (b *bell) heard() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rung
}

func TestMailboxConformance(t *testing.T) {
	t.Parallel()
	enginetest.RunMailbox(t, func(t *testing.T) (engine.Mailbox, func() []identity.PeerID) {
		t.Helper()
		mailbox, hints := memory.NewMailbox()
		return mailbox, hints
	})
}

func TestTableConformance(t *testing.T) {
	t.Parallel()
	enginetest.RunTable(t, func(t *testing.T) engine.Table {
		t.Helper()
		e := memory.New(memory.Options{})
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		return e.Table(engine.TableHandles)
	})
}

func TestHintReachesTheDevices(t *testing.T) {
	t.Parallel()
	e := memory.New(memory.Options{})
	device, other := rendezvoustest.NewDevice(t), rendezvoustest.NewDevice(t)
	bells := map[identity.PeerID]*bell{device.Peer(): {}, other.Peer(): {}}
	for _, one := range []rendezvoustest.Device{device, other} {
		record, err := engine.ParseRecord(one.Peer(), one.Record)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = e.Attach(t.Context(), one.Peer(), one.Keys.Device(), record, bells[one.Peer()]); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Mailbox().Put(t.Context(), device.Peer(), engine.BoxContact, engine.Tag{1}, []byte("sealed"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !bells[device.Peer()].heard() || bells[other.Peer()].heard() {
		t.Error("not the owner's device was hinted")
	}
}
