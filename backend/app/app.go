package app

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/proxy"
)

// paintPatience is how long networking waits for the first paint.
const paintPatience = 2 * time.Second

// callPatience is how long a call may take before it is given up.
const callPatience = 30 * time.Second

// Config is what an App is made of. All fields are required unless they say otherwise.
type Config struct {
	Keys  *identity.Keys
	Store Store
	// Run starts the device with its networking. It is called once, after the
	// first paint or when a call needs it, and again if it failed.
	Run func(context.Context, Listener) (Running, error)
	// CheckServer asks a server who it is. Its errors for people are *Error.
	CheckServer func(ctx context.Context, address string) (ServerAnswer, error)
	// Proxy is told which proxy Run's networking uses; nil where it uses none.
	Proxy *proxy.Choice
	// Addresses returns this machine's own addresses.
	Addresses func() []netip.Addr
	// Resolve returns the addresses of a name, as far as they can be found in a
	// moment, so that a ban does not cut off a server; nil finds none.
	Resolve func(ctx context.Context, name string) []netip.Addr
	// Downloads returns the folder for files that the person asks for.
	Downloads func() (string, error)
	// Salvage repairs a damaged history; nil where nothing can.
	Salvage Salvage
	Desktop Desktop
	Version string
	News    []string // what this version brings, in English; nil for none
	Logger  *slog.Logger
	Now     func() time.Time // nil for time.Now
	// NoHosting keeps the server in this app off, whatever the settings say.
	NoHosting bool

	entrance *Entrance // set by it
}

// Store is where the device and the interface keep what they know. Closing it
// is up to whoever opened it.
type Store interface {
	node.Store
	node.Reader
}

// Listener takes what a running device tells. Its methods return at once.
type Listener struct {
	Changed      func([]node.Change)
	Surroundings func(Surroundings)
}

// Surroundings are what is known of the machine's networks.
type Surroundings struct {
	Up          bool   // an interface besides loopback is up
	HostAddress string // where others reach the server in this app, "" when it is off
	HostError   *Error // why it could not start
}

// Running is a device with its networking.
type Running interface {
	node.Commands
	// Hosting turns the server in this app on or off; what comes of it is told
	// as Surroundings.
	Hosting(on bool)
	// LinePorts has later lines use the 100 UDP ports from the first one; 0: any.
	LinePorts(first int)
	// Reach asks the servers' STUN and relays what this network lets through. It takes at most 6 s.
	Reach(ctx context.Context) (link.Reach, error)
	// Close ends everything that Run started and waits for it.
	Close() error
}

// ServerAnswer is what a server said of itself.
type ServerAnswer struct {
	Server    identity.Server // with its key
	RoundTrip time.Duration
	Clock     time.Duration // the server's time minus ours, about
}

// Desktop is what the app needs of the system around it.
type Desktop interface {
	// OpenURL opens an http or https address in the system's browser.
	OpenURL(ctx context.Context, address string) error
}

// App stands between a device and the interfaces that show it: one window, any
// number of browsers, a control line. Its methods are safe for concurrent use.
type App struct {
	config  Config
	logger  *slog.Logger
	now     func() time.Time
	context context.Context //nolint:containedctx // the app's life, which ends with Close
	cancel  context.CancelFunc
	changes *gatherer
	done    sync.WaitGroup
	once    sync.Once

	starting sync.Mutex // held while Run runs
	running  Running    // guarded by starting for writing, by mutex for reading
	paint    *time.Timer

	checking   chan struct{} // full while a connection check is under way: each asks every server and relay anew
	hidesReads atomic.Bool   // what I have read, and so what they have

	mutex        sync.Mutex
	painted      bool
	closed       bool
	settings     Settings
	focus        uuid.UUID
	focused      bool                           // whether the window has the focus
	live         map[uuid.UUID]node.LiveContact // by conversation
	hosting      bool                           // the server in this app was told to run
	surroundings Surroundings
	asked        Changes // OpenConversation and PasteInvite that wait for the first paint
	safety       map[identity.PeerID]string
	banList      node.BanList        // as last asked for
	marks        map[uuid.UUID]marks // by conversation
	told         told
	log          eventLog
	notices      notices // replaced as a whole, by whoever holds noticing
	first        func() (loaded, error)
	repair       *Repair // nil when nothing is repaired
	replaced     bool    // the history was repaired, and its device does not run yet

	noticing sync.Mutex // held while notices are kept
	outside  *outside
}

// loaded is what the store kept, read once for the first paint.
type loaded struct {
	snapshot node.Snapshot
	rows     []node.Row
}

