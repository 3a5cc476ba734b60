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
	sendTextCall struct {
		conversation uuid.UUID
		text         string
		reply        journal.Hash // the message that is answered, zero for none
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
	editBanCall      struct{ ban Ban }
	importBansCall   struct{ bans []Ban }
	clearBansCall    struct{}
	bansCall         struct{ known uint64 }
	touchedCall      struct{ ban Ban }
	banOnCall        struct{ peer identity.PeerID }
	addServerCall    struct{ server identity.Server }
	removeServerCall struct{ key identity.ServerKey }
	retryServerCall  struct{ key identity.ServerKey }
	hostCall         struct{ local, public identity.Server }
	networkCall      struct{}
	liveCall         struct{}
	trafficCall      struct{}
	mailboxesCall    struct{}
	damagedCall      struct{}
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
	if !c.retired.IsZero() && !whileRetired(e.Call) {
		c.answer(e.ID, nil, c.errRetired())
		return
	}
	switch call := e.Call.(type) {
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
	case editBanCall:
		c.editBan(e.ID, call.ban)
	case importBansCall:
		c.importBans(e.ID, call.bans)
	case clearBansCall:
		c.clearBans(e.ID)
	case bansCall:
		c.answer(e.ID, c.bans.list(call.known), nil)
	case banOnCall:
		c.banOn(e.ID, call.peer)
	case touchedCall:
		c.answer(e.ID, c.touched(call.ban), nil)
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
	case trafficCall:
		c.answer(e.ID, c.traffic(), nil)
	case bansByCall:
		c.answer(e.ID, c.bansBy(call.ids), nil)
	case mailboxesCall:
		c.answer(e.ID, c.mailboxes(), nil)
	case damagedCall:
		c.failed(ErrDamaged)
		c.answer(e.ID, nil, nil)
	case deliveryCall:
		c.delivery(e.ID, call)
	case cancelCall:
		c.cancel(e.ID, call)
	case bundleCall:
		c.bundle(e.ID, call.conversation)
	case bundledCall:
		c.bundled(e.ID, call)
	case importCall:
		c.importBundle(e.ID, call)
	default:
		if c.changeCall(e.ID, call) || c.standingCall(e.ID, call) || c.handleCall(e.ID, call) || c.verificationCall(e.ID, call) {
			return
		}
		c.answer(e.ID, nil, &Refusal{Code: "internal", Message: "This cannot be done."})
	}
}

func (c *Core) byConversation(id uuid.UUID) *contact {
	conversation := c.conversations[id]
	if conversation == nil || c.former[id] {
		return nil
	}
	return c.contacts[conversation.peer]
}

func (c *Core) sendText(id uint64, call sendTextCall) {
	one, err := c.mayWrite(call.conversation)
	if err == nil {
		err = chat.CheckText(call.text)
	}
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	conversation := c.conversationOf(one)
	content := journal.Message{Text: call.text, Reply: call.reply, Timer: conversation.timer.Stay}
	appended, err := c.write(conversation, content)
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
		c.answer(id, messageOf(appended, content), nil)
	}, c.comesBack(one, []Write{appended})...)
}

// write appends a text to the own log, in memory.
func (c *Core) write(conversation *conversation, content journal.Message) (AppendEntry, error) {
	body, err := journal.MessageBody(content)
	if err != nil {
		return AppendEntry{}, err
	}
	return c.writeEntry(conversation, wire.EntryKind_ENTRY_KIND_TEXT, body)
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
	if c.former[call.conversation] {
		c.markFormerRead(id, c.conversations[call.conversation], call.read)
		return
	}
	if kept := c.listed(call.conversation); kept != nil && c.contacts[kept.peer] == nil {
		c.markForgotten(id, kept, call.read)
		return
	}
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
	var writes []Write
	byMail := c.owesReading(one, read)
	if byMail {
		writes = c.owe(one)
	}
	conversation.read.Merge(read)
	c.commit(func(err error) {
		if byMail {
			c.owedReading(one, err)
		}
		if err == nil {
			c.tell(Change{Position: conversation.id})
			for _, session := range c.sessionsTo(one.Peer) {
				if session.greeted {
					c.sendPosition(session, conversation)
				}
			}
		}
		c.answer(id, nil, refusal(err))
	}, append(writes, PutRead{Conversation: conversation.id, Read: conversation.read.Clone()})...)
}

// typing tells at most every 3 s, over an open line only.
func (c *Core) typing(call typingCall) {
	one := c.byConversation(call.conversation)
	if one == nil || c.self.HideTyping || c.now.Sub(one.toldTyping) < typingShown/2 {
		return
	}
	one.toldTyping = c.now
	for _, session := range c.sessionsTo(one.Peer) {
		if session.greeted {
			c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Typing{Typing: &wire.Typing{Conversation: call.conversation[:]}}})
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
		Self: c.self, ReadOnly: c.readOnly, Problem: c.problem,
		Lines: len(c.openSessions()), Clock: c.network.offset, Handles: c.liveHandles(), Retired: c.retired,
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
			RTT: one.rtt, RTTs: one.rtts, Since: one.since, Code: one.code, RetryAt: one.retryAt, Directory: one.directory,
		})
	}
	return live
}

// number formats a count for a sentence.
func number(n int) string { return strconv.Itoa(n) }
