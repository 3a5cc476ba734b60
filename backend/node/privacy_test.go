package node

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestRouteHoldsAtOnce: a line that goes another way than is wanted is closed,
// and made again by the rules of now.
func TestRouteHoldsAtOnce(t *testing.T) {
	t.Parallel()
	d, theirs, first := offering(t)
	for _, one := range []struct {
		what string
		call any
		want link.Route
	}{
		{"everybody through relays", setPrivacyCall{Privacy{Route: RouteRelayed}}, link.RouteRelayed},
		{"this one on this network", setRouteCall{d.conversation(theirs), RouteNetwork}, link.RouteNetwork},
		{"this one as everybody", setRouteCall{d.conversation(theirs), RouteInherited}, link.RouteRelayed},
		{"everybody any way", setPrivacyCall{Privacy{Route: RouteAny}}, link.RouteAny},
	} {
		done[HangUp](d)
		if code := d.asked(one.call); code != "" {
			t.Fatalf("%s: %s", one.what, code)
		}
		hungUp, dialed := false, []DialLink(nil)
		for _, effect := range d.did {
			switch e := effect.(type) {
			case HangUp:
				hungUp = hungUp || e.Session == first
			case DialLink:
				dialed = append(dialed, e)
			}
		}
		if !hungUp || len(dialed) != 1 || dialed[0].Options.Route != one.want {
			t.Fatalf("%s: hung up %t, dialed %+v", one.what, hungUp, dialed)
		}
		first = dialed[0].Session
	}
	done[HangUp](d)
	if code := d.asked(setRouteCall{d.conversation(theirs), RouteAny}); code != "" || len(done[HangUp](d)) != 0 {
		t.Errorf("a line that goes by the rules is closed: %s", code)
	}
	for _, call := range []any{setPrivacyCall{}, setPrivacyCall{Privacy{Route: 4}}, setRouteCall{d.conversation(theirs), -1}} {
		if code := d.asked(call); code != "route" {
			t.Errorf("%+v: %q", call, code)
		}
	}
}

// TestHiddenPresence: nobody is watched, so that nobody learns, and nothing is
// known of others; what is written goes over a line all the same.
func TestHiddenPresence(t *testing.T) {
	t.Parallel()
	d, theirs, first := offering(t)
	done[WatchPeers](d)
	d.step(LinkEvent{Event: link.Event{Session: first, Remote: link.Remote{Peer: theirs.Peer(), Device: theirs.Device()}, Closed: &link.Closed{Reason: link.ReasonTimeout}}})
	if code := d.asked(setPrivacyCall{Privacy{HidePresence: true, Route: RouteAny}}); code != "" {
		t.Fatal(code)
	}
	one := d.core.contacts[theirs.Peer()]
	for _, watched := range done[WatchPeers](d) {
		if len(watched.Peers) != 0 {
			t.Errorf("%d are watched", len(watched.Peers))
		}
	}
	for token := range d.core.network.servers {
		d.step(ServerEvent{Event: signaling.Event{Token: token, Presence: &signaling.Presence{Peer: theirs.Peer(), Online: true}}})
	}
	if one.online() != PresenceUnknown {
		t.Error("somebody's presence is known")
	}
	d.now = d.now.Add(2 * idleLine)
	done[DialLink](d)
	d.step(Command{ID: 1, Call: focusCall{d.conversation(theirs)}})
	if dialed := len(done[DialLink](d)); dialed != 0 {
		t.Error("looking at a conversation tells that somebody is there")
	}
	d.say(d.conversation(theirs), "hello")
	if dialed := len(done[DialLink](d)); dialed != 1 {
		t.Errorf("%d lines for what was written", dialed)
	}
	if code := d.asked(setPrivacyCall{Privacy{Route: RouteAny}}); code != "" {
		t.Fatal(code)
	}
	watched := 0
	for _, told := range done[WatchPeers](d) {
		watched += len(told.Peers)
	}
	if watched == 0 {
		t.Error("nobody is watched again")
	}
}

// TestAHiddenOneIsCalledBack: somebody whose presence is not known asks for a line.
func TestAHiddenOneIsCalledBack(t *testing.T) {
	t.Parallel()
	d, theirs, first := offering(t)
	d.step(LinkEvent{Event: link.Event{Session: first, Remote: link.Remote{Peer: theirs.Peer(), Device: theirs.Device()}, Closed: &link.Closed{Reason: link.ReasonTimeout}}})
	clear(d.core.contacts[theirs.Peer()].presence)
	d.now = d.now.Add(2 * idleLine)
	d.step(Tick{})
	done[DialLink](d)
	d.signal(theirs, link.Signal{Kind: link.SignalDial})
	if dialed := len(done[DialLink](d)); dialed != 1 {
		t.Errorf("%d lines when one was asked for", dialed)
	}
	d.now = d.now.Add(2 * signalLife)
	d.step(Tick{})
	if dialed := len(done[DialLink](d)); dialed != 0 {
		t.Errorf("%d lines later", dialed)
	}
}

// TestHiddenTyping: neither told nor shown.
func TestHiddenTyping(t *testing.T) {
	t.Parallel()
	d, theirs, id := offering(t)
	d.step(LinkEvent{Event: link.Event{Session: id, Remote: link.Remote{Peer: theirs.Peer(), Device: theirs.Device()}, Opened: &link.Opened{Path: link.PathLAN}}})
	d.step(FrameReceived{Session: id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major}}}})
	conversation := d.conversation(theirs)
	types := func() (told, shown bool) {
		d.now = d.now.Add(time.Minute)
		done[SendFrame](d)
		d.step(Command{ID: 1, Call: typingCall{conversation}})
		for _, sent := range done[SendFrame](d) {
			told = told || sent.Frame.GetTyping() != nil
		}
		d.step(FrameReceived{Session: id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Typing{Typing: &wire.Typing{Conversation: conversation[:]}}}})
		return told, d.core.live(d.core.contacts[theirs.Peer()]).Typing
	}
	if told, shown := types(); !told || !shown {
		t.Errorf("told %t, shown %t", told, shown)
	}
	if code := d.asked(setPrivacyCall{Privacy{HideTyping: true, Route: RouteAny}}); code != "" {
		t.Fatal(code)
	}
	if told, shown := types(); told || shown {
		t.Errorf("hidden: told %t, shown %t", told, shown)
	}
}
