package node

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// Limits of taking letters back.
const (
	maxWishes    = 1024             // letters at servers, of all contacts
	maxRecalling = 8                // RecallMail of one server under way
	recallAgain  = 15 * time.Minute // after a server that could not
)

// wish is to take a letter back from a server, which may not be there now. It is
// kept on the disk until the server has answered, or the letter is over.
type wish struct {
	row     Outgoing    // Server, Receipt and Until, without entries
	letter  uuid.UUID   // while it is being put it is not asked for
	of      *cancelling // who waits for the answer, nil: nobody
	asking  bool
	retryAt time.Time // zero: at once
}

// recalls tells whether a row of the outbox is a wish to take a letter back:
// an acknowledgement that a server keeps has no row.
func (o *Outgoing) recalls() bool { return o.Through == 0 && !o.Until.IsZero() }

// withdrawal is what was taken out of an outbox to be taken back at servers.
type withdrawal struct {
	letters []*Outgoing
	wishes  []*wish
	writes  []Write
	late    bool // some of it may lie where it cannot be taken back for certain
}

// withdraw takes letters out of the outbox and makes the wishes to take them back.
// What they carry is sealed anew: they count as kept by no server before one is
// asked, since its answer may be lost. Nothing is sealed or put until resealing.
func (c *Core) withdraw(one *contact, letters []*Outgoing) withdrawal {
	var taken withdrawal
	box := &one.outbox
	box.cancelling++
	// What is being read or sealed can be thrown away; what is being put may be at
	// the server before it can be taken back there.
	box.discard = box.discard || box.busy && len(c.puttingTo(one)) == 0
	for _, letter := range letters {
		receipt, loose := letter.Receipt, box.loose[letter.ID] > 0
		if letter.Until.IsZero() {
			receipt = receiptOf(letter.Sealed)
		} else if receipt == (signaling.Receipt{}) {
			taken.late = true // of a version that did not note it
			continue
		}
		box.remove(letter.ID)
		taken.letters = append(taken.letters, letter)
		taken.writes = append(taken.writes, DeleteOutgoing{ID: letter.ID})
		if !letter.Until.IsZero() {
			c.wishFor(&taken, one, letter, receipt, letter.Server)
		}
		if loose { // it may lie at any of their servers
			taken.late = true
			for _, server := range one.places() {
				if letter.Until.IsZero() || server.Key != letter.Server {
					c.wishFor(&taken, one, letter, receipt, server.Key)
				}
			}
		}
	}
	return taken
}

func (c *Core) wishFor(taken *withdrawal, one *contact, letter *Outgoing, receipt signaling.Receipt, server identity.ServerKey) {
	if len(c.network.wishes)+len(taken.wishes) >= maxWishes {
		taken.late = true
		return
	}
	row := Outgoing{
		ID: c.newID(), Conversation: one.Conversation, Peer: one.Peer, Device: letter.Device, SealedAt: letter.SealedAt, Expires: letter.Expires,
		Until: letter.ends(), Server: server, Receipt: receipt,
	}
	taken.wishes = append(taken.wishes, &wish{row: row, letter: letter.ID})
	taken.writes = append(taken.writes, PutOutgoing{Outgoing: row})
}

// withdrawn goes on after the writes of a withdrawal are on the disk, or are not:
// then its letters are in the outbox again.
func (c *Core) withdrawn(one *contact, taken withdrawal, err error) {
	box := &one.outbox
	if err != nil {
		box.letters = append(box.letters, taken.letters...)
		slices.SortStableFunc(box.letters, func(a, b *Outgoing) int { return a.SealedAt.Compare(b.SealedAt) })
		return
	}
	for _, letter := range taken.letters {
		delete(box.loose, letter.ID)
	}
	if len(taken.letters) > 0 {
		c.tell(Change{Position: one.Conversation})
	}
	c.network.wishes = append(c.network.wishes, taken.wishes...)
}

// resealing lets letters be sealed again.
func (c *Core) resealing(one *contact) {
	one.outbox.cancelling--
	c.dirty(one.Peer)
}

