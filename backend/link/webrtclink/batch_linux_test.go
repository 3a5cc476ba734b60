package webrtclink

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/pion/transport/v2"
	"golang.org/x/sys/unix"
)

func batchSocket(t *testing.T) *batchConn {
	t.Helper()
	raw, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	conn := batched(raw)
	t.Cleanup(func() { _ = conn.Close() })
	fast, ok := conn.(*batchConn)
	if !ok {
		t.Skip("this kernel has no UDP segmentation offload")
	}
	return fast
}

// TestBatchesArriveAsPackets sends what bulk, messages and control look like:
// every packet arrives by itself and in order, whether it was cut by the kernel,
// waited, or went out at once.
func TestBatchesArriveAsPackets(t *testing.T) {
	for _, plain := range []bool{false, true} {
		from, to := batchSocket(t), batchSocket(t)
		from.plain = plain
		_ = to.SetReadBuffer(socketBuffer)
		var packets [][]byte
		add := func(count, size int) {
			for range count {
				packets = append(packets, bytes.Repeat([]byte{byte(len(packets))}, size))
			}
		}
		add(100, 1200)
		add(1, 50)
		add(3, 1200)
		add(1, 1100)
		add(2, 1150)
		add(1, 1400)
		add(batchSegments, 1300)
		add(1, 1)
		add(1, 1200) // nothing follows: the timer must send it
		for _, packet := range packets {
			if n, err := from.WriteTo(packet, to.LocalAddr()); n != len(packet) || err != nil {
				t.Fatalf("WriteTo: %d, %v", n, err)
			}
		}
		if err := to.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		buffer := make([]byte, 8192)
		for i, packet := range packets {
			n, sender, err := to.ReadFrom(buffer)
			if err != nil || !bytes.Equal(buffer[:n], packet) || sender.String() != from.LocalAddr().String() {
				t.Fatalf("packet %d of %d bytes: %d bytes from %v, %v (plain: %t)", i, len(packet), n, sender, err, plain)
			}
		}
		if from.plain != plain {
			t.Log("the kernel refused a batch")
		}
	}
}

func TestBatchForTwoAddresses(t *testing.T) {
	from, one, two := batchSocket(t), batchSocket(t), batchSocket(t)
	packet := make([]byte, 1200)
	for i := range 10 {
		packet[0] = byte(i)
		for _, to := range []*batchConn{one, two} {
			if _, err := from.WriteTo(packet, to.LocalAddr()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := from.Close(); err != nil { // sends what waits
		t.Fatal(err)
	}
	if _, err := from.WriteTo(packet, one.LocalAddr()); err == nil {
		t.Error("WriteTo after Close")
	}
	buffer := make([]byte, 8192)
	for _, to := range []transport.UDPConn{one, two} {
		if err := to.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			if n, _, err := to.ReadFromUDP(buffer); err != nil || n != 1200 || buffer[0] != byte(i) {
				t.Fatalf("packet %d: %d bytes, %d first, %v", i, n, buffer[0], err)
			}
		}
	}
}

func TestControlMessages(t *testing.T) {
	messages, err := unix.ParseSocketControlMessage(appendSegmentSize(nil, 1234))
	if err != nil || len(messages) != 1 || messages[0].Header.Level != unix.SOL_UDP || messages[0].Header.Type != unix.UDP_SEGMENT {
		t.Fatalf("%+v, %v", messages, err)
	}
	if data := messages[0].Data; len(data) < 2 || int(data[0])|int(data[1])<<8 != 1234 && int(data[1])|int(data[0])<<8 != 1234 {
		t.Errorf("size %v", data)
	}
	if size := segmentSize(nil); size != 0 {
		t.Errorf("size %d of nothing", size)
	}
}
