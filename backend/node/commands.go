package node

import (
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
	self := c.self
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
	c.commit(func(err error) {
		if err == nil {
			first := c.self.Created.IsZero()
			c.self.Name, c.self.Color, c.self.Created, c.self.DeviceList = self.Name, self.Color, self.Created, self.DeviceList
			c.tell(Change{Self: true})
			if first {
				c.arrangeServers()
				c.relocate()
			} else {
				c.publish()
			}
		}
		c.answer(id, nil, refusal(err))
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
	read := conversation.only(call.read)
	if conversation.read.Covers(read) {
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

func (c *Core) createInvite(id uint64, call createInviteCall) {
	label := chat.CleanName(call.label)
	if utf8.RuneCountInString(label) > wire.MaxName || call.uses < 1 || call.uses > 100 || call.life < time.Hour || call.life > 366*24*time.Hour {
		c.answer(id, nil, &Refusal{Code: "invite-options", Message: "A link works for 1 hour to 1 year and brings 1 to 100 people; its label has at most 64 characters."})
		return
	}
	servers := c.reachableAt()
	if len(servers) == 0 {
		c.answer(id, nil, &Refusal{Code: "no-server", Message: "Nobody could find you by this link: no introduction server is set and this app introduces nobody. Turn on “Introduce people on this network” or add a server."})
		return
	}
	made := Invite{ID: c.newID(), Label: label, Created: c.now, Expires: c.now.Add(call.life), Uses: call.uses}
	c.random(made.Secret[:])
	link, err := invite.Invite{
		ID: made.ID, Peer: c.keys.Peer(), Name: c.self.Name, Color: c.self.Color,
		Servers: servers[:min(len(servers), maxInviteServers)], Secret: made.Secret, Expires: made.Expires, Uses: made.Uses,
	}.Seal(c.keys)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	made.Link = link
	c.commit(func(err error) {
		if err == nil {
			c.invites[made.ID] = made
		}
		c.answer(id, made, refusal(err))
	}, PutInvite{Invite: made})
}

func (c *Core) sortedInvites() []Invite {
	invites := make([]Invite, 0, len(c.invites))
	for _, one := range c.invites {
		invites = append(invites, one)
	}
	slices.SortFunc(invites, func(a, b Invite) int {
		if order := b.Created.Compare(a.Created); order != 0 {
			return order
		}
		return slices.Compare(b.ID[:], a.ID[:])
	})
	return invites
}

func (c *Core) revokeInvite(id uint64, which uuid.UUID) {
	one, known := c.invites[which]
	if !known {
		c.answer(id, nil, &Refusal{Code: "no-invite", Message: "This link is not here any more."})
		return
	}
	one.Revoked = true
	c.commit(func(err error) {
		if err == nil {
			c.invites[which] = one
		}
		c.answer(id, nil, refusal(err))
	}, PutInvite{Invite: one})
}

// inviteOpen tells whether an invite still brings this peer.
func inviteOpen(one Invite, peer identity.PeerID, now time.Time) bool {
	return !one.Revoked && now.Before(one.Expires) && (len(one.Used) < one.Uses || slices.Contains(one.Used, peer))
}

func equalSecret(theirs []byte, mine [16]byte) bool {
	return subtle.ConstantTimeCompare(theirs, mine[:]) == 1
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

func (c *Core) checkInvite(opened invite.Invite) error {
	date := opened.Expires.UTC().Format(time.RFC3339)
	name := chat.TheirName(opened.Name, "?")
	_, banned := c.banned.Peer(opened.Peer)
	switch {
	case opened.Peer == c.keys.Peer():
		return &Refusal{Code: "invite-own", Message: "This is your own link. Send it to somebody else."}
	case !c.now.Add(c.network.offset).Before(opened.Expires):
		return &Refusal{
			Code:    "invite-expired",
			Message: "This link expired on " + opened.Expires.UTC().Format("2 January 2006") + ". Ask " + name + " for a new one.",
			Params:  map[string]string{"date": date, "name": name},
		}
	case banned:
		return &Refusal{Code: "invite-banned", Message: "You banned " + name + ". Undo the ban first.", Params: map[string]string{"name": name}}
	}
	return nil
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
		mine, err := c.write(conversation, text)
		if err != nil {
			conversation.rollBack(c.keys.Device())
			c.answer(id, nil, err)
			return
		}
		appended = append(appended, mine)
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

func (c *Core) addServer(id uint64, server identity.Server) {
	if len(server.URLs) == 0 || server.Key == (identity.ServerKey{}) {
		c.answer(id, nil, &Refusal{Code: "server-address", Message: "This is not the address of an introduction server. Write it as host:port."})
		return
	}
	own := slices.DeleteFunc(slices.Clone(c.network.own), func(s identity.Server) bool { return s.Key == server.Key })
	own = append(own, server)
	c.commit(func(err error) {
		if err == nil {
			c.network.own = own
			c.arrangeServers()
			c.relocate()
			c.tell(Change{Servers: true})
		}
		c.answer(id, nil, refusal(err))
	}, PutServer{Server: Server{Key: server.Key, URLs: server.URLs, Added: c.now}})
}

func (c *Core) removeServer(id uint64, key identity.ServerKey) {
	index := slices.IndexFunc(c.network.own, func(s identity.Server) bool { return s.Key == key })
	if index < 0 {
		c.answer(id, nil, &Refusal{Code: "no-server-here", Message: "This server is not in the list any more."})
		return
	}
	gone := c.network.own[index]
	c.commit(func(err error) {
		if err == nil {
			c.network.own = slices.Delete(slices.Clone(c.network.own), index, index+1)
			c.arrangeServers()
			c.relocate()
			c.tell(Change{Servers: true})
		}
		c.answer(id, nil, refusal(err))
	}, DeleteServer{Server: Server{Key: gone.Key, URLs: gone.URLs}})
}

func (c *Core) host(call hostCall) {
	c.network.hostedLocal, c.network.hostedPublic = call.local, call.public
	c.arrangeServers()
	c.relocate()
	c.tell(Change{Servers: true})
}

// networkChanged starts everything over at once.
func (c *Core) networkChanged() {
	c.do(CheckPaths{})
	for _, one := range c.contacts {
		one.attempts, one.nextDial, one.nextAsk, one.nextLookup = 0, time.Time{}, time.Time{}, time.Time{}
	}
	c.allDirty()
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
