package node

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// happened takes what was told for the log since the last time.
func (d *desk) happened() []Happened {
	var found []Happened
	for _, change := range d.told() {
		if change.Happened != nil {
			found = append(found, *change.Happened)
		}
	}
	d.did = nil
	return found
}

// TestLinesForTheLog: how a line opened and why it ended are told, each once.
func TestLinesForTheLog(t *testing.T) {
	t.Parallel()
	theirs := testKeys(t, 1)
	for name, test := range map[string]struct {
		end  func(d *desk, id link.Session)
		want HappenedKind
	}{
		"they close it": {func(d *desk, id link.Session) {
			d.step(LinkEvent{Event: link.Event{Session: id, Closed: &link.Closed{Reason: link.ReasonRemote}}})
		}, LineClosed},
		"nothing is heard": {func(d *desk, id link.Session) {
			d.step(LinkEvent{Event: link.Event{Session: id, Closed: &link.Closed{Reason: link.ReasonSilence}}})
		}, LineLost},
		"it is hung up here": {func(d *desk, id link.Session) {
			d.core.hangUp(id, "a test")
			d.step(LinkEvent{Event: link.Event{Session: id, Closed: &link.Closed{Reason: link.ReasonLocal}}})
			d.step(Tick{})
		}, LineClosed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, theirs)
			d.step(Command{ID: 1, Call: focusCall{d.conversation(theirs)}})
			id := d.line(theirs)
			d.step(LinkEvent{Event: link.Event{Session: id, Path: &link.PathChanged{Path: link.PathLAN, RoundTrip: time.Millisecond}}})
			d.step(LinkEvent{Event: link.Event{Session: id, Path: &link.PathChanged{Path: link.PathRelayed, RoundTrip: time.Millisecond}}})
			test.end(d, id)
			found := d.happened()
			want := []HappenedKind{LineOpened, LineOpened, test.want}
			if len(found) != len(want) {
				t.Fatalf("told: %+v", found)
			}
			for i, one := range found {
				if one.Kind != want[i] || one.Conversation != d.conversation(theirs) {
					t.Errorf("told: %+v", found)
				}
			}
			if found[0].Path != link.PathLAN || found[1].Path != link.PathRelayed || found[1].RoundTrip == 0 {
				t.Errorf("the paths: %+v", found)
			}
		})
	}
}

// TestRelayForTheLog: the server whose relay a line goes through is told by its key.
func TestRelayForTheLog(t *testing.T) {
	t.Parallel()
	theirs := testKeys(t, 1)
	d := newDesk(t, theirs)
	token := sortedTokens(d.core.network.servers)[0]
	d.step(ServerEvent{Event: signaling.Event{Token: token, Relays: &signaling.Relays{Relay: link.Relay{URLs: []string{"turn:lines.example.net:3478"}}}}})
	key := d.core.network.servers[token].address.Key
	if got := d.core.serverOfRelay("lines.example.net"); got != key {
		t.Errorf("the server is %v", got)
	}
	if got := d.core.serverOfRelay("other.example.net"); got == key {
		t.Error("another relay is taken for it")
	}
}

// TestMailForTheLog: what a server keeps, what it refuses, and when it goes and comes.
func TestMailForTheLog(t *testing.T) {
	t.Parallel()
	d, theirs, tokens := twoServers(t)
	d.did = nil
	put := d.mailOne(theirs)
	d.stored(put, signaling.AnswerFull)
	again := d.onePut()
	d.stored(again, signaling.AnswerDone)
	for range 3 {
		d.step(ServerEvent{Event: signaling.Event{Token: tokens[0], Down: &signaling.Down{Code: signaling.CodeUnreachable}}})
	}
	d.step(ServerEvent{Event: signaling.Event{Token: tokens[0], Up: &signaling.Up{RoundTrip: time.Second}}})
	found := d.happened()
	var kinds []HappenedKind
	for _, one := range found {
		kinds = append(kinds, one.Kind)
	}
	// What came before the second put was taken by onePut.
	if want := []HappenedKind{LetterKept, ServerDown, ServerUp}; !slices.Equal(kinds, want) {
		t.Fatalf("told: %+v, want %v", found, want)
	}
	if kept := found[0]; kept.Conversation != d.conversation(theirs) || kept.Server.String() != tokens[1] || kept.Count != 1 {
		t.Errorf("kept: %+v", kept)
	}
	if down := found[1]; down.Code != signaling.CodeUnreachable || down.Server.String() != tokens[0] || down.Conversation != uuid.Nil {
		t.Errorf("down: %+v", down)
	}
	if found[2].RoundTrip != time.Second {
		t.Errorf("up: %+v", found[2])
	}
}

// TestBansForTheLog: a flood is told of now and then, with one address of it.
func TestBansForTheLog(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	kept := d.addBan(ranged("203.0.113.0/24"))
	d.did = nil
	from := netip.MustParseAddr("203.0.113.7")
	for range 1000 {
		d.step(LinkEvent{Event: link.Event{Blocked: from}})
	}
	d.at(d.now.Add(2 * countEvery))
	found := d.happened()
	all := 0
	for _, one := range found {
		if one.Kind != BanMatched || one.Ban != kept.ID || one.Address != from {
			t.Errorf("told: %+v", one)
		}
		all += one.Count
	}
	if all != 1000 || len(found) > 3 || len(d.core.bans.from) > 0 {
		t.Errorf("%d in %d, %d addresses kept", all, len(found), len(d.core.bans.from))
	}
	if bans := d.core.bansBy([]uuid.UUID{kept.ID, uuid.New()}); len(bans) != 1 || bans[0].ID != kept.ID {
		t.Errorf("the bans: %+v", bans)
	}
}
