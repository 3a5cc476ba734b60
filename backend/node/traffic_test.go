package node

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

func (d *desk) traffic() Traffic {
	d.t.Helper()
	answer, err := d.command(trafficCall{})
	told, ok := answer.(Traffic)
	if err != nil || !ok {
		d.t.Fatalf("traffic: %v, %v", answer, err)
	}
	return told
}

func TestFramesAreCounted(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	if none := d.traffic(); len(none.Lines) != 0 {
		t.Fatalf("before there is a line: %+v", none)
	}
	began := d.now
	session := d.line(ana)
	d.now = d.now.Add(time.Minute)
	d.step(FrameReceived{Session: session, Size: 40, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major}}}})
	d.step(FrameReceived{Session: session, Size: 2, Frame: &wire.LinkFrame{}})
	d.say(d.conversation(ana), strings.Repeat("x", 500))
	sent := int64(0)
	for _, frame := range done[SendFrame](d) {
		sent += int64(proto.Size(frame.Frame))
	}
	told := d.traffic()
	if len(told.Lines) != 1 {
		t.Fatalf("the lines are %+v", told.Lines)
	}
	line := told.Lines[0]
	if line.Conversation != d.conversation(ana) || line.Received != 42 || line.Sent < sent || line.Sent < 500 || told.Received != line.Received || told.Sent != line.Sent {
		t.Errorf("counted %+v, sent %d", told, sent)
	}
	if !line.Opened.Equal(began) || line.Family != FamilyUnknown || len(line.Delays) != 0 {
		t.Errorf("the line is %+v", line)
	}
	remote := link.Remote{Peer: ana.Peer(), Device: ana.Device()}
	d.step(LinkEvent{Event: link.Event{Session: session, Remote: remote, Closed: &link.Closed{Reason: link.ReasonSilence}}})
	if after := d.traffic(); len(after.Lines) != 1 || !after.Lines[0].Opened.IsZero() || after.Lines[0].Sent < line.Sent {
		t.Errorf("when the line is gone: %+v", after)
	}
}

func TestDelaysAreOfFiveMinutes(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 1)
	d := newDesk(t, ana)
	session := d.line(ana)
	remote := link.Remote{Peer: ana.Peer(), Device: ana.Device()}
	for i := range 2 * MaxDelays {
		d.step(LinkEvent{Event: link.Event{Session: session, Remote: remote, Path: &link.PathChanged{
			Path: link.PathDirect, RoundTrip: time.Duration(i) * time.Millisecond, Address: netip.MustParseAddr("2001:db8::7"),
		}}})
	}
	line := d.traffic().Lines[0]
	if len(line.Delays) != MaxDelays || line.Delays[0] != MaxDelays*time.Millisecond || line.Delays[MaxDelays-1] != (2*MaxDelays-1)*time.Millisecond || line.Family != FamilyIPv6 {
		t.Errorf("the line is %+v", line)
	}
}

// TestOpenLinesAreToldFirst, and no more than there is room for.
func TestOpenLinesAreToldFirst(t *testing.T) {
	t.Parallel()
	for _, family := range []struct {
		address string
		want    AddressFamily
	}{{"192.0.2.1", FamilyIPv4}, {"::ffff:192.0.2.1", FamilyIPv4}, {"2001:db8::1", FamilyIPv6}} {
		if got := familyOf(netip.MustParseAddr(family.address)); got != family.want {
			t.Errorf("%s is %d", family.address, got)
		}
	}
	ana, ben := testKeys(t, 1), testKeys(t, 2)
	d := newDesk(t, ana, ben)
	one := d.line(ana)
	d.step(FrameReceived{Session: one, Size: 9000, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major}}}})
	d.step(LinkEvent{Event: link.Event{Session: one, Remote: link.Remote{Peer: ana.Peer(), Device: ana.Device()}, Closed: &link.Closed{Reason: link.ReasonSilence}}})
	d.line(ben)
	told := d.traffic().Lines
	if len(told) != 2 || told[0].Conversation != d.conversation(ben) || told[1].Conversation != d.conversation(ana) {
		t.Errorf("the lines are %+v", told)
	}
}
