package node

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// errRequest is wrapped by why a request is dropped; its sender learns nothing.
var errRequest = errors.New("node: the request is dropped")

// errNoRoom says that there is no room for what came now: it stays where it is.
var errNoRoom = errors.New("node: no room now")

// carried is how a request came.
type carried struct {
	left time.Time     // when its carrier took it: an invite that expires while a request lies in its box still counts
	seen time.Duration // how long the same envelope may come again
	box  signaling.Box // in which it lay, 0 if in none
	// done is told nil once it need not come again, errNoRoom, or what failed; nil
	// when it is sent again anyway.
	done func(error)
}

// requestOpened takes a request. What does not hold is dropped without a word to
// its sender.
func (c *Core) requestOpened(content envelope.Content, asked *OpenedRequest, by carried) {
	peer := content.FromPeer
	fresh := recordIn(content)
	fresh.Location = asked.Body.GetLocation()
	done := by.done
	if done == nil {
		done = func(error) {}
	}
	seen := PutSeen{Seen: Seen{ID: content.ID, Until: c.now.Add(by.seen)}}
	kept := func(err error) {
		if err == nil {
			c.seen[content.ID] = seen.Seen.Until
		}
		done(err)
	}
	waiting, waits := c.requests[peer]
	one := c.contacts[peer]
	if len(asked.Successions) > 0 {
		c.successionOpened(content, asked, fresh, seen, kept)
		return
	}
	switch {
	case peer == c.keys.Peer():
		c.dropped(fmt.Errorf("%w: it is my own", errRequest))
		done(nil)
	case one != nil:
		c.askedByContact(one, content, asked.Entry, fresh, kept, seen)
	case c.answering[peer]:
		done(errNoRoom) // a contact in a moment
	case c.declined[peer]:
		c.dropped(fmt.Errorf("%w: it was declined before", errRequest))
		done(nil)
	case waits:
		c.requestAgain(waiting, fresh, by.done != nil, kept, seen)
	case len(c.requests) >= maxRequests:
		c.dropped(fmt.Errorf("%w: too many wait", errRequest))
		done(errNoRoom)
	default:
		request, err := c.readRequest(content, asked, fresh, by)
		if err != nil {
			c.dropped(err)
			done(nil)
			return
		}
		if id, banned := c.banned.Invite(request.InviteID); banned {
			c.blocked(id)
			c.dropped(errLetterBanned)
			done(nil)
			return
		}
		c.requests[peer] = request
		c.commit(func(err error) {
			if err != nil {
				delete(c.requests, peer)
			} else {
				c.tell(Change{Request: &request})
			}
			kept(err)
		}, PutRequest{Request: request}, seen)
	}
}

// dropped logs why something of somebody else's has no effect.
func (c *Core) dropped(err error) {
	c.do(Log{Message: "something of somebody else's is dropped", Err: err})
}

// requestAgain takes what is new in a request of somebody whose request waits.
// One that does not come again is written though it says nothing new, since the
// first may not be on the disk yet.
func (c *Core) requestAgain(waiting Request, fresh *wire.PeerRecord, last bool, kept func(error), seen PutSeen) {
	theirs, err := loadRecord(waiting.Peer, waiting.Record)
	if err == nil {
		if changed, mergeErr := theirs.merge(fresh); mergeErr == nil && changed {
			waiting.Record, waiting.Servers, last = theirs.marshal(), theirs.location.Servers, true
			c.requests[waiting.Peer] = waiting
		}
	}
	if last {
		c.commit(kept, PutRequest{Request: waiting}, seen)
	}
}

