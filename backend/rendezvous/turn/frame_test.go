package turn

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

func TestFrameSize(t *testing.T) {
	t.Parallel()
	for header, want := range map[[4]byte]int{
		{0x00, 0x01, 0x00, 0x00}: 20, {0x01, 0x01, 0x00, 0x0C}: 32, {0x3F, 0xFF, 0x00, 0x04}: 24,
		{0x40, 0x00, 0x00, 0x00}: 4, {0x40, 0x00, 0x00, 0x01}: 8, {0x7F, 0xFF, 0x00, 0x04}: 8, {0x40, 0x01, 0x07, 0xFC}: MaxFrame,
		{0x00, 0x01, 0x07, 0xEC}: MaxFrame,
	} {
		if got, err := frameSize(header); got != want || err != nil {
			t.Errorf("frameSize(%x) = %d, %v, want %d", header, got, err, want)
		}
	}
	for header, want := range map[[4]byte]error{
		{0x80, 0, 0, 0}: errNotFrame, {0xFF, 0xFF, 0xFF, 0xFF}: errNotFrame, {0x00, 0x01, 0x00, 0x01}: errNotFrame,
		{0x00, 0x01, 0x07, 0xF0}: errFrameLarge, {0x40, 0x01, 0x07, 0xFD}: errFrameLarge, {0x40, 0x01, 0xFF, 0xFF}: errFrameLarge,
	} {
		if _, err := frameSize(header); !errors.Is(err, want) {
			t.Errorf("frameSize(%x): %v, want %v", header, err, want)
		}
	}
}

func request(t testing.TB, method stun.Method, class stun.MessageClass, setters ...stun.Setter) []byte {
	t.Helper()
	message, err := stun.Build(append([]stun.Setter{stun.TransactionID, stun.NewType(method, class)}, setters...)...)
	if err != nil {
		t.Fatal(err)
	}
	return message.Raw
}

func TestAttribute(t *testing.T) {
	t.Parallel()
	packet := request(t, stun.MethodAllocate, stun.ClassRequest, stun.NewUsername("abc"), stun.NewRealm("tincan"), stun.NewShortTermIntegrity("x"))
	if kind, ok := kindOf(packet); !ok || kind != kindAllocate {
		t.Errorf("kind %#x, %t", kind, ok)
	}
	if value, ok := attribute(packet, uint16(stun.AttrRealm)); !ok || string(value) != "tincan" {
		t.Errorf("realm %q, %t", value, ok)
	}
	if value, ok := attribute(packet, attributeIntegrity); !ok || len(value) != 20 {
		t.Errorf("integrity %x, %t", value, ok)
	}
	if _, ok := attribute(packet, attributeChannel); ok {
		t.Error("a channel that is not there")
	}
	if _, ok := kindOf(packet[:len(packet)-1]); ok {
		t.Error("a message that is cut off is one")
	}
}

// TestOnlyWhatIsKnown: the library does not see what it has no use for.
func TestOnlyWhatIsKnown(t *testing.T) {
	t.Parallel()
	f := newFront(start(t, func(*Options) {}))
	from := netip.MustParseAddrPort("127.0.0.1:9")
	for name, packet := range map[string][]byte{
		"channel data of nobody":  {0x40, 0, 0, 0},
		"a binding indication":    request(t, stun.MethodBinding, stun.ClassIndication),
		"a response":              request(t, stun.MethodAllocate, stun.ClassSuccessResponse),
		"a connection":            request(t, stun.MethodConnect, stun.ClassRequest),
		"binding a connection":    request(t, stun.MethodConnectionBind, stun.ClassRequest),
		"a send of nobody":        request(t, stun.MethodSend, stun.ClassIndication),
		"a channel of nobody":     request(t, stun.MethodChannelBind, stun.ClassRequest),
		"nothing":                 {},
		"something of HTTP":       []byte("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"),
		"STUN without its cookie": make([]byte, 20),
	} {
		if f.admit(packet, from) {
			t.Errorf("%s is let through", name)
		}
	}
	for _, method := range []stun.Method{stun.MethodBinding, stun.MethodAllocate, stun.MethodRefresh, stun.MethodCreatePermission} {
		if !f.admit(request(t, method, stun.ClassRequest), from) {
			t.Errorf("%v is not let through", method)
		}
	}
}

// FuzzFrames: what comes over TCP is cut into frames that are whole and not too
// large, whatever it is; nothing is lost or made up.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{0x40, 0, 0, 1, 'x', 0, 0, 0, 0x40, 0, 0, 0})
	f.Add(append(request(f, stun.MethodBinding, stun.ClassRequest, stun.NewSoftware("x")), 0x80))
	f.Add([]byte{0, 1, 0xFF, 0xFC})
	server := &Server{options: Options{}.withDefaults()}
	server.places = newPlaces(50, 2000)
	from := netip.MustParseAddrPort("127.0.0.1:9")
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &stream{server: server, raw: silentConn{}, begun: time.Now(), front: newFront(server), reader: bufio.NewReaderSize(bytes.NewReader(data), MaxFrame)}
		buffer := make([]byte, MaxFrame+1)
		taken := 0
		for {
			size, err := c.readFrame(buffer)
			if err != nil {
				rest := len(data) - taken
				if errors.Is(err, io.EOF) && rest >= frameHeader {
					t.Errorf("%d bytes are said to be none", rest)
				}
				return
			}
			if size < frameHeader || size > MaxFrame || !bytes.Equal(buffer[:size], data[taken:taken+size]) {
				t.Fatalf("a frame of %d bytes at %d", size, taken)
			}
			taken += size
			if c.front.admit(buffer[:size], from) {
				if kind, ok := kindOf(buffer[:size]); !ok || kind&0x0110 != 0 || int(binary.BigEndian.Uint16(buffer[2:])) != size-stunHeader {
					t.Errorf("the library gets %x", buffer[:size])
				}
			}
		}
	})
}

// silentConn takes deadlines.
type silentConn struct{ net.Conn }

func (silentConn) SetReadDeadline(time.Time) error { return nil }
