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
	"github.com/tincan-chat/tincan/backend/signaling/rendezvousclient"
	"github.com/tincan-chat/tincan/backend/store"
)

// databaseName is the store's file: keys are not made anew beside it.
const databaseName = "tincan.db"

// Options of a device.
type Options struct {
	Folder  string      // where the profile is kept; required
	Version string      // of this build
	Desktop app.Desktop // required
	Logger  *slog.Logger
	// NoHosting keeps the server in this app off, whatever the settings say.
	NoHosting bool
	// HostAt is the address at which the server in this app listens, without
	// port; "" for all of them. Tests listen on loopback only.
	HostAt string
	// LoopbackOnly keeps links on this machine, for tests.
	LoopbackOnly bool
}

// Device is an open data folder with the App over it. Networking starts when
// the App asks for it.
type Device struct {
	options Options
	folder  *identity.Folder
	keys    *identity.Keys
	store   *store.Store
	app     *app.App

	once  sync.Once
	mutex sync.Mutex
	ears  io.Closer // hears second instances, nil until Listen
}

// Open locks the folder and opens what is in it; a new one gets keys. Errors
// are *app.Error with the codes folder-in-use, folder-read-only, folder,
// key-damaged, key-missing, disk-full, database-newer, database.
func Open(ctx context.Context, options Options) (*Device, error) {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	folder, err := identity.OpenFolder(options.Folder)
	if err != nil {
		return nil, explain(err, "folder")
	}
	d := &Device{options: options, folder: folder}
	if err := d.open(ctx); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return d, nil
}

func (d *Device) open(ctx context.Context) error {
	keys, err := loadKeys(d.folder)
	if err != nil {
		return explain(err, "folder")
	}
	d.keys = keys
	fault.Point("device.keys")
	d.store, err = store.Open(ctx, d.folder.Path(), store.Options{Logger: d.options.Logger})
	if err != nil {
		return explain(err, "database")
	}
	fault.Point("device.store")
	d.app = app.New(ctx, app.Config{
		Keys:        keys,
		Store:       d.store,
		Run:         d.run,
		CheckServer: checkServer,
		Addresses:   machineAddresses,
		Downloads:   func() (string, error) { return downloads(d.folder) },
		Salvage:     d.salvage,
		Desktop:     d.options.Desktop,
		Version:     d.options.Version,
		Logger:      d.options.Logger,
		NoHosting:   d.options.NoHosting,
	})
	return nil
}

// loadKeys reads the keys, or makes them for a new folder.
func loadKeys(folder *identity.Folder) (*identity.Keys, error) {
	keys, err := folder.LoadKeys()
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if _, statErr := os.Stat(filepath.Join(folder.Path(), databaseName)); statErr == nil {
		return nil, errKeyMissing
	}
	if keys, err = identity.NewKeys(rand.Reader); err != nil {
		return nil, err
	}
	return keys, folder.SaveKeys(keys)
}

// App returns what interfaces are built on.
func (d *Device) App() *app.App { return d.app }

// Folder returns the absolute path of the data folder.
func (d *Device) Folder() string { return d.folder.Path() }

// Listen hears second instances: each asks this one to show itself, with the
// links it was started with.
func (d *Device) Listen(show func()) error {
	ears, err := d.folder.Listen(func(arguments []string) {
		show()
		d.app.Arrived(arguments)
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
		err = errors.Join(err, d.app.Close(), d.store.Close(), d.folder.Close())
	})
	return err
}

// checkServer asks a server who it is.
func checkServer(ctx context.Context, address string) (app.ServerAnswer, error) {
	info, err := rendezvousclient.Check(ctx, address)
	if err == nil {
		return app.ServerAnswer{Server: info.Server, RoundTrip: info.RoundTrip}, nil
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
