package protocol

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

func signalFrame(id uint64, to, envelope []byte) *wire.ClientFrame {
	return &wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{Id: id, To: to, Envelope: envelope}}}
}

func TestPeekSignal(t *testing.T) {
	t.Parallel()
	peer := identity.PeerID{1, 2, 3}
	for _, size := range []int{0, 1, 127, 128, 1 << 10, wire.MaxEnvelope} {
		for _, id := range []uint64{0, 1, 1<<64 - 1} {
			want := bytes.Repeat([]byte{7}, size)
			data, err := Protobuf.Encode(signalFrame(id, peer[:], want))
			if err != nil {
				t.Fatal(err)
			}
			gotID, to, envelope, good := PeekSignal(data)
			if !good || gotID != id || to != peer || !bytes.Equal(envelope, want) {
				t.Errorf("%d bytes, id %d: %v", size, id, good)
			}
			for _, broken := range [][]byte{data[:len(data)-1], append(bytes.Clone(data), 0), append(bytes.Clone(data), data...)} {
				if _, _, _, good = PeekSignal(broken); good {
					t.Error("taken although something is missing or follows")
				}
			}
		}
	}
	for name, frame := range map[string]*wire.ClientFrame{
		"nobody":     signalFrame(1, nil, []byte{1}),
		"half a key": signalFrame(1, peer[:16], []byte{1}),
		"heartbeat":  {Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{Id: 1}}},
		"nothing":    {},
	} {
		data, err := Protobuf.Encode(frame)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, good := PeekSignal(data); good {
			t.Errorf("%s is taken for a signal", name)
		}
	}
}

// FuzzPeekSignal compares with what protobuf makes of the same bytes.
func FuzzPeekSignal(f *testing.F) {
	peer := identity.PeerID{9}
	data, err := Protobuf.Encode(signalFrame(300, peer[:], []byte("envelope")))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:3])
	f.Add(append(bytes.Clone(data[:2]), data...))
	f.Fuzz(func(t *testing.T, data []byte) {
		id, to, envelope, good := PeekSignal(data)
		if !good {
			return
		}
		var frame wire.ClientFrame
		if err := proto.Unmarshal(data, &frame); err != nil {
			t.Fatalf("taken although it is no frame: %v", err)
		}
		signal := frame.GetSendSignal()
		if signal == nil || signal.GetId() != id || !bytes.Equal(signal.GetTo(), to[:]) || !bytes.Equal(signal.GetEnvelope(), envelope) {
			t.Error("not the same signal")
		}
	})
}

func TestAppendFrames(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 127, 128, 1 << 10, wire.MaxEnvelope} {
		envelope := bytes.Repeat([]byte{3}, size)
		want, err := Protobuf.Encode(&wire.ServerFrame{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: envelope}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := append(AppendDeliver(nil, size), envelope...); !bytes.Equal(got, want) {
			t.Errorf("a Deliver of %d bytes differs", size)
		}
	}
	for _, id := range []uint64{0, 1, 200, 1<<64 - 1} {
		for _, outcome := range []wire.SignalOutcome{0, wire.SignalOutcome_SIGNAL_OUTCOME_ACCEPTED, wire.SignalOutcome_SIGNAL_OUTCOME_ABSENT} {
			want, err := Protobuf.Encode(&wire.ServerFrame{Kind: &wire.ServerFrame_SignalResult{SignalResult: &wire.SignalResult{Id: id, Outcome: outcome}}})
			if err != nil {
				t.Fatal(err)
			}
			if got := AppendSignalResult(nil, id, outcome); !bytes.Equal(got, want) {
				t.Errorf("the result %d of signal %d differs: %x, want %x", outcome, id, got, want)
			}
		}
	}
}

func heartbeatFrame(id uint64) *wire.ClientFrame {
	return &wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{Id: id}}}
}

func TestPeekHeartbeat(t *testing.T) {
	t.Parallel()
	for _, id := range []uint64{0, 1, 300, 1<<64 - 1} {
		data, err := Protobuf.Encode(heartbeatFrame(id))
		if err != nil {
			t.Fatal(err)
		}
		if got, good := PeekHeartbeat(data); !good || got != id {
			t.Errorf("%d is read as %d, %v", id, got, good)
		}
		for _, broken := range [][]byte{data[:len(data)-1], append(bytes.Clone(data), 0), append(bytes.Clone(data), data...)} {
			if _, good := PeekHeartbeat(broken); good {
				t.Error("taken although something is missing or follows")
			}
		}
		for _, now := range []int64{0, 1, 1_800_000_000_000} {
			want, err := Protobuf.Encode(&wire.ServerFrame{Kind: &wire.ServerFrame_HeartbeatReply{HeartbeatReply: &wire.HeartbeatReply{Id: id, TimeMs: now}}})
			if err != nil {
				t.Fatal(err)
			}
			if got := AppendHeartbeatReply(nil, id, now); !bytes.Equal(got, want) {
				t.Errorf("the reply to %d at %d differs", id, now)
			}
		}
	}
	peer := identity.PeerID{1}
	data, err := Protobuf.Encode(signalFrame(1, peer[:], []byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	if _, good := PeekHeartbeat(data); good {
		t.Error("a signal is taken for a heartbeat")
	}
}

// FuzzPeekHeartbeat compares with what protobuf makes of the same bytes.
func FuzzPeekHeartbeat(f *testing.F) {
	f.Add([]byte{0x12, 0x02, 0x08, 0x01})
	f.Add([]byte{0x12, 0x00})
	f.Add([]byte{0x12, 0x02, 0x08, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		id, good := PeekHeartbeat(data)
		if !good {
			return
		}
		var frame wire.ClientFrame
		if err := proto.Unmarshal(data, &frame); err != nil {
			t.Fatalf("taken although it is no frame: %v", err)
		}
		if beat := frame.GetHeartbeat(); beat == nil || beat.GetId() != id {
			t.Error("not the same heartbeat")
		}
	})
}

func TestPlainCost(t *testing.T) {
	t.Parallel()
	for _, frame := range []*wire.ClientFrame{signalFrame(1, nil, nil), heartbeatFrame(1)} {
		if cost := Cost(frame); cost != PlainCost {
			t.Errorf("it costs %v", cost)
		}
	}
}
