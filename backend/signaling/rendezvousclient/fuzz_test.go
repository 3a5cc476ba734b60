package rendezvousclient

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// FuzzServerFrame feeds a session with whatever decodes, in both encodings.
func FuzzServerFrame(f *testing.F) {
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	peer := keys.Peer()
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		for _, frame := range []*wire.ServerFrame{
			{Kind: &wire.ServerFrame_Challenge{Challenge: &wire.Challenge{Major: 1, ServerKey: peer[:], Nonce: peer[:]}}},
			{Kind: &wire.ServerFrame_Welcome{Welcome: &wire.Welcome{Signature: make([]byte, 64)}}},
			{Kind: &wire.ServerFrame_HeartbeatReply{HeartbeatReply: &wire.HeartbeatReply{Id: 1, TimeMs: 1}}},
			{Kind: &wire.ServerFrame_Presence{Presence: &wire.Presence{Identity: peer[:], Online: true}}},
			{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: []byte("x")}}},
			{Kind: &wire.ServerFrame_SignalResult{SignalResult: &wire.SignalResult{Id: 1, Outcome: 1}}},
			{Kind: &wire.ServerFrame_LookupResult{LookupResult: &wire.LookupResult{Id: 2}}},
			{Kind: &wire.ServerFrame_RelayCredentials{RelayCredentials: &wire.RelayCredentials{Urls: []string{"stun:x:1"}, ExpiresMs: 1 << 40}}},
			{Kind: &wire.ServerFrame_TagsResult{TagsResult: &wire.TagsResult{Id: 3, Outcome: 1}}},
			{Kind: &wire.ServerFrame_PutResult{PutResult: &wire.PutResult{Id: 4, Outcome: 1, ExpiresMs: -1 << 63}}},
			{Kind: &wire.ServerFrame_MailBatch{MailBatch: &wire.MailBatch{Id: 5, Mails: []*wire.Mail{{Id: []byte{1}, Envelope: []byte{2}, Box: 2}}, Next: []byte{3}}}},
			{Kind: &wire.ServerFrame_DeleteResult{DeleteResult: &wire.DeleteResult{Id: 6}}},
			{Kind: &wire.ServerFrame_HandleResult{HandleResult: &wire.HandleResult{Id: 7, Outcome: 1}}},
			{Kind: &wire.ServerFrame_HandleResult{HandleResult: &wire.HandleResult{Id: 9, Outcome: 1, Claim: &wire.Signed{}, Record: &wire.PeerRecord{}}}},
			{Kind: &wire.ServerFrame_ListResult{ListResult: &wire.ListResult{Id: 10, Outcome: 1}}},
			{Kind: &wire.ServerFrame_SearchResult{SearchResult: &wire.SearchResult{Id: 11, Entries: []*wire.Signed{{Body: []byte{8, 1}}}}}},
			{Kind: &wire.ServerFrame_ReportResult{ReportResult: &wire.ReportResult{Id: 12}}},
			{Kind: &wire.ServerFrame_MailArrived{MailArrived: &wire.MailArrived{}}},
			{Kind: &wire.ServerFrame_ServerList{ServerList: &wire.Signed{Body: []byte{8, 1}, Signature: make([]byte, 64)}}},
			{Kind: &wire.ServerFrame_Drain{Drain: &wire.Drain{WithinMs: 1 << 62}}},
			protocol.Failure(wire.ErrorCode_ERROR_CODE_LIMIT, "x", 1<<62),
			protocol.Failure(wire.ErrorCode_ERROR_CODE_BANNED, "x", 1<<62),
		} {
			data, encodeErr := encoding.Encode(frame)
			if encodeErr != nil {
				f.Fatal(encodeErr)
			}
			f.Add(encoding == protocol.JSON, data)
		}
	}
	f.Fuzz(func(t *testing.T, text bool, data []byte) {
		encoding := protocol.Protobuf
		if text {
			encoding = protocol.JSON
		}
		source := &pipe{toClient: make(chan []byte, 1), closed: make(chan struct{})}
		source.toClient <- data
		if found, greetErr := readChallenge(t.Context(), source, identity.ServerKey{}, identity.ServerKey{}, encoding); greetErr == nil && found.key.IsZero() {
			t.Error("a challenge without a key")
		}
		var frame wire.ServerFrame
		if encoding.Decode(data, &frame) != nil {
			return
		}
		k := newKeeper(&Client{options: Options{Now: time.Now, Random: rand.Reader, Logger: slog.New(slog.DiscardHandler)}, events: &events{closed: true}, context: t.Context()}, "x", newCluster(identity.Server{}, nil))
		s := newSession(k, &greeted{conn: source}, time.Now())
		s.beatSent, s.beatID, s.watched = time.Now(), 1, map[identity.PeerID]bool{peer: true}
		s.mailbox, s.directory = true, true
		maps.Copy(s.pending, questions(peer))
		waiting := len(s.pending)
		if failure := s.take(incoming{frame: &frame}); failure != nil && failure.Code == "" {
			t.Error("a failure without a code")
		}
		if len(s.pending) < waiting-1 || len(s.queue) > 1 || len(k.cluster.avoided) > 1 {
			t.Errorf("one frame left %d questions and %d in the queue", len(s.pending), len(s.queue))
		}
		if wait := s.moveAt.Sub(s.now()); !s.moveAt.IsZero() && wait > maxDrain {
			t.Errorf("moves in %v", wait)
		}
	})
}

