package desktop

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/tincan-chat/tincan/backend/notify"
)

const (
	// answerTime is how long something on the bus may take to answer.
	answerTime = 5 * time.Second
	// mostCommands is how many things may wait to be done; more are dropped.
	mostCommands = 64
	// mostSignals is how many signals may wait.
	mostSignals = 64
	// again is how long after a bus was not found it is looked for again.
	again = 10 * time.Second
)

const busInterface = "org.freedesktop.DBus"

var errNoBus = errors.New("desktop: there is no session bus")

// Desk is what is shown on one desktop.
type Desk struct {
	options  Options
	context  context.Context //nolint:containedctx // the desk's life, which ends with Close
	cancel   context.CancelFunc
	commands chan func()
	done     sync.WaitGroup
	tray     atomic.Bool // ours is shown

	mutex   sync.Mutex
	started bool
	closed  bool

	// What follows belongs to the goroutine.
	connection *dbus.Conn
	signals    chan *dbus.Signal
	failed     time.Time // when no bus was found
	notifier   notifier
	icon       *icon // nil while none is wanted
	count      int
	counted    bool // the launcher was told a count
	scheming   bool // changes of the colour scheme come here
	dark       bool // it was preferred last
}

// New makes a desk; nothing is connected yet.
func New(options Options) *Desk {
	ctx, cancel := context.WithCancel(context.Background())
	return &Desk{options: options.filled(), context: ctx, cancel: cancel, commands: make(chan func(), mostCommands)}
}

// Close takes away what is shown, ends the desk and waits. It is idempotent.
func (d *Desk) Close() {
	d.mutex.Lock()
	closing, running := !d.closed, d.started
	d.closed = true
	d.mutex.Unlock()
	if closing && running {
		// What was asked for before is done first, unless something hangs.
		timer := time.NewTimer(answerTime)
		defer timer.Stop()
		ended := make(chan struct{})
		select {
		case d.commands <- func() { d.end(); close(ended) }:
			select {
			case <-ended:
			case <-timer.C:
			}
		case <-timer.C:
		}
	}
	d.cancel()
	d.done.Wait()
}

// Notify shows notifications and takes them away.
func (d *Desk) Notify(effects []notify.Effect) {
	d.do(func() { d.notify(effects) })
}

// Count puts a number on the app's icon; 0 takes it away.
func (d *Desk) Count(count int) {
	d.do(func() { d.countTo(count) })
}

// Tray shows an icon in the tray or takes it away. Where there is no tray it is
// shown as soon as there is one.
func (d *Desk) Tray(wanted bool, words notify.TrayWords) {
	d.do(func() { d.setTray(wanted, words) })
}

// HasTray tells whether our icon is in a tray now.
func (d *Desk) HasTray() bool { return d.tray.Load() }

// State asks the bus what there is; it waits for the answer.
func (d *Desk) State(ctx context.Context) State {
	answer := make(chan State, 1)
	if !d.do(func() { answer <- d.ask() }) { //nolint:contextcheck // what is asked there has the time that the desk gives it
		return State{}
	}
	select {
	case state := <-answer:
		return state
	case <-ctx.Done():
	case <-d.context.Done():
	}
	return State{}
}

// do has the goroutine do something, and starts it; false: it is not done.
func (d *Desk) do(command func()) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.closed {
		return false
	}
	if !d.started {
		d.started = true
		d.done.Go(d.run)
	}
	select {
	case d.commands <- command:
		return true
	default:
		d.options.Logger.Info("the desktop is too slow: something is not shown")
		return false
	}
}

func (d *Desk) run() {
	defer d.disconnect()
	for {
		var gone <-chan struct{}
		if d.connection != nil {
			gone = d.connection.Context().Done()
		}
		select {
		case <-d.context.Done():
			return
		case command := <-d.commands:
			command()
		case signal := <-d.signals:
			if signal != nil {
				d.heard(signal)
			}
		case <-gone:
			d.options.Logger.Info("the session bus is gone")
			d.disconnect()
		}
	}
}

// end takes away what is shown.
func (d *Desk) end() {
	if d.connection == nil {
		return
	}
	d.withdrawAll()
	d.countTo(0)
}

