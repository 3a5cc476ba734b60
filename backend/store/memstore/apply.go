package memstore

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
)

// apply makes one change of the running transaction.
func (d *Disk) apply(write node.Write) error {
	c := &d.content
	switch w := write.(type) {
	case node.AppendEntry:
		return d.appendEntry(w)
	case node.PutRemotePosition:
		d.putRemotePosition(w)
	case node.PutRead:
		if v := c.conversations[w.Conversation]; v != nil {
			set(d, &v.read, merge(v.read, placesOnly(w.Read)))
			d.count(w.Conversation, w.Read, false, w.At)
		}
	case node.HideMessage:
		d.hide(w.Message)
	case node.EraseMessages:
		d.expire(w.Messages)
	case node.PutSelf:
		self := w.Self
		self.Created, self.DeviceList, self.Picture = milliseconds(self.Created), clone(self.DeviceList), clone(self.Picture)
		set(d, &c.self, self)
	case node.PutContact:
		return d.putContact(w.Contact)
	case node.DeleteContact:
		d.deleteContact(w.Peer)
	case node.PutRequest:
		put(d, c.requests, w.Request.Peer, copyRequest(w.Request))
	case node.DeleteRequest:
		drop(d, c.requests, w.Peer)
		if w.Declined {
			put(d, c.declined, w.Peer, true)
		}
	case node.PutInvite:
		invite := w.Invite
		invite.Created, invite.Expires, invite.Used = milliseconds(invite.Created), milliseconds(invite.Expires), cloneList(invite.Used)
		put(d, c.invites, invite.ID, invite)
	case node.PutServer:
		d.putServer(w.Server)
	case node.DeleteServer:
		set(d, &c.servers, without(c.servers, w.Server))
	case node.PutHandle:
		handle := w.Handle
		handle.Claimed, handle.Move = milliseconds(handle.Claimed), clone(handle.Move)
		put(d, c.handles, handle.String(), handle)
	case node.DeleteHandle:
		drop(d, c.handles, node.Handle{Name: w.Name, Host: w.Host}.String())
	case node.PutBan:
		ban := w.Ban
		ban.Added, ban.Expires = milliseconds(ban.Added), milliseconds(ban.Expires)
		put(d, c.bans, ban.ID, ban)
	case node.DeleteBan:
		drop(d, c.bans, w.ID)
	case node.CountBlocked:
		if ban, known := c.bans[w.ID]; known {
			ban.Blocked += w.Add
			put(d, c.bans, w.ID, ban)
		}
	case node.PutSealingKey:
		key := w.Key
		key.Private, key.Created, key.Expires, key.Delete = clone(key.Private), milliseconds(key.Created), milliseconds(key.Expires), milliseconds(key.Delete)
		put(d, c.sealingKeys, key.ID, key)
	case node.DeleteSealingKey:
		drop(d, c.sealingKeys, w.ID)
	case node.PutSeen:
		put(d, c.seen, w.Seen.ID, milliseconds(w.Seen.Until))
	case node.DeleteSeen:
		d.deleteSeen(milliseconds(w.Before))
	case node.PutOutgoing:
		d.putOutgoing(w.Outgoing)
	case node.PutStep:
		d.putStep(w.Step)
	case node.DeleteOutgoing:
		drop(d, c.outgoing, w.ID)
	case node.PutEpoch:
		if w.Least > c.epochs[w.Conversation] {
			put(d, c.epochs, w.Conversation, w.Least)
		}
	case node.PutPlace:
		set(d, &c.copied, false)
	case node.PutFork:
		d.putFork(w.Fork)
	case node.PutVerification:
		d.putVerification(w.Verification)
	case node.MoveContact:
		return d.moveContact(w.Contact)
	case node.PutFormer:
		d.putFormer(w.Conversation, w.Peer)
	case node.PutStanding:
		if v := c.conversations[w.Conversation]; v != nil {
			standing := w.Standing
			standing.Cleared = milliseconds(standing.Cleared)
			set(d, &v.standing, standing)
		}
	case node.ClearConversation:
		d.clearConversation(w)
	case node.DropContact:
		drop(d, c.contacts, w.Peer)
		drop(d, c.verifications, w.Peer)
	case node.DeleteVerification:
		drop(d, c.verifications, w.Peer)
	case node.PutRetirement:
		d.putRetirement(w.Retirement)
	default:
		return errUnknown(write)
	}
	return nil
}

