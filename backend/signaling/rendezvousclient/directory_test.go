package rendezvousclient

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// signedBy signs a body as an identity.
func signedBy(t testing.TB, keys *identity.Keys, context identity.Context, body proto.Message) *wire.Signed {
	t.Helper()
	encoded, err := wire.Encode(body)
	if err != nil {
		t.Fatal(err)
	}
	return keys.SignedAsIdentity(context, encoded)
}

// claimOf is the body of a claim at the script's host.
func claimOf(device rendezvoustest.Device) *wire.HandleClaim {
	peer := device.Peer()
	return &wire.HandleClaim{Handle: "ana", Server: "script", Identity: peer[:], Version: 3}
}

func entryOf(device rendezvoustest.Device) *wire.DirectoryEntry {
	peer := device.Peer()
	return &wire.DirectoryEntry{
		Identity: peer[:], Version: 2, Name: "Ana", Handle: "ana", About: "Two\nlines", Tags: []string{"chess", "围棋"},
		Listings: []*wire.Listing{{Kind: wire.ListingKind_LISTING_KIND_ROOM, Title: "Chess", Link: "tincan:room/1#AAAA"}},
	}
}

func handleOf(t *testing.T, events []signaling.Event) signaling.Handle {
	t.Helper()
	events = slices.DeleteFunc(events, func(event signaling.Event) bool { return event.RTT > 0 }) // of a heartbeat
	if len(events) != 1 || events[0].Handle == nil || events[0].Handle.ID != 4 || events[0].Token != "home" {
		t.Fatalf("events %+v", events)
	}
	return *events[0].Handle
}

func matchesOf(t *testing.T, events []signaling.Event) signaling.Matches {
	t.Helper()
	if len(events) != 1 || events[0].Matches == nil || events[0].Matches.ID != 4 {
		t.Fatalf("events %+v", events)
	}
	return *events[0].Matches
}

// answeringHandles makes a script answer the three questions about handles with copies of a result.
func answeringHandles(s *script, result *wire.HandleResult) {
	answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
		reply := proto.CloneOf(result)
		reply.Id = max(frame.GetClaimHandle().GetId(), frame.GetReleaseHandle().GetId(), frame.GetResolveHandle().GetId())
		return &wire.ServerFrame{Kind: &wire.ServerFrame_HandleResult{HandleResult: reply}}
	})
}

const handleDone = wire.HandleOutcome_HANDLE_OUTCOME_DONE

func TestResolveHandle(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		ana := rendezvoustest.NewDevice(t)
		claim := signedBy(t, ana.Keys, identity.ContextHandle, claimOf(ana))
		for name, c := range map[string]struct {
			asked  string
			record *wire.PeerRecord
		}{
			"as it is":      {"ana", ana.Record},
			"with its host": {"Ana@Script", ana.Record},
			"no record":     {" ana ", nil},
		} {
			answeringHandles(s, &wire.HandleResult{Outcome: handleDone, Claim: claim, Record: c.record})
			p.client.ResolveHandle("home", 4, c.asked)
			synctest.Wait()
			got := handleOf(t, p.drain())
			if got.Answer != signaling.AnswerDone || got.Claim.Peer != ana.Peer() || got.Claim.Handle != "ana" || got.Claim.Server != "script" ||
				got.Claim.Version != 3 || !proto.Equal(got.Claim.Signed, claim) || !proto.Equal(got.Record, c.record) {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if asked := s.seen()[0].GetResolveHandle().GetHandle(); asked != "ana" {
			t.Errorf("asked for %q", asked)
		}
	})
}

