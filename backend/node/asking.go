package node

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// inviteParts is the size of what is kept of somebody's invite: id and secret.
const inviteParts = 32

// askFirst keeps the contact and the first message; sending them is the request.
func (c *Core) askFirst(id uint64, call askCall) {
	opened := call.invite
	if err := c.checkInvite(opened); err != nil {
		c.answer(id, nil, err)
		return
	}
	if err := chat.CheckRequestText(call.text); err != nil {
		c.answer(id, nil, err)
		return
	}
	if c.answering[opened.Peer] {
		c.answer(id, nil, errAnswering)
		return
	}
	if request, waiting := c.requests[opened.Peer]; waiting {
		// They asked already: both want it.
		c.acceptRequest(id, request, call.text, linked(request.Peer))
		return
	}
	if one := c.contacts[opened.Peer]; one != nil {
		c.cameByLink(one)
		c.answer(id, nil, contactAlready(one))
		return
	}
	kept := Contact{
		Peer:         opened.Peer,
		Conversation: chat.DirectConversation(c.keys.Peer(), opened.Peer),
		State:        ContactAsked,
		Name:         chat.TheirName(opened.Name, "?"),
		Color:        opened.Color,
		Since:        c.now,
		TheirInvite:  slices.Concat(opened.ID[:], opened.Secret[:]),
		Servers:      opened.Servers,
	}
	c.newContact(id, kept, nil, call.text, nil, linked(kept.Peer))
}

// errAnswering: the first of two calls is being written.
var errAnswering = &Refusal{Code: "contact-pending", Message: "This person is being made a contact just now."}

// ask sends the request again, for the case that both are there, and leaves it
// at a server of theirs, for the case that they are not.
func (c *Core) ask(one *contact) {
	if !one.answered.IsZero() { // only the disk is in the way
		if c.now.Before(one.answered) {
			one.again(one.answered)
			return
		}
		c.accepted(one)
		return
	}
	device, known := one.record.first()
	if !known || c.network.keyRecord == nil || c.network.location == nil {
		return // a lookup, a server, or the first key comes and makes it dirty
	}
	if one.requestBody == nil {
		c.readRequestEntry(one)
		return
	}
	c.mailRequest(one)
	// Nothing would pay for a stranger's request that is relayed.
	if one.asksAsStranger() || len(c.carriersTo(one)) == 0 {
		return
	}
	if c.now.Before(one.nextAsk) {
		one.again(one.nextAsk)
		return
	}
	wait := min(askFirst<<min(one.asks, 10), askMost)
	one.asks++
	one.nextAsk = c.now.Add(c.jitter(wait))
	one.again(one.nextAsk)
	c.seal(one, device, wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, one.requestBody, requestLife)
}

// readRequestEntry reads what a request is composed from.
func (c *Core) readRequestEntry(one *contact) {
	if one.readingRequest {
		return
	}
	if c.now.Before(one.nextRead) {
		one.again(one.nextRead)
		return
	}
	one.readingRequest = true
	c.do(ReadEntries{Conversation: one.Conversation, Want: c.firstEntry(one), MaxBytes: 1})
}

// composeRequest makes the body of a request from the first entry.
func (c *Core) composeRequest(one *contact, entries []journal.Entry) {
	one.readingRequest = false
	c.dirty(one.Peer)
	if len(entries) == 0 || !one.asksAsStranger() && !one.asksToFollow() && len(one.TheirInvite) != inviteParts {
		one.nextRead = c.now.Add(askMost)
		return
	}
	request := &wire.RequestBody{
		Version:  wire.Major,
		Profile:  c.profile(),
		Entries:  []*wire.Entry{entries[0].Wire()},
		Location: c.network.location,
	}
	if secret := one.secretOf(); secret != nil {
		request.InviteId, request.InviteSecret = one.TheirInvite[:inviteParts/2], secret
	}
	body, err := wire.Encode(request)
	if err != nil {
		one.nextRead = c.now.Add(askMost)
		return
	}
	one.requestBody = body
}

