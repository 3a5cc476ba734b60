package node

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// ask sends the request again: until there are mailboxes, it arrives when both
// are there.
func (c *Core) ask(one *contact) {
	device, known := one.record.first()
	if !known || len(c.carriersTo(one)) == 0 || c.network.keyRecord == nil || c.network.location == nil {
		return // a lookup, a server, or the first key comes and makes it dirty
	}
	if c.now.Before(one.nextAsk) {
		one.again(one.nextAsk)
		return
	}
	if one.requestBody == nil {
		if !one.readingRequest {
			one.readingRequest = true
			c.do(ReadEntries{Conversation: one.Conversation, Want: firstEntry(c.conversationOf(one)), MaxBytes: 1})
		}
		return
	}
	wait := min(askFirst<<min(one.asks, 10), askMost)
	one.asks++
	one.nextAsk = c.now.Add(c.jitter(wait))
	one.again(one.nextAsk)
	c.seal(one, device, wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, one.requestBody, requestLife)
}

// composeRequest makes the body of a request from the first entry.
func (c *Core) composeRequest(one *contact, entries []journal.Entry) {
	one.readingRequest = false
	if len(entries) == 0 || len(one.TheirInvite) != 32 {
		return
	}
	body, err := wire.Encode(&wire.RequestBody{
		Version:      wire.Major,
		Profile:      c.profile(),
		InviteId:     one.TheirInvite[:16],
		InviteSecret: one.TheirInvite[16:],
		Entries:      []*wire.Entry{entries[0].Wire()},
		Location:     c.network.location,
	})
	if err == nil {
		one.requestBody = body
		c.dirty(one.Peer)
	}
}

// errRequest is wrapped by why a request is dropped; its sender learns nothing.
var errRequest = errors.New("node: the request is dropped")

// requestOpened takes a request. What does not hold is dropped without a word.
func (c *Core) requestOpened(content envelope.Content, fresh *wire.PeerRecord) {
	peer := content.FromPeer
	if c.declined[peer] || peer == c.keys.Peer() {
		return
	}
	if one := c.contacts[peer]; one != nil {
		if one.State == ContactAsked {
			// Both asked: both want it.
			c.learn(one, fresh)
			c.accepted(one)
		}
		return
	}
	if _, known := c.requests[peer]; !known && len(c.requests) >= maxRequests {
		return
	}
	request, err := c.readRequest(content, fresh)
	if err != nil {
		return
	}
	if _, known := c.requests[peer]; known {
		return
	}
	c.requests[peer] = request
	c.commit(func(err error) {
		if err != nil {
			delete(c.requests, peer) // it is sent again
			return
		}
		c.tell(Change{Request: &request})
	}, PutRequest{Request: request}, PutSeen{Seen: Seen{ID: content.ID, Until: c.now.Add(seenFor)}})
}

// readRequest checks a request and returns what is kept of it.
func (c *Core) readRequest(content envelope.Content, fresh *wire.PeerRecord) (Request, error) {
	body := &wire.RequestBody{}
	if err := wire.Decode(content.Body, maxWhatTheySaid, body); err != nil {
		return Request{}, errors.Join(errRequest, err)
	}
	id, err := uuid.FromBytes(body.GetInviteId())
	if err != nil || body.GetVersion() != wire.Major || len(body.GetEntries()) != 1 {
		return Request{}, errRequest
	}
	invite, known := c.invites[id]
	if !known || !inviteOpen(invite, content.FromPeer, c.now) || !equalSecret(body.GetInviteSecret(), invite.Secret) {
		return Request{}, errRequest
	}
	entry, err := journal.Parse(body.GetEntries()[0])
	if err != nil {
		return Request{}, errors.Join(errRequest, err)
	}
	text, err := entry.Text()
	switch {
	case err != nil || chat.CheckRequestText(text) != nil:
		return Request{}, errRequest
	case entry.Conversation != chat.DirectConversation(content.FromPeer, c.keys.Peer()),
		entry.Log.Device != content.FromDevice, entry.Sequence != 1, len(entry.Parents) != 0, entry.Verify() != nil:
		return Request{}, errRequest
	}
	theirs := newRecord(content.FromPeer)
	fresh.Location = body.GetLocation()
	if _, err = theirs.merge(fresh); err != nil {
		return Request{}, errors.Join(errRequest, err)
	}
	kept, err := wire.Encode(entry.Wire())
	if err != nil {
		return Request{}, errors.Join(errRequest, err)
	}
	return Request{
		Peer:        content.FromPeer,
		Name:        chat.TheirName(body.GetProfile().GetName(), "?"),
		Color:       chat.TheirColor(body.GetProfile().GetColor()),
		Text:        text,
		Entries:     [][]byte{kept},
		Record:      theirs.marshal(),
		Servers:     theirs.location.Servers,
		InviteID:    invite.ID,
		InviteLabel: invite.Label,
		InviteMade:  invite.Created,
		Arrived:     c.now,
	}, nil
}