// TestLiesAboutHandles: whatever a server makes up yields no person.
func TestLiesAboutHandles(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		ana, eve := rendezvoustest.NewDevice(t), rendezvoustest.NewDevice(t)
		claim := func(change func(*wire.HandleClaim)) *wire.Signed {
			body := claimOf(ana)
			change(body)
			return signedBy(t, ana.Keys, identity.ContextHandle, body)
		}
		good := claim(func(*wire.HandleClaim) {})
		peer := eve.Peer()
		mixed := proto.CloneOf(ana.Record)
		mixed.KeyRecords = eve.Record.GetKeyRecords()
		foreignKeys := proto.CloneOf(ana.Record)
		foreignKeys.KeyRecords[0].Signature[0] ^= 1
		for name, result := range map[string]*wire.HandleResult{
			"no claim":            {},
			"another handle":      {Claim: claim(func(c *wire.HandleClaim) { c.Handle = "anna" })},
			"another server":      {Claim: claim(func(c *wire.HandleClaim) { c.Server = "elsewhere.example" })},
			"no version":          {Claim: claim(func(c *wire.HandleClaim) { c.Version = 0 })},
			"another identity":    {Claim: &wire.Signed{Body: claim(func(c *wire.HandleClaim) { c.Identity = peer[:] }).GetBody(), Signature: good.GetSignature()}},
			"signed by another":   {Claim: signedBy(t, eve.Keys, identity.ContextHandle, claimOf(ana))},
			"for another purpose": {Claim: signedBy(t, ana.Keys, identity.ContextDirectory, claimOf(ana))},
			"by the device":       {Claim: &wire.Signed{Body: good.GetBody(), Signature: ana.SignAsDevice(identity.ContextHandle, good.GetBody())}},
			"a weak key":          {Claim: &wire.Signed{Body: claim(func(c *wire.HandleClaim) { c.Identity = make([]byte, 32) }).GetBody(), Signature: make([]byte, 64)}},
			"trailing bytes":      {Claim: ana.SignedAsIdentity(identity.ContextHandle, append(slices.Clone(good.GetBody()), 0x78, 1))},
			"another's record":    {Claim: good, Record: eve.Record},
			"an empty record":     {Claim: good, Record: &wire.PeerRecord{}},
			"mixed key records":   {Claim: good, Record: mixed},
			"forged key records":  {Claim: good, Record: foreignKeys},
		} {
			result.Outcome = handleDone
			answeringHandles(s, result)
			p.client.ResolveHandle("home", 4, "ana")
			synctest.Wait()
			if got := handleOf(t, p.drain()); got.Answer != signaling.AnswerForged || !got.Claim.Peer.IsZero() || got.Record != nil || got.Claim.Signed != nil {
				t.Errorf("%s: %+v", name, got)
			}
		}
		// It belongs to this server, but that is not the one that was asked for.
		answeringHandles(s, &wire.HandleResult{Outcome: handleDone, Claim: good})
		p.client.ResolveHandle("home", 4, "ana@elsewhere.example")
		synctest.Wait()
		if got := handleOf(t, p.drain()); got.Answer != signaling.AnswerElsewhere || got.Claim.Server != "script" || !got.Claim.Peer.IsZero() || got.Record != nil || got.Claim.Signed != nil {
			t.Errorf("another host: %+v", got)
		}
	})
}

