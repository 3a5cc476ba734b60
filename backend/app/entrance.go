package app

import (
	"context"
	"log/slog"
	"sync"
)

// Door is what can be done with a profile from outside: it works while the
// profile is locked, too. Errors for people are *Error.
type Door interface {
	// State says how the profile is protected, and whether it is locked.
	State() LockState
	// Unlock opens a locked profile; "" where no passphrase is needed.
	Unlock(ctx context.Context, passphrase string) error
	// Lock closes an open one: lines, history, keys.
	Lock(ctx context.Context) error
	// Protect changes how the keys are protected.
	Protect(ctx context.Context, change Protecting) error
	// ChangeKey has this person go on with a new key; passphrase is the one that
	// protects the keys, where there is one.
	ChangeKey(ctx context.Context, passphrase string) error
	// Storage says what the profile takes on the disk.
	Storage(ctx context.Context) (Storage, error)
	// Backup writes an encrypted copy to a new file in the folder for downloads.
	Backup(ctx context.Context, passphrase string, progress func(Progress)) (SavedBackup, error)
	// Automatic has such copies made by themselves, the first one at once, or says how
	// often where the passphrase is "".
	Automatic(ctx context.Context, every Every, passphrase string, progress func(Progress)) (SavedBackup, error)
	// Take takes a part of a backup that is to be restored; the first one begins
	// anew. Parts come in order.
	Take(ctx context.Context, part []byte, first bool) error
	// Restore makes what was taken the profile of this folder. One that is there is
	// refused, or put aside in the folder before, whose name is in this one.
	Restore(ctx context.Context, passphrase string, replace bool, progress func(Progress)) (before string, err error)
	// Export writes a conversation to a new folder in the folder for downloads,
	// its page in a language, or in English.
	Export(ctx context.Context, conversation, language string) (SavedExport, error)
}

// Face is what a window, a browser or a control line is shown by: an App, or an
// Entrance that Apps come and go behind.
type Face interface {
	API() *API
	Subscribe(sequence int64) *Subscription
}

var (
	_ Face = (*App)(nil)
	_ Face = (*Entrance)(nil)
)

// mostArrived is how many links wait while the profile is locked.
const mostArrived = 8

// Entrance stands before a profile that can be locked: interfaces hold on to it,
// while the App behind it is closed and another one opened. The sequence of
// changes goes on over all of them.
type Entrance struct {
	door    Door
	logger  *slog.Logger
	changes *gatherer
	context context.Context //nolint:containedctx // the entrance's life, which ends with Close
	cancel  context.CancelFunc

	mutex   sync.Mutex
	app     *App     // nil while it is locked, or paused
	paused  bool     // it is about to be opened again
	arrived []string // links that came meanwhile
	busy    bool     // a long call runs: see long
	long    sync.WaitGroup
}

// NewEntrance makes an entrance without an App.
func NewEntrance(ctx context.Context, door Door, logger *slog.Logger) *Entrance {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	return &Entrance{door: door, logger: logger, changes: newGatherer(), context: running, cancel: cancel}
}

// API returns the object that interfaces call.
func (e *Entrance) API() *API { return &API{entrance: e} }

// Subscribe returns a reader of the changes after a number; negative: from now on.
func (e *Entrance) Subscribe(sequence int64) *Subscription {
	if sequence < 0 {
		sequence = e.changes.last()
	}
	return &Subscription{changes: e.changes, sequence: sequence}
}

// Settings returns the choices of this install, the standard ones while it is locked.
func (e *Entrance) Settings() Settings {
	if app := e.current(); app != nil {
		return app.Settings()
	}
	return standard()
}

// Arrived takes the arguments of a second instance; see [App.Arrived].
func (e *Entrance) Arrived(arguments []string) {
	e.mutex.Lock()
	app := e.app
	if app == nil && len(e.arrived)+len(arguments) <= mostArrived {
		e.arrived = append(e.arrived, arguments...)
	}
	e.mutex.Unlock()
	if app != nil {
		app.Arrived(arguments)
	}
}

// Open puts an App behind the entrance, which has none.
func (e *Entrance) Open(ctx context.Context, config Config) *App {
	config.entrance = e
	opened := New(ctx, config)
	e.mutex.Lock()
	arrived := e.arrived
	e.app, e.arrived, e.paused = opened, nil, false
	e.mutex.Unlock()
	opened.Arrived(arrived)
	e.changes.publish(Changes{Reset: true})
	return opened
}

// Shut closes the App behind the entrance, and tells that the profile is locked.
// What was told so far is forgotten.
func (e *Entrance) Shut() error {
	e.mutex.Lock()
	closing, paused := e.app, e.paused
	e.app, e.paused = nil, false
	e.mutex.Unlock()
	if closing == nil && !paused {
		return nil
	}
	var err error
	if closing != nil {
		err = closing.Close()
	}
	e.changes.forget()
	e.changes.publish(Changes{Locked: true})
	return err
}

// Pause closes the App behind the entrance while the next one is made ready. Nothing
// is told of it until Open or Shut, and what was told so far is forgotten.
func (e *Entrance) Pause() error {
	e.mutex.Lock()
	closing := e.app
	e.app, e.paused = nil, closing != nil
	e.mutex.Unlock()
	if closing == nil {
		return nil
	}
	err := closing.Close()
	e.changes.forget()
	return err
}

// Close shuts the entrance for good: subscriptions end. It is idempotent.
func (e *Entrance) Close() error {
	e.mutex.Lock()
	e.cancel()
	e.mutex.Unlock()
	e.long.Wait()
	e.mutex.Lock()
	closing := e.app
	e.app = nil
	e.mutex.Unlock()
	var err error
	if closing != nil {
		err = closing.Close()
	}
	e.changes.close()
	return err
}

func (e *Entrance) current() *App {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.app
}

// forget drops what was told: whoever is behind begins anew.
func (g *gatherer) forget() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.ring, g.weight, g.next = nil, 0, newWaiting()
}

// current returns the App that a call is for.
func (a *API) current() (*App, error) {
	switch {
	case a == nil || a.app == nil && a.entrance == nil:
		return nil, errClosed
	case a.entrance == nil:
		return a.app, nil
	case a.entrance.context.Err() != nil:
		return nil, errClosed
	}
	if app := a.entrance.current(); app != nil {
		return app, nil
	}
	return nil, errLocked
}
