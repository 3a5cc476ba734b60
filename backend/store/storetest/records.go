package storetest

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

func testFirstStart(t *testing.T, b *bench) {
	for range 2 {
		equal(t, "an empty store", b.load(t), node.Snapshot{})
		rows, err := b.store.Rows(t.Context())
		if err != nil || len(rows) != 0 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
		b.reopen(t)
	}
}

func name(seed byte) uuid.UUID { return uuid.UUID{seed, 6: 0x70, 8: 0x80} }

func server(seed byte) identity.Server {
	return identity.Server{Key: identity.ServerKey{seed, 1}, URLs: []string{fmt.Sprintf("wss://host%d:7473", seed), "wss://[2001:db8::1]:7473"}}
}

// full is one of everything.
func full(talk *Talk) node.Snapshot {
	contact := talk.Contact()
	contact.InviteID, contact.InviteLabel = name(1), "for Ben"
	contact.TheirInvite, contact.Record, contact.Handle, contact.Stranger = make([]byte, 32), []byte{1, 0, 2}, "čeněk@chat.example", true
	contact.Route, contact.KnownAs, contact.AskEpoch = node.RouteNetwork, NewPersonOf(6), 4
	contact.Servers, contact.Major, contact.Minor, contact.State = []identity.Server{server(1), server(2)}, 1, 7, node.ContactAsked
	other := NewPersonOf(9)
	return node.Snapshot{
		Self: node.Self{
			Name: "Ana", Color: 4, Created: Start, DeviceList: []byte{7, 7}, LocationVersion: 3,
			RecordSequence: 1 << 40, ServerMode: "off", HostPort: 7473,
		},
		Contacts: []node.Contact{contact},
		Conversations: []node.Conversation{{
			ID: talk.ID, Peer: contact.Peer, Held: journal.Vector{}, Read: journal.Vector{}, HeadOrders: map[journal.Log]journal.Order{},
		}},
		Requests: []node.Request{{
			Peer: other, Name: "Čeněk 陈", Color: 2, Text: "hello\n'\"", Entries: [][]byte{{1, 2}, {3}}, Record: []byte{9}, Servers: []identity.Server{server(3)},
			InviteID: name(2), InviteLabel: "on the wall", InviteMade: Start, Arrived: Start.Add(time.Hour),
		}},
		Declined: []identity.PeerID{NewPersonOf(3), NewPersonOf(4)},
		Invites: []node.Invite{
			{ID: name(3), Label: "one", Link: "tincan:invite/1#abc", Secret: [16]byte{5}, Created: Start, Expires: Start.Add(time.Hour), Uses: 3, Used: []identity.PeerID{other}},
			{ID: name(4), Created: Start.Add(1), Expires: Start.Add(time.Hour), Uses: 1, Revoked: true},
		},
		Servers: []node.Server{
			{Key: identity.ServerKey{1}, URLs: []string{"wss://one:1"}, Added: Start},
			{URLs: []string{"wss://two:2", "wss://three:3"}, Added: Start.Add(time.Second)},
		},
		Handles: []node.Handle{
			{Name: "ana", Host: "chat.example", Server: identity.ServerKey{1}, Version: 1 << 41, Claimed: Start},
			{Name: "张伟明", Host: "chat.example", Server: identity.ServerKey{1}, Version: 2, Claimed: Start.Add(time.Second), Move: []byte{4, 5}},
		},
		Bans: []node.Ban{
			{ID: name(5), Kind: node.BanPeer, Peer: other, Name: "Čeněk", Color: 2, Reason: "spam", Added: Start, Blocked: 2},
			{ID: name(6), Kind: node.BanRange, Range: netip.MustParsePrefix("2001:db8::/32"), Added: Start.Add(time.Minute)},
			{ID: name(7), Kind: node.BanAddress, Range: netip.MustParsePrefix("192.0.2.7/32"), Added: Start.Add(time.Hour), Expires: Start.Add(48 * time.Hour)},
			{ID: name(15), Kind: node.BanInvite, Invite: name(3), Name: "at the fair", Tell: true, Added: Start.Add(2 * time.Hour)},
			{ID: name(16), Kind: node.BanDomain, Domain: "*.bulk.example.net", Added: Start.Add(3 * time.Hour), Expires: Start.Add(4 * time.Hour), Blocked: 57},
		},
		SealingKeys: []node.SealingKey{
			{ID: [16]byte{1}, Private: []byte("private"), Created: Start, Expires: Start.Add(time.Hour), Delete: Start.Add(2 * time.Hour)},
			{ID: [16]byte{2}, Private: []byte("more"), Created: Start.Add(time.Hour), Expires: Start.Add(2 * time.Hour), Delete: Start.Add(3 * time.Hour)},
		},
		Seen: []node.Seen{{ID: name(8), Until: Start}, {ID: name(9), Until: Start.Add(time.Hour)}},
		Outgoing: []node.Outgoing{
			{
				ID: name(10), Conversation: talk.ID, Peer: contact.Peer, Device: talk.Them.Keys.Device(), Log: talk.Log(talk.Me), After: 3, Through: 9,
				Sealed: []byte("sealed"), SealedAt: Start, Expires: Start.Add(time.Hour),
			},
			{
				ID: name(11), Conversation: talk.ID, Peer: contact.Peer, Device: talk.Them.Keys.Device(), SealedAt: Start.Add(time.Second),
				Expires: Start.Add(time.Hour), Until: Start.Add(time.Minute), Server: identity.ServerKey{7},
			},
		},
	}
}

// NewPersonOf returns a made-up key that sorts by its number.
func NewPersonOf(seed byte) identity.PeerID { return identity.PeerID{seed, 0xaa} }

