package node

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Found is who has a handle, as their own signature says.
type Found struct {
	Handle       string // name@host
	Peer         identity.PeerID
	Name         string // a contact's; otherwise the name in the handle: nothing else is known
	Color        int
	Conversation uuid.UUID // with a contact, uuid.Nil with anybody else
}

// The calls about others' handles.
type (
	findHandleCall struct{ text string }
	askHandleCall  struct {
		handle string
		peer   identity.PeerID // who was found
		text   string
	}
)

func (c *Core) findHandle(id uint64, text string) {
	c.resolve(id, text, func(found Found, _ signaling.Handle, _ *server) { c.answer(id, found, nil) })
}

// resolve asks who has a handle and goes on with them, if they are somebody who
// may be asked for.
func (c *Core) resolve(id uint64, text string, then func(Found, signaling.Handle, *server)) {
	read, server, err := c.readHandle(text)
	if err == nil && c.ownHandle(read) >= 0 {
		err = aboutHandle("handle-own", read)
	}
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	c.do(ResolveHandle{Token: server.token, Handle: read.String(), ID: c.question(server, func(answered signaling.Handle) {
		found, err := c.foundBy(read, answered)
		if err != nil {
			c.answer(id, nil, err)
			return
		}
		then(found, answered, server)
	})})
}

// foundBy says who has a handle. The client has checked that its claim, and the
// record, are signed by that identity, for this handle and host. What a contact
// is known by is not changed by an answer that names somebody else.
func (c *Core) foundBy(read handle.Handle, answered signaling.Handle) (Found, error) {
	switch answered.Answer {
	case signaling.AnswerDone:
	case signaling.AnswerElsewhere:
		other := handle.Handle{Name: answered.Claim.Handle, Host: answered.Claim.Server}.String()
		return Found{}, &Refusal{
			Code:    "handle-elsewhere",
			Message: read.Host + " says that this handle is written " + other + ". Look it up as that; if need be, add that server first.",
			Params:  map[string]string{"host": read.Host, "handle": read.String(), "other": other},
		}
	default:
		return Found{}, handleRefused(read, answered.Answer)
	}
	peer := answered.Claim.Peer
	if peer == c.keys.Peer() {
		return Found{}, aboutHandle("handle-own", read)
	}
	for _, other := range c.peersSorted() {
		if one := c.contacts[other]; one.Handle == read.String() && other != peer && !c.moved(one) {
			return Found{}, &Refusal{
				Code: "handle-changed",
				Message: read.Host + " says that " + read.String() + " is another person now than your contact " + one.Name +
					". Nothing was changed here. Ask " + one.Name + " before you trust either.",
				Params: map[string]string{"host": read.Host, "handle": read.String(), "name": one.Name, "conversation": one.Conversation.String()},
			}
		}
	}
	found := Found{Handle: read.String(), Peer: peer, Name: chat.TheirName(read.Name, "?"), Color: colorOf(peer)}
	one := c.contacts[peer]
	if one != nil {
		found.Name, found.Color, found.Conversation = one.Name, one.Color, one.Conversation
	}
	if _, banned := c.bannedPeer(peer); banned {
		return Found{}, &Refusal{Code: "invite-banned", Message: "You banned " + found.Name + ". Undo the ban first.", Params: map[string]string{"name": found.Name}}
	}
	return found, nil
}

// colorOf is how somebody is shown who has not said how.
func colorOf(peer identity.PeerID) int { return chat.TheirColor(uint32(peer[0])%8 + 1) }

// askHandle keeps whoever has a handle as somebody who is asked, with the first
// message: the request. Who has it is looked up once more, for the newest sealing
// key, and must be who was found before.
func (c *Core) askHandle(id uint64, call askHandleCall) {
	if err := chat.CheckRequestText(call.text); err != nil {
		c.answer(id, nil, err)
		return
	}
	c.resolve(id, call.handle, func(found Found, answered signaling.Handle, server *server) {
		one := c.contacts[found.Peer]
		request, waiting := c.requests[found.Peer]
		switch {
		case found.Peer != call.peer:
			read, _ := handle.Parse(found.Handle)
			c.answer(id, nil, aboutHandle("handle-moved", read))
		case c.answering[found.Peer]:
			c.answer(id, nil, errAnswering)
		case waiting: // they asked already: both want it
			c.acceptRequest(id, request, call.text)
		case one != nil:
			c.answer(id, nil, contactAlready(one))
		default:
			c.askFound(id, found, answered.Record, server, call.text)
		}
	})
}

func (c *Core) askFound(id uint64, found Found, published *wire.PeerRecord, server *server, text string) {
	theirs := newRecord(found.Peer)
	if _, err := theirs.merge(published); err != nil {
		read, _ := handle.Parse(found.Handle)
		c.answer(id, nil, aboutHandle("handle-forged", read))
		return
	}
	kept := Contact{
		Peer:         found.Peer,
		Conversation: chat.DirectConversation(c.keys.Peer(), found.Peer),
		State:        ContactAsked,
		Name:         found.Name,
		Color:        found.Color,
		Since:        c.now,
		Handle:       found.Handle,
		Record:       theirs.marshal(),
		Servers:      theirs.location.Servers,
	}
	if len(kept.Servers) == 0 {
		kept.Servers = atHandleServer(server)
	}
	c.newContact(id, kept, nil, text, nil)
}

func contactAlready(one *contact) error {
	return &Refusal{
		Code: "contact-already", Message: one.Name + " is a contact already.",
		Params: map[string]string{"name": one.Name, "conversation": one.Conversation.String()},
	}
}

// asksAsStranger tells whether somebody is asked without an invite: then the
// request lies in their box for strangers, and a proof of work pays for it.
func (k *contact) asksAsStranger() bool {
	return k.State == ContactAsked && len(k.TheirInvite) == 0 && !k.asksToFollow()
}

// asksToFollow tells whether a contact has yet to learn of my present key.
func (k *contact) asksToFollow() bool {
	return k.State == ContactAsked && k.KnownAs != identity.PeerID{}
}

// errStranger is why a request without an invite is dropped.
var errStranger = fmt.Errorf("%w: without an invite, it did not come through my box for strangers", errRequest)

// checkStranger checks a request without an invite: it lay in the box that only a
// proof of work opens, which this device has only while it has a handle.
func (c *Core) checkStranger(content envelope.Content, by carried) error {
	switch {
	case by.box != signaling.BoxStranger || content.Tag != handle.StrangersTag(c.keys.Peer()):
		return errStranger
	case len(c.handles) == 0:
		return errors.Join(errStranger, errors.New("and I have no handle"))
	}
	return nil
}
