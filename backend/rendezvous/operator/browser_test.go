package operator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"time"
)

// asPage makes the test binary serve the page over a fake, for the browser's
// tests (frontend/e2e/operator.test.mjs): they write commands to its standard
// input and it ends with that.
const asPage = "TINCAN_OPERATOR_TEST_PAGE"

// order is one line from the browser's test.
type order struct {
	Do       string `json:"do"` // "sessions", "problem", "well", "bans", "backup", "cut", "silent", "empty", "full", "stop", "start", "day"
	Sessions uint64 `json:"sessions"`
}

func serveForBrowser() error {
	folder, err := os.MkdirTemp("", "operator")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	source := newFake()
	source.busy = time.Now()
	server, err := New(Options{Source: source, Folder: folder, Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	address, token := server.Address(), server.Token()
	say := func(what any) { _ = json.NewEncoder(os.Stdout).Encode(what) }
	say(map[string]string{"address": "http://" + address, "token": token})
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked order
		if err = json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return err
		}
		switch asked.Do {
		case "sessions":
			source.change(func() { source.status.Sessions = asked.Sessions })
		case "problem":
			source.change(func() {
				source.status.Problems = []Problem{{Code: "disk-low", Text: "The disk is nearly full: 180 MB are free. Free some space."}}
			})
		case "well":
			source.change(func() { source.status.Problems = nil })
		case "bans":
			source.change(func() { source.bans = manyBans(time.Now()) })
		case "backup":
			source.change(func() { source.backup, source.cut = bytes.Repeat([]byte("sealed "), 100_000), nil })
		case "cut":
			source.change(func() { source.cut = ErrUnavailable })
		case "silent":
			source.change(func() { source.failure = ErrUnavailable })
		case "empty":
			source.change(func() {
				source.failure, source.nodes, source.bans, source.listings, source.reports = nil, nil, nil, nil, nil
				source.status = Status{Version: "1.4.0", Node: "one", Mode: ModeSolo, Started: time.Now()}
				source.busy = time.Time{}
			})
			server.sampler.forget()
		case "full":
			source.change(func() {
				whole := newFake()
				source.failure, source.status, source.nodes, source.busy = nil, whole.status, whole.nodes, time.Now()
				source.listings, source.reports = whole.listings, whole.reports
			})
		case "day":
			server.sampler.pretendDay(source.status, time.Now())
		case "stop":
			err = server.Close()
		case "start":
			server, err = New(Options{Source: source, Folder: folder, Listen: address})
		default:
			err = fmt.Errorf("unknown order %q", asked.Do)
		}
		if err != nil {
			return err
		}
		say(map[string]string{"done": asked.Do})
	}
	return server.Close()
}

// manyBans are bans of every kind, as people write them.
func manyBans(now time.Time) []Ban {
	return []Ban{
		{ID: "b1", Kind: BanRange, Target: "203.0.113.0/24", Reason: "Flooding since the morning", Created: now.Add(-3 * time.Hour), Expires: now.Add(7 * 24 * time.Hour), Refused: 5120},
		{ID: "b2", Kind: BanAddress, Target: "198.51.100.77", Reason: "Scanning", Created: now.Add(-26 * time.Hour), Expires: now.Add(time.Hour), Refused: 418},
		{ID: "b3", Kind: BanDomain, Target: "bulk.example", Reason: "Spam", Created: now.Add(-9 * 24 * time.Hour), Refused: 57},
		{ID: "b4", Kind: BanAddress, Target: "2001:db8:7:5f3a::/64", Created: now.Add(-400 * 24 * time.Hour), Refused: 31},
		{ID: "b5", Kind: BanPeer, Target: "tc1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqgfzyv", Reason: "Seven reports about unwanted requests, seen and believed", Created: now.Add(-50 * 24 * time.Hour), Refused: 3},
	}
}

// forget begins the history anew.
func (s *sampler) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history, s.recent = newHistory(), nil
}

// pretendDay fills the history as a day and more would have, and lets rates be
// those of the end of it.
func (s *sampler) pretendDay(status Status, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history = newHistory()
	pretended := status
	fill := func(t *tier) {
		refused, counted := 0.0, uint64(0)
		for step := range mostPoints {
			at := now.Add(-time.Duration(mostPoints-step) * t.step)
			day := math.Sin(float64(at.Unix()%86400) / 86400 * 2 * math.Pi)
			noise := math.Sin(float64(step)*1.7) + math.Sin(float64(step)*0.71)
			seconds := t.step.Seconds()
			pretended.Sessions = uint64(1200 + 300*day + 12*noise)
			pretended.MailEnvelopes = uint64(9300 + 500*day + 20*noise)
			pretended.DirectoryEntries = uint64(6000 + step)
			// An attack of the last 100 minutes.
			attack := 60 + 400*max(0, 1-now.Sub(at).Minutes()/100)
			refused += attack * t.step.Hours()
			before := sample{at: at.Add(-t.step), refused: counted}
			counted = uint64(refused)
			after := sample{
				at: at, signals: uint64((35 + 18*day + 2*noise) * seconds), mails: uint64((8 + 3*day + 0.4*noise) * seconds),
				relay: uint64((9 + 2*day + noise) * 1e6 * seconds), refused: counted,
			}
			t.add(pretended, before, after)
		}
	}
	for _, t := range []*tier{&s.history.hours, &s.history.days, &s.history.months} {
		fill(t)
	}
	for hour := range 24 {
		s.history.peak(uint64(1530-17*hour), now.Add(-time.Duration(hour)*time.Hour))
	}
	s.recent = slices.Clone(s.recent[max(0, len(s.recent)-1):])
}
