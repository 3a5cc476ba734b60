package operator

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fake is a server that does nothing but remember.
type fake struct {
	mu       sync.Mutex
	status   Status
	failure  error // of Status
	nodes    []Node
	bans     []Ban
	listings []Listing
	reports  []Report
	backup   []byte
	cut      error // of Backup, after half of it
	made     int
	asked    int       // how often for the status
	busy     time.Time // since when the counters grow by themselves; zero: they do not
}

func newFake() *fake {
	now := time.Now()
	number := func(value float64) *float64 { return &value }
	size := func(value uint64) *uint64 { return &value }
	return &fake{
		status: Status{
			Version: "1.4.0", Host: "lines.example.net", Node: "fra-1", Mode: ModeCluster, Started: now.Add(-41 * 24 * time.Hour),
			Sessions: 1284, Connections: 618, SignalMedian: 12 * time.Millisecond, Signals: 1_000_000, Mails: 200_000, RelayBytes: 9 << 30,
			Allocations: 31, Refused: 8000,
			RefusedMost: []Refusal{
				{Network: netip.MustParsePrefix("203.0.113.0/24"), Reason: "rate", Count: 5120},
				{Network: netip.MustParsePrefix("198.51.100.77/32"), Reason: "login", Count: 418},
				{Network: netip.MustParsePrefix("2001:db8::5f3a/128"), Reason: "banned", Count: 31},
			},
			MailEnvelopes: 9412, MailBytes: 212 << 20, MailOldest: now.Add(-13 * 24 * time.Hour),
			MailAges: []MailAge{
				{time.Hour, 3904}, {24 * time.Hour, 2771}, {3 * 24 * time.Hour, 1702}, {7 * 24 * time.Hour, 755}, {14 * 24 * time.Hour, 280},
			},
			DirectoryEntries: 6180, DirectoryRemoved: 1, Memory: 310 << 20, Disk: 2 << 30, DiskFree: 80 << 30,
		},
		nodes: []Node{
			{ID: "fra-1", Self: true, URL: "wss://fra-1.example.net:7117", Version: "1.4.0", Started: now.Add(-41 * 24 * time.Hour), Seen: now, Sessions: 612, Weight: 100, Load: 410, Signals: number(18.4), Memory: size(310 << 20)},
			{ID: "fra-2", URL: "wss://fra-2.example.net:7117", Version: "1.4.0", Started: now.Add(-40 * 24 * time.Hour), Seen: now, Sessions: 480, Weight: 100, Load: 360},
			{ID: "gru-1", URL: "wss://gru-1.example.net:7117", Version: "1.3.2", Started: now.Add(-90 * 24 * time.Hour), Seen: now, Sessions: 0, Weight: 50, Load: 20, Draining: true},
			{ID: "sgp-1", URL: "wss://sgp-1.example.net:7117", Version: "1.3.2", Started: now.Add(-90 * 24 * time.Hour), Seen: now, Sessions: 192, Weight: 50, Load: 860},
		},
		listings: []Listing{
			{ID: "l1", Name: "Chess club", Handle: "chess", About: "We play on Thursdays. Come and lose.", Tags: []string{"games", "berlin"}, Titles: []string{"Openings", "Tournament"}, Listed: now.Add(-5 * time.Hour)},
			{ID: "l2", Name: "王小明", Handle: "xiaoming", About: "摄影和徒步。", Tags: []string{"摄影"}, Listed: now.Add(-50 * time.Hour)},
			{ID: "l3", Name: "Cheap watches", Handle: "watches", About: "Best price <b>today</b>", Listed: now.Add(-time.Hour)},
			{ID: "l4", Name: "Bulk", Handle: "bulk", About: "Gone.", Listed: now.Add(-90 * time.Hour), Removed: true, RemovedReason: "Spam"},
		},
		reports: []Report{
			{ID: "r1", Subject: "watches", Listing: "l3", Reporters: 7, Spam: 6, Directory: 1, First: now.Add(-2 * time.Hour), Last: now.Add(-4 * time.Minute)},
			{ID: "r2", Subject: "tc17392…0352", Reporters: 3, Abuse: 3, First: now.Add(-26 * time.Hour), Last: now.Add(-3 * time.Hour)},
		},
	}
}

func (f *fake) change(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) Status(context.Context) (Status, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	status := f.status
	if !f.busy.IsZero() {
		seconds := time.Since(f.busy).Seconds()
		status.Signals += uint64(38.2 * seconds)
		status.Mails += uint64(7.5 * seconds)
		status.RelayBytes += uint64(10.5e6 * seconds)
	}
	status.Bans, status.Reports = uint64(len(f.bans)), uint64(len(f.reports))
	return status, f.failure
}

func (f *fake) Nodes(context.Context) ([]Node, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.nodes), f.failure
}

func (f *fake) SetDraining(_ context.Context, node string, draining bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for at := range f.nodes {
		if f.nodes[at].ID == node || node == "" && f.nodes[at].Self {
			f.nodes[at].Draining = draining
			if f.nodes[at].Self {
				f.status.Draining = draining
			}
			return nil
		}
	}
	return ErrNotFound
}

func (f *fake) Bans(context.Context) ([]Ban, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.bans), f.failure
}

func (f *fake) AddBan(_ context.Context, ban Ban) (Ban, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bans = slices.DeleteFunc(f.bans, func(other Ban) bool { return other.Kind == ban.Kind && other.Target == ban.Target })
	f.made++
	ban.ID, ban.Created = "b"+strconv.Itoa(f.made), time.Now()
	f.bans = append(f.bans, ban)
	return ban, nil
}

func (f *fake) RemoveBan(_ context.Context, id string) (Ban, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.IndexFunc(f.bans, func(ban Ban) bool { return ban.ID == id })
	if at < 0 {
		return Ban{}, ErrNotFound
	}
	ban := f.bans[at]
	f.bans = slices.Delete(f.bans, at, at+1)
	return ban, nil
}

func (f *fake) Listings(_ context.Context, query string, removed bool, after string, limit int) ([]Listing, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []Listing
	for _, listing := range f.listings {
		text := strings.ToLower(listing.Name + " " + listing.Handle + " " + listing.About)
		if listing.Removed != removed || listing.ID <= after || !strings.Contains(text, strings.ToLower(query)) {
			continue
		}
		if len(found) == limit {
			return found, found[limit-1].ID, nil
		}
		found = append(found, listing)
	}
	return found, "", nil
}

func (f *fake) SetListingRemoved(_ context.Context, id string, removed bool, reason string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.IndexFunc(f.listings, func(listing Listing) bool { return listing.ID == id })
	if at < 0 {
		return ErrNotFound
	}
	f.listings[at].Removed, f.listings[at].RemovedReason = removed, reason
	return nil
}

func (f *fake) Reports(context.Context) ([]Report, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.reports), nil
}

func (f *fake) DismissReports(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.IndexFunc(f.reports, func(report Report) bool { return report.ID == id })
	if at < 0 {
		return ErrNotFound
	}
	f.reports = slices.Delete(f.reports, at, at+1)
	return nil
}

func (f *fake) Backup(_ context.Context, to io.Writer) error {
	if f.backup == nil {
		return &Refused{Code: "backup-nothing", Sentence: "This server keeps nothing: there is nothing to back up."}
	}
	if f.cut != nil {
		_, err := to.Write(f.backup[:len(f.backup)/2])
		return errors.Join(err, f.cut)
	}
	_, err := to.Write(f.backup)
	return err
}
