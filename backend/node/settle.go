package node

import (
	"slices"
	"time"
)

// renewAt is when a letter that a server keeps is left anew, so that nobody who
// comes on its last day finds nothing; the zero time while no server keeps it.
// A request is not: its invite may be over before.
func (o *Outgoing) renewAt(state ContactState) time.Time {
	switch {
	case o.Until.IsZero():
		return time.Time{}
	case state != ContactMutual:
		return o.ends()
	}
	return o.ends().Add(-min(mailRenewBefore, o.ends().Sub(o.SealedAt)/4))
}

// settle drops the letters that have done their work, and those that cannot do
// it any more: what they carry is sealed anew.
func (c *Core) settle(one *contact) {
	conversation := c.conversationOf(one)
	for _, letter := range slices.Clone(one.outbox.letters) {
		if letter.Through > 0 && letter.Through <= conversation.delivered(letter.Log) {
			c.dropLetter(one, letter)
			continue
		}
		stored := !letter.Until.IsZero()
		if letter.Through == 0 && stored {
			c.dropLetter(one, letter)
			continue
		}
		device, known := one.record.sealTo(letter.Device)
		// No server has a box for the key that it is sealed to, and there is a newer one.
		missed := !stored && one.outbox.fails > 0 && known && letter.sealedTo() != device.KeyID
		// They do not look any more where it lies.
		moved := stored && len(one.places()) > 0 && !one.foundAt(letter.Server)
		// It was sealed, or sent, while they were accepted otherwise.
		late := one.State == ContactMutual && !stored && letter.asks()
		// Its time there is nearly over, and it can be left again.
		renew := letter.renewAt(one.State)
		lapses := stored && !c.now.Before(renew) && len(c.mailServers(one)) > 0
		if c.now.Before(letter.ends()) && known && !missed && !moved && !late && !lapses {
			one.again(letter.ends())
			if c.now.Before(renew) {
				one.again(renew)
			}
			continue
		}
		c.giveUp(one, letter)
	}
}

// giveUp drops a letter that did not do its work. What it acknowledged is owed again.
func (c *Core) giveUp(one *contact, letter *Outgoing) {
	c.dropLetter(one, letter)
	if letter.Through > 0 {
		return
	}
	if row := c.owe(one); len(row) > 0 {
		c.keep(row...)
	}
	c.owedNow(one, nil)
}

func (c *Core) dropLetter(one *contact, letter *Outgoing) {
	one.outbox.remove(letter.ID)
	delete(one.outbox.loose, letter.ID)
	c.deleteOutgoing(letter.ID)
	c.tell(Change{Position: one.Conversation})
}
