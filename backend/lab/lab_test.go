//go:build lab

package lab_test

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// serverPort is the server's, TCP and UDP.
const serverPort = "7117"

// place is where two people are, and what will happen there.
type place struct {
	ana, ben *namespace
	proxy    string // that Ana's device goes through, "" for none
	cause    string
	disturb  func()
	finally  func() // judges the place at the end; may be nil
}

// scenario is two people somewhere.
type scenario struct {
	name  string
	path  app.LineState // of their line, before and after
	after app.LineState // of their line at the end, when it is another
	back  time.Duration // the longest that it may take to come back
	ipv6  bool          // the server is reached by IPv6
	needs string        // a flag without which the built server cannot do it; it is on by itself
	build func(*internet) place
}

// twoHomes is the most usual place: two homes, and Ana's router starts again
// in the middle, which forgets all connections.
func twoHomes(ana, ben translation) func(*internet) place {
	return func(i *internet) place {
		a, b := i.newHome(ana, 21), i.newHome(ben, 22)
		return place{
			ana: a.newDevice(100), ben: b.newDevice(100),
			cause: "Ana's router starts again", disturb: func() { a.renumber(21) },
		}
	}
}

func TestPaths(t *testing.T) { //nolint:paralleltest // times are measured
	for _, one := range []scenario{
		{
			name: "no NAT", path: app.LineDirect, back: 15 * time.Second,
			build: func(i *internet) place {
				ana, ben := newNamespace(i.t, "ana"), newNamespace(i.t, "ben")
				i.connect(ana, 31)
				i.connect(ben, 32)
				return place{ana: ana, ben: ben, cause: "Ana's cable is out and in", disturb: func() {
					ana.ip("link", "set", "wan", "down")
					ana.ip("link", "set", "wan", "up")
					ana.address("wan", at6(31)+"/64")
				}}
			},
		},
		{name: "port-restricted NAT on both sides", path: app.LineDirect, back: 15 * time.Second, build: twoHomes(portRestricted, portRestricted)},
		{name: "full-cone NAT on both sides", path: app.LineDirect, back: 15 * time.Second, build: twoHomes(fullCone, fullCone)},
		{name: "full-cone and symmetric NAT", path: app.LineDirect, back: 15 * time.Second, build: twoHomes(fullCone, symmetric)},
		{name: "port-restricted and symmetric NAT", path: app.LineRelayed, back: 15 * time.Second, build: twoHomes(portRestricted, symmetric)},
		{name: "symmetric NAT on both sides", path: app.LineRelayed, back: 15 * time.Second, build: twoHomes(symmetric, symmetric)},
		{
			name: "UDP blocked at one home, relayed over TCP", path: app.LineRelayed, back: 30 * time.Second,
			needs: "relay-tcp", build: twoHomes(udpBlocked, portRestricted),
		},
		{name: "a proxy is the only way out", path: app.LineRelayed, back: 30 * time.Second, needs: "relay-tcp", build: proxiedHome},
		{
			name: "the same home", path: app.LineLAN, back: 15 * time.Second,
			build: func(i *internet) place {
				both := i.newHome(portRestricted, 21)
				return place{
					ana: both.newDevice(100), ben: both.newDevice(101),
					cause: "the router starts again", disturb: func() { both.renumber(21) },
				}
			},
		},
		{name: "IPv6 only, firewalls that let answers in", path: app.LineDirect, back: 15 * time.Second, ipv6: true, build: twoHomes(routed, routed)},
		{
			name: "a home's address changes", path: app.LineDirect, back: 30 * time.Second,
			build: func(i *internet) place {
				a, b := i.newHome(portRestricted, 21), i.newHome(portRestricted, 22)
				return place{
					ana: a.newDevice(100), ben: b.newDevice(100),
					cause: "Ana's home gets another address", disturb: func() { a.renumber(41) },
				}
			},
		},
		{
			name: "a device moves", path: app.LineDirect, back: 15 * time.Second,
			build: func(i *internet) place {
				a, b, c := i.newHome(portRestricted, 21), i.newHome(portRestricted, 22), i.newHome(portRestricted, 23)
				ana := a.newDevice(100)
				return place{
					ana: ana, ben: b.newDevice(100),
					cause: "Ana's device goes to a third home", disturb: func() { ana.ip("link", "delete", "eth0"); c.join(ana, "eth0", 77) },
				}
			},
		},
		{
			name: "a device comes home", path: app.LineDirect, after: app.LineLAN, back: 15 * time.Second,
			build: func(i *internet) place {
				a, b := i.newHome(portRestricted, 21), i.newHome(portRestricted, 22)
				ana := a.newDevice(100)
				return place{
					ana: ana, ben: b.newDevice(100),
					cause: "Ana's device comes to Ben's home", disturb: func() { ana.ip("link", "delete", "eth0"); b.join(ana, "eth0", 77) },
				}
			},
		},
		{name: "100 ms more each way, 2 % lost", path: app.LineDirect, back: 15 * time.Second, build: slowHome},
	} {
		t.Run(one.name, one.run) //nolint:paralleltest // times are measured
	}
}

