package node

import (
	"cmp"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
)

// Limits of what is known of names, for bans on domains. Such a ban is a help,
// not a lock: whoever has the addresses says what they are called.
const (
	hostLife    = time.Hour        // of what was found
	nothingLife = 10 * time.Minute // of having found nothing
	maxHosts    = 1024             // addresses whose names are kept
	maxNames    = 1024             // names whose addresses are looked up again and again
	maxFinding  = 16               // questions under way
	maxOfName   = 64               // addresses of one name
)

// hosts is what is known of the names of addresses, and of the addresses of
// names. It is kept only while a domain is banned.
type hosts struct {
	names     map[netip.Addr]namesOf
	addresses map[string]addressesOf
	asked     int                      // questions under way
	banned    map[netip.Addr]uuid.UUID // what the engine was told
	due       time.Time                // when something is too old
	waiting   map[netip.Addr]bool      // to be asked for when there is room
}

type namesOf struct {
	names []string
	until time.Time
	asked bool
}

type addressesOf struct {
	addresses []netip.Addr
	until     time.Time
	asked     bool
}

func newHosts() hosts {
	return hosts{names: map[netip.Addr]namesOf{}, addresses: map[string]addressesOf{}, waiting: map[netip.Addr]bool{}}
}

// covered tells whether an address is known to belong to a domain.
func (h *hosts) covered(domain string, address netip.Addr) bool {
	return address.IsValid() && (slices.ContainsFunc(h.names[address].names, func(name string) bool { return ban.Covers(domain, name) }) ||
		slices.Contains(h.addresses[domain].addresses, address))
}

// lookAtAddress notes where the other end of a line is, and has its name found
// if that matters.
func (c *Core) lookAtAddress(e link.Event) {
	var address netip.Addr
	switch {
	case e.Opened != nil:
		address = e.Opened.Address
	case e.Path != nil:
		address = e.Path.Address
	default:
		return
	}
	session := c.sessions[e.Session]
	if session == nil {
		return
	}
	address = address.Unmap().WithZone("")
	session.address = address
	if !address.IsValid() {
		return
	}
	if one := c.contacts[session.remote.Peer]; one != nil {
		one.address = address
	}
	if c.banned.HasDomains() {
		c.askNames(address)
	}
}

// askNames has the names of an address found, unless they are known.
func (c *Core) askNames(address netip.Addr) {
	h := &c.bans.hosts
	if known := h.names[address]; known.asked || c.now.Before(known.until) {
		return
	}
	if h.asked >= maxFinding {
		if len(h.waiting) < maxHosts {
			h.waiting[address] = true
		}
		return
	}
	if len(h.names) >= maxHosts {
		c.forgetHost()
	}
	h.asked++
	h.names[address] = namesOf{asked: true, names: h.names[address].names}
	c.do(FindNames{Address: address})
}

// forgetHost makes room for another address.
func (c *Core) forgetHost() {
	h := &c.bans.hosts
	var oldest netip.Addr
	for address, known := range h.names {
		if !known.asked && (!oldest.IsValid() || cmp.Or(known.until.Compare(h.names[oldest].until), address.Compare(oldest)) < 0) {
			oldest = address
		}
	}
	delete(h.names, oldest)
}

func (c *Core) namesFound(e NamesFound) {
	h := &c.bans.hosts
	if !h.names[e.Address].asked {
		return
	}
	h.asked--
	life := nothingLife
	if len(e.Names) > 0 {
		life = hostLife
	}
	h.names[e.Address] = namesOf{names: e.Names, until: c.now.Add(life)}
	if id, banned := c.hostBan(e.Names); banned {
		c.blocked(id)
	}
	c.hostsChanged()
}

func (c *Core) hostBan(names []string) (uuid.UUID, bool) {
	for _, name := range names {
		if id, banned := c.banned.Host(name); banned {
			return id, true
		}
	}
	return uuid.Nil, false
}

func (c *Core) addressesFound(e AddressesFound) {
	h := &c.bans.hosts
	known := h.addresses[e.Name]
	if !known.asked {
		return
	}
	h.asked--
	if e.Err != nil {
		known.until = c.now.Add(nothingLife) // those before stay
	} else {
		known.addresses, known.until = e.Addresses[:min(len(e.Addresses), maxOfName)], c.now.Add(hostLife)
	}
	known.asked = false
	h.addresses[e.Name] = known
	c.hostsChanged()
}

// hostsChanged makes what is known of names hold.
func (c *Core) hostsChanged() {
	before := c.bans.hosts.banned
	if c.lookAtHosts(); !maps.Equal(before, c.bans.hosts.banned) {
		c.do(SetBans{Engine: c.banned})
		c.tell(Change{Bans: true})
	}
}

