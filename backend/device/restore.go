package device

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/backup"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/vault"
)

// Restoring makes everything in restoringName, beside what is there. That folder
// gets the name restoredName once it is whole, and from then on the backup is
// restored: what it has is moved to its place, now or at the next start.
const (
	restoringName = "restoring"
	restoredName  = "restored"
	takenName     = "taken" // the backup, as it comes in
	// replacesName has the name of the folder for what was there before; it is gone
	// once all of that is in it.
	replacesName = "replaces"
	replacedName = "before-restore-" // and when, begins that name
)

// profileFiles are those of a profile, with what only makes sense beside them.
var profileFiles = []string{databaseName + "-wal", databaseName + "-shm", databaseName, identity.KeyFile, "snapshots"}

// leftFree is how many bytes of a disk a backup that comes in leaves free: it comes from a page,
// part by part, and must not fill the disk for everybody else.
const leftFree = 64 << 20

// Take implements app.Door.
func (d *Device) Take(ctx context.Context, part []byte, first bool) error {
	d.turn()
	defer d.turning.Unlock()
	aside := filepath.Join(d.folder.Path(), restoringName)
	flags := os.O_WRONLY | os.O_APPEND
	if first {
		if opened, _ := d.open(); opened == nil {
			return explain(vault.ErrLocked, "folder")
		}
		if err := errors.Join(os.RemoveAll(aside), os.Mkdir(aside, 0o700)); err != nil {
			return explain(err, "folder")
		}
		flags |= os.O_CREATE | os.O_EXCL
	}
	file, err := os.OpenFile(filepath.Join(aside, takenName), flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return explain(backup.ErrNone, "folder")
	}
	if err != nil {
		return explain(err, "folder")
	}
	info, err := file.Stat()
	if err == nil && info.Size()+int64(len(part)) > backup.MaxSize {
		err = backup.ErrNone
	}
	if err == nil {
		err = d.room(int64(len(part))+leftFree, aside)
	}
	if err == nil {
		_, err = file.Write(part)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return explain(errors.Join(err, os.RemoveAll(aside)), "folder")
	}
	return nil
}

// fresh refuses a folder that has somebody's profile.
func (d *Device) fresh(ctx context.Context) error {
	_, history := d.open()
	if history == nil {
		return explain(errHasProfile, "folder")
	}
	snapshot, err := history.Load(ctx)
	if err != nil {
		return err
	}
	if !snapshot.Self.Created.IsZero() || len(snapshot.Contacts) > 0 || snapshot.ReadOnly {
		return explain(errHasProfile, "folder")
	}
	return nil
}

// Restore implements app.Door.
func (d *Device) Restore(ctx context.Context, passphrase string, replace bool, progress func(app.Progress)) (before string, err error) {
	d.turn()
	defer d.turning.Unlock()
	err = d.fresh(ctx)
	if opened, _ := d.open(); err != nil && (!replace || opened == nil) {
		return "", err
	}
	if err != nil {
		before = replacedName + time.Now().UTC().Format("2006-01-02-150405")
	}
	aside := filepath.Join(d.folder.Path(), restoringName)
	if err = d.unpack(ctx, aside, passphrase, progress); err == nil && before != "" {
		err = writeSynced(filepath.Join(aside, replacesName), []byte(before))
	}
	if err != nil {
		if !errors.Is(err, backup.ErrPassphrase) { // another try may find the word
			err = errors.Join(err, os.RemoveAll(aside))
		}
		return "", explain(err, "folder")
	}
	fault.Point("device.restore.unpacked")
	progress(app.Progress{Step: app.ProgressPlace})
	if err = os.Rename(aside, filepath.Join(d.folder.Path(), restoredName)); err != nil {
		return "", explain(errors.Join(err, os.RemoveAll(aside)), "folder")
	}
	if err = syncPath(d.folder.Path()); err != nil {
		d.options.Logger.WarnContext(ctx, "a folder cannot be synced", slog.Any("error", err))
	}
	fault.Point("device.restore.named")
	// It is decided.
	if err = errors.Join(d.entrance.Pause(), d.forget()); err != nil {
		d.options.Logger.WarnContext(ctx, "closing what the backup replaces", slog.Any("error", err))
	}
	if err = settleRestore(d.folder.Path()); err == nil {
		err = d.unlock(context.WithoutCancel(ctx), "")
	}
	if err != nil {
		d.state.Lock()
		d.problem = sentence(err, "folder")
		d.state.Unlock()
		err = errors.Join(err, d.entrance.Shut())
	}
	return before, explain(err, "folder")
}

