package webrtclink

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun"
	"github.com/pion/transport/v2/stdnet"

	"github.com/tincan-chat/tincan/backend/link"
)

// TestChecksBeforeTheirCandidate: a check that comes from a relay of ours waits
// until its candidate is signalled, for as long as relayed pairs wait anyway.
func TestChecksBeforeTheirCandidate(t *testing.T) {
	relay, peer := netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("203.0.113.7")
	check := stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw
	answer := stun.MustBuild(stun.TransactionID, stun.BindingSuccess).Raw
	at := func(address netip.Addr, port int) net.Addr { return &net.UDPAddr{IP: address.AsSlice(), Port: port} }
	for _, one := range []struct {
		what   string
		packet []byte
		from   net.Addr
		begun  time.Time
		early  bool
	}{
		{"not signalled", check, at(relay, 5000), time.Now(), true},
		{"before checks began", check, at(relay, 5000), time.Time{}, true},
		{"signalled", check, at(relay, 6000), time.Now(), false},
		{"after the wait", check, at(relay, 5000), time.Now().Add(-acceptRelay - time.Millisecond), false},
		{"from somewhere else", check, at(peer, 5000), time.Now(), false},
		{"an answer, as to what my address is", answer, at(relay, 5000), time.Now(), false},
		{"data", []byte{23, 254, 253}, at(relay, 5000), time.Now(), false},
		{"one byte", check[:1], at(relay, 5000), time.Now(), false},
		{"next door, where a peer may be its relay's machine", check, at(netip.MustParseAddr("192.168.1.5"), 5000), time.Now(), false},
	} {
		t.Run(one.what, func(t *testing.T) {
			var book relayBook
			book.note("relay.example", relay)
			book.note("next.example", netip.MustParseAddr("192.168.1.5"))
			book.expect(netip.AddrPortFrom(relay, 6000))
			if !one.begun.IsZero() {
				book.begin(one.begun, acceptRelay)
			}
			if early := book.disguised(one.packet, one.from); early != one.early {
				t.Errorf("waits: %v", early)
			}
		})
	}
}

func TestRelayWait(t *testing.T) {
	for _, one := range []struct {
		trips []time.Duration
		want  time.Duration
	}{
		{nil, acceptRelay},
		{[]time.Duration{0}, acceptRelay},
		{[]time.Duration{20 * time.Millisecond}, 600 * time.Millisecond},
		{[]time.Duration{300 * time.Millisecond, 0, 200 * time.Millisecond}, 1500 * time.Millisecond},
		{[]time.Duration{time.Second}, acceptRelayMost},
	} {
		var relays []link.Relay
		for _, trip := range one.trips {
			relays = append(relays, link.Relay{RoundTrip: trip})
		}
		if got := relayWait(relays); got != one.want {
			t.Errorf("round trips %v: %v instead of %v", one.trips, got, one.want)
		}
	}
}

// TestEarlyChecksAreNotRead: the sockets of candidates skip them.
func TestEarlyChecksAreNotRead(t *testing.T) {
	machine, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	early := []byte("early")
	wrapped := &network{Net: machine, asking: &askingSockets{}, disguised: func(packet []byte, _ net.Addr) bool { return string(packet) == string(early) }}
	conn, err := wrapped.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, packet := range [][]byte{early, []byte("later")} {
		if _, err = conn.WriteTo(packet, conn.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	if err = conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 100)
	n, _, err := conn.ReadFrom(buffer)
	if err != nil || string(buffer[:n]) != "later" {
		t.Errorf("read %q, %v", buffer[:n], err)
	}
}

func TestRefusedElsewhere(t *testing.T) {
	t.Parallel()
	for text, here := range map[string]bool{
		"127.0.0.1": true, "10.1.2.3": true, "192.168.1.1": true, "169.254.1.1": true, "fe80::1": true, "fd00::1": true, "::1": true,
		"198.51.100.7": false, "100.64.0.1": false, "2001:db8::1": false, "172.32.0.1": false,
	} {
		for _, route := range []link.Route{link.RouteAny, link.RouteNetwork} {
			s := &session{transport: &Transport{}, options: link.Options{Route: route}}
			if got, want := s.refused(netip.MustParseAddr(text)), route == link.RouteNetwork && !here; got != want {
				t.Errorf("%s by route %d: refused %t", text, route, got)
			}
		}
	}
}
