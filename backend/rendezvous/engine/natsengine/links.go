package natsengine

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/switchboard"
)

const (
	pingEvery   = 250 * time.Millisecond
	beaconEvery = 4 // pings
	deadAfter   = 5 * time.Second
	maxBeacon   = 8 << 10 // bytes
	maxRoll     = 4 << 20 // peers of one node
)

// Flags of a roll, its first byte.
const (
	rollAsks = 1 << iota // the other's roll is wanted
	rollMore             // another part follows
)

// beacon is what a node tells all others every second.
type beacon struct {
	ID       string             `json:"id"`
	Started  time.Time          `json:"started"`
	Sessions int                `json:"sessions"`
	URL      string             `json:"url"`
	Key      identity.ServerKey `json:"key"`
	Weight   uint32             `json:"weight"`
	Load     uint32             `json:"load"`
	Version  string             `json:"version"`
	Draining bool               `json:"draining"`
	Signals  uint32             `json:"signals,omitempty"` // a second
	Memory   uint64             `json:"memory,omitempty"`  // bytes
	Asks     bool               `json:"asks"`              // the other nodes' beacons are wanted at once
}

func (b beacon) notice() engine.Notice {
	return engine.Notice{URL: b.URL, Key: b.Key, Weight: b.Weight, Load: b.Load, Version: b.Version, Draining: b.Draining, Signals: b.Signals, Memory: b.Memory}
}

// link is another node that is alive.
type link struct {
	index       switchboard.Node
	incarnation uint64
	told        beacon
	seen        time.Time
	silent      bool // it did not answer a sync
	doubted     bool // something may have been missed
	roll        map[uint64]struct{}
}

// links knows the other nodes. Only the dispatcher adds and removes.
type links struct {
	uplink *uplink

	mu      sync.Mutex
	nodes   map[uint64]*link // by incarnation
	used    [switchboard.MaxNodes]*link
	asked   bool // somebody unknown was heard since the last tick
	pending bool // the notice changed since the last beacon
	ticks   int
}

func newLinks(u *uplink) *links { return &links{uplink: u, nodes: make(map[uint64]*link)} }

// answering returns the nodes that a sync waits for.
func (l *links) answering() []uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]uint64, 0, len(l.nodes))
	for incarnation, one := range l.nodes {
		if !one.silent {
			all = append(all, incarnation)
		}
	}
	return all
}

// silent notes that a node did not answer a sync.
func (l *links) silent(incarnation uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.nodes[incarnation]; one != nil {
		one.silent = true
	}
}

// doubt notes that anything may have been missed.
func (l *links) doubt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.nodes {
		one.doubted = true
	}
}

func (l *links) incarnation(node switchboard.Node) (uint64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.used[node]; one != nil {
		return one.incarnation, true
	}
	return 0, false
}

// heard notes a sign of life and returns the node's number; false when it is not known yet.
func (l *links) heard(incarnation uint64) (switchboard.Node, bool) {
	l.mu.Lock()
	one := l.nodes[incarnation]
	if one == nil {
		l.asked = true
		l.mu.Unlock()
		return 0, false
	}
	one.seen = time.Now()
	mend := one.silent || one.doubted
	one.silent, one.doubted = false, false
	l.mu.Unlock()
	if mend {
		l.sendRoll(incarnation, true)
	}
	return one.index, true
}

func (l *links) node(incarnation uint64) (switchboard.Node, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.nodes[incarnation]; one != nil {
		return one.index, true
	}
	return 0, false
}

// beaconFrom takes a beacon.
func (l *links) beaconFrom(incarnation uint64, data []byte) {
	var told beacon
	if len(data) > maxBeacon || json.Unmarshal(data, &told) != nil {
		return
	}
	l.mu.Lock()
	one := l.nodes[incarnation]
	if one != nil {
		one.told = told
		l.mu.Unlock()
		if told.Asks {
			l.beacon(false)
		}
		return
	}
	free := slices.Index(l.used[:], nil)
	if free < 0 {
		l.mu.Unlock()
		l.uplink.engine.options.Logger.Error("too many nodes; one is not heard", "node", told.ID, "most", switchboard.MaxNodes)
		return
	}
	one = &link{index: switchboard.Node(free), incarnation: incarnation, told: told, seen: time.Now()}
	l.used[free], l.nodes[incarnation] = one, one
	l.mu.Unlock()
	l.uplink.engine.options.Logger.Info("node joined", "node", told.ID)
	l.beacon(false)
	l.sendRoll(incarnation, true)
}

// gone drops a node.
func (l *links) gone(incarnation uint64) {
	l.mu.Lock()
	one := l.nodes[incarnation]
	if one == nil {
		l.mu.Unlock()
		return
	}
	delete(l.nodes, incarnation)
	l.mu.Unlock()
	l.uplink.forgetSyncs(incarnation)
	l.uplink.giveUp(func(one unanswered) bool { return one.node == incarnation })
	l.uplink.engine.board.NodeGone(one.index)
	l.mu.Lock()
	l.used[one.index] = nil
	l.mu.Unlock()
	l.uplink.engine.options.Logger.Warn("node gone", "node", one.told.ID)
}

