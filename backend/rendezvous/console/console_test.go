package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	patience = 15 * time.Second
	host     = "lines.example"
)

// failing is an engine whose store does not answer when it is told so.
type failing struct {
	engine.Engine

	mu   sync.Mutex
	fail error
}

func (f *failing) Healthy(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	return f.Engine.Healthy(ctx)
}

// start runs a console of a server with a directory.
func start(t *testing.T, changes ...func(*Options)) (*Console, *failing) {
	t.Helper()
	kept := &failing{Engine: memory.New(memory.Options{})}
	server := rendezvoustest.Start(t, func(o *rendezvous.Options) {
		o.Engine, o.Directory.Hosts, o.TLS, o.Relay = kept, []string{host}, false, nil
		o.ReportThreshold = 2
	})
	options := Options{
		Server: server.Rendezvous(), Engine: kept, Folder: t.TempDir(), Mode: operator.ModeMemory, Version: "1.2.3", Host: host,
	}
	for _, change := range changes {
		change(&options)
	}
	c := New(options)
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { c.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		group.Wait()
	})
	eventually(t, "everything is read", func() bool {
		return options.Server.Moderation().Settled() && options.Server.Directory().Settled()
	})
	return c, kept
}

func eventually(t *testing.T, what string, met func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func (c *Console) mustStatus(t *testing.T) operator.Status {
	t.Helper()
	status, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func codes(problems []operator.Problem) []string {
	var all []string
	for _, problem := range problems {
		if problem.Text == "" {
			all = append(all, "without a sentence")
		}
		all = append(all, problem.Code)
	}
	return all
}

func TestStatusAndProblems(t *testing.T) {
	t.Parallel()
	c, kept := start(t, func(o *Options) { o.Nodes = 3 })
	if err := os.WriteFile(filepath.Join(c.options.Folder, "some"), make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	status := c.mustStatus(t)
	if status.Version != "1.2.3" || status.Node != "memory" || status.Disk != 5000 || status.DiskFree == 0 || status.Memory == 0 || status.Draining {
		t.Errorf("status %+v", status)
	}
	if got := codes(status.Problems); !slices.Equal(got, []string{"nodes-missing"}) {
		t.Errorf("problems %v", got)
	}
	kept.mu.Lock()
	kept.fail = engine.ErrUnavailable
	kept.mu.Unlock()
	status = c.mustStatus(t)
	if got := codes(status.Problems); !slices.Equal(got, []string{"store-unavailable", "nodes-missing"}) || !status.Problems[0].Failing {
		t.Errorf("problems %v", got)
	}
	if got := codes(c.problems(nil, room{free: 5 << 30, total: 200 << 30}, 3)); !slices.Equal(got, []string{"disk-low"}) {
		t.Errorf("problems of a full disk %v", got)
	}
	if err := c.Backup(t.Context(), io.Discard); err == nil || errors.Is(err, engine.ErrClosed) {
		t.Errorf("a backup of nothing: %v", err)
	}
}

func TestBans(t *testing.T) {
	t.Parallel()
	c, _ := start(t)
	peer := rendezvoustest.NewDevice(t).Peer()
	expires := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	for target, want := range map[string]struct {
		kind operator.BanKind
		text string
	}{
		peer.String(): {operator.BanPeer, peer.String()}, "198.51.100.7": {operator.BanAddress, "198.51.100.7"},
		"198.51.100.0/24": {operator.BanRange, "198.51.100.0/24"}, "2001:db8::7": {operator.BanRange, "2001:db8::/64"},
		"bulk.example": {operator.BanDomain, "bulk.example"},
	} {
		ban, err := c.AddBan(t.Context(), operator.Ban{Target: target, Reason: "why", Expires: expires})
		if err != nil || ban.Kind != want.kind || ban.Target != want.text || ban.ID == "" || ban.Created.IsZero() || !ban.Expires.Equal(expires) {
			t.Errorf("AddBan(%s) = %+v, %v", target, ban, err)
		}
		// What was typed and what is shown have to be the same to the operator's side.
		if parsed, err := operator.ParseTarget(0, ban.Target); err != nil || parsed.Text != ban.Target || parsed.Kind != ban.Kind {
			t.Errorf("%s is read as %+v, %v", ban.Target, parsed, err)
		}
	}
	bans, err := c.Bans(t.Context())
	if err != nil || len(bans) != 5 || c.mustStatus(t).Bans != 5 {
		t.Fatalf("Bans = %+v, %v", bans, err)
	}
	if _, err = c.AddBan(t.Context(), operator.Ban{Target: "198.51.100.7", Reason: "another"}); err != nil {
		t.Fatal(err)
	}
	again, err := c.Bans(t.Context())
	at := slices.IndexFunc(again, func(ban operator.Ban) bool { return ban.Target == "198.51.100.7" })
	if err != nil || len(again) != 5 || again[at].Reason != "another" || !again[at].Expires.IsZero() {
		t.Errorf("Bans = %+v, %v", again, err)
	}
	for _, ban := range bans {
		removed, removeErr := c.RemoveBan(t.Context(), ban.ID)
		if removeErr != nil || removed.Target != ban.Target {
			t.Errorf("RemoveBan(%s) = %+v, %v", ban.ID, removed, removeErr)
		}
		if _, err = c.RemoveBan(t.Context(), ban.ID); !errors.Is(err, operator.ErrNotFound) {
			t.Errorf("RemoveBan again = %v", err)
		}
	}
	for _, id := range []string{"", "nonsense", "0.0.0.0/0"} {
		if _, err = c.RemoveBan(t.Context(), id); !errors.Is(err, operator.ErrNotFound) {
			t.Errorf("RemoveBan(%q) = %v", id, err)
		}
	}
}

func entryOf(t *testing.T, device rendezvoustest.Device, name string) *wire.Signed {
	t.Helper()
	peer := device.Peer()
	body, err := wire.Encode(&wire.DirectoryEntry{
		Identity: peer[:], Version: 1, Name: name, About: "all about it", Tags: []string{"games"},
		Listings: []*wire.Listing{{Kind: wire.ListingKind_LISTING_KIND_ROOM, Title: "Openings", Link: "tincan:x"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return device.SignedAsIdentity(identity.ContextDirectory, body)
}

func TestListingsAndReports(t *testing.T) {
	t.Parallel()
	c, _ := start(t)
	listed, unlisted := rendezvoustest.NewDevice(t), rendezvoustest.NewDevice(t)
	entries, moderation := c.options.Server.Directory(), c.options.Server.Moderation()
	if outcome, err := entries.List(t.Context(), listed.Peer(), entryOf(t, listed, "Chess club")); err != nil || outcome != wire.ListOutcome_LIST_OUTCOME_DONE {
		t.Fatalf("List = %v, %v", outcome, err)
	}
	eventually(t, "it is listed", func() bool { return c.mustStatus(t).DirectoryEntries == 1 })
	id := listed.Peer().String()
	found, next, err := c.Listings(t.Context(), "chess", false, "", 10)
	if err != nil || next != "" || len(found) != 1 || found[0].ID != id || found[0].Name != "Chess club" || found[0].Titles[0] != "Openings" || found[0].Listed.IsZero() {
		t.Fatalf("Listings = %+v, %q, %v", found, next, err)
	}
	if err = c.SetListingRemoved(t.Context(), id, true, "spam"); err != nil {
		t.Fatal(err)
	}
	if found, _, err = c.Listings(t.Context(), "", true, "", 10); err != nil || len(found) != 1 || !found[0].Removed || found[0].RemovedReason != "spam" {
		t.Errorf("removed are %+v, %v", found, err)
	}
	if found, _, err = c.Listings(t.Context(), "", false, "", 10); err != nil || len(found) != 0 || c.mustStatus(t).DirectoryRemoved != 1 {
		t.Errorf("listed are %+v, %v", found, err)
	}
	if err = c.SetListingRemoved(t.Context(), id, false, ""); err != nil {
		t.Fatal(err)
	}
	for _, none := range []string{"", "nonsense", unlisted.Peer().String()} {
		if err = c.SetListingRemoved(t.Context(), none, true, ""); !errors.Is(err, operator.ErrNotFound) {
			t.Errorf("removing %q: %v", none, err)
		}
	}
	if err = c.SetListingRemoved(t.Context(), id, false, ""); !errors.Is(err, operator.ErrNotFound) {
		t.Errorf("restoring again: %v", err)
	}
	if _, _, err = c.Listings(t.Context(), "", false, "nonsense", 10); err == nil {
		t.Error("a page of nowhere was found")
	}

	for _, about := range []identity.PeerID{listed.Peer(), unlisted.Peer()} {
		for _, reason := range []wire.ReportReason{wire.ReportReason_REPORT_REASON_SPAM, wire.ReportReason_REPORT_REASON_ABUSE} {
			if err = moderation.Report(t.Context(), rendezvoustest.NewDevice(t).Peer(), about, reason); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "two are reported", func() bool { return c.mustStatus(t).Reports == 2 })
	reports, err := c.Reports(t.Context())
	if err != nil || len(reports) != 2 {
		t.Fatalf("Reports = %+v, %v", reports, err)
	}
	for _, report := range reports {
		if report.Reporters != 2 || report.Spam != 1 || report.Abuse != 1 || report.First.IsZero() || report.Last.Before(report.First) ||
			(report.Listing != "") != (report.ID == id) || len(report.Subject) > 20 {
			t.Errorf("report %+v", report)
		}
		if err = c.DismissReports(t.Context(), report.ID); err != nil {
			t.Errorf("DismissReports: %v", err)
		}
		if err = c.DismissReports(t.Context(), report.ID); !errors.Is(err, operator.ErrNotFound) {
			t.Errorf("DismissReports again: %v", err)
		}
	}
	if status := c.mustStatus(t); status.Reports != 0 {
		t.Errorf("%d are reported still", status.Reports)
	}
}

// TestDrainIsForOneStart: what another node asked holds for this start of the node only.
func TestDrainIsForOneStart(t *testing.T) {
	t.Parallel()
	c, kept := start(t)
	drains := func() bool { return c.mustStatus(t).Draining }
	if err := c.SetDraining(t.Context(), "", true); err != nil || !drains() {
		t.Fatalf("SetDraining: %v", err)
	}
	nodes, err := c.Nodes(t.Context())
	if err != nil || len(nodes) != 1 || !nodes[0].Draining || nodes[0].Weight != 0 {
		t.Errorf("Nodes = %+v, %v", nodes, err)
	}
	if err = c.SetDraining(t.Context(), "memory", false); err != nil || drains() {
		t.Errorf("SetDraining: %v", err)
	}
	if err = c.SetDraining(t.Context(), "other", true); !errors.Is(err, operator.ErrNotFound) {
		t.Errorf("SetDraining of nobody: %v", err)
	}
	// As another node asks, and as one asked of an earlier start.
	self, _ := c.self()
	earlier := self
	earlier.Started = earlier.Started.Add(-time.Hour)
	for _, one := range []struct {
		node  engine.Node
		wants bool
		after bool
	}{{self, true, true}, {earlier, false, true}, {self, false, false}, {earlier, true, false}} {
		if err = c.ask(t.Context(), one.node, one.wants); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is read", func() bool { return drains() == one.after })
	}
	if _, err = kept.Table(engine.TableSettings).Put(t.Context(), drainPrefix+"junk", bytes.Repeat([]byte("x"), 100), 0); err != nil {
		t.Fatal(err)
	}
	if _, good := readAsked([]byte(`{"started_ms":"no"}`)); good {
		t.Error("nonsense was read")
	}
	if drains() {
		t.Error("it drains for an earlier start")
	}
}