// askedByContact takes a request of a contact: either both asked, and both want
// it; or they do not know that they were accepted, and are told again. Its text is
// taken as what it is, an entry: nobody keeps it after this but who wrote it.
func (c *Core) askedByContact(one *contact, content envelope.Content, entry journal.Entry, fresh *wire.PeerRecord, kept func(error), seen PutSeen) {
	c.learn(one, fresh)
	if !senderListed(one, content) {
		c.dropped(fmt.Errorf("%w: of a device that is theirs no more", errRequest))
		kept(nil)
		return
	}
	bothAsked := one.State == ContactAsked
	c.accepted(one)
	var writes []Write
	if conversation := c.conversationOf(one); conversation.tip.Get(entry.Log) == 0 {
		writes, _ = c.admitAll(conversation, one, []waitingEntry{{entry: entry}}) // it is the first of its log and has no parents
	}
	switch news := len(writes) > 0; {
	case !news && (bothAsked || c.now.Before(one.toldAgain.Add(tellAgain))):
		c.commit(kept, seen)
		return
	case !news:
		one.toldAgain, one.lastTalk, one.nextDial = c.now, c.now, time.Time{}
		c.dirty(one.Peer)
	}
	writes = append(writes, append(c.owe(one), seen)...)
	c.commitEntries(one, one.Conversation, writes, func(err error) {
		c.owedNow(one, err)
		kept(err)
	})
}

// readRequest checks a request against the invites, or as a stranger's, and
// returns what is kept of it.
func (c *Core) readRequest(content envelope.Content, asked *OpenedRequest, fresh *wire.PeerRecord, by carried) (Request, error) {
	left := by.left
	id, err := uuid.FromBytes(asked.Body.GetInviteId())
	made, known := c.invites[id]
	switch {
	case len(asked.Body.GetInviteId()) == 0:
		if err = c.checkStranger(content, by); err != nil {
			return Request{}, err
		}
	case err != nil || !known:
		return Request{}, fmt.Errorf("%w: no invite of mine", errRequest)
	case !equalSecret(asked.Body.GetInviteSecret(), made.Secret):
		return Request{}, fmt.Errorf("%w: the secret is not the invite's", errRequest)
	case content.Tag != [16]byte{} && content.Tag != invite.Tag(made.Secret):
		return Request{}, fmt.Errorf("%w: it lay in another box than its invite's", errRequest)
	case made.Revoked:
		return Request{}, fmt.Errorf("%w: the invite is revoked", errRequest)
	case !left.Before(made.Expires):
		return Request{}, fmt.Errorf("%w: the invite had expired", errRequest)
	case !inviteOpen(made, content.FromPeer, left):
		return Request{}, fmt.Errorf("%w: the invite is used up", errRequest)
	}
	theirs := newRecord(content.FromPeer)
	if _, err = theirs.merge(fresh); err != nil {
		return Request{}, errors.Join(errRequest, err)
	}
	kept, err := wire.Encode(asked.Entry.Wire())
	if err != nil {
		return Request{}, errors.Join(errRequest, err)
	}
	profile := asked.Body.GetProfile()
	return Request{
		Peer:        content.FromPeer,
		Name:        chat.TheirName(profile.GetName(), "?"),
		Color:       chat.TheirColor(profile.GetColor()),
		Text:        asked.Text,
		Entries:     [][]byte{kept},
		Record:      theirs.marshal(),
		Servers:     theirs.location.Servers,
		InviteID:    made.ID,
		InviteLabel: made.Label,
		InviteMade:  made.Created,
		Arrived:     c.now,
	}, nil
}

