package app

import (
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/notify"
)

// mostGreeted is how many answered requests are remembered until their text is
// in the timeline; a declined one stays.
const mostGreeted = 256

// minutesOfDay is how many there are.
const minutesOfDay = 24 * 60

func standardNotifications() Notifications {
	return Notifications{
		About: NotifyEverything, Show: NotifyText, Count: true,
		QuietFrom: 22*60 + 30, QuietTo: 7 * 60,
	}
}

func (n Notifications) acceptable() bool {
	return slices.Contains([]NotifyAbout{NotifyEverything, NotifyNothing}, n.About) &&
		slices.Contains([]NotifyShow{NotifyText, NotifyName, NotifyNeither}, n.Show) &&
		n.QuietFrom >= 0 && n.QuietFrom < minutesOfDay && n.QuietTo >= 0 && n.QuietTo < minutesOfDay
}

// outside drives the rules of notifications and counts what waits. It does
// nothing where nobody would see it.
type outside struct {
	desktop Outside
	now     func() time.Time

	mutex   sync.Mutex
	rules   notify.Rules
	timer   *time.Timer
	badge   bool
	unread  map[string]int // by conversation, what counts
	asking  map[string]bool
	chosen  Settings
	greeted map[string]bool // conversations whose first message was told as a request
	told    int             // as Unread was told last
	toldHow bool
	begun   bool // the first paint is over: nothing of this may delay it
	closed  bool
}

func newOutside(desktop Desktop, now func() time.Time) *outside {
	o := &outside{now: now, unread: map[string]int{}, asking: map[string]bool{}, greeted: map[string]bool{}}
	if shows, is := desktop.(Outside); is {
		o.desktop = shows
	}
	return o
}

// choices are the settings as the rules take them.
func (a *App) choices() (notify.Choices, Settings) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	n := a.settings.Notifications
	shown := map[NotifyShow]notify.Show{NotifyText: notify.ShowText, NotifyName: notify.ShowName, NotifyNeither: notify.ShowNeither}
	return notify.Choices{
		Off: n.About == NotifyNothing, Show: shown[n.Show], Sound: n.Sound,
		Chinese: notify.IsChinese(a.settings.Language, os.Getenv),
		Quiet:   n.Quiet, FromTime: n.QuietFrom, ToTime: n.QuietTo,
	}, a.settings
}

func (o *outside) choose(choices notify.Choices, settings Settings) {
	o.step(func() []notify.Effect {
		if o.begun && settings != o.chosen {
			o.desktop.Chosen(settings)
		}
		o.chosen, o.badge = settings, settings.Notifications.Count
		return o.rules.Choose(choices)
	})
}

// look takes what is on the screen.
func (o *outside) look(conversation string, focused bool) {
	o.step(func() []notify.Effect { return o.rules.Look(conversation, focused) })
}

// tell takes what was told to the interface; arrived are the messages in it that
// are new, and somebody else's.
func (o *outside) tell(now time.Time, changes Changes, arrived map[journal.Hash]bool) {
	o.step(func() []notify.Effect {
		effects := o.counted(changes)
		for _, message := range changes.Messages {
			hash, err := parseHash(message.ID)
			// What does not count as unread was read already, or is kept quiet.
			if err != nil || !arrived[hash] {
				continue
			}
			if o.greeted[message.Conversation] {
				delete(o.greeted, message.Conversation)
				continue
			}
			if !message.Deleted && o.unread[message.Conversation] > 0 {
				effects = append(effects, o.rules.Arrived(now, notify.News{
					Conversation: message.Conversation, Message: message.ID, Text: message.Text, Name: nameIn(changes, message.Conversation),
				})...)
			}
		}
		for _, request := range changes.Requests {
			if o.asking[request.ID] {
				continue
			}
			o.asking[request.ID] = true
			effects = append(effects, o.rules.Arrived(now, notify.News{Conversation: request.ID, Text: request.Text, Name: request.Name})...)
		}
		return effects
	})
}

// counted takes over what waits, and forgets what was read or answered. o.mutex is held.
func (o *outside) counted(changes Changes) []notify.Effect {
	var effects []notify.Effect
	for _, one := range changes.Conversations {
		if one.Unread > 0 && !one.Quiet {
			o.unread[one.ID] = one.Unread
			continue
		}
		delete(o.unread, one.ID)
		if !o.asking[one.ID] {
			effects = append(effects, o.rules.Read(one.ID)...)
		}
	}
	for _, id := range changes.RemovedConversations {
		delete(o.unread, id)
		effects = append(effects, o.rules.Read(id)...)
	}
	for _, id := range changes.RemovedRequests {
		if o.asking[id] && len(o.greeted) < mostGreeted {
			o.greeted[id] = true
		}
		delete(o.asking, id)
		effects = append(effects, o.rules.Read(id)...)
	}
	return effects
}