func TestHandleOutcomes(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		mine := signedBy(t, p.Keys, identity.ContextHandle, claimOf(p.Device))
		for outcome, want := range map[wire.HandleOutcome]signaling.Answer{
			handleDone:                                        signaling.AnswerDone,
			wire.HandleOutcome_HANDLE_OUTCOME_TAKEN:           signaling.AnswerTaken,
			wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND:       signaling.AnswerNotFound,
			wire.HandleOutcome_HANDLE_OUTCOME_INVALID:         signaling.AnswerInvalid,
			wire.HandleOutcome_HANDLE_OUTCOME_TOO_MANY:        signaling.AnswerTooMany,
			wire.HandleOutcome_HANDLE_OUTCOME_UNAVAILABLE:     signaling.AnswerUnavailable,
			wire.HandleOutcome_HANDLE_OUTCOME_UNSPECIFIED:     signaling.AnswerUnavailable,
			wire.HandleOutcome_HANDLE_OUTCOME_UNAVAILABLE + 9: signaling.AnswerUnavailable,
		} {
			answeringHandles(s, &wire.HandleResult{Outcome: outcome})
			p.client.ReleaseHandle("home", 4, "ana")
			pass(time.Second)
			if got := handleOf(t, p.drain()); got.Answer != want {
				t.Errorf("release, %v: %+v", outcome, got)
			}
			p.client.ClaimHandle("home", 4, mine, nil)
			pass(time.Second)
			if got := handleOf(t, p.drain()); got.Answer != want || (want == signaling.AnswerDone) != (got.Claim.Peer == p.Peer()) {
				t.Errorf("claim, %v: %+v", outcome, got)
			}
		}
		ana := rendezvoustest.NewDevice(t)
		theirs := signedBy(t, ana.Keys, identity.ContextHandle, claimOf(ana))
		answeringHandles(s, &wire.HandleResult{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_TAKEN, Claim: theirs})
		p.client.ClaimHandle("home", 4, mine, nil)
		synctest.Wait()
		if got := handleOf(t, p.drain()); got.Answer != signaling.AnswerTaken || got.Claim.Peer != ana.Peer() {
			t.Errorf("taken: %+v", got)
		}
		answeringHandles(s, &wire.HandleResult{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_INVALID, Claim: theirs})
		p.client.ClaimHandle("home", 4, mine, nil)
		synctest.Wait()
		if got := handleOf(t, p.drain()); got.Answer != signaling.AnswerInvalid || got.Claim.Version != 3 {
			t.Errorf("a version to exceed: %+v", got)
		}
		answeringHandles(s, &wire.HandleResult{Outcome: handleDone, Claim: theirs})
		p.client.ClaimHandle("home", 4, mine, nil)
		synctest.Wait()
		if got := handleOf(t, p.drain()); got.Answer != signaling.AnswerForged || !got.Claim.Peer.IsZero() {
			t.Errorf("somebody else's in place of mine: %+v", got)
		}
	})
}

// TestClaimsThatAreNotSent: what a server would refuse is refused here.
func TestClaimsThatAreNotSent(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		ana := rendezvoustest.NewDevice(t)
		mine := signedBy(t, p.Keys, identity.ContextHandle, claimOf(p.Device))
		from, to := ana.Peer(), p.Peer()
		move := &wire.HandleMove{Handle: "ana", Server: "script", From: from[:], To: to[:], Version: 3}
		other := proto.CloneOf(move)
		other.Version = 4
		for name, c := range map[string]struct{ claim, previous *wire.Signed }{
			"nothing":          {nil, nil},
			"somebody else's":  {signedBy(t, ana.Keys, identity.ContextHandle, claimOf(ana)), nil},
			"a forged consent": {mine, signedBy(t, p.Keys, identity.ContextHandleMove, move)},
			"another consent":  {mine, signedBy(t, ana.Keys, identity.ContextHandleMove, other)},
			"no consent":       {mine, &wire.Signed{}},
		} {
			p.client.ClaimHandle("home", 4, c.claim, c.previous)
			synctest.Wait()
			if got := handleOf(t, p.drain()); got.Answer != signaling.AnswerInvalid {
				t.Errorf("%s: %+v", name, got)
			}
		}
		for _, handle := range []string{"", "an", "a na", "ana@", "ana@a b", strings.Repeat("a", 33), "аna\u202e", "a/b", "ana\x00", "\xff\xff\xff"} {
			p.client.ResolveHandle("home", 4, handle)
			synctest.Wait()
			if got := handleOf(t, p.drain()); got.Answer != signaling.AnswerInvalid {
				t.Errorf("%q: %+v", handle, got)
			}
		}
		if len(s.seen()) != 0 {
			t.Errorf("%d frames were sent", len(s.seen()))
		}
		answeringHandles(s, &wire.HandleResult{Outcome: handleDone, Claim: mine})
		p.client.ClaimHandle("home", 4, mine, signedBy(t, ana.Keys, identity.ContextHandleMove, move))
		synctest.Wait()
		if got := handleOf(t, p.drain()); got.Answer != signaling.AnswerDone || s.seen()[0].GetClaimHandle().GetPrevious() == nil {
			t.Errorf("a move with consent: %+v", got)
		}
	})
}

