package node

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
)

// command steps a call and returns its answer.
func (d *desk) command(call any) (any, error) {
	d.t.Helper()
	d.did = nil
	d.step(Command{ID: 77, Call: call})
	for _, effect := range d.did {
		if answer, ok := effect.(Answer); ok && answer.ID == 77 {
			return answer.Value, answer.Err
		}
	}
	d.t.Fatalf("%T was not answered", call)
	return nil, nil
}

func (d *desk) addBan(added Ban) Ban {
	d.t.Helper()
	value, err := d.command(addBanCall{added})
	kept, ok := value.(Ban)
	if err != nil || !ok {
		d.t.Fatalf("%+v is refused: %v", added, err)
	}
	return kept
}

// at has the core look at a moment, if it asked for it.
func (d *desk) at(moment time.Time) {
	d.t.Helper()
	for wake := d.core.Wake(); !wake.IsZero() && !wake.After(moment); wake = d.core.Wake() {
		if wake.After(d.now) {
			d.now = wake
		} else {
			d.now = d.now.Add(time.Millisecond)
		}
		d.step(Tick{})
	}
	d.now = moment
}

func (d *desk) banned(address string) bool {
	_, banned := d.core.banned.Address(netip.MustParseAddr(address))
	return banned
}

func ranged(text string) Ban { return Ban{Kind: BanRange, Range: netip.MustParsePrefix(text)} }

// TestBanForATime: it ends by itself, is seen to have ended for 30 days, may be
// added again meanwhile, and goes.
func TestBanForATime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	start := d.now
	first := ranged("203.0.113.0/24")
	first.Expires = start.Add(time.Hour)
	first = d.addBan(first)
	d.at(start.Add(time.Hour - time.Second))
	if !d.banned("203.0.113.9") {
		t.Fatal("it ended too early")
	}
	done[Commit](d)
	d.at(start.Add(time.Hour))
	if d.banned("203.0.113.9") {
		t.Error("it holds on")
	}
	if set := done[SetBans](d); len(set) == 0 {
		t.Error("the sockets are not told")
	}
	if list := d.core.bans.list(0).Bans; len(list) != 1 || !list[0].Ended(d.now) {
		t.Errorf("the list is %+v", list)
	}
	// Once more, for a day: the line that ended is replaced.
	again := ranged("203.0.113.0/24")
	again.Expires = d.now.Add(24 * time.Hour)
	again = d.addBan(again)
	if list := d.core.bans.list(0).Bans; len(list) != 1 || list[0].ID == first.ID || !d.banned("203.0.113.9") {
		t.Errorf("the list is %+v", list)
	}
	// Made longer while it holds.
	again.Expires = d.now.Add(48 * time.Hour)
	if _, err := d.command(editBanCall{again}); err != nil {
		t.Fatal(err)
	}
	d.at(again.Expires.Add(-time.Second))
	if !d.banned("203.0.113.9") {
		t.Error("a longer ban ended early")
	}
	d.at(again.Expires.Add(endedStays))
	if len(d.core.bans.all) != 0 || d.banned("203.0.113.9") {
		t.Error("it is still there")
	}
	over := ranged("198.51.100.0/24")
	over.Expires = d.now
	var refused *Refusal
	if _, err := d.command(addBanCall{over}); !errors.As(err, &refused) || refused.Code != "ban-ended" {
		t.Errorf("a ban that is over: %v", err)
	}
}

