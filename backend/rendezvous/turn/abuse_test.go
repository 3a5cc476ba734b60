package turn

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// raw is a client that says whatever it wants.
type raw struct {
	testing     testing.TB
	socket      net.PacketConn
	server      net.Addr
	credentials *wire.RelayCredentials
	nonce       stun.Nonce
}

func rawClient(t testing.TB, server *Server) *raw {
	t.Helper()
	socket, address := transport(t, server, "udp", nil)
	resolved, err := net.ResolveUDPAddr("udp4", address)
	if err != nil {
		t.Fatal(err)
	}
	r := &raw{testing: t, socket: socket, server: resolved, credentials: server.Credentials(identity.PeerID{1}, "")}
	first := r.ask(request(t, stun.MethodAllocate, stun.ClassRequest))
	if err = r.nonce.GetFrom(first); err != nil || codeOf(first) != stun.CodeUnauthorized {
		t.Fatalf("the first answer is %v: %v", first, err)
	}
	return r
}

func (r *raw) ask(packet []byte) *stun.Message {
	r.testing.Helper()
	if _, err := r.socket.WriteTo(packet, r.server); err != nil {
		r.testing.Fatal(err)
	}
	if err := r.socket.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.testing.Fatal(err)
	}
	buffer := make([]byte, 2000)
	n, _, err := r.socket.ReadFrom(buffer)
	if err != nil {
		r.testing.Fatal(err)
	}
	answer := &stun.Message{Raw: buffer[:n]}
	if err = answer.Decode(); err != nil {
		r.testing.Fatal(err)
	}
	return answer
}

// signed makes a request that is authenticated.
func (r *raw) signed(method stun.Method, setters ...stun.Setter) []byte {
	r.testing.Helper()
	username := r.credentials.GetUsername()
	return request(r.testing, method, stun.ClassRequest, append(setters,
		stun.NewUsername(username), stun.NewRealm(realm), r.nonce,
		stun.NewLongTermIntegrity(username, realm, r.credentials.GetPassword()))...)
}

// codeOf is the error of an answer, 0 for none.
func codeOf(answer *stun.Message) stun.ErrorCode {
	var code stun.ErrorCodeAttribute
	if code.GetFrom(answer) != nil {
		return 0
	}
	return code.Code
}

// bytesOf is an attribute as it is.
func bytesOf(kind stun.AttrType, value ...byte) stun.Setter {
	return stun.RawAttribute{Type: kind, Value: value}
}

func peerAddress(text string) stun.Setter { return peerSetter(netip.MustParseAddrPort(text)) }

type peerSetter netip.AddrPort

// AddTo implements stun.Setter.
func (p peerSetter) AddTo(message *stun.Message) error {
	address := stun.XORMappedAddress{IP: netip.AddrPort(p).Addr().AsSlice(), Port: int(netip.AddrPort(p).Port())}
	return address.AddToAs(message, stun.AttrXORPeerAddress)
}

func channel(number uint16) stun.Setter {
	return bytesOf(stun.AttrChannelNumber, byte(number>>8), byte(number), 0, 0)
}

var relayUDP = bytesOf(stun.AttrRequestedTransport, 17, 0, 0, 0)

func TestOnlyPlainAllocations(t *testing.T) {
	t.Parallel()
	server := start(t, func(*Options) {})
	r := rawClient(t, server)
	for name, setters := range map[string][]stun.Setter{
		"TCP (RFC 6062)":   {bytesOf(stun.AttrRequestedTransport, 6, 0, 0, 0)},
		"SCTP":             {bytesOf(stun.AttrRequestedTransport, 132, 0, 0, 0)},
		"an even port":     {relayUDP, bytesOf(stun.AttrEvenPort, 0x80)},
		"a reserved port":  {relayUDP, bytesOf(stun.AttrReservationToken, 1, 2, 3, 4, 5, 6, 7, 8)},
		"IPv6":             {relayUDP, bytesOf(stun.AttrRequestedAddressFamily, 2, 0, 0, 0)},
		"nothing at all":   {},
		"an unknown thing": {relayUDP, bytesOf(0x7FFF, 1)},
	} {
		if answer := r.ask(r.signed(stun.MethodAllocate, setters...)); codeOf(answer) == 0 || server.Counts().Allocations != 0 {
			t.Errorf("%s is allocated", name)
		}
	}
	if answer := r.ask(r.signed(stun.MethodAllocate, relayUDP)); codeOf(answer) != 0 {
		t.Errorf("UDP is not allocated: %v", answer)
	}
}

func TestPermissionsAndChannelsAreBounded(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) { o.Limits.Permissions, o.Limits.Channels = 3, 2 })
	r := rawClient(t, server)
	if answer := r.ask(r.signed(stun.MethodAllocate, relayUDP)); codeOf(answer) != 0 {
		t.Fatal(answer)
	}
	permit := func(text string) stun.ErrorCode {
		return codeOf(r.ask(r.signed(stun.MethodCreatePermission, peerAddress(text))))
	}
	for _, text := range []string{"127.0.0.1:1", "127.0.0.2:1", "127.0.0.3:1", "127.0.0.1:2"} {
		if code := permit(text); code != 0 {
			t.Errorf("%s: %v", text, code)
		}
	}
	if code := permit("127.0.0.4:1"); code != stun.CodeForbidden {
		t.Errorf("a fourth address of three: %v", code)
	}
	for _, text := range []string{"10.0.0.1:1", "169.254.169.254:80", "0.0.0.0:1"} {
		if code := permit(text); code != stun.CodeForbidden {
			t.Errorf("%s: %v", text, code)
		}
	}
	bind := func(number uint16, text string) []byte {
		return r.signed(stun.MethodChannelBind, channel(number), peerAddress(text))
	}
	for number, text := range map[uint16]string{0x4000: "127.0.0.1:1", 0x4001: "127.0.0.1:2"} {
		if answer := r.ask(bind(number, text)); codeOf(answer) != 0 {
			t.Errorf("channel %x: %v", number, answer)
		}
	}
	refused := server.Counts().Refused
	if _, err := r.socket.WriteTo(bind(0x4002, "127.0.0.1:3"), r.server); err != nil {
		t.Fatal(err)
	}
	if answer := r.ask(bind(0x4001, "127.0.0.1:2")); codeOf(answer) != 0 {
		t.Errorf("a channel is not refreshed: %v", answer)
	}
	if server.Counts().Refused != refused+1 {
		t.Error("a third channel of two is answered")
	}
}

