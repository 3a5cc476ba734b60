package app

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

// changed takes what the device tells, on its goroutine.
func (a *App) changed(changes []node.Change) {
	for _, change := range changes {
		a.note(change)
	}
}

func (a *App) note(change node.Change) {
	if change.Happened != nil {
		a.happened(*change.Happened)
		return
	}
	var lines bool
	if change.Contact != nil {
		id := change.Contact.Contact.Conversation
		a.mutex.Lock()
		before, known := a.live[id]
		a.live[id] = *change.Contact
		a.mutex.Unlock()
		lines = !known || (before.Line.State == node.LineOpen) != (change.Contact.Line.State == node.LineOpen)
	}
	if change.Removed != uuid.Nil {
		a.mutex.Lock()
		delete(a.live, change.Removed)
		a.mutex.Unlock()
	}
	var request Request
	if change.Request != nil {
		request = a.requestOf(*change.Request)
	}
	a.changes.mark(func(w *waiting) {
		switch {
		case change.Contact != nil:
			id := change.Contact.Contact.Conversation
			w.rows[id] = true
			w.live = w.live || lines
			w.doubts = w.doubts || len(change.Contact.Doubts) > 0 || !change.Contact.Muted.IsZero()
			delete(w.removed, id)
		case change.Removed != uuid.Nil:
			w.removed[change.Removed] = true
			delete(w.rows, change.Removed)
		case change.Cleared != uuid.Nil:
			w.cleared[change.Cleared] = true
			w.rows[change.Cleared] = true
		case change.Message != nil:
			w.messages = append(w.messages, change.Message.Hash)
			if !change.Message.Mine {
				w.arrived[change.Message.Hash] = true
			}
			w.rows[change.Message.Conversation] = true
		case change.Touched != nil:
			w.messages = append(w.messages, change.Touched.Message)
			w.rows[change.Touched.Conversation] = true
		case change.Position != uuid.Nil:
			w.positions[change.Position] = true
			w.rows[change.Position] = true
		case change.Request != nil:
			id := a.conversationWith(change.Request.Peer)
			w.requests[id] = request
			delete(w.removedRequests, id)
		case change.Answered != nil:
			id := a.conversationWith(*change.Answered)
			w.removedRequests[id] = true
			delete(w.requests, id)
		case change.Bans:
			w.bans = true
		case change.Servers, change.Self, change.Problem:
			w.live = true
		}
	})
}

// conversationWith returns the id of the conversation with a person.
func (a *App) conversationWith(peer identity.PeerID) uuid.UUID {
	return chat.DirectConversation(a.config.Keys.Peer(), peer)
}

// requestOf makes a request plain.
func (a *App) requestOf(request node.Request) Request {
	return Request{
		ID:           a.conversationWith(request.Peer).String(),
		PeerID:       request.Peer.String(),
		Name:         request.Name,
		Color:        request.Color,
		Text:         request.Text,
		Time:         moment(request.Arrived),
		InviteLabel:  request.InviteLabel,
		InviteMade:   moment(request.InviteMade),
		Stranger:     request.InviteID == uuid.Nil,
		SafetyNumber: a.safetyNumber(request.Peer),
	}
}

// safetyNumber remembers the numbers, which take a few milliseconds each.
func (a *App) safetyNumber(peer identity.PeerID) string {
	a.mutex.Lock()
	number, known := a.safety[peer]
	a.mutex.Unlock()
	if known {
		return number
	}
	number = identity.SafetyNumber(a.config.Keys.Peer(), peer)
	a.mutex.Lock()
	if len(a.safety) > 1024 {
		clear(a.safety)
	}
	a.safety[peer] = number
	a.mutex.Unlock()
	return number
}

// flush tells everything that waits as one change.
func (a *App) flush(ctx context.Context) {
	defer func() { a.ended("flush", recover(), nil) }()
	due := a.changes.take()
	if due.doubts {
		a.keepNotices(ctx)
	}
	var changes Changes
	a.flushLive(ctx, due, &changes)
	a.flushRows(ctx, due, &changes)
	changes.Messages, changes.RemovedMessages = a.flushMessages(ctx, due)
	for _, request := range due.requests {
		changes.Requests = append(changes.Requests, request)
	}
	slices.SortFunc(changes.Requests, func(x, y Request) int { return strings.Compare(y.Time, x.Time) })
	changes.RemovedRequests = texts(due.removedRequests)
	changes.RemovedConversations = texts(due.removed)
	changes.ClearedConversations = texts(due.cleared)
	changes.BansChanged = due.bans
	if due.repair {
		changes.Repair = a.repairOf()
	}
	changes.Settings = due.settings
	if ctx.Err() == nil && !reflect.DeepEqual(changes, Changes{}) {
		a.changes.publish(changes)
		a.outside.tell(a.now(), changes, due.arrived)
	}
}

