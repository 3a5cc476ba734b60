package device

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/backup"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/vault"
)

const (
	// automaticSetting is the name under which the store keeps what is below.
	automaticSetting = "automatic-backup"
	// automaticMark is in the names of automatic backups.
	automaticMark = "-auto"
	// keptAutomatic is how many of them are kept.
	keptAutomatic = 3
	// automaticSoon after the start, and automaticLook after each look, it is looked
	// whether one is due. A computer that sleeps does not count the time.
	automaticSoon = time.Minute
	automaticLook = 5 * time.Minute
	// automaticAgain is how long it waits after a failure.
	automaticAgain = time.Hour
)

// periods are how long after the last one the next one is due.
var periods = map[app.Every]time.Duration{app.EveryDay: 24 * time.Hour, app.EveryWeek: 7 * 24 * time.Hour}

// failure is why an automatic backup failed.
type failure struct {
	At  time.Time  `json:"at,omitzero"`
	Why *app.Error `json:"why,omitempty"`
}

// automatic is what is kept of automatic backups. There is no passphrase and no
// secret in it.
type automatic struct {
	Every     app.Every  `json:"every"`
	Key       backup.Key `json:"key"`
	Signature []byte     `json:"signature"` // of the key, by the person
	At        time.Time  `json:"at"`        // when the last one was written and checked
	Failed    failure    `json:"failed,omitzero"`
	// Writing is the file that is being written; one that is still named here was
	// not finished.
	Writing string   `json:"writing,omitempty"`
	Kept    []string `json:"kept"` // files, the oldest first
}

// next is when the next one is due.
func (a automatic) next(now time.Time) time.Time {
	next := a.At.Add(periods[a.Every])
	if again := a.Failed.At.Add(automaticAgain); again.After(next) {
		next = again
	}
	if far := now.Add(periods[a.Every]); next.After(far) {
		return now // the clock was put back
	}
	return next
}

// turn waits until nothing else locks, unlocks, backs up or restores. An automatic
// backup gives way, and is made at the next look.
func (d *Device) turn() {
	d.state.Lock()
	if d.yield != nil {
		d.yield()
	}
	d.state.Unlock()
	d.turning.Lock()
}

// Automatic implements app.Door.
func (d *Device) Automatic(ctx context.Context, every app.Every, passphrase string, progress func(app.Progress)) (saved app.SavedBackup, err error) {
	d.turn()
	defer d.turning.Unlock()
	opened, history := d.open()
	if opened == nil {
		return saved, explain(vault.ErrLocked, "folder")
	}
	now, err := d.loadAutomatic(ctx, history)
	if err != nil {
		return saved, explain(err, "database")
	}
	if every == app.EveryNever {
		// The files stay, and are counted when it is switched on again.
		if err = saveAutomatic(ctx, history, automatic{Kept: now.Kept}); err == nil {
			d.setFailed(failure{})
		}
		return saved, explain(err, "database")
	}
	if passphrase == "" && now.Key.SignedBy(opened.Keys().Peer(), now.Signature) {
		now.Every = every
		return saved, explain(saveAutomatic(ctx, history, now), "database")
	}
	if backup.TooShort(passphrase) {
		return saved, explain(vault.ErrWeakPassphrase, "folder")
	}
	now.Every = every
	if now.Key, err = backup.NewKey(backup.Passphrase{Words: passphrase, Work: d.options.BackupWork}, opened.Keys().Peer()); err != nil {
		return saved, explain(err, "folder")
	}
	now.Signature = now.Key.Sign(opened.Keys())
	saved, err = d.writeOut(ctx, opened.Keys(), history, sealing{Sealer: now.Key, passphrase: passphrase, mark: automaticMark}, progress)
	if err != nil {
		return saved, err
	}
	if err = d.finishAutomatic(ctx, history, now, saved); err != nil {
		return app.SavedBackup{}, explain(errors.Join(err, os.Remove(saved.Path)), "database")
	}
	d.keepLast(ctx, history, saved, false)
	return saved, nil
}

// keepBackups makes automatic backups when they are due, until the end.
func (d *Device) keepBackups(ctx context.Context) {
	timer := time.NewTimer(automaticSoon)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		d.lookAtBackups(ctx)
		timer.Reset(automaticLook)
	}
}