// FuzzServerList: what is accepted is bounded and leads only where it may.
func FuzzServerList(f *testing.F) {
	key := fixedKey()
	public := identity.ServerKey(key[32:])
	for _, url := range []string{"wss://example.org:7117", "ws://127.0.0.1:1", "wss://example.org/#key", "http://x"} {
		body, encodeErr := wire.Encode(&wire.ServerList{TimeMs: 1, Servers: []*wire.ListedServer{
			{Url: url, Key: public[:], Weight: 1}, {Url: "wss://[::1]:1", Key: public[:], Weight: 1000, Load: 1000},
		}})
		if encodeErr != nil {
			f.Fatal(encodeErr)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		signed := &wire.Signed{Body: body, Signature: identity.Sign(key, identity.ContextServers, body)}
		known := newCluster(identity.Server{Key: public, URLs: []string{"wss://home:1"}}, nil)
		servers, takeErr := known.take(signed, public, time.Now())
		if takeErr != nil {
			return
		}
		if servers == nil || len(servers.Servers) > maxListed {
			t.Fatalf("accepted %+v", servers)
		}
		for _, one := range servers.Servers {
			if one.Server.Key.IsZero() || one.Weight > maxShare || one.Load > maxShare || len(one.Server.URLs) == 0 || len(one.Server.URLs) > maxURLs {
				t.Errorf("listed %+v", one)
			}
			for _, url := range one.Server.URLs {
				if url[:6] != "wss://" {
					t.Errorf("leads to %q", url)
				}
			}
		}
		if again := newCluster(known.home, body); len(again.listed) != len(servers.Servers) {
			t.Error("is another list when it is remembered")
		}
		preferred, last := known.targets(time.Now(), func() float64 { return 0.5 }, choice{})
		if len(preferred)+len(last) == 0 || len(preferred)+len(last) > 2*(maxURLs+maxRaced*maxSpareURLs) {
			t.Errorf("%d and %d targets", len(preferred), len(last))
		}
	})
}

