package device

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/backup"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/vault"
)

const (
	// backupEnd ends the names of backups.
	backupEnd = ".tincan-backup"
	// asideBegin begins the name of a folder with a copy that is being backed up.
	asideBegin = ".backup-"
	// mostAlike is how many files of one name there may be in a folder.
	mostAlike = 100
)

// Backup implements app.Door.
func (d *Device) Backup(ctx context.Context, passphrase string, progress func(app.Progress)) (saved app.SavedBackup, err error) {
	d.turn()
	defer d.turning.Unlock()
	opened, history := d.open()
	if opened == nil {
		return saved, explain(vault.ErrLocked, "folder")
	}
	if backup.TooShort(passphrase) {
		return saved, explain(vault.ErrWeakPassphrase, "folder")
	}
	saved, err = d.writeOut(ctx, opened.Keys(), history, sealing{Sealer: backup.Passphrase{Words: passphrase, Work: d.options.BackupWork}, passphrase: passphrase}, progress)
	if err == nil {
		d.keepLast(ctx, history, saved, false)
	}
	return saved, err
}

// sealing is how a backup is encrypted and checked.
type sealing struct {
	backup.Sealer

	// passphrase opens it; "" where the one who makes it cannot.
	passphrase string
	// mark stands in its name, after the person's.
	mark string
	// begun is told of its file before anything is in it; may be nil.
	begun func(path string) error
}

