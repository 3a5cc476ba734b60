package webrtclink_test

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
)

// portsOf opens a line on the ports from first and returns those of the host
// candidates that were signalled for it.
func portsOf(t *testing.T, c *couple, first uint16) []int {
	t.Helper()
	var ports []int
	c.transports[0].SetPorts(first)
	session := c.dial(t, link.Options{})
	c.wait(t, 0, "a line", func(event link.Event) bool {
		if event.Session == session && event.Signal != nil && event.Signal.Kind == link.SignalCandidate {
			signal, err := link.ReadSignal(event.Signal.Body, c.remotes[0], c.remotes[1], time.Now())
			if err != nil {
				t.Error(err)
			}
			// candidate:foundation component protocol priority address port typ host (RFC 8839, section 5.1)
			if fields := strings.Fields(signal.Candidate); len(fields) > 7 && fields[7] == "host" {
				port, err := strconv.Atoi(fields[5])
				if err != nil {
					t.Error(err)
				}
				ports = append(ports, port)
			}
		}
		return event.Session == session && event.Opened != nil
	})
	if len(ports) == 0 {
		t.Fatal("the line has no host candidate")
	}
	return ports
}

// TestPortsOfLines: lines use the ports that were chosen, and others when these
// are taken.
func TestPortsOfLines(t *testing.T) {
	c := newCouple(t, nil, nil)
	first := freePorts(t)
	for range 2 { // at a time: the second takes what the first left
		for _, port := range portsOf(t, c, first) {
			if port < int(first) || port >= int(first)+webrtclink.Ports {
				t.Errorf("a line uses port %d instead of %d to %d", port, first, int(first)+webrtclink.Ports-1)
			}
		}
	}
	for port := range webrtclink.Ports {
		// Those of the lines that are open are taken as well.
		if taken, err := net.ListenUDP("udp", &net.UDPAddr{Port: int(first) + port}); err == nil {
			t.Cleanup(func() { _ = taken.Close() })
		}
	}
	for _, port := range portsOf(t, c, first) {
		if port >= int(first) && port < int(first)+webrtclink.Ports {
			t.Errorf("a line uses port %d, which is taken", port)
		}
	}
}

// freePorts returns the first of Ports ports of which nobody uses one.
func freePorts(t *testing.T) uint16 {
	t.Helper()
	for first := 20_000; first < 30_000; first += webrtclink.Ports {
		free := true
		for port := first; free && port < first+webrtclink.Ports; port++ {
			conn, err := net.ListenUDP("udp", &net.UDPAddr{Port: port})
			if free = err == nil; free {
				_ = conn.Close()
			}
		}
		if free {
			return uint16(first)
		}
	}
	t.Fatal("nowhere are enough ports free")
	return 0
}
