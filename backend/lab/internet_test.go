//go:build lab

package lab_test

import (
	"fmt"
	"testing"
)

// The internet of the lab is one network that all routers and public machines
// are on. Machines are told apart by the last part of their addresses.
const (
	internet4 = "5.0.0.%d"
	internet6 = "2a00:5::%d"
	serverAt  = 10
	gatewayAt = 1 // knows where the homes' IPv6 networks are
)

// internet is the switch in the middle, and the server beside it.
type internet struct {
	t      *testing.T
	middle *namespace
	server *namespace
	ports  int
}

func newInternet(t *testing.T) *internet {
	t.Helper()
	i := &internet{t: t, middle: newNamespace(t, "internet")}
	i.middle.ip("link", "add", "bridge", "type", "bridge")
	i.middle.ip("link", "set", "bridge", "up")
	i.middle.forward()
	i.middle.address("bridge", at6(gatewayAt)+"/64")
	i.server = newNamespace(t, "server")
	i.connect(i.server, serverAt)
	return i
}

func at4(number int) string { return fmt.Sprintf(internet4, number) }
func at6(number int) string { return fmt.Sprintf(internet6, number) }

// plug gives a machine a cable to the internet, its interface "wan".
func (i *internet) plug(machine *namespace) {
	i.t.Helper()
	i.ports++
	port := fmt.Sprintf("port%d", i.ports)
	wire(machine, "wan", i.middle, port)
	i.middle.ip("link", "set", port, "master", "bridge")
}

// connect plugs a machine in and gives it its addresses.
func (i *internet) connect(machine *namespace, number int) {
	i.t.Helper()
	i.plug(machine)
	i.address(machine, number)
}

// address gives a machine that is plugged in its addresses and routes.
func (i *internet) address(machine *namespace, number int) {
	i.t.Helper()
	machine.address("wan", at4(number)+"/24")
	machine.address("wan", at6(number)+"/64")
	machine.ip("-6", "route", "add", "default", "via", at6(gatewayAt))
}

// translation is how a router translates addresses.
type translation int

const (
	// portRestricted keeps the port, whoever is written to, and lets in answers
	// only: what most routers do (RFC 4787: endpoint-independent mapping, address
	// and port-dependent filtering).
	portRestricted translation = iota
	// fullCone also lets in everybody once the port is in use.
	fullCone
	// symmetric takes another port for each that is written to.
	symmetric
	// udpBlocked is portRestricted and lets no UDP through.
	udpBlocked
	// proxied lets nothing through, and counts what tries.
	proxied
	// routed does not translate: IPv6 only, with a firewall that lets in answers only.
	routed
)

func (t translation) rules() string {
	masquerade, forward, extra := "masquerade", "", ""
	switch t {
	case portRestricted, routed:
	case proxied:
		forward = `iifname "lan" counter name past drop`
		extra = `counter past { }`
	case symmetric:
		masquerade = "masquerade fully-random"
	case udpBlocked:
		forward = `iifname "lan" meta l4proto udp drop`
	case fullCone:
		forward = `iifname "lan" meta l4proto udp update @cone { udp sport : ip saddr . udp sport }
			iifname "wan" ct status dnat accept`
		extra = `map cone { type inet_service : ipv4_addr . inet_service; flags dynamic,timeout; timeout 5m; size 1024; }
		chain before {
			type nat hook prerouting priority dstnat
			iifname "wan" meta l4proto udp dnat ip addr . port to udp dport map @cone
		}`
	}
	translate := ""
	if t != routed {
		translate = `chain after { type nat hook postrouting priority srcnat; oifname "wan" ` + masquerade + `; }`
	}
	// New packets from outside are dropped, not answered: an early one of the
	// other side would otherwise take the place of the answer in the connection table.
	return `table ip translate {
		` + extra + `
		` + translate + `
		chain incoming { type filter hook input priority filter; iifname "wan" ct state new drop; }
		chain through {
			type filter hook forward priority filter; policy drop
			` + forward + `
			ct state established,related accept
			iifname "lan" accept
		}
	}
	table ip6 firewall {
		chain through {
			type filter hook forward priority filter; policy drop
			ct state established,related accept
			iifname "lan" accept
		}
	}
	`
}

// home is a router, and the devices behind it.
type home struct {
	internet *internet
	router   *namespace
	number   int // of the router, on the internet
	kind     translation
	ports    int
}

// newHome makes a home. All homes have the same addresses inside, as real ones do.
func (i *internet) newHome(kind translation, number int) *home {
	i.t.Helper()
	h := i.unpluggedHome(kind, number)
	i.connect(h.router, number)
	return h
}

// unpluggedHome is a home whose router has no cable to the internet yet.
func (i *internet) unpluggedHome(kind translation, number int) *home {
	i.t.Helper()
	h := &home{internet: i, router: newNamespace(i.t, fmt.Sprintf("router%d", number)), number: number, kind: kind}
	h.router.ip("link", "add", "lan", "type", "bridge")
	h.router.ip("link", "set", "lan", "up")
	h.router.forward()
	if kind == routed {
		h.router.address("lan", h.inside6(1)+"/64")
		i.middle.ip("-6", "route", "add", h.inside6(0)+"/64", "via", at6(number))
	} else {
		h.router.address("lan", "192.168.1.1/24")
	}
	h.router.rules(kind.rules())
	return h
}

func (h *home) inside6(device int) string { return fmt.Sprintf("2a00:5:%d::%d", h.number, device) }

// newDevice makes a machine in the home; number is the last part of its address.
func (h *home) newDevice(number int) *namespace {
	h.internet.t.Helper()
	machine := newNamespace(h.internet.t, fmt.Sprintf("device%d-%d", h.number, number))
	h.join(machine, "eth0", number)
	return machine
}

// join gives a machine a cable into the home, an address and a way out.
func (h *home) join(machine *namespace, device string, number int) {
	h.internet.t.Helper()
	h.ports++
	port := fmt.Sprintf("port%d", h.ports)
	wire(machine, device, h.router, port)
	h.router.ip("link", "set", port, "master", "lan")
	if h.kind == routed {
		machine.address(device, h.inside6(number)+"/64")
		machine.ip("-6", "route", "add", "default", "via", h.inside6(1))
		return
	}
	machine.address(device, fmt.Sprintf("192.168.1.%d/24", number))
	machine.ip("route", "add", "default", "via", "192.168.1.1")
}

// renumber gives the home other addresses on the internet, as after a night's
// disconnection: what the router knew of connections is lost.
func (h *home) renumber(number int) {
	h.internet.t.Helper()
	h.router.ip("link", "set", "wan", "down") // drops what masquerade remembers
	h.router.ip("address", "flush", "dev", "wan")
	h.router.ip("link", "set", "wan", "up")
	h.internet.address(h.router, number)
	h.number = number
}