// writeOut writes a backup to a new file in the folder for downloads, and checks it.
// Without an error there is nothing left but that file.
func (d *Device) writeOut(ctx context.Context, keys *identity.Keys, history *store.Store, how sealing, progress func(app.Progress)) (saved app.SavedBackup, err error) {
	snapshot, err := history.Load(ctx)
	if err != nil {
		return saved, explain(err, "database")
	}
	downloads, err := downloads(d.folder)
	if err != nil {
		return saved, d.folderTrouble(ctx, err)
	}
	if err = d.room(databaseSize(d.folder.Path()), d.folder.Path(), downloads); err != nil {
		return saved, err
	}
	progress(app.Progress{Step: app.ProgressCopy})
	aside, err := os.MkdirTemp(d.folder.Path(), asideBegin+"*")
	if err != nil {
		return saved, d.folderTrouble(ctx, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	copied := filepath.Join(aside, databaseName)
	if err = history.Copy(ctx, copied); err != nil {
		return saved, explain(err, "database")
	}
	fault.Point("device.backup.copied")
	database, err := os.Open(copied)
	if err != nil {
		return saved, d.folderTrouble(ctx, err)
	}
	defer func() { _ = database.Close() }() // only read
	now := time.Now()
	file, err := newFile(downloads, "tincan-"+plainName(snapshot.Self.Name)+how.mark+"-"+now.Format("2006-01-02"), backupEnd)
	if err != nil {
		return saved, d.folderTrouble(ctx, err)
	}
	if how.begun != nil {
		if err = how.begun(file.Name()); err != nil {
			return saved, explain(errors.Join(err, file.Close(), os.Remove(file.Name())), "database")
		}
	}
	content := backup.Content{Keys: keys, Name: snapshot.Self.Name, Tincan: d.options.Version, Database: database, Made: now}
	saved, err = d.writeBackup(ctx, file, how, content, progress)
	if err != nil {
		return app.SavedBackup{}, errors.Join(d.folderTrouble(ctx, err), os.Remove(file.Name()))
	}
	fault.Point("device.backup.written")
	return saved, nil
}

// keepLast keeps what the last backup was.
func (d *Device) keepLast(ctx context.Context, history *store.Store, saved app.SavedBackup, automatic bool) {
	kept, err := json.Marshal(lastBackup{
		At: time.Now().UTC().Format(time.RFC3339), Size: saved.Size, Name: filepath.Base(saved.Path), Automatic: automatic,
	})
	if err == nil {
		err = history.SaveSetting(ctx, backupSetting, string(kept))
	}
	if err != nil { // the backup is good all the same
		d.options.Logger.WarnContext(ctx, "when the last backup was made is not kept", slog.Any("error", err))
	}
}

// writeBackup writes a backup and reads it again: it opens, and has what was
// written. What this process cannot open has at least the bytes that were written.
// It closes the file.
func (d *Device) writeBackup(ctx context.Context, file *os.File, how sealing, content backup.Content, progress func(app.Progress)) (saved app.SavedBackup, err error) {
	defer func() { err = errors.Join(err, file.Close()) }()
	tell := func(step app.ProgressStep) func(done, total int64) {
		progress(app.Progress{Step: step})
		return func(done, total int64) { progress(app.Progress{Step: step, Done: done, Total: total}) }
	}
	sum := sha256.New()
	manifest, err := backup.Write(ctx, io.MultiWriter(file, sum), how, content, tell(app.ProgressWrite))
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		return saved, err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return saved, err
	}
	if _, err = file.Seek(0, io.SeekStart); err != nil {
		return saved, err
	}
	saved = app.SavedBackup{Path: file.Name(), Size: size}
	if key, only := how.Sealer.(backup.Key); only && how.passphrase == "" {
		if err = key.Same(ctx, file, sum.Sum(nil)); err != nil {
			return saved, fmt.Errorf("the backup that was just written: %w", err)
		}
		return saved, nil
	}
	read, err := backup.Read(ctx, file, how.passphrase, io.Discard, tell(app.ProgressCheck))
	if err != nil {
		return saved, fmt.Errorf("the backup that was just written: %w", err)
	}
	clear(read.Seed)
	if !reflect.DeepEqual(read.Manifest, manifest) {
		return saved, errors.New("the backup that was just written says something else")
	}
	return saved, nil
}

// folderTrouble says why a file cannot be written to the folder for downloads.
func (d *Device) folderTrouble(ctx context.Context, err error) error {
	if known := app.AsError(err); known != nil {
		return err
	}
	d.options.Logger.WarnContext(ctx, "a file cannot be written", slog.Any("error", err))
	if noSpace(err) {
		return explain(err, "folder")
	}
	return fmt.Errorf("%w (%w)", &app.Error{
		Code: "bundle-folder", Params: map[string]string{},
		Message: "The file cannot be written to the folder for downloads. Make room there, or allow Tincan to write to it, then try again.",
	}, err)
}

// room refuses what does not fit on a disk, before it is begun.
func (d *Device) room(needed int64, folders ...string) error {
	for _, folder := range folders {
		if free := d.free(folder); free >= 0 && free < needed {
			return &app.Error{
				Code:    "disk-room",
				Message: "The disk is full: " + megabytes(free) + " free, " + megabytes(needed) + " needed. Free some space, then try again.",
				Params:  map[string]string{"free": megabytes(free), "needed": megabytes(needed)},
			}
		}
	}
	return nil
}

// megabytes writes a size, rounded up.
func megabytes(size int64) string { return strconv.FormatInt((size+999_999)/1_000_000, 10) + " MB" }

// databaseSize is how many bytes the database has, with its log.
func databaseSize(folder string) (size int64) {
	for _, end := range []string{"", "-wal"} {
		if info, err := os.Stat(filepath.Join(folder, databaseName+end)); err == nil {
			size += info.Size()
		}
	}
	return size
}

// plainName is a name as a part of a file's, which every system takes.
func plainName(name string) string {
	plain := strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, name), "-")
	if runes := []rune(plain); len(runes) > 40 {
		plain = string(runes[:40])
	}
	if plain == "" {
		return "profile"
	}
	return plain
}

// newFile makes a file that is not there yet, readable by this user alone.
func newFile(folder, name, end string) (*os.File, error) {
	for count := 1; count <= mostAlike; count++ {
		path := filepath.Join(folder, name+end)
		if count > 1 {
			path = filepath.Join(folder, name+"-"+strconv.Itoa(count)+end)
		}
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
	return nil, fs.ErrExist
}