// slowHome is Ana's home on a slow line.
func slowHome(i *internet) place {
	a, b := i.unpluggedHome(portRestricted, 21), i.newHome(portRestricted, 22)
	cable := slowWire(i.t, a.router, "wan", i.middle, "slow", quality{delay: 100 * time.Millisecond, loss: 0.02})
	i.middle.ip("link", "set", "slow", "master", "bridge")
	i.address(a.router, 21)
	return place{
		ana: a.newDevice(100), ben: b.newDevice(100),
		cause: "Ana's router starts again", disturb: func() { a.renumber(21) },
		finally: func() {
			lost, carried := cable.lost.Load(), cable.carried.Load()
			i.t.Logf("the slow line carried %d frames and lost %d", carried, lost)
			if lost == 0 || carried == 0 {
				i.t.Error("the slow line was not used, or lost nothing")
			}
		},
	}
}

// proxiedHome is Ana's office: a SOCKS proxy that asks for a name, and nothing
// else lets anything out.
func proxiedHome(i *internet) place {
	a, b := i.newHome(proxied, 21), i.newHome(portRestricted, 22)
	proxy := startProxy(i.t, a.router)
	return place{
		ana: a.newDevice(100), ben: b.newDevice(100), proxy: "socks5://ana:open%20sesame@192.168.1.1:1080",
		cause: "the proxy starts again", disturb: func() { proxy.kill(); startProxy(i.t, a.router) },
		finally: func() {
			if past := a.router.dropped(); past != 0 {
				i.t.Errorf("%d packets tried to go past the proxy", past)
			}
		},
	}
}

func (s scenario) run(t *testing.T) {
	if s.needs != "" && !serverKnows(t, s.needs) {
		why := s.name + ": the built server has no --" + s.needs
		t.Log(why)
		results.leave(why)
		return
	}
	i := newInternet(t)
	where := s.build(i)
	host := at4(serverAt)
	if s.ipv6 {
		host = "[" + at6(serverAt) + "]"
	}
	key := startServer(t, i.server)
	p := meetThrough(t, where.proxy, "wss://"+host+":"+serverPort+"/#"+key, where.ana, where.ben)
	row := measurement{scenario: s.name, path: s.path, cause: where.cause}
	row.opened = p.restart()
	p.path(s.path, i.server)
	p.chat(10)
	row.back = p.comesBack(where.disturb)
	after := s.path
	if s.after != "" {
		after = s.after
	}
	p.path(after, i.server)
	p.chat(10)
	p.ended()
	if where.finally != nil {
		where.finally()
	}
	t.Logf("Ana's line: %s", p.ana.lineHistory())
	t.Logf("Ben's line: %s", p.ben.lineHistory())
	if row.back > s.back {
		t.Errorf("it took %v to come back, and may take %v", row.back, s.back)
	}
	results.add(row)
}
