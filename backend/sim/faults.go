package sim

import (
	"time"

	"github.com/tincan-chat/tincan/backend/node"
)

// way is what is cut between a device and a server.
type way struct{ to, from bool }

// way returns it.
func (w *World) way(d *device, s *server) *way { return &d.ways[s.number] }

// act does what a plan says.
func (w *World) act(one action) {
	d := w.devices[int(one.a)%len(w.devices)]
	other := d.acquaintance(one.b)
	s := w.servers[int(one.b)%len(w.servers)]
	w.tell("-- %s of %d, %d, server %d, for %v", one.kind, d.number, other.number, s.number, one.lasting)
	w.note(d.number, 64, uint64(len(one.kind)), uint64(other.number))
	switch one.kind {
	case Say, Read, Look, Wake, Quit, Edit, Delete, Hide, React, Timer, Profile, Receipts, Meet:
		w.person(one, d, other)
	case Cut, OneWay, Break, Offline, Deaf, Mute, Crash, Jump, DiskFull, ServerLoss, MailFull, LostAnswer, BadCarrier, Forger:
		w.report.Faults[one.kind]++
		w.strike(one, d, other, s)
	case Skew, nothing: // from the beginning, and never
	}
}

// longestDiskFull bounds how long a disk is full: lines open and close all that
// time, which shows nothing new and takes most of the work.
const longestDiskFull = 20 * time.Second

// strike begins a fault and queues its end.
func (w *World) strike(one action, d, other *device, s *server) {
	switch one.kind {
	case Cut, OneWay:
		w.links.CutWay(d.keys.Device(), other.keys.Device())
		if one.kind == Cut {
			w.links.CutWay(other.keys.Device(), d.keys.Device())
		}
		w.after(one.lasting, func() { w.links.Heal(d.keys.Device(), other.keys.Device()) })
	case Break:
		w.links.Break(d.keys.Device(), other.keys.Device())
	case Offline, Deaf, Mute:
		way := w.way(d, s)
		way.to = way.to || one.kind != Deaf
		way.from = way.from || one.kind != Mute
		w.silence(d, s)
		w.after(one.lasting, func() { w.reach(d, s) })
	case Crash:
		d.crash()
		w.after(one.lasting, w.restart(d))
	case Jump:
		d.crash()
		w.after(one.lasting, func() {
			if d.running == nil {
				d.jumped = true
				d.skew += time.Duration(w.random.Int64N(int64(4*24*time.Hour))) - 2*24*time.Hour
				w.tell("%d has a clock that is off by %v", d.number, d.skew)
			}
			w.restart(d)()
		})
	case DiskFull:
		d.disk.Fail(node.ErrDiskFull)
		w.after(min(one.lasting, longestDiskFull), func() { d.disk.Fail(nil) })
	case ServerLoss:
		if !s.down {
			s.lose()
			w.after(one.lasting, s.comeBack)
		}
	case MailFull:
		s.full = true
		w.after(one.lasting, func() { s.full = false })
	case LostAnswer:
		w.weather.loseAnswer = 128
		w.after(one.lasting, func() { w.weather.loseAnswer = 0 })
	case BadCarrier:
		w.weather.loseSignal, w.weather.doubleSignal, w.weather.delaySignal = 64, 64, 64
		w.after(one.lasting, func() { w.weather.loseSignal, w.weather.doubleSignal, w.weather.delaySignal = 0, 0, 0 })
	case Forger:
		w.weather.forge = 96
		w.after(one.lasting, func() { w.weather.forge = 0 })
	case Say, Read, Look, Wake, Quit, Edit, Delete, Hide, React, Timer, Profile, Receipts, Meet, Skew, nothing:
	}
}

// silence has the session over a cut way end when its client notices.
func (w *World) silence(d *device, s *server) {
	if d.running == nil {
		return
	}
	k := d.client.connections[s.address.Key.String()]
	if k == nil {
		return
	}
	number := k.number
	d.client.during(heartbeats, func() {
		if k.number == number && (*k.to.cut || *k.from.cut) {
			k.dies()
		}
	})
}

func (w *World) reach(d *device, s *server) {
	*w.way(d, s) = way{}
	if d.running == nil {
		return
	}
	if k := d.client.connections[s.address.Key.String()]; k != nil {
		k.flow()
	}
}

// restart starts a device if it does not run.
func (w *World) restart(d *device) func() {
	return func() {
		if err := d.start(); err != nil {
			w.violate("%v", err)
		}
	}
}

// heal ends every fault at once.
func (w *World) heal() {
	w.tell("-- healed")
	w.weather = weather{}
	for _, s := range w.servers {
		s.full = false
		if s.down {
			s.comeBack()
		}
	}
	for _, d := range w.devices {
		d.disk.Fail(nil)
		for _, other := range w.devices {
			w.links.Heal(d.keys.Device(), other.keys.Device())
		}
		for _, s := range w.servers {
			w.reach(d, s)
		}
		w.restart(d)()
	}
	w.settle()
}
