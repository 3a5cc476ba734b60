package app

import (
	"context"
	"encoding/base64"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
)

var (
	errLocked = refuse("locked", "This profile is locked. Unlock it first; until then nothing is received.")
	errNoDoor = refuse("no-lock", "This cannot be done here.")
	errBusy   = refuse("busy", "A backup or a restore is under way. Wait until it is done.")
)

// Protection names where the key to the keys is.
type Protection string

// The protections.
const (
	ProtectionFile       Protection = "file"       // in the data folder, by file permissions only
	ProtectionKeyring    Protection = "keyring"    // in the system's keyring
	ProtectionPassphrase Protection = "passphrase" // nowhere: made of a passphrase
)

// LockState is how the keys of this profile are protected. They are the keys and
// sealed mail; the history on disk is not.
type LockState struct {
	Locked     bool       `json:"locked"`
	Protection Protection `json:"protection"`
	// Problem is why it is locked although no passphrase is asked for: the
	// keyring is gone or locked, or the folder cannot be opened.
	Problem *Error `json:"problem,omitempty"`
}

// Protecting is a change of the protection. Old and New are passphrases, where
// there is one and where there shall be one.
type Protecting struct {
	Protection Protection `json:"protection"`
	Old        string     `json:"old"`
	New        string     `json:"new"`
}

// ProgressStep is what is being done.
type ProgressStep string

// The steps of a backup, then those of restoring one.
const (
	ProgressCopy  ProgressStep = "copy"  // the history is copied
	ProgressWrite ProgressStep = "write" // the file is written
	ProgressCheck ProgressStep = "check" // the file is read again: does it open, and is everything in it
	ProgressRead  ProgressStep = "read"  // a backup is decrypted and checked
	ProgressPlace ProgressStep = "place" // what it has is put in its place
)

// Progress is how far a backup is, or restoring one.
type Progress struct {
	Step ProgressStep `json:"step"`
	Done int64        `json:"done"` // bytes of Total
	// Total is 0 while it is not known.
	Total int64 `json:"total"`
}

// Storage is what a profile takes on the disk, in bytes.
type Storage struct {
	Database  int64 `json:"database"`  // messages, contacts and all else
	Search    int64 `json:"search"`    // of the database: what messages are found by
	Pictures  int64 `json:"pictures"`  // of the database: pictures of people
	Snapshots int64 `json:"snapshots"` // copies of before an update
	Other     int64 `json:"other"`
	Total     int64 `json:"total"`
	Free      int64 `json:"free"` // of the disk; -1 unknown
	// BackupAt is when the last backup was made, "" never; BackupSize and
	// BackupName are of it.
	BackupAt   string `json:"backupAt"`
	BackupSize int64  `json:"backupSize"`
	BackupName string `json:"backupName"` // without its folder
	// Automatic says what the program does about it by itself.
	Automatic Automatic `json:"automatic"`
}

// Every is how often the program makes a backup by itself.
type Every string

// How often.
const (
	EveryNever Every = ""
	EveryDay   Every = "day"
	EveryWeek  Every = "week"
)

// Automatic is what is known of automatic backups; times are "" where there is none.
type Automatic struct {
	Every Every `json:"every"`
	// Last tells whether the last backup was one of them that nobody opened: it was
	// read again and compared.
	Last bool   `json:"last"`
	Next string `json:"next"` // when the next one is due, or tried again
	// FailedAt is when the last one failed, Problem why. After a success there is none.
	FailedAt string `json:"failedAt"`
	Problem  *Error `json:"problem,omitempty"`
}

// SavedBackup is a backup that was written, opened again and checked.
type SavedBackup struct {
	Path string `json:"path"`
	Size int64  `json:"size"` // bytes
}

// SavedExport is a conversation that was written.
type SavedExport struct {
	Path     string `json:"path"`
	Messages int    `json:"messages"`
}

// MaxPart is how many bytes of a backup one call carries.
const MaxPart = 512 << 10

// maxPassphrase is of the text as it is typed, in bytes.
const maxPassphrase = 4 << 10

