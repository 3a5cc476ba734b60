package device

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/signaling/rendezvousclient"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/vault"
)

// databaseName is the store's file: keys are not made anew beside it.
const databaseName = "tincan.db"

// Options of a device.
type Options struct {
	Folder  string      // where the profile is kept; required
	Version string      // of this build
	News    []string    // what it brings, in English
	Desktop app.Desktop // required
	Logger  *slog.Logger
	// NoHosting keeps the server in this app off, whatever the settings say.
	NoHosting bool
	// HostAt is the address at which the server in this app listens, without
	// port; "" for all of them. Tests listen on loopback only.
	HostAt string
	// LoopbackOnly keeps links on this machine, for tests.
	LoopbackOnly bool
	// Passphrase opens a profile that has one; "" for none: then it stays locked.
	Passphrase string
	// Ring is the keyring, nil for the system's.
	Ring vault.Ring
	// BackupWork is log2 of scrypt's cost for the passphrases of backups, for tests;
	// 0: that of package backup.
	BackupWork int
}

// Device is a data folder with what interfaces are built on. While its keys are
// locked there is no App behind the entrance. Networking starts when the App
// asks for it.
type Device struct {
	options  Options
	folder   *identity.Folder
	entrance *app.Entrance
	proxy    *proxy.Choice
	free     func(path string) int64 // bytes left on a disk, -1 unknown; freeSpace but in tests

	once  sync.Once
	mutex sync.Mutex
	ears  io.Closer // hears second instances, nil until Listen

	stop    context.CancelFunc // ends automatic backups
	keeping sync.WaitGroup     // of them

	turning sync.Mutex         // held while it is locked, unlocked, backed up, or restored: see turn
	state   sync.Mutex         // guards what follows
	yield   context.CancelFunc // ends the automatic backup that is under way
	failed  failure            // of the last automatic backup, also where it cannot be kept
	problem *app.Error         // why it is locked
	vault   *vault.Vault
	keys    *identity.Keys
	store   *store.Store
	ended   bool
}

// Open locks the folder and opens what is in it; a new one gets keys. What a
// passphrase or a keyring protects stays locked when that is not there, which is
// no error: the interface asks. Errors are *app.Error with the codes
// folder-in-use, folder-read-only, folder, key-damaged, key-missing, key-newer,
// passphrase-wrong, disk-full, database-newer, database.
func Open(ctx context.Context, options Options) (*Device, error) {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	folder, err := identity.OpenFolder(options.Folder)
	if err != nil {
		return nil, explain(err, "folder")
	}
	if options.Ring == nil {
		options.Ring = systemRing{}
	}
	d := &Device{options: options, folder: folder, proxy: &proxy.Choice{}, free: freeSpace}
	d.entrance = app.NewEntrance(ctx, d, options.Logger)
	if err = settleRestore(folder.Path()); err != nil {
		return nil, errors.Join(explain(err, "folder"), folder.Close())
	}
	err = d.unlock(ctx, options.Passphrase)
	if waits(err) {
		d.problem = sentence(err, "folder")
		if errors.Is(err, vault.ErrNoPassphrase) {
			d.problem = nil // it is only asked for
		}
		err = nil
	}
	if err != nil {
		return nil, errors.Join(err, d.entrance.Close(), folder.Close())
	}
	var running context.Context
	running, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	d.keeping.Go(func() { d.keepBackups(running) })
	return d, nil
}

