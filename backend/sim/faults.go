package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// saying is a text that a person sent.
type saying struct {
	from, to *device
	number   int // of those from one to the other
	text     string
	state    state
}

// state is what the person was told.
type state int

const (
	unknown  state = iota // a crash came before the answer
	accepted              // it is on the screen
	refused
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
	case Say:
		d.say(other, one)
		return
	case Read:
		d.read(other)
		return
	case Look:
		d.look(other, true)
		w.after(min(one.lasting, longestLook), func() { d.look(other, false) })
		return
	case Wake:
		d.woken()
		return
	case Quit:
		d.stop()
		w.after(one.lasting, w.restart(d))
		return
	case Cut, OneWay, Break, Offline, Deaf, Mute, Crash, Jump, DiskFull, ServerLoss, MailFull, LostAnswer, BadCarrier:
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
	case Say, Read, Look, Wake, Quit, Skew, nothing:
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

// acquaintance picks somebody whom a person talks to.
func (d *device) acquaintance(pick uint32) *device {
	var others []*device
	for _, other := range d.world.devices {
		if other != d && d.world.plan.acquainted(d.number, other.number) {
			others = append(others, other)
		}
	}
	return others[int(pick)%len(others)]
}

// say sends texts, one after the other.
func (d *device) say(other *device, one action) {
	for range one.count {
		if d.running == nil {
			return
		}
		d.spoken[other.number]++
		said := &saying{from: d, to: other, number: d.spoken[other.number]}
		said.text = fmt.Sprintf("%d to %d, %d", d.number, other.number, said.number)
		if one.a%16 == 0 { // a long one
			said.text += strings.Repeat(" and so on", 1+int(one.b%300))
		}
		d.world.said[said.text] = said
		d.sayings[other.number] = append(d.sayings[other.number], said)
		d.calls++
		d.asked[d.calls] = said
		d.running.SendText(d.world.ctx, d.calls, d.conversation(other), said.text)
		if d.world.plan.Defect == SayTwice && d.world.random.IntN(8) == 0 {
			d.calls++
			d.running.SendText(d.world.ctx, d.calls, d.conversation(other), said.text)
		}
		d.settle()
	}
}

// read reads all that is there.
func (d *device) read(other *device) {
	if d.running == nil {
		return
	}
	messages, err := d.timeline(other)
	if err != nil || len(messages) == 0 {
		return
	}
	vector, err := d.store.ReadVectorAt(d.world.ctx, d.conversation(other), messages[len(messages)-1].Order)
	if err != nil {
		return
	}
	for _, message := range messages {
		d.seen[message.Hash] = true
	}
	d.calls++
	d.asking[d.calls] = reading{conversation: d.conversation(other), read: vector}
	d.running.MarkRead(d.world.ctx, d.calls, d.conversation(other), vector)
	d.touch()
}

// longestLook bounds how long a conversation stays on the screen.
const longestLook = 5 * time.Minute

// look puts a conversation on the screen, or none, and writes in it.
func (d *device) look(other *device, there bool) {
	if d.running == nil {
		return
	}
	d.calls += 2
	if !there {
		d.running.Focus(d.world.ctx, d.calls, uuid.Nil)
		d.touch()
		return
	}
	d.running.Focus(d.world.ctx, d.calls-1, d.conversation(other))
	d.running.Typing(d.world.ctx, d.calls, d.conversation(other))
	d.touch()
}

func (d *device) woken() {
	if d.running == nil {
		return
	}
	d.calls++
	d.running.NetworkChanged(d.world.ctx, d.calls)
	d.touch()
}
