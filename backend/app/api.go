package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// API is the object that the interface calls. One is made by [App.API]; the
// zero value refuses every call (the generator of the bindings uses it).
//
// Calls are capped: an id that is no id, a text that is too long or a number
// out of range is refused or brought into its range, never an accident.
type API struct {
	app      *App
	entrance *Entrance // set instead where the profile can be locked
}

// Limits of arguments, in bytes unless they say otherwise.
const (
	maxLink    = 8 << 10
	maxDraft   = 256 << 10
	maxTarget  = 256
	maxAddress = 2 << 10
	mostPage   = 200 // messages
	firstPage  = 60  // messages that Open returns
	readPart   = 20  // of them already read, when some are not
)

// open begins a call.
func (a *API) open() (*App, context.Context, context.CancelFunc, error) {
	app, err := a.current()
	if err != nil {
		return nil, nil, nil, err
	}
	if app.context.Err() != nil {
		return nil, nil, nil, errClosed
	}
	ctx, cancel := context.WithTimeout(app.context, callPatience)
	return app, ctx, cancel, nil
}

// do runs a call that needs no device, and turns whatever goes wrong into an *Error.
func do[T any](a *API, call string, body func(context.Context, *App) (T, error)) (answer T, err error) {
	app, ctx, cancel, err := a.open()
	if err != nil {
		return answer, err
	}
	defer cancel()
	defer func() {
		if err != nil {
			var none T
			answer = none
		}
	}()
	defer func() { app.ended(call, recover(), &err) }()
	return body(ctx, app)
}

// ask runs a call that needs the running device.
func ask[T any](a *API, call string, body func(context.Context, *App, Running) (T, error)) (T, error) {
	return do(a, call, func(ctx context.Context, app *App) (T, error) {
		running, err := app.device(ctx)
		if err != nil {
			var none T
			return none, err
		}
		return body(ctx, app, running)
	})
}

// nothing is the answer of calls without one.
type nothing struct{}

// parseConversation reads the id of a conversation.
func parseConversation(text string) (uuid.UUID, error) {
	id, ok := parseID(text)
	if !ok {
		return uuid.Nil, errNoConversation
	}
	return id, nil
}

// parseID reads an id in the one form that it is given out in.
func parseID(text string) (uuid.UUID, bool) {
	id, err := uuid.Parse(text)
	return id, err == nil && id.String() == text && id != uuid.Nil
}

// row reads one row of the list.
func (a *App) row(ctx context.Context, id uuid.UUID) (Conversation, error) {
	row, err := a.config.Store.Row(ctx, id)
	if err != nil {
		return Conversation{}, notFound(err, errNoConversation)
	}
	bans, err := a.bansBefore()
	if err != nil {
		return Conversation{}, err
	}
	return a.conversationOf(row, bans), nil
}

// bansBefore returns the bans that were loaded, while the device does not run.
func (a *App) bansBefore() ([]node.Ban, error) {
	if a.started() != nil {
		return nil, nil
	}
	before, err := a.load()
	return before.snapshot.Bans, err
}