// waits tells whether an error leaves a profile locked, for somebody to unlock it.
func waits(err error) bool {
	for _, one := range []error{vault.ErrNoPassphrase, vault.ErrKeyring, vault.ErrKeyringLocked, vault.ErrKeyringEntry} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// unlock opens keys and history, and puts an App behind the entrance.
func (d *Device) unlock(ctx context.Context, passphrase string) error {
	opened, err := openVault(d.folder, vault.Opening{Passphrase: passphrase, Ring: d.options.Ring})
	if err != nil {
		return explain(err, "folder")
	}
	fault.Point("device.keys")
	history, err := store.Open(ctx, d.folder.Path(), store.Options{Logger: d.options.Logger, Wrapper: opened})
	if err != nil {
		opened.Wipe()
		return explain(err, "database")
	}
	fault.Point("device.store")
	if err = settleKeyChange(ctx, history, opened.Keys()); err != nil {
		opened.Wipe()
		return explain(errors.Join(err, history.Close()), "database")
	}
	d.state.Lock()
	d.vault, d.store, d.problem = opened, history, nil
	d.state.Unlock()
	d.enter(ctx, opened, history)
	return nil
}

// enter puts an App behind the entrance.
func (d *Device) enter(ctx context.Context, opened *vault.Vault, history *store.Store) {
	d.state.Lock()
	d.keys = opened.Keys()
	d.state.Unlock()
	d.entrance.Open(ctx, app.Config{
		Keys:        opened.Keys(),
		Store:       history,
		Run:         d.run,
		CheckServer: d.checkServer,
		Proxy:       d.proxy,
		Addresses:   machineAddresses,
		Resolve:     d.names().known,
		Downloads:   func() (string, error) { return downloads(d.folder) },
		Salvage:     d.salvage,
		Desktop:     d.options.Desktop,
		Version:     d.options.Version,
		News:        d.options.News,
		Logger:      d.options.Logger,
		NoHosting:   d.options.NoHosting,
	})
}

// openVault opens the keys, or makes them for a new folder.
func openVault(folder *identity.Folder, opening vault.Opening) (*vault.Vault, error) {
	opened, err := vault.Open(folder, opening)
	if !errors.Is(err, fs.ErrNotExist) {
		return opened, err
	}
	if _, statErr := os.Stat(filepath.Join(folder.Path(), databaseName)); statErr == nil {
		return nil, errKeyMissing
	}
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	return vault.Create(folder, keys)
}

// App returns what interfaces are built on.
func (d *Device) App() *app.Entrance { return d.entrance }

// Locked tells whether the keys are locked.
func (d *Device) Locked() bool {
	d.state.Lock()
	defer d.state.Unlock()
	return d.vault == nil
}

// Folder returns the absolute path of the data folder.
func (d *Device) Folder() string { return d.folder.Path() }

// Listen hears second instances: each asks this one to show itself, with the
// links it was started with.
func (d *Device) Listen(show func()) error {
	ears, err := d.folder.Listen(func(arguments []string) {
		show()
		d.entrance.Arrived(arguments)
	})
	if err != nil {
		return fmt.Errorf("device: %w", err)
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.ears = ears
	return nil
}

// Close ends everything in order and waits: second instances, the device and
// its networking, the store, the folder's lock. It is idempotent.
func (d *Device) Close() error {
	var err error
	d.once.Do(func() {
		d.mutex.Lock()
		ears := d.ears
		d.mutex.Unlock()
		if ears != nil {
			err = ears.Close()
		}
		// Long calls end first: they use what is closed below.
		err = errors.Join(err, d.entrance.Close())
		d.stop()
		d.keeping.Wait()
		d.turn()
		defer d.turning.Unlock()
		err = errors.Join(err, d.shut(), d.folder.Close())
		d.state.Lock()
		d.ended = true
		d.state.Unlock()
	})
	return err
}

// checkServer asks a server who it is.
func (d *Device) checkServer(ctx context.Context, address string) (app.ServerAnswer, error) {
	info, err := rendezvousclient.Check(ctx, address, d.proxy)
	if err == nil {
		return app.ServerAnswer{Server: info.Server, RoundTrip: info.RoundTrip, Clock: info.Offset}, nil
	}
	if failure, known := errors.AsType[*rendezvousclient.Failure](err); known {
		server, parseErr := identity.ParseServerAddress(address)
		if parseErr != nil {
			return app.ServerAnswer{}, parseErr
		}
		return app.ServerAnswer{}, app.ServerError(failure.Code, server.Address())
	}
	return app.ServerAnswer{}, err
}
