package node

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// shortLives opens every line that is dialed, lets it say hello if it is to, and ends it
// at once; it tells how many were dialed meanwhile.
func (d *desk) shortLives(remote link.Remote, lasting time.Duration, greets bool) (dialed int) {
	d.t.Helper()
	for end := d.now.Add(lasting); d.now.Before(end); d.now = d.now.Add(100 * time.Millisecond) {
		d.step(Tick{})
		for _, dial := range done[DialLink](d) {
			dialed++
			d.step(LinkEvent{Event: link.Event{Session: dial.Session, Remote: remote, Opened: &link.Opened{Path: link.PathLAN}}})
			if greets {
				d.step(FrameReceived{Session: dial.Session, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major}}}})
			}
			d.step(LinkEvent{Event: link.Event{Session: dial.Session, Remote: remote, Closed: &link.Closed{Reason: link.ReasonRemote}}})
		}
	}
	return dialed
}

// TestShortLinesAreDialedSlowly: a full disk on the other side closes every line
// that opens, and a one-way cut every one that only this side takes for open.
func TestShortLinesAreDialedSlowly(t *testing.T) {
	t.Parallel()
	for what, greets := range map[string]bool{"their disk is full": true, "nothing comes": false} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d, theirs, offered := offering(t)
			remote := link.Remote{Peer: theirs.Peer(), Device: theirs.Device()}
			d.step(LinkEvent{Event: link.Event{Session: offered, Remote: remote, Closed: &link.Closed{Reason: link.ReasonTimeout}}})
			if dialed := d.shortLives(remote, 30*time.Minute, greets); dialed < 15 || dialed > 60 {
				t.Errorf("%d lines in half an hour", dialed)
			}
		})
	}
}

// TestALineThatWorkedIsDialedAtOnce when it is lost.
func TestALineThatWorkedIsDialedAtOnce(t *testing.T) {
	t.Parallel()
	d, theirs, offered := offering(t)
	remote := link.Remote{Peer: theirs.Peer(), Device: theirs.Device()}
	d.step(LinkEvent{Event: link.Event{Session: offered, Remote: remote, Closed: &link.Closed{Reason: link.ReasonTimeout}}})
	d.shortLives(remote, 10*time.Minute, true)
	d.now = d.now.Add(2 * dialMost)
	d.step(Tick{})
	id := d.line(theirs)
	d.step(FrameReceived{Session: id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major}}}})
	d.now = d.now.Add(2 * dialMost)
	done[DialLink](d)
	d.step(LinkEvent{Event: link.Event{Session: id, Remote: remote, Closed: &link.Closed{Reason: link.ReasonSilence}}})
	if dialed := len(done[DialLink](d)); dialed != 1 {
		t.Errorf("%d lines at once", dialed)
	}
}

// TestADiskWithRoomAgainDialsAtOnce: the lines that it closed need not wait.
func TestADiskWithRoomAgainDialsAtOnce(t *testing.T) {
	t.Parallel()
	d, theirs, offered := offering(t)
	remote := link.Remote{Peer: theirs.Peer(), Device: theirs.Device()}
	d.step(LinkEvent{Event: link.Event{Session: offered, Remote: remote, Closed: &link.Closed{Reason: link.ReasonTimeout}}})
	d.failed = ErrDiskFull
	d.say(d.conversation(theirs), "refused")
	d.shortLives(remote, 10*time.Minute, true)
	d.failed = nil
	d.now = d.now.Add(time.Millisecond)
	done[DialLink](d)
	d.say(d.conversation(theirs), "kept")
	if dialed := len(done[DialLink](d)); dialed != 1 {
		t.Errorf("%d lines at once", dialed)
	}
}
