package memlink_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/linktest"
	"github.com/tincan-chat/tincan/backend/link/memlink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type world struct {
	network *memlink.Network
	devices []identity.DeviceID
}

func (w *world) New(t testing.TB, config linktest.Config) link.Transport {
	t.Helper()
	transport, err := w.network.New(memlink.Config{
		Identity: config.Identity, Events: config.Events, Random: rand.Reader,
		Now: config.Now, Filter: config.Filter, Timing: config.Timing,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.devices = append(w.devices, config.Identity.Device)
	return transport
}

func (w *world) Vanish(device identity.DeviceID) {
	for _, other := range w.devices {
		if other != device {
			w.network.Cut(device, other)
		}
	}
}

func TestConformance(t *testing.T) {
	linktest.Run(t, func(t *testing.T) linktest.World {
		t.Helper()
		network := memlink.NewNetwork(time.Now, func(link.Remote, link.Remote) time.Duration { return 5 * time.Millisecond })
		ctx, stop := context.WithCancel(context.Background())
		done := network.Pump(ctx)
		t.Cleanup(func() {
			stop()
			<-done
		})
		return &world{network: network}
	})
}