// through runs a call on the door, whether the profile is locked or not.
func through[T any](a *API, call string, patience time.Duration, body func(context.Context, Door) (T, error)) (answer T, err error) {
	if a == nil || a.app == nil && a.entrance == nil {
		return answer, errClosed
	}
	if a.entrance == nil || a.entrance.door == nil {
		return answer, errNoDoor
	}
	e := a.entrance
	if e.context.Err() != nil {
		return answer, errClosed
	}
	ctx, cancel := context.WithTimeout(e.context, patience)
	defer cancel()
	defer func() {
		if reason := recover(); reason != nil {
			e.logger.Error("a call failed", slog.String("call", call), slog.Any("reason", reason), slog.String("stack", string(debug.Stack())))
			err = errInternal
		}
		if err == nil {
			return
		}
		known := AsError(err)
		switch {
		case known != nil:
			err = known
		case e.context.Err() != nil:
			err = errClosed
		default:
			e.logger.Error("a call failed", slog.String("call", call), slog.Any("error", err))
			err = errInternal
		}
	}()
	return body(ctx, e.door)
}

// callLong is how long a backup may take.
const callLong = 4 * time.Hour

// long is through for one of what takes long, at most one at a time.
func long[T any](a *API, call string, body func(context.Context, Door, func(Progress)) (T, error)) (T, error) {
	return through(a, call, callLong, func(ctx context.Context, door Door) (answer T, err error) {
		e := a.entrance
		e.mutex.Lock()
		if e.busy || e.context.Err() != nil {
			e.mutex.Unlock()
			return answer, errBusy
		}
		e.busy = true
		e.long.Add(1)
		e.mutex.Unlock()
		defer func() {
			e.mutex.Lock()
			e.busy = false
			e.mutex.Unlock()
			e.long.Done()
		}()
		return body(ctx, door, e.progress())
	})
}

// progressEvery is how often progress is told.
const progressEvery = 100 * time.Millisecond

// progress returns what tells of progress, each step's beginning at once.
func (e *Entrance) progress() func(Progress) {
	var last time.Time
	var step ProgressStep
	return func(now Progress) {
		if at := time.Now(); now.Step != step || at.Sub(last) >= progressEvery {
			last, step = at, now.Step
			e.changes.publish(Changes{Progress: &now})
		}
	}
}

// LockState says how the keys are protected, and whether they are locked.
func (a *API) LockState() (LockState, error) {
	return through(a, "LockState", callPatience, func(_ context.Context, door Door) (LockState, error) {
		return door.State(), nil
	})
}

// Unlock opens a locked profile; without a passphrase where the keyring is tried
// again. Errors: passphrase-wrong, passphrase-needed, keyring-missing,
// keyring-locked, keyring-entry, and those of opening a folder.
func (a *API) Unlock(passphrase string) (LockState, error) {
	return through(a, "Unlock", unlockPatience, func(ctx context.Context, door Door) (LockState, error) {
		if len(passphrase) > maxPassphrase {
			return LockState{}, refuse("passphrase-wrong", "That passphrase does not open this profile. Check for a missing word.")
		}
		err := door.Unlock(ctx, passphrase)
		return door.State(), err
	})
}

// unlockPatience leaves time to answer a keyring that asks.
const unlockPatience = 2 * time.Minute

// Lock closes lines and history, and forgets the keys. Errors: no-passphrase.
func (a *API) Lock() error {
	_, err := through(a, "Lock", callPatience, func(ctx context.Context, door Door) (nothing, error) {
		return nothing{}, door.Lock(ctx)
	})
	return err
}

// Protect changes how the keys are protected. Errors: passphrase-wrong,
// passphrase-short, keyring-missing, keyring-locked, locked.
func (a *API) Protect(change Protecting) (LockState, error) {
	return through(a, "Protect", unlockPatience, func(ctx context.Context, door Door) (LockState, error) {
		if len(change.Old) > maxPassphrase || len(change.New) > maxPassphrase {
			return LockState{}, refuse("passphrase-short", "A passphrase has 8 to 1000 characters.")
		}
		err := door.Protect(ctx, change)
		return door.State(), err
	})
}

// ChangeKey has this person go on with a new key, which the one before and the new
// one sign for: contacts follow it without being asked, what was written before
// can be read. passphrase is the one that protects the keys, "" where there is
// none. Errors: passphrase-wrong, retired, no-profile, read-only, disk-full, locked.
func (a *API) ChangeKey(passphrase string) error {
	_, err := through(a, "ChangeKey", unlockPatience, func(ctx context.Context, door Door) (nothing, error) {
		if len(passphrase) > maxPassphrase {
			return nothing{}, refuse("passphrase-wrong", "That passphrase does not open this profile. Check for a missing word.")
		}
		return nothing{}, door.ChangeKey(ctx, passphrase)
	})
	return err
}