// newContact keeps a contact with the entries that came with it and, unless it
// is empty, a first text of mine. then, unless it is nil, learns how that went.
func (c *Core) newContact(id uint64, kept Contact, theirs []journal.Entry, text string, then func(error), more ...Write) {
	fail := func(err error) {
		delete(c.answering, kept.Peer)
		if then != nil {
			then(err)
		}
		c.roomAgain()
		c.answer(id, nil, refusal(err))
	}
	c.answering[kept.Peer] = true
	one, err := loadContact(kept)
	if err != nil {
		fail(err)
		return
	}
	conversation := c.conversations[kept.Conversation]
	if conversation == nil {
		conversation = c.loadConversation(Conversation{ID: kept.Conversation, Peer: kept.Peer})
	}
	if epoch, needed := conversation.beginsAnew(c.keys.Device()); needed && kept.State == ContactAsked {
		kept.AskEpoch = epoch
		one.AskEpoch = epoch
		conversation.own.Epoch, conversation.least, c.least[conversation.id] = epoch, epoch, epoch
		more = append(more, PutEpoch{Conversation: conversation.id, Least: epoch})
	}
	writes := append([]Write{PutContact{Contact: kept}}, more...)
	if conversation.standing.Folder != FolderList {
		conversation.standing.Folder = FolderList
		writes = append(writes, conversation.putStanding())
	}
	for _, write := range more {
		if known, ok := write.(PutVerification); ok {
			one.verification = known.Verification
		}
	}
	if kept.State == ContactMutual {
		writes = append(writes, c.owe(one)...) // how they learn of it while they are away
	}
	var appended []AppendEntry
	for _, entry := range theirs {
		if write, standing := c.admit(conversation, one, waitingEntry{entry: entry}); standing == journal.Next {
			appended = append(appended, write)
		}
	}
	if text != "" {
		conversation.apart = kept.State == ContactAsked
		mine, err := c.write(conversation, journal.Message{Text: text, Timer: conversation.timer.Stay})
		conversation.apart = false
		if err != nil {
			conversation.rollBack(c.keys.Device())
			fail(err)
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
	shown := c.self
	c.commit(func(err error) {
		if err != nil {
			conversation.rollBack(c.keys.Device())
			fail(err)
			return
		}
		delete(c.answering, kept.Peer)
		c.contacts[kept.Peer] = one
		delete(c.forgotten, kept.Peer)
		c.conversations[kept.Conversation] = conversation
		defer c.tellProfileTo(one, shown)
		one.lastTalk = c.now
		if kept.State == ContactMutual {
			c.owedNow(one, nil)
		}
		c.show(one)
		for _, write := range appended {
			conversation.count(write, false)
			c.tellMessage(write)
		}
		if then != nil {
			then(nil)
		}
		c.roomAgain()
		c.arrangeServers()
		c.dirty(kept.Peer)
		c.answer(id, kept, nil)
	}, writes...)
}

func (c *Core) accept(id uint64, peer identity.PeerID) {
	request, known := c.requests[peer]
	if !known || c.answering[peer] {
		c.answer(id, nil, errNoRequest)
		return
	}
	c.acceptRequest(id, request, "")
}

func (c *Core) acceptRequest(id uint64, request Request, text string, with ...Write) {
	kept := Contact{
		Peer:         request.Peer,
		Conversation: chat.DirectConversation(c.keys.Peer(), request.Peer),
		State:        ContactMutual,
		Name:         request.Name,
		Color:        request.Color,
		Since:        c.now,
		InviteID:     request.InviteID,
		InviteLabel:  request.InviteLabel,
		Stranger:     request.InviteID == uuid.Nil,
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
	more := append([]Write{DeleteRequest{Peer: request.Peer}}, with...)
	used, known := c.invites[request.InviteID]
	brought := known && !slices.Contains(used.Used, request.Peer)
	if brought {
		// Counted at once: somebody else's acceptance may be on its way to the disk.
		used.Used = append(slices.Clone(used.Used), request.Peer)
		c.invites[used.ID] = used
		more = append(more, PutInvite{Invite: used})
	}
	c.newContact(id, kept, entries, text, func(err error) {
		if err != nil {
			if now, still := c.invites[request.InviteID]; still && brought {
				now.Used = slices.DeleteFunc(slices.Clone(now.Used), func(peer identity.PeerID) bool { return peer == request.Peer })
				c.invites[now.ID] = now
			}
			return // the request waits still
		}
		delete(c.requests, request.Peer)
		c.tell(Change{Answered: &request.Peer})
	}, more...)
}

func (c *Core) decline(id uint64, peer identity.PeerID) {
	if _, known := c.requests[peer]; !known || c.answering[peer] {
		c.answer(id, nil, errNoRequest)
		return
	}
	c.answering[peer] = true
	c.commit(func(err error) {
		delete(c.answering, peer)
		if err == nil {
			delete(c.requests, peer)
			c.declined[peer] = true
			c.tell(Change{Answered: &peer})
		}
		c.roomAgain()
		c.answer(id, nil, refusal(err))
	}, DeleteRequest{Peer: peer, Declined: true})
}
