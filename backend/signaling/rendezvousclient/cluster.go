package rendezvousclient

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	maxListed    = 32               // servers of one list
	maxShare     = 1000             // of weight and load
	maxList      = 32 << 10         // bytes of a list's body
	listAhead    = 10 * time.Minute // by which a list may be newer than its server's clock
	maxRaced     = 4                // servers that are tried at once, the one of the owner included
	maxSpareURLs = 2                // of each of the others, so that they do not delay it
	avoidLeast   = 30 * time.Second
	avoidMost    = 10 * time.Minute
)

// cluster is what a keeper knows of the servers that it may use: the one that
// its owner named, and those of the latest list. It is safe for concurrent use.
type cluster struct {
	mu      sync.Mutex
	home    identity.Server
	time    int64 // of the list, Unix milliseconds by the server's clock
	listed  []signaling.Listed
	avoided map[identity.ServerKey]time.Time // until when
	current identity.ServerKey               // of the latest session
}

// target is an address to be tried.
type target struct {
	url  string
	key  identity.ServerKey // zero: any
	home bool
}

func (t target) isHome() bool { return t.home }

func newCluster(home identity.Server, list []byte) *cluster {
	c := &cluster{home: home, avoided: make(map[identity.ServerKey]time.Time)}
	if len(list) > 0 && !home.Key.IsZero() {
		if time, listed, err := parseList(list, allLoopback(home.URLs)); err == nil {
			c.time, c.listed = time, listed
		}
	}
	return c
}

// parseList reads the body of a list: one entry for each server, and only
// addresses that may be used. Error: errRange.
func parseList(body []byte, plain bool) (int64, []signaling.Listed, error) {
	var list wire.ServerList
	if err := wire.Decode(body, maxList, &list); err != nil || list.GetTimeMs() <= 0 || len(list.GetServers()) > maxListed {
		return 0, nil, errRange
	}
	var listed []signaling.Listed
	for _, one := range list.GetServers() {
		key, err := identity.ServerKeyFromBytes(one.GetKey())
		if err != nil || one.GetWeight() > maxShare || one.GetLoad() > maxShare {
			return 0, nil, errRange
		}
		server, err := identity.ParseServerAddress(one.GetUrl())
		if err != nil || !server.Key.IsZero() {
			return 0, nil, errRange
		}
		if strings.HasPrefix(server.URLs[0], "ws:") && !plain {
			// Whoever is somewhere else cannot mean this machine.
			continue
		}
		at := slices.IndexFunc(listed, func(other signaling.Listed) bool { return other.Server.Key == key })
		switch {
		case at < 0:
			server.Key = key
			listed = append(listed, signaling.Listed{Server: server, Weight: one.GetWeight(), Load: one.GetLoad()})
		case len(listed[at].Server.URLs) < maxURLs && !slices.Contains(listed[at].Server.URLs, server.URLs[0]):
			listed[at].Server.URLs = append(listed[at].Server.URLs, server.URLs[0])
		}
	}
	return list.GetTimeMs(), listed, nil
}

func allLoopback(urls []string) bool {
	return len(urls) > 0 && !slices.ContainsFunc(urls, func(text string) bool {
		parsed, err := url.Parse(text)
		return err != nil || !proxy.IsLoopback(parsed.Hostname())
	})
}

