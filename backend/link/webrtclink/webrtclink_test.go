package webrtclink_test

import (
	"crypto/rand"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"
	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/linktest"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cable is the machine's network with a plug that can be pulled.
type cable struct {
	transport.Net
	pulled atomic.Bool
}

func newCable(t testing.TB) *cable {
	t.Helper()
	machine, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	return &cable{Net: machine}
}

func (c *cable) ListenUDP(network string, local *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := c.Net.ListenUDP(network, local)
	if err != nil {
		return nil, err
	}
	return &cableConn{UDPConn: conn, cable: c}, nil
}

type cableConn struct {
	transport.UDPConn
	cable *cable
}

func (c *cableConn) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.UDPConn.ReadFrom(p)
		if err != nil || !c.cable.pulled.Load() {
			return n, from, err
		}
	}
}

func (c *cableConn) WriteTo(p []byte, to net.Addr) (int, error) {
	if c.cable.pulled.Load() {
		return len(p), nil
	}
	return c.UDPConn.WriteTo(p, to)
}

type world struct {
	mutex  sync.Mutex
	cables map[identity.DeviceID]*cable
}

func (w *world) New(t testing.TB, config linktest.Config) link.Transport {
	t.Helper()
	network := newCable(t)
	made, err := webrtclink.New(webrtclink.Config{
		Identity: config.Identity, Events: config.Events, Now: config.Now, Random: rand.Reader,
		Filter: config.Filter, Timing: config.Timing, LoopbackOnly: true, Network: func() (transport.Net, error) { return network, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.cables[config.Identity.Device] = network
	return made
}

func (w *world) Vanish(device identity.DeviceID) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.cables[device].pulled.Store(true)
}

func TestConformance(t *testing.T) {
	linktest.Run(t, func(t *testing.T) linktest.World {
		t.Helper()
		return &world{cables: map[identity.DeviceID]*cable{}}
	})
}