// New makes an App and begins to read what the first paint needs. Close ends
// it, and then the device if it runs.
func New(ctx context.Context, config Config) *App {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a := &App{
		config:  config,
		logger:  config.Logger,
		now:     config.Now,
		context: running,
		cancel:  cancel,
		live:    make(map[uuid.UUID]node.LiveContact),
		safety:  make(map[identity.PeerID]string),
		marks:   make(map[uuid.UUID]marks),

		checking: make(chan struct{}, 1),
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.changes = newGatherer()
	if config.entrance != nil {
		a.changes = config.entrance.changes
	}
	a.settings = a.readSettings(running)
	a.notices = a.readNotices(running)
	a.outside = newOutside(config.Desktop, a.now)
	a.outside.choose(a.choices())
	a.first = sync.OnceValues(func() (loaded, error) { return a.read(running) })
	a.done.Go(func() { _, _ = a.load() }) // Start asks again and gets the error
	a.done.Go(func() { a.flushAll(running) })
	return a
}

// API returns the object that interfaces call.
func (a *App) API() *API { return &API{app: a} }

// Settings returns the choices of this install as they are now.
func (a *App) Settings() Settings {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.settings
}

// Close ends the device and everything that New started, and waits. It is
// idempotent. The store stays open.
func (a *App) Close() error {
	var err error
	a.once.Do(func() {
		a.mutex.Lock()
		a.closed = true
		if a.paint != nil {
			a.paint.Stop()
		}
		a.mutex.Unlock()
		a.cancel()
		a.outside.close()
		if a.config.entrance == nil {
			a.changes.close()
		}
		a.starting.Lock()
		if a.running != nil {
			err = a.running.Close()
		}
		a.starting.Unlock()
		a.done.Wait()
	})
	return err
}

// Arrived takes the arguments of a second instance, or of this one: tincan:
// links are shown as if they had been pasted.
func (a *App) Arrived(arguments []string) {
	for _, argument := range arguments {
		if isInviteLink(argument) {
			a.ask(Changes{PasteInvite: valid(argument, maxLink)})
		}
	}
}

// Show asks the interface to show a conversation and, unless it is "", a message of it.
func (a *App) Show(conversation uuid.UUID, message string) {
	a.ask(Changes{OpenConversation: conversation.String(), OpenMessage: message})
}

// ask tells the interface what somebody outside of it wants. Before the first
// paint nobody listens, so it waits.
func (a *App) ask(wish Changes) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if !a.painted {
		a.asked = mergeChanges(a.asked, wish)
		return
	}
	a.changes.publish(wish)
}

// device returns the running device and starts it if it does not run yet.
func (a *App) device(ctx context.Context) (Running, error) {
	a.starting.Lock()
	defer a.starting.Unlock()
	if a.running != nil {
		return a.running, nil
	}
	if err := a.context.Err(); err != nil {
		return nil, errClosed
	}
	// The device sets right what this notes of the files.
	if _, err := a.load(); err != nil {
		return nil, err
	}
	a.config.Proxy.Set(a.Settings().proxy())
	running, err := a.config.Run(context.WithoutCancel(ctx), Listener{Changed: a.changed, Surroundings: a.surrounded})
	if err != nil {
		return nil, err
	}
	a.mutex.Lock()
	a.running = running
	focus := a.focus
	a.mutex.Unlock()
	a.muteAgain(ctx, running)
	live, err := running.Live(ctx)
	if err != nil {
		return nil, errors.Join(err, a.forget(running))
	}
	a.learn(live)
	if focus != uuid.Nil {
		if err := running.Focus(ctx, focus); err != nil {
			a.logger.InfoContext(ctx, "the conversation on screen is not known", slog.Any("error", err))
		}
	}
	a.arrangeHosting(running, live)
	running.LinePorts(a.Settings().LinePort)
	a.changes.mark(func(w *waiting) { w.live, w.allRows = true, true })
	return running, nil
}

// forget closes a device that does not work; the next call starts another.
func (a *App) forget(running Running) error {
	a.mutex.Lock()
	a.running = nil
	a.mutex.Unlock()
	return running.Close()
}

// learn keeps what is known of the contacts' lines.
func (a *App) learn(live node.Live) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, one := range live.Contacts {
		a.live[one.Contact.Conversation] = one
	}
}

// started returns the running device, or nil: for what is only worth doing
// when it runs.
func (a *App) started() Running {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.running
}

// begin starts the device in the background, for the first paint is done or late.
func (a *App) begin() {
	a.outside.begin()
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.closed || a.running != nil {
		return
	}
	a.done.Go(func() {
		defer func() { a.ended("begin", recover(), nil) }()
		ctx, cancel := context.WithTimeout(a.context, callPatience)
		defer cancel()
		if _, err := a.device(ctx); err != nil && !errors.Is(err, errClosed) {
			a.logger.ErrorContext(ctx, "the device did not start", slog.Any("error", err))
		}
	})
}

// waitForPaint begins at the latest paintPatience after the first Start.
func (a *App) waitForPaint() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.paint == nil && !a.closed {
		a.paint = time.AfterFunc(paintPatience, a.begin)
	}
}

// arrangeHosting turns the server in this app on when the person wants it and
// has no other server.
func (a *App) arrangeHosting(running Running, live node.Live) {
	own := false
	for _, server := range live.Servers {
		own = own || (!server.Hosted && !server.Guest)
	}
	a.mutex.Lock()
	on := a.settings.Hosting && !own && !a.config.NoHosting && !live.Self.Created.IsZero()
	a.hosting = on
	a.mutex.Unlock()
	running.Hosting(on)
}

func (a *App) surrounded(now Surroundings) {
	a.mutex.Lock()
	flipped := a.surroundings.Up != now.Up
	a.surroundings = now
	a.mutex.Unlock()
	a.changes.mark(func(w *waiting) {
		w.live = true
		w.allRows = w.allRows || flipped
	})
}

// read loads what the first paint shows.
func (a *App) read(ctx context.Context) (loaded, error) {
	snapshot, err := a.config.Store.Load(ctx)
	if err != nil {
		return loaded{}, err
	}
	a.hidesReads.Store(snapshot.Self.HideReads)
	a.noteCopy(ctx, snapshot)
	asking := make([]string, 0, len(snapshot.Requests))
	for _, request := range snapshot.Requests {
		asking = append(asking, a.conversationWith(request.Peer).String())
	}
	a.outside.waits(asking)
	rows, err := a.config.Store.Rows(ctx)
	return loaded{snapshot: snapshot, rows: rows}, err
}
