package webrtclink_test

import (
	"sync/atomic"
	"testing"

	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
)

// listed is the machine's network with the interfaces that it had at a moment.
type listed struct {
	transport.Net
	interfaces []*transport.Interface
}

func (l *listed) Interfaces() ([]*transport.Interface, error) { return l.interfaces, nil }

// TestMovedMachine: a machine that had no interface when the app started, or
// another one, has candidates of the one that it has now.
func TestMovedMachine(t *testing.T) {
	var arrived atomic.Bool
	c := newCouple(t, nil, func(_ int, config *webrtclink.Config) {
		config.Network = func() (transport.Net, error) {
			machine, err := stdnet.NewNet()
			if err != nil || arrived.Load() {
				return machine, err
			}
			return &listed{Net: machine}, nil
		}
	})
	alone := c.dial(t, link.Options{})
	c.wait(t, 0, "the offer of a machine without a network", func(event link.Event) bool {
		if event.Session == alone && event.Signal != nil && event.Signal.Kind == link.SignalCandidate {
			t.Error("a machine without a network has a candidate")
		}
		return event.Session == alone && event.Signal != nil && event.Signal.Kind == link.SignalOffer
	})
	arrived.Store(true)
	moved := c.dial(t, link.Options{})
	for i := range c.events {
		c.wait(t, i, "a line over the new network", func(event link.Event) bool {
			return event.Session == moved && event.Opened != nil
		})
	}
}
