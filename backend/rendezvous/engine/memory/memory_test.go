package memory_test

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/enginetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, func(*testing.T) engine.Engine { return memory.New(memory.Options{}) })
}

type deaf struct{ engine.Sink }

func visit(t *testing.T, e *memory.Engine) rendezvoustest.Device {
	t.Helper()
	device := rendezvoustest.NewDevice(t)
	record, err := engine.ParseRecord(device.Peer(), device.Record)
	if err != nil {
		t.Fatal(err)
	}
	attachment, err := e.Attach(t.Context(), device.Peer(), device.Keys.Device(), record, deaf{})
	if err != nil {
		t.Fatal(err)
	}
	attachment.Detach()
	return device
}

func found(t *testing.T, e *memory.Engine, device rendezvoustest.Device) bool {
	t.Helper()
	_, ok, err := e.Lookup(t.Context(), device.Peer())
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestOldestRecordsGoFirst(t *testing.T) {
	t.Parallel()
	byCount := memory.New(memory.Options{MaxAway: 2})
	byBytes := memory.New(memory.Options{MaxBytes: 4000})
	for _, e := range []*memory.Engine{byCount, byBytes} {
		first, second, third := visit(t, e), visit(t, e), visit(t, e)
		if found(t, e, first) || !found(t, e, second) || !found(t, e, third) {
			t.Error("not the oldest went")
		}
	}
}

func TestRecordsExpire(t *testing.T) {
	t.Parallel()
	now := time.Now()
	e := memory.New(memory.Options{Now: func() time.Time { return now }, Life: time.Hour})
	device := visit(t, e)
	now = now.Add(time.Hour - time.Second)
	if !found(t, e, device) {
		t.Error("gone too early")
	}
	now = now.Add(time.Second)
	if found(t, e, device) {
		t.Error("kept too long")
	}
}
