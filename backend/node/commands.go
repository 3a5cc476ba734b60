package node

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// The calls, one for each method of Commands.
type (
	setProfileCall struct {
		name  string
		color int
	}
	sendTextCall struct {
		conversation uuid.UUID
		text         string
	}
	markReadCall struct {
		conversation uuid.UUID
		read         journal.Vector
	}
	typingCall       struct{ conversation uuid.UUID }
	focusCall        struct{ conversation uuid.UUID }
	createInviteCall struct {
		label string
		life  time.Duration
		uses  int
	}
	invitesCall      struct{}
	revokeInviteCall struct{ id uuid.UUID }
	askCall          struct {
		invite invite.Invite
		text   string
	}
	acceptCall       struct{ peer identity.PeerID }
	declineCall      struct{ peer identity.PeerID }
	addBanCall       struct{ ban Ban }
	restoreBanCall   struct{ ban Ban }
	removeBanCall    struct{ id uuid.UUID }
	addServerCall    struct{ server identity.Server }
	removeServerCall struct{ key identity.ServerKey }
	retryServerCall  struct{ key identity.ServerKey }
	hostCall         struct{ local, public identity.Server }
	networkCall      struct{}
	liveCall         struct{}
)

// errors of commands that every interface shows alike.
var (
	errNoConversation = &Refusal{Code: "no-conversation", Message: "This conversation is not on this computer any more."}
	errNoRequest      = &Refusal{Code: "no-request", Message: "This request is not here any more. It may have been answered already."}
	errNoProfile      = &Refusal{Code: "no-profile", Message: "Choose a name first."}
)

func (c *Core) command(e Command) {
	if _, first := e.Call.(setProfileCall); !first && c.self.Created.IsZero() {
		switch e.Call.(type) {
		case liveCall, hostCall, networkCall, invitesCall:
		default:
			c.answer(e.ID, nil, errNoProfile)
			return
		}
	}
	switch call := e.Call.(type) {
	case setProfileCall:
		c.setProfile(e.ID, call)
	case sendTextCall:
		c.sendText(e.ID, call)
	case markReadCall:
		c.markRead(e.ID, call)
	case typingCall:
		c.typing(call)
		c.answer(e.ID, nil, nil)
	case focusCall:
		c.setFocus(call.conversation)
		c.answer(e.ID, nil, nil)
	case createInviteCall:
		c.createInvite(e.ID, call)
	case invitesCall:
		c.answer(e.ID, c.sortedInvites(), nil)
	case revokeInviteCall:
		c.revokeInvite(e.ID, call.id)
	case askCall:
		c.askFirst(e.ID, call)
	case acceptCall:
		c.accept(e.ID, call.peer)
	case declineCall:
		c.decline(e.ID, call.peer)
	case addBanCall:
		c.addBan(e.ID, call.ban, false)
	case restoreBanCall:
		c.addBan(e.ID, call.ban, true)
	case removeBanCall:
		c.removeBan(e.ID, call.id)
	case addServerCall:
		c.addServer(e.ID, call.server)
	case removeServerCall:
		c.removeServer(e.ID, call.key)
	case retryServerCall:
		c.do(RetryServer{Token: call.key.String()})
		c.answer(e.ID, nil, nil)
	case hostCall:
		c.host(call)
		c.answer(e.ID, nil, nil)
	case networkCall:
		c.networkChanged()
		c.answer(e.ID, nil, nil)
	case liveCall:
		c.answer(e.ID, c.liveNow(), nil)
	default:
		c.answer(e.ID, nil, &Refusal{Code: "internal", Message: "This cannot be done."})
	}
}

func (c *Core) setProfile(id uint64, call setProfileCall) {
	name, err := chat.CheckName(call.name)
	if err == nil {
		err = chat.CheckColor(call.color)
	}
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	before, self := c.self, c.self
	self.Name, self.Color = name, call.color
	if self.Created.IsZero() {
		self.Created = c.now
		signed, err := c.keys.DeviceList(1, c.now)
		if err != nil {
			c.answer(id, nil, err)
			return
		}
		if self.DeviceList, err = wire.Encode(signed); err != nil {
			c.answer(id, nil, err)
			return
		}
	}
	// Counted at once, so that whatever is written of this person meanwhile says the same.
	c.self = self
	c.commit(func(err error) {
		if err != nil {
			c.self.Name, c.self.Color, c.self.Created, c.self.DeviceList = before.Name, before.Color, before.Created, before.DeviceList
			c.answer(id, nil, refusal(err))
			return
		}
		c.tell(Change{Self: true})
		if before.Created.IsZero() {
			c.arrangeServers()
			c.relocate()
		} else {
			c.publish()
		}
		c.answer(id, nil, nil)
	}, PutSelf{Self: self})
}

func (c *Core) byConversation(id uuid.UUID) *contact {
	conversation := c.conversations[id]
	if conversation == nil {
		return nil
	}
	return c.contacts[conversation.peer]
}