// disconnect forgets the bus and what was on it.
func (d *Desk) disconnect() {
	if d.connection == nil {
		return
	}
	if err := d.connection.Close(); err != nil && !errors.Is(err, dbus.ErrClosed) {
		d.options.Logger.Debug("closing the session bus", slog.Any("error", err))
	}
	d.connection, d.signals, d.notifier, d.counted, d.scheming = nil, nil, notifier{}, false, false
	if d.icon != nil {
		d.icon.exported = false
	}
	d.trayIs(false)
}

// connect connects to the bus unless it is connected.
func (d *Desk) connect() error {
	if d.connection != nil {
		return nil
	}
	if !d.failed.IsZero() && time.Since(d.failed) < again {
		return errNoBus
	}
	connection, err := dial(d.context, d.options.Address)
	if err != nil {
		d.failed = time.Now()
		d.options.Logger.Info("there is no session bus: nothing is shown outside of the window", slog.Any("error", err))
		return err
	}
	d.failed = time.Time{}
	d.connection = connection
	d.signals = make(chan *dbus.Signal, mostSignals)
	connection.Signal(d.signals)
	return nil
}

// dial connects to a bus that is there. It starts none, as the library would.
func dial(ctx context.Context, address string) (*dbus.Conn, error) {
	if address == "" {
		address = sessionBus()
	}
	if address == "" {
		return nil, errNoBus
	}
	connection, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return nil, errors.Join(errNoBus, err)
	}
	return connection, nil
}

// sessionBus is the address of the session's bus, "" if none is known.
func sessionBus() string {
	switch address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address {
	case "", "autolaunch:":
	default:
		return address
	}
	folder := os.Getenv("XDG_RUNTIME_DIR")
	if folder == "" {
		return ""
	}
	socket := filepath.Join(folder, "bus")
	if info, err := os.Stat(socket); err != nil || info.Mode()&os.ModeSocket == 0 {
		return ""
	}
	return "unix:path=" + socket
}

// call calls a method and waits for its answer.
func (d *Desk) call(service string, path dbus.ObjectPath, method string, arguments ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(d.context, answerTime)
	defer cancel()
	return d.connection.Object(service, path).CallWithContext(ctx, method, 0, arguments...)
}

// owner returns the connection that has a name, "" if none does.
func (d *Desk) owner(name string) string {
	var owner string
	if err := d.call(busInterface, "/org/freedesktop/DBus", busInterface+".GetNameOwner", name).Store(&owner); err != nil {
		return ""
	}
	return owner
}

// follow has signals sent here.
func (d *Desk) follow(options ...dbus.MatchOption) error {
	ctx, cancel := context.WithTimeout(d.context, answerTime)
	defer cancel()
	return d.connection.AddMatchSignalContext(ctx, options...)
}

// followName has it told when somebody takes a name or leaves it.
func (d *Desk) followName(name string) error {
	return d.follow(dbus.WithMatchInterface(busInterface), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchSender(busInterface), dbus.WithMatchArg(0, name))
}

// heard takes a signal. Anybody may send one to us: each says who has to be the sender.
func (d *Desk) heard(signal *dbus.Signal) {
	switch {
	case signal.Sender == busInterface && signal.Name == busInterface+".NameOwnerChanged":
		var name, before, now string
		if dbus.Store(signal.Body, &name, &before, &now) != nil {
			return
		}
		switch name {
		case notificationsName:
			d.notifier = notifier{followed: d.notifier.followed}
		case watcherName:
			d.watcherIs(now)
		}
	case d.scheming && signal.Path == portalPath && signal.Name == portalSettings+".SettingChanged":
		d.heardPortal(signal) // whoever lies about it makes it dark, and no more
	case d.notifier.owner != "" && signal.Sender == d.notifier.owner:
		d.heardNotifier(signal)
	case d.icon != nil && d.icon.watcher != "" && signal.Sender == d.icon.watcher:
		d.heardWatcher(signal)
	}
}

// ask finds out what there is.
func (d *Desk) ask() State {
	if d.connect() != nil {
		return State{}
	}
	state := State{Tray: d.hostThere()}
	state.Notifications = d.owner(notificationsName) != "" || d.canStart(notificationsName)
	return state
}

// canStart tells whether the bus starts a service when it is asked for.
func (d *Desk) canStart(name string) bool {
	var names []string
	if err := d.call(busInterface, "/org/freedesktop/DBus", busInterface+".ListActivatableNames").Store(&names); err != nil {
		return false
	}
	return slices.Contains(names, name)
}
