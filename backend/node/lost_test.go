package node

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// offering is a desk that has offered a line to a contact.
func offering(t *testing.T) (d *desk, theirs *identity.Keys, offered link.Session) {
	t.Helper()
	for seed := byte(1); seed < 100; seed++ {
		theirs = testKeys(t, seed)
		d = newDesk(t, theirs)
		d.step(Command{ID: 1, Call: focusCall{d.conversation(theirs)}})
		if dialed := done[DialLink](d); len(dialed) == 1 {
			return d, theirs, dialed[0].Session
		}
	}
	t.Fatal("nobody has the larger key")
	return nil, nil, uuid.Nil
}

// signal is a sealed step of theirs.
func (d *desk) signal(theirs *identity.Keys, signal link.Signal) {
	d.t.Helper()
	list, err := theirs.DeviceList(1, d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	d.step(EnvelopeOpened{
		Content: envelope.Content{FromPeer: theirs.Peer(), FromDevice: theirs.Device(), ID: uuid.New(), Kind: wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL, DeviceList: list},
		Signal:  signal,
	})
}

// TestLostOffer: an offer went to a connection that was dead already, and the
// other side, back with another one, asks for a line.
func TestLostOffer(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		what     string
		after    time.Duration
		answered bool
		again    bool
	}{
		{"at once: their question crossed the offer", unanswered - time.Millisecond, false, false},
		{"nothing came back", unanswered, false, true},
		{"an answer came back", unanswered, true, false},
		{"an answer came back, long ago", youngSession, true, true},
	} {
		t.Run(one.what, func(t *testing.T) {
			t.Parallel()
			d, theirs, offered := offering(t)
			if one.answered {
				d.signal(theirs, link.Signal{Session: offered, Kind: link.SignalAnswer})
			}
			d.now = d.now.Add(one.after)
			d.signal(theirs, link.Signal{Kind: link.SignalDial})
			dialed := done[DialLink](d)
			if again := len(dialed) == 1 && dialed[0].Session != offered; again != one.again {
				t.Errorf("offered again: %v", dialed)
			}
		})
	}
}

// TestOfferOverALostServer: an offer was given to a server that turned out to be
// away. Once the server is back it is made again, unless something came of it.
func TestOfferOverALostServer(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{false, true} {
		d, theirs, offered := offering(t)
		if answered {
			d.signal(theirs, link.Signal{Session: offered, Kind: link.SignalAnswer})
		}
		key := identity.ServerKey(testKeys(t, 201).Peer())
		d.step(ServerEvent{Event: signaling.Event{Token: key.String(), Down: &signaling.Down{Code: signaling.CodeUnreachable}}})
		d.now = d.now.Add(100 * time.Millisecond)
		d.step(ServerEvent{Event: signaling.Event{Token: key.String(), Up: &signaling.Up{Key: key}}})
		d.step(ServerEvent{Event: signaling.Event{Token: key.String(), Presence: &signaling.Presence{Peer: theirs.Peer(), Online: true}}})
		if again := len(done[DialLink](d)) == 1; again == answered {
			t.Errorf("answered: %v, offered again: %v", answered, again)
		}
	}
}

// TestSilenceIsLookedInto: a line that fell silent may be the first that shows
// of a network that is gone, so everything else is looked at.
func TestSilenceIsLookedInto(t *testing.T) {
	t.Parallel()
	for reason, wanted := range map[link.Reason]int{link.ReasonSilence: 1, link.ReasonRemote: 0} {
		theirs := testKeys(t, 1)
		d := newDesk(t, theirs)
		d.step(Command{ID: 1, Call: focusCall{d.conversation(theirs)}})
		id := d.line(theirs)
		done[CheckPaths](d)
		remote := link.Remote{Peer: theirs.Peer(), Device: theirs.Device()}
		d.step(LinkEvent{Event: link.Event{Session: id, Remote: remote, Closed: &link.Closed{Reason: reason}}})
		if checks := len(done[CheckPaths](d)); checks != wanted {
			t.Errorf("reason %d: looked %d times", reason, checks)
		}
	}
}