// deleteForAll takes a message back for everyone: the deletion goes out as any
// entry does, and the letters that hold what it deletes are taken back as far as
// that can be, so that nobody fetches the one before the other.
func (c *Core) deleteForAll(id uint64, message Message) {
	if one := c.byConversation(message.Conversation); one != nil && one.State == ContactAsked {
		c.answer(id, nil, &Refusal{
			Code: "delete-asked", Message: "What was sent with a request can be deleted for everyone only after " + one.Name + " answered.", Params: map[string]string{"name": one.Name},
		})
		return
	}
	one, appended, err := c.deletion(message)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	taken := c.withdraw(one, c.lettersWith(one, message))
	c.commit(func(err error) {
		if err == nil {
			c.written(one, appended)
		}
		c.withdrawn(one, taken, err)
		c.resealing(one)
		c.answer(id, nil, refusal(err))
	}, append([]Write{appended}, taken.writes...)...)
}

// lettersWith returns the letters that hold a message, or may hold an edit of it.
func (c *Core) lettersWith(one *contact, message Message) []*Outgoing {
	var with []*Outgoing
	for _, letter := range one.outbox.letters {
		later := letter.Log.Device == message.Log.Device && letter.Log.Epoch > message.Log.Epoch ||
			letter.Log == message.Log && letter.After >= message.Sequence
		holds := letter.Log == message.Log && letter.After < message.Sequence && message.Sequence <= letter.Through
		if letter.Through > 0 && (holds || later && !message.Edited.IsZero()) {
			with = append(with, letter)
		}
	}
	return with
}

// dueRecalls asks the servers that are there for the letters that are to be taken
// back, some at a time, and forgets those that are over.
func (c *Core) dueRecalls() {
	if len(c.network.wishes) == 0 || c.readOnly {
		return
	}
	under := map[string]int{}
	for _, asked := range c.network.recalling {
		under[asked.token]++
	}
	being := map[uuid.UUID]bool{}
	for _, put := range c.network.putting {
		being[put.letter] = true
	}
	var over []*wish
	for _, one := range c.network.wishes {
		token := one.row.Server.String()
		server := c.network.servers[token]
		there := server != nil && server.up && server.mailbox.here
		switch {
		case one.asking:
		case !c.now.Before(one.row.Until):
			over = append(over, one)
		case being[one.letter]: // its answer comes first
		case !there:
			c.at(one.row.Until)
			c.unheard(one)
		case c.now.Before(one.retryAt):
			c.at(one.retryAt)
		case under[token] < maxRecalling:
			under[token]++
			one.asking = true
			c.network.nextID++
			c.network.recalling[c.network.nextID] = recalling{token: token, wish: one}
			c.do(RecallMail{Token: token, ID: c.network.nextID, Receipt: one.row.Receipt})
		}
	}
	for _, one := range over {
		c.wishOver(one)
		c.unheard(one)
	}
}

// wishOver forgets a wish.
func (c *Core) wishOver(one *wish) {
	c.network.wishes = slices.DeleteFunc(c.network.wishes, func(other *wish) bool { return other == one })
	c.deleteOutgoing(one.row.ID)
}

// unheard tells whoever waits for the answer that it cannot be had now.
func (c *Core) unheard(one *wish) {
	if asked := one.of; asked != nil {
		one.of = nil
		asked.late = true
		asked.asked--
		c.recallOver(asked)
	}
}

// recalled takes an answer to a RecallMail; false for other answers.
func (c *Core) recalled(answered signaling.Answered) bool {
	found, known := c.network.recalling[answered.ID]
	if !known {
		return false
	}
	delete(c.network.recalling, answered.ID)
	one := found.wish
	one.asking = false
	switch answered.Answer {
	case signaling.AnswerDone:
		c.wishOver(one)
		if asked := one.of; asked != nil {
			asked.server = one.row.Server
			asked.asked--
			c.recallOver(asked)
		}
		return true
	case signaling.AnswerNotFound, signaling.AnswerNotOffered: // fetched or over; or it never can
		c.wishOver(one)
	default:
		one.retryAt = c.now.Add(recallAgain) // or when the server is there again
	}
	c.unheard(one)
	return true
}

// recallUp asks a server that is there again.
func (c *Core) recallUp(key identity.ServerKey) {
	for _, one := range c.network.wishes {
		if one.row.Server == key {
			one.retryAt = time.Time{}
		}
	}
}

// recallDown ends what a server that is gone was asked: it is asked again when it
// is there.
func (c *Core) recallDown(token string) {
	for _, id := range slices.Sorted(maps.Keys(c.network.recalling)) {
		if c.network.recalling[id].token == token {
			c.recalled(signaling.Answered{ID: id, Answer: signaling.AnswerNoSession})
		}
	}
}
