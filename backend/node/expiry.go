package node

import "time"

const (
	mostExpiring = 256         // messages erased in one commit
	expireAgain  = time.Minute // after the disk refused
)

// expiry erases messages whose time is over. The store knows the times; the
// core knows when to ask it again.
type expiry struct {
	timed  bool // some messages disappear one day
	asking bool // the store is asked, or erases
	again  bool // something began to count meanwhile
	next   time.Time
}

// counting has the store asked after writes that let timers begin to count.
func (c *Core) counting(then func(error), writes []Write) func(error) {
	if !c.counted(writes) {
		return then
	}
	return func(err error) {
		then(err)
		if err == nil {
			c.lookExpiring()
		}
	}
}

// counted prepares writes that let timers begin to count at the present time,
// and tells whether there are any.
func (c *Core) counted(writes []Write) bool {
	counts := false
	for i, write := range writes {
		switch w := write.(type) {
		case PutRead:
			w.At, counts = c.now, true
			writes[i] = w
		case PutRemotePosition:
			if c.self.HideReads {
				w.Position.Read = nil
			}
			w.At, counts = c.now, true
			writes[i] = w
		case HideMessage:
			counts = true
		case AppendEntry:
			if message, err := w.Entry.Message(); err == nil && message.Timer > 0 {
				c.expiry.timed = true
			}
		}
	}
	return counts
}

// lookExpiring asks the store which messages' time is over.
func (c *Core) lookExpiring() {
	switch {
	case !c.expiry.timed || c.readOnly:
	case c.expiry.asking:
		c.expiry.again = true
	default:
		c.expiry.asking, c.expiry.again = true, false
		c.expiry.next = time.Time{}
		c.do(ReadExpiring{Now: c.now, Limit: mostExpiring})
	}
}

// expiringRead erases what is due.
func (c *Core) expiringRead(e ExpiringRead) {
	c.expiry.next = e.Next
	if e.Err != nil {
		c.expiry.next = c.now.Add(expireAgain)
	}
	if len(e.Due) == 0 || e.Err != nil {
		c.expired()
		return
	}
	erase := EraseMessages{}
	for _, one := range e.Due {
		erase.Messages = append(erase.Messages, one.Message)
	}
	c.commit(func(err error) {
		if err != nil {
			c.expiry.next = c.now.Add(expireAgain)
		} else {
			for _, one := range e.Due {
				c.tell(Change{Touched: &Touched{Conversation: one.Conversation, Message: one.Message}})
			}
		}
		c.expired()
	}, erase)
}

// expired ends a round.
func (c *Core) expired() {
	c.expiry.asking = false
	if c.expiry.again {
		c.lookExpiring()
	}
}

// dueExpiring asks when the next message's time is over.
func (c *Core) dueExpiring() {
	if c.expiry.next.IsZero() || c.expiry.asking {
		return
	}
	if !c.now.Before(c.expiry.next) {
		c.lookExpiring()
		return
	}
	c.at(c.expiry.next)
}