func TestListEntry(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		entry := signedBy(t, p.Keys, identity.ContextDirectory, entryOf(p.Device))
		for outcome, want := range map[wire.ListOutcome]signaling.Answer{
			wire.ListOutcome_LIST_OUTCOME_DONE: signaling.AnswerDone, wire.ListOutcome_LIST_OUTCOME_INVALID: signaling.AnswerInvalid,
			wire.ListOutcome_LIST_OUTCOME_OLDER: signaling.AnswerOlder, wire.ListOutcome_LIST_OUTCOME_REMOVED: signaling.AnswerRemoved,
			wire.ListOutcome_LIST_OUTCOME_UNAVAILABLE: signaling.AnswerUnavailable, 88: signaling.AnswerUnavailable,
		} {
			answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
				return &wire.ServerFrame{Kind: &wire.ServerFrame_ListResult{ListResult: &wire.ListResult{Id: frame.GetListEntry().GetId(), Outcome: outcome}}}
			})
			p.client.ListEntry("home", 5, entry)
			pass(time.Second)
			if got := answersOf(p.drain()); len(got) != 1 || got[0] != (signaling.Answered{ID: 5, Answer: want}) {
				t.Errorf("%v: %+v", outcome, got)
			}
		}
		s.set(func(s *script) { s.frames = nil })
		somebodyElses := rendezvoustest.NewDevice(t)
		for name, bad := range map[string]*wire.Signed{
			"nothing":         nil,
			"somebody else's": signedBy(t, somebodyElses.Keys, identity.ContextDirectory, entryOf(somebodyElses)),
			"a long name":     signedBy(t, p.Keys, identity.ContextDirectory, changed(p.Device, func(e *wire.DirectoryEntry) { e.Name = strings.Repeat("界", 65) })),
		} {
			p.client.ListEntry("home", 6, bad)
			synctest.Wait()
			if got := answersOf(p.drain()); len(got) != 1 || got[0].Answer != signaling.AnswerInvalid || len(s.seen()) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
		}
	})
}

func changed(device rendezvoustest.Device, change func(*wire.DirectoryEntry)) *wire.DirectoryEntry {
	entry := entryOf(device)
	change(entry)
	return entry
}

// answeringSearches makes a script find these.
func answeringSearches(s *script, found ...*wire.Signed) {
	answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
		return &wire.ServerFrame{Kind: &wire.ServerFrame_SearchResult{SearchResult: &wire.SearchResult{
			Id: frame.GetSearch().GetId(), Entries: found, Unavailable: frame.GetSearch().GetQuery() == "unavailable",
		}}}
	})
}

func TestSearch(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		ana, ben := rendezvoustest.NewDevice(t), rendezvoustest.NewDevice(t)
		entry := func(device rendezvoustest.Device, change func(*wire.DirectoryEntry)) *wire.Signed {
			return signedBy(t, device.Keys, identity.ContextDirectory, changed(device, change))
		}
		unchanged := func(*wire.DirectoryEntry) {}
		good := entry(ana, unchanged)
		newer := ben.SignedAsIdentity(identity.ContextDirectory, append(slices.Clone(entry(ben, unchanged).GetBody()), 0x78, 1))
		answeringSearches(s, good, good, newer, entry(ben, func(e *wire.DirectoryEntry) { e.About = "\u202eevil" }))
		p.client.Search("home", 4, "chess", 100)
		synctest.Wait()
		got := matchesOf(t, p.drain())
		if got.Answer != signaling.AnswerDone || len(got.Entries) != 1 {
			t.Fatalf("found %+v", got)
		}
		one := got.Entries[0]
		if one.Peer != ana.Peer() || one.Name != "Ana" || one.Handle != "ana" || one.About != "Two\nlines" || one.Version != 2 ||
			!slices.Equal(one.Tags, []string{"chess", "围棋"}) || len(one.Listings) != 1 || one.Listings[0].Link != "tincan:room/1#AAAA" || !proto.Equal(one.Signed, good) {
			t.Errorf("entry %+v", one)
		}
		if asked := s.seen()[0].GetSearch(); asked.GetLimit() != 20 || asked.GetQuery() != "chess" {
			t.Errorf("asked %v", asked)
		}
		// No more than was asked for.
		answeringSearches(s, good, entry(ben, unchanged))
		p.client.Search("home", 4, "chess", 1)
		synctest.Wait()
		if got = matchesOf(t, p.drain()); len(got.Entries) != 1 {
			t.Errorf("found %+v", got)
		}
		// A lie among truths spoils all of it.
		for name, lie := range map[string]*wire.Signed{
			"nothing":             {},
			"signed by another":   signedBy(t, ben.Keys, identity.ContextDirectory, entryOf(ana)),
			"for another purpose": signedBy(t, ben.Keys, identity.ContextHandle, entryOf(ben)),
			"changed":             {Body: entry(ben, func(e *wire.DirectoryEntry) { e.Name = "Eve" }).GetBody(), Signature: entry(ben, unchanged).GetSignature()},
		} {
			answeringSearches(s, good, lie)
			p.client.Search("home", 4, "chess", 20)
			synctest.Wait()
			if got = matchesOf(t, p.drain()); got.Answer != signaling.AnswerForged || len(got.Entries) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
		}
		p.client.Search("home", 4, "unavailable", 3)
		synctest.Wait()
		if got = matchesOf(t, p.drain()); got.Answer != signaling.AnswerUnavailable {
			t.Errorf("unavailable: %+v", got)
		}
		for _, query := range []string{"", strings.Repeat("x", 129), "\xff"} {
			p.client.Search("home", 4, query, 3)
			synctest.Wait()
			if got = matchesOf(t, p.drain()); got.Answer != signaling.AnswerInvalid {
				t.Errorf("%q: %+v", query, got)
			}
		}
	})
}

