package webrtclink

import (
	"errors"
	"net"
	"testing"

	"github.com/pion/stun"
	"github.com/pion/transport/v2/stdnet"
)

// request is a TURN client's message about a peer.
func request(t *testing.T, method stun.Method, peer string) []byte {
	t.Helper()
	message, err := stun.Build(stun.TransactionID, stun.NewType(method, stun.ClassRequest))
	if err == nil {
		address := stun.XORMappedAddress{IP: net.ParseIP(peer), Port: 9}
		err = address.AddToAs(message, stun.AttrXORPeerAddress)
	}
	if err != nil {
		t.Fatal(err)
	}
	return message.Raw
}

func TestFutilePermissions(t *testing.T) {
	for _, one := range []struct {
		what, relay, peer string
		method            stun.Method
		futile            bool
	}{
		{"a home's own address", "198.51.100.1", "192.168.1.5", stun.MethodCreatePermission, true},
		{"the same machine", "198.51.100.1", "127.0.0.1", stun.MethodCreatePermission, true},
		{"a link-local address", "198.51.100.1", "169.254.3.4", stun.MethodCreatePermission, true},
		{"an IPv6 home's own address", "2001:db8::1", "fd00::5", stun.MethodCreatePermission, true},
		{"an address on the internet", "198.51.100.1", "203.0.113.7", stun.MethodCreatePermission, false},
		{"a relay next door", "192.168.1.1", "192.168.1.5", stun.MethodCreatePermission, false},
		{"a relay on this machine", "127.0.0.1", "127.0.0.1", stun.MethodCreatePermission, false},
		{"a channel of a permission that there is", "198.51.100.1", "192.168.1.5", stun.MethodChannelBind, false},
	} {
		t.Run(one.what, func(t *testing.T) {
			packet := request(t, one.method, one.peer)
			for _, relay := range []net.Addr{
				&net.UDPAddr{IP: net.ParseIP(one.relay), Port: 7117}, &net.TCPAddr{IP: net.ParseIP(one.relay), Port: 7117},
			} {
				if got := futile(packet, relay); got != one.futile {
					t.Errorf("futile: %v over %s", got, relay.Network())
				}
			}
			for cut := range packet {
				if futile(packet[:cut], &net.UDPAddr{IP: net.ParseIP(one.relay), Port: 7117}) {
					t.Errorf("%d bytes of a request are taken for one", cut)
				}
			}
		})
	}
}

// TestRelaySockets: the sockets that relays are talked to through refuse such a
// request at once, and carry everything else.
func TestRelaySockets(t *testing.T) {
	machine, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&network{Net: machine, asking: &askingSockets{}}).ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	elsewhere := &net.UDPAddr{IP: net.IPv4(198, 51, 100, 1), Port: 7117}
	if _, err = conn.WriteTo(request(t, stun.MethodCreatePermission, "10.0.0.1"), elsewhere); !errors.Is(err, errNoSuchWay) {
		t.Errorf("a futile request: %v", err)
	}
	if _, err = conn.WriteTo(request(t, stun.MethodCreatePermission, "10.0.0.1"), conn.LocalAddr()); err != nil {
		t.Errorf("a request to a relay next door: %v", err)
	}
}