// writeSynced makes a file that is on the disk when it returns.
func writeSynced(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close())
}

// unpack makes a profile's files of the backup that was taken.
func (d *Device) unpack(ctx context.Context, aside, passphrase string, progress func(app.Progress)) (err error) {
	taken, err := os.Open(filepath.Join(aside, takenName))
	if errors.Is(err, fs.ErrNotExist) {
		return backup.ErrNone
	}
	if err != nil {
		return err
	}
	defer func() { _ = taken.Close() }() // only read
	info, err := taken.Stat()
	if err != nil {
		return err
	}
	if err = d.room(info.Size(), aside); err != nil {
		return err
	}
	path := filepath.Join(aside, databaseName)
	for _, end := range []string{"", "-wal", "-shm"} {
		if err = os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	database, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	progress(app.Progress{Step: app.ProgressRead})
	restored, err := backup.Read(ctx, taken, passphrase, database, func(done, total int64) {
		progress(app.Progress{Step: app.ProgressRead, Done: done, Total: total})
	})
	if err = errors.Join(err, database.Sync(), database.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	fault.Point("device.restore.read")
	seeds := make([]byte, identity.SeedsSize)
	copy(seeds, restored.Seed)
	clear(restored.Seed)
	defer clear(seeds)
	if _, err = rand.Read(seeds[len(seeds)/2:]); err != nil {
		return err
	}
	keys, err := identity.KeysFromSeeds(seeds)
	if err != nil {
		return err
	}
	defer keys.Wipe()
	return errors.Join(taken.Close(), os.Remove(taken.Name()), d.prove(ctx, aside, keys))
}

// prove looks at what was unpacked as if it were opened, and keeps the keys beside it.
func (d *Device) prove(ctx context.Context, aside string, keys *identity.Keys) (err error) {
	folder, err := identity.OpenFolder(aside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	history, err := store.Open(ctx, aside, store.Options{Logger: d.options.Logger})
	if err != nil {
		return explain(err, "database")
	}
	snapshot, err := history.Load(ctx)
	if err = errors.Join(err, history.Close()); err != nil {
		return err
	}
	if snapshot.ReadOnly || snapshot.Self.Created.IsZero() {
		return errors.Join(backup.ErrDamaged, snapshot.Problem)
	}
	made, err := vault.Create(folder, keys)
	if err != nil {
		return err
	}
	made.Wipe()
	return nil
}

// settleRestore finishes restoring that was decided, and removes what is left of
// copies and of backups that were not: it runs before anything is opened.
func settleRestore(folder string) error {
	leftovers, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, one := range leftovers {
		if one.Name() == restoringName || strings.HasPrefix(one.Name(), asideBegin) {
			if err = os.RemoveAll(filepath.Join(folder, one.Name())); err != nil {
				return err
			}
		}
	}
	whole := filepath.Join(folder, restoredName)
	if _, err = os.Stat(whole); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err = putAside(folder, whole); err != nil {
		return err
	}
	made, place := filepath.Join(whole, databaseName), filepath.Join(folder, databaseName)
	if _, err = os.Stat(made); err == nil {
		// A database must not find the log of another one beside it.
		for _, end := range []string{"-wal", "-shm"} {
			if err = os.Remove(place + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if err = os.Rename(made, place); err != nil {
			return err
		}
	}
	fault.Point("device.restore.database")
	err = os.Rename(filepath.Join(whole, identity.KeyFile), filepath.Join(folder, identity.KeyFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fault.Point("device.restore.keys")
	if err = syncPath(folder); err != nil {
		return err
	}
	return os.RemoveAll(whole)
}

// putAside moves what a restored profile replaces into a folder of its own. Nothing
// of the new one is at its place before all of the old one is there.
func putAside(folder, whole string) error {
	marker := filepath.Join(whole, replacesName)
	name, err := os.ReadFile(marker)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	aside := filepath.Join(folder, filepath.Base(string(name)))
	if err = os.Mkdir(aside, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, one := range profileFiles {
		if err = os.Rename(filepath.Join(folder, one), filepath.Join(aside, one)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		fault.Point("device.restore.aside")
	}
	if err = errors.Join(syncPath(aside), syncPath(folder), os.Remove(marker)); err != nil {
		return err
	}
	return syncPath(whole)
}