// FuzzDirectoryEntry: whatever is signed, what is accepted may be shown.
func FuzzDirectoryEntry(f *testing.F) {
	device := fixedDevice(f)
	f.Add(signedBy(f, device.Keys, identity.ContextDirectory, entryOf(device)).GetBody())
	f.Add(signedBy(f, device.Keys, identity.ContextDirectory, &wire.DirectoryEntry{Name: "\u202e"}).GetBody())
	key := fixedKey()
	f.Fuzz(func(t *testing.T, data []byte) {
		var body wire.DirectoryEntry
		if wire.Decode(data, maxEntryBytes, &body) != nil {
			if _, err := parseEntry(&wire.Signed{Body: data}); !errors.Is(err, errUnsigned) {
				t.Errorf("what cannot be read: %v", err)
			}
			return
		}
		if _, err := parseEntry(&wire.Signed{Body: data, Signature: make([]byte, 64)}); !errors.Is(err, errUnsigned) {
			t.Errorf("without a signature: %v", err)
		}
		body.Identity = key[32:]
		encoded, err := wire.Encode(&body)
		if err != nil {
			return
		}
		entry, err := parseEntry(&wire.Signed{Body: encoded, Signature: identity.Sign(key, identity.ContextDirectory, encoded)})
		if errors.Is(err, errUnsigned) && len(encoded) <= maxEntryBytes {
			t.Errorf("signed, and refused as if it were not: %v", err)
		}
		if err != nil {
			return
		}
		for _, text := range append([]string{entry.Name, entry.Handle, entry.About}, entry.Tags...) {
			if strings.ContainsAny(text, "\x00\u202e\u2066\r") || len(text) > 4*maxAbout {
				t.Errorf("accepted %q", text)
			}
		}
		if len(entry.Tags) > maxEntryTags || len(entry.Listings) > maxListings || string(entry.Peer[:]) != string(key[32:]) {
			t.Errorf("accepted %+v", entry)
		}
		for _, listing := range entry.Listings {
			if !strings.HasPrefix(listing.Link, "tincan:") || listing.Title == "" {
				t.Errorf("listing %+v", listing)
			}
		}
	})
}

// FuzzHandleClaim: a claim that is accepted is signed, and its handle is one that can be asked for.
func FuzzHandleClaim(f *testing.F) {
	device := fixedDevice(f)
	f.Add(signedBy(f, device.Keys, identity.ContextHandle, claimOf(device)).GetBody())
	f.Add([]byte("\x0a\x03ana\x12\x01x\x20\x01"))
	key := fixedKey()
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := parseClaim(&wire.Signed{Body: data, Signature: make([]byte, 64)}); err == nil {
			t.Error("accepted without a signature")
		}
		var body wire.HandleClaim
		if wire.Decode(data, maxClaim, &body) != nil {
			return
		}
		body.Identity = key[32:]
		encoded, err := wire.Encode(&wire.HandleClaim{Handle: body.GetHandle(), Server: body.GetServer(), Identity: key[32:], Version: body.GetVersion()})
		if err != nil {
			return
		}
		claim, err := parseClaim(&wire.Signed{Body: encoded, Signature: identity.Sign(key, identity.ContextHandle, encoded)})
		if err != nil {
			return
		}
		handle, host, good := splitHandle(claim.Handle + "@" + claim.Server)
		if !good || handle != claim.Handle || host != claim.Server {
			t.Errorf("%q at %q reads as %q at %q, %t", claim.Handle, claim.Server, handle, host, good)
		}
	})
}

// FuzzPeerRecord: no record is of two people.
func FuzzPeerRecord(f *testing.F) {
	whole, err := wire.Encode(fixedDevice(f).Record)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, data []byte) {
		var record wire.PeerRecord
		if wire.Decode(data, wire.MaxServerFrame, &record) != nil {
			return
		}
		list, listErr := identity.ParseDeviceList(record.GetDeviceList())
		if checkErr := checkRecord(list.Peer, &record); listErr != nil && checkErr == nil {
			t.Error("accepted without a device list")
		}
		if string(data) == string(whole) && (listErr != nil || checkRecord(list.Peer, &record) != nil) {
			t.Error("a record as it should be is refused")
		}
		if checkRecord(identity.PeerID{1}, &record) == nil {
			t.Error("accepted for somebody else")
		}
	})
}