// TestAnswersAreBounded: a server that answers whoever asks can be turned
// against others, because the sender of a UDP packet is what it says.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	clock := newClock()
	server := start(t, func(o *Options) { o.Now, o.Limits.Requests = clock.Now, 4 })
	line := allocate(t, clientOf(t, server, server.Credentials(identity.PeerID{1}, ""))) // takes 1: the second request is answered by the same
	peer := echo(t).LocalAddr()
	socket, address := transport(t, server, "udp", nil)
	to, err := net.ResolveUDPAddr("udp4", address)
	if err != nil {
		t.Fatal(err)
	}
	asked, answered, sent := 0, 0, 0
	buffer := make([]byte, 2000)
	for asked = range 60 {
		packet := request(t, []stun.Method{stun.MethodBinding, stun.MethodAllocate, stun.MethodRefresh}[asked%3], stun.ClassRequest)
		if _, err = socket.WriteTo(packet, to); err != nil {
			t.Fatal(err)
		}
		sent += len(packet)
	}
	// The last word of a line that is authenticated comes through all the same, and after the answers.
	if err = roundTrip(t, line, peer, "hello"); err != nil {
		t.Errorf("a line of the same address: %v", err)
	}
	got := 0
	for {
		if err = socket.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		n, _, readErr := socket.ReadFrom(buffer)
		if errors.Is(readErr, os.ErrDeadlineExceeded) {
			break
		}
		answered++
		got += n
	}
	if answered == 0 || answered > 20 {
		t.Errorf("%d answers to %d requests, 20 may be", answered, asked+1)
	}
	if got > sent {
		t.Errorf("%d bytes for %d", got, sent)
	}
	clock.advance(time.Second)
	if _, err = socket.WriteTo(request(t, stun.MethodBinding, stun.ClassRequest), to); err != nil {
		t.Fatal(err)
	}
	if err = socket.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, _, err = socket.ReadFrom(buffer); err != nil {
		t.Errorf("a second later nothing is answered: %v", err)
	}
}

// TestSomebodyElsesAllocation: another peer's credentials do not reach it, even from the same address and port.
func TestSomebodyElsesAllocation(t *testing.T) {
	t.Parallel()
	server := start(t, func(*Options) {})
	r := rawClient(t, server)
	if answer := r.ask(r.signed(stun.MethodAllocate, relayUDP)); codeOf(answer) != 0 {
		t.Fatal(answer)
	}
	own := r.credentials
	r.credentials = server.Credentials(identity.PeerID{2}, "")
	end := r.signed(stun.MethodRefresh, bytesOf(stun.AttrLifetime, 0, 0, 0, 0))
	if _, err := r.socket.WriteTo(end, r.server); err != nil {
		t.Fatal(err)
	}
	if answer := r.ask(request(t, stun.MethodBinding, stun.ClassRequest)); answer.Type != stun.BindingSuccess || server.Counts().Allocations != 1 {
		t.Errorf("somebody else's allocation was ended: %v", answer)
	}
	r.credentials = own
	if answer := r.ask(r.signed(stun.MethodRefresh, bytesOf(stun.AttrLifetime, 0, 0, 0, 0))); codeOf(answer) != 0 {
		t.Error(answer)
	}
	eventually(t, "the end of the allocation", func() bool { return server.Counts().Allocations == 0 })
}

// FuzzServer: a server survives what anybody sends over UDP, signed or not.
func FuzzServer(f *testing.F) {
	server := start(f, func(o *Options) { o.Limits.Requests, o.Limits.RequestsAll = 1_000_000, 1_000_000 })
	r := rawClient(f, server)
	f.Add(uint16(stun.MethodAllocate), []byte{0, 25, 0, 4, 17, 0, 0, 0})
	f.Add(uint16(stun.MethodRefresh), []byte{0, 13, 0, 4, 0, 0, 0, 0})
	f.Add(uint16(stun.MethodCreatePermission), []byte{0, 18, 0, 8, 0, 1, 0, 1, 127, 0, 0, 1})
	f.Fuzz(func(t *testing.T, method uint16, attributes []byte) {
		mine := *r
		mine.testing = t
		var setters []stun.Setter
		for rest := attributes; len(rest) >= attributeHeader && len(attributes) < 1000; {
			end := min(attributeHeader+int(binary.BigEndian.Uint16(rest[2:])), len(rest))
			setters = append(setters, stun.RawAttribute{Type: stun.AttrType(binary.BigEndian.Uint16(rest)), Value: rest[attributeHeader:end]})
			rest = rest[min((end+3)&^3, len(rest)):]
		}
		for _, packet := range [][]byte{mine.signed(stun.Method(method%12), setters...), attributes} {
			if _, err := r.socket.WriteTo(packet, r.server); err != nil && len(packet) < 1500 {
				t.Fatal(err)
			}
		}
		if counts := server.Counts(); counts.Allocations > 1 {
			t.Errorf("counts %+v", counts)
		}
	})
}
