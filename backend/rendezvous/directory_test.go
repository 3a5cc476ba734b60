package rendezvous_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

const directoryHost = "chat.example.org"

func withDirectory(o *rendezvous.Options) { o.Directory.Hosts = []string{directoryHost} }

func (p *person) encoded(message proto.Message) []byte {
	p.testing.Helper()
	data, err := wire.Encode(message)
	if err != nil {
		p.testing.Fatal(err)
	}
	return data
}

func (p *person) claimed(handle string, version uint64) *wire.Signed {
	p.testing.Helper()
	peer := p.device.Peer()
	return p.device.SignedAsIdentity(identity.ContextHandle, p.encoded(&wire.HandleClaim{
		Handle: handle, Server: directoryHost, Identity: peer[:], Version: version,
	}))
}

func (p *person) handle(frame *wire.ClientFrame) *wire.HandleResult {
	p.testing.Helper()
	answer := p.ask(frame).GetHandleResult()
	if answer.GetId() != 21 {
		p.testing.Fatalf("answer %v", answer)
	}
	return answer
}

func (p *person) claim(claim, previous *wire.Signed) *wire.HandleResult {
	p.testing.Helper()
	return p.handle(&wire.ClientFrame{Kind: &wire.ClientFrame_ClaimHandle{ClaimHandle: &wire.ClaimHandle{Id: 21, Claim: claim, Previous: previous}}})
}

func (p *person) resolve(handle string) *wire.HandleResult {
	p.testing.Helper()
	return p.handle(&wire.ClientFrame{Kind: &wire.ClientFrame_ResolveHandle{ResolveHandle: &wire.ResolveHandle{Id: 21, Handle: handle}}})
}

func (p *person) release(handle string) *wire.HandleResult {
	p.testing.Helper()
	return p.handle(&wire.ClientFrame{Kind: &wire.ClientFrame_ReleaseHandle{ReleaseHandle: &wire.ReleaseHandle{Id: 21, Handle: handle}}})
}

func (p *person) list(entry *wire.DirectoryEntry) wire.ListOutcome {
	p.testing.Helper()
	peer := p.device.Peer()
	entry.Identity = peer[:]
	signed := p.device.SignedAsIdentity(identity.ContextDirectory, p.encoded(entry))
	answer := p.ask(&wire.ClientFrame{Kind: &wire.ClientFrame_ListEntry{ListEntry: &wire.ListEntry{Id: 22, Entry: signed}}}).GetListResult()
	if answer.GetId() != 22 {
		p.testing.Fatalf("answer %v", answer)
	}
	return answer.GetOutcome()
}

func (p *person) search(query string) *wire.SearchResult {
	p.testing.Helper()
	answer := p.ask(&wire.ClientFrame{Kind: &wire.ClientFrame_Search{Search: &wire.Search{Id: 23, Query: query}}}).GetSearchResult()
	if answer.GetId() != 23 {
		p.testing.Fatalf("answer %v", answer)
	}
	return answer
}

func (p *person) report(about identity.PeerID) {
	p.testing.Helper()
	answer := p.ask(&wire.ClientFrame{Kind: &wire.ClientFrame_Report{Report: &wire.Report{
		Id: 24, Identity: about[:], Reason: wire.ReportReason_REPORT_REASON_SPAM,
	}}}).GetReportResult()
	if answer.GetId() != 24 {
		p.testing.Fatalf("answer %v", answer)
	}
}

