package moderation

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/netrange"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// Limits.
const (
	MaxReason  = 200     // characters of a ban's reason
	MaxBans    = 500_000 // that one server holds; later ones do not hold there
	retries    = 8       // of a change that somebody else was faster with
	sweepEvery = time.Minute
)

var errBusy = errors.New("moderation: too many changes at once")

// Options of a moderation.
type Options struct {
	// Bans and Reports are engine.TableBans and engine.TableReports.
	Bans, Reports engine.Table
	// Resolver asks the DNS; nil: the system's.
	Resolver Resolver
	// Threshold is how many different peers have to report somebody within 30
	// days until the operator sees it; 3.
	Threshold int
	// Now is the clock, nil for time.Now.
	Now func() time.Time
	// Logger: nil logs nothing. Neither peers nor addresses are named.
	Logger *slog.Logger
}

// Moderation is safe for concurrent use.
type Moderation struct {
	options Options
	names   names
	changes chan struct{}

	mu      sync.RWMutex
	bans    map[string]*Ban // by key; expired ones until they are swept
	peers   map[identity.PeerID]*Ban
	ranges  netrange.Table[*Ban]
	domains map[string]*Ban
	settled bool

	reports reports
}

// New makes a moderation; bans hold once [Moderation.Follow] has read them.
func New(options Options) *Moderation {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.Threshold == 0 {
		options.Threshold = 3
	}
	return &Moderation{
		options: options, names: newNames(options.Resolver), changes: make(chan struct{}, 1),
		bans: make(map[string]*Ban), peers: make(map[identity.PeerID]*Ban), domains: make(map[string]*Ban),
		reports: reports{by: make(map[identity.PeerID]*reportRecord)},
	}
}

// Changes gets something when somebody who is here may be banned by now, or not
// any more: ask [Moderation.Refuse] about everybody. Several changes may come as one.
func (m *Moderation) Changes() <-chan struct{} { return m.changes }

func (m *Moderation) changed() {
	select {
	case m.changes <- struct{}{}:
	default: // one is on its way
	}
}

// Refuse says whether a peer (the zero value for one that is not known yet) or
// an address is banned, and by which ban. It asks nobody and does not wait.
func (m *Moderation) Refuse(peer identity.PeerID, address netip.Addr) (Ban, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if len(m.bans) == 0 {
		return Ban{}, false
	}
	if found := m.peers[peer]; found != nil && !found.over(m.options.Now()) {
		return *found, true
	}
	if found, ok := m.ranges.Lookup(address); ok {
		now := m.options.Now()
		if !found.over(now) {
			return *found, true
		}
		// A wider one may hold still.
		for found = range m.ranges.Containing(address) {
			if !found.over(now) {
				return *found, true
			}
		}
	}
	if len(m.domains) > 0 {
		return m.refuseDomain(address)
	}
	return Ban{}, false
}

// refuseDomain runs under mu.
func (m *Moderation) refuseDomain(address netip.Addr) (Ban, bool) {
	now := m.options.Now()
	for _, name := range m.names.known(address, now) {
		for above := range domainsAbove(name) {
			if found := m.domains[above]; found != nil && !found.over(now) {
				return *found, true
			}
		}
	}
	return Ban{}, false
}

// Follow keeps the bans and reports as the tables are, until ctx ends; it
// returns ctx's error after everything that it began has ended.
func (m *Moderation) Follow(ctx context.Context) error {
	var group sync.WaitGroup
	defer group.Wait()
	defer m.names.stop()
	m.names.begin(ctx)
	group.Go(func() { m.follow(ctx, m.options.Reports, m.reports.apply, m.reports.keepOnly) })
	group.Go(func() { m.sweep(ctx) })
	m.follow(ctx, m.options.Bans, m.apply, m.keepOnly)
	return ctx.Err()
}

const followPause = time.Second

// follow follows a table, again and again if it must.
func (m *Moderation) follow(ctx context.Context, table engine.Table, apply func(engine.Change), keepOnly func(map[string]bool)) {
	for ctx.Err() == nil {
		seen := make(map[string]bool)
		err := table.Follow(ctx, func(change engine.Change) {
			if seen != nil {
				seen[change.Key] = true
			}
			apply(change)
		}, func() {
			keepOnly(seen)
			seen = nil
		})
		if ctx.Err() != nil || errors.Is(err, engine.ErrClosed) {
			break
		}
		m.options.Logger.Warn("bans or reports cannot be followed", "error", err)
		timer := time.NewTimer(followPause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
	<-ctx.Done()
}

// sweep forgets what is over, here and in the tables, once a minute.
func (m *Moderation) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			m.sweepBans(ctx)
			m.sweepReports(ctx)
		}
	}
}

// Settled says whether the bans that there were when Follow began hold.
func (m *Moderation) Settled() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.settled
}
