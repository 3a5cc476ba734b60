package memstore

import "github.com/tincan-chat/tincan/backend/node"

func (d *Disk) putVerification(one node.Verification) {
	if _, known := d.content.contacts[one.Peer]; known {
		one.At = milliseconds(one.At)
		put(d, d.content.verifications, one.Peer, one)
	}
}

func (d *Disk) putRetirement(one node.Retirement) {
	if _, known := d.content.retirements[one.Peer]; !known {
		one.At, one.Signed = milliseconds(one.At), clone(one.Signed)
		put(d, d.content.retirements, one.Peer, one)
	}
}