// lookAtBackups makes an automatic backup if one is due and the profile is open.
func (d *Device) lookAtBackups(ctx context.Context) {
	ctx, yield := context.WithCancel(ctx)
	defer yield()
	d.state.Lock()
	d.yield = yield
	d.state.Unlock()
	if !d.turning.TryLock() {
		return
	}
	defer d.turning.Unlock()
	opened, history := d.open()
	if opened == nil {
		return
	}
	now, err := d.loadAutomatic(ctx, history)
	if err != nil {
		d.options.Logger.WarnContext(ctx, "automatic backups cannot be looked up", slog.Any("error", err))
		return
	}
	if now.Every == app.EveryNever || time.Now().Before(now.next(time.Now())) {
		return
	}
	saved, err := d.makeAutomatic(ctx, opened.Keys(), history, &now)
	if err == nil {
		d.keepLast(ctx, history, saved, true)
		return
	}
	if ctx.Err() == nil { // else it gave way
		now.Failed = failure{At: time.Now(), Why: app.AsError(err)}
		if now.Failed.Why == nil {
			now.Failed.Why = sentence(err, "folder")
		}
		d.options.Logger.WarnContext(ctx, "an automatic backup failed", slog.Any("error", err))
		d.setFailed(now.Failed)
	}
	if err = saveAutomatic(ctx, history, now); err != nil { // it is still known until the end
		d.options.Logger.WarnContext(ctx, "why an automatic backup failed is not kept", slog.Any("error", err))
	}
}

// makeAutomatic writes one, with neither passphrase nor secret, then removes the
// oldest of those that are too many.
func (d *Device) makeAutomatic(ctx context.Context, keys *identity.Keys, history *store.Store, now *automatic) (saved app.SavedBackup, err error) {
	if !now.Key.SignedBy(keys.Peer(), now.Signature) {
		return saved, explain(errAutomaticKey, "folder")
	}
	if now.Writing != "" { // the program ended while it was written
		if err = removeAutomatic(now.Writing, true); err != nil {
			return saved, d.folderTrouble(ctx, err)
		}
		now.Writing = ""
	}
	how := sealing{Sealer: now.Key, mark: automaticMark, begun: func(path string) error {
		now.Writing = path
		return saveAutomatic(ctx, history, *now)
	}}
	saved, err = d.writeOut(ctx, keys, history, how, func(app.Progress) {})
	if err != nil {
		now.Writing = ""
		return saved, err
	}
	if err = d.finishAutomatic(ctx, history, *now, saved); err != nil {
		return saved, explain(errors.Join(err, os.Remove(saved.Path)), "database")
	}
	return saved, nil
}

// finishAutomatic keeps that one was made and checked, then removes those that are too
// many. One that cannot be removed is tried again the next time.
func (d *Device) finishAutomatic(ctx context.Context, history *store.Store, now automatic, saved app.SavedBackup) error {
	if err := syncPath(filepath.Dir(saved.Path)); err != nil {
		return d.folderTrouble(ctx, err)
	}
	now.At, now.Failed, now.Writing = time.Now(), failure{}, ""
	now.Kept = append(now.Kept, saved.Path)
	if err := saveAutomatic(ctx, history, now); err != nil {
		return err
	}
	fault.Point("device.automatic.kept")
	d.setFailed(failure{})
	for len(now.Kept) > keptAutomatic {
		err := removeAutomatic(now.Kept[0], false)
		fault.Point("device.automatic.removed")
		if err == nil {
			now.Kept = now.Kept[1:]
			err = saveAutomatic(ctx, history, now)
		}
		if err != nil {
			d.options.Logger.WarnContext(ctx, "an old automatic backup stays", slog.Any("error", err))
			break
		}
	}
	return nil
}

// removeAutomatic removes a file that is an automatic backup, or the beginning of one.
// Anything else that has its name by now stays.
func removeAutomatic(path string, unfinished bool) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil
	}
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	ours := backup.Automatic(file)
	if err = file.Close(); err != nil {
		return err
	}
	if !ours && (!unfinished || info.Size() > 0) {
		return nil
	}
	return os.Remove(path)
}

// automatic says what is known of automatic backups.
func (d *Device) automatic(ctx context.Context, person identity.PeerID, history *store.Store) (found app.Automatic, err error) {
	now, err := d.loadAutomatic(ctx, history)
	if err != nil || now.Every == app.EveryNever {
		return found, err
	}
	found = app.Automatic{Every: now.Every, Next: now.next(time.Now()).UTC().Format(time.RFC3339), Problem: now.Failed.Why}
	if !now.Failed.At.IsZero() {
		found.FailedAt = now.Failed.At.UTC().Format(time.RFC3339)
	}
	if !now.Key.SignedBy(person, now.Signature) {
		found.Problem = sentence(errAutomaticKey, "folder")
	}
	return found, nil
}

func (d *Device) loadAutomatic(ctx context.Context, history *store.Store) (now automatic, err error) {
	text, err := history.Setting(ctx, automaticSetting)
	if err != nil || text == "" {
		return now, err
	}
	if json.Unmarshal([]byte(text), &now) != nil {
		return automatic{}, nil
	}
	if periods[now.Every] == 0 { // off, or of a newer version
		return automatic{Kept: now.Kept}, nil
	}
	d.state.Lock()
	defer d.state.Unlock()
	if d.failed.At.After(now.Failed.At) {
		now.Failed = d.failed
	}
	return now, nil
}

func saveAutomatic(ctx context.Context, history *store.Store, now automatic) error {
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return history.SaveSetting(ctx, automaticSetting, string(text))
}

func (d *Device) setFailed(now failure) {
	d.state.Lock()
	defer d.state.Unlock()
	d.failed = now
}
