package node

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// The calls about messages that are there.
type (
	editCall struct {
		conversation uuid.UUID
		message      journal.Hash
		text         string
	}
	deleteCall struct {
		message    Message
		everywhere bool
	}
	reactCall struct {
		conversation uuid.UUID
		reaction     journal.Reaction
	}
	setTimerCall struct {
		conversation uuid.UUID
		stay         time.Duration
	}
)

var (
	errEmoji = &Refusal{Code: "emoji", Message: "This is not one emoji. Choose one from the list."}
	errTimer = &Refusal{Code: "timer", Message: "Messages can disappear after 1 second to 90 days. Choose a time in between."}
)

// changeCall does what is asked about messages; false for other calls.
func (c *Core) changeCall(id uint64, call any) bool {
	switch call := call.(type) {
	case editCall:
		err := chat.CheckText(call.text)
		if err == nil {
			c.say(id, call.conversation, wire.EntryKind_ENTRY_KIND_EDIT, func() ([]byte, error) {
				return journal.EditBody(journal.Edit{Target: call.message, Text: call.text})
			})
			return true
		}
		c.answer(id, nil, err)
	case deleteCall:
		if call.everywhere {
			c.deleteForAll(id, call.message)
			return true
		}
		c.hide(id, call.message)
	case reactCall:
		if !journal.IsEmoji(call.reaction.Emoji) {
			c.answer(id, nil, errEmoji)
			return true
		}
		c.say(id, call.conversation, wire.EntryKind_ENTRY_KIND_REACTION, func() ([]byte, error) { return journal.ReactionBody(call.reaction) })
	case setTimerCall:
		if call.stay < 0 || call.stay > journal.MaxTimer || call.stay%time.Second != 0 {
			c.answer(id, nil, errTimer)
			return true
		}
		c.say(id, call.conversation, wire.EntryKind_ENTRY_KIND_TIMER, func() ([]byte, error) { return journal.TimerBody(call.stay) })
	case setProfileCall:
		c.setProfile(id, call)
	case muteCall:
		c.muteAgain(id, call)
	case unmuteCall:
		c.unmute(id, call.conversation)
	case setPrivacyCall:
		c.setPrivacy(id, call.Privacy)
	case setRouteCall:
		c.setRoute(id, call)
	default:
		return false
	}
	return true
}

// say appends an entry that shows nothing by itself to the own log.
func (c *Core) say(id uint64, conversation uuid.UUID, kind wire.EntryKind, build func() ([]byte, error)) {
	one, err := c.mayWrite(conversation)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	body, err := build()
	if err != nil {
		c.answer(id, nil, errNoMessage)
		return
	}
	appended, err := c.writeEntry(c.conversationOf(one), kind, body)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	c.commit(func(err error) {
		if err == nil {
			c.written(one, appended)
		}
		c.answer(id, nil, refusal(err))
	}, appended)
}

// errNobody says why nothing can be written in a conversation without a contact.
func (c *Core) errNobody(conversation uuid.UUID) error {
	if kept := c.listed(conversation); kept != nil {
		return errForgotten(c.forgotten[kept.peer])
	}
	return errNoConversation
}

var errNoMessage = &Refusal{Code: "no-message", Message: "This message is not on this computer any more."}

// mayWrite returns whom a conversation is with, unless nothing can be said there.
func (c *Core) mayWrite(conversation uuid.UUID) (*contact, error) {
	one := c.byConversation(conversation)
	if one == nil && c.former[conversation] {
		return nil, errFormer
	}
	if one == nil {
		return nil, c.errNobody(conversation)
	}
	if _, banned := c.bannedPeer(one.Peer); banned {
		return nil, &Refusal{Code: "banned", Message: "You banned " + one.Name + ". Undo the ban to write to them.", Params: map[string]string{"name": one.Name}}
	}
	if !one.retired.IsZero() {
		return nil, c.errTheyRetired(one)
	}
	return one, nil
}