func texts(ids map[uuid.UUID]bool) []string {
	var sorted []string
	for id := range ids {
		sorted = append(sorted, id.String())
	}
	slices.Sort(sorted)
	return sorted
}

// flushLive tells profile, network and problem as far as they changed.
func (a *App) flushLive(ctx context.Context, due waiting, changes *Changes) {
	running := a.started()
	if !due.live || running == nil {
		return
	}
	live, err := running.Live(ctx)
	if err != nil {
		a.complain(ctx, "the device did not say how it is", err)
		return
	}
	a.arrangeHosting(running, live)
	network, profile, problem := a.networkOf(live), a.profileOf(live), problemOf(live)
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if !reflect.DeepEqual(a.told.network, network) {
		a.told.network = network
		changes.Network = &network
	}
	if !reflect.DeepEqual(a.told.profile, profile) {
		a.told.profile = profile
		changes.Profile = &profile
	}
	if problem == nil {
		problem = &Problem{Params: map[string]string{}} // without a code: it is over
	}
	if problem.Code != a.told.problem {
		a.told.problem = problem.Code
		changes.Problem = problem
	}
}

// complain logs what nobody waits for.
func (a *App) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil && !errors.Is(err, node.ErrClosed) {
		a.logger.ErrorContext(ctx, "something was not told", slog.String("what", what), slog.Any("error", err))
	}
}

// flushRows tells the rows that changed.
func (a *App) flushRows(ctx context.Context, due waiting, changes *Changes) {
	if due.allRows {
		rows, err := a.config.Store.Rows(ctx)
		if err != nil {
			a.complain(ctx, "the list cannot be read", err)
			return
		}
		changes.Conversations = a.conversationsOf(rows, nil)
		return
	}
	for id := range due.rows {
		row, err := a.config.Store.Row(ctx, id)
		if err != nil {
			if !errors.Is(err, node.ErrNotFound) {
				a.complain(ctx, "a conversation cannot be read", err)
			}
			continue
		}
		changes.Conversations = append(changes.Conversations, a.conversationOf(row, nil))
	}
	slices.SortFunc(changes.Conversations, func(x, y Conversation) int { return strings.Compare(x.ID, y.ID) })
}

func (a *App) conversationsOf(rows []node.Row, bans []node.Ban) []Conversation {
	conversations := make([]Conversation, 0, len(rows))
	for _, row := range rows {
		conversations = append(conversations, a.conversationOf(row, bans))
	}
	return conversations
}

// conversationOf adds what is known of the line. bans count only while the
// device does not run.
func (a *App) conversationOf(row node.Row, bans []node.Ban) Conversation {
	if row.Last != nil {
		last := a.veil(*row.Last)
		row.Last = &last
	}
	a.mutex.Lock()
	live, known := a.live[row.Conversation]
	up := a.surroundings.Up || a.running == nil
	a.mutex.Unlock()
	var plain Conversation
	if known {
		plain = conversationOf(row, &live, live.Banned, up)
		a.tellTrust(&plain, row.Contact.Peer, &live)
	} else {
		plain = conversationOf(row, nil, isBanned(bans, row.Contact, a.now()), up)
		a.tellTrust(&plain, row.Contact.Peer, nil)
	}
	if row.Former {
		plain.Next = chat.DirectConversation(a.config.Keys.Peer(), row.Contact.Peer).String()
		plain.Verified = Verification{Trust: TrustNone}
	}
	if place := row.Timer.Order; !place.IsZero() {
		since := place.Effective()
		if now := a.now(); since.After(now) { // their clock is ahead
			since = now
		}
		plain.TimerSince, plain.TimerMine = moment(since), place.By(a.config.Keys.Device())
	}
	a.tellMute(&plain, row.Conversation)
	plain.Notice = a.noticeOf(row.Conversation, plain.Name)
	return plain
}
