package webrtclink

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/transport/v2/stdnet"
)

func TestSocketsDropBannedAddressesBothWays(t *testing.T) {
	machine, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	banned := netip.MustParseAddr("127.0.0.2")
	wrapped := &network{Net: machine, guard: guard{banned: func(a netip.Addr) bool { return a == banned }}}
	guarded, err := wrapped.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = guarded.Close() }()
	listen := func(address string) *net.UDPConn {
		conn, listenErr := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(address)})
		if listenErr != nil {
			t.Skipf("this machine has no %s: %v", address, listenErr)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	friend, foe := listen("127.0.0.3"), listen("127.0.0.2")
	for _, sender := range []*net.UDPConn{foe, friend} {
		if _, err = sender.WriteTo([]byte(sender.LocalAddr().String()), guarded.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	buffer := make([]byte, 100)
	if err = guarded.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, from, err := guarded.ReadFrom(buffer)
	if err != nil || string(buffer[:n]) != friend.LocalAddr().String() || from.String() != friend.LocalAddr().String() {
		t.Errorf("heard %q from %v: %v", buffer[:n], from, err)
	}
	for _, receiver := range []*net.UDPConn{foe, friend} {
		if n, err = guarded.WriteTo([]byte("hello"), receiver.LocalAddr()); n != 5 || err != nil {
			t.Errorf("WriteTo: %d, %v", n, err)
		}
	}
	if err = friend.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err = friend.Read(buffer); err != nil {
		t.Errorf("the friend heard nothing: %v", err)
	}
	// Loopback delivers before the write returns: what is not there was not sent.
	if err = foe.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err = foe.Read(buffer); err == nil {
		t.Errorf("the banned side heard %q", buffer[:n])
	}
	if _, err = wrapped.DialTCP("tcp4", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2), Port: 9}); !errors.Is(err, errBanned) {
		t.Errorf("DialTCP: %v", err)
	}
	if _, err = wrapped.DialUDP("udp4", nil, &net.UDPAddr{IP: net.ParseIP("::ffff:127.0.0.2"), Port: 9}); !errors.Is(err, errBanned) {
		t.Errorf("DialUDP of a mapped address: %v", err)
	}
}