func TestReport(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
			return &wire.ServerFrame{Kind: &wire.ServerFrame_ReportResult{ReportResult: &wire.ReportResult{Id: frame.GetReport().GetId()}}}
		})
		p.client.Report("home", 4, identity.PeerID{9}, wire.ReportReason_REPORT_REASON_SPAM)
		synctest.Wait()
		if got := answersOf(p.drain()); len(got) != 1 || got[0] != (signaling.Answered{ID: 4, Answer: signaling.AnswerDone}) {
			t.Errorf("answers %+v", got)
		}
		if sent := s.seen()[0].GetReport(); sent.GetReason() != wire.ReportReason_REPORT_REASON_SPAM || sent.GetIdentity()[0] != 9 {
			t.Errorf("sent %v", sent)
		}
	})
}

// TestAnswersOfAnotherKind: an answer to another question is none.
func TestAnswersOfAnotherKind(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		p.client.Search("home", 4, "chess", 3)
		synctest.Wait()
		id := s.seen()[0].GetSearch().GetId()
		s.say(&wire.ServerFrame{Kind: &wire.ServerFrame_DeleteResult{DeleteResult: &wire.DeleteResult{Id: id}}})
		s.say(&wire.ServerFrame{Kind: &wire.ServerFrame_SearchResult{SearchResult: &wire.SearchResult{Id: id + 1}}})
		synctest.Wait()
		if events := p.drain(); len(events) != 0 {
			t.Errorf("events %+v", events)
		}
		s.say(&wire.ServerFrame{Kind: &wire.ServerFrame_SearchResult{SearchResult: &wire.SearchResult{Id: id}}})
		s.say(&wire.ServerFrame{Kind: &wire.ServerFrame_SearchResult{SearchResult: &wire.SearchResult{Id: id}}})
		synctest.Wait()
		if got := matchesOf(t, p.drain()); got.Answer != signaling.AnswerDone {
			t.Errorf("found %+v", got)
		}
	})
}

// TestDirectoryWithoutSession answers each question at once.
func TestDirectoryWithoutSession(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, _ *script, p *person) {
		p.client.Search("home", 4, "chess", 3)
		p.client.ResolveHandle("home", 4, "ana")
		p.client.Report("home", 4, identity.PeerID{}, wire.ReportReason_REPORT_REASON_SPAM)
		p.client.FetchMail("home", 4)
		synctest.Wait()
		events := p.drain()
		if len(events) != 4 {
			t.Fatalf("events %+v", events)
		}
		for _, event := range events {
			if answerOf(event) != signaling.AnswerNoSession {
				t.Errorf("event %+v", event)
			}
		}
	})
}
