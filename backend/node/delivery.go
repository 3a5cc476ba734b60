package node

import (
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// Delivery is how what waits for a contact stands right now.
type Delivery struct {
	Contact LiveContact
	// Sent is up to where my log was sent over the line that is open; 0 without one.
	Sent journal.Vector
	// LineAt is when a line is tried again; zero: when they are there, or it is being tried.
	LineAt time.Time
	Mail   MailState
	MailAt time.Time // when their mailboxes are tried again; zero: now, or when something changes
	// Servers are where their mailboxes may be, as their location record says.
	Servers []MailServer
}

// MailServer is a server of a contact, as far as mail is concerned.
type MailServer struct {
	Server identity.Server
	Up     bool
	Keeps  bool             // mail; known while it is up
	Answer signaling.Answer // the last one to a letter, "" none since the start
}

// MailState is why mail is where it is.
type MailState string

// The states.
const (
	MailHeld      MailState = "held"       // what was compared with them differed
	MailNotAsked  MailState = "not-asked"  // they did not accept yet, or are banned
	MailLine      MailState = "line"       // a line is open, which is better
	MailNothing   MailState = "nothing"    // nothing waits that is not stored already
	MailNoServer  MailState = "no-server"  // none of their servers is reached
	MailNoMailbox MailState = "no-mailbox" // those that are reached keep no mail
	MailNoKey     MailState = "no-key"     // no key of theirs is known that can be sealed to
	MailFull      MailState = "full"       // their box is full
	MailRefused   MailState = "refused"    // every server refused, for another reason
	MailWaiting   MailState = "waiting"    // a line may still come, or a letter is under way
	MailMany      MailState = "many"       // as many letters as may be are stored
)

// Mailboxes is what is known of sealed mail.
type Mailboxes struct {
	Kept    int // letters of mine that servers keep for others
	Servers int // own ones that are here and keep mail for this device
	Waiting int // of these, how many have, or may have, something that is not fetched yet
}

func (c *Core) mailboxes() (now Mailboxes) {
	for _, one := range c.contacts {
		for _, letter := range one.outbox.letters {
			if !letter.Until.IsZero() {
				now.Kept++
			}
		}
	}
	for _, server := range c.network.servers {
		box := &server.mailbox
		if !server.up || !box.here || server.guest {
			continue
		}
		now.Servers++
		if box.fetching != 0 || box.again || box.left || !box.fetchAt.IsZero() {
			now.Waiting++
		}
	}
	return now
}

type deliveryCall struct{ conversation uuid.UUID }

func (c *Core) delivery(id uint64, call deliveryCall) {
	one := c.byConversation(call.conversation)
	if one == nil {
		c.answer(id, Delivery{}, errNoConversation)
		return
	}
	found := Delivery{Contact: c.live(one), Sent: journal.Vector{}}
	conversation := c.conversationOf(one)
	line := c.sessionsTo(one.Peer)
	for _, session := range line {
		for _, log := range conversation.held.Logs() {
			if exchange := session.exchanges[one.Conversation]; exchange != nil && log.Device == conversation.own.Device {
				found.Sent[log] = journal.Head{Sequence: exchange.Sent(log)}
			}
		}
	}
	if len(line) == 0 && one.nextDial.After(c.now) {
		found.LineAt = one.nextDial
	}
	for _, server := range one.places() {
		kept := MailServer{Server: server, Answer: one.outbox.answers[server.Key.String()]}
		if known := c.network.servers[server.Key.String()]; known != nil {
			kept.Up, kept.Keeps = known.up, known.up && known.mailbox.here
		}
		found.Servers = append(found.Servers, kept)
	}
	found.Mail = c.mailState(one, len(line) > 0, found.Servers)
	if one.outbox.nextTry.After(c.now) {
		found.MailAt = one.outbox.nextTry
	}
	c.answer(id, found, nil)
}

func (c *Core) mailState(one *contact, line bool, servers []MailServer) MailState {
	_, banned := c.bannedPeer(one.Peer)
	_, _, missing := c.unmailed(one)
	var up, keep, full, refused int
	for _, server := range servers {
		switch {
		case !server.Up:
			continue
		case server.Keeps:
			keep++
		}
		up++
		switch server.Answer {
		case "", signaling.AnswerDone, signaling.AnswerNoSession:
		case signaling.AnswerFull:
			full++
		default:
			refused++
		}
	}
	device, listed := one.record.first()
	_, sealable := one.record.sealTo(device)
	switch {
	case one.held():
		return MailHeld
	case banned || one.State != ContactMutual:
		return MailNotAsked
	case line:
		return MailLine
	case len(one.outbox.letters) >= maxOutgoing:
		return MailMany
	case !missing && one.outbox.unstored() == nil:
		return MailNothing
	case up == 0:
		return MailNoServer
	case keep == 0:
		return MailNoMailbox
	case !listed || !sealable:
		return MailNoKey
	case full > 0 && full+refused >= keep:
		return MailFull
	case refused >= keep:
		return MailRefused
	}
	return MailWaiting
}