// puts returns the writes that make a snapshot.
func puts(snapshot node.Snapshot) []node.Write {
	writes := []node.Write{node.PutSelf{Self: snapshot.Self}}
	for _, one := range snapshot.Contacts {
		writes = append(writes, node.PutContact{Contact: one})
	}
	for _, one := range snapshot.Requests {
		writes = append(writes, node.PutRequest{Request: one})
	}
	for _, one := range snapshot.Declined {
		writes = append(writes, node.DeleteRequest{Peer: one, Declined: true})
	}
	for _, one := range snapshot.Invites {
		writes = append(writes, node.PutInvite{Invite: one})
	}
	for _, one := range snapshot.Servers {
		writes = append(writes, node.PutServer{Server: one})
	}
	for _, one := range snapshot.Handles {
		writes = append(writes, node.PutHandle{Handle: one})
	}
	for _, one := range snapshot.Bans {
		writes = append(writes, node.PutBan{Ban: one})
	}
	for _, one := range snapshot.SealingKeys {
		writes = append(writes, node.PutSealingKey{Key: one})
	}
	for _, one := range snapshot.Seen {
		writes = append(writes, node.PutSeen{Seen: one})
	}
	for _, one := range snapshot.Outgoing {
		writes = append(writes, node.PutOutgoing{Outgoing: one})
	}
	return writes
}

func testRecords(t *testing.T, b *bench) {
	want := full(NewTalk(t, 1))
	want.Invites[1].Created = Start // below a millisecond nothing is kept
	b.commit(t, puts(want)...)
	for range 2 {
		equal(t, "what was put", b.load(t), want)
		b.reopen(t)
	}
}

func testReplace(t *testing.T, b *bench) {
	b.commit(t, puts(full(NewTalk(t, 1)))...)
	want := full(NewTalk(t, 1))
	want.Self.Name, want.Self.DeviceList = "Anna", nil
	want.Contacts[0].State, want.Contacts[0].TheirInvite, want.Contacts[0].Servers = node.ContactMutual, nil, nil
	want.Requests[0].Text, want.Requests[0].Entries = "again", nil
	want.Invites[0].Used, want.Invites[0].Revoked = append(want.Invites[0].Used, NewPersonOf(8)), true
	want.Invites[1].Created = Start
	want.Bans[0].Reason, want.Bans[1].Blocked = "", 5
	want.Bans[2].Expires, want.Bans[3].Tell, want.Bans[4].Reason = time.Time{}, false, "again"
	want.SealingKeys[0].Expires = Start.Add(time.Minute)
	want.Handles[0].Version, want.Handles[0].Server = 9, identity.ServerKey{3}
	want.Outgoing[0].Sealed, want.Outgoing[0].Until, want.Outgoing[0].Server = nil, Start.Add(time.Minute), identity.ServerKey{8}
	b.commit(t, puts(want)...)
	equal(t, "what was put again", b.load(t), want)

	b.commit(t,
		node.DeleteRequest{Peer: want.Requests[0].Peer},
		node.DeleteBan{ID: want.Bans[0].ID},
		node.CountBlocked{ID: want.Bans[1].ID, Add: 2},
		node.CountBlocked{ID: name(77), Add: 2},
		node.DeleteSealingKey{ID: want.SealingKeys[0].ID},
		node.DeleteSealingKey{ID: [16]byte{77}},
		node.DeleteSeen{Before: Start.Add(time.Minute)},
		node.DeleteOutgoing{ID: want.Outgoing[0].ID},
		node.DeleteOutgoing{ID: name(77)},
		node.PutOutgoing{Outgoing: node.Outgoing{ID: name(12), Conversation: name(77)}}, // of no conversation
		node.DeleteServer{Server: node.Server{Key: identity.ServerKey{1}}},
		node.DeleteHandle{Name: "ana", Host: "chat.example"},
		node.DeleteHandle{Name: "张伟明", Host: "elsewhere.example"},
	)
	want.Requests, want.Bans, want.SealingKeys, want.Seen, want.Servers = nil, want.Bans[1:], want.SealingKeys[1:], want.Seen[1:], want.Servers[1:]
	want.Handles = want.Handles[1:]
	want.Outgoing = want.Outgoing[1:]
	want.Bans[0].Blocked = 7
	for range 2 {
		equal(t, "what was left", b.load(t), want)
		b.reopen(t)
	}

	moved := want.Contacts[0]
	moved.Conversation = name(70)
	if err := b.store.Commit(t.Context(), []node.Write{node.PutContact{Contact: moved}}); err == nil {
		t.Error("a contact moved to another conversation")
	}
}

func testServers(t *testing.T, b *bench) {
	one := node.Server{URLs: []string{"wss://one:1"}, Added: Start}
	two := node.Server{URLs: []string{"wss://two:2"}, Added: Start.Add(time.Second)}
	b.commit(t, node.PutServer{Server: one}, node.PutServer{Server: two}, node.PutServer{Server: one})
	equal(t, "servers without keys", b.load(t).Servers, []node.Server{one, two})

	known := one
	known.Key = identity.ServerKey{9}
	b.commit(t, node.PutServer{Server: known})
	equal(t, "the key is known", b.load(t).Servers, []node.Server{known, two})

	known.URLs = []string{"wss://elsewhere:1", "wss://one:1"}
	b.commit(t, node.PutServer{Server: known})
	equal(t, "the server moved", b.load(t).Servers, []node.Server{known, two})

	b.commit(t, node.DeleteServer{Server: two}, node.DeleteServer{Server: node.Server{URLs: known.URLs}})
	equal(t, "a server without a key is gone", b.load(t).Servers, []node.Server{known})
	b.commit(t, node.DeleteServer{Server: node.Server{Key: known.Key}})
	equal(t, "both are gone", len(b.load(t).Servers), 0)
}
