package device

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/vault"
)

var _ app.Door = (*Device)(nil)

// protections are those of a vault, by name.
var protections = map[vault.Protection]app.Protection{
	vault.File: app.ProtectionFile, vault.Keyring: app.ProtectionKeyring, vault.Passphrase: app.ProtectionPassphrase,
}

// State implements app.Door.
func (d *Device) State() app.LockState {
	d.state.Lock()
	defer d.state.Unlock()
	if d.vault != nil {
		return app.LockState{Protection: protections[d.vault.Protection()]}
	}
	locked := app.LockState{Locked: true, Protection: app.ProtectionFile, Problem: d.problem}
	if found, err := vault.Look(d.folder); err == nil {
		locked.Protection = protections[found]
	}
	return locked
}

// Unlock implements app.Door.
func (d *Device) Unlock(ctx context.Context, passphrase string) error {
	d.turn()
	defer d.turning.Unlock()
	d.state.Lock()
	ended, open := d.ended, d.vault != nil
	d.state.Unlock()
	if ended || open {
		return nil
	}
	err := d.unlock(ctx, passphrase)
	if err != nil {
		d.options.Logger.InfoContext(ctx, "the profile stays locked", slog.Any("error", err))
		d.state.Lock()
		if found := sentence(err, "folder"); d.problem != nil && found != nil {
			d.problem = found
		}
		d.state.Unlock()
		return err
	}
	d.options.Logger.InfoContext(ctx, "the profile is unlocked")
	return nil
}

// Lock implements app.Door.
func (d *Device) Lock(ctx context.Context) error {
	d.turn()
	defer d.turning.Unlock()
	opened, _ := d.open()
	if opened == nil {
		return nil
	}
	if opened.Protection() != vault.Passphrase {
		return &app.Error{
			Code: "no-passphrase", Params: map[string]string{},
			Message: "There is no passphrase to lock this profile with. Set one in the settings, under storage and backup.",
		}
	}
	d.options.Logger.InfoContext(ctx, "the profile is locked")
	return d.shut()
}

// open returns what is open, nil while it is locked.
func (d *Device) open() (*vault.Vault, *store.Store) {
	d.state.Lock()
	defer d.state.Unlock()
	return d.vault, d.store
}

// shut closes lines and history and forgets the keys.
func (d *Device) shut() error { return errors.Join(d.entrance.Shut(), d.forget()) }

// forget closes the history and forgets the keys; no App uses them any more.
func (d *Device) forget() (err error) {
	fault.Point("device.shut")
	d.state.Lock()
	closing, forgetting := d.store, d.vault
	d.store, d.vault, d.keys = nil, nil, nil
	d.state.Unlock()
	if closing != nil {
		err = errors.Join(err, closing.Close())
	}
	if forgetting != nil {
		forgetting.Wipe()
	}
	return err
}

// Protect implements app.Door.
func (d *Device) Protect(ctx context.Context, change app.Protecting) error {
	d.turn()
	defer d.turning.Unlock()
	opened, _ := d.open()
	if opened == nil {
		return explain(vault.ErrLocked, "folder")
	}
	for protection, name := range protections {
		if name != change.Protection {
			continue
		}
		if err := opened.Protect(vault.Change{Protection: protection, Old: change.Old, New: change.New, Ring: d.options.Ring}); err != nil {
			return explain(err, "folder")
		}
		d.options.Logger.InfoContext(ctx, "the keys are protected anew", slog.String("protection", string(name)))
		return nil
	}
	return &app.Error{Code: "settings", Message: "This setting does not exist in this version.", Params: map[string]string{}}
}

// backupSetting is the name under which the store keeps what the last backup was.
const backupSetting = "last-backup"

// lastBackup is its value.
type lastBackup struct {
	At        string `json:"at"`
	Size      int64  `json:"size"`
	Name      string `json:"name"`
	Automatic bool   `json:"automatic,omitempty"` // nobody opened it to check it
}

// Storage implements app.Door.
func (d *Device) Storage(ctx context.Context) (app.Storage, error) {
	opened, history := d.open()
	if history == nil {
		return app.Storage{}, explain(vault.ErrLocked, "folder")
	}
	sizes, err := history.Sizes(ctx)
	if err != nil {
		return app.Storage{}, err
	}
	found := app.Storage{Search: sizes.Search, Pictures: sizes.Pictures, Free: d.free(d.folder.Path())}
	err = filepath.WalkDir(d.folder.Path(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // what is gone meanwhile takes no room
		}
		info, err := entry.Info()
		if err != nil {
			return nil //nolint:nilerr // likewise
		}
		relative, _ := filepath.Rel(d.folder.Path(), path)
		switch {
		case strings.HasPrefix(relative, databaseName):
			found.Database += info.Size()
		case strings.HasPrefix(relative, "snapshots"+string(filepath.Separator)):
			found.Snapshots += info.Size()
		default:
			found.Other += info.Size()
		}
		return nil
	})
	if err != nil {
		return app.Storage{}, err
	}
	found.Total = found.Database + found.Snapshots + found.Other
	text, err := history.Setting(ctx, backupSetting)
	var last lastBackup
	if err == nil && text != "" && json.Unmarshal([]byte(text), &last) == nil {
		found.BackupAt, found.BackupSize, found.BackupName = last.At, last.Size, last.Name
	}
	if err == nil {
		found.Automatic, err = d.automatic(ctx, opened.Keys().Peer(), history)
		found.Automatic.Last = last.Automatic
	}
	return found, err
}

// noSpace tells whether there is no room for a file.
func noSpace(err error) bool { return errors.Is(err, syscall.ENOSPC) }

// syncPath makes what was done in a folder durable, where the system can.
func syncPath(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // some file systems, and Windows, cannot sync a folder
	}
	return errors.Join(err, folder.Close())
}