// lookAtHosts brings the addresses of banned domains into the engine.
func (c *Core) lookAtHosts() {
	h := &c.bans.hosts
	if !c.banned.HasDomains() {
		if len(h.names) > 0 || len(h.addresses) > 0 || len(h.banned) > 0 {
			*h = newHosts() // answers that are still to come change nothing
			c.banned = c.banned.WithHosts(nil)
		}
		return
	}
	spared := c.ownPlaces()
	found := map[netip.Addr]uuid.UUID{}
	for name, known := range h.addresses {
		id, banned := c.banned.Host(name)
		if !banned {
			continue
		}
		for _, address := range known.addresses {
			// Whoever owns a name must not choose what is unreachable in here.
			if public(address) && !spared[address] {
				found[address] = smaller(found[address], id)
			}
		}
	}
	for address, known := range h.names {
		if id, banned := c.hostBan(known.names); banned && !spared[address] && (known.asked || c.now.Before(known.until)) {
			found[address] = id
		}
	}
	if !maps.Equal(found, h.banned) {
		h.banned = found
		c.banned = c.banned.WithHosts(found)
	}
	for _, id := range c.sessionsSorted() {
		if address := c.sessions[id].address; address.IsValid() {
			c.askNames(address)
		}
	}
}

// smaller keeps a choice between two bans from being left to the order of a map.
func smaller(a, b uuid.UUID) uuid.UUID {
	if a == uuid.Nil || slices.Compare(b[:], a[:]) < 0 {
		return b
	}
	return a
}

// public tells whether an address is one of the internet.
func public(address netip.Addr) bool {
	return address.IsGlobalUnicast() && !address.IsPrivate()
}

// ownPlaces are the addresses of my own servers, as far as they are known: a
// domain that shares them must not cut them off.
func (c *Core) ownPlaces() map[netip.Addr]bool {
	places := map[netip.Addr]bool{}
	for _, host := range c.ownHosts() {
		if address, err := netip.ParseAddr(host); err == nil {
			places[address.Unmap().WithZone("")] = true
			continue
		}
		if name, good := ban.NormalizeHost(host); good {
			for _, address := range c.bans.hosts.addresses[name].addresses {
				places[address] = true
			}
		}
	}
	return places
}

// ownHosts are the names and addresses by which my own servers are reached.
func (c *Core) ownHosts() []string {
	var found []string
	for _, server := range append([]identity.Server{c.network.hostedLocal, c.network.hostedPublic}, c.network.own...) {
		for _, text := range server.URLs {
			if parsed, err := url.Parse(text); err == nil && parsed.Hostname() != "" {
				found = append(found, parsed.Hostname())
			}
		}
	}
	return found
}

// dueHosts has names found that are new or too old.
func (c *Core) dueHosts() {
	h := &c.bans.hosts
	if !c.banned.HasDomains() {
		return
	}
	for _, address := range slices.SortedFunc(maps.Keys(h.waiting), netip.Addr.Compare) {
		if h.asked >= maxFinding {
			break
		}
		delete(h.waiting, address)
		c.askNames(address)
	}
	if c.now.Before(h.due) {
		c.at(h.due)
		return
	}
	h.due = c.now.Add(hostLife)
	wanted := c.wantedNames()
	still := make(map[string]bool, len(wanted))
	for _, name := range wanted {
		still[name] = true
	}
	maps.DeleteFunc(h.addresses, func(name string, known addressesOf) bool { return !known.asked && !still[name] })
	for _, name := range wanted {
		known := h.addresses[name]
		if known.asked {
			continue
		}
		if !c.now.Before(known.until) && h.asked < maxFinding {
			known.asked = true
			h.asked++
			h.addresses[name] = known
			c.do(FindAddresses{Name: name})
			continue
		}
		h.due = sooner(h.due, later(known.until, c.now.Add(time.Second)))
	}
	for _, known := range h.names {
		if !known.asked && c.now.Before(known.until) {
			h.due = sooner(h.due, known.until)
		}
	}
	c.hostsChanged()
	c.at(h.due)
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// wantedNames are the names of my own servers, and those that are banned, the newest ban first.
func (c *Core) wantedNames() []string {
	var names []string
	for _, host := range c.ownHosts() {
		if name, good := ban.NormalizeHost(host); good && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var banned []*Ban
	for _, one := range c.bans.all {
		if one.Kind == BanDomain && !one.Ended(c.now) && !strings.HasPrefix(one.Domain, "*") {
			banned = append(banned, one)
		}
	}
	slices.SortFunc(banned, func(a, b *Ban) int { return cmp.Or(b.Added.Compare(a.Added), strings.Compare(a.Domain, b.Domain)) })
	for _, one := range banned[:min(len(banned), maxNames)] {
		if !slices.Contains(names[:min(len(names), maxServers)], one.Domain) {
			names = append(names, one.Domain)
		}
	}
	return names
}