// TestBanOnAnInvite means everybody who came by it: their line closes before
// anything is written, their request goes, and servers are told who they are.
func TestBanOnAnInvite(t *testing.T) {
	t.Parallel()
	ana, ben := testKeys(t, 3), testKeys(t, 4)
	d := newDesk(t, ana, ben)
	invite, cleo := Invite{ID: uuid.New(), Label: "the fair", Used: []identity.PeerID{ana.Peer(), {9}}}, identity.PeerID{8}
	d.core.invites[invite.ID] = invite
	d.core.requests[cleo] = Request{Peer: cleo, InviteID: invite.ID}
	d.core.contacts[ben.Peer()].InviteID = invite.ID
	d.core.setFocus(d.core.contacts[ben.Peer()].Conversation)
	d.step(Tick{})
	session := d.line(ben)
	value, err := d.command(touchedCall{Ban{Kind: BanInvite, Invite: invite.ID}})
	if touch, ok := value.(Touch); err != nil || !ok || len(touch.Through) != 1 || touch.Asking != 1 || touch.Count != 3 {
		t.Errorf("it touches %+v, %v", value, err)
	}
	kept := d.addBan(Ban{Kind: BanInvite, Invite: invite.ID, Tell: true})
	if kept.Name != "the fair" {
		t.Errorf("the ban is called %q", kept.Name)
	}
	closed, written := -1, -1
	for i, effect := range d.did {
		switch e := effect.(type) {
		case HangUp:
			if e.Session == session && e.Cut {
				closed = i
			}
		case Commit:
			if _, put := e.Writes[0].(PutBan); put {
				written = i
			}
		}
	}
	if closed < 0 || closed > written {
		t.Errorf("closed at %d, written at %d", closed, written)
	}
	refused := done[RefusePeers](d)
	want := []identity.PeerID{ana.Peer(), ben.Peer(), {9}}
	if len(refused) != 1 || len(refused[0].Peers) != len(want) {
		t.Fatalf("the server is told %v", refused)
	}
	for _, peer := range want {
		if !slices.Contains(refused[0].Peers, peer) {
			t.Errorf("the server is not told of %v", peer)
		}
		if id, banned := d.core.bannedPeer(peer); !banned || id != kept.ID {
			t.Errorf("%v is not banned", peer)
		}
	}
	if len(d.core.requests) != 0 {
		t.Error("a request is still there")
	}
	if _, err = d.command(removeBanCall{kept.ID}); err != nil {
		t.Fatal(err)
	}
	if told := done[RefusePeers](d); len(told) != 1 || len(told[0].Peers) != 0 {
		t.Errorf("the server goes on refusing %v", told)
	}
	if _, banned := d.core.bannedPeer(ben.Peer()); banned {
		t.Error("somebody is still banned")
	}
}

// TestBanThatTheDiskRefuses does not hold, though the line is closed.
func TestBanThatTheDiskRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	kept := d.addBan(ranged("198.51.100.0/24"))
	d.failed = ErrDiskFull
	for name, call := range map[string]any{
		"added": addBanCall{ranged("203.0.113.0/24")}, "imported": importBansCall{[]Ban{ranged("203.0.113.0/24")}},
		"removed": removeBanCall{kept.ID}, "cleared": clearBansCall{}, "edited": editBanCall{Ban{ID: kept.ID, Reason: "x"}},
	} {
		var refused *Refusal
		if _, err := d.command(call); !errors.As(err, &refused) || refused.Code != "disk-full" {
			t.Errorf("%s: %v", name, err)
		}
		if d.banned("203.0.113.9") || !d.banned("198.51.100.9") || len(d.core.bans.all) != 1 || d.core.bans.all[kept.ID].Reason != "" {
			t.Errorf("%s: the list changed", name)
		}
	}
}

