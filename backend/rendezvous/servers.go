package rendezvous

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	maxListedServers = 32 // servers of a cluster that devices are told of
	standardWeight   = 100
	fullLoad         = 1000
	loadStep         = 100              // of a load that is worth telling
	loadPause        = 30 * time.Second // at least, between lists that differ in loads only
	drainAsk         = 50 * time.Millisecond
)

// serverList is the list of the cluster's servers that devices get.
type serverList struct {
	mu      sync.Mutex
	servers []*wire.ListedServer
	frame   *wire.ServerFrame // nil while there is nothing to list
	made    time.Time
	notice  engine.Notice // the last that was announced
	signals uint32        // relayed here a second
}

// watchServers announces this server and tells the devices of the others, once
// a second; it ends with the server.
func (s *Server) watchServers() {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	for {
		rate := s.figures.sweep()
		s.servers.mu.Lock()
		s.servers.signals = uint32(min(math.Round(rate), 1<<32-1))
		s.servers.mu.Unlock()
		s.refreshServers()
		select {
		case <-s.context.Done():
			return
		case <-ticker.C:
		}
	}
}

// refreshServers tells the cluster and the devices what changed.
func (s *Server) refreshServers() {
	l := &s.servers
	l.mu.Lock()
	defer l.mu.Unlock()
	if notice := s.announcement(); notice != l.notice {
		s.options.Engine.Announce(notice)
		l.notice = notice
	}
	servers, now := listed(s.options.Engine.Nodes()), s.options.Now()
	if !l.worthTelling(servers, now) {
		return
	}
	// A device takes no list that is older than the one it has.
	made := now
	if !made.After(l.made) {
		made = l.made.Add(time.Millisecond)
	}
	body, err := wire.Encode(&wire.ServerList{TimeMs: made.UnixMilli(), Servers: servers})
	if err != nil {
		s.options.Logger.Error("the list of servers cannot be written", "error", err)
		return
	}
	l.servers, l.made = servers, made
	l.frame = &wire.ServerFrame{Kind: &wire.ServerFrame_ServerList{ServerList: &wire.Signed{
		Body: body, Signature: s.terms.sign(identity.ContextServers, body),
	}}}
	for _, c := range s.all() {
		c.out.putOpen(c, l.frame)
	}
}

// memoryStep is in bytes: smaller changes of the memory are not told to other nodes.
const memoryStep = 4 << 20

// announcement is what this server tells the others now; servers.mu is held. The
// load is in steps, so that it is not told at every login.
func (s *Server) announcement() engine.Notice {
	s.mu.Lock()
	load := uint32(min(fullLoad, len(s.devices)*fullLoad/s.options.Limits.Connections)) / 10 * 10
	s.mu.Unlock()
	notice := engine.Notice{
		URL: s.options.Announce.URL, Key: s.terms.key, Weight: s.options.Announce.Weight, Load: load, Version: s.options.Announce.Version,
		Signals: s.servers.signals, Memory: Memory() / memoryStep * memoryStep,
	}
	if s.draining.Load() != 0 {
		notice.Weight, notice.Draining = 0, true
	}
	return notice
}

// listed returns the servers that devices may be told of; if they are too many,
// those that can take devices, the emptier ones first.
func listed(nodes []engine.Node) []*wire.ListedServer {
	servers := make([]*wire.ListedServer, 0, len(nodes))
	for _, node := range nodes {
		if node.Notice.URL == "" || node.Notice.Key.IsZero() {
			continue
		}
		one := &wire.ListedServer{
			Url: node.Notice.URL, Key: node.Notice.Key[:], Weight: min(node.Notice.Weight, fullLoad), Load: min(node.Notice.Load, fullLoad),
		}
		if node.Notice.Draining {
			one.Weight = 0
		}
		servers = append(servers, one)
	}
	if len(servers) > maxListedServers {
		slices.SortStableFunc(servers, func(a, b *wire.ListedServer) int {
			if (a.GetWeight() == 0) != (b.GetWeight() == 0) {
				return cmp.Compare(b.GetWeight(), a.GetWeight())
			}
			return cmp.Compare(a.GetLoad(), b.GetLoad())
		})
		servers = servers[:maxListedServers]
	}
	slices.SortFunc(servers, func(a, b *wire.ListedServer) int { return cmp.Compare(a.GetUrl(), b.GetUrl()) })
	return servers
}

// worthTelling runs under mu: another server or weight is told at once, loads now and then.
func (l *serverList) worthTelling(servers []*wire.ListedServer, now time.Time) bool {
	if len(servers) != len(l.servers) {
		return true
	}
	loads := false
	for i, one := range servers {
		held := l.servers[i]
		if one.GetUrl() != held.GetUrl() || string(one.GetKey()) != string(held.GetKey()) || one.GetWeight() != held.GetWeight() {
			return true
		}
		loads = loads || math.Abs(float64(one.GetLoad())-float64(held.GetLoad())) >= loadStep
	}
	return loads && now.Sub(l.made) >= loadPause
}

// welcomed tells a device what comes after the welcome.
func (c *connection) welcomed() {
	s := c.server
	s.servers.mu.Lock()
	frame := s.servers.frame
	s.servers.mu.Unlock()
	if frame != nil {
		c.send(frame)
	}
	// It may have come in while the others were told.
	if until := s.draining.Load(); until != 0 {
		c.send(drainFrame(time.Until(time.UnixMilli(until))))
	}
}

func drainFrame(within time.Duration) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_Drain{Drain: &wire.Drain{WithinMs: max(within.Milliseconds(), 0)}}}
}

// BeginDrain takes no new devices from now on, and asks those that are here to
// move to other servers within a time; once more does nothing. It does not wait.
func (s *Server) BeginDrain(within time.Duration) {
	if !s.draining.CompareAndSwap(0, time.Now().Add(within).UnixMilli()) {
		return
	}
	s.refreshServers()
	frame := drainFrame(within)
	for _, c := range s.all() {
		c.out.putOpen(c, frame)
	}
}

// EndDrain takes devices again. Those that moved stay where they are.
func (s *Server) EndDrain() {
	if s.draining.Swap(0) != 0 {
		s.refreshServers()
	}
}

// Draining says whether the server takes no new devices.
func (s *Server) Draining() bool { return s.draining.Load() != 0 }

// Drain asks every device to move to another server, takes no new ones from
// now on, and returns when all are gone or the time is over: how many are left
// then. The devices are given four fifths of the time, so that the last of them
// still has some. Close comes after it.
func (s *Server) Drain(within time.Duration) (left int) {
	end := time.Now().Add(within)
	s.BeginDrain(within / 5 * 4)
	timer := time.NewTimer(time.Until(end))
	defer timer.Stop()
	ticker := time.NewTicker(drainAsk)
	defer ticker.Stop()
	for {
		s.mu.Lock()
		left = len(s.devices)
		s.mu.Unlock()
		if left == 0 {
			return 0
		}
		select {
		case <-s.context.Done():
			return left
		case <-timer.C:
			return left
		case <-ticker.C:
		}
	}
}