func (d *Disk) appendEntry(w node.AppendEntry) error {
	v := d.content.conversations[w.Entry.Conversation]
	if v == nil {
		return store.ErrNoConversation
	}
	kept := v.logs[w.Entry.Log]
	var head journal.Head
	if kept != nil {
		head = kept.entries[len(kept.entries)-1].Entry.Head()
	}
	effective := w.Order.Effective().UnixMilli()
	switch {
	case w.Entry.Sequence != head.Sequence+1 || w.Entry.Previous != head.Hash:
		return store.ErrChain
	case kept != nil && kept.mine != w.Mine:
		return fmt.Errorf("%w: another author", store.ErrChain)
	case journal.OrderOf(uint64(effective), w.Entry.Log, w.Entry.Sequence) != w.Order:
		return fmt.Errorf("%w: the order belongs to another entry", store.ErrChain)
	}
	if kept == nil {
		kept = &log{author: w.Author, mine: w.Mine}
		put(d, v.logs, w.Entry.Log, kept)
	}
	one := &entry{AppendEntry: w}
	one.Arrived = milliseconds(w.Arrived)
	if message, err := w.Entry.Message(); err == nil {
		one.content, one.shown = message, whole
	}
	set(d, &kept.entries, append(kept.entries, one))
	put(d, d.content.entries, w.Entry.Hash(), one)
	if one.shown == whole {
		d.show(v, one)
	}
	d.takeIn(v, one)
	return nil
}

func (d *Disk) putRemotePosition(w node.PutRemotePosition) {
	v := d.content.conversations[w.Conversation]
	if v == nil {
		return
	}
	position, known := v.remote[w.Position.Device]
	if !known {
		position = node.RemotePosition{Device: w.Position.Device}
	}
	position.Held = merge(position.Held, w.Position.Held)
	position.Read = merge(position.Read, placesOnly(w.Position.Read))
	if len(position.Held)+len(position.Read) > 0 {
		put(d, v.remote, position.Device, position)
	}
	d.count(w.Conversation, w.Position.Held, true, w.At)
}

// merge returns the maximum of both, without touching them. What is at
// sequence 0 says nothing.
func merge(a, b journal.Vector) journal.Vector {
	merged := a.Clone()
	for name, head := range b {
		if head.Sequence > merged[name].Sequence {
			merged[name] = head
		}
	}
	return merged
}

// placesOnly returns a read position: sequences without hashes.
func placesOnly(vector journal.Vector) journal.Vector {
	places := make(journal.Vector, len(vector))
	for name, head := range vector {
		places[name] = journal.Head{Sequence: head.Sequence}
	}
	return places
}

func (d *Disk) putContact(contact node.Contact) error {
	c := &d.content
	if before, known := c.contacts[contact.Peer]; known && before.Conversation != contact.Conversation {
		return store.ErrMoved
	}
	d.putFormer(contact.Conversation, contact.Peer)
	contact.Since = milliseconds(contact.Since)
	contact.TheirInvite, contact.Record, contact.Servers = clone(contact.TheirInvite), clone(contact.Record), cloneServers(contact.Servers)
	put(d, c.contacts, contact.Peer, contact)
	return nil
}

