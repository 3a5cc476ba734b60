package sim

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/node"
)

// How people meet.
const (
	inviteLife = 30 * 24 * time.Hour // longer than a schedule and the faults of its clocks
	inviteUses = 3
	handOver   = 10 * time.Second // a link reaches the other person within that
	considered = time.Minute      // a request is answered within that
)

// meet has one invite another, who asks.
func (d *device) meet(other *device) {
	w := d.world
	if w.plan.met(d.number, other.number) {
		return
	}
	d.running.CreateInvite(w.ctx, d.ask(func(answer node.Answer) {
		made, isInvite := answer.Value.(node.Invite)
		if answer.Err != nil || !isInvite {
			return
		}
		w.after(w.spread(handOver), func() { other.opens(made.Link, d) })
	}), "", inviteLife, inviteUses)
}

// opens asks with an invite that somebody handed over.
func (d *device) opens(link string, of *device) {
	w := d.world
	if d.running == nil {
		return
	}
	opened, err := invite.Parse(link)
	if err != nil {
		w.violate("an invite of %d cannot be read: %v", of.number, err)
		return
	}
	d.asks[of] = true
	said := d.phrase(of, "")
	d.running.Ask(w.ctx, d.ask(func(answer node.Answer) {
		said.decided(answer)
		if answer.Err == nil {
			w.report.Asked++
		}
	}), opened, said.text)
	d.touch()
}

// changed takes what a device shows: requests are accepted after a while.
func (d *device) changed(changes []node.Change) {
	for _, one := range changes {
		if one.Request != nil {
			peer := one.Request.Peer
			d.during(d.world.spread(considered), func() { d.accept(peer) })
		}
	}
}

func (d *device) accept(peer identity.PeerID) {
	d.running.Accept(d.world.ctx, d.ask(nil), peer)
}

// acceptAll answers what an earlier life left: the people of a simulation want
// everybody.
func (d *device) acceptAll() {
	if d.running == nil {
		return
	}
	snapshot, err := d.disk.Open().Load(d.world.ctx)
	if err != nil {
		return
	}
	for _, request := range snapshot.Requests {
		d.accept(request.Peer)
		d.touch()
	}
}