func (c *Core) sendText(id uint64, call sendTextCall) {
	one := c.byConversation(call.conversation)
	if one == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	if _, banned := c.banned.Peer(one.Peer); banned {
		c.answer(id, nil, &Refusal{Code: "banned", Message: "You banned " + one.Name + ". Undo the ban to write to them.", Params: map[string]string{"name": one.Name}})
		return
	}
	if err := chat.CheckText(call.text); err != nil {
		c.answer(id, nil, err)
		return
	}
	appended, err := c.write(c.conversationOf(one), call.text)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	c.commit(func(err error) {
		if err != nil {
			c.answer(id, nil, refusal(err))
			return
		}
		c.written(one, appended)
		c.answer(id, messageOf(appended, call.text), nil)
	}, appended)
}

// write appends a text to the own log, in memory.
func (c *Core) write(conversation *conversation, text string) (AppendEntry, error) {
	body, err := journal.TextBody(text)
	if err != nil {
		return AppendEntry{}, err
	}
	draft := journal.Draft{
		Conversation: conversation.id,
		Log:          conversation.own,
		Previous:     conversation.tip[conversation.own],
		Claimed:      c.now,
		Kind:         wire.EntryKind_ENTRY_KIND_TEXT,
		Body:         body,
	}
	c.random(draft.Salt[:])
	var after []journal.Order
	if draft.Previous.Sequence > 0 {
		after = append(after, conversation.tipOrders[conversation.own])
	}
	for log, head := range conversation.tip {
		if log != conversation.own && len(draft.Parents) < maxParents {
			draft.Parents = append(draft.Parents, head.Hash)
			after = append(after, conversation.tipOrders[log])
		}
	}
	slices.SortFunc(draft.Parents, func(a, b journal.Hash) int { return slices.Compare(a[:], b[:]) })
	entry, err := journal.Write(draft, c.keys.SignAsDevice)
	if err != nil {
		return AppendEntry{}, err
	}
	appended := AppendEntry{Entry: entry, Order: journal.NewOrder(entry, after), Author: c.keys.Peer(), Mine: true, Arrived: c.now}
	conversation.count(appended, true)
	return appended, nil
}

// maxParents caps the parents of an entry.
const maxParents = 16

// written goes on after an own entry is on disk.
func (c *Core) written(one *contact, appended AppendEntry) {
	c.conversationOf(one).count(appended, false)
	one.lastTalk = c.now
	c.tellMessage(appended)
	c.push(appended.Entry, one.Peer)
	c.dirty(one.Peer)
}

func (c *Core) markRead(id uint64, call markReadCall) {
	one := c.byConversation(call.conversation)
	if one == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	conversation := c.conversationOf(one)
	// What is on the disk may be shown before the core is told that it is.
	read := within(call.read, conversation.tip)
	if conversation.readKept.Covers(read) {
		c.answer(id, nil, nil)
		return
	}
	conversation.read.Merge(read)
	c.commit(func(err error) {
		if err == nil {
			c.tell(Change{Position: conversation.id})
			for _, session := range c.sessionsTo(one.Peer) {
				if session.greeted {
					c.sendPosition(session, conversation)
				}
			}
		}
		c.answer(id, nil, refusal(err))
	}, PutRead{Conversation: conversation.id, Read: conversation.read.Clone()})
}

// typing tells at most every 3 s, over an open line only.
func (c *Core) typing(call typingCall) {
	one := c.byConversation(call.conversation)
	if one == nil || c.now.Sub(one.toldTyping) < typingShown/2 {
		return
	}
	one.toldTyping = c.now
	for _, session := range c.sessionsTo(one.Peer) {
		if session.greeted {
			c.do(SendFrame{Session: session.id, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Typing{Typing: &wire.Typing{Conversation: call.conversation[:]}}}})
		}
	}
}

func (c *Core) setFocus(conversation uuid.UUID) {
	before := c.focus
	c.focus = conversation
	for _, id := range []uuid.UUID{before, conversation} {
		if one := c.byConversation(id); one != nil {
			one.nextDial = time.Time{}
			c.dirty(one.Peer)
		}
	}
}

func (c *Core) liveNow() Live {
	live := Live{
		Self: c.self, ReadOnly: c.readOnly, Problem: c.problem, Bans: slices.Clone(c.bans),
		Lines: len(c.openSessions()), Clock: c.network.offset,
	}
	for _, peer := range c.peersSorted() {
		live.Contacts = append(live.Contacts, c.live(c.contacts[peer]))
	}
	for _, request := range c.requests {
		live.Requests = append(live.Requests, request)
	}
	slices.SortFunc(live.Requests, func(a, b Request) int {
		if order := b.Arrived.Compare(a.Arrived); order != 0 {
			return order
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, token := range sortedTokens(c.network.servers) {
		one := c.network.servers[token]
		live.Servers = append(live.Servers, LiveServer{
			Server: one.address, Hosted: one.hosted, Guest: one.guest, Up: one.up, Trying: !one.tried,
			RTT: one.rtt, Since: one.since, Code: one.code, RetryAt: one.retryAt,
		})
	}
	return live
}

// number formats a count for a sentence.
func number(n int) string { return strconv.Itoa(n) }