func (d *Disk) deleteContact(peer identity.PeerID) {
	c := &d.content
	contact, known := c.contacts[peer]
	if !known {
		return
	}
	drop(d, c.contacts, peer)
	drop(d, c.verifications, peer)
	for _, kept := range c.conversations[contact.Conversation].logs {
		for _, one := range kept.entries {
			drop(d, c.entries, one.Entry.Hash())
			drop(d, c.timers, one.Entry.Hash())
			if target, named := timeline.Target(one.Entry); named {
				drop(d, c.changes, target)
			}
		}
	}
	drop(d, c.conversations, contact.Conversation)
	set(d, &c.forks, slices.DeleteFunc(slices.Clone(c.forks), func(one node.Fork) bool { return one.Conversation == contact.Conversation }))
	for id, one := range c.outgoing {
		if one.Conversation == contact.Conversation {
			drop(d, c.outgoing, id)
		}
	}
}

func (d *Disk) putOutgoing(one node.Outgoing) {
	if d.content.conversations[one.Conversation] == nil {
		return
	}
	one.Sealed = clone(one.Sealed)
	one.SealedAt, one.Expires, one.Until = milliseconds(one.SealedAt), milliseconds(one.Expires), milliseconds(one.Until)
	put(d, d.content.outgoing, one.ID, one)
}

func (d *Disk) putStep(one node.Step) {
	talk := d.content.conversations[one.Conversation]
	if talk == nil {
		return
	}
	one.At, one.Until = milliseconds(one.At), milliseconds(one.Until)
	steps := talk.steps
	if len(steps) >= 2*node.KeptSteps {
		steps = slices.Clone(steps[node.KeptSteps+1:])
	}
	set(d, &talk.steps, append(steps, one))
}

func (d *Disk) putFork(fork node.Fork) {
	same := func(other node.Fork) bool {
		return other.Conversation == fork.Conversation && other.Log == fork.Log && other.Sequence == fork.Sequence
	}
	if d.content.conversations[fork.Conversation] == nil || slices.ContainsFunc(d.content.forks, same) {
		return
	}
	fork.First, fork.Second, fork.Seen = clone(fork.First), clone(fork.Second), milliseconds(fork.Seen)
	set(d, &d.content.forks, append(slices.Clone(d.content.forks), fork))
}

func copyRequest(request node.Request) node.Request {
	request.InviteMade, request.Arrived = milliseconds(request.InviteMade), milliseconds(request.Arrived)
	request.Record, request.Servers = clone(request.Record), cloneServers(request.Servers)
	request.Entries = cloneList(request.Entries)
	for i, one := range request.Entries {
		request.Entries[i] = append([]byte{}, one...)
	}
	return request
}

func (d *Disk) putServer(server node.Server) {
	server.Added, server.URLs = milliseconds(server.Added), cloneList(server.URLs)
	keyless := server
	keyless.Key = identity.ServerKey{}
	servers := without(without(d.content.servers, keyless), server)
	set(d, &d.content.servers, append(servers, server))
}

// without returns the servers but one, in a new list: by key, or by first URL
// among those without a key.
func without(servers []node.Server, one node.Server) []node.Server {
	left := make([]node.Server, 0, len(servers)+1)
	for _, server := range servers {
		if server.Key != one.Key || server.Key == (identity.ServerKey{}) && firstURL(server) != firstURL(one) {
			left = append(left, server)
		}
	}
	return left
}

func firstURL(server node.Server) string {
	if len(server.URLs) == 0 {
		return ""
	}
	return server.URLs[0]
}

func (d *Disk) deleteSeen(before time.Time) {
	var over []uuid.UUID
	for id, until := range d.content.seen {
		if until.Before(before) {
			over = append(over, id)
		}
	}
	for _, id := range over {
		drop(d, d.content.seen, id)
	}
}

// milliseconds is a time as it comes back from disk.
func milliseconds(moment time.Time) time.Time {
	if moment.IsZero() {
		return time.Time{}
	}
	return time.UnixMilli(moment.UnixMilli()).UTC()
}

func clone(data []byte) []byte { return cloneList(data) }

// cloneList copies a list; nil for an empty one, as it comes back from disk.
func cloneList[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

func cloneServers(servers []identity.Server) []identity.Server {
	copied := cloneList(servers)
	for i := range copied {
		copied[i].URLs = cloneList(copied[i].URLs)
	}
	return copied
}