// tick pings every node, gives up those that are silent for too long, and sends beacons.
func (l *links) tick() {
	if l.uplink.connection.IsConnected() && l.uplink.lost.Swap(false) {
		l.doubt()
		l.uplink.engine.board.Recall()
	}
	now := time.Now()
	var alive, dead []uint64
	l.mu.Lock()
	for incarnation, one := range l.nodes {
		if now.Sub(one.seen) > deadAfter {
			dead = append(dead, incarnation)
		} else {
			alive = append(alive, incarnation)
		}
	}
	asks := l.asked || l.ticks == 0
	due := asks || l.pending || l.ticks%beaconEvery == 0
	l.asked, l.pending = false, false
	l.ticks++
	l.mu.Unlock()
	for _, incarnation := range dead {
		l.gone(incarnation)
	}
	for _, incarnation := range alive {
		reply := back{word: wordPing, incarnation: incarnation}.subject(l.uplink.incarnation)
		l.uplink.publish(nodeSubject(incarnation), reply, message{kind: kindSync})
	}
	if due {
		l.beacon(asks)
	}
}

func (l *links) beacon(asks bool) {
	e := l.uplink.engine
	e.mu.Lock()
	notice := e.notice
	e.mu.Unlock()
	data, err := json.Marshal(beacon{
		ID: e.options.Node, Started: e.started, Sessions: e.board.Sessions(), Asks: asks,
		URL: notice.URL, Key: notice.Key, Weight: notice.Weight, Load: notice.Load, Version: notice.Version, Draining: notice.Draining,
		Signals: notice.Signals, Memory: notice.Memory,
	})
	if err != nil || len(data) > maxBeacon {
		e.options.Logger.Error("this node's notice cannot be told", "size", len(data), "error", err)
		return
	}
	l.uplink.publish(allNodes, "", message{kind: kindBeacon, rest: data})
}

func rollName(peer identity.PeerID) uint64 { return binary.BigEndian.Uint64(peer[:]) }

// sendRoll tells a node who is here.
func (l *links) sendRoll(incarnation uint64, asks bool) {
	all := l.uplink.engine.board.Roll()
	for first := true; first || len(all) > 0; first = false {
		part := all[:min(len(all), rollPart)]
		all = all[len(part):]
		flags := byte(0)
		if asks {
			flags |= rollAsks
		}
		if len(all) > 0 {
			flags |= rollMore
		}
		data := append(make([]byte, 0, 1+len(part)*rollEntry), flags)
		for _, peer := range part {
			data = binary.BigEndian.AppendUint64(data, rollName(peer))
		}
		l.uplink.publish(nodeSubject(incarnation), "", message{kind: kindRoll, rest: data})
	}
}

// rollFrom takes a part of a roll, and compares when it is the last.
func (l *links) rollFrom(incarnation uint64, data []byte) {
	if len(data) == 0 || (len(data)-1)%rollEntry != 0 {
		return
	}
	l.mu.Lock()
	one := l.nodes[incarnation]
	if one == nil {
		l.mu.Unlock()
		return
	}
	if one.roll == nil {
		one.roll = make(map[uint64]struct{})
	}
	for entry := range slices.Chunk(data[1:], rollEntry) {
		if len(one.roll) < maxRoll {
			one.roll[binary.BigEndian.Uint64(entry)] = struct{}{}
		}
	}
	if data[0]&rollMore != 0 {
		l.mu.Unlock()
		return
	}
	roll := one.roll
	one.roll = nil
	l.mu.Unlock()
	if data[0]&rollAsks != 0 {
		l.sendRoll(incarnation, false)
	}
	l.uplink.engine.board.Mend(one.index, func(peer identity.PeerID) bool {
		_, there := roll[rollName(peer)]
		return there
	})
}

// Announce implements engine.Engine.
func (e *Engine) Announce(notice engine.Notice) {
	e.mu.Lock()
	e.notice = notice
	e.mu.Unlock()
	if e.uplink != nil {
		e.uplink.links.beacon(false)
	}
}

// Nodes implements engine.Engine.
func (e *Engine) Nodes() []engine.Node {
	e.mu.Lock()
	notice := e.notice
	e.mu.Unlock()
	nodes := []engine.Node{{
		ID: e.options.Node, Self: true, Seen: time.Now(), Started: e.started, Sessions: e.board.Sessions(), Notice: notice,
	}}
	if e.uplink != nil {
		nodes = append(nodes, e.uplink.links.list()...)
	}
	slices.SortFunc(nodes, func(a, b engine.Node) int { return cmp.Compare(a.ID, b.ID) })
	return nodes
}

// list returns the other nodes; of one that was restarted, what is new.
func (l *links) list() []engine.Node {
	l.mu.Lock()
	defer l.mu.Unlock()
	byID := make(map[string]engine.Node)
	for _, one := range l.nodes {
		if time.Since(one.seen) > deadAfter || byID[one.told.ID].Started.After(one.told.Started) {
			continue
		}
		byID[one.told.ID] = engine.Node{
			ID: one.told.ID, Seen: one.seen, Started: one.told.Started, Sessions: one.told.Sessions, Notice: one.told.notice(),
		}
	}
	nodes := make([]engine.Node, 0, len(byID))
	for _, node := range byID {
		nodes = append(nodes, node)
	}
	return nodes
}
