package app

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/node"
)

// timeFormat is RFC 3339 in UTC with milliseconds, so that texts sort as times do.
const timeFormat = "2006-01-02T15:04:05.000Z"

// previewLength is the most characters of a row's preview.
const previewLength = 200

// moment formats a time, "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeFormat)
}

func messageOf(m node.Message) Message {
	times := timeline.TimesOf(m.Claimed, m.Arrived)
	return Message{
		ID:           m.Hash.String(),
		Conversation: m.Conversation.String(),
		Order:        m.Order.String(),
		Mine:         m.Mine,
		Author:       m.Author.String(),
		Text:         m.Text,
		Time:         moment(times.Shown),
		State:        stateOf(m),
		ClaimedTime:  moment(times.Claimed),
		ArrivedTime:  moment(times.Arrived),
		Deleted:      m.Deleted,
		Edited:       moment(m.Edited),
		Reply:        replyOf(m),
		Reactions:    reactionsOf(m),
		Timer:        seconds(m.Timer),
		Expires:      moment(m.Expires),
	}
}

func stateOf(m node.Message) MessageState {
	switch {
	case !m.Mine:
		return MessageReceived
	case m.Read:
		return MessageRead
	case m.Delivered:
		return MessageDelivered
	case m.Stored:
		return MessageStored
	}
	return MessageQueued
}

// preview is the first line that says something. The mark before a block of
// code (frontend/src/ui/formatted.ts) does only where nothing follows it.
func preview(text string) string {
	shown := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		mark := strings.HasPrefix(line, "```") && !strings.ContainsAny(line[3:], "` ")
		if line == "" || mark && shown != "" {
			continue
		}
		shown = line
		if !mark {
			break
		}
	}
	if utf8.RuneCountInString(shown) <= previewLength {
		return shown
	}
	return string([]rune(shown)[:previewLength-1]) + "…"
}

// conversationOf makes a row of the list. live is nil while nothing is known
// of the line; up says that the machine is on a network.
func conversationOf(row node.Row, live *node.LiveContact, banned, up bool) Conversation {
	contact := row.Contact
	c := Conversation{
		ID:       row.Conversation.String(),
		Presence: PresenceUnknown,
		Line:     Line{State: LineWaiting, RTT: -1},
		Unread:   row.Unread,
		Queued:   row.Queued,
		Draft:    row.Draft,
		Timer:    seconds(row.Timer.Stay),
	}
	if live != nil {
		contact = live.Contact
		banned = live.Banned
		c.Presence = presenceOf(live.Presence)
		c.Line = lineOf(live.Line, up)
		c.Typing = live.Typing
	}
	c.PeerID = contact.Peer.String()
	c.Name, c.Color = contact.Name, contact.Color
	c.About, c.Picture, c.Route = contact.About, pictureID(contact.Picture), routes[contact.Route]
	c.Since = moment(contact.Since)
	c.Invite, c.Handle, c.Stranger = contact.InviteLabel, contact.Handle, contact.Stranger
	c.LastTime = c.Since
	c.Contact = ContactAsked
	if contact.State == node.ContactMutual {
		c.Contact = ContactMutual
	}
	c.Following = contact.State == node.ContactAsked && contact.KnownAs != identity.PeerID{}
	if row.Former {
		// What a line says is about the conversation that goes on.
		c.Former, c.Following, c.Contact, c.Queued = true, false, ContactMutual, 0
		c.Presence, c.Line = PresenceUnknown, Line{State: LineWaiting, RTT: -1}
	}
	if contact.State == node.ContactForgotten {
		c.Contact, c.Queued = ContactForgotten, 0
	}
	if banned {
		c.Contact, c.Presence, c.Typing = ContactBanned, PresenceUnknown, false
		c.Line = Line{State: LineBanned, RTT: -1}
	}
	c.PreviewState = MessageReceived
	if last := row.Last; last != nil {
		c.Preview = preview(last.Text)
		c.PreviewMine = last.Mine
		c.PreviewState = stateOf(*last)
		c.PreviewDeleted = last.Deleted
		c.LastTime = moment(timeline.TimesOf(last.Claimed, last.Arrived).Shown)
	}
	tellStanding(&c, row)
	return c
}

func presenceOf(presence node.Presence) Presence {
	switch presence {
	case node.PresenceOnline:
		return PresenceOnline
	case node.PresenceOffline:
		return PresenceOffline
	case node.PresenceUnknown:
	}
	return PresenceUnknown
}

func lineOf(line node.Line, up bool) Line {
	shown := Line{State: LineWaiting, RTT: -1}
	switch line.State {
	case node.LineOpen:
		shown.State = pathOf(line.Path)
		shown.RTT = milliseconds(line.RoundTrip)
		if shown.State == LineRelayed {
			shown.Host = line.RelayHost
		}
		return shown
	case node.LineConnecting:
		shown.State = LineConnecting
	case node.LineIdle:
		shown.State = LineIdle
	case node.LineHeld:
		shown.State = LineHeld
		return shown
	case node.LineWaiting:
	}
	if !up {
		shown.State = LineNoNetwork
	}
	return shown
}

func pathOf(path link.Path) LineState {
	switch path {
	case link.PathLAN:
		return LineLAN
	case link.PathRelayed:
		return LineRelayed
	case link.PathDirect, link.PathUnknown:
	}
	return LineDirect
}

// milliseconds rounds a round trip up, so that a known one is never 0; -1 when unknown.
func milliseconds(d time.Duration) int {
	if d <= 0 {
		return -1
	}
	return max(1, int(d.Round(time.Millisecond)/time.Millisecond))
}

func serverOf(live node.LiveServer) Server {
	address := live.Server.Address()
	shown := Server{
		ID:      live.Server.Key.String(),
		Address: address,
		Mine:    live.Hosted,
		Guest:   live.Guest,
		State:   ServerDown,
		RTT:     -1,
		Since:   moment(live.Since),
	}
	for _, rtt := range live.RTTs {
		shown.RTTs = append(shown.RTTs, milliseconds(rtt))
	}
	switch {
	case live.Up:
		shown.State = ServerOnline
		shown.RTT = milliseconds(live.RTT)
		if hosts := live.Server.Hosts(); live.Directory && !live.Guest && len(hosts) > 0 {
			shown.Handles = hosts[0]
		}
	case live.Trying && live.Code == "":
		shown.State = ServerConnecting
	default:
		shown.Error = ServerError(live.Code, address)
		shown.RetryAt = moment(live.RetryAt)
	}
	return shown
}

// isBanned tells whether a list bans a contact.
func isBanned(bans []node.Ban, one node.Contact, now time.Time) bool {
	return slices.ContainsFunc(bans, func(ban node.Ban) bool {
		return !ban.Ended(now) && (ban.Kind == node.BanPeer && ban.Peer == one.Peer ||
			ban.Kind == node.BanInvite && ban.Invite == one.InviteID)
	})
}

// valid makes a text from outside safe to handle: valid UTF-8, at most so many bytes.
func valid(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "\ufffd")
}
