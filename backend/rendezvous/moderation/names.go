package moderation

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Resolver is what is asked of the DNS; *net.Resolver is one.
type Resolver interface {
	LookupAddr(ctx context.Context, address string) (names []string, err error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

const (
	lookupTime  = 2 * time.Second // for both ways together
	lookupsMost = 8               // at once; whoever comes while there are so many is looked up the next time
	namesLife   = time.Hour       // of what was found
	nothingLife = 10 * time.Minute
	namesMost   = 10_000 // addresses of each of two generations
	namesOfOne  = 4      // names of one address that are confirmed
)

// names are the confirmed names of addresses, as far as they were asked for.
type names struct {
	resolver Resolver

	mu          sync.Mutex
	context     context.Context //nolint:containedctx // the life of Follow, for lookups that connections begin
	asking      map[netip.Addr]bool
	fresh, aged map[netip.Addr]named
	running     sync.WaitGroup
}

type named struct {
	names   []string
	expires time.Time
}

func newNames(resolver Resolver) names {
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	return names{resolver: resolver, asking: make(map[netip.Addr]bool), fresh: make(map[netip.Addr]named)}
}

// begin allows lookups; they end with ctx.
func (n *names) begin(ctx context.Context) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.context = ctx
}

// stop waits for the lookups and begins no more.
func (n *names) stop() {
	n.mu.Lock()
	n.context = nil
	n.mu.Unlock()
	n.running.Wait()
}

func plainAddress(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

// known returns the names of an address, nil when they were not asked for.
func (n *names) known(address netip.Addr, now time.Time) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	found, _ := n.find(plainAddress(address), now)
	return found.names
}

// find runs under mu.
func (n *names) find(address netip.Addr, now time.Time) (named, bool) {
	found, ok := n.fresh[address]
	if !ok {
		found, ok = n.aged[address]
	}
	if !ok || !now.Before(found.expires) {
		return named{}, false
	}
	return found, true
}

// keep runs under mu.
func (n *names) keep(address netip.Addr, found named) {
	if len(n.fresh) >= namesMost {
		n.fresh, n.aged = make(map[netip.Addr]named), n.fresh
	}
	n.fresh[address] = found
}

// ask looks an address up unless it is known, beside the caller; then is called if there are names.
func (n *names) ask(address netip.Addr, now func() time.Time, then func()) {
	address = plainAddress(address)
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, known := n.find(address, now()); known || n.asking[address] || len(n.asking) >= lookupsMost || n.context == nil || !address.IsValid() {
		return
	}
	n.asking[address] = true
	ctx := n.context
	n.running.Go(func() {
		confirmed := n.lookup(ctx, address)
		life := namesLife
		if len(confirmed) == 0 {
			life = nothingLife
		}
		n.mu.Lock()
		delete(n.asking, address)
		n.keep(address, named{names: confirmed, expires: now().Add(life)})
		n.mu.Unlock()
		if len(confirmed) > 0 {
			then()
		}
	})
}

// lookup returns the names that lead back to the address.
func (n *names) lookup(ctx context.Context, address netip.Addr) (confirmed []string) {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	claimed, err := n.resolver.LookupAddr(ctx, address.String())
	if err != nil {
		return nil
	}
	for _, name := range claimed[:min(len(claimed), namesOfOne)] {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		addresses, forwardErr := n.resolver.LookupNetIP(ctx, "ip", name)
		if forwardErr == nil && slices.ContainsFunc(addresses, func(one netip.Addr) bool { return plainAddress(one) == address }) {
			confirmed = append(confirmed, name)
		}
	}
	return confirmed
}

// Consider looks up the name of an address that connected, if any domain is
// banned. It does not wait: [Moderation.Changes] tells when a name was found.
func (m *Moderation) Consider(address netip.Addr) {
	m.mu.RLock()
	some := len(m.domains) > 0
	m.mu.RUnlock()
	if some {
		m.names.ask(address, m.options.Now, m.changed)
	}
}
