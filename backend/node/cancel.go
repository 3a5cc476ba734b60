package node

import (
	"crypto/sha256"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Cancelled is what became of a message that was taken back.
type Cancelled struct {
	Outcome CancelOutcome
	Server  identity.ServerKey // CancelledAtServer: which kept it
}

// CancelOutcome says how far a message had come. Only what is certain is said:
// what cannot be known is CancelledLate.
type CancelOutcome int

// The outcomes.
const (
	// CancelledHere: it had not left this device.
	CancelledHere CancelOutcome = iota + 1
	// CancelledAtServer: a server kept it, and deleted it before they did.
	CancelledAtServer
	// CancelledLate: it may have reached them. The deletion follows it.
	CancelledLate
)

type cancelCall struct {
	message Message
	saved   bool // a bundle file has it
}

var (
	errDelivered = &Refusal{Code: "delivered", Message: "This message is on their computer already. You can still delete it for everyone."}
	errAsking    = &Refusal{Code: "cancel-request", Message: "This message is your request to them, which cannot be taken back. You can delete the conversation."}
)

// cancelling is a message that is being taken back.
type cancelling struct {
	command uint64
	peer    identity.PeerID
	message Message
	late    bool // it may have reached them, or may still
	server  identity.ServerKey
	asked   int // servers that did not answer yet
}

// recalling is a RecallMail under way.
type recalling struct {
	token  string
	letter uuid.UUID
	of     *cancelling
}

// receiptOf names a sealed letter at the server that keeps it.
func receiptOf(sealed []byte) signaling.Receipt {
	header, err := wire.ParseOuter(sealed)
	if err != nil {
		return signaling.Receipt{} // it was never put
	}
	return signaling.Receipt{Tag: header.Tag, Hash: sha256.Sum256(sealed), Size: len(sealed)}
}

// cancel takes a message of mine back: at the servers first, then here. Until
// that is over nothing is sealed for this contact. What has certainly not reached
// them is erased, and they get a header without content, of which nothing is
// shown; anything else is deleted for everyone.
func (c *Core) cancel(id uint64, call cancelCall) {
	message := call.message
	one, err := c.mayWrite(message.Conversation)
	switch {
	case err != nil:
	case one.State != ContactMutual:
		err = errAsking
	case c.conversationOf(one).delivered(message.Log) >= message.Sequence:
		err = errDelivered
	}
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	// Of what was written before this start nobody knows whether a line had it,
	// unless a letter shows that there was none.
	unknown := message.Arrived.Before(c.began) && len(c.lettersWith(one, message)) == 0
	asked := &cancelling{command: id, peer: one.Peer, message: message, late: call.saved || unknown || c.mayHaveLeft(one, message)}
	box := &one.outbox
	box.cancelling++
	// What is being read or sealed can be thrown away; what is being put may be at
	// the server before it can be taken back there.
	box.discard = box.discard || box.busy && len(c.puttingTo(one)) == 0
	c.recall(one, asked)
}

// mayHaveLeft tells whether a message may have gone over a line, or into a file,
// since the start.
func (c *Core) mayHaveLeft(one *contact, message Message) bool {
	return len(c.sessionsTo(one.Peer)) > 0 || one.sent[message.Log] >= message.Sequence || one.exported[message.Log] >= message.Sequence
}

// lettersWith returns the letters that may hold a message or an edit of it: those
// that end with it or later.
func (c *Core) lettersWith(one *contact, message Message) []*Outgoing {
	var with []*Outgoing
	for _, letter := range one.outbox.letters {
		later := letter.Log.Device == message.Log.Device && letter.Log.Epoch > message.Log.Epoch
		if letter.Through > 0 && (later || letter.Log == message.Log && letter.Through >= message.Sequence) {
			with = append(with, letter)
		}
	}
	return with
}

// puttingTo returns the letters to a contact whose PutMail is not answered.
func (c *Core) puttingTo(one *contact) map[uuid.UUID]bool {
	letters := map[uuid.UUID]bool{}
	for _, put := range c.network.putting {
		if put.peer == one.Peer {
			letters[put.letter] = true
		}
	}
	return letters
}

// recall asks the servers for the letters that may hold a message.
func (c *Core) recall(one *contact, asked *cancelling) {
	putting := c.puttingTo(one)
	for _, letter := range c.lettersWith(one, asked.message) {
		token := letter.Server.String()
		server := c.network.servers[token]
		switch {
		case letter.Until.IsZero() && one.outbox.loose[letter.ID] == 0:
			c.dropLetter(one, letter) // it went nowhere
		case letter.Until.IsZero() && putting[letter.ID]:
			asked.late = true
		case letter.Until.IsZero():
			// Put, and not answered: it may lie at any of their servers.
			asked.late = true
			for _, where := range c.mailServers(one) {
				c.askRecall(asked, where.token, letter.ID, receiptOf(letter.Sealed))
			}
			c.dropLetter(one, letter)
		case letter.Receipt == (signaling.Receipt{}) || server == nil || !server.up:
			asked.late = true
		default:
			asked.late = asked.late || one.outbox.loose[letter.ID] > 0 // somewhere else too
			c.askRecall(asked, token, letter.ID, letter.Receipt)
		}
	}
	c.recallOver(asked)
}

// isLoose counts how often a letter was put without an answer.
func (o *outbox) isLoose(letter uuid.UUID, more int) {
	if o.loose == nil {
		o.loose = map[uuid.UUID]int{}
	}
	if o.loose[letter] += more; o.loose[letter] <= 0 {
		delete(o.loose, letter)
	}
}

func (c *Core) askRecall(asked *cancelling, token string, letter uuid.UUID, receipt signaling.Receipt) {
	asked.asked++
	c.network.nextID++
	c.network.recalling[c.network.nextID] = recalling{token: token, letter: letter, of: asked}
	c.do(RecallMail{Token: token, ID: c.network.nextID, Receipt: receipt})
}

// recalled takes an answer to a RecallMail; false for other answers.
func (c *Core) recalled(answered signaling.Answered) bool {
	found, known := c.network.recalling[answered.ID]
	if !known {
		return false
	}
	delete(c.network.recalling, answered.ID)
	asked := found.of
	asked.asked--
	one := c.contacts[asked.peer]
	if one != nil && answered.Answer == signaling.AnswerDone {
		if letter := one.outbox.find(found.letter); letter != nil {
			asked.server = letter.Server
			c.dropLetter(one, letter) // the rest of it is sealed anew
		}
	} else {
		asked.late = true // fetched, or nobody knows
	}
	c.recallOver(asked)
	return true
}

// recallDown ends what a server that is gone was asked.
func (c *Core) recallDown(token string) {
	for _, id := range slices.Sorted(maps.Keys(c.network.recalling)) {
		if c.network.recalling[id].token == token {
			c.recalled(signaling.Answered{ID: id, Answer: signaling.AnswerNoSession})
		}
	}
}

// recallOver answers once every server did.
func (c *Core) recallOver(asked *cancelling) {
	if asked.asked > 0 {
		return
	}
	one := c.contacts[asked.peer]
	if one == nil {
		c.answer(asked.command, nil, errNoConversation)
		return
	}
	if asked.late {
		c.cancelLate(one, asked)
		return
	}
	message := asked.message
	c.commit(func(err error) {
		switch {
		case err != nil:
			c.cancelOver(one, asked, Cancelled{}, err)
			return
		case c.mayHaveLeft(one, message): // meanwhile
			c.cancelLate(one, asked)
			return
		}
		c.tell(Change{Touched: &Touched{Conversation: message.Conversation, Message: message.Hash}})
		cancelled := Cancelled{Outcome: CancelledHere}
		if asked.server != (identity.ServerKey{}) {
			cancelled = Cancelled{Outcome: CancelledAtServer, Server: asked.server}
		}
		c.cancelOver(one, asked, cancelled, nil)
	}, EraseMessages{Messages: []journal.Hash{message.Hash}})
}

// cancelLate deletes for everyone what may have reached them.
func (c *Core) cancelLate(one *contact, asked *cancelling) {
	message := asked.message
	body, err := journal.DeleteBody(message.Hash)
	if err != nil {
		c.cancelOver(one, asked, Cancelled{}, errNoMessage)
		return
	}
	appended, err := c.writeEntry(c.conversationOf(one), wire.EntryKind_ENTRY_KIND_DELETE, body)
	if err != nil {
		c.cancelOver(one, asked, Cancelled{}, err)
		return
	}
	step := Step{
		Conversation: message.Conversation, Log: message.Log, After: message.Sequence - 1, Through: message.Sequence, Kind: StepTooLate, At: c.now,
	}
	step.Device, _ = one.record.first()
	c.commit(func(err error) {
		if err == nil {
			c.written(one, appended)
		}
		c.cancelOver(one, asked, Cancelled{Outcome: CancelledLate}, err)
	}, appended, PutStep{Step: step})
}

// cancelOver answers, and lets letters be sealed again.
func (c *Core) cancelOver(one *contact, asked *cancelling, cancelled Cancelled, err error) {
	one.outbox.cancelling--
	c.dirty(one.Peer)
	c.answer(asked.command, cancelled, refusal(err))
}

// rememberSent keeps, after a line, what it may have brought.
func (c *Core) rememberSent(one *contact, line *session) {
	conversation := c.conversationOf(one)
	exchange := line.exchanges[one.Conversation]
	if exchange == nil {
		return
	}
	for _, log := range conversation.held.Logs() {
		sent := exchange.Sent(log)
		if log.Device != conversation.own.Device || sent <= one.sent[log] {
			continue
		}
		if one.sent == nil {
			one.sent = map[journal.Log]uint64{}
		}
		one.sent[log] = sent
	}
}