// hide takes a message away from this device alone, also one of a banned person.
func (c *Core) hide(id uint64, message Message) {
	if c.listed(message.Conversation) == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	c.commit(func(err error) {
		if err == nil {
			c.expiry.timed = true // one that has to arrive first is erased later
			c.tell(Change{Touched: &Touched{Conversation: message.Conversation, Message: message.Hash}})
		}
		c.answer(id, nil, refusal(err))
	}, HideMessage{Message: message.Hash})
}

// writeEntry appends an entry to the own log, in memory.
func (c *Core) writeEntry(conversation *conversation, kind wire.EntryKind, body []byte) (AppendEntry, error) {
	draft := journal.Draft{
		Conversation: conversation.id,
		Log:          conversation.own,
		Previous:     conversation.tip[conversation.own],
		Claimed:      c.now,
		Kind:         kind,
		Body:         body,
	}
	c.random(draft.Salt[:])
	var after []journal.Order
	if draft.Previous.Sequence > 0 {
		after = append(after, conversation.tipOrders[conversation.own])
	}
	for _, log := range conversation.newestTips(maxParents) {
		draft.Parents = append(draft.Parents, conversation.tip[log].Hash)
		after = append(after, conversation.tipOrders[log])
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

// newestTips returns the logs beside the own one whose heads an entry that is
// written now follows: those that stand last, so that it stands behind them all.
func (v *conversation) newestTips(most int) []journal.Log {
	if v.apart {
		return nil
	}
	logs := slices.DeleteFunc(v.tip.Logs(), func(log journal.Log) bool { return log == v.own || v.twofold(log) })
	slices.SortStableFunc(logs, func(a, b journal.Log) int { return v.tipOrders[b].Compare(v.tipOrders[a]) })
	return logs[:min(most, len(logs))]
}

// tellMessage takes an entry that is on disk now: it shows a text, and tells
// which message looks different.
func (c *Core) tellMessage(appended AppendEntry) {
	entry := &appended.Entry
	switch entry.Kind {
	case wire.EntryKind_ENTRY_KIND_TEXT:
		content, err := entry.Message()
		if err != nil {
			c.tell(Change{Touched: &Touched{Conversation: entry.Conversation, Message: entry.Hash()}})
			return
		}
		message := messageOf(appended, content)
		c.tell(Change{Message: &message})
	case wire.EntryKind_ENTRY_KIND_TIMER:
		conversation := c.conversations[entry.Conversation]
		if stay, err := entry.Timer(); err == nil && conversation != nil && appended.Order.Compare(conversation.timer.Order) > 0 {
			conversation.timer = Timer{Stay: stay, Order: appended.Order}
			c.tell(Change{Position: entry.Conversation}) // the row says it
		}
	default:
		if target, named := timeline.Target(*entry); named {
			c.tell(Change{Touched: &Touched{Conversation: entry.Conversation, Message: target}})
		}
	}
}

func messageOf(appended AppendEntry, content journal.Message) Message {
	message := Message{
		Hash: appended.Entry.Hash(), Conversation: appended.Entry.Conversation, Log: appended.Entry.Log,
		Sequence: appended.Entry.Sequence, Order: appended.Order, Mine: appended.Mine, Author: appended.Author,
		Text: content.Text, Claimed: appended.Entry.Claimed, Arrived: appended.Arrived, Timer: content.Timer,
	}
	if !content.Reply.IsZero() {
		message.Reply = &Reply{Message: content.Reply}
	}
	return message
}

// checkAbout refuses what cannot be an about.
func checkAbout(about string) (string, error) {
	about = chat.CleanName(about)
	if utf8.RuneCountInString(about) > journal.MaxAbout {
		return "", &Refusal{Code: "about-long", Message: "This text about you is longer than 140 characters. Shorten it.", Params: map[string]string{"limit": "140"}}
	}
	return about, nil
}