// TestBanOnADomain: the confirmed names of the other end of a line, and the
// addresses of the name itself; not those of my server, nor of this network.
func TestBanOnADomain(t *testing.T) {
	t.Parallel()
	ana := testKeys(t, 3)
	d := newDesk(t, ana)
	d.core.network.own[0].URLs = []string{"wss://chat.example.org:443"}
	at := netip.MustParseAddr("203.0.113.7")
	d.core.setFocus(d.core.contacts[ana.Peer()].Conversation)
	d.step(Tick{})
	session := d.line(ana)
	path := func() {
		d.step(LinkEvent{Event: link.Event{Session: session, Path: &link.PathChanged{Path: link.PathDirect, Address: at}}})
	}
	path()
	if asked := done[FindNames](d); len(asked) != 0 {
		t.Fatal("names are looked up though no domain is banned")
	}
	below := d.addBan(Ban{Kind: BanDomain, Domain: "*.Bulk.example.net."})
	if asked := done[FindNames](d); len(asked) != 1 || asked[0].Address != at {
		t.Fatalf("asked for the names of %v", asked)
	}
	path()
	if asked := done[FindNames](d); len(asked) != 0 {
		t.Error("asked twice")
	}
	d.step(NamesFound{Address: at, Names: []string{"mail.bulk.example.net"}})
	if !d.banned(at.String()) || len(done[SetBans](d)) != 1 || d.core.bans.all[below.ID].Blocked != 1 {
		t.Error("the other end of the line is not banned")
	}
	value, err := d.command(touchedCall{Ban{Kind: BanDomain, Domain: "*.example.net"}})
	if touch, ok := value.(Touch); err != nil || !ok || len(touch.Through) != 1 {
		t.Errorf("it touches %+v, %v", value, err)
	}
	exact := d.addBan(Ban{Kind: BanDomain, Domain: "example.com"})
	names := map[string]bool{}
	d.at(d.now.Add(2 * time.Second))
	for _, asked := range done[FindAddresses](d) {
		names[asked.Name] = true
	}
	if !names["example.com"] || len(names) > 2 {
		t.Errorf("asked for the addresses of %v", names)
	}
	d.at(d.now.Add(2 * hostLife)) // my server's name among them
	d.step(AddressesFound{Name: "chat.example.org", Addresses: []netip.Addr{netip.MustParseAddr("198.51.100.2")}})
	d.step(AddressesFound{Name: "example.com", Addresses: []netip.Addr{
		netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("198.51.100.2"), netip.MustParseAddr("192.168.1.1"), netip.MustParseAddr("127.0.0.1"),
	}})
	for address, want := range map[string]bool{"198.51.100.1": true, "198.51.100.2": false, "192.168.1.1": false, "127.0.0.1": false} {
		if d.banned(address) != want {
			t.Errorf("%s is banned: %t", address, !want)
		}
	}
	if !d.banned(at.String()) {
		t.Error("a name is forgotten while it is asked for again")
	}
	if d.step(NamesFound{Address: at}); d.banned(at.String()) {
		t.Error("a name counts for ever")
	}
	if _, err = d.command(removeBanCall{exact.ID}); err != nil || d.banned("198.51.100.1") {
		t.Errorf("an address stays banned: %v", err)
	}
	if _, err = d.command(removeBanCall{below.ID}); err != nil || len(d.core.bans.hosts.names)+len(d.core.bans.hosts.addresses) != 0 {
		t.Errorf("names are kept for no ban: %v", err)
	}
}

// TestNamesAreBounded, whoever comes from wherever.
func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.addBan(Ban{Kind: BanDomain, Domain: "*.example.net"})
	for i := range 3 * maxHosts {
		address := netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)})
		d.core.askNames(address)
		for _, asked := range done[FindNames](d) {
			d.step(NamesFound{Address: asked.Address, Names: []string{fmt.Sprintf("host-%d.example.org", i)}})
		}
		d.did = nil
	}
	h := &d.core.bans.hosts
	if len(h.names) > maxHosts || len(h.waiting) > maxHosts || h.asked > maxFinding {
		t.Errorf("%d names, %d waiting, %d asked", len(h.names), len(h.waiting), h.asked)
	}
}

// TestAttemptsAreCounted, and written now and then, whoever floods.
func TestAttemptsAreCounted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	kept := d.addBan(ranged("203.0.113.0/24"))
	d.did = nil
	const attempts = 1000
	for range attempts {
		d.step(LinkEvent{Event: link.Event{Blocked: netip.MustParseAddr("203.0.113.7")}})
	}
	d.at(d.now.Add(2 * countEvery))
	written, transactions := 0, 0
	for _, commit := range done[Commit](d) {
		for _, write := range commit.Writes {
			if counted, ok := write.(CountBlocked); ok && counted.ID == kept.ID {
				written += counted.Add
				transactions++
			}
		}
	}
	if written != attempts || transactions > 3 || d.core.bans.all[kept.ID].Blocked != attempts {
		t.Errorf("%d written in %d transactions, %d counted", written, transactions, d.core.bans.all[kept.ID].Blocked)
	}
}
