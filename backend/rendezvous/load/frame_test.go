package load

import (
	"bytes"
	"io"
	"testing"

	"github.com/gobwas/ws"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestHeaders compares with the library: every length that is written otherwise, complete and cut short.
func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 125, 126, 127, 0xffff, 0x10000, maxMessage} {
		var written bytes.Buffer
		if err := ws.WriteHeader(&written, ws.Header{Fin: true, OpCode: ws.OpBinary, Length: int64(size)}); err != nil {
			t.Fatal(err)
		}
		whole := written.Bytes()
		h, err := parseHeader(whole)
		if err != nil || h.payload != size || h.size != len(whole) || h.code != ws.OpBinary || !h.final {
			t.Errorf("%d bytes: %+v, %v", size, h, err)
		}
		for cut := range whole {
			if h, err = parseHeader(whole[:cut]); err != nil || h.size != 0 {
				t.Errorf("%d bytes, %d of the header: %+v, %v", size, cut, h, err)
			}
		}
	}
	for name, refused := range map[string][]byte{
		"masked":          {0x82, 0x80},
		"an extension":    {0xc2, 0},
		"too large":       {0x82, 127, 0, 0, 0, 0, 0, 4, 0, 1},
		"negative":        {0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"a ping in parts": {0x09, 0},
		"a large ping":    {0x89, 126, 0, 126},
	} {
		if h, err := parseHeader(refused); err == nil {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

func TestFramesAreMasked(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 5, 125, 126, 1024, 0xffff, 0x10000} {
		payload := bytes.Repeat([]byte{7}, size)
		frame := bytes.NewReader(appendFrame(nil, ws.OpBinary, payload, 0))
		h, err := ws.ReadHeader(frame)
		if err != nil || !h.Masked || h.Mask == [4]byte{} || h.Length != int64(size) || frame.Len() != size {
			t.Fatalf("%d bytes: %+v, %v", size, h, err)
		}
		sent, err := io.ReadAll(frame)
		if ws.Cipher(sent, h.Mask, 0); err != nil || !bytes.Equal(sent, payload) {
			t.Errorf("%d bytes: another payload", size)
		}
	}
}

// TestSignalFrame: what is written by hand is what protobuf reads, and the other way round.
func TestSignalFrame(t *testing.T) {
	t.Parallel()
	peer := identity.PeerID{1, 2, 3}
	var sent wire.ClientFrame
	if err := proto.Unmarshal(appendSignal(nil, peer, 42), &sent); err != nil {
		t.Fatal(err)
	}
	signal := sent.GetSendSignal()
	if !bytes.Equal(signal.GetTo(), peer[:]) || len(signal.GetEnvelope()) != MessageSize {
		t.Fatalf("%v", &sent)
	}
	for _, one := range []struct {
		frame *wire.ServerFrame
		stamp uint64
		kind  peeked
	}{
		{&wire.ServerFrame{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: signal.GetEnvelope()}}}, 42, peekedDeliver},
		{&wire.ServerFrame{Kind: &wire.ServerFrame_SignalResult{SignalResult: &wire.SignalResult{Id: 9, Outcome: wire.SignalOutcome_SIGNAL_OUTCOME_ACCEPTED}}}, 0, peekedAccepted},
		{&wire.ServerFrame{Kind: &wire.ServerFrame_SignalResult{SignalResult: &wire.SignalResult{Id: 9, Outcome: wire.SignalOutcome_SIGNAL_OUTCOME_ABSENT}}}, 0, peekedOther},
		{&wire.ServerFrame{Kind: &wire.ServerFrame_HeartbeatReply{HeartbeatReply: &wire.HeartbeatReply{Id: 1}}}, 0, peekedAccepted},
		{&wire.ServerFrame{Kind: &wire.ServerFrame_Presence{Presence: &wire.Presence{Online: true}}}, 0, peekedOther},
	} {
		data, err := wire.Encode(one.frame)
		if err != nil {
			t.Fatal(err)
		}
		if stamp, kind := peek(data); stamp != one.stamp || kind != one.kind {
			t.Errorf("%v: stamp %d, kind %d", one.frame, stamp, kind)
		}
	}
}

func FuzzPeek(f *testing.F) {
	f.Add([]byte{0x2a, 0x0a, 0x0a, 0x08, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Add([]byte{0x32, 0x04, 0x08, 0x01, 0x10, 0x01})
	f.Fuzz(func(t *testing.T, data []byte) {
		stamp, kind := peek(data)
		if kind != peekedDeliver {
			return
		}
		var frame wire.ServerFrame
		if proto.Unmarshal(data, &frame) == nil && frame.GetDeliver() == nil {
			t.Errorf("saw a signal with stamp %d in %v", stamp, &frame)
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte{0x82, 126, 1, 0})
	f.Add([]byte{0x89, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parseHeader(data)
		if err != nil || h.size == 0 {
			return
		}
		if h.payload < 0 || h.payload > maxMessage || h.size > len(data) {
			t.Errorf("%+v", h)
		}
		want, err := ws.ReadHeader(bytes.NewReader(data))
		if err != nil || want.Length != int64(h.payload) || want.OpCode != h.code || want.Fin != h.final {
			t.Errorf("%+v, the library says %+v, %v", h, want, err)
		}
	})
}
