package node

import (
	"crypto/sha256"

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
	// CancelledAtServer: a server kept it, and deleted it before they did; they have it
	// only if they were fetching it at that moment.
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
	asked   int // wishes that were not answered yet
}

// recalling is a RecallMail under way.
type recalling struct {
	token string
	wish  *wish
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
	taken := c.withdraw(one, c.lettersWith(one, message))
	asked.late = asked.late || taken.late
	withdrawn := func(err error) {
		c.withdrawn(one, taken, err)
		if err != nil {
			c.cancelOver(one, asked, Cancelled{}, err)
			return
		}
		if !asked.late { // otherwise their answers change nothing
			asked.asked = len(taken.wishes)
			for _, wish := range taken.wishes {
				wish.of = asked
			}
		}
		c.recallOver(asked)
	}
	if len(taken.writes) == 0 {
		withdrawn(nil)
		return
	}
	c.commit(withdrawn, taken.writes...)
}

// mayHaveLeft tells whether a message may have gone over a line, or into a file,
// since the start.
func (c *Core) mayHaveLeft(one *contact, message Message) bool {
	return len(c.sessionsTo(one.Peer)) > 0 || one.sent[message.Log] >= message.Sequence || one.exported[message.Log] >= message.Sequence
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

// isLoose counts how often a letter was put without an answer.
func (o *outbox) isLoose(letter uuid.UUID, more int) {
	if o.loose == nil {
		o.loose = map[uuid.UUID]int{}
	}
	if o.loose[letter] += more; o.loose[letter] <= 0 {
		delete(o.loose, letter)
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

// deletion appends an entry that deletes a message for everyone, in memory.
func (c *Core) deletion(message Message) (*contact, AppendEntry, error) {
	one, err := c.mayWrite(message.Conversation)
	if err != nil {
		return nil, AppendEntry{}, err
	}
	body, err := journal.DeleteBody(message.Hash)
	if err != nil {
		return nil, AppendEntry{}, errNoMessage
	}
	appended, err := c.writeEntry(c.conversationOf(one), wire.EntryKind_ENTRY_KIND_DELETE, body)
	return one, appended, err
}

// cancelLate deletes for everyone what may have reached them.
func (c *Core) cancelLate(one *contact, asked *cancelling) {
	message := asked.message
	_, appended, err := c.deletion(message)
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
	c.resealing(one)
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
