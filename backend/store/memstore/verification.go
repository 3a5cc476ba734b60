package memstore

import (
	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

func (d *Disk) putVerification(one node.Verification) {
	if _, known := d.content.contacts[one.Peer]; known {
		one.At = milliseconds(one.At)
		put(d, d.content.verifications, one.Peer, one)
	}
}

// moveContact gives a contact another conversation; the one before stays.
func (d *Disk) moveContact(contact node.Contact) error {
	if before, known := d.content.contacts[contact.Peer]; known {
		before.Conversation = contact.Conversation
		put(d, d.content.contacts, contact.Peer, before)
	}
	return d.putContact(contact)
}

func (d *Disk) putFormer(id uuid.UUID, peer identity.PeerID) {
	if d.content.conversations[id] == nil {
		put(d, d.content.conversations, id, &conversation{
			id: id, peer: peer, logs: map[journal.Log]*log{}, read: journal.Vector{}, remote: map[identity.DeviceID]node.RemotePosition{},
		})
	}
}

func (d *Disk) putRetirement(one node.Retirement) {
	if _, known := d.content.retirements[one.Peer]; !known {
		one.At, one.Signed = milliseconds(one.At), clone(one.Signed)
		put(d, d.content.retirements, one.Peer, one)
	}
}