// nameIn returns whom a conversation is with: the row of a message comes with it.
func nameIn(changes Changes, conversation string) string {
	for _, one := range changes.Conversations {
		if one.ID == conversation {
			return one.Name
		}
	}
	return ""
}

// step does something with the rules and hands on what comes of it.
func (o *outside) step(do func() []notify.Effect) {
	if o.desktop == nil {
		return
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.closed {
		return
	}
	o.handOn(do())
	if next := o.rules.Next(); !next.IsZero() {
		wait := max(next.Sub(o.now()), 0)
		if o.timer == nil {
			o.timer = time.AfterFunc(wait, o.due)
		} else {
			o.timer.Reset(wait)
		}
	}
}

// handOn tells the desktop. o.mutex is held, so that it is told in order.
func (o *outside) handOn(effects []notify.Effect) {
	if !o.begun {
		return
	}
	if len(effects) > 0 {
		o.desktop.Notify(effects)
	}
	count := len(o.asking)
	for _, one := range o.unread {
		count += one
	}
	if count != o.told || o.badge != o.toldHow {
		o.told, o.toldHow = count, o.badge
		o.desktop.Unread(count, o.badge)
	}
}

func (o *outside) due() {
	o.step(func() []notify.Effect { return o.rules.Due(o.now()) })
}

// begin says that the first paint is over.
func (o *outside) begin() {
	o.step(func() []notify.Effect {
		if !o.begun {
			o.begun = true
			o.desktop.Chosen(o.chosen)
		}
		return nil
	})
}

// waits takes the requests that were there when this began: nobody is told of
// them again.
func (o *outside) waits(requests []string) {
	o.step(func() []notify.Effect {
		for _, id := range requests {
			o.asking[id] = true
		}
		return nil
	})
}

// close takes away what is shown: whoever opens the profile sees it there.
func (o *outside) close() {
	o.step(func() []notify.Effect {
		o.closed = true
		clear(o.unread)
		clear(o.greeted)
		clear(o.asking)
		return o.rules.Forget()
	})
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.timer != nil {
		o.timer.Stop()
	}
}

// ShowRequests asks the interface to show who asks.
func (a *App) ShowRequests() { a.ask(Changes{OpenRequests: true}) }

// Clicked shows what a notification was about; nothing while the profile is locked.
func (e *Entrance) Clicked(target notify.Target) {
	app := e.current()
	if app == nil || target.Conversation == "" {
		return
	}
	if target.Message == "" {
		app.ShowRequests()
		return
	}
	if id, ok := parseID(target.Conversation); ok {
		app.Show(id, target.Message)
	}
}

// Desktop says what the desktop around the window can do.
func (a *API) Desktop() (DesktopState, error) {
	return do(a, "Desktop", func(ctx context.Context, app *App) (DesktopState, error) {
		if app.outside.desktop == nil {
			return DesktopState{}, nil
		}
		return app.outside.desktop.Surrounding(ctx), nil
	})
}

// StartAtLogin has Tincan started with the person's session, or not, and returns
// how it is now. Errors: login (it cannot be written, or not here).
func (a *API) StartAtLogin(on bool) (DesktopState, error) {
	return do(a, "StartAtLogin", func(ctx context.Context, app *App) (DesktopState, error) {
		desktop := app.outside.desktop
		if desktop == nil {
			return DesktopState{}, errNoLogin
		}
		if err := desktop.StartAtLogin(on); err != nil {
			app.complain(ctx, "the start at login is not kept", err)
			return DesktopState{}, errNoLogin
		}
		return desktop.Surrounding(ctx), nil
	})
}

// ShowFolder has the system's file manager show the data folder. Errors:
// show-folder (nothing shows folders here; path says where it is).
func (a *API) ShowFolder() error {
	_, err := do(a, "ShowFolder", func(ctx context.Context, app *App) (nothing, error) {
		desktop := app.outside.desktop
		if desktop == nil {
			return nothing{}, errNoFolders // a page in a browser does not offer it
		}
		path, err := desktop.ShowFolder(ctx)
		if err != nil {
			app.complain(ctx, "the data folder is not shown", err)
			return nothing{}, refuse("show-folder", "Nothing shows folders here. It is "+path+".", "path", path)
		}
		return nothing{}, nil
	})
	return err
}

var errNoFolders = refuse("show-folder", "A browser shows no folders. Look into the data folder that Tincan was started with.", "what", "browser")

var errNoLogin = refuse("login", "The start at login cannot be changed here. Allow Tincan to write to the folder for it, then try again.")
