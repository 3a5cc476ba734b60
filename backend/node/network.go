package node

import (
	"maps"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of the network state.
const (
	maxServers       = 32 // connected at once, guests included
	maxInviteServers = 4
	maxLocation      = 8
	clockTrouble     = 10 * time.Minute // the person is told beyond this
	seenFor          = 15 * time.Minute // a request's life and some; signals live 60 s
	forgetEvery      = time.Minute
	maxSeen          = 100_000 // ids in memory and on the disk, about 10 MB
)

// network is what the core knows of servers and of its own reachability.
type network struct {
	own          []identity.Server // added by the person
	hostedLocal  identity.Server   // the one in this app, for this device
	hostedPublic identity.Server   // the same, for others
	servers      map[string]*server
	location     *wire.Signed
	locatedAt    []identity.Server
	keyRecord    *wire.Signed
	lookups      map[uint64]lookup
	tagging      map[uint64]tagging // asked, not answered
	putting      map[uint64]putting
	recalling    map[uint64]recalling
	questions    map[uint64]handleQuestion
	wishes       []*wish // to take letters back, of all contacts
	farewells    farewells
	nextID       uint64
	offset       time.Duration // for the interface: of the server that differs most
}

func newNetwork() network {
	return network{
		servers: map[string]*server{}, lookups: map[uint64]lookup{},
		tagging: map[uint64]tagging{}, putting: map[uint64]putting{}, recalling: map[uint64]recalling{},
		questions: map[uint64]handleQuestion{},
	}
}

// server is one rendezvous server that this device keeps a session with.
type server struct {
	token   string
	address identity.Server
	hosted  bool
	guest   bool
	up      bool
	tried   bool // it was up or down once
	rtt     time.Duration
	rtts    []time.Duration // the last of them, oldest first
	since   time.Time
	code    signaling.Code
	retryAt time.Time
	offset  time.Duration
	relay   *link.Relay
	watched []identity.PeerID
	refused []identity.PeerID
	mailbox mailbox
	// directory: it has handles.
	directory bool
}

// arrangeServers connects to the servers that are wanted now and leaves the
// others: the one in this app, those of my own, and those where contacts are found.
func (c *Core) arrangeServers() {
	if c.self.Created.IsZero() {
		return
	}
	type wanted struct {
		address       identity.Server
		hosted, guest bool
	}
	want := map[string]wanted{}
	var order []string
	add := func(address identity.Server, hosted, guest bool) {
		token := address.Key.String()
		if _, known := want[token]; known || len(order) >= maxServers || len(address.URLs) == 0 {
			return
		}
		want[token] = wanted{address, hosted, guest}
		order = append(order, token)
	}
	add(c.network.hostedLocal, true, false)
	for _, address := range c.network.own {
		add(address, false, false)
	}
	for _, peer := range c.peersSorted() {
		if _, banned := c.bannedPeer(peer); banned {
			continue
		}
		for _, address := range c.contacts[peer].places() {
			add(address, false, true)
		}
	}
	for _, address := range c.network.farewells.sorted() {
		add(address, false, true)
	}
	for _, token := range sortedTokens(c.network.servers) {
		old := c.network.servers[token]
		if now, keep := want[token]; keep && slices.Equal(now.address.URLs, old.address.URLs) {
			old.hosted, old.guest = now.hosted, now.guest
			continue
		}
		c.serverGone(old)
		delete(c.network.servers, token)
		c.do(DisconnectServer{Token: token})
		c.tell(Change{Servers: true})
	}
	for _, token := range order {
		if c.network.servers[token] != nil {
			continue
		}
		one := want[token]
		c.network.servers[token] = &server{token: token, address: one.address, hosted: one.hosted, guest: one.guest, since: c.now}
		c.do(ConnectServer{Token: token, Server: one.address})
		c.tell(Change{Servers: true})
	}
	c.watch()
	c.tellRefused()
	c.registerAll()
}

// watch tells each server whose presence is wanted there: at my own servers all
// contacts, at a contact's server only those who are found there.
func (c *Core) watch() {
	peers := c.peersSorted()
	for _, token := range sortedTokens(c.network.servers) {
		server := c.network.servers[token]
		var watched []identity.PeerID
		for _, peer := range peers {
			_, banned := c.bannedPeer(peer)
			if banned || c.contacts[peer].held() || c.moved(c.contacts[peer]) || c.self.HidePresence || len(watched) >= wire.MaxWatched {
				continue
			}
			if !server.guest || c.contacts[peer].foundAt(server.address.Key) {
				watched = append(watched, peer)
			}
		}
		if !slices.Equal(watched, server.watched) {
			server.watched = watched
			c.do(WatchPeers{Token: token, Peers: watched})
		}
	}
}

func (c *Core) serverEvent(e signaling.Event) {
	server := c.network.servers[e.Token]
	if server == nil {
		return // it was left meanwhile
	}
	switch {
	case e.Up != nil:
		server.up, server.tried, server.code, server.retryAt = true, true, "", time.Time{}
		server.measured(e.Up.RoundTrip)
		server.since, server.offset = c.now, e.Up.ClockOffset
		c.do(SetClock{Token: e.Token, Offset: e.Up.ClockOffset})
		c.compareClocks()
		c.happened(Happened{Kind: ServerUp, Server: server.address.Key, RoundTrip: e.Up.RoundTrip})
		c.mailboxUp(server, e.Up.Mailbox)
		server.directory = e.Up.Directory
		c.checkHandles(server)
		c.tell(Change{Servers: true})
		c.dialAgain()
		c.allDirty()
		for _, one := range c.contacts {
			one.nextAsk, one.nextLookup, one.lookups = time.Time{}, time.Time{}, 0
		}
	case e.Down != nil:
		if server.up || server.code != e.Down.Code {
			server.since = c.now
			c.happened(Happened{Kind: ServerDown, Server: server.address.Key, Code: e.Down.Code})
		}
		c.serverGone(server)
		server.tried, server.code, server.retryAt = true, e.Down.Code, e.Down.RetryAt
		c.tell(Change{Servers: true})
	case e.Presence != nil:
		c.presence(e.Token, *e.Presence)
	case e.Sent != nil:
		// Accepted says nothing; absent and failed show in presence and in retries.
	case e.Found != nil:
		c.found(*e.Found)
	case e.Relays != nil:
		relay := e.Relays.Relay
		server.relay = &relay
		c.setRelays()
	case e.Arrived != nil:
		c.fetch(server)
	case e.Stored != nil:
		c.mailStored(*e.Stored)
	case e.Handle != nil:
		c.handleAnswered(*e.Handle)
	case e.Answered != nil:
		if !c.recalled(*e.Answered) {
			c.tagged(*e.Answered)
		}
	case e.RTT > 0:
		server.measured(e.RTT)
		c.tell(Change{Servers: true})
	}
}

// mostRTTs is how many round trips to a server are kept.
const mostRTTs = 10

// measured keeps a round trip. What was told of the earlier ones stays as it is.
func (s *server) measured(rtt time.Duration) {
	s.rtt = rtt
	if rtt > 0 {
		s.rtts = append(slices.Clone(s.rtts[max(0, len(s.rtts)+1-mostRTTs):]), rtt)
	}
}

// serverGone forgets what a server told.
func (c *Core) serverGone(server *server) {
	server.up, server.directory = false, false
	c.mailboxDown(server)
	c.questionsDown(server.token)
	c.recallDown(server.token)
	// What a server that is left would answer is not heard any more.
	maps.DeleteFunc(c.network.lookups, func(_ uint64, asked lookup) bool { return asked.token == server.token })
	maps.DeleteFunc(c.network.tagging, func(_ uint64, asked tagging) bool { return asked.token == server.token })
	if server.relay != nil {
		server.relay = nil
		c.setRelays()
	}
	for _, peer := range c.peersSorted() {
		one := c.contacts[peer]
		if _, known := one.presence[server.token]; known {
			delete(one.presence, server.token)
			c.dirty(peer)
		}
	}
}

// setRelays offers the relays of the servers that are up to later links.
func (c *Core) setRelays() {
	var relays []link.Relay
	for _, token := range sortedTokens(c.network.servers) {
		if server := c.network.servers[token]; server.relay != nil {
			relay := *server.relay
			relay.RoundTrip = server.rtt
			relays = append(relays, relay)
		}
	}
	c.do(SetRelays{Relays: relays})
}

// compareClocks finds the server whose clock differs most from ours.
func (c *Core) compareClocks() {
	before := c.network.offset
	c.network.offset = 0
	for _, server := range c.network.servers {
		if server.up && !server.hosted && server.offset.Abs() > c.network.offset.Abs() {
			c.network.offset = server.offset
		}
	}
	if (before.Abs() > clockTrouble) != (c.network.offset.Abs() > clockTrouble) {
		c.tell(Change{Problem: true})
	}
}

func (c *Core) presence(token string, presence signaling.Presence) {
	one := c.contacts[presence.Peer]
	if one == nil || c.self.HidePresence { // it was on its way when that was chosen
		return
	}
	one.presence[token] = presence.Online
	if presence.Online {
		one.attempts, one.nextDial = 0, time.Time{}
		// They watch this device: if I asked, they may have accepted. Their
		// signal will say so; asking again does no harm.
		one.nextAsk = time.Time{}
	}
	c.dirty(presence.Peer)
}

// carriersTo returns the servers through which a contact can be reached, the
// ones that say they are there first and only.
func (c *Core) carriersTo(one *contact) []Carrier {
	var there, maybe []Carrier
	for _, token := range sortedTokens(c.network.servers) {
		server := c.network.servers[token]
		if !server.up {
			continue
		}
		carrier := Carrier{Token: token, Time: c.now.Add(server.offset)}
		online, known := one.presence[token]
		switch {
		case online:
			there = append(there, carrier)
		case !known && (one.foundAt(server.address.Key) || !server.guest):
			maybe = append(maybe, carrier)
		}
	}
	if len(there) > 0 {
		return there[:1]
	}
	return maybe
}

// seal sends a sealed body to a contact's device, if there is a way and a key.
func (c *Core) seal(one *contact, device identity.DeviceID, kind wire.EnvelopeKind, body []byte, life time.Duration) {
	carriers := c.carriersTo(one)
	to, known := one.record.sealTo(device)
	if !known || len(carriers) == 0 {
		return
	}
	c.network.nextID++
	c.do(SealAndSend{
		Carriers: carriers, ID: c.network.nextID, To: to, Kind: kind, Body: body, Life: life,
		DeviceList: c.ownRecord().GetDeviceList(), ReplyKey: c.network.keyRecord,
	})
}

// serversOf returns the servers that may have a contact's record, whether the
// contact is there or not.
func (c *Core) serversOf(one *contact) []string {
	var tokens []string
	for _, token := range sortedTokens(c.network.servers) {
		if server := c.network.servers[token]; server.up && (one.foundAt(server.address.Key) || !server.guest) {
			tokens = append(tokens, token)
		}
	}
	return tokens
}

// lookup is a LookUp under way.
type lookup struct {
	token string
	peer  identity.PeerID
}

func (c *Core) lookUpAt(one *contact, token string) {
	c.network.nextID++
	c.network.lookups[c.network.nextID] = lookup{token: token, peer: one.Peer}
	c.do(LookUp{Token: token, ID: c.network.nextID, Peer: one.Peer})
}

func (c *Core) found(found signaling.Found) {
	asked, known := c.network.lookups[found.ID]
	delete(c.network.lookups, found.ID)
	if one := c.contacts[asked.peer]; known && one != nil && found.Peer == asked.peer {
		c.learn(one, found.Record)
	}
}

// learn merges a record that came from a server, an envelope or a line.
func (c *Core) learn(one *contact, fresh *wire.PeerRecord) {
	changed, err := one.record.merge(fresh)
	if err != nil || !changed {
		return
	}
	one.Record = one.record.marshal()
	if servers := one.record.location.Servers; len(servers) > 0 {
		one.Servers = servers
	}
	c.keep(PutContact{Contact: one.Contact})
	one.nextAsk = time.Time{}
	c.arrangeServers()
	c.dirty(one.Peer)
}

// reachableAt returns the servers where others find this device.
func (c *Core) reachableAt() []identity.Server {
	var servers []identity.Server
	if len(c.network.hostedPublic.URLs) > 0 {
		servers = append(servers, c.network.hostedPublic)
	}
	servers = append(servers, c.network.own...)
	return servers[:min(len(servers), maxLocation)]
}

// Carrier is a server that takes an envelope, and the time there.
type Carrier struct {
	Token string
	Time  time.Time
}

func sortedTokens(servers map[string]*server) []string {
	tokens := make([]string, 0, len(servers))
	for token := range servers {
		tokens = append(tokens, token)
	}
	slices.Sort(tokens)
	return tokens
}