// secretOf returns the secret that opens the box of the invite by which somebody
// is asked, nil for anybody else.
func (k *contact) secretOf() []byte {
	if k.State != ContactAsked || len(k.TheirInvite) != inviteParts {
		return nil
	}
	return k.TheirInvite[inviteParts/2:]
}

// mailRequest leaves the request in the box of the invite, or in the one for
// strangers, at the first of their servers that takes it. Its letter is one of the outbox, where it carries the
// first entry of the log.
func (c *Core) mailRequest(one *contact) {
	box := &one.outbox
	var tag [16]byte
	switch secret := one.secretOf(); {
	case c.readOnly:
		return
	case secret != nil:
		tag = invite.Tag([16]byte(secret))
	case one.asksAsStranger():
		tag = handle.StrangersTag(one.Peer)
	case one.asksToFollow():
		// They are a contact: it lies where any letter to them does.
	default:
		return
	}
	c.settle(one)
	if box.busy {
		return
	}
	if c.now.Before(box.nextTry) {
		one.again(box.nextTry)
		return
	}
	servers := c.mailServers(one)
	if letter := box.unstored(); letter != nil {
		c.putLetter(one, letter, servers)
		return
	}
	if len(box.letters) > 0 || len(servers) == 0 || c.lookForKey(one, servers) {
		return
	}
	to, life, known := c.sealTo(one)
	if !known {
		c.mailFailed(one, mailRetryMost)
		return
	}
	box.busy = true
	c.do(SealLetter{
		Letter: Outgoing{
			ID: c.newID(), Conversation: one.Conversation, Peer: one.Peer, Device: to.Device, Log: c.firstEntry(one).Log, Through: 1,
			SealedAt: c.now, Expires: c.now.Add(life),
		},
		Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Tag: tag, To: to,
		Time: c.now.Add(servers[0].offset), Life: life, Body: one.requestBody,
		DeviceList: c.ownRecord().GetDeviceList(), ReplyKey: c.network.keyRecord,
	})
}

// asks tells whether a letter that no server keeps yet is a request.
func (o *Outgoing) asks() bool {
	outer, err := wire.ParseOuter(o.Sealed)
	return err == nil && outer.Kind == wire.EnvelopeKind_ENVELOPE_KIND_REQUEST
}

// accepted makes an asked contact a mutual one: a sealed signal, a letter or a
// request of theirs is their answer.
func (c *Core) accepted(one *contact) {
	if one.State == ContactMutual {
		return
	}
	before := one.Contact
	one.answered = time.Time{}
	one.State, one.TheirInvite, one.KnownAs, one.Record = ContactMutual, nil, identity.PeerID{}, one.record.marshal()
	writes := []Write{PutContact{Contact: one.Contact}}
	// What the request carries goes as an entry, if they do not hold it: it may
	// be that they asked as well, and did not take it.
	var requests []uuid.UUID
	for _, letter := range one.outbox.letters {
		requests = append(requests, letter.ID)
		writes = append(writes, DeleteOutgoing{ID: letter.ID})
	}
	c.commit(func(err error) {
		c.dirty(one.Peer)
		if err != nil {
			// Their answer may have been a line that stays: it does not come again.
			one.State, one.TheirInvite, one.KnownAs = before.State, before.TheirInvite, before.KnownAs
			one.answered = c.now.Add(mailRetryOwn)
			return
		}
		for _, id := range requests {
			one.outbox.remove(id)
		}
		one.outbox.tried, one.outbox.fails, one.outbox.nextTry = nil, 0, time.Time{}
		c.arrangeServers()
	}, writes...)
	c.dirty(one.Peer)
}

// firstEntry is the stretch that a request is composed from.
func (c *Core) firstEntry(one *contact) replica.Want {
	conversation := c.conversationOf(one)
	for _, log := range conversation.held.Logs() {
		if log.Device == conversation.own.Device && log.Epoch >= one.AskEpoch {
			return replica.Want{Log: log}
		}
	}
	return replica.Want{Log: conversation.own}
}