func TestHandles(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		if got := ana.resolve("ana"); got.GetOutcome() != wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND {
			t.Errorf("before: %v", got)
		}
		claim := ana.claimed("ana", 1)
		if got := ana.claim(claim, nil); got.GetOutcome() != wire.HandleOutcome_HANDLE_OUTCOME_DONE || !proto.Equal(got.GetClaim(), claim) {
			t.Fatalf("claim: %v", got)
		}
		found := ben.resolve("ana")
		peer := ana.device.Peer()
		if !proto.Equal(found.GetClaim(), claim) || !identity.VerifySigned(peer, identity.ContextHandle, found.GetClaim()) ||
			!proto.Equal(found.GetRecord().GetDeviceList(), ana.device.Record.GetDeviceList()) {
			t.Errorf("resolved: %v", found)
		}
		for name, c := range map[string]struct {
			got  *wire.HandleResult
			want wire.HandleOutcome
		}{
			"taken":             {ben.claim(ben.claimed("ana", 2), nil), wire.HandleOutcome_HANDLE_OUTCOME_TAKEN},
			"somebody's claim":  {ben.claim(claim, nil), wire.HandleOutcome_HANDLE_OUTCOME_INVALID},
			"nothing":           {ben.claim(nil, nil), wire.HandleOutcome_HANDLE_OUTCOME_INVALID},
			"a forged move":     {ben.claim(ben.claimed("ana", 2), ben.claimed("ana", 2)), wire.HandleOutcome_HANDLE_OUTCOME_INVALID},
			"reserved":          {ben.claim(ben.claimed("operator", 1), nil), wire.HandleOutcome_HANDLE_OUTCOME_TAKEN},
			"not a handle":      {ben.resolve("A b"), wire.HandleOutcome_HANDLE_OUTCOME_INVALID},
			"a long one":        {ben.resolve(strings.Repeat("a", 60_000)), wire.HandleOutcome_HANDLE_OUTCOME_INVALID},
			"release another's": {ben.release("ana"), wire.HandleOutcome_HANDLE_OUTCOME_TAKEN},
			"release none":      {ben.release("nobody.x"), wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND},
		} {
			if c.got.GetOutcome() != c.want {
				t.Errorf("%s: %v", name, c.got)
			}
		}
		to := ben.device.Peer()
		move := ana.device.SignedAsIdentity(identity.ContextHandleMove, ana.encoded(&wire.HandleMove{
			Handle: "ana", Server: directoryHost, From: peer[:], To: to[:], Version: 2,
		}))
		if got := ben.claim(ben.claimed("ana", 2), move); got.GetOutcome() != wire.HandleOutcome_HANDLE_OUTCOME_DONE {
			t.Errorf("moved: %v", got)
		}
		if got := ben.release("ana"); got.GetOutcome() != wire.HandleOutcome_HANDLE_OUTCOME_DONE {
			t.Errorf("released: %v", got)
		}
		if got := ana.resolve("ana"); got.GetOutcome() != wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND || got.GetRecord() != nil {
			t.Errorf("after: %v", got)
		}
	}, withDirectory)
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		await(t, "a directory", func() bool { return !ben.search("ana").GetUnavailable() })
		if outcome := ana.list(&wire.DirectoryEntry{Version: 1, Name: "Ana 张伟", Tags: []string{"go"}}); outcome != wire.ListOutcome_LIST_OUTCOME_DONE {
			t.Fatal(outcome)
		}
		await(t, "an entry", func() bool { return len(ben.search("张").GetEntries()) == 1 })
		found := ben.search("an").GetEntries()
		if len(found) != 1 || !identity.VerifySigned(ana.device.Peer(), identity.ContextDirectory, found[0]) {
			t.Errorf("found %v", found)
		}
		if outcome := ana.list(&wire.DirectoryEntry{Version: 1, Name: "Older"}); outcome != wire.ListOutcome_LIST_OUTCOME_OLDER {
			t.Errorf("older: %v", outcome)
		}
		if outcome := ben.list(&wire.DirectoryEntry{Version: 1, Name: "Ben", Handle: "nobody.x"}); outcome != wire.ListOutcome_LIST_OUTCOME_INVALID {
			t.Errorf("a handle that is nobody's: %v", outcome)
		}
		if err := server.Rendezvous().Directory().Remove(t.Context(), ana.device.Peer(), "spam"); err != nil {
			t.Fatal(err)
		}
		if left := ben.search("ana").GetEntries(); len(left) != 0 {
			t.Errorf("removed, but found: %v", left)
		}
		if outcome := ana.list(&wire.DirectoryEntry{Version: 2, Name: "Ana"}); outcome != wire.ListOutcome_LIST_OUTCOME_REMOVED {
			t.Errorf("removed: %v", outcome)
		}
		if err := server.Rendezvous().Directory().Restore(t.Context(), ana.device.Peer()); err != nil {
			t.Fatal(err)
		}
		await(t, "the entry again", func() bool { return len(ben.search("ana").GetEntries()) == 1 })
		ben.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Search{Search: &wire.Search{Query: strings.Repeat("a", 129)}}})
		ben.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
	}, withDirectory)
}

func TestServerWithoutDirectory(t *testing.T) {
	t.Parallel()
	server := start(t)
	r := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	device := rendezvoustest.NewDevice(t)
	if welcome := r.login(device); welcome.GetDirectory() || server.Rendezvous().Directory() != nil {
		t.Error("the welcome promises a directory")
	}
	ana := &person{raw: r, device: device}
	if got := ana.claim(ana.claimed("ana", 1), nil); got.GetOutcome() != wire.HandleOutcome_HANDLE_OUTCOME_UNAVAILABLE {
		t.Errorf("claim: %v", got)
	}
	if got := ana.list(&wire.DirectoryEntry{Version: 1, Name: "Ana"}); got != wire.ListOutcome_LIST_OUTCOME_UNAVAILABLE {
		t.Errorf("list: %v", got)
	}
	if got := ana.search("ana"); !got.GetUnavailable() {
		t.Errorf("search: %v", got)
	}
}

// TestWritesFromOnePlace: new identities at one address don't get round the limits.
func TestWritesFromOnePlace(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		for i, want := range []wire.HandleOutcome{
			wire.HandleOutcome_HANDLE_OUTCOME_DONE, wire.HandleOutcome_HANDLE_OUTCOME_DONE, wire.HandleOutcome_HANDLE_OUTCOME_UNAVAILABLE,
		} {
			one := come(t, server, encoding)
			if got := one.claim(one.claimed(strings.Repeat("a", i+3), 1), nil); got.GetOutcome() != want {
				t.Errorf("claim %d: %v", i, got)
			}
		}
	}, withDirectory, func(o *rendezvous.Options) { o.Limits.WritesPerHour = 2 })
}

func TestReporting(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		eve := come(t, server, encoding)
		for range 3 {
			reporter := come(t, server, encoding)
			reporter.report(eve.device.Peer())
			reporter.report(eve.device.Peer())
			reporter.report(reporter.device.Peer())
			reporter.report(identity.PeerID{7}) // nobody: the answer is the same
		}
		await(t, "what the operator sees", func() bool { return len(server.Rendezvous().Moderation().Reported()) == 1 })
		if shown := server.Rendezvous().Moderation().Reported()[0]; shown.Peer != eve.device.Peer() || shown.Reporters != 3 {
			t.Errorf("shown %v", shown)
		}
		eve.ask(heartbeat(1)) // nothing was done to them
		eve.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Report{Report: &wire.Report{Identity: make([]byte, 31)}}})
		eve.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
	})
}
