package webrtclink_test

import (
	"net"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
)

// TestClosingWithASilentRelay: who quits the app in a network that blocks UDP
// does not wait for a relay that never answers.
func TestClosingWithASilentRelay(t *testing.T) {
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	c := newCouple(t, func(int, link.Signal) (link.Signal, bool) { return link.Signal{}, false }, nil)
	c.transports[0].SetRelays([]link.Relay{{
		URLs: []string{"turn:" + silent.LocalAddr().String() + "?transport=udp"}, Username: "a", Password: "b",
	}})
	c.dial(t, link.Options{})
	if err = silent.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, _, err = silent.ReadFrom(make([]byte, 1500)); err != nil {
		t.Fatalf("the relay is not asked: %v", err)
	}
	began := time.Now()
	if err = c.transports[0].Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("closing took %v", took)
	}
}