// accepted makes an asked contact a mutual one: a sealed signal of theirs, or a
// request of theirs, is their answer.
func (c *Core) accepted(one *contact) {
	if one.State == ContactMutual {
		return
	}
	next := one.Contact
	next.State = ContactMutual
	next.TheirInvite = nil
	next.Record = one.record.marshal()
	one.State, one.TheirInvite, one.Record = next.State, nil, next.Record
	c.commit(func(err error) {
		if err == nil {
			c.arrangeServers()
		}
		c.dirty(one.Peer)
	}, PutContact{Contact: next})
	c.dirty(one.Peer)
}

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
	if request, waiting := c.requests[opened.Peer]; waiting {
		// They asked already: both want it.
		c.acceptRequest(id, request, call.text)
		return
	}
	if one := c.contacts[opened.Peer]; one != nil {
		c.answer(id, nil, &Refusal{Code: "contact-already", Message: one.Name + " is a contact already.", Params: map[string]string{"name": one.Name, "conversation": one.Conversation.String()}})
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
	c.newContact(id, kept, nil, call.text)
}

// newContact keeps a contact with the entries that came with it and, unless it
// is empty, a first text of mine.
func (c *Core) newContact(id uint64, kept Contact, theirs []journal.Entry, text string, more ...Write) {
	one, err := loadContact(kept)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	conversation := c.conversations[kept.Conversation]
	if conversation == nil {
		conversation = loadConversation(Conversation{ID: kept.Conversation, Peer: kept.Peer}, c.keys.Device())
	}
	writes := append([]Write{PutContact{Contact: kept}}, more...)
	var appended []AppendEntry
	for _, entry := range theirs {
		if write, standing := c.admit(conversation, one, waitingEntry{entry: entry}); standing == journal.Next {
			appended = append(appended, write)
		}
	}
	if text != "" {
		mine, err := c.write(conversation, journal.Message{Text: text, Timer: conversation.timer.Stay})
		if err != nil {
			conversation.rollBack(c.keys.Device())
			c.answer(id, nil, err)
			return
		}
		appended = append(appended, mine)
	}
	if c.self.About != "" || len(c.self.Picture) > 0 { // the rest goes with Hello and the request
		if mine, err := c.writeProfile(conversation); err == nil {
			appended = append(appended, mine)
		}
	}
	for _, write := range appended {
		writes = append(writes, write)
	}
	c.commit(func(err error) {
		if err != nil {
			c.answer(id, nil, refusal(err))
			return
		}
		c.contacts[kept.Peer] = one
		c.conversations[kept.Conversation] = conversation
		one.lastTalk = c.now
		c.show(one)
		for _, write := range appended {
			conversation.count(write, false)
			c.tellMessage(write)
		}
		c.arrangeServers()
		c.dirty(kept.Peer)
		c.answer(id, kept, nil)
	}, writes...)
}

func (c *Core) accept(id uint64, peer identity.PeerID) {
	request, known := c.requests[peer]
	if !known {
		c.answer(id, nil, errNoRequest)
		return
	}
	c.acceptRequest(id, request, "")
}

func (c *Core) acceptRequest(id uint64, request Request, text string) {
	kept := Contact{
		Peer:         request.Peer,
		Conversation: chat.DirectConversation(c.keys.Peer(), request.Peer),
		State:        ContactMutual,
		Name:         request.Name,
		Color:        request.Color,
		Since:        c.now,
		InviteID:     request.InviteID,
		InviteLabel:  request.InviteLabel,
		Record:       request.Record,
		Servers:      request.Servers,
	}
	var entries []journal.Entry
	for _, data := range request.Entries {
		carried := &wire.Entry{}
		if err := wire.Decode(data, wire.MaxEntry, carried); err != nil {
			continue
		}
		if entry, err := journal.Parse(carried); err == nil && entry.Verify() == nil {
			entries = append(entries, entry)
		}
	}
	more := []Write{DeleteRequest{Peer: request.Peer}}
	if used, known := c.invites[request.InviteID]; known && !slices.Contains(used.Used, request.Peer) {
		used.Used = append(slices.Clone(used.Used), request.Peer)
		c.invites[used.ID] = used
		more = append(more, PutInvite{Invite: used})
	}
	delete(c.requests, request.Peer)
	c.tell(Change{Answered: &request.Peer})
	c.newContact(id, kept, entries, text, more...)
}

func (c *Core) decline(id uint64, peer identity.PeerID) {
	if _, known := c.requests[peer]; !known {
		c.answer(id, nil, errNoRequest)
		return
	}
	c.commit(func(err error) {
		if err == nil {
			delete(c.requests, peer)
			c.declined[peer] = true
			c.tell(Change{Answered: &peer})
		}
		c.answer(id, nil, refusal(err))
	}, DeleteRequest{Peer: peer, Declined: true})
}
