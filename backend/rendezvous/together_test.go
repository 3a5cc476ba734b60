package rendezvous_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/framing"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// masked appends a frame as a client sends it, with a mask of zeros.
func masked(t *testing.T, to []byte, frame *wire.ClientFrame) []byte {
	t.Helper()
	data, err := protocol.Protobuf.Encode(frame)
	if err != nil {
		t.Fatal(err)
	}
	header := framing.AppendHeader(nil, framing.Binary, len(data))
	header[1] |= 0x80
	return append(append(append(to, header...), 0, 0, 0, 0), data...)
}

func numbered(number, size int) []byte {
	return binary.BigEndian.AppendUint32(make([]byte, size-4, size), uint32(number))
}

// TestTogether sends very many frames in one piece, some of which the server
// has to ask its engine about, and then the end of the connection. All of them
// are answered, and everything comes in its order.
func TestTogether(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) { o.Limits.Rate, o.Limits.Burst = 1e6, 1e6 })
	address := server.Rendezvous().Listening().String()
	recipient := rendezvoustest.NewDevice(t)
	to, from := mustDial(t, address, protocol.Protobuf), mustDial(t, address, protocol.Protobuf)
	to.login(recipient)
	from.login(rendezvoustest.NewDevice(t))
	peer := recipient.Peer()
	const count = 300
	var together []byte
	for i := range count {
		id := uint64(i)
		switch i % 10 {
		case 3:
			together = masked(t, together, heartbeat(id))
		case 7:
			together = masked(t, together, &wire.ClientFrame{Kind: &wire.ClientFrame_Lookup{Lookup: &wire.Lookup{Id: id, Identity: peer[:]}}})
		default:
			together = masked(t, together, &wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{
				Id: id, To: peer[:], Envelope: numbered(i, 4+i*i%3000),
			}}})
		}
	}
	written := make(chan error, 1)
	go func() {
		_, err := from.conn.Write(together)
		written <- err
	}()
	for i := range count {
		answer := from.mustRead()
		got := answer.GetSignalResult().GetId()
		switch i % 10 {
		case 3:
			got = answer.GetHeartbeatReply().GetId()
		case 7:
			got = answer.GetLookupResult().GetId()
		}
		if got != uint64(i) {
			t.Fatalf("answer %d is %v", i, answer)
		}
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	for i := range count {
		if i%10 == 3 || i%10 == 7 {
			continue
		}
		if got := to.mustRead().GetDeliver().GetEnvelope(); !bytes.Equal(got, numbered(i, 4+i*i%3000)) {
			t.Fatalf("signal %d is another, of %d bytes", i, len(got))
		}
	}
	await(t, "nothing held", func() bool { return server.Rendezvous().Held() == 0 })
}

// TestLastSignal has the end of a connection come with the last thing that was said.
func TestLastSignal(t *testing.T) {
	t.Parallel()
	server := start(t)
	address := server.Rendezvous().Listening().String()
	recipient := rendezvoustest.NewDevice(t)
	to := mustDial(t, address, protocol.Protobuf)
	to.login(recipient)
	peer := recipient.Peer()
	for i := range 20 {
		from := mustDial(t, address, protocol.Protobuf)
		from.login(rendezvoustest.NewDevice(t))
		from.send(&wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{To: peer[:], Envelope: numbered(i, 16)}}})
		from.close()
		if got := to.mustRead().GetDeliver().GetEnvelope(); !bytes.Equal(got, numbered(i, 16)) {
			t.Fatalf("signal %d: %x", i, got)
		}
		await(t, "the end of the session", func() bool { return server.Rendezvous().Sessions() == 1 })
	}
}

// TestEndAtOnce has connections end before the server looked at what they said.
func TestEndAtOnce(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) {
		o.Limits.Header, o.Limits.Login, o.Limits.Unauthenticated = time.Minute, time.Minute, 1000
	})
	for range 50 {
		conn := mustConnect(t, server)
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "the end of all", func() bool { return server.Rendezvous().Counts().Connections == 0 })
}