// Storage says what this profile takes on the disk, and when it was backed up.
func (a *API) Storage() (Storage, error) {
	return through(a, "Storage", callPatience, func(ctx context.Context, door Door) (Storage, error) { return door.Storage(ctx) })
}

// SaveBackup writes everything but sealing keys, encrypted with a passphrase, to
// a new file in the folder for downloads, and opens it again to check it.
// Progress is told. Errors: passphrase-short, bundle-folder, disk-full, busy.
func (a *API) SaveBackup(passphrase string) (SavedBackup, error) {
	return long(a, "SaveBackup", func(ctx context.Context, door Door, progress func(Progress)) (SavedBackup, error) {
		if len(passphrase) > maxPassphrase {
			return SavedBackup{}, refuse("passphrase-short", "A passphrase has 8 to 1000 characters.")
		}
		return door.Backup(ctx, passphrase, progress)
	})
}

// AutomaticBackup has the program make backups by itself while it runs, each to a new
// file in the folder for downloads, and keep the last three of them. The first one
// is made with a passphrase, which is not kept, and is opened again to check it;
// with "" how often changes and nothing is made. Progress is told. Errors: settings,
// passphrase-short, bundle-folder, disk-full, disk-room, busy, locked.
func (a *API) AutomaticBackup(every Every, passphrase string) (SavedBackup, error) {
	return long(a, "AutomaticBackup", func(ctx context.Context, door Door, progress func(Progress)) (SavedBackup, error) {
		switch {
		case every != EveryNever && every != EveryDay && every != EveryWeek:
			return SavedBackup{}, refuse("settings", "This setting does not exist in this version.")
		case len(passphrase) > maxPassphrase:
			return SavedBackup{}, refuse("passphrase-short", "A passphrase has 8 to 1000 characters.")
		}
		return door.Automatic(ctx, every, passphrase, progress)
	})
}

// TakeBackup takes the next part (base64, RFC 4648, section 4, of at most
// MaxPart bytes) of a backup that is to be restored; first begins anew. Errors:
// backup-none, disk-room, disk-full, locked.
func (a *API) TakeBackup(part string, first bool) error {
	_, err := through(a, "TakeBackup", callPatience, func(ctx context.Context, door Door) (nothing, error) {
		if len(part) > base64.StdEncoding.EncodedLen(MaxPart) {
			return nothing{}, errNoBackup
		}
		data, err := base64.StdEncoding.DecodeString(part)
		if err != nil {
			return nothing{}, errNoBackup
		}
		return nothing{}, door.Take(ctx, data, first)
	})
	return err
}

var errNoBackup = refuse("backup-none", "This is not a backup that Tincan made. Choose the file that ends with .tincan-backup.")

// RestoreBackup makes what was taken the profile of this install: a new device of
// the same person. A profile that is there is refused, or with replace put aside in
// a folder of the data folder, whose name is returned. Nothing of it is touched before the
// backup was opened and checked. Progress is told. Errors: backup-passphrase,
// backup-damaged, backup-newer, backup-none, restore-profile, disk-full,
// disk-room, busy, locked.
func (a *API) RestoreBackup(passphrase string, replace bool) (string, error) {
	return long(a, "RestoreBackup", func(ctx context.Context, door Door, progress func(Progress)) (string, error) {
		if len(passphrase) > maxPassphrase {
			return "", refuse("backup-passphrase", "That passphrase does not open this backup. Check for a missing word.")
		}
		return door.Restore(ctx, passphrase, replace, progress)
	})
}

// ExportConversation writes a conversation, signed, to a new folder in the
// folder for downloads: a page to read, its words in a language ("en", "zh-CN",
// others are English), and a file that a program can check. Errors:
// no-conversation, bundle-folder, locked.
func (a *API) ExportConversation(conversation, language string) (SavedExport, error) {
	return through(a, "ExportConversation", callLong, func(ctx context.Context, door Door) (SavedExport, error) {
		if id, valid := parseID(conversation); !valid || id == uuid.Nil {
			return SavedExport{}, errNoConversation
		}
		return door.Export(ctx, conversation, language)
	})
}