// take accepts a list that the server with a key signed, if it is newer than
// the one at hand. now is by that server's clock. Errors: errUnsigned, errRange.
func (c *cluster) take(signed *wire.Signed, key identity.ServerKey, now time.Time) (*signaling.Servers, error) {
	if !identity.VerifySigned(key, identity.ContextServers, signed) {
		return nil, errUnsigned
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	made, listed, err := parseList(signed.GetBody(), allLoopback(c.home.URLs))
	if err != nil {
		return nil, err
	}
	if made > now.Add(listAhead).UnixMilli() {
		// It would keep every true list out.
		return nil, errRange
	}
	if made <= c.time {
		return nil, nil //nolint:nilnil // nothing is new, and nothing is wrong
	}
	c.time, c.listed = made, listed
	return &signaling.Servers{List: signed.GetBody(), Servers: slices.Clone(listed)}, nil
}

// arrived remembers the first key that was seen, and where the session is.
func (c *cluster) arrived(t target, key identity.ServerKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.home && c.home.Key.IsZero() {
		c.home.Key = key
	}
	c.current = key
	delete(c.avoided, key)
}

// avoid keeps away from a server for a while, as long as there are others.
func (c *cluster) avoid(key identity.ServerKey, now time.Time, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for other, until := range c.avoided {
		if !until.After(now) {
			delete(c.avoided, other)
		}
	}
	if c.index(key) >= 0 || key == c.home.Key {
		c.avoided[key] = now.Add(min(max(wait, avoidLeast), avoidMost))
	}
}

func (c *cluster) index(key identity.ServerKey) int {
	return slices.IndexFunc(c.listed, func(one signaling.Listed) bool { return one.Server.Key == key })
}

// hasHost says whether a name is that of a server that is known here.
func (c *cluster) hasHost(host string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	named := func(text string) bool {
		parsed, err := url.Parse(text)
		return err == nil && strings.EqualFold(parsed.Hostname(), host)
	}
	return slices.ContainsFunc(c.home.URLs, named) || slices.ContainsFunc(c.listed, func(one signaling.Listed) bool {
		return slices.ContainsFunc(one.Server.URLs, named)
	})
}

func (c *cluster) homeKey() identity.ServerKey {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.home.Key
}

// spare says whether there is a server that takes sessions beside the current one.
func (c *cluster) spare(now time.Time) bool {
	c.mu.Lock()
	current := c.current
	c.mu.Unlock()
	if current.IsZero() {
		current = c.homeKey()
	}
	preferred, _ := c.targets(now, func() float64 { return 0.5 }, choice{without: map[identity.ServerKey]bool{current: true}})
	return len(preferred) > 0
}

// choice narrows the servers that are tried.
type choice struct {
	stay    bool                        // the current one first: nothing is wrong with it
	without map[identity.ServerKey]bool // not at all
}

// candidate is a server with what speaks for it.
type candidate struct {
	server identity.Server
	home   bool
	first  bool
	last   bool
	rank   float64 // smaller is earlier
}

// targets returns the addresses to be tried at once, the best first, and those
// to be tried when none of them is good: of servers that are full, leaving, or
// that sent us away. The server that the owner named is always in one of the
// two, unless it is excluded. Heavy and empty servers come first more often:
// each at random by weight and what is left of it, so that the devices of a
// server that went away spread.
func (c *cluster) targets(now time.Time, fraction func() float64, choice choice) (preferred, last []target) {
	c.mu.Lock()
	candidates := c.candidates(now, fraction, choice)
	c.mu.Unlock()
	slices.SortStableFunc(candidates, func(one, other candidate) int {
		if one.first != other.first {
			if one.first {
				return -1
			}
			return 1
		}
		return cmp.Compare(one.rank, other.rank)
	})
	return addresses(candidates, false), addresses(candidates, true)
}

// candidates runs under mu.
func (c *cluster) candidates(now time.Time, fraction func() float64, choice choice) []candidate {
	var all []candidate
	add := func(server identity.Server, home bool, share float64) {
		if choice.without[server.Key] {
			return
		}
		// Exponential with the share as its rate: the smallest of several is each
		// one's as often as its share of the sum.
		rank := -math.Log(1-fraction()) / max(share, 1)
		all = append(all, candidate{
			server: server, home: home, rank: rank,
			last:  share == 0 || c.avoided[server.Key].After(now),
			first: choice.stay && server.Key == c.current && share > 0,
		})
	}
	home := c.home
	at := c.index(home.Key)
	share := 1.0 // not listed: it takes sessions, as far as we know
	if at >= 0 {
		share = shareOf(c.listed[at])
		home.URLs = slices.Clone(home.URLs)
		for _, address := range c.listed[at].Server.URLs {
			if !slices.Contains(home.URLs, address) {
				home.URLs = append(home.URLs, address)
			}
		}
	}
	add(home, true, share)
	for i, one := range c.listed {
		if i != at {
			add(one.Server, false, shareOf(one))
		}
	}
	return all
}

// shareOf is what a server can still carry, 0 when it takes nobody.
func shareOf(one signaling.Listed) float64 {
	return float64(one.Weight) * float64(maxShare+1-one.Load)
}

// addresses returns those of the first few candidates that are last or are not.
func addresses(candidates []candidate, last bool) []target {
	var found []target
	servers := 0
	for _, one := range candidates {
		if one.last != last || (servers >= maxRaced-1 && !one.home) {
			continue
		}
		servers++
		most := maxSpareURLs
		if one.home {
			most = maxURLs
		}
		for _, address := range one.server.URLs[:min(len(one.server.URLs), most)] {
			found = append(found, target{url: address, key: one.server.Key, home: one.home})
		}
	}
	return found
}
