package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

// Delivery tells the way of a message of mine and what it waits for. Errors:
// no-message, also for messages of others.
func (a *API) Delivery(message string) (Delivery, error) {
	return ask(a, "Delivery", func(ctx context.Context, app *App, device Running) (Delivery, error) {
		hash, err := parseHash(message)
		if err != nil {
			return Delivery{}, err
		}
		found, err := app.config.Store.Message(ctx, hash)
		if err != nil {
			return Delivery{}, notFound(err, errNoMessage)
		}
		if !found.Mine {
			return Delivery{}, errNoMessage
		}
		steps, err := app.config.Store.Steps(ctx, hash)
		if err != nil {
			return Delivery{}, err
		}
		told := Delivery{Message: message, State: stateOf(found), Steps: app.stepsOf(found, steps)}
		if found.Delivered || found.Read {
			return told, nil
		}
		now, err := device.Delivery(ctx, found.Conversation)
		if err != nil {
			return Delivery{}, err
		}
		app.mutex.Lock()
		up := app.surroundings.Up
		app.mutex.Unlock()
		waiting := waitingOf(found, steps, now, up)
		told.Waiting = &waiting
		return told, nil
	})
}

// CancelMessage takes back a message of mine that is not delivered yet. Its text
// is erased here and at the servers that keep it, as far as they can be asked
// now, and it disappears. What may have reached them is deleted for everyone, as
// DeleteMessage does; the outcome says which. Errors: no-message (also for
// messages of others), delivered, cancel-request, banned, disk-full, read-only.
func (a *API) CancelMessage(message string) (Cancelled, error) {
	return ask(a, "CancelMessage", func(ctx context.Context, app *App, running Running) (Cancelled, error) {
		hash, err := parseHash(message)
		if err != nil {
			return Cancelled{}, err
		}
		found, err := app.config.Store.Message(ctx, hash)
		if err != nil {
			return Cancelled{}, notFound(err, errNoMessage)
		}
		if !found.Mine || found.Deleted {
			return Cancelled{}, errNoMessage
		}
		steps, err := app.config.Store.Steps(ctx, hash)
		if err != nil {
			return Cancelled{}, err
		}
		saved := slices.ContainsFunc(steps, func(step node.Step) bool { return step.Kind == node.StepExported })
		became, err := running.CancelMessage(ctx, found, saved)
		if err != nil {
			return Cancelled{}, err
		}
		switch became.Outcome {
		case node.CancelledHere:
			return Cancelled{Outcome: CancelledHere}, nil
		case node.CancelledAtServer:
			return Cancelled{Outcome: CancelledAtServer, Server: app.serverName(found.Conversation, became.Server)}, nil
		case node.CancelledLate:
		}
		return Cancelled{Outcome: CancelledLate}, nil
	})
}

// stepsOf makes the steps of a message plain, and adds those that are known
// without having been kept.
func (a *App) stepsOf(message node.Message, kept []node.Step) []DeliveryStep {
	steps := []DeliveryStep{{Kind: StepWritten, Way: WayUnknown, Time: moment(message.Claimed)}}
	seen := map[StepKind]bool{}
	for _, one := range kept {
		kind := stepKind(one.Kind)
		if seen[kind] && (kind == StepDelivered || kind == StepRead) {
			continue // on another device of theirs
		}
		seen[kind] = true
		step := DeliveryStep{Kind: kind, Way: wayOf(one.Way), Time: moment(one.At), Until: moment(one.Until)}
		if one.Kind == node.StepStored {
			step.Server = a.serverName(one.Conversation, one.Server)
		}
		steps = append(steps, step)
	}
	if (message.Delivered || message.Read) && !seen[StepDelivered] {
		steps = append(steps, DeliveryStep{Kind: StepDelivered, Way: WayUnknown})
	}
	if message.Read && !seen[StepRead] {
		steps = append(steps, DeliveryStep{Kind: StepRead, Way: WayUnknown})
	}
	return steps
}

// serverName finds the address of the server that keeps something, "" if it is
// not one of the contact's any more.
func (a *App) serverName(conversation uuid.UUID, key identity.ServerKey) string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, server := range a.live[conversation].Contact.Servers {
		if server.Key == key {
			return server.Address()
		}
	}
	return ""
}

func stepKind(kind node.StepKind) StepKind {
	switch kind {
	case node.StepTried:
		return StepTried
	case node.StepStored:
		return StepStored
	case node.StepExported:
		return StepSaved
	case node.StepDelivered:
		return StepDelivered
	case node.StepRead:
		return StepRead
	case node.StepTooLate:
		return StepTooLate
	}
	return StepWritten
}

func wayOf(way node.Way) Way {
	switch way {
	case node.WayLAN:
		return WayLAN
	case node.WayDirect:
		return WayDirect
	case node.WayRelayed:
		return WayRelayed
	case node.WayMail:
		return WayMail
	case node.WayBundle:
		return WayFile
	case node.WayUnknown:
	}
	return WayUnknown
}

// mailWaits are the codes of what holds mail back.
var mailWaits = map[node.MailState]WaitCode{
	node.MailNoServer:  WaitNoServer,
	node.MailNoMailbox: WaitNoMailbox,
	node.MailNoKey:     WaitNoKey,
	node.MailFull:      WaitFull,
	node.MailRefused:   WaitRefused,
	node.MailMany:      WaitMany,
}

// waitingOf says why a message is not delivered, and what comes next.
func waitingOf(message node.Message, steps []node.Step, now node.Delivery, up bool) Waiting {
	mutual := now.Contact.Contact.State == node.ContactMutual
	waiting := Waiting{Code: WaitTrying, CanSave: mutual, CanCancel: mutual && !message.Deleted}
	code, mail := mailWaits[now.Mail]
	switch {
	case now.Contact.Banned:
		return Waiting{Code: WaitBanned}
	case now.Mail == node.MailHeld:
		return Waiting{Code: WaitHeld, CanCancel: waiting.CanCancel}
	case now.Contact.Contact.State == node.ContactAsked:
		return Waiting{Code: WaitAsked}
	case now.Contact.Line.State == node.LineOpen && now.Sent[message.Log].Sequence >= message.Sequence:
		waiting.Code = WaitSent
	case now.Contact.Line.State == node.LineOpen:
		waiting.Code = WaitLine
	case message.Stored:
		waiting.Code, waiting.Server = WaitStored, storedAt(steps, now.Servers)
	case !up && now.Mail == node.MailNoServer:
		waiting.Code = WaitNoNetwork
	case mail:
		waiting.Code, waiting.Server = code, serverOfMail(now)
	}
	next := now.MailAt
	if next.IsZero() || !now.LineAt.IsZero() && now.LineAt.Before(next) {
		next = now.LineAt
	}
	if waiting.Code != WaitSent && waiting.Code != WaitStored {
		waiting.NextAt = moment(next)
	}
	return waiting
}

// storedAt is the server that keeps a message.
func storedAt(steps []node.Step, servers []node.MailServer) string {
	for _, step := range slices.Backward(steps) {
		for _, one := range servers {
			if step.Kind == node.StepStored && one.Server.Key == step.Server {
				return one.Server.Address()
			}
		}
	}
	return ""
}

// serverOfMail is the server to name when mail is held back: the first one
// that answered, or that there is.
func serverOfMail(now node.Delivery) string {
	for _, one := range now.Servers {
		if one.Answer != "" {
			return one.Server.Address()
		}
	}
	if len(now.Servers) > 0 {
		return now.Servers[0].Server.Address()
	}
	return ""
}
